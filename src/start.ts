import { join, resolve } from 'node:path';
import { fileURLToPath } from 'node:url';
import { type Sitrep, startSitrep } from './compose.ts';
import { openDatabase } from './database.ts';
import type { Settings } from './settings.ts';

export interface Started {
  stop(): Promise<void>;
}

/** The whole process: database, local Slack when no token is set, bot. */
export async function start({ config, policy, log }: Settings): Promise<Started> {
  for (const note of config.notes) log.info(note);
  const database = await openDatabase(config, log);
  const shared = { database: database.where, policy, host: config.host, port: config.port, log };
  try {
    if (config.slack.mode !== 'sandbox') {
      const sitrep = await startSitrep({ ...shared, slack: config.slack, slackApiUrl: config.slackApiUrl });
      return { stop: () => stopAll([sitrep, database]) };
    }
    // Beside the database, so that both are kept or removed together.
    const memory = join(database.home ?? resolve(config.dataDir), 'sandbox.bin');
    const { sitrep, sandbox } = await startWithSandbox(shared, memory);
    console.log(welcome(sitrep.origin, database.home));
    return { stop: () => stopAll([sitrep, { stop: () => sandbox.close() }, database]) };
  } catch (fault) {
    await database.stop();
    throw fault;
  }
}

type Shared = Omit<Parameters<typeof startSitrep>[0], 'slack' | 'slackApiUrl'>;

/** Loaded only here, so that nothing of the sandbox is in the process when tokens are set. */
async function startWithSandbox(shared: Shared, memory: string) {
  const { startSandbox } = await import('./sandbox/sandbox.ts');
  const { sandboxPages } = await import('./sandbox/page/pages.ts');
  const sandbox = await startSandbox({
    manifest: fileURLToPath(new URL('../manifest.yml', import.meta.url)),
    mode: 'socket',
    memory,
    note: (sentence) => shared.log.warn(sentence),
  });
  const { bot, app } = sandbox.tokens;
  const sitrep: Sitrep = await startSitrep({
    ...shared,
    slack: { mode: 'socket', botToken: bot, appToken: app },
    slackApiUrl: sandbox.apiUrl,
    more: sandboxPages(sandbox),
  });
  return { sitrep, sandbox };
}

async function stopAll(parts: readonly { stop: () => Promise<void> }[]): Promise<void> {
  for (const part of parts) await part.stop();
}

const welcome = (origin: string, home: string | null): string => `
  Sitrep runs with a Slack of its own; nothing leaves this machine.

    Open      ${origin.replace('127.0.0.1', 'localhost')}/sandbox
    Type      /incident declare sev1 checkout is down
    Data      ${home ?? 'in DATABASE_URL'}
    Stop      Ctrl-C
`;

import { join, resolve } from 'node:path';
import { fileURLToPath } from 'node:url';
import { type Config, secretsOf } from './config.ts';
import { openDatabase } from './database.ts';
import type { BotSettings } from './sandbox/bot-messages.ts';
import { createBotProcess } from './sandbox/bot-process.ts';
import { createControls } from './sandbox/create-controls.ts';
import { openFront } from './sandbox/front.ts';
import { sandboxPages } from './sandbox/page/pages.ts';
import { startSandbox } from './sandbox/sandbox.ts';
import type { Settings } from './settings.ts';

/** Lines of the inspector; every one holds what went over the wire. */
const JOURNAL_KEEPS = 4_000;

/**
 * No token is set: this process is the local Slack, its page and the database's keeper, and the bot runs in a process of
 * its own, so that it can be killed like one. Never loaded when tokens are set.
 */
export async function startWithSandbox({ config, policy, log }: Settings): Promise<{ stop: () => Promise<void> }> {
  const parts: (() => Promise<unknown>)[] = [];
  const stop = async () => {
    for (const part of parts.splice(0).reverse()) await part();
  };
  try {
    const database = await openDatabase(config, log);
    parts.push(() => database.stop());
    const sandbox = await startSandbox({
      manifest: fileURLToPath(new URL('../manifest.yml', import.meta.url)),
      mode: 'socket',
      // Beside the database, so that both are kept or removed together.
      memory: join(database.home ?? resolve(config.dataDir), 'sandbox.bin'),
      journalKeeps: JOURNAL_KEEPS,
      outsiders: true,
      fullNames: true,
      note: (sentence) => log.warn(sentence),
    });
    parts.push(() => sandbox.close());
    const settings = async (): Promise<BotSettings> => ({
      tokens: sandbox.tokens,
      slackApiUrl: sandbox.apiUrl,
      database: database.where,
      policy,
      logLevel: config.logLevel,
      secrets: secretsOf(config),
      aheadMs: sandbox.world.ahead,
    });
    const bot = createBotProcess({
      file: new URL('./sandbox-bot.ts', import.meta.url),
      settings,
      now: sandbox.now,
      changed: (what) => sandbox.journal.record({ kind: 'bot', what }),
    });
    const front = await openFront({
      host: config.host,
      port: config.port,
      pages: sandboxPages(sandbox, createControls(sandbox, bot)),
      bot: () => ({ origin: bot.origin, why: bot.state.is === 'down' ? bot.state.why : `it is ${bot.state.is}.` }),
    });
    parts.push(() => Promise.all([bot.stop(), front.close()]));
    log.info({ origin: front.origin, mode: config.slack.mode }, 'serving');
    const started = await bot.start();
    if (!started.ok) throw new Error(started.no);
    console.log(welcome(front.origin, database.home));
    return { stop };
  } catch (fault) {
    await stop();
    throw fault;
  }
}

const welcome = (origin: string, home: Config['databaseUrl']): string => `
  Sitrep runs with a Slack of its own; nothing leaves this machine.

    Open      ${origin.replace('127.0.0.1', 'localhost')}/sandbox
    Type      /incident declare sev1 checkout is down
    Data      ${home ?? 'in DATABASE_URL'}
    Stop      Ctrl-C
`;

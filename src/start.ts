import type { Settings } from './settings.ts';

interface Started {
  stop(): Promise<void>;
}

/** The whole process: the bot, or without tokens the local Slack and the bot beside it. Each is loaded only where it runs. */
export async function start(settings: Settings): Promise<Started> {
  for (const note of settings.config.notes) settings.log.info(note);
  if (settings.config.slack.mode !== 'sandbox') return startBot(settings, settings.config.slack);
  const { startWithSandbox } = await import('./start-sandbox.ts');
  return startWithSandbox(settings);
}

async function startBot({ config, policy, log }: Settings, slack: BotSlack): Promise<Started> {
  const [{ startSitrep }, { openDatabase }] = await Promise.all([import('./compose.ts'), import('./database.ts')]);
  const database = await openDatabase(config, log);
  try {
    const { host, port, slackApiUrl } = config;
    const sitrep = await startSitrep({ database: database.where, policy, host, port, log, slack, slackApiUrl });
    return {
      stop: async () => {
        await sitrep.stop();
        await database.stop();
      },
    };
  } catch (fault) {
    await database.stop();
    throw fault;
  }
}

type BotSlack = Exclude<Settings['config']['slack'], { mode: 'sandbox' }>;

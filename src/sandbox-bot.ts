import { setTimeout as sleep } from 'node:timers/promises';
import { type Sitrep, startSitrep } from './compose.ts';
import { reasonOf } from './jobs/fault.ts';
import { createLog } from './log.ts';
import { databaseFault } from './operations/database-fault.ts';
import type { BotSettings, FromBot, ToBot } from './sandbox/bot-messages.ts';

/**
 * The bot as the sandbox runs it: a process of its own that is told everything by its parent, may be killed at any
 * moment, and never outlives it. Only here, and by nobody but that parent, is the clock moved.
 */
let aheadMs = 0;
/** What is due may wait for Slack; whoever moved the clock does not wait with it. */
const LOOKED_WITHIN_MS = 2_000;
let sitrep: Sitrep | null = null;

// A Ctrl-C reaches both; the parent says when.
process.on('SIGINT', () => {});
process.on('SIGTERM', () => void stop());
process.on('disconnect', () => process.exit(1));
process.on('message', (message: ToBot) => void obey(message));
if (!process.connected) process.exit(1);
say({ is: 'loaded' });

async function obey(message: ToBot): Promise<void> {
  switch (message.is) {
    case 'settings':
      aheadMs = message.settings.aheadMs;
      return start(message.settings);
    case 'clock':
      aheadMs = message.aheadMs;
      sitrep?.wake();
      await Promise.race([sitrep?.idle(), sleep(LOOKED_WITHIN_MS, undefined, { ref: false })]);
      return say({ is: 'answer', question: message.question, timer: null });
    case 'next-timer': {
      // No answer is as good as none known; the parent does not wait for ever.
      const timer = await sitrep?.nextTimer().catch(() => undefined);
      if (timer !== undefined) say({ is: 'answer', question: message.question, timer });
      return;
    }
    case 'stop':
      return stop();
  }
}

async function start({ tokens, slackApiUrl, database, policy, logLevel, secrets }: BotSettings): Promise<void> {
  try {
    sitrep = await startSitrep({
      slack: { mode: 'socket', botToken: tokens.bot, appToken: tokens.app },
      slackApiUrl,
      database,
      policy,
      host: '127.0.0.1',
      port: 0,
      log: createLog(logLevel, undefined, [...secrets, tokens.bot, tokens.app]),
      now: () => new Date(Date.now() + aheadMs),
    });
    say({ is: 'serving', origin: sitrep.origin });
  } catch (fault) {
    const why = databaseFault(fault, 'DATABASE_URL') ?? reasonOf(fault);
    if (process.connected) process.send?.({ is: 'refused', why } satisfies FromBot, () => process.exit(1));
  }
}

async function stop(): Promise<void> {
  await sitrep?.stop().catch((fault: unknown) => console.error(`The bot's stop was not clean: ${reasonOf(fault)}`));
  process.exit(0);
}

function say(message: FromBot): void {
  if (process.connected) process.send?.(message);
}

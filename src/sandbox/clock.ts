import type { NextTimer } from '../jobs/store.ts';
import { no, ok } from '../lib/result.ts';
import type { BotProcess } from './bot-process.ts';
import type { ClockControl } from './controls.ts';
import type { Sandbox } from './sandbox.ts';

/** Moves the workspace's clock, and then the bot's, which is told again at every start. */
export function createClock(sandbox: Sandbox, bot: Pick<BotProcess, 'ask'>): ClockControl {
  const forward = async (ms: number) => {
    if (!Number.isFinite(ms) || ms < 0) return no('The clock only goes forward.');
    sandbox.forward(ms);
    await bot.ask({ is: 'clock', aheadMs: sandbox.world.ahead });
    return ok(undefined);
  };
  return {
    now: sandbox.now,
    get aheadMs() {
      return sandbox.world.ahead;
    },
    forward,
    toNextReminder: async () => {
      const timer = await bot.ask({ is: 'next-timer' });
      if (timer === undefined)
        return no('The bot alone knows when it reminds, and it is down: start it, or move the clock by hand.');
      if (timer === null) return no('No reminder waits for its time: declare an incident first.');
      const moved = await forward(Math.max(0, timer.runAt.getTime() - sandbox.now().getTime()));
      return moved.ok ? ok({ what: nameOf(timer), at: timer.runAt }) : moved;
    },
  };
}

function nameOf({ kind, incident }: NextTimer): string {
  const whose = incident === null ? '' : ` of INC-${incident}`;
  const name = NAMES.get(kind);
  return name ? `${name}${whose}` : `${kind}${whose}`;
}

const NAMES = new Map([
  ['cadence', 'the next update'],
  ['acknowledge', 'the missing commander'],
  ['escalation', 'the escalation'],
  ['command', 'the next question about command'],
  ['tasks', 'the next task that is due'],
  ['actions', 'the next reminder of action items'],
  ['close', 'the closing'],
]);

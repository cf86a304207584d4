import { transact } from '../db/connect.ts';
import type { Deps } from '../deps.ts';
import { lostTimer } from '../escalations/escalation.ts';
import { listLasting, listUnwatched } from '../escalations/store.ts';
import { markAnsweredLate } from '../intents/store.ts';
import type { NewJob } from '../jobs/job.ts';
import { enqueue } from '../jobs/queue.ts';
import { HOUR } from '../lib/duration.ts';
import type { UserId } from '../lib/ids.ts';
import { message } from '../slack/blocks.ts';
import { Mrkdwn, md } from '../slack/mrkdwn.ts';
import { listMissingTimers } from './store.ts';

/** The next tidying up; one row however many processes start. */
export function tidyLater(deps: Pick<Deps, 'db' | 'now'>, inMs = HOUR): Promise<void> {
  const runAt = new Date(deps.now().getTime() + inMs);
  return transact(deps.db, (trx) => enqueue(trx, [{ job: { kind: 'prune' }, runAt }]));
}

/**
 * Every open incident has its timers. They set themselves again whenever they ring; should one be lost all the same, its
 * promise would be dead without a word. Returns how many were missing; one too many finds nothing to do.
 */
export function setTimersAgain(deps: Pick<Deps, 'db' | 'now' | 'policy'>): Promise<number> {
  const runAt = deps.now();
  return transact(deps.db, async (trx) => {
    const missing = [
      ...(await listMissingTimers(trx)).map((job): NewJob => ({ job, runAt })),
      ...(await listLasting(trx)).flatMap((one) => lostTimer(one, deps.policy, runAt)),
      ...(await listUnwatched(trx)).map((one): NewJob => ({ job: { kind: 'unanswered', ...one }, runAt })),
    ];
    await enqueue(trx, missing);
    return missing.length;
  });
}

/**
 * An answer left later than Slack waits: it is said by DM, and the same words mean the same for a while. Only what was
 * recorded has an intent, and only that was done.
 */
export function tellLate(
  deps: Pick<Deps, 'db' | 'now'>,
  late: { user: UserId; intent: string; text: string },
): Promise<void> {
  const text = Mrkdwn.trusted(late.text);
  return transact(deps.db, async (trx) => {
    const said = (await markAnsweredLate(trx, late.intent, deps.now()))
      ? md`Slack may have shown you an error, but it was done: ${text}`
      : md`Slack may have shown you an error. The answer: ${text}`;
    await enqueue(trx, [{ job: { kind: 'dm', user: late.user, message: message(said) }, runAt: deps.now() }]);
  });
}

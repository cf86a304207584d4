import { transact } from '../db/connect.ts';
import type { Deps } from '../deps.ts';
import { markAnsweredLate } from '../intents/store.ts';
import { enqueue } from '../jobs/queue.ts';
import { DAY } from '../lib/duration.ts';
import type { UserId } from '../lib/ids.ts';
import { message } from '../slack/blocks.ts';
import { Mrkdwn, md } from '../slack/mrkdwn.ts';

/** The next tidying up; one row however many processes start. */
export function tidyLater(deps: Pick<Deps, 'db' | 'now'>, inMs = DAY): Promise<void> {
  const runAt = new Date(deps.now().getTime() + inMs);
  return transact(deps.db, (trx) => enqueue(trx, [{ job: { kind: 'prune' }, runAt }]));
}

/** An answer left later than Slack waits: what was done is said by DM, and the same words mean the same for a while. */
export async function tellLate(
  deps: Pick<Deps, 'db' | 'now'>,
  late: { user: UserId; intent: string; text: string },
): Promise<void> {
  await markAnsweredLate(deps.db, late.intent, deps.now());
  const said = message(md`Slack may have shown you an error, but it was done: ${Mrkdwn.trusted(late.text)}`);
  await transact(deps.db, (trx) =>
    enqueue(trx, [{ job: { kind: 'dm', user: late.user, message: said }, runAt: deps.now() }]),
  );
}

import { transact } from '../db/connect.ts';
import type { Deps } from '../deps.ts';
import { appendAudit } from '../incidents/store.ts';
import { acceptIntent } from '../intents/store.ts';
import { enqueue } from '../jobs/queue.ts';
import type { UserId } from '../lib/ids.ts';
import type { Person } from './person.ts';
import { savePerson } from './store.ts';

/** Somebody Slack did not name in time was let through: who it was is looked up afterwards. */
export function recheckLater(deps: Pick<Deps, 'db' | 'now'>, user: UserId, did: string): Promise<void> {
  return transact(deps.db, (trx) => enqueue(trx, [{ job: { kind: 'recheck-person', user, did }, runAt: deps.now() }]));
}

/** Who it was; a command of someone who may not command stands in the audit, once however often the job runs. */
export function recordRecheck(
  deps: Pick<Deps, 'db' | 'now'>,
  person: Person,
  did: string,
  marker: string,
): Promise<void> {
  return transact(deps.db, async (trx) => {
    await savePerson(trx, person);
    if (person.standing === 'member') return;
    const intent = { identity: `recheck:${marker}`, by: person.userId };
    if (!(await acceptIntent(trx, intent, { incidentId: null, answer: null }, deps.now()))) return;
    const detail = { did, standing: person.standing };
    await appendAudit(trx, {
      incidentId: null,
      at: deps.now(),
      actor: person.userId,
      what: 'let through unchecked',
      detail,
    });
  });
}

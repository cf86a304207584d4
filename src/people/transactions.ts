import { transact } from '../db/connect.ts';
import type { Deps } from '../deps.ts';
import { appendAudit } from '../incidents/store.ts';
import { acceptIntent } from '../intents/store.ts';
import type { JobOf } from '../jobs/job.ts';
import { enqueue } from '../jobs/queue.ts';
import type { IncidentId, UserId } from '../lib/ids.ts';
import type { Right } from './access.ts';
import type { Person } from './person.ts';
import { savePerson } from './store.ts';

/** Somebody Slack did not name in time was let through: who it was is looked up afterwards. */
export function recheckLater(
  deps: Pick<Deps, 'db' | 'now'>,
  user: UserId,
  did: string,
  right: Right | null = null,
  incident: IncidentId | null = null,
): Promise<void> {
  const job = { kind: 'recheck-person', user, did, ...(right && { right }), ...(incident && { incident }) } as const;
  return transact(deps.db, (trx) => enqueue(trx, [{ job, runAt: deps.now() }]));
}

/** Who was told no, when, and of what; never their words. */
export function recordRefusal(
  deps: Pick<Deps, 'db' | 'now'>,
  refused: { user: UserId; did: string; why: string; incident: IncidentId | null },
): Promise<void> {
  const { user, did, why, incident } = refused;
  const line = { incidentId: incident, at: deps.now(), actor: user, what: 'refused', detail: { did, why } };
  return transact(deps.db, (trx) => appendAudit(trx, line));
}

/** Who it was; a command of someone who may not command stands in the audit, once however often the job runs. */
export function recordRecheck(
  deps: Pick<Deps, 'db' | 'now'>,
  person: Person,
  job: JobOf<'recheck-person'>,
  /** Null: the policy lets them. */
  lacks: Right | null,
  marker: string,
): Promise<void> {
  return transact(deps.db, async (trx) => {
    await savePerson(trx, person);
    if (person.standing === 'member' && lacks === null) return;
    const intent = { identity: `recheck:${marker}`, by: person.userId };
    if (!(await acceptIntent(trx, intent, { incidentId: null, answer: null }, deps.now()))) return;
    const detail = { did: job.did, standing: person.standing, ...(lacks && { lacks }) };
    await appendAudit(trx, {
      incidentId: job.incident ?? null,
      at: deps.now(),
      actor: person.userId,
      what: 'let through unchecked',
      detail,
    });
  });
}

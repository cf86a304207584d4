import { transact } from '../db/connect.ts';
import type { Db, Trx } from '../db/tables.ts';
import { acceptIntent, findIntent, type Intent } from '../intents/store.ts';
import type { Message } from '../jobs/job.ts';
import { enqueue } from '../jobs/queue.ts';
import type { IncidentId } from '../lib/ids.ts';
import { no, ok, type Result } from '../lib/result.ts';
import type { NewEntry, StateEntry } from '../timeline/entry.ts';
import { appendEntries } from '../timeline/store.ts';
import type { Decision } from './decision.ts';
import type { Incident } from './incident.ts';
import { appendAudit, findIncident, lockIncident, updateIncident } from './store.ts';

/** What came of it: the incident as it now is, and the private answer, the same at every repeat. */
export interface Changed {
  readonly incident: Incident;
  readonly answer: Message | null;
  readonly repeated: boolean;
}

/**
 * The single road by which a decision changes an incident: one transaction that locks it, lets `decide` look at it, and
 * writes state, timeline, effects and intent together or not at all. A repeat of the intent changes nothing and gets
 * the first answer; a refusal leaves no trace. `decide` may write rows of its own slice with the same transaction.
 */
export async function changeIncident<N>(
  deps: { db: Db; now: () => Date },
  id: IncidentId,
  intent: Intent,
  decide: (incident: Incident, trx: Trx, now: Date) => Promise<Result<Decision, N>> | Result<Decision, N>,
): Promise<Result<Changed, N>> {
  const now = deps.now();
  try {
    return await transact(deps.db, async (trx) => {
      const incident = await lockIncident(trx, id);
      if (!incident) throw new Error(`incident ${id} does not exist`);
      const before = await findIntent(trx, intent);
      if (before) return ok({ incident, answer: before.answer, repeated: true });
      const decided = await decide(incident, trx, now);
      if (!decided.ok) throw new Refused(decided.no);
      return ok({ ...(await write(trx, incident, intent, decided.value, now)), repeated: false });
    });
  } catch (fault) {
    if (fault instanceof Refused) return no(fault.refusal as N);
    if (fault instanceof SaidTwice) return repeat(deps.db, id, intent);
    throw fault;
  }
}

/** Writes a decision about an incident that this transaction has just created or holds locked. */
export async function write(
  trx: Trx,
  incident: Incident,
  intent: Intent,
  decision: Decision,
  now: Date,
): Promise<{ incident: Incident; answer: Message | null }> {
  const answer = decision.answer ?? null;
  const changed =
    decision.change && Object.keys(decision.change).length > 0
      ? await updateIncident(trx, incident.id, decision.change)
      : incident;
  const entries = (decision.entries ?? []).map((entry, n) =>
    stored(entry, `${entry.kind}:${intent.identity}:${n}`, now),
  );
  if (entries.length > 0) await appendEntries(trx, incident.id, entries, now);
  if (decision.audit) {
    const { what, detail = {} } = decision.audit;
    await appendAudit(trx, { incidentId: incident.id, at: now, actor: intent.by ?? 'sitrep', what, detail });
  }
  if (decision.jobs && decision.jobs.length > 0) await enqueue(trx, decision.jobs);
  if (!(await acceptIntent(trx, intent, { incidentId: incident.id, answer }, now))) throw new SaidTwice();
  return { incident: changed, answer };
}

const stored = (entry: StateEntry, identity: string, now: Date): NewEntry => ({
  identity,
  kind: entry.kind,
  occurredAt: entry.occurredAt ?? now,
  actor: entry.actor,
  source: 'sitrep',
  text: entry.text,
  payload: entry.payload ?? {},
});

async function repeat<N>(db: Db, id: IncidentId, intent: Intent): Promise<Result<Changed, N>> {
  const [incident, came] = [await findIncident(db, id), await findIntent(db, intent)];
  if (!incident || !came) throw new Error(`intent ${intent.identity} vanished`);
  return ok({ incident, answer: came.answer, repeated: true });
}

/** Rolls the transaction back with what `decide` may have written; carries the refusal out. */
class Refused extends Error {
  readonly refusal: unknown;
  constructor(refusal: unknown) {
    super('refused');
    this.refusal = refusal;
  }
}

/** Two deliveries of one intent met in two transactions; the other one committed first. */
export class SaidTwice extends Error {}

import { transact, writeAtOnce } from '../db/connect.ts';
import type { Db, Trx } from '../db/tables.ts';
import { accepting, findIntent, type Intent } from '../intents/store.ts';
import type { Message } from '../jobs/job.ts';
import { promising } from '../jobs/queue.ts';
import type { IncidentId } from '../lib/ids.ts';
import { no, ok, type Result } from '../lib/result.ts';
import type { NewEntry, StateEntry } from '../timeline/entry.ts';
import { adding, type EntryOf } from '../timeline/rows.ts';
import type { Decision } from './decision.ts';
import type { Incident, IncidentChange } from './incident.ts';
import {
  type AuditLine,
  auditing,
  findIncident,
  lockIncident,
  lockIncidents,
  updateIncident,
  updateIncidents,
} from './store.ts';

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
  const clock = deps.now();
  try {
    return await transact(deps.db, async (trx) => {
      const incident = await lockIncident(trx, id);
      if (!incident) throw new Error(`incident ${id} does not exist`);
      const before = await findIntent(trx, intent);
      if (before) return ok({ incident, answer: before.answer, repeated: true });
      const now = after(clock, incident);
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

/**
 * The clocks of two processes differ by seconds: what is decided after a reminder or after resolving is not before it,
 * or a reopened incident would climb the same rung of the same promise again.
 */
function after(clock: Date, { promiseRungAt, resolvedAt }: Incident): Date {
  const last = Math.max(promiseRungAt?.getTime() ?? 0, resolvedAt?.getTime() ?? 0);
  return clock.getTime() < last ? new Date(last + 1) : clock;
}

/** Writes a decision about an incident that this transaction holds locked. */
export async function write(
  trx: Trx,
  incident: Incident,
  intent: Intent,
  decision: Decision,
  now: Date,
): Promise<{ incident: Incident; answer: Message | null }> {
  const changed =
    decision.change && Object.keys(decision.change).length > 0
      ? await updateIncident(trx, incident.id, decision.change)
      : incident;
  const answer = answerFor(decision, incident, intent);
  await writeDown(trx, [{ id: incident.id, intent, decision: { ...decision, answer }, at: now }]);
  return { incident: changed, answer };
}

/** In the incident's own channel the public line is read as well. */
function answerFor({ answer, answerBeside }: Decision, { channelId }: Incident, intent: Intent): Message | null {
  const isBeside = channelId !== null && intent.channel === channelId;
  return (isBeside ? answerBeside : null) ?? answer ?? null;
}

/** What was decided about an incident, when, and of whose will. */
interface Decided {
  readonly id: IncidentId;
  readonly intent: Intent;
  readonly decision: Decision;
  readonly at: Date;
}

/** What decisions leave beside the incidents' own rows: all of it in one statement. */
export async function writeDown(trx: Trx, decided: readonly Decided[]): Promise<void> {
  const entries = decided.flatMap(entriesOf);
  const audit = decided.flatMap(auditOf);
  const jobs = decided.flatMap(({ decision }) => decision.jobs ?? []);
  const intents = decided
    .filter(({ intent }) => intent.by !== null)
    .map(({ id, intent, decision, at }) => ({ intent, came: { incidentId: id, answer: decision.answer ?? null }, at }));
  const { accepted = 0 } = await writeAtOnce(trx, {
    ...(entries.length > 0 && { entered: adding(entries) }),
    ...(audit.length > 0 && { audited: auditing(audit) }),
    ...(jobs.length > 0 && { promised: promising(jobs) }),
    ...(intents.length > 0 && { accepted: accepting(intents) }),
  });
  if (accepted < intents.length) throw new SaidTwice();
}

const entriesOf = ({ id, intent, decision, at }: Decided): EntryOf[] =>
  (decision.entries ?? []).map((entry, n) => ({
    incidentId: id,
    entry: stored(entry, `${entry.kind}:${intent.identity}:${n}`, at),
    recordedAt: at,
  }));

/** What a person changes is audited without their words; what the bot does by itself only where the decision says so. */
function auditOf({ id, intent, decision, at }: Decided): AuditLine[] {
  const line = { incidentId: id, at, actor: intent.by ?? 'sitrep' };
  if (decision.audit) return [{ ...line, what: decision.audit.what, detail: decision.audit.detail ?? {} }];
  const [kinds, fields] = [(decision.entries ?? []).map(({ kind }) => kind), Object.keys(decision.change ?? {})];
  if (intent.by === null || kinds.length + fields.length === 0) return [];
  return [{ ...line, what: [...new Set(kinds)].join(', ') || 'changed', detail: { fields } }];
}

/** A timer that rang for an incident; what it records is known under `identity`. */
export interface Rung {
  readonly id: IncidentId;
  readonly identity: string;
  readonly at: Date;
}

/**
 * The same road for timers of many incidents, one of each: they are locked, decided each by itself, and written
 * together. Timers leave no intent: the state they find is their guard.
 */
export function changeIncidents<T extends Rung>(
  { db }: { db: Db },
  timers: readonly T[],
  look: (incidents: readonly Incident[], trx: Trx) => Promise<(incident: Incident, timer: T) => Decision>,
): Promise<void> {
  return transact(db, async (trx) => {
    const byId = new Map(timers.map((timer) => [timer.id, timer]));
    const incidents = await lockIncidents(trx, [...byId.keys()]);
    const decide = await look(incidents, trx);
    const decided = incidents.flatMap((incident) => {
      const timer = byId.get(incident.id);
      return timer ? [{ id: incident.id, timer, decision: decide(incident, timer) }] : [];
    });
    await writeChanges(
      trx,
      decided.map(({ id, decision }) => ({ ...decision.change, id })),
    );
    await writeDown(
      trx,
      decided.map(({ id, timer, decision }) => ({
        id,
        intent: { identity: timer.identity, by: null },
        decision,
        at: timer.at,
      })),
    );
  });
}

type ChangeOf = IncidentChange & { readonly id: IncidentId };

/** A statement for each set of fields. */
async function writeChanges(trx: Trx, changes: readonly ChangeOf[]): Promise<void> {
  for (const alike of Map.groupBy(changes, (change) => fieldsOf(change).join()).values()) {
    const fields = fieldsOf(alike[0]);
    if (fields.length > 0) await updateIncidents(trx, fields, alike);
  }
}

const fieldsOf = (change: ChangeOf | undefined): (keyof IncidentChange)[] =>
  (Object.keys(change ?? {}) as (keyof ChangeOf)[]).filter((field) => field !== 'id').sort();

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

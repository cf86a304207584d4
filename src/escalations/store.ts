import { sql } from 'kysely';
import type { Db, Trx } from '../db/tables.ts';
import type { IncidentId } from '../lib/ids.ts';
import { storable, storableJson } from '../lib/text.ts';
import type { Posted } from './answer.ts';
import { type NewRaised, postsOf, type Raised, type RaisedChange } from './raised.ts';

/** The same one twice is one. */
export async function insertRaised(trx: Trx, raised: readonly NewRaised[]): Promise<void> {
  if (raised.length === 0) return;
  const rows = raised.map((one) => ({
    ...one,
    contacts: JSON.stringify(storableJson(one.contacts)),
    why: one.why === null ? null : storable(one.why),
  }));
  await trx
    .insertInto('escalations')
    .values(rows)
    .onConflict((again) => again.doNothing())
    .execute();
}

export function findRaised(db: Db | Trx, id: IncidentId, key: string): Promise<Raised | undefined> {
  return db
    .selectFrom('escalations')
    .selectAll()
    .where('incidentId', '=', id)
    .where('key', '=', key)
    .executeTakeFirst();
}

/** Those that nobody took up, whatever became of them. */
export function listUntaken(trx: Trx, id: IncidentId): Promise<Raised[]> {
  return trx
    .selectFrom('escalations')
    .selectAll()
    .where('incidentId', '=', id)
    .where('acknowledgedAt', 'is', null)
    .execute();
}

/** All that followed from one another, the first first. */
export function listChain(trx: Trx, id: IncidentId, chain: string): Promise<Raised[]> {
  return trx
    .selectFrom('escalations')
    .selectAll()
    .where('incidentId', '=', id)
    .where('chain', '=', chain)
    .orderBy('raisedAt')
    .execute();
}

export async function updateRaised(trx: Trx, id: IncidentId, keys: readonly string[], change: RaisedChange) {
  if (keys.length === 0 || Object.keys(change).length === 0) return;
  await trx.updateTable('escalations').set(change).where('incidentId', '=', id).where('key', 'in', keys).execute();
}

/** The last one that somebody is on, or should be: what the card says. */
export function findLastRaised(db: Db | Trx, id: IncidentId): Promise<Raised | undefined> {
  return db
    .selectFrom('escalations')
    .selectAll()
    .where('incidentId', '=', id)
    .where((where) => where.or([where('outcome', 'is', null), where('outcome', 'in', ['acknowledged', 'announced'])]))
    .orderBy('raisedAt', 'desc')
    .limit(1)
    .executeTakeFirst();
}

/** Posts of ours about an escalation, in the channel and elsewhere. */
export function listPostsOf(trx: Trx, id: IncidentId, key: string): Promise<Posted[]> {
  return trx
    .selectFrom('posts')
    .select(['purpose', 'channelId'])
    .where('incidentId', '=', id)
    .where('purpose', 'like', `${postsOf(key)}:%`)
    .execute();
}

/** Open ones that no timer waits for. */
export async function listUnwatched(trx: Trx): Promise<{ incident: IncidentId; escalation: string }[]> {
  const { rows } = await sql<{ incident: IncidentId; escalation: string }>`
    select e.incident_id as incident, e.key as escalation from escalations e
    where e.ended_at is null
      and not exists (select from jobs j where j.key = 'unanswered:' || e.incident_id || ':' || e.key and j.parked_at is null)`.execute(
    trx,
  );
  return rows;
}

interface Lasting {
  readonly incident: IncidentId;
  readonly severity: string;
  readonly since: Date;
  /** Up to which `after` the policy was carried out. */
  readonly upTo: number | null;
}

/** Open incidents for which no timer waits that would see that they last. */
export async function listLasting(trx: Trx): Promise<Lasting[]> {
  const { rows } = await sql<Lasting>`
    select i.id as incident, i.severity, coalesce(i.escalation_since, i.declared_at) as since, i.escalated_after_ms as up_to
    from incidents i
    where i.status not in ('resolved', 'closed', 'canceled') and i.kind = 'real'
      and not exists (select from jobs j where j.key = 'escalation:' || i.id and j.parked_at is null)`.execute(trx);
  return rows;
}

import { sql } from 'kysely';
import type { Db, Trx } from '../db/tables.ts';
import type { Incident } from '../incidents/incident.ts';
import { type Job, standingOf } from '../jobs/job.ts';
import type { IncidentId, Ts } from '../lib/ids.ts';
import type { Known } from './differences.ts';
import type { Range } from './round.ts';

/** Everything recorded on these messages. */
export function listKnown(db: Db, id: IncidentId, messages: readonly Ts[]): Promise<Known[]> {
  if (messages.length === 0) return Promise.resolve([]);
  return db
    .selectFrom('timelineEntries')
    .select(['id', 'identity', 'kind', 'occurredAt', 'actor', 'text', 'ts', 'source', 'payload'])
    .where('incidentId', '=', id)
    .where(sql<boolean>`ts = any(${messages as Ts[]}::text[])`)
    .execute();
}

/** Messages recorded in this range, be it only by an edit, and not known to be deleted: those of the channel itself, or of one thread. */
export async function listRecorded(db: Db, id: IncidentId, range: Range, parent: Ts | null, limit: number) {
  const { rows } = await sql<{ ts: Ts }>`
    select distinct m.ts from timeline_entries m
    where m.incident_id = ${id} and m.kind in ('message', 'message_edited') and m.ts >= ${range.from} and m.ts < ${range.below}
      and ${parent === null ? sql`(m.thread_ts is null or m.thread_ts = m.ts)` : sql`m.thread_ts = ${parent} and m.ts <> ${parent}`}
      and not exists (select from timeline_entries d where d.incident_id = m.incident_id and d.identity = 'd:' || m.ts)
    order by m.ts limit ${limit}`.execute(db);
  return rows.map((row) => row.ts);
}

/** How many replies of these parents are recorded, and the latest. */
export async function countReplies(db: Db, id: IncidentId, parents: readonly Ts[]) {
  if (parents.length === 0) return [];
  const { rows } = await sql<{ parent: Ts; replies: number; latest: Ts | null }>`
    select m.thread_ts as parent, count(*)::int as replies, max(m.ts) as latest from timeline_entries m
    where m.incident_id = ${id} and m.kind = 'message' and m.thread_ts = any(${parents as Ts[]}::text[]) and m.ts <> m.thread_ts
      and not exists (select from timeline_entries d where d.incident_id = m.incident_id and d.identity = 'd:' || m.ts)
    group by m.thread_ts`.execute(db);
  return rows;
}

/** Threads the record knows, in the order of their parents, after one of them. */
export async function listThreads(db: Db, id: IncidentId, after: Ts | null, limit: number): Promise<Ts[]> {
  const { rows } = await sql<{ parent: Ts }>`
    select distinct thread_ts as parent from timeline_entries
    where incident_id = ${id} and thread_ts is not null and thread_ts > ${after ?? ''}
    order by thread_ts limit ${limit}`.execute(db);
  return rows.map((row) => row.parent);
}

export function findMark(db: Db | Trx, id: IncidentId) {
  return db.selectFrom('watermarks').selectAll().where('incidentId', '=', id).executeTakeFirst();
}

/** The reading under way, or null when none is. */
export async function saveRound(
  db: Db | Trx,
  id: IncidentId,
  change: {
    round: unknown;
    readThrough?: Ts;
    readAt?: Date;
    wholeAt?: Date;
    threadAt?: Ts | null;
    trouble?: string | null;
  },
): Promise<void> {
  const row = { ...change, round: change.round === null ? null : JSON.stringify(change.round) };
  await db
    .insertInto('watermarks')
    .values({ incidentId: id, ...row })
    .onConflict((again) => again.column('incidentId').doUpdateSet(row))
    .execute();
}

export async function noteTrouble(db: Db, id: IncidentId, trouble: string): Promise<void> {
  await db
    .insertInto('watermarks')
    .values({ incidentId: id, trouble })
    .onConflict((again) => again.column('incidentId').doUpdateSet({ trouble }))
    .execute();
}

/** The waiting job under the key of this one, if any; what else wants to promise it waits until we have committed. */
export async function findWaiting(trx: Trx, job: Job): Promise<{ runAt: Date; payload: unknown } | undefined> {
  const { key } = standingOf(job);
  await sql`select pg_advisory_xact_lock(748671, hashtext(${key}))`.execute(trx);
  return trx
    .selectFrom('jobs')
    .select(['runAt', 'payload'])
    .where('key', '=', key)
    .where(sql<boolean>`worker is null and parked_at is null`)
    .executeTakeFirst();
}

/** Incidents with a channel that may still be spoken in, and when each was last read from end to end. */
export function listWatched(
  db: Db,
  endedSince: Date,
): Promise<{ id: IncidentId; wholeAt: Date | null; hasEnded: boolean }[]> {
  return db
    .selectFrom('incidents')
    .leftJoin('watermarks', 'watermarks.incidentId', 'incidents.id')
    .select([
      'incidents.id',
      'watermarks.wholeAt',
      sql<boolean>`status in ('resolved', 'closed', 'canceled')`.as('hasEnded'),
    ])
    .where('channelId', 'is not', null)
    .where((where) =>
      where.or([
        where('status', 'not in', ['resolved', 'closed', 'canceled']),
        where(sql<Date>`coalesce(closed_at, greatest(resolved_at, declared_at))`, '>=', endedSince),
      ]),
    )
    .orderBy(sql`status in ('resolved', 'closed', 'canceled')`)
    .orderBy('incidents.id', 'desc')
    .execute();
}

interface CaptureRow {
  readonly incident: Incident['id'];
  readonly readAt: Date | null;
  readonly channelLost: Incident['channelLost'];
  readonly trouble: string | null;
}

interface CaptureHealth {
  /** Open incidents that have a channel. */
  readonly open: number;
  /** Of these: not read again for longer than `behindMs`, or kept from it. */
  readonly behind: readonly CaptureRow[];
  readonly gapsFound: number;
  readonly entriesRecovered: number;
  readonly lastFoundAt: Date | null;
}

/** For `sitrep doctor`: whether the record is complete as far as anyone can know. */
export async function captureHealth(db: Db, now: Date, behindMs = 30 * 60_000): Promise<CaptureHealth> {
  const totals = await db
    .selectFrom('watermarks')
    .select((q) => [
      q.fn.coalesce(q.fn.sum<number>('gapsFound'), sql<number>`0`).as('gapsFound'),
      q.fn.coalesce(q.fn.sum<number>('entriesRecovered'), sql<number>`0`).as('entriesRecovered'),
      q.fn.max('foundAt').as('lastFoundAt'),
    ])
    .executeTakeFirstOrThrow();
  const rows = await db
    .selectFrom('incidents')
    .leftJoin('watermarks', 'watermarks.incidentId', 'incidents.id')
    .select(['incidents.id as incident', 'declaredAt', 'readAt', 'channelLost', 'trouble'])
    .where('status', 'not in', ['resolved', 'closed', 'canceled'])
    .where('channelId', 'is not', null)
    .orderBy('incidents.id')
    .execute();
  const isLate = (at: Date) => now.getTime() - at.getTime() > behindMs;
  const behind = rows.filter((row) => row.channelLost || row.trouble || isLate(row.readAt ?? row.declaredAt));
  return {
    open: rows.length,
    behind: behind.map(({ incident, readAt, channelLost, trouble }) => ({ incident, readAt, channelLost, trouble })),
    gapsFound: Number(totals.gapsFound),
    entriesRecovered: Number(totals.entriesRecovered),
    lastFoundAt: totals.lastFoundAt,
  };
}

import { sql } from 'kysely';
import type { Db } from '../db/tables.ts';
import { DAY, type Millis } from '../lib/duration.ts';
import { CHANNEL } from './channel.ts';

/** A job as people see it: what and when, never what it says (an answer's URL is a secret, a message may be private). */
export interface JobSummary {
  readonly id: number;
  readonly kind: string;
  readonly incident: number | null;
  readonly lane: string | null;
  readonly key: string | null;
  readonly state: 'waiting' | 'running' | 'parked';
  readonly runAt: Date;
  readonly notBefore: Date | null;
  readonly attempts: number;
  readonly uncertainSince: Date | null;
  readonly lastError: string | null;
  readonly parkedAt: Date | null;
}

/** The most urgent first, at most `limit`. */
export async function listJobs(db: Db, limit = 200): Promise<JobSummary[]> {
  const { rows } = await sql<JobSummary>`
    select ${summary} from jobs order by parked_at is not null, worker is null, priority, run_at, id limit ${limit}`.execute(
    db,
  );
  return rows;
}

/** What was given up, the latest first. */
export async function listParked(db: Db, limit = 200): Promise<JobSummary[]> {
  const { rows } = await sql<JobSummary>`
    select ${summary} from jobs where parked_at is not null order by parked_at desc, id desc limit ${limit}`.execute(
    db,
  );
  return rows;
}

export async function findJob(db: Db, id: number): Promise<JobSummary | null> {
  const { rows } = await sql<JobSummary>`select ${summary} from jobs where id = ${id}::bigint`.execute(db);
  return rows[0] ?? null;
}

/**
 * Gives a parked job another ten minutes of attempts, at the end of its lane, since its lane went on without it: hence a
 * new id, which is returned. Its marker stays, so that it is looked for first where an earlier attempt may have
 * succeeded. Null when there is no such parked job, or its key has been promised anew.
 */
export async function retryParked(db: Db, id: number): Promise<number | null> {
  const { rows } = await sql<{ id: number }>`
    with again as (
      update jobs p set id = default, parked_at = null, failing_since = null, not_before = null, attempts = 0, fence = fence + 1
      where id = ${id} and parked_at is not null
        and not exists (select 1 from jobs w where w.key = p.key and w.worker is null and w.parked_at is null)
      returning id
    )
    select id from again, pg_notify(${CHANNEL}, '')`.execute(db);
  return rows[0]?.id ?? null;
}

/** What the bot does next of its own accord: the earliest of the timers still to come. */
export interface NextTimer {
  readonly kind: string;
  readonly incident: number | null;
  readonly runAt: Date;
}

export async function findNextTimer(db: Db, now: Date): Promise<NextTimer | null> {
  const { rows } = await sql<NextTimer>`
    select kind, (payload ->> 'incident')::int as incident, run_at
    from jobs where priority = 0 and ${isWaiting} and run_at > ${now}::timestamptz order by run_at, id limit 1`.execute(
    db,
  );
  return rows[0] ?? null;
}

/** Strikes a job that is not running. False when there is none. */
export async function dropJob(db: Db, id: number): Promise<boolean> {
  const { rows } = await sql`delete from jobs where id = ${id} and worker is null returning id`.execute(db);
  return rows.length > 0;
}

interface JobStats {
  readonly waiting: number;
  /** Of those waiting: due by domain time, whatever still holds them. */
  readonly due: number;
  readonly running: number;
  readonly parked: number;
  /** Of those waiting: have failed at least once. */
  readonly failing: number;
  /** How long the most overdue one has been due; 0 when none is. */
  readonly oldestDueMs: Millis;
}

export async function jobStats(db: Db, now: Date): Promise<JobStats> {
  const { rows } = await sql<JobStats>`
    select count(*) filter (where ${isWaiting}) as waiting,
      count(*) filter (where ${isWaiting} and run_at <= ${now}::timestamptz) as due,
      count(worker) as running,
      count(parked_at) as parked,
      count(*) filter (where ${isWaiting} and failing_since is not null) as failing,
      greatest(0, coalesce(max(extract(epoch from ${now}::timestamptz - run_at)) filter (where ${isWaiting}), 0) * 1000)::float8 as oldest_due_ms
    from jobs`.execute(db);
  const [stats] = rows;
  if (!stats) throw new Error('an aggregate without a row');
  return stats;
}

interface KindNumbers {
  readonly kind: string;
  readonly depth: number;
  readonly oldestAgeSeconds: number;
  readonly parked: number;
}

/** The same by kind, for the scrape. */
export async function jobNumbers(db: Db, now: Date): Promise<KindNumbers[]> {
  const { rows } = await sql<KindNumbers>`
    select kind, count(*) filter (where parked_at is null) as depth, count(parked_at) as parked,
      greatest(0, coalesce(max(extract(epoch from ${now}::timestamptz - run_at)) filter (where ${isWaiting}), 0))::float8 as oldest_age_seconds
    from jobs group by kind`.execute(db);
  return rows;
}

/**
 * Done jobs leave at once; this clears away what nobody re-drove for thirty days and limits long over, both by the
 * database's clock. Returns how many parked jobs went.
 */
export async function pruneJobs(db: Db): Promise<number> {
  const { rows } = await sql`
    with over as (delete from rate_limits where until < clock_timestamp() - interval '1 hour')
    delete from jobs where parked_at < clock_timestamp() - ${KEPT_PARKED}::float8 * interval '1 ms' returning id`.execute(
    db,
  );
  return rows.length;
}

const KEPT_PARKED: Millis = 30 * DAY;

const isWaiting = sql<boolean>`worker is null and parked_at is null`;

const summary = sql`id, kind,
  case when jsonb_typeof(payload -> 'incident') = 'number' then (payload ->> 'incident')::int end as incident, lane, key,
  case when parked_at is not null then 'parked' when worker is not null then 'running' else 'waiting' end as state,
  run_at, not_before, attempts, uncertain_since, last_error, parked_at`;

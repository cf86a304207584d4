import { type RawBuilder, sql } from 'kysely';
import type { Db, Trx } from '../db/tables.ts';
import type { Millis } from '../lib/duration.ts';
import { jsonOf } from '../lib/text.ts';
import { CHANNEL } from './channel.ts';
import { type NewJob, PRIORITIES, standingOf, TIMERS } from './job.ts';

/** Promises jobs: they exist when `trx` commits. */
export async function enqueue(trx: Trx, jobs: readonly NewJob[]): Promise<void> {
  if (jobs.length > 0) await promising(jobs).execute(trx);
}

/**
 * The same as part of a statement. A key that is already waiting is moved: the new payload and run_at, the old place in
 * its lane, so that moving neither starves it nor lets it overtake. One that is running gets a successor.
 */
export const promising = (jobs: readonly NewJob[]): RawBuilder<unknown> => sql`
  insert into jobs (kind, payload, lane, key, priority, run_at)
  select kind, payload, lane, key, priority, "runAt"
  from jsonb_to_recordset(${jsonOf(latestPerKey(jobs).map(rowOf))}::jsonb) as promised(
    kind text, payload jsonb, lane text, key text, priority smallint, "runAt" timestamptz)
  on conflict (key) where worker is null and parked_at is null
  -- Whoever lost this job to a crash and still reports success did the old payload.
  do update set payload = excluded.payload, run_at = excluded.run_at, fence = jobs.fence + 1
  returning pg_notify(${CHANNEL}, '')`;

/** A job in the hands of a worker. The fence tells its run from every other. */
export interface Run {
  readonly id: number;
  readonly fence: number;
  readonly worker: number;
  readonly kind: string;
  readonly attempts: number;
  /** Since its first failure, 0 when there was none. */
  readonly failingForMs: Millis;
}

export interface ClaimedRun extends Run {
  readonly marker: string;
  readonly payload: unknown;
  readonly priority: number;
  readonly runAt: Date;
  readonly uncertainSince: Date | null;
}

/** Free hands, for timers and for effects: a timer asks nobody but the database and must not wait for one who asks Slack. */
export interface Hands {
  readonly timers: number;
  readonly effects: number;
}

/**
 * Takes as many due jobs of these kinds as there are hands, most urgent first. Two claims never take the same row, nor
 * one lane twice. A retry that comes long after its time (a timer set anew, a bot that was off) does not go on with the
 * old failing.
 */
export async function claim(
  db: Db,
  want: { worker: number; kinds: readonly string[]; now: Date; hands: Hands; leaseMs: Millis },
): Promise<ClaimedRun[]> {
  const due = (sort: RawBuilder<boolean>, hands: number) => sql`
    select j.id from jobs j
    where ${sort} and ${isHead(want.kinds)} and j.run_at <= ${want.now}::timestamptz and (j.not_before is null or j.not_before <= clock_timestamp())
    order by j.priority, j.run_at, j.id
    limit ${hands}
    for update of j skip locked`;
  const statement = sql<ClaimedRun>`
    with timers as (${due(isTimer, want.hands.timers)}), effects as (${due(isEffect, want.hands.effects)})
    update jobs set worker = ${want.worker}, started_at = clock_timestamp(), lease_until = ${fromNow(want.leaseMs)},
      failing_since = case when not_before < clock_timestamp() - interval '5 minutes' then null else failing_since end,
      not_before = null, attempts = attempts + 1, fence = fence + 1
    from (select id from timers union all select id from effects) due where jobs.id = due.id
    returning jobs.id, marker, kind, payload, priority, run_at, attempts, uncertain_since, fence, worker,
      ${failingForMs} as failing_for_ms`;
  const { rows } = await onceMoreOnCollision(() => statement.execute(db));
  return rows.sort((a, b) => a.priority - b.priority || +a.runAt - +b.runAt || a.id - b.id);
}

const isTimer = sql<boolean>`j.priority = ${sql.lit(TIMERS)}`;
const isEffect = sql<boolean>`j.priority > ${sql.lit(TIMERS)}`;

/**
 * Milliseconds until `claim` would find something for these hands, by whichever of the two clocks comes later; null:
 * nothing waits. What waits in order of its time is found at its front, so that a long queue costs no more than a short one.
 */
export async function nextDueMs(
  db: Db,
  want: { kinds: readonly string[]; now: Date; hands: Hands },
): Promise<Millis | null> {
  const sorts = PRIORITIES.filter((one) => (one === TIMERS ? want.hands.timers : want.hands.effects) > 0);
  const waiting = sql`from jobs j where j.priority = sort and ${isHead(want.kinds)}`;
  const { rows } = await sql<{ ms: number | null }>`
    select min(greatest(extract(epoch from run_at - ${want.now}::timestamptz), extract(epoch from not_before - clock_timestamp())) * 1000)::float8 as ms
    from unnest(${sorts}::smallint[]) sort, lateral (
      (select j.run_at, j.not_before ${waiting} and j.not_before is null order by j.run_at limit 1)
      union all
      select j.run_at, j.not_before ${waiting} and j.not_before is not null
    ) next`.execute(db);
  return rows[0]?.ms ?? null;
}

/**
 * Waiting, of these kinds, and the first of its lane. A scalar subquery, because the planner turns `not exists` with an
 * inequality into a join of every row of a lane with every other.
 */
const isHead = (kinds: readonly string[]): RawBuilder<boolean> => sql`
  j.worker is null and j.parked_at is null and j.kind = any(${kinds}::text[]) and (j.lane is null or (
    j.id = (select min(h.id) from jobs h where h.lane = j.lane and h.parked_at is null)
    and not exists (select 1 from jobs r where r.lane = j.lane and r.worker is not null)))`;

/**
 * Done: the rows go, and parked ones they have made obsolete. False where someone else has begun this job since, or moved
 * it; a run whose worker was given up but whose job nobody has touched may still say that it is done.
 */
export async function complete(db: Db, runs: readonly Run[]): Promise<boolean[]> {
  const { rows } = await sql<{ id: number }>`
    with done as (
      delete from jobs j using unnest(${runs.map((run) => run.id)}::bigint[], ${runs.map((run) => run.fence)}::int[]) as run(id, fence)
      where j.id = run.id and j.fence = run.fence returning j.id, j.key
    ),
    obsolete as (delete from jobs p using done where p.key = done.key and p.parked_at is not null and p.id < done.id)
    select id from done`.execute(db);
  const done = new Set(rows.map((row) => row.id));
  return runs.map((run) => done.has(run.id));
}

export async function dropRun(db: Db, run: Run): Promise<boolean> {
  const { rows } = await sql`delete from jobs where ${isHeldBy(run)} returning id`.execute(db);
  return rows.length > 0;
}

interface PutBack {
  readonly ms: Millis;
  /** Not before this limit is over, either. */
  readonly limit: string | null;
  /** `not`: the run met a rate limit. `as-attempt`: it makes the next wait longer, but the job has not begun to fail. */
  readonly counts: 'not' | 'as-attempt' | 'as-failure';
  readonly isUncertain: boolean;
  readonly reason: string;
}

/**
 * Back into its place, to be tried again. When its key was promised anew meanwhile, the successor takes over what is
 * known of the failure and this row goes. False when the run no longer holds the job.
 */
export async function putBack(db: Db, run: Run, how: PutBack): Promise<boolean> {
  const uncertain = how.isUncertain ? sql`least(f.uncertain_since, f.started_at)` : sql`f.uncertain_since`;
  const outcome = sql`
    select f.id, f.key, f.attempts - ${how.counts === 'not' ? 1 : 0}::int as attempts, ${uncertain} as uncertain_since,
      ${how.counts === 'as-failure' ? sql`coalesce(f.failing_since, clock_timestamp())` : sql`f.failing_since`} as failing_since,
      greatest(${fromNow(how.ms)}, (select until from rate_limits where scope = ${how.limit}::text)) as not_before
    from jobs f where ${isHeldBy(run)} for update`;
  const statement = sql`
    with failed as (${outcome}),
    successor as (
      update jobs s set attempts = greatest(s.attempts, f.attempts), uncertain_since = least(s.uncertain_since, f.uncertain_since),
        failing_since = least(s.failing_since, f.failing_since), not_before = greatest(s.not_before, f.not_before), last_error = ${how.reason}
      from failed f where s.key = f.key and s.worker is null and s.parked_at is null returning s.id
    ),
    superseded as (delete from jobs where id in (select id from failed) and exists (select from successor)),
    again as (
      update jobs j set attempts = f.attempts, uncertain_since = f.uncertain_since, failing_since = f.failing_since,
        not_before = f.not_before, last_error = ${how.reason}, worker = null, started_at = null, lease_until = null
      from failed f where j.id = f.id and not exists (select from successor)
    )
    select id from failed`;
  return onceMoreOnCollision(async () => (await statement.execute(db)).rows.length > 0);
}

/** Sets the job aside for people to look at, without its response_url: a secret, and soon of no use. False when the run no longer holds it. */
export async function park(db: Db, run: Run, how: { isUncertain: boolean; reason: string }): Promise<boolean> {
  const { rows } = await sql`
    update jobs set parked_at = clock_timestamp(), payload = payload - 'responseUrl', failing_since = coalesce(failing_since, clock_timestamp()),
      uncertain_since = ${how.isUncertain ? sql`least(uncertain_since, started_at)` : sql`uncertain_since`},
      last_error = ${how.reason}, worker = null, started_at = null, lease_until = null
    where ${isHeldBy(run)} returning id`.execute(db);
  return rows.length > 0;
}

/** A worker's session, as much of it as is needed here. */
export interface Session {
  query<R>(text: string, values?: unknown[]): Promise<{ rows: R[] }>;
}

/** Draws the number of a new worker and holds its lock for as long as the session lives. Null: that number is taken. */
export async function becomeWorker(session: Session): Promise<number | null> {
  const { rows } = await session.query<{ worker: number; isMine: boolean }>(
    `select worker, pg_try_advisory_lock(${LOCKS}, worker) as "isMine" from (select nextval('job_workers')::int as worker offset 0) drawn`,
  );
  return rows[0]?.isMine ? rows[0].worker : null;
}

/** Renews the leases of these runs. One that ran out stays out: its job may already be in other hands. */
export async function renewLeases(session: Session, worker: number, ids: readonly number[], ms: Millis): Promise<void> {
  await session.query(
    `update jobs set lease_until = clock_timestamp() + $3::float8 * interval '1 ms'
     where worker = $1 and id = any($2::bigint[]) and lease_until > clock_timestamp()`,
    [worker, ids, ms],
  );
}

export interface AbandonedRun extends ClaimedRun {
  /** True: its session died just now, so that a request may still be on its way. False: the lease ran out, which takes longer. */
  readonly isFresh: boolean;
}

/** What is running in the name of a worker whose session has ended, or who has not been heard of for a lease. */
export async function listAbandoned(db: Db): Promise<AbandonedRun[]> {
  const { rows } = await sql<AbandonedRun>`
    select id, marker, kind, payload, priority, run_at, attempts, uncertain_since, fence, worker,
      ${failingForMs} as failing_for_ms, lease_until >= clock_timestamp() as is_fresh
    from jobs where worker is not null and (lease_until < clock_timestamp() or worker <> all(array(
      select l.objid::bigint::int from pg_locks l
      where l.locktype = 'advisory' and l.classid = ${sql.lit(LOCKS)} and l.objsubid = 2 and l.granted
        and l.database = (select oid from pg_database where datname = current_database()))))
    order by id`.execute(db);
  return rows;
}

/** How many workers live now, over all processes; each process has one. */
export async function countWorkers(db: Db): Promise<number> {
  const { rows } = await sql<{ workers: number }>`
    select count(*) as workers from pg_locks l
    where l.locktype = 'advisory' and l.classid = ${sql.lit(LOCKS)} and l.objsubid = 2 and l.granted
      and l.database = (select oid from pg_database where datname = current_database())`.execute(db);
  return rows[0]?.workers ?? 0;
}

/** Half of a two-part advisory lock; the other half is the worker's number. */
const LOCKS = 748_670;

/** Heeds a 429: nobody is to call `scope` for so long. A shorter word does not shorten an earlier one. */
export async function noteLimit(db: Db, scope: string, retryAfterMs: Millis): Promise<void> {
  await sql`
    insert into rate_limits (scope, until) values (${scope}, ${fromNow(retryAfterMs)})
    on conflict (scope) do update set until = greatest(rate_limits.until, excluded.until)`.execute(db);
}

/** How long `scope` is still limited, by the database's clock; null: it is free. Throw a fault with this `limit` and no `retryAfterMs` to wait for it. */
export async function limitedUntil(db: Db, scope: string): Promise<{ until: Date; leftMs: Millis } | null> {
  const { rows } = await sql<{ until: Date; leftMs: number }>`
    select until, ceil(extract(epoch from until - clock_timestamp()) * 1000)::float8 as left_ms
    from rate_limits where scope = ${scope} and until > clock_timestamp()`.execute(db);
  return rows[0] ?? null;
}

const failingForMs = sql`greatest(0, coalesce(extract(epoch from clock_timestamp() - failing_since) * 1000, 0))::float8`;

const fromNow = (ms: Millis): RawBuilder<Date> => sql`(clock_timestamp() + ${ms}::float8 * interval '1 ms')`;

const isHeldBy = (run: Run): RawBuilder<boolean> =>
  sql`id = ${run.id} and fence = ${run.fence} and worker = ${run.worker}`;

/**
 * The key of a row that goes back to waiting can be promised anew at the same instant, and two claims can take two rows
 * of a lane whose ids were drawn before another's commit. The second look sees what the first ran into.
 */
async function onceMoreOnCollision<T>(work: () => Promise<T>): Promise<T> {
  try {
    return await work();
  } catch (fault) {
    if ((fault as { code?: unknown }).code !== '23505') throw fault;
    return work();
  }
}

/** As if each had been enqueued by itself: the first gives the place, the last the content. */
function latestPerKey(jobs: readonly NewJob[]): NewJob[] {
  const latest = new Map<string | symbol, NewJob>();
  for (const promised of jobs) latest.set(standingOf(promised.job).key ?? Symbol(), promised);
  return [...latest.values()];
}

const rowOf = ({ job, runAt }: NewJob) => ({ ...standingOf(job), kind: job.kind, payload: job, runAt });

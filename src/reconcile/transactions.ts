import { transact } from '../db/connect.ts';
import type { Trx } from '../db/tables.ts';
import type { Deps } from '../deps.ts';
import { Job } from '../jobs/job.ts';
import { enqueue } from '../jobs/queue.ts';
import type { IncidentId, Ts } from '../lib/ids.ts';
import type { Round } from './round.ts';
import type { ReconcileSettings } from './settings.ts';
import { findWaiting, listWatched, saveRound } from './store.ts';

type Needs = Pick<Deps, 'db' | 'now'>;

/** Reads this incident's channel again, at `runAt` or sooner if that is promised already. */
export const reconcileAt = (deps: Needs, incident: IncidentId, runAt: Date, deep = false): Promise<void> =>
  transact(deps.db, (trx) => soonest(trx, { kind: 'reconcile', incident, ...(deep && { deep }) }, runAt));

/** Everything is read again: after a start (where that was not done lately) or after a time in which nothing was heard. */
export const reconcileAllAt = (deps: Needs, runAt: Date, deep?: 'always' | 'stale'): Promise<void> =>
  transact(deps.db, (trx) => soonest(trx, { kind: 'reconcile-all', ...(deep && { deep }) }, runAt));

/** A row for every incident that is to be watched, one after the other in time, so that Slack is not stormed. */
export async function spreadOut(
  deps: Needs,
  deep: 'always' | 'stale' | undefined,
  endedSince: Date,
  { spreadMs, everyMs, endedEveryMs, settledMs }: ReconcileSettings,
): Promise<number> {
  const now = deps.now();
  const watched = await listWatched(deps.db, endedSince);
  const isFresh = (at: Date | null) => at !== null && now.getTime() - at.getTime() < 2 * settledMs;
  // The hourly look only sets what has no time yet, or one from when it had ended.
  const inMs = (hasEnded: boolean) => (deep !== undefined ? 0 : hasEnded ? endedEveryMs : everyMs);
  for (let from = 0; from < watched.length; from += AT_ONCE) {
    await transact(deps.db, async (trx) => {
      for (const [n, { id, wholeAt, hasEnded }] of watched.slice(from, from + AT_ONCE).entries()) {
        const isDeep = deep === 'always' || (deep === 'stale' && !isFresh(wholeAt));
        const runAt = new Date(now.getTime() + inMs(hasEnded) + (from + n) * spreadMs);
        await soonest(trx, { kind: 'reconcile', incident: id, ...(isDeep && { deep: true }) }, runAt);
      }
    });
  }
  return watched.length;
}

const AT_ONCE = 50;

/** A reading promised for sooner stays, and one that is to be thorough stays thorough. */
async function soonest(trx: Trx, job: Extract<Job, { kind: 'reconcile' | 'reconcile-all' }>, runAt: Date) {
  const waiting = await findWaiting(trx, job);
  const before = waiting && Job.safeParse(waiting.payload);
  const deep = before?.success && 'deep' in before.data ? before.data.deep : undefined;
  const isSooner = waiting === undefined || runAt < waiting.runAt;
  const isDeeper = job.deep !== undefined && job.deep !== deep && deep !== 'always';
  if (!isSooner && !isDeeper) return;
  const merged = { ...job, ...(!isDeeper && deep !== undefined && { deep }) } as Job;
  await enqueue(trx, [{ job: merged, runAt: isSooner ? runAt : (waiting?.runAt ?? runAt) }]);
}

/** The page is recorded: from here a reading goes on after a crash. */
export const keepRound = ({ db }: Needs, id: IncidentId, round: Round): Promise<void> => saveRound(db, id, { round });

/** History has been read through up to its ceiling, and the rotation over threads has come so far. */
export function endRound({ db, now }: Needs, id: IncidentId, round: Round, threadAt: Ts | null): Promise<void> {
  const at = now();
  return saveRound(db, id, {
    round: null,
    readThrough: round.ceiling,
    readAt: at,
    threadAt,
    trouble: null,
    ...(round.deep && { wholeAt: at }),
  });
}

import { withTables } from './cli-database.ts';
import type { Env } from './config.ts';
import type { Db } from './db/tables.ts';
import { dropJob, findJob, type JobSummary, jobStats, listJobs, listParked, retryParked } from './jobs/store.ts';
import { notDropped, notRetried } from './operations/jobs-refusals.ts';
import { jobsTable } from './operations/jobs-table.ts';

/** What is said of one job each; `isDone` is false when anything asked for was not done. */
interface Done {
  readonly isDone: boolean;
  readonly lines: readonly string[];
}

/** Given up first, then what comes next. */
export function showJobs(env: Env): Promise<string> {
  return withTables(env, async ({ db }) => {
    const now = new Date();
    const jobs = await listJobs(db, SHOWN);
    const { waiting, running, parked } = await jobStats(db, now);
    const more = waiting + running + parked - jobs.length;
    return `${jobsTable(jobs, now)}${more > 0 ? `\n… and ${more} more.\n` : ''}`;
  });
}

const SHOWN = 200;

export function retryJobs(env: Env, ids: readonly number[] | 'all'): Promise<Done> {
  return withTables(env, async ({ db }) => {
    // Oldest first: they go to the end of their lanes in the order in which they were promised.
    const wanted = ids === 'all' ? (await listParked(db, 10_000)).map(({ id }) => id).sort((a, b) => a - b) : ids;
    if (wanted.length === 0) return { isDone: true, lines: ['No job is given up.'] };
    return each(db, wanted, async (id, job) => {
      const again = await retryParked(db, id);
      if (again === null) return { isDone: false, says: notRetried(id, job) };
      return { isDone: true, says: `Job ${id} (${job?.kind ?? 'gone'}) is tried again, as job ${again}.` };
    });
  });
}

/** Only what was given up or fails: striking a job that is well would break a promise in silence. */
export function dropJobs(env: Env, ids: readonly number[]): Promise<Done> {
  return withTables(env, async ({ db }) =>
    each(db, ids, async (id, job) => {
      const mayGo = job !== null && (job.state === 'parked' || (job.state === 'waiting' && job.lastError !== null));
      if (!mayGo || !(await dropJob(db, id))) return { isDone: false, says: notDropped(id, job) };
      const whose = job.incident === null ? '' : ` of INC-${job.incident}`;
      return { isDone: true, says: `Job ${id} (${job.kind}${whose}) is struck; it will not be done.` };
    }),
  );
}

async function each(
  db: Db,
  ids: readonly number[],
  act: (id: number, job: JobSummary | null) => Promise<{ isDone: boolean; says: string }>,
): Promise<Done> {
  const done: { isDone: boolean; says: string }[] = [];
  for (const id of ids) done.push(await act(id, await findJob(db, id)));
  return { isDone: done.every(({ isDone }) => isDone), lines: done.map(({ says }) => says) };
}

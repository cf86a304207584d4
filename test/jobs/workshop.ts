import { afterEach } from '@jest/globals';
import { sql } from 'kysely';
import pino from 'pino';
import type { Db } from '../../src/db/tables.ts';
import type { Handlers, Job, NewJob } from '../../src/jobs/job.ts';
import { enqueue } from '../../src/jobs/queue.ts';
import { type RunReport, startWorker, type Worker, type WorkerDeps } from '../../src/jobs/worker.ts';
import { incidentId, userId } from '../../src/lib/ids.ts';
import { testDatabase } from '../support/database.ts';
import { NOON } from './noon.ts';

/** Jobs that differ in how they stand: ordered by incident, drawn by key, a timer, free, at most once. */
export const post = (incident: number, text: string): Job => ({
  kind: 'post',
  incident: incidentId(incident),
  to: 'channel',
  message: { text },
});
export const drawCard = (incident: number): Job => ({ kind: 'draw-card', incident: incidentId(incident) });
export const drawTopic = (incident: number): Job => ({ kind: 'draw-topic', incident: incidentId(incident) });
export const edit = (incident: number, text: string): Job => ({
  kind: 'edit',
  incident: incidentId(incident),
  as: 'handoff',
  message: { text },
});
export const cadence = (incident: number): Job => ({ kind: 'cadence', incident: incidentId(incident) });
export const recheck = (did: string): Job => ({ kind: 'recheck-person', user: userId('U1'), did });
export const answer = (text: string): Job => ({
  kind: 'answer',
  responseUrl: 'https://hooks.slack.example/commands/T1/2/secret',
  message: { text },
});

/** A database of jobs and workers on it; after each test the workers are stopped and the jobs are gone. */
export async function openWorkshop() {
  const { db, config } = await testDatabase({ max: 20 });
  const workers: Worker[] = [];
  afterEach(async () => {
    await Promise.all(workers.splice(0).map((worker) => worker.stop()));
    await sql`truncate jobs, rate_limits`.execute(db);
  });
  return {
    db,
    config,
    promise: (...jobs: (Job | NewJob)[]) => promise(db, jobs),
    hire: (deps: Partial<WorkerDeps> & { handlers: Partial<Handlers> }) => {
      const reports: RunReport[] = [];
      const worker = startWorker({
        db,
        config,
        now: () => NOON,
        log: pino({ level: process.env.LOG_LEVEL ?? 'silent' }),
        onRun: (report) => reports.push(report),
        ...deps,
      });
      workers.push(worker);
      return { ...worker, reports };
    },
    jobs: () => db.selectFrom('jobs').selectAll().orderBy('id').execute(),
    /** What waits for a retry or a limit needs wait no longer. */
    skipWaits: async () => {
      await sql`update jobs set not_before = null where not_before is not null`.execute(db);
      await sql`select pg_notify('jobs', '')`.execute(db);
    },
  };
}

const promise = (db: Db, jobs: readonly (Job | NewJob)[]) =>
  db.transaction().execute((trx) =>
    enqueue(
      trx,
      jobs.map((job) => ('runAt' in job ? job : { job, runAt: NOON })),
    ),
  );

/** A promise and its key. */
export function gate() {
  let open = () => {};
  const opened = new Promise<void>((resolve) => {
    open = resolve;
  });
  return { opened, open };
}

/** Resolves when `isSo` first answers true; the test's own time limit ends the wait. */
export async function until(isSo: () => boolean | Promise<boolean>): Promise<void> {
  while (!(await isSo())) await new Promise((resolve) => setTimeout(resolve, 10));
}

// One worker and jobs that do nothing; and, to compare, the barest queue a table can be.
import pg from 'pg';
import pino from 'pino';
import { connect } from '../../../src/db/connect.ts';
import type { Job } from '../../../src/jobs/job.ts';
import { enqueue } from '../../../src/jobs/queue.ts';
import { startWorker } from '../../../src/jobs/worker.ts';
import { incidentId } from '../../../src/lib/ids.ts';
import type { JobsAsked } from '../jobs.ts';
import { given, ready } from './child.ts';

const { who, database, jobs, lanes } = given<JobsAsked>();
const CONNECTIONS = 10;
const rate = who === 'sitrep' ? await drainLanes() : await drainBare();
ready({ rate }, async () => {});

async function drainLanes(): Promise<number> {
  const log = pino({ level: 'silent' });
  const db = connect({ config: database, log, max: CONNECTIONS, statementTimeout: 30_000 });
  const runAt = new Date();
  const post = (lane: number): Job => ({
    kind: 'post',
    incident: incidentId(lane + 1),
    to: 'channel',
    message: { text: 'x' },
  });
  const promised = Array.from({ length: jobs }, (_, i) => ({ job: post(i % lanes), runAt }));
  await db.transaction().execute((trx) => enqueue(trx, promised));
  let left = jobs;
  const start = performance.now();
  const done = Promise.withResolvers<number>();
  const worker = startWorker({
    db,
    config: database,
    log,
    now: () => new Date(),
    handlers: { post: async () => {} },
    onRun: () => {
      left -= 1;
      if (left === 0) done.resolve(performance.now() - start);
    },
  });
  const took = await done.promise;
  await worker.stop();
  await db.destroy();
  return (jobs / took) * 1_000;
}

/** As many hands as connections; each takes one row, commits that it is gone, and takes the next. No order, no lease, no key. */
async function drainBare(): Promise<number> {
  const pool = new pg.Pool({ ...database, max: CONNECTIONS });
  await pool.query(
    'create table if not exists bare_jobs (id bigint generated always as identity primary key, payload jsonb)',
  );
  await pool.query(`insert into bare_jobs (payload) select '{"text": "x"}' from generate_series(1, ${jobs})`);
  const take = 'delete from bare_jobs where id = (select id from bare_jobs order by id for update skip locked limit 1)';
  const start = performance.now();
  const hand = async () => {
    while ((await pool.query(take)).rowCount === 1);
  };
  await Promise.all(Array.from({ length: CONNECTIONS }, hand));
  const took = performance.now() - start;
  await pool.end();
  return (jobs / took) * 1_000;
}

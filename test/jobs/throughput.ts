// npx node test/jobs/throughput.ts: jobs that do nothing, on a PostgreSQL of its own (fsync on). Prints; asserts nothing.
import { rm } from 'node:fs/promises';
import { join } from 'node:path';
import pino from 'pino';
import { connect } from '../../src/db/connect.ts';
import { startEmbeddedPostgres } from '../../src/db/embedded.ts';
import { migrate } from '../../src/db/migrate.ts';
import type { Job } from '../../src/jobs/job.ts';
import { enqueue } from '../../src/jobs/queue.ts';
import { startWorker } from '../../src/jobs/worker.ts';
import { incidentId } from '../../src/lib/ids.ts';
import { diskFolder } from '../support/scratch.ts';

const JOBS = 3_000;
const log = pino({ level: 'silent' });
const folder = await diskFolder('bench');
const server = await startEmbeddedPostgres({ dataDir: join(folder, 'pg'), log });
const { config } = server;
await migrate({ config, log });
const db = connect({ config, log, max: 10, statementTimeout: 30_000 });
const worker = (handlers: Parameters<typeof startWorker>[0]['handlers']) =>
  startWorker({ db, config, log, now: () => new Date(), handlers });

const post = (lane: number): Job => ({
  kind: 'post',
  incident: incidentId(lane),
  to: 'channel',
  message: { text: 'x' },
});

try {
  for (const lanes of [20, 1_000]) await drain(lanes);
  await startLatency();
} finally {
  await db.destroy();
  await server.stop();
  await rm(folder, { recursive: true, force: true });
}

async function drain(lanes: number): Promise<void> {
  const runAt = new Date();
  const jobs = Array.from({ length: JOBS }, (_, i) => ({ job: post(1 + (i % lanes)), runAt }));
  await db.transaction().execute((trx) => enqueue(trx, jobs));
  const handlers = { post: async () => {} };
  const [one, two] = [worker(handlers), worker(handlers)];
  const start = performance.now();
  await Promise.all([one.idle(), two.idle()]);
  while ((await db.selectFrom('jobs').select('id').limit(1).execute()).length > 0) await one.idle();
  const ms = performance.now() - start;
  console.log(`${JOBS} jobs in ${lanes} lanes, two workers: ${Math.round((JOBS / ms) * 1_000)} a second`);
  await Promise.all([one.stop(), two.stop()]);
}

async function startLatency(): Promise<void> {
  const waits: number[] = [];
  let committed = 0;
  let begun = () => {};
  const one = worker({
    post: async () => {
      waits.push(performance.now() - committed);
      begun();
    },
  });
  await one.idle();
  for (let i = 0; i < 300; i++) {
    const seen = new Promise<void>((resolve) => {
      begun = resolve;
    });
    await db.transaction().execute(async (trx) => {
      await enqueue(trx, [{ job: post(i + 1), runAt: new Date() }]);
      committed = performance.now();
    });
    await seen;
    await one.idle();
  }
  waits.sort((a, b) => a - b);
  const at = (q: number) => waits[Math.floor(waits.length * q)]?.toFixed(1);
  console.log(
    `COMMIT sent to handler begun: p50 ${at(0.5)} ms, p95 ${at(0.95)} ms, max ${waits.at(-1)?.toFixed(1)} ms`,
  );
  await one.stop();
}

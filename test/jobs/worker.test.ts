import { expect, test } from '@jest/globals';
import { sql } from 'kysely';
import { limitedUntil, noteLimit } from '../../src/jobs/queue.ts';
import { dropJob, jobStats, listJobs, listParked, pruneJobs } from '../../src/jobs/store.ts';
import { incidentId } from '../../src/lib/ids.ts';
import { after, NOON } from './noon.ts';
import { answer, cadence, drawCard, gate, openWorkshop, post, recheck, until } from './workshop.ts';

const { db, promise, hire, jobs, skipWaits } = await openWorkshop();
const limited = (limit: string, retryAfterMs?: number) =>
  Object.assign(new Error('ratelimited'), { outcome: 'not-done', limit, ...(retryAfterMs && { retryAfterMs }) });

test('two workers do each job once', async () => {
  const done: string[] = [];
  const handlers = { 'recheck-person': async ({ did }: { did: string }) => void done.push(did) };
  const workers = [hire({ handlers }), hire({ handlers })];
  const all = Array.from({ length: 200 }, (_, i) => `${i}`.padStart(3, '0'));
  await promise(...all.map(recheck));
  await until(async () => (await jobs()).length === 0);
  await Promise.all(workers.map((worker) => worker.idle()));
  expect(done.sort()).toEqual(all);
});

test('a job is begun by the commit that promised it, without waiting for the poll', async () => {
  const done = gate();
  await hire({ pollMs: 3_600_000, handlers: { 'recheck-person': async () => done.open() } }).idle();
  await promise(recheck('now'));
  await done.opened;
});

test('a timer rings when its time comes, without waiting for the poll', async () => {
  const rang = gate();
  const due = new Date(Date.now() + 300);
  await promise({ job: cadence(1), runAt: due });
  hire({
    pollMs: 3_600_000,
    now: () => new Date(),
    handlers: {
      cadence: async () => {
        expect(Date.now()).toBeGreaterThanOrEqual(+due);
        rang.open();
      },
    },
  });
  await rang.opened;
});

test('a timer of next month does not ring before the clock is moved there', async () => {
  let now = NOON;
  const rang: number[] = [];
  await promise({ job: cadence(1), runAt: after(40 * 86_400_000) });
  const worker = hire({ now: () => now, handlers: { cadence: async () => void rang.push(+now) } });
  await worker.idle();
  expect(rang).toEqual([]);
  now = after(41 * 86_400_000);
  await worker.idle();
  expect(rang).toEqual([+now]);
  await until(() => worker.reports.length === 1);
  expect(worker.reports).toEqual([{ kind: 'cadence', latenessMs: 86_400_000, attempts: 1, outcome: 'done' }]);
});

test.each([-365, 365])('a clock moved by %i days while a job runs does not run it twice', async (days) => {
  let now = NOON;
  let runs = 0;
  const running = gate();
  const handlers = {
    'recheck-person': async () => {
      runs++;
      await running.opened;
    },
  };
  const workers = [hire({ now: () => now, handlers }), hire({ now: () => now, handlers })];
  await promise(recheck('once'));
  await until(() => runs === 1);
  const [before] = await jobs();
  now = after(days * 86_400_000);
  for (const worker of workers) worker.wake();
  await until(async () => +((await jobs())[0]?.leaseUntil ?? 0) > +(before?.leaseUntil ?? 0));
  expect(await jobs()).toMatchObject([{ fence: 1, worker: before?.worker }]);
  running.open();
  await Promise.all(workers.map((worker) => worker.idle()));
  expect([runs, await jobs()]).toEqual([1, []]);
});

test('a kind this version does not know is left to those who do', async () => {
  await promise(recheck('known'), drawCard(1));
  await hire({ handlers: { 'recheck-person': async () => {} } }).idle();
  expect(await jobs()).toMatchObject([{ kind: 'draw-card', attempts: 0, worker: null }]);
});

test('a stored job that cannot be read is parked with the reason, and told without its content', async () => {
  const told: unknown[] = [];
  await promise(recheck('x'));
  await sql`update jobs set payload = payload - 'did'`.execute(db);
  await hire({
    handlers: { 'recheck-person': async () => {} },
    onParked: async (_, parked, reason) => void told.push([parked.kind, parked.job, reason]),
  }).idle();
  expect(told).toEqual([['recheck-person', null, expect.stringContaining('does not parse')]]);
  expect(await listParked(db)).toMatchObject([{ attempts: 1, lastError: expect.stringContaining('did') }]);
});

test('an ephemeral answer is given at most once and its secret does not stay', async () => {
  let tries = 0;
  await promise(answer('hi'));
  const worker = hire({
    handlers: {
      answer: async () => {
        tries++;
        throw new Error('socket hang up');
      },
    },
  });
  await worker.idle();
  expect([tries, await jobs(), worker.reports[0]?.outcome]).toEqual([1, [], 'dropped']);
});

test('an answer that Slack refused for its rate limit was not given, so it is given later', async () => {
  let tries = 0;
  await promise(answer('hi'));
  const worker = hire({
    handlers: {
      answer: async () => {
        if (++tries === 1) throw limited('response_url', 60_000);
      },
    },
  });
  await worker.idle();
  await skipWaits();
  await worker.idle();
  expect([tries, await jobs()]).toEqual([2, []]);
});

test('a rate limit is honoured by every process, does not count as an attempt, and stops no other method', async () => {
  const tried: string[] = [];
  const handlers = {
    post: async ({ incident }: { incident: number }, { number }: { number: number }) => {
      tried.push(`post ${incident} attempt ${number}`);
      if (await limitedUntil(db, 'chat.postMessage:C1')) throw limited('chat.postMessage:C1');
      throw limited('chat.postMessage:C1', 30_000);
    },
    'recheck-person': async () => void tried.push('recheck'),
  };
  await promise(post(1, 'a'));
  const first = hire({ handlers });
  await first.idle();
  await promise(post(2, 'b'), recheck('x'));
  await Promise.all([first.idle(), hire({ handlers }).idle()]);
  expect(tried.sort()).toEqual(['post 1 attempt 1', 'post 2 attempt 1', 'recheck']);
  const limit = await db.selectFrom('rateLimits').selectAll().executeTakeFirstOrThrow();
  expect(await jobs()).toMatchObject([
    { attempts: 0, notBefore: limit.until, failingSince: null, uncertainSince: null },
    { attempts: 0, notBefore: limit.until },
  ]);
});

test('a limit that is over holds nobody, and a shorter word does not shorten a longer one', async () => {
  await noteLimit(db, 'pins.add', 60_000);
  await noteLimit(db, 'pins.add', 10);
  expect((await limitedUntil(db, 'pins.add'))?.leftMs).toBeGreaterThan(50_000);
  expect(await limitedUntil(db, 'pins.remove')).toBeNull();
  await sql`update rate_limits set until = until - interval '2 hours'`.execute(db);
  expect(await limitedUntil(db, 'pins.add')).toBeNull();
  await pruneJobs(db);
  expect(await db.selectFrom('rateLimits').selectAll().execute()).toEqual([]);
});

test('a worker told to stop finishes what it has begun and begins nothing more', async () => {
  const running = gate();
  const begun: string[] = [];
  const worker = hire({
    concurrency: 1,
    handlers: {
      'recheck-person': async ({ did }) => {
        begun.push(did);
        await running.opened;
      },
    },
  });
  await promise(recheck('first'), recheck('second'));
  await until(() => begun.length === 1);
  const stopped = worker.stop();
  running.open();
  await stopped;
  expect(begun).toEqual(['first']);
  expect(await jobs()).toMatchObject([{ payload: { did: 'second' }, attempts: 0 }]);
});

test('a worker whose job does not end stops all the same, and another takes over knowing that it is uncertain', async () => {
  const stuck = hire({ drainMs: 0, handlers: { 'recheck-person': () => new Promise(() => {}) } });
  await promise(recheck('stuck'));
  await until(async () => (await jobs())[0]?.worker != null);
  await stuck.stop();
  const uncertain: (Date | null)[] = [];
  hire({
    requestTimeoutMs: 100,
    handlers: { 'recheck-person': async (_, attempt) => void uncertain.push(attempt.uncertainSince) },
  });
  await until(() => uncertain.length === 1);
  expect(uncertain).toEqual([expect.any(Date)]);
});

test('operators see what waits, runs and is parked, and never what it says', async () => {
  await promise(
    { job: answer('secret words'), runAt: after(-5_000) },
    { job: cadence(1), runAt: after(60_000) },
    recheck('never'),
  );
  await hire({
    handlers: {
      'recheck-person': async () => {
        throw Object.assign(new Error('user_not_found'), { outcome: 'never' });
      },
    },
  }).idle();
  expect(await jobStats(db, NOON)).toEqual({
    waiting: 2,
    due: 1,
    running: 0,
    parked: 1,
    failing: 0,
    oldestDueMs: 5_000,
  });
  const listed = await listJobs(db);
  expect(listed.map((job) => [job.kind, job.state])).toEqual([
    ['cadence', 'waiting'],
    ['answer', 'waiting'],
    ['recheck-person', 'parked'],
  ]);
  expect(JSON.stringify(listed)).not.toMatch(/secret/);
  expect(await dropJob(db, listed[2]?.id ?? 0)).toBe(true);
  expect(await dropJob(db, listed[2]?.id ?? 0)).toBe(false);
});

test('a parked job keeps no response_url', async () => {
  const responseUrl = 'https://hooks.slack.example/commands/T1/2/secret';
  await promise({ kind: 'open-channel', incident: incidentId(1), responseUrl, view: 'V1' });
  const fails = () => Promise.reject(Object.assign(new Error('restricted_action'), { outcome: 'never' }));
  await hire({ handlers: { 'open-channel': fails } }).idle();
  await until(async () => (await listParked(db)).length === 1);
  expect((await jobs())[0]?.payload).toEqual({ kind: 'open-channel', incident: 1, view: 'V1' });
});

test('a parked drawing is forgotten when a newer one has succeeded, any parked job after thirty days', async () => {
  let fails = true;
  const handlers = {
    'draw-card': async () => {
      if (fails) throw Object.assign(new Error('invalid_blocks'), { outcome: 'never' });
    },
  };
  await promise(drawCard(1), drawCard(2));
  const worker = hire({ handlers });
  await worker.idle();
  fails = false;
  await promise(drawCard(1));
  await worker.idle();
  expect((await listParked(db)).map((job) => job.key)).toEqual(['draw-card:2']);
  expect(await pruneJobs(db)).toBe(0);
  await sql`update jobs set parked_at = parked_at - interval '31 days'`.execute(db);
  expect(await pruneJobs(db)).toBe(1);
});

import { expect, test } from '@jest/globals';
import { sql } from 'kysely';
import { listParked, retryParked } from '../../src/jobs/store.ts';
import type { ParkedJob } from '../../src/jobs/worker.ts';
import { cadence, openWorkshop, post, until } from './workshop.ts';

const { db, promise, hire, jobs, skipWaits } = await openWorkshop();

const notDone = (message = 'service_unavailable') => Object.assign(new Error(message), { outcome: 'not-done' });

/** Says posts into `said`; those whose text is in `failing` fail that often first. */
function speaker(failing: Record<string, number> = {}, fault = notDone) {
  const said: string[] = [];
  return {
    said,
    handlers: {
      post: async ({ message }: { message: { text: string } }) => {
        const left = failing[message.text] ?? 0;
        failing[message.text] = left - 1;
        said.push(left > 0 ? `${message.text} fails` : message.text);
        if (left > 0) throw fault();
      },
    },
  };
}

test('what an incident says is said in the order it was promised, however many hands there are', async () => {
  const { said, handlers } = speaker();
  const workers = [hire({ handlers }), hire({ handlers })];
  const texts = Array.from({ length: 30 }, (_, i) => `${i}`);
  await promise(...texts.slice(0, 15).map((text) => post(1, text)));
  await promise(...texts.slice(15).map((text) => post(1, text)));
  await until(async () => (await jobs()).length === 0);
  await Promise.all(workers.map((worker) => worker.idle()));
  expect(said).toEqual(texts);
});

test('a post that has to be repeated holds those behind it, and only in its own incident', async () => {
  const { said, handlers } = speaker({ first: 2 });
  await promise(post(1, 'first'), post(1, 'second'), post(2, 'elsewhere'));
  const worker = hire({ handlers });
  await worker.idle();
  expect(said.sort()).toEqual(['elsewhere', 'first fails']);
  await skipWaits();
  await worker.idle();
  await skipWaits();
  await worker.idle();
  expect(said.slice(2)).toEqual(['first fails', 'first', 'second']);
});

test('a post that failed comes again by itself', async () => {
  const { said, handlers } = speaker({ first: 1 });
  await promise(post(1, 'first'), post(1, 'second'));
  hire({ handlers, pollMs: 60_000 });
  await until(() => said.length === 3);
  expect(said).toEqual(['first fails', 'first', 'second']);
});

test('after ten minutes of failing a post is parked, the incident is told so once, and goes on', async () => {
  const { said, handlers } = speaker({ first: 99 });
  const told: [ParkedJob, string][] = [];
  await promise(post(1, 'first'), post(1, 'second'));
  const worker = hire({ handlers, onParked: async (_, parked, reason) => void told.push([parked, reason]) });
  await worker.idle();
  await sql`update jobs set failing_since = failing_since - interval '10 minutes' where failing_since is not null`.execute(
    db,
  );
  await skipWaits();
  await until(() => said.includes('second'));
  expect(said).toEqual(['first fails', 'first fails', 'second']);
  expect(told).toMatchObject([[{ kind: 'post', job: { message: { text: 'first' } } }, 'service_unavailable']]);
  expect(await listParked(db)).toMatchObject([
    { kind: 'post', incident: 1, state: 'parked', attempts: 2, lastError: 'service_unavailable' },
  ]);
});

test('a timer that failed an hour ago and fails again has not been failing for an hour', async () => {
  await promise(cadence(1));
  const worker = hire({
    handlers: {
      cadence: async () => {
        throw notDone();
      },
    },
  });
  await worker.idle();
  await sql`update jobs set failing_since = failing_since - interval '1 hour', not_before = not_before - interval '1 hour'`.execute(
    db,
  );
  await worker.idle();
  expect(worker.reports.map((run) => run.outcome)).toEqual(['retried', 'retried']);
});

test('a post that can never succeed is parked at once', async () => {
  const { said, handlers } = speaker({ first: 1 }, () => Object.assign(new Error('is_archived'), { outcome: 'never' }));
  await promise(post(1, 'first'), post(1, 'second'));
  const worker = hire({ handlers });
  await worker.idle();
  expect(said).toEqual(['first fails', 'second']);
  expect(worker.reports.map((run) => run.outcome)).toEqual(['parked', 'done']);
});

test('a parked post that is re-driven comes after what was promised meanwhile, under the marker it had', async () => {
  const { said, handlers } = speaker({ first: 1 }, () => Object.assign(new Error('is_archived'), { outcome: 'never' }));
  await promise(post(1, 'first'));
  const worker = hire({ handlers });
  await worker.idle();
  const [before] = await jobs();
  await worker.stop();
  await promise(post(1, 'second'));
  const id = await retryParked(db, before?.id ?? 0);
  expect(await retryParked(db, before?.id ?? 0)).toBeNull();
  expect((await jobs()).find((job) => job.id === id)).toMatchObject({ marker: before?.marker, parkedAt: null });
  await hire({ handlers }).idle();
  expect(said).toEqual(['first fails', 'second', 'first']);
});

test('parking and telling are one: when the telling fails the job is parked all the same, and nothing half told stays', async () => {
  const { handlers } = speaker({ first: 1 }, () => Object.assign(new Error('is_archived'), { outcome: 'never' }));
  await promise(post(1, 'first'));
  const worker = hire({
    handlers,
    onParked: async (trx) => {
      await trx
        .insertInto('knownChannels')
        .values({ name: 'half', channelId: 'C1' as never })
        .execute();
      throw new Error('cannot tell');
    },
  });
  await worker.idle();
  expect(await listParked(db)).toHaveLength(1);
  expect(await db.selectFrom('knownChannels').selectAll().execute()).toEqual([]);
});

test('no two jobs of a lane can run at a time, whoever claims them', async () => {
  await promise(post(1, 'first'), post(1, 'second'));
  const both = sql`update jobs set worker = 1, started_at = clock_timestamp(), lease_until = clock_timestamp()`.execute(
    db,
  );
  await expect(both).rejects.toThrow('jobs_one_running_per_lane');
});

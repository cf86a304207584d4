import { setTimeout } from 'node:timers/promises';
import { afterAll, beforeEach, expect, test } from '@jest/globals';
import { sql } from 'kysely';
import pino from 'pino';
import { connect, dedicated, OutcomeUnknown, transact } from '../../src/db/connect.ts';
import type { Db, Trx } from '../../src/db/tables.ts';
import { testDatabase } from '../support/database.ts';
import { flakyRoad } from '../support/flaky-road.ts';

const { db, config } = await testDatabase({ migrated: false });
const road = await flakyRoad(config);
afterAll(() => road.close());
const log = pino({ level: 'silent' });
await sql`create table notes (id bigint generated always as identity, body text not null)`.execute(db);
await sql`alter table notes add constraint one_of_each unique (body) deferrable initially deferred`.execute(db);

beforeEach(async () => {
  road.is = 'good';
  await sql`truncate notes`.execute(db);
});

const note = (on: Db | Trx, body: string) => sql`insert into notes (body) values (${body})`.execute(on);
const notes = async () =>
  (await sql<{ body: string }>`select body from notes order by id`.execute(db)).rows.map((r) => r.body);
const pidOf = async (on: Db | Trx) =>
  (await sql<{ pid: number }>`select pg_backend_pid() as pid`.execute(on)).rows[0]?.pid;
const end = (pid: number | undefined) => sql`select pg_terminate_backend(${pid})`.execute(db);

test('a count is a number, a day is text, an instant is a Date, and keys inside jsonb stay as they were stored', async () => {
  const { rows } = await sql`select 9007199254740991::bigint as big_one, '2026-03-29'::date as day,
    '2026-03-29T01:30:00.123Z'::timestamptz as at, '{"event_ts": {"user_id": "U1"}}'::jsonb as payload`.execute(db);
  expect(rows).toEqual([
    {
      bigOne: 9007199254740991,
      day: '2026-03-29',
      at: new Date('2026-03-29T01:30:00.123Z'),
      payload: { event_ts: { user_id: 'U1' } },
    },
  ]);
});

test('a fault of the work comes back as it is and nothing is recorded', async () => {
  const fault = new Error('no such channel');
  const failing = transact(db, async (trx) => {
    await note(trx, 'lost');
    throw fault;
  });
  await expect(failing).rejects.toBe(fault);
  expect(await notes()).toEqual([]);
});

test('a fault of the work comes back as it is even when its connection died with it', async () => {
  const fault = new Error('no such channel');
  const failing = transact(db, async (trx) => {
    await end(await pidOf(trx));
    throw fault;
  });
  await expect(failing).rejects.toBe(fault);
});

test('a connection that dies between the work and COMMIT is an unknown outcome', async () => {
  const cut = transact(db, async (trx) => {
    await note(trx, 'perhaps');
    await end(await pidOf(trx));
  });
  await expect(cut).rejects.toThrow(OutcomeUnknown);
  expect(await notes()).toEqual([]);
});

test('a COMMIT whose answer is lost on the way is an unknown outcome, and here it was recorded', async () => {
  const far = connect({ config: { ...config, host: '127.0.0.1', port: road.port }, log });
  road.is = 'cut-after-commit';
  await expect(transact(far, (trx) => note(trx, 'recorded'))).rejects.toThrow(OutcomeUnknown);
  await far.destroy();
  expect(await notes()).toEqual(['recorded']);
});

test('a server that falls silent is given up, and the pool does not keep its connection', async () => {
  const far = connect({
    config: { ...config, host: '127.0.0.1', port: road.port },
    log,
    max: 1,
    statementTimeout: 300,
  });
  await pidOf(far);
  road.is = 'silent';
  await expect(pidOf(far)).rejects.toThrow('Query read timeout');
  road.is = 'good';
  expect(await pidOf(far)).toEqual(expect.any(Number));
  await far.destroy();
});

test('a COMMIT that the server refuses is no unknown outcome', async () => {
  const twice = transact(db, async (trx) => {
    await note(trx, 'twin');
    await note(trx, 'twin');
  });
  await expect(twice).rejects.toMatchObject({ code: '23505', constraint: 'one_of_each' });
});

test('a swallowed error of a statement does not pass for a commit', async () => {
  const swallowing = transact(db, async (trx) => {
    await note(trx, 'first');
    await sql`select 1 / 0`.execute(trx).catch(() => {});
  });
  await expect(swallowing).rejects.toThrow();
  expect(await notes()).toEqual([]);
});

test('a collision runs the work again, three times at most', async () => {
  let runs = 0;
  const collide = (times: number) =>
    transact(db, async (trx) => {
      runs++;
      await note(trx, `run ${runs}`);
      if (runs <= times) await sql`do $$ begin raise exception 'collided' using errcode = '40001'; end $$`.execute(trx);
    });
  await collide(2);
  expect(await notes()).toEqual(['run 3']);
  runs = 0;
  await expect(collide(9)).rejects.toMatchObject({ code: '40001' });
  expect(runs).toBe(3);
});

test('a deadlock is a collision', async () => {
  await transact(db, (trx) => sql`insert into notes (body) values ('a'), ('b')`.execute(trx));
  const touch = (trx: Trx, body: string) => sql`update notes set body = body where body = ${body}`.execute(trx);
  let met = 0;
  const both = (one: string, other: string) =>
    transact(db, async (trx) => {
      await touch(trx, one);
      met++;
      while (met < 2) await setTimeout(5);
      await touch(trx, other);
    });
  await Promise.all([both('a', 'b'), both('b', 'a')]);
  // PostgreSQL breaks one of the two, now and then each in its turn.
  expect(met).toBeGreaterThan(2);
});

test('a statement that takes too long is cut off by the server', async () => {
  const hasty = connect({ config, log, statementTimeout: 100 });
  await expect(sql`select pg_sleep(20)`.execute(hasty)).rejects.toMatchObject({ code: '57014' });
  await hasty.destroy();
});

test('a connection that breaks while idle is replaced, and the process lives on', async () => {
  const quiet = connect({ config, log, max: 1 });
  const first = await pidOf(quiet);
  await end(first);
  await expect(until(async () => (await pidOf(quiet).catch(() => first)) !== first)).resolves.toBe(true);
  await quiet.destroy();
});

test('a lock held on a connection of its own is free as soon as that connection is lost', async () => {
  const holder = await dedicated(config, log);
  await holder.query('select pg_advisory_lock(7)');
  const isFree = async () =>
    (await sql<{ free: boolean }>`select pg_try_advisory_lock(7) as free`.execute(db)).rows[0]?.free;
  expect(await isFree()).toBe(false);
  const ended = new Promise<void>((resolve) => holder.once('end', resolve));
  const { rows } = await holder.query('select pg_backend_pid() as pid');
  await end(rows[0].pid);
  await ended;
  expect(await until(isFree)).toBe(true);
});

async function until(isSo: () => unknown): Promise<boolean> {
  while (!(await isSo())) await setTimeout(10);
  return true;
}

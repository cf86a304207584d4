import { expect, test } from '@jest/globals';
import { sql } from 'kysely';
import { knownLimits } from '../src/known-limits.ts';
import { silent } from './slack/silent.ts';
import { testDatabase } from './support/database.ts';

const { db } = await testDatabase();

test('a limit that one process has met holds for the next', async () => {
  await knownLimits(db, silent).met('pins.add', 60_000);
  const other = knownLimits(db, silent);
  expect(await other.isOn('pins.add')).toBe(true);
  expect(await other.isOn('pins.remove')).toBe(false);
});

test('whoever meets a limit knows it before it is written down', async () => {
  const limits = knownLimits(db, silent);
  let noted: Promise<void> | undefined;
  await db.transaction().execute(async (other) => {
    await sql`lock table rate_limits in share mode`.execute(other);
    noted = limits.met('views.publish', 60_000);
    expect(await limits.isOn('views.publish')).toBe(true);
    expect(await knownLimits(db, silent).isOn('views.publish')).toBe(false);
  });
  await noted;
  expect(await knownLimits(db, silent).isOn('views.publish')).toBe(true);
});

test('a limit ends', async () => {
  const limits = knownLimits(db, silent);
  await limits.met('chat.update', 0);
  expect(await limits.isOn('chat.update')).toBe(false);
});

test('while the database cannot be asked, a limit holds for the process that has met it', async () => {
  const limits = knownLimits(db, silent);
  await sql`alter table rate_limits rename to elsewhere`.execute(db);
  await limits.met('pins.remove', 60_000);
  expect(await limits.isOn('pins.remove')).toBe(true);
  expect(await knownLimits(db, silent).isOn('pins.remove')).toBe(false);
});

import { expect, test } from '@jest/globals';
import { sql } from 'kysely';
import { testDatabase } from '../support/database.ts';

const { db } = await testDatabase();

test('a count is a number', async () => {
  const { rows } = await sql<{ n: number }>`select count(*) as n from incidents`.execute(db);
  expect(rows).toEqual([{ n: 0 }]);
});

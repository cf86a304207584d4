import { expect, test } from '@jest/globals';
import { acceptIntent } from '../../src/intents/store.ts';
import { tellLate } from '../../src/upkeep/transactions.ts';
import { testDatabase } from '../support/database.ts';
import { at, olivia } from '../support/given.ts';

const { db } = await testDatabase();
const deps = { db, now: () => at('14:00') };
const told = async () => {
  const jobs = await db.deleteFrom('jobs').where('kind', '=', 'dm').returning('payload').execute();
  return jobs.map((job) => (job.payload as { message: { text: string } }).message.text);
};

test('a late answer says that it was done where it was recorded', async () => {
  const intent = { identity: 'done', by: olivia, words: 'ic' };
  await db.transaction().execute((trx) => acceptIntent(trx, intent, { incidentId: null, answer: null }, at('14:00')));
  await tellLate(deps, { user: olivia, intent: 'done', text: 'You are IC.' });
  expect(await told()).toEqual(['Slack may have shown you an error, but it was done: You are IC.']);
  expect(await db.selectFrom('intents').select('answeredLateAt').execute()).toEqual([{ answeredLateAt: at('14:00') }]);
});

test('a late refusal is not called done', async () => {
  await tellLate(deps, { user: olivia, intent: 'refused', text: 'INC-4 has ended.' });
  expect(await told()).toEqual(['Slack may have shown you an error. The answer: INC-4 has ended.']);
});

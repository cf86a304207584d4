import { randomUUID } from 'node:crypto';
import { expect, test } from '@jest/globals';
import { declarationOf } from '../../src/incidents/declare.ts';
import { moveIncident } from '../../src/incidents/transactions.ts';
import { startAssignment } from '../../src/roles/store.ts';
import { setTimersAgain } from '../../src/upkeep/transactions.ts';
import { testDatabase } from '../support/database.ts';
import { declareIncident } from '../support/declare.ts';
import { at, casey, olivia, policy } from '../support/given.ts';

const { db } = await testDatabase();
const deps = { db, policy, now: () => at('14:00') };
const intent = () => ({ identity: randomUUID(), by: olivia });
const declare = async () => (await declareIncident(deps, intent(), declarationOf('sev1 down', policy), {})).incident.id;
const timers = async () =>
  (
    await db.selectFrom('jobs').select('key').where('kind', 'in', ['cadence', 'acknowledge']).orderBy('key').execute()
  ).map((job) => job.key);

test('an open incident whose timers are lost gets them again; one that has them keeps them', async () => {
  const id = await declare();
  await declare();
  const all = await timers();
  expect(all).toHaveLength(4);
  expect(await setTimersAgain(deps)).toBe(0);
  await db
    .deleteFrom('jobs')
    .where('key', 'in', [`cadence:${id}`, `acknowledge:${id}`])
    .execute();
  expect(await setTimersAgain(deps)).toBe(2);
  expect(await timers()).toEqual(all);
});

test('nobody is looked for where somebody has command, and nothing is promised where all is over', async () => {
  await db.deleteFrom('jobs').execute();
  const [commanded, ended] = [await declare(), await declare()];
  await setTimersAgain(deps);
  const command = { incidentId: commanded, role: 'ic', userId: casey, assignedBy: casey, fromAt: at('14:00') };
  await db.transaction().execute((trx) => startAssignment(trx, command));
  await moveIncident(deps, ended, intent(), { to: 'canceled', by: olivia, why: 'a false alarm' });
  await db.deleteFrom('jobs').execute();
  await setTimersAgain(deps);
  const again = await timers();
  expect(again).toContain(`cadence:${commanded}`);
  expect(again).not.toContain(`acknowledge:${commanded}`);
  expect(again).not.toContain(`cadence:${ended}`);
});

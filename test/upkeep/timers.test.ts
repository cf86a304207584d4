import { randomUUID } from 'node:crypto';
import { expect, test } from '@jest/globals';
import { escalateWhenDue } from '../../src/escalations/transactions.ts';
import { declarationOf } from '../../src/incidents/declare.ts';
import { moveIncident } from '../../src/incidents/transactions.ts';
import { MINUTE } from '../../src/lib/duration.ts';
import { startAssignment } from '../../src/roles/store.ts';
import { setTimersAgain } from '../../src/upkeep/transactions.ts';
import { testDatabase } from '../support/database.ts';
import { declareIncident } from '../support/declare.ts';
import { at, casey, olivia, policy, sev, withSeverity } from '../support/given.ts';

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

test('an incident that lasts is seen to last although its timer is lost or it was open before there was one; so is an escalation', async () => {
  await db.deleteFrom('jobs').execute();
  await db.updateTable('incidents').set({ status: 'closed' }).execute();
  const lasts = withSeverity(sev('SEV1', { escalate: [{ after: MINUTE, unless: null, to: [casey] }] }));
  const id = await declare();
  const again = async () => {
    await setTimersAgain({ ...deps, policy: lasts });
    const jobs = await db
      .selectFrom('jobs')
      .select('payload')
      .where('kind', 'in', ['escalation', 'unanswered'])
      .execute();
    return jobs.map(({ payload }) => payload);
  };
  const escalation = { kind: 'escalation', incident: id, since: at('14:00').getTime() };
  expect(await again()).toEqual([escalation]);
  await escalateWhenDue({ ...deps, policy: lasts, now: () => at('14:01') }, id, at('14:00'), 'a run', []);
  const unanswered = { kind: 'unanswered', incident: id, escalation: `policy:${at('14:01').getTime()}` };
  expect(await again()).toEqual([escalation, unanswered]);
  await db.deleteFrom('jobs').execute();
  // The policy was carried out; whether somebody is on it is still to be seen.
  expect(await again()).toEqual([unanswered]);
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

test('the reminders of action items come back when they are lost, also of an incident that is over', async () => {
  const id = await declare();
  await moveIncident(deps, id, intent(), { to: 'canceled', by: olivia, why: 'a false alarm' });
  await db
    .insertInto('actionItems')
    .values({ incidentId: id, what: 'x', createdBy: olivia, createdAt: at('14:00') })
    .execute();
  await setTimersAgain(deps);
  const waiting = async () => db.selectFrom('jobs').select('id').where('key', '=', `actions:${id}`).execute();
  expect(await waiting()).toHaveLength(1);
  await db
    .updateTable('actionItems')
    .set({ status: 'done', endedAt: at('15:00') })
    .execute();
  await db.deleteFrom('jobs').where('key', '=', `actions:${id}`).execute();
  await setTimersAgain(deps);
  expect(await waiting()).toEqual([]);
});

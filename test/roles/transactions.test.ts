import { randomUUID } from 'node:crypto';
import { expect, test } from '@jest/globals';
import { declarationOf } from '../../src/incidents/declare.ts';
import { savePerson } from '../../src/people/store.ts';
import { assignRoles } from '../../src/roles/transactions.ts';
import { testDatabase } from '../support/database.ts';
import { declareIncident } from '../support/declare.ts';
import { at, casey, erin, olivia, policy } from '../support/given.ts';

const { db } = await testDatabase();
const deps = { db, policy, now: () => at('14:00') };
const intent = () => ({ identity: randomUUID(), by: olivia });

test.each(['guest', 'stranger', 'bot', 'deactivated'] as const)(
  'a %s cannot be given a role; a member and who is not known yet can',
  async (standing) => {
    const { incident } = await declareIncident(deps, intent(), declarationOf('sev1 checkout', policy), {});
    const person = { teamId: null, name: 'x', checkedAt: at('14:00') };
    await savePerson(db, { ...person, userId: erin, standing });
    await savePerson(db, { ...person, userId: olivia, standing: 'member' });
    const give = (user: typeof erin) =>
      assignRoles(deps, incident.id, intent(), { wishes: [{ role: 'ic', user }], by: olivia, polite: false });
    expect(await give(erin)).toMatchObject({ ok: false, no: { why: 'may-not-command', user: erin } });
    expect([(await give(olivia)).ok, (await give(casey)).ok]).toEqual([true, true]);
  },
);

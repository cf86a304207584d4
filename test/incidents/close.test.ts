import { randomUUID } from 'node:crypto';
import { expect, test } from '@jest/globals';
import type { Status } from '../../src/db/tables.ts';
import { declarationOf } from '../../src/incidents/declare.ts';
import { findIncident } from '../../src/incidents/store.ts';
import { changeSeverityOf, closeWhenDue, moveIncident } from '../../src/incidents/transactions.ts';
import type { IncidentId } from '../../src/lib/ids.ts';
import { testDatabase } from '../support/database.ts';
import { declareIncident } from '../support/declare.ts';
import { at, olivia, policy, sev } from '../support/given.ts';

const { db } = await testDatabase();
let now = at('14:00');
const deps = { db, policy, now: () => now };
const intent = () => ({ identity: randomUUID(), by: olivia });

async function resolved(severity: string): Promise<IncidentId> {
  now = at('14:00');
  const { incident } = await declareIncident(deps, intent(), declarationOf(`${severity} search is slow`, policy), {});
  await moveTo(incident.id, 'resolved');
  return incident.id;
}

const moveTo = (id: IncidentId, to: Status) => moveIncident(deps, id, intent(), { to, by: olivia, why: 'so' });

/** What the incident is after its timer woke at this time. */
async function woken(id: IncidentId, when: Date): Promise<Status | undefined> {
  now = when;
  await closeWhenDue(deps, id);
  return (await findIncident(db, id))?.status;
}

test('a resolved incident closes by itself a day later', async () => {
  expect(await woken(await resolved('sev3'), at('14:00', '2026-01-17'))).toBe('closed');
});

test('the timer leaves alone what owes a postmortem since it was set', async () => {
  const id = await resolved('sev3');
  await changeSeverityOf(deps, id, intent(), { to: sev('SEV1'), by: olivia, why: null });
  expect(await woken(id, at('14:00', '2026-01-17'))).toBe('resolved');
});

test('an incident resolved for the second time has its whole day, even if the first timer wakes', async () => {
  const id = await resolved('sev3');
  await moveTo(id, 'investigating');
  now = at('20:00');
  await moveTo(id, 'resolved');
  expect(await woken(id, at('14:00', '2026-01-17'))).toBe('resolved');
  expect(await woken(id, at('20:00', '2026-01-17'))).toBe('closed');
});

import { randomUUID } from 'node:crypto';
import { expect, test } from '@jest/globals';
import { declarationOf } from '../../src/incidents/declare.ts';
import { type Escalation, escalate } from '../../src/incidents/escalate.ts';
import { worded } from '../../src/incidents/refusals.ts';
import { escalateIncident, moveIncident } from '../../src/incidents/transactions.ts';
import { MINUTE } from '../../src/lib/duration.ts';
import { acknowledgeWhenDue } from '../../src/roles/transactions.ts';
import { testDatabase } from '../support/database.ts';
import { declareIncident } from '../support/declare.ts';
import { at, casey, erin, makeIncident, olivia, sev, withSeverity } from '../support/given.ts';

const written = withSeverity(sev('SEV1', { escalate: [{ after: MINUTE, unless: null, to: ['@leads', erin] }] }));
const asking = (over: Partial<Escalation> = {}, incident = {}) =>
  escalate(
    makeIncident(incident),
    { policy: written, holders: [], contacts: [], members: new Set([olivia]) },
    { to: [], why: null, by: olivia, now: at('14:10'), before: [], ...over },
  );
const done = (...args: Parameters<typeof asking>) => {
  const decided = asking(...args);
  if (!decided.ok) throw new Error(worded(decided.no).text);
  const { jobs = [], entries, answer } = decided.value;
  return { kinds: jobs.map(({ job }) => job.kind), said: JSON.stringify(jobs), entries, answer: answer?.text };
};

test('by hand people and groups are mentioned before they are invited; the private answer names them without waking them', () => {
  const { kinds, said, answer } = done();
  expect(kinds).toEqual(['post', 'page', 'dm', 'invite', 'unanswered', 'draw-card']);
  expect(said).toContain('<!subteam^@leads> <@U0ERIN>');
  expect(answer).toMatch(/^@leads, <@U0ERIN> are mentioned/);
});

test('by hand nobody is told twice, but what a reminder did does not count', () => {
  const before = [{ to: ['@leads', erin], how: 'timer', by: null, at: at('14:05') }];
  expect(done({ before }).kinds).toContain('invite');
  const refused = asking({ before: [{ to: ['@leads', erin], how: 'hand', by: casey, at: at('14:05') }] });
  expect(refused.ok ? null : worded(refused.no).text).toMatch(
    /^@leads, <@U0ERIN> were brought in already by <@U0CASEY>/,
  );
});

test('in a drill the record says that nobody was told', () => {
  const { kinds, said, entries } = done({}, { kind: 'drill' });
  expect(kinds).toEqual(['post']);
  expect(said).not.toContain('subteam');
  expect(entries).toMatchObject([{ kind: 'escalated', payload: { to: [] } }]);
});

test('after a missing IC was escalated people may still do it by hand, once until the incident is reopened', async () => {
  const { db } = await testDatabase();
  let now = at('14:00');
  const deps = { db, policy: written, now: () => now };
  const intent = () => ({ identity: randomUUID(), by: olivia });
  const { incident } = await declareIncident(deps, intent(), declarationOf('sev1 checkout is down', written), {});
  for (const time of ['14:05', '14:10']) {
    now = at(time);
    await acknowledgeWhenDue(deps, incident.id, []);
  }
  const byHand = () => escalateIncident(deps, incident.id, intent(), { to: [], why: null, by: olivia });
  expect([(await byHand()).ok, (await byHand()).ok]).toEqual([true, false]);
  const move = (to: 'resolved' | 'investigating') =>
    moveIncident(deps, incident.id, intent(), { to, by: olivia, why: 'x' });
  await move('resolved');
  await move('investigating');
  expect((await byHand()).ok).toBe(true);
});

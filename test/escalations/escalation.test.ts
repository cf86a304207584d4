import { expect, test } from '@jest/globals';
import { escalateByPolicy, escalationAfter, escalationTimer } from '../../src/escalations/escalation.ts';
import type { Around } from '../../src/incidents/contact.ts';
import type { PastEscalation } from '../../src/incidents/escalate.ts';
import type { Incident } from '../../src/incidents/incident.ts';
import { MINUTE } from '../../src/lib/duration.ts';
import { at, casey, erin, makeIncident, olivia, sev, withSeverity } from '../support/given.ts';

const sev1 = sev('SEV1', {
  escalate: [
    { after: 10 * MINUTE, unless: 'mitigated', to: ['@leads'] },
    { after: 30 * MINUTE, unless: null, to: [erin, '@leads'] },
  ],
});
const policy = withSeverity(sev1);
const around: Around = {
  policy,
  holders: [],
  contacts: [{ written: '@leads', users: [casey] }],
  members: new Set([olivia]),
};
const since = at('14:00');
const timer = (runAt: Date, from = since) => ({
  job: { kind: 'escalation', incident: 42, since: from.getTime() },
  runAt,
});
const lasting = (time: string, over: Partial<Incident> = {}, before: PastEscalation[] = []) =>
  escalateByPolicy(makeIncident(over), since, before, around, at(time));

test('an incident that lasts brings in the contacts of an entry when its time has come, and waits for the next', () => {
  expect(escalationTimer(makeIncident(), sev1, since)).toEqual([timer(at('14:10'))]);
  const first = lasting('14:10');
  expect(first?.entries).toMatchObject([
    { kind: 'escalated', payload: { to: ['@leads'], by: 'policy', after: 600_000 } },
  ]);
  expect(first?.jobs?.map(({ job }) => job.kind)).toEqual([
    'post',
    'page',
    'invite',
    'unanswered',
    'draw-card',
    'escalation',
  ]);
  expect(JSON.stringify(first?.jobs)).toContain('*INC-42 has been SEV1 for 10 min.* <!subteam^@leads>');
  expect(first?.jobs?.at(-1)).toEqual(timer(at('14:30')));
  expect(lasting('14:05')).toEqual({ jobs: [timer(at('14:10'))] });
});

test('nobody is told twice, neither by the policy nor after a person did', () => {
  const told = (how: string): PastEscalation[] => [{ to: ['@leads'], how, by: null, at: at('14:10') }];
  expect(lasting('14:30', {}, told('policy'))?.entries).toMatchObject([{ payload: { to: [erin] } }]);
  expect(lasting('14:10', {}, told('hand'))?.entries).toBeUndefined();
  expect(lasting('14:10', {}, told('timer'))?.entries).toHaveLength(1);
});

test('contacts for what is not mitigated are left alone once it is; ended incidents and drills tell nobody', () => {
  expect(lasting('14:10', { mitigatedAt: at('14:05') })).toEqual({
    change: { escalatedAfterMs: 10 * MINUTE },
    jobs: [timer(at('14:30'))],
  });
  expect(lasting('14:30', { escalatedAfterMs: 30 * MINUTE })).toBeNull();
  expect(lasting('14:30', { status: 'resolved' })).toBeNull();
  expect(lasting('14:30', { kind: 'drill' })).toBeNull();
  expect(escalationTimer(makeIncident({ kind: 'drill' }), sev1, since)).toEqual([]);
});

test('into a private incident nobody is invited, others learn only that they are needed', () => {
  const jobs = lasting('14:10', { visibility: 'private', title: 'Breach' })?.jobs;
  expect(jobs?.map(({ job }) => job.kind)).toEqual(['post', 'dm', 'unanswered', 'draw-card', 'escalation']);
  expect(JSON.stringify(jobs)).not.toMatch(/Breach|subteam/);
});

test('reopening, hurting again and another severity count anew; nothing else does', () => {
  const now = at('15:00');
  const after = (before: Partial<Incident>, change: Partial<Incident> = {}) =>
    escalationAfter(makeIncident(before), makeIncident(change), policy, now);
  const anew = { change: { escalationSince: now, escalatedAfterMs: null }, jobs: [timer(at('15:10'), now)] };
  const nothing = { change: {}, jobs: [] };
  expect(after({ status: 'resolved' })).toEqual(anew);
  expect(after({ status: 'mitigated', mitigatedAt: at('14:05') })).toEqual(anew);
  expect(after({ severity: 'SEV3' })).toEqual(anew);
  expect(after({ status: 'identified' })).toEqual(nothing);
  expect(after({ status: 'investigating' }, { status: 'resolved' })).toEqual(nothing);
});

import { expect, test } from '@jest/globals';
import { lostTimer } from '../../src/escalations/escalation.ts';
import { type Raised, readOnIt } from '../../src/escalations/raised.ts';
import { callAgain, endCalls } from '../../src/escalations/unanswered.ts';
import type { Around } from '../../src/incidents/contact.ts';
import type { Incident } from '../../src/incidents/incident.ts';
import { MINUTE } from '../../src/lib/duration.ts';
import { at, casey, erin, makeIncident, olivia, promised, sev, withSeverity } from '../support/given.ts';

/** SEV1 gives five minutes to answer. */
const policy = withSeverity(
  sev('SEV1', {
    escalate: [
      { after: 60 * MINUTE, unless: null, to: [erin] },
      { after: 30 * MINUTE, unless: 'mitigated', to: ['@leads'] },
    ],
  }),
);
const around: Around = { policy, holders: [], contacts: [], members: new Set([olivia]) };
const raised = (over: Partial<Raised> = {}): Raised => ({
  incidentId: makeIncident().id,
  key: 'hand:1',
  chain: 'hand:1',
  how: 'hand',
  contacts: [casey],
  why: null,
  raisedBy: olivia,
  raisedAt: at('14:00'),
  repeatedAt: null,
  endedAt: null,
  outcome: null,
  acknowledgedBy: null,
  acknowledgedAt: null,
  ...over,
});
const looked = (
  time: string,
  over: Partial<Raised> = {},
  incident: Partial<Incident> = {},
  told: readonly string[] = [casey],
  given = around,
) => callAgain(makeIncident(incident), raised(over), { told: new Set(told), posts: [] }, given, at(time));
const outcome = (...asked: Parameters<typeof looked>) => {
  const step = looked(...asked);
  return step?.change.outcome ?? (step?.change.repeatedAt ? 'repeated' : step ? 'waits' : null);
};

test('nobody is called before their time is over, once more after it, and then those of the policy in its order', () => {
  expect(outcome('14:04')).toBe('waits');
  expect(outcome('14:05')).toBe('repeated');
  expect(outcome('14:09', { repeatedAt: at('14:05') })).toBe('waits');
  const further = looked('14:10', { repeatedAt: at('14:05') });
  expect(further?.decision.entries).toMatchObject([
    { kind: 'escalated', payload: { to: ['@leads'], by: 'policy', chain: 'hand:1', of: 'hand:1' } },
  ]);
  expect(further?.decision.change).toEqual({ escalatedAfterMs: 30 * MINUTE });
  const last = looked('14:10', { repeatedAt: at('14:05') }, {}, [casey, '@leads']);
  expect(last?.decision.entries).toMatchObject([{ payload: { to: [erin] } }]);
});

test('whom the policy spares once it is mitigated is not called further, and when nobody is left everyone is told', () => {
  const mitigated = { mitigatedAt: at('14:02') };
  expect(looked('14:10', { repeatedAt: at('14:05') }, mitigated)?.decision.entries).toMatchObject([
    { payload: { to: [erin] } },
  ]);
  const everybody = [casey, '@leads', erin];
  const told = (incident: Partial<Incident>) =>
    looked('14:10', { repeatedAt: at('14:05') }, incident, everybody)?.decision.jobs?.flatMap(({ job }) =>
      job.kind === 'post' ? [job.to] : [],
    );
  expect(told({})).toEqual(['channel', 'announcements']);
  expect(told({ visibility: 'private' })).toEqual(['channel']);
});

test('what it was raised for is over: nobody is called again', () => {
  expect(outcome('14:05', {}, { status: 'resolved' })).toBe('ended');
  expect(outcome('14:05', { endedAt: at('14:03') })).toBeNull();
  const led = { ...around, holders: [{ role: 'ic', userId: olivia, fromAt: at('14:01') }] };
  expect(outcome('14:05', { how: 'timer' }, {}, [casey], led)).toBe('overtaken');
  const updated = promised({}, at('14:02'));
  expect(outcome('14:05', { how: 'cadence' }, updated)).toBe('overtaken');
  expect(outcome('14:05', { how: 'cadence' }, promised({}, at('13:30')))).toBe('repeated');
  expect(outcome('14:05', { how: 'policy', contacts: ['@leads'] }, { mitigatedAt: at('14:02') })).toBe('overtaken');
});

test('with the incident end the calls that nobody took up, those after which nobody was left as well', () => {
  const posts = [{ purpose: 'reminder:escalation:hand:1:channel', channelId: 'C0INC42' }];
  const left = raised({ outcome: 'announced', endedAt: at('14:10') });
  const ended = endCalls(makeIncident({ status: 'resolved' }), [{ raised: left, posts }], at('14:20'));
  expect(ended.jobs).toMatchObject([{ job: { kind: 'edit', as: posts[0]?.purpose } }]);
  expect(JSON.stringify(ended.jobs)).toContain('nobody needs to be on it');
  expect(JSON.stringify(ended.jobs)).not.toContain('escalation-on-it');
});

test('a lost timer of an incident that lasts comes back, until the policy was carried out to its end', () => {
  const lasting = { incident: makeIncident().id, severity: 'SEV1', since: at('14:00'), upTo: null };
  expect(lostTimer(lasting, policy, at('15:00'))).toMatchObject([{ job: { kind: 'escalation' } }]);
  expect(lostTimer({ ...lasting, upTo: 60 * MINUTE }, policy, at('15:00'))).toEqual([]);
  expect(lostTimer({ ...lasting, severity: 'SEV3' }, policy, at('15:00'))).toEqual([]);
});

test.each(['', '42', '42:hand', '42:hand:x', '42:other:1', `42:hand:${'1'.repeat(16)}`])(
  'a button that carries %j is nobody’s',
  (value) => {
    expect(readOnIt(value)).toBeNull();
  },
);

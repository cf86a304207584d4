import { expect, test } from '@jest/globals';
import { readFault, reasonOf } from '../../src/jobs/fault.ts';
import { judge } from '../../src/jobs/verdict.ts';
import { backoffMs } from '../../src/lib/backoff.ts';

const REQUEST = 5_000;
const run = { kind: 'post', attempts: 1, failingForMs: 0 };
const fault = (said: object) => readFault(Object.assign(new Error('no'), said));

test.each([
  ['a call that cannot succeed is parked at once', run, { outcome: 'never' }, { next: 'park' }],
  [
    'a call of unknown outcome waits for its request to end',
    run,
    {},
    { next: 'retry', ms: 5_000, isUncertain: true, counts: 'as-failure' },
  ],
  [
    'a call that did not happen is soon repeated',
    run,
    { outcome: 'not-done' },
    { next: 'retry', ms: 500, isUncertain: false, counts: 'as-failure' },
  ],
  [
    'a call refused for ten minutes is parked',
    { ...run, failingForMs: 600_000 },
    { outcome: 'not-done' },
    { next: 'park' },
  ],
  [
    'a call that finds nobody there is repeated, however long that has lasted, and does not use up the ten minutes',
    { ...run, attempts: 900, failingForMs: 900_000 },
    { outcome: 'unknown', isAway: true },
    { next: 'retry', ms: 30_000, isUncertain: true, counts: 'as-attempt' },
  ],
  [
    'a call that found nobody there for about a day is parked',
    { ...run, attempts: 2_000 },
    { outcome: 'not-done', isAway: true },
    { next: 'park' },
  ],
  [
    'a timer is never parked, whatever it meets and however long',
    { kind: 'cadence', attempts: 5_000, failingForMs: 900_000 },
    { outcome: 'never' },
    { next: 'retry', ms: 30_000, isUncertain: false, counts: 'as-failure' },
  ],
  [
    'a database that ran out of time is waited out like a Slack that is away',
    { ...run, attempts: 900, failingForMs: 900_000 },
    { severity: 'ERROR', code: '57014' },
    { next: 'retry', ms: 30_000, isUncertain: true, counts: 'as-attempt' },
  ],
  [
    'what the database refuses for its data is not',
    { ...run, failingForMs: 900_000 },
    { severity: 'ERROR', code: '23514' },
    { next: 'park' },
  ],
  [
    'a rate limit waits as long as Slack says, however long the job has been failing',
    { ...run, failingForMs: 900_000 },
    { outcome: 'not-done', retryAfterMs: 30_000, limit: 'pins.add' },
    { next: 'wait', limit: 'pins.add', ms: 30_000 },
  ],
  ['an ephemeral answer is not repeated when nobody knows', { ...run, kind: 'answer' }, {}, { next: 'drop' }],
  ['an ephemeral answer is not parked either', { ...run, kind: 'answer' }, { outcome: 'never' }, { next: 'drop' }],
  [
    'an ephemeral answer that met a rate limit was not given yet',
    { ...run, kind: 'answer' },
    { outcome: 'not-done', retryAfterMs: 1, limit: 'hooks' },
    { next: 'wait', limit: 'hooks', ms: 1 },
  ],
])('%s', (_, failed, said, verdict) => {
  expect(judge(failed, fault(said), REQUEST, 0)).toEqual(verdict);
});

test('waits between attempts double up to a minute, half of each left to chance', () => {
  expect([1, 2, 3, 7, 50].map((failures) => backoffMs(failures, 0))).toEqual([500, 1_000, 2_000, 30_000, 30_000]);
  expect(backoffMs(50, 0.999)).toBeLessThan(60_000);
});

test.each([
  ['posting to https://hooks.slack.com/commands/T1/2/abc failed', 'posting to https://hooks.slack.com/… failed'],
  ['cannot reach postgres://bot:pa55@db:5432/sitrep', 'cannot reach postgres://db:5432/…'],
  ['xoxb-12-ab and xapp-1-A were refused', 'x… and x… were refused'],
  ['a\u0000b', 'a\uFFFDb'],
])('an error is kept without its secrets: %j', (message, kept) => {
  expect(reasonOf(new Error(message))).toBe(kept);
});

test('an endless error is kept at a thousand characters, and what is not an error is kept too', () => {
  expect(reasonOf(new Error('x'.repeat(5_000)))).toHaveLength(1_000);
  expect(reasonOf('plain')).toBe('plain');
});

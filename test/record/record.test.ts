import { expect, test } from '@jest/globals';
import type { EntryRow } from '../../src/db/tables.ts';
import type { Incident } from '../../src/incidents/incident.ts';
import { standingOf } from '../../src/jobs/job.ts';
import { incidentId, ts } from '../../src/lib/ids.ts';
import { catchUp, owesCatchUp } from '../../src/record/catch-up.ts';
import { correctClock, parseClock } from '../../src/record/clock.ts';
import { keyLines, keyList, linesOn, parsePage } from '../../src/record/key-list.ts';
import { at, casey, erin, makeIncident, olivia, policy } from '../support/given.ts';

const holds = (userId = casey) => [{ role: 'ic', userId, fromAt: at('14:01') }];

test('a catch-up that waits a moment holds back no other message to the same person', () => {
  const incident = incidentId(42);
  const waits = standingOf({ kind: 'catch-up', incident, user: erin }).lane;
  expect(waits).not.toBe(standingOf({ kind: 'dm', user: erin, message: { text: 'needs you' }, incident }).lane);
});

test.each([
  ['comes when people have gathered', { at: '14:06' }, true],
  ['comes while people gather and nothing has happened', { at: '14:03' }, false],
  ['comes early, but something was decided already', { at: '14:03', hasNews: true }, true],
  ['takes a role while people gather', { at: '14:03', hasNews: true, user: casey }, false],
  ['takes a role later', { at: '14:30', user: casey }, true],
  ['declared it', { at: '14:30', user: olivia }, false],
  ['has been there for an hour, of which Slack tells now', { at: '14:30', now: '15:31' }, false],
  ['comes to one that has ended', { at: '14:30', status: 'resolved' as const }, false],
])('who %s is told where it stands: %s', (_, given, owed) => {
  const {
    user = erin,
    hasNews = false,
    status = 'investigating' as const,
    now = given.at,
  } = given as typeof given & {
    user?: typeof erin;
    hasNews?: boolean;
    status?: 'investigating' | 'resolved';
    now?: string;
  };
  const joiner = { user, at: at(given.at) };
  expect(owesCatchUp(makeIncident({ status }), joiner, { holders: holds(), hasNews }, at(now))).toBe(owed);
});

test('of an incident that ended without an IC the summary says when it was resolved, and tells nobody to take command', () => {
  const told = (over: Partial<Incident>) =>
    JSON.stringify(
      catchUp(
        { incident: makeIncident(over), holders: [], lastUpdate: null, tasks: [], followUps: [], key: [] },
        new Map(),
        policy,
        false,
      ),
    );
  const ended = told({ status: 'resolved', mitigatedAt: at('14:30'), resolvedAt: at('14:40') });
  expect(ended).toContain('*Nobody had command at its end*');
  expect(ended).not.toContain('/incident ic');
  expect(ended).toMatch(
    new RegExp(
      `mitigated <!date\\^${at('14:30').getTime() / 1000}.* · resolved <!date\\^${at('14:40').getTime() / 1000}`,
    ),
  );
  expect(told({})).toMatch(/Nobody has command yet\*: `\/incident ic` takes it/);
});

const reading = { now: at('15:00'), timezone: 'Europe/London' };

test('the clock cannot say that users were relieved before they felt anything, nor that it was over before that', () => {
  const incident = makeIncident({ impactStartedAt: at('13:50'), mitigatedAt: at('14:30'), resolvedAt: at('14:40') });
  const say = (words: string) => {
    const asked = parseClock(words, reading);
    const done = asked.ok ? correctClock(incident, asked.value, olivia, reading) : asked;
    return done.ok ? done.value.change : done.no.why;
  };
  expect(say('mitigated 13:45 the graph')).toBe('out-of-order');
  expect(say('started 14:35 the graph')).toBe('out-of-order');
  expect(say('resolved 14:20 the graph')).toBe('out-of-order');
  expect(say('resolved 14:40 the graph')).toBe('same-time');
  expect(say('impact 13:40: the graph')).toEqual({ impactStartedAt: at('13:40') });
  expect(say('detected 13:45 the probe')).toEqual({ detectedAt: at('13:45') });
});

let n = 0;
const row = (kind: EntryRow['kind'], time: string, more: Partial<EntryRow> = {}): EntryRow => {
  n += 1;
  const when = at(time);
  const from = { source: 'sitrep' as const, ts: null, threadTs: null, payload: {}, actor: casey, text: `entry ${n}` };
  return {
    id: n,
    incidentId: incidentId(42),
    identity: `${n}`,
    kind,
    occurredAt: when,
    recordedAt: when,
    ...from,
    ...more,
  };
};

test('what was struck out is marked, what was moved stands where it happened, and who takes it back leaves it as it was', () => {
  const message = ts('1768572000.000100');
  const rows = [
    row('declared', '14:00', { text: 'declared' }),
    row('message', '14:05', { text: 'it is &lt;b&gt;', ts: message, source: 'slack' }),
    row('note', '14:06', { text: null, ts: message }),
    row('note', '14:10', { text: 'late' }),
    row('note', '14:11', { text: 'wrong' }),
    row('note', '14:12', { text: 'restored' }),
  ];
  const [, , , late, wrong, restored] = rows.map(({ id }) => id);
  rows.push(
    row('clock_corrected', '14:20', { payload: { entry: late, from: at('14:10'), to: at('13:55').toISOString() } }),
    row('entry_struck', '14:21', { payload: { entry: wrong, why: 'never ran' } }),
    row('entry_struck', '14:22', { payload: { entry: restored, why: 'oops' } }),
    row('entry_restored', '14:23', { payload: { entry: restored } }),
    row('clock_corrected', '14:24', { text: 'started corrected', payload: { clock: 'impactStartedAt' } }),
  );
  const lines = keyLines(rows, makeIncident(), 'https://acme.slack.com/');
  expect(lines.map(({ text, struck, isMoved }) => [text, struck?.why ?? null, isMoved])).toEqual([
    ['late', null, true],
    ['declared', null, false],
    ['it is <b>', null, false],
    ['wrong', 'never ran', false],
    ['restored', null, false],
    ['started corrected', null, false],
  ]);
});

test('a page is never larger than a message can be, and never empty while there is something to show', () => {
  const long = 'x'.repeat(3_000);
  const lines = keyLines(
    Array.from({ length: 60 }, () => row('note', '14:10', { text: long })),
    makeIncident(),
    null,
  );
  for (const typed of ['', '7', '5000', 'all']) {
    const page = parsePage(typed);
    if (!page.ok) throw new Error(typed);
    const blocks = keyList(makeIncident(), lines, page.value, new Map()).blocks ?? [];
    expect(blocks.at(-1)).toMatchObject({ type: 'actions' });
    expect(linesOn(lines, page.value).shown.length).toBeGreaterThan(0);
  }
  expect(linesOn(lines, { size: 10, from: 5_000 }).shown).toHaveLength(1);
  expect(parsePage('-3')).toMatchObject({ ok: false, no: { why: 'not-a-count' } });
});

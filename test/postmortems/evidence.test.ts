import { describe, expect, test } from '@jest/globals';
import { clockGaps } from '../../src/postmortems/clock-gaps.ts';
import type { Clock, IncidentRecord } from '../../src/timeline/record.ts';
import {
  at,
  botSays,
  CASEY,
  clean,
  DANA,
  digestOf,
  ERIN,
  empty,
  entry,
  evidenceIn,
  messy,
  OMAR,
  permalink,
  record,
  says,
  ts,
  update,
} from './given.ts';

const NOW = new Date(at('16:00'));
const evidence = (of: Parameters<typeof record>[0]) => evidenceIn(record(of), NOW);
const MINUTE = 60_000;

describe('the gaps of the clock', () => {
  const stamps = (more: Partial<Clock>) => clockGaps(record({ clock: more }).clock);

  test('are measured from the start of the impact when it is known', () => {
    const gaps = clockGaps(clean.clock);
    expect(Object.values(gaps).map((gap) => gap && [gap.from, gap.millis / MINUTE])).toEqual([
      ['impactStartedAt', 7],
      ['detectedAt', 5],
      ['declaredAt', 2],
      ['impactStartedAt', 41],
      ['impactStartedAt', 65],
    ]);
  });

  test('are measured from the declaration otherwise, and say so', () => {
    expect(stamps({ mitigatedAt: at('14:12') }).mitigate).toEqual({
      from: 'declaredAt',
      to: 'mitigatedAt',
      millis: 10 * MINUTE,
    });
  });

  test.each([
    ['a stamp is missing', {}, 'acknowledge'],
    ['times run backwards', { acknowledgedAt: at('14:01') }, 'acknowledge'],
    ['a stamp is no instant', { resolvedAt: 'yesterday' }, 'resolve'],
  ] as const)('are not known when %s', (_, clock, gap) => {
    expect(stamps(clock)[gap]).toBeNull();
  });
});

describe('the longest silence', () => {
  const silence = (more: Parameters<typeof record>[0]) => {
    const found = evidence(more).silence;
    return found && [found.millis / MINUTE, found.from.entry?.text ?? null, found.to.entry?.text ?? null];
  };
  const resolved = { clock: { resolvedAt: at('15:02') } };

  test.each([
    ['between two messages', [says('14:10', DANA, 'a'), says('14:50', DANA, 'b')], [40, 'a', 'b']],
    ['after the declaration', [says('14:50', DANA, 'a')], [48, null, 'a']],
    ['before the resolution', [says('14:10', DANA, 'a')], [52, 'a', null]],
    [
      'not broken by a bot',
      [says('14:10', DANA, 'a'), botSays('14:30', 'reminder'), says('14:50', DANA, 'b')],
      [40, 'a', 'b'],
    ],
    [
      'broken by an update',
      [says('14:10', DANA, 'a'), entry('update_posted', '14:30', CASEY, 'u'), says('14:50', DANA, 'b')],
      [20, 'a', 'u'],
    ],
    [
      'broken by a message that was deleted later',
      [says('14:32', DANA, 'a'), entry('message_deleted', '14:33', null, null)],
      [30, null, 'a'],
    ],
  ] as const)('is found %s', (_, timeline, expected) => {
    expect(silence({ ...resolved, timeline })).toEqual(expected);
  });

  test('does not count while the incident was resolved', () => {
    const to = (time: string, from: string, status: string) =>
      entry('status_changed', time, DANA, `${from} → ${status}`, { from, to: status });
    const timeline = [
      says('14:03', DANA, 'a'),
      to('14:10', 'investigating', 'resolved'),
      to('15:30', 'resolved', 'investigating'),
      says('15:35', DANA, 'b'),
      to('15:40', 'investigating', 'resolved'),
    ];
    expect(silence({ timeline, clock: { resolvedAt: at('15:40') } })?.[0]).toBe(7);
  });

  test('is broken by what people do by command, and by nothing the bot does', () => {
    const timeline = [
      says('14:03', DANA, 'a'),
      entry('reminder_sent', '14:20', null, 'due'),
      entry('member_joined', '14:25', ERIN, 'has joined'),
      entry('status_changed', '14:40', OMAR, 'mitigated', { from: 'investigating', to: 'mitigated' }),
    ];
    expect(silence({ ...resolved, timeline })).toEqual([37, 'a', 'mitigated']);
  });

  test('lasts until now while the incident is open', () => {
    expect(silence({ incident: { status: 'investigating' }, timeline: [says('14:10', DANA, 'a')] })).toEqual([
      110,
      'a',
      null,
    ]);
  });

  test('is not told of an incident in which nobody wrote anything', () => {
    expect(evidenceIn(empty, NOW).silence).toBeNull();
  });
});

describe('promises', () => {
  const promises = (updates: IncidentRecord['updates'], more: Parameters<typeof record>[0] = {}) => {
    const { posted, promised, kept, late, missed } = evidence({
      clock: { resolvedAt: at('15:02') },
      ...more,
      updates,
    }).promises;
    return {
      posted,
      promised,
      kept,
      late: late.map((one) => one.by / MINUTE),
      missed: missed.map((one) => one.by / MINUTE),
    };
  };

  test('are kept, late by less than a cadence, or missed', () => {
    const updates = [
      update('14:17', 'a', { promised: '14:17', next: '14:32' }),
      update('14:36', 'b', { promised: '14:32', late: 240, next: '14:51' }),
      update('15:06', 'c', { promised: '14:51', late: 900 }),
    ];
    expect(promises(updates)).toEqual({ posted: 3, promised: 3, kept: 1, late: [4], missed: [15] });
  });

  test('that nobody answered before the end are counted', () => {
    expect(promises([update('14:10', 'a', { promised: '14:17', next: '14:25' })])).toEqual({
      posted: 1,
      promised: 2,
      kept: 1,
      late: [],
      missed: [37],
    });
  });

  test('that were moved by a change of cadence are not held against anyone', () => {
    const timeline = [entry('cadence_changed', '14:20', DANA, 'every 2 h')];
    expect(promises([update('14:10', 'a', { promised: '14:17', next: '14:25' })], { timeline }).missed).toEqual([]);
  });

  test('that people were reminded of in vain are counted, with or without an update before', () => {
    const rung = (time: string, name: string, promised: string) =>
      entry('reminder_sent', time, null, 'reminded', { by: 'cadence', rung: name, promisedAt: at(promised) });
    const vain = [rung('14:17', 'due', '14:17'), rung('14:32', 'full', '14:17')];
    expect(promises([], { timeline: vain })).toMatchObject({ posted: 0, promised: 1, missed: [45] });
    expect(promises([], { timeline: vain.slice(0, 1) })).toMatchObject({ promised: 1, late: [45], missed: [] });
    const moved = [...vain, entry('cadence_changed', '14:40', DANA, 'every 2 h')];
    expect(promises([], { timeline: moved }).promised).toBe(0);
    expect(promises([update('14:33', 'a', { promised: '14:17', late: 960 })], { timeline: vain }).promised).toBe(1);
  });

  test('of an update before which nothing was promised do not count', () => {
    expect(promises([update('14:10', 'a')])).toEqual({ posted: 1, promised: 0, kept: 0, late: [], missed: [] });
  });
});

describe('key entries', () => {
  const keys = (timeline: IncidentRecord['timeline']) =>
    evidence({ timeline }).key.map(({ rule, text }) => [rule, text]);

  test('are changes of state, roles, escalations, updates, notes, and messages that people marked', () => {
    expect(
      keys([
        entry('declared', '14:02', DANA, 'declared'),
        entry('member_joined', '14:03', OMAR, 'has joined'),
        entry('role_assigned', '14:04', DANA, 'ic'),
        says('14:05', OMAR, 'chatter'),
        says('14:06', OMAR, 'pinned', { key: true }),
        entry('reminder_sent', '14:07', null, 'due'),
        entry('escalated', '14:08', DANA, 'to leads'),
        entry('update_posted', '14:09', CASEY, 'update'),
        entry('note', '14:10', DANA, 'note'),
        entry('postmortem', '14:11', null, 'drafted'),
      ]),
    ).toEqual([
      ['state', 'declared'],
      ['role', 'ic'],
      ['marked', 'pinned'],
      ['escalation', 'to leads'],
      ['update', 'update'],
      ['note', 'note'],
    ]);
  });

  test.each([
    ['should we roll back?', 'a rollback'],
    ['reverting the merge now', 'a rollback'],
    ['can we turn the new checkout off?', 'switching something off'],
    ['flag off for EU', 'switching something off'],
    ['failing over to eu-west', 'a failover'],
    ['scaling out the workers', 'adding capacity'],
    ['restarting pods', 'a restart'],
    ['restoring last night’s backup', 'a restore'],
    ['Can we throttle the backfill?', 'shedding load'],
    ['let’s drain eu-west and pause the nightly import', 'stopping something'],
    ['could we stop the backfill', 'stopping something'],
    ['block that client’s traffic at the edge', 'stopping something'],
    ['we paused all deploys', 'stopping something'],
    ['raise the pool to 200', 'adding capacity'],
    ['increasing the connection limit on db-7', 'adding capacity'],
    ['add two replicas', 'adding capacity'],
    ['the replica limit was raised', 'adding capacity'],
    ['when did the job stop?', null],
    ['do not stop the export', null],
    ['a lock is blocking requests', null],
    ['stop guessing, look at the graphs', null],
    ['the review is blocked', null],
    ['no need to block on this', null],
    ['let me pause here for a minute', null],
    ['the battery drains the phone', null],
    ['we hit the rate of the pool', null],
    ['requests raise an error', null],
    ['errors increased tenfold since noon', null],
    ['this is a scale model', null],
    ['the backroll is fine', null],
  ])('name the first mention of a mitigation: %s', (text, remedy) => {
    expect(evidence({ timeline: [says('14:05', OMAR, text)] }).remedy?.first.remedy ?? null).toBe(remedy);
  });

  test('hold the first mention of each mitigation only, before it was done, by a person', () => {
    const timeline = [
      botSays('14:03', 'rollback available'),
      says('14:05', OMAR, 'roll back?'),
      says('14:06', OMAR, 'yes roll back'),
      says('14:07', OMAR, 'or restart'),
      says('14:50', OMAR, 'restore tomorrow'),
    ];
    const found = evidenceIn(record({ clock: { mitigatedAt: at('14:20') }, timeline }), NOW);
    expect(found.key.map(({ text }) => text)).toEqual(['roll back?', 'or restart']);
    expect(found.remedy?.after).toBe(15 * MINUTE);
  });

  test('measure a mitigation to the first time it was called one, also when that did not hold', () => {
    const to = (time: string, from: string, status: string) =>
      entry('status_changed', time, DANA, `${from} → ${status}`, { from, to: status });
    const timeline = [
      to('14:04', 'investigating', 'mitigated'),
      to('14:06', 'mitigated', 'investigating'),
      says('14:10', OMAR, 'fail over?'),
      to('14:20', 'investigating', 'resolved'),
      to('14:30', 'resolved', 'investigating'),
      to('15:10', 'investigating', 'mitigated'),
      to('15:20', 'mitigated', 'resolved'),
    ];
    const found = evidence({ timeline, clock: { mitigatedAt: at('15:10'), resolvedAt: at('15:20') } });
    expect(found.remedy?.after).toBe(10 * MINUTE);
    expect(found.attempts.map(({ called, undone }) => [called.map(({ text }) => text), undone?.text ?? null])).toEqual([
      [['investigating → mitigated'], 'mitigated → investigating'],
      [['investigating → resolved'], 'resolved → investigating'],
      [['investigating → mitigated', 'mitigated → resolved'], null],
    ]);
  });

  test('are that nobody could be escalated to, nobody answered, and, once, that nobody has command', () => {
    const found = (text: string, payload = {}) => entry('reminder_sent', '14:20', null, text, payload);
    expect(
      keys([
        found('the update is due'),
        found('nobody has command', { about: 'ic', asks: 1 }),
        found('nobody has command', { about: 'ic', asks: 2 }),
        found('nobody to escalate to: the update is 15 min late'),
        found('nobody answered: U0OMAR1 were called twice, and nobody else is left to call', { about: 'escalation' }),
      ]).map(([rule, text]) => [rule, text?.split(':')[0]]),
    ).toEqual([
      ['escalation', 'nobody has command'],
      ['escalation', 'nobody to escalate to'],
      ['escalation', 'nobody answered'],
    ]);
  });

  test('quote the last wording, and nothing that was deleted or redacted', () => {
    const gone = { key: true, payload: { blanked: true }, text: null };
    expect(
      keys([
        says('14:05', OMAR, 'first', { key: true }),
        { ...entry('message_edited', '14:06', OMAR, 'second'), ts: ts('14:05') },
        says('14:07', OMAR, 'secret kept by policy', { key: true }),
        { ...entry('message_deleted', '14:08', null, null), ts: ts('14:07') },
        says('14:09', OMAR, '', gone),
        { ...entry('note', '14:10', DANA, 'secret kept by policy'), ts: ts('14:07') },
      ]),
    ).toEqual([
      ['marked', 'second'],
      ['marked', null],
      ['marked', null],
    ]);
  });

  test('stand where their corrected time puts them, without what people struck out, be it the first of its kind', () => {
    const struck = { by: DANA, at: at('15:00'), why: 'not ours' };
    const found = evidence({
      timeline: [
        says('14:05', OMAR, 'roll back build 812?', { key: true, struck }),
        says('14:07', OMAR, 'rolling back', { key: true }),
        { ...entry('note', '14:20', DANA, 'told support'), correctedAt: at('14:03') },
        { ...entry('update_posted', '14:30', CASEY, 'all is well'), struck },
      ],
    });
    expect(found.key.map(({ text, at: when }) => [text, when])).toEqual([
      ['told support', Date.parse(at('14:03'))],
      ['rolling back', Date.parse(at('14:07'))],
    ]);
    expect(found.remedy?.first.text).toBe('rolling back');
  });

  test('of the bot lead to the post that said so, else to what was said within two minutes, else nowhere', () => {
    const timeline = [
      entry('update_posted', '14:09', CASEY, 'update'),
      says('14:09:01', OMAR, 'hm'),
      botSays('14:09:02', '*INC-42 is SEV1 now*'),
      botSays('14:09:03', '*[UPDATE 14:09]* update'),
      entry('severity_changed', '14:10', DANA, 'SEV2 → SEV1'),
      entry('severity_changed', '14:30', DANA, 'SEV1 → SEV2'),
    ];
    const [posted, near, far] = evidence({ timeline }).key;
    expect(posted?.permalink).toBe(permalink('14:09:03'));
    expect(near?.permalink).toBe(permalink('14:09:03'));
    expect(far?.permalink).toBeNull();
  });
});

test('people are counted by what they wrote, bots are not', () => {
  expect(evidenceIn(clean, NOW).voices).toEqual([
    { user: OMAR, messages: 4 },
    { user: CASEY, messages: 3 },
    { user: DANA, messages: 1 },
  ]);
});

test('the order in which entries are handed over changes nothing', () => {
  const backwards = { ...messy, timeline: messy.timeline.toReversed() };
  expect(evidenceIn(backwards, NOW).key.map((one) => one.text)).toEqual(
    evidenceIn(messy, NOW).key.map((one) => one.text),
  );
});

test('a hundred thousand entries are read', () => {
  const words = ['looking', 'restart?', 'errors are gone', `paste ${'x'.repeat(500)}`, 'noted'];
  const timeline = Array.from({ length: 100_000 }, (_, n) => {
    const time = new Date(Date.parse(at('14:03')) + n * 700).toISOString();
    const id = `${Date.parse(time) / 1000}.${String(n).padStart(6, '0')}`;
    if (n % 50 === 0) return { ...entry('update_posted', '14:03', CASEY, `update ${n}`), occurredAt: time };
    return {
      ...says('14:03', n % 3 ? OMAR : ERIN, words[n % 5] ?? ''),
      occurredAt: time,
      ts: id as ReturnType<typeof ts>,
      key: n % 100 === 7,
    };
  });
  const started = performance.now();
  const found = evidenceIn(record({ timeline }), NOW);
  process.stdout.write(`evidence of 100,000 entries: ${Math.round(performance.now() - started)} ms\n`);
  expect([found.entries, found.key.length]).toEqual([100_000, 3_002]);
  const some = timeline.slice(0, 10_000).filter(({ kind }) => kind === 'message');
  const said = some.map((one) => ({ ...one, key: false }));
  const kept = digestOf(record({ timeline: said }), NOW).record.timeline;
  expect(kept.map(({ text }) => text)).toEqual(['restart?', 'errors are gone']);
});

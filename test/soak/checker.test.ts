import { describe, expect, test } from '@jest/globals';
import type { RecordedEntry } from '../../src/timeline/record.ts';
import { check } from './check/check.ts';
import {
  again,
  type Doctored,
  dueIn,
  inChannel,
  incident,
  isReaction,
  isWords,
  later,
  madePrivate,
  posts,
  reread,
  saying,
  theWay,
  timeline,
  told,
  updated,
  without,
  withRung,
} from './doctored.ts';
import type { Evidence, SlackChannel, SlackPost } from './evidence.ts';
import { soundWorld } from './given.ts';

test('in a sound world the checker finds nothing', () => {
  expect(check(soundWorld())).toEqual([]);
});

const SECRET = 'broken q2x';

const CASES: readonly [what: string, rule: string, doctor: Doctored][] = [
  [
    'an acknowledged command that left nothing',
    'acknowledged means durable',
    (w) => ({ ...w, intents: w.intents.filter((i) => i.identity !== 'trigger.update') }),
  ],
  [
    'an acknowledged form that left nothing',
    'acknowledged means durable',
    (w) => ({ ...w, intents: w.intents.filter((i) => i.identity !== 'V2:hash') }),
  ],
  [
    'an answer that is not the recorded one',
    'acknowledged means durable',
    (w) => ({ ...w, intents: w.intents.map((i) => ({ ...i, answer: 'another' })) }),
  ],
  [
    '"Nothing was recorded" about something recorded',
    'a no leaves no trace',
    (w) => ({
      ...w,
      intents: [
        ...w.intents,
        { identity: 'trigger.nothing', incident: 1, user: 'U0OLIVIA', answer: 'x', answeredLate: false },
      ],
    }),
  ],
  [
    'a refusal that was carried out',
    'a no leaves no trace',
    (w) => ({
      ...w,
      intents: [
        ...w.intents,
        { identity: 'trigger.no', incident: 1, user: 'U0OLIVIA', answer: 'x', answeredLate: false },
      ],
    }),
  ],
  [
    'one intent recorded twice',
    'an intent once',
    (w) => ({ ...w, intents: w.intents.flatMap((i) => (i.identity === 'trigger.update' ? [i, i] : [i])) }),
  ],
  [
    'a status that no entry tells of',
    'whole or not at all',
    timeline(1, (all) => all.filter((e) => e.kind !== 'status_changed')),
  ],
  [
    'an intent without its entry',
    'whole or not at all',
    incident(1, (h) => ({ ...h, entries: h.entries.filter((e) => e.kind !== 'update_posted') })),
  ],
  [
    'an unanswered intent of which only the entry stands',
    'whole or not at all',
    incident(1, (h) => ({
      ...h,
      entries: [...h.entries, { identity: 'snoozed:trigger.lost:0', kind: 'snoozed', source: 'sitrep' }],
    })),
  ],
  [
    'an incident without a channel',
    'one channel',
    (w) => ({ ...w, slack: { ...w.slack, channels: w.slack.channels.filter((c) => c.id !== 'C1') } }),
  ],
  [
    'a channel of no incident',
    'one channel',
    (w) => ({
      ...w,
      slack: {
        ...w.slack,
        channels: [...w.slack.channels, { ...(w.slack.channels[0] as SlackChannel), id: 'C9', messages: [] }],
      },
    }),
  ],
  ['a private incident in a public channel', 'privacy', inChannel('C2', () => ({ kind: 'public' }))],
  ['a declarer who was not invited', 'the declarer is invited', inChannel('C1', () => ({ members: ['U0BOT'] }))],
  [
    'the way to the channel told twice',
    'an answer once',
    (w) => ({ ...w, slack: { ...w.slack, whispers: [...w.slack.whispers, theWay, theWay] } }),
  ],
  ['a second card', 'one card', posts('C1', again(/^INC-1 SEV1: /))],
  ['a card nobody pinned', 'one card', inChannel('C1', () => ({ pins: [] }))],
  [
    'a card that shows an older state',
    'Slack is a view',
    incident(1, (h) => ({ ...h, drawn: { ...h.drawn, card: 'INC-1 SEV1: broken q1x (resolved)' } })),
  ],
  [
    'a channel whose new name was never noticed',
    'Slack is a view',
    (w) => inChannel('C1', () => ({ name: 'x' }))(reread(w)),
  ],
  ['a topic that shows an older state', 'Slack is a view', inChannel('C1', () => ({ topic: 'SEV2' }))],
  ['a second announcement', 'one announcement', posts('C0ANNOUNCE', again(/^INC-1 /))],
  ['no announcement', 'one announcement', posts('C0ANNOUNCE', without(/^INC-1 /))],
  [
    'an announcement of a private incident',
    'one announcement',
    posts('C0ANNOUNCE', (m) => [...m, saying('INC-2 SEV1 investigating: x')]),
  ],
  [
    'one job posted twice',
    'effects happen once',
    posts('C1', (m) => [...m, { ...(m[3] as SlackPost), ts: '1.000002' }]),
  ],
  ['an update that was not posted', 'an update is posted once', posts('C1', without(/UPDATE/))],
  ['an update posted twice', 'an update is posted once', posts('C1', again(/UPDATE/))],
  ['an update missing below the announcement', 'an update is posted once', posts('C0ANNOUNCE', without(/UPDATE/))],
  ['a status line too many', 'one line for each change', posts('C1', again(/is mitigated: /))],
  ['a status change nobody was told of', 'one line for each change', posts('C1', without(/is mitigated: /))],
  ['a change of hands nobody was told of', 'one line for each change', posts('C1', without(/is \*Comms lead\*/))],
  ['duties sent twice', 'duties once', posts('D0CASEY', again(/^You are/))],
  ['duties never sent', 'duties once', posts('D0CASEY', without(/^You are/))],
  ['a reminder sent twice', 'each rung once', posts('C1', again(/alarm_clock/))],
  ['a reminder on record that was never sent', 'each rung once', posts('C1', without(/alarm_clock/))],
  ['a nudge sent twice', 'each rung once', posts('D0OLIVIA', again(/the next update/))],
  [
    'a rung climbed twice',
    'each rung once',
    timeline(1, (all) => all.flatMap((e) => (withRung(e, 'due') ? [e, e] : [e]))),
  ],
  [
    'a promise nobody was reminded of',
    'no promise is missed in silence',
    timeline(1, (all) => all.filter((e) => !('rung' in e.payload))),
  ],
  [
    'a promise that was only nudged',
    'no promise is missed in silence',
    timeline(1, (all) => all.filter((e) => !withRung(e, 'due'))),
  ],
  [
    'a reminder that came late',
    'each rung in time',
    timeline(1, (all) => all.map((e) => (withRung(e, 'due') ? { ...e, recordedAt: later(e.recordedAt, 30) } : e))),
  ],
  [
    'a promise that a snooze moved',
    'a snooze keeps the promise',
    (w) =>
      timeline(1, (all) => [...all, { ...(all[0] as RecordedEntry), kind: 'snoozed', payload: { until: dueIn(w) } }])(
        w,
      ),
  ],
  [
    'an update that overtook an earlier one',
    'one after the other',
    (w) => posts('C1', (m) => [...m, { ...saying('[UPDATE 03:01] q11x later'), ts: '1.000003' }])(updated(w)),
  ],
  [
    'an update nobody gave',
    'an update is posted once',
    posts('C1', (m) => [...m, saying('[UPDATE 03:01] q12x at once')]),
  ],
  [
    'a title that calls everyone',
    'foreign text does nothing',
    posts('C1', (m) => [...m, { ...saying('INC-1 is loud'), pings: ['!channel'] }]),
  ],
  ['a draft without its file', 'one file for each draft', (w) => ({ ...w, slack: { ...w.slack, files: [] } })],
  [
    'a draft shared twice',
    'one file for each draft',
    (w) => ({ ...w, slack: { ...w.slack, files: w.slack.files.map((f) => ({ ...f, channels: ['C1', 'C1'] })) } }),
  ],
  ['a message that is not recorded', 'every message once', timeline(1, (all) => all.filter((e) => !isWords(e)))],
  [
    'a message recorded twice',
    'every message once',
    timeline(1, (all) => all.flatMap((e) => (isWords(e) ? [e, e] : [e]))),
  ],
  [
    'a message recorded in other words',
    'every message equal',
    timeline(1, (all) => all.map((e) => (isWords(e) ? { ...e, text: 'q7x I see' } : e))),
  ],
  [
    'an acknowledged edit that is not recorded',
    'every edit',
    timeline(1, (all) => all.filter((e) => e.kind !== 'message_edited')),
  ],
  [
    'an edit recorded twice',
    'every edit once',
    timeline(1, (all) => all.flatMap((e) => (e.kind === 'message_edited' ? [e, e] : [e]))),
  ],
  [
    'an edit recorded in other words',
    'every edit equal',
    timeline(1, (all) => all.map((e) => (e.kind === 'message_edited' ? { ...e, text: 'q8x' } : e))),
  ],
  [
    'a deletion that is not recorded',
    'every deletion once',
    timeline(1, (all) => all.filter((e) => e.kind !== 'message_deleted')),
  ],
  [
    'a deleted message that still speaks',
    'deleted is blanked',
    timeline(1, (all) => all.map((e) => (e.payload.blanked ? { ...e, text: 'q10x a password' } : e))),
  ],
  [
    'a message nobody said',
    'nothing is made up',
    told((all) => all.filter((one) => !isWords(one) && !isReaction(one))),
  ],
  [
    'an acknowledged reaction that is not recorded',
    'every mark',
    timeline(1, (all) => all.filter((e) => !isReaction(e))),
  ],
  [
    'a reaction recorded twice',
    'every mark once',
    timeline(1, (all) => all.flatMap((e) => (isReaction(e) ? [e, e] : [e]))),
  ],
  [
    'a reaction nobody acknowledged and nobody found',
    'every mark',
    (w) =>
      timeline(1, (all) => all.filter((e) => !isReaction(e)))(
        told((all) => all.map((one) => ({ ...one, acked: false })))(w),
      ),
  ],
  ['a private title in another channel', 'privacy', posts('C1', (m) => [...m, saying(`as in ${SECRET}`)])],
  [
    'a private message in the DM of a stranger',
    'privacy',
    posts('D0CASEY', (m) => [...m, saying('q20x the customer list leaked')]),
  ],
  ['a private incident named to everyone', 'privacy', posts('C0ANNOUNCE', (m) => [...m, saying('see INC-2')])],
  [
    'a private title in an answer to a stranger',
    'privacy',
    (w) => ({ ...w, slack: { ...w.slack, whispers: [{ to: 'U0CASEY', channel: null, text: SECRET }] } }),
  ],
  [
    'an update said outside after its incident was made private',
    'privacy',
    (w) =>
      posts('C0ANNOUNCE', (m) => [...m, { ...saying('q9x still looking'), ts: '9000000000.000001' }])(madePrivate(w)),
  ],
  ['a private title in a log', 'privacy', (w) => ({ ...w, logs: [`{"msg":"${SECRET}"}`] })],
  ['a token in a log', 'no secret in a log', (w) => ({ ...w, logs: ['{"msg":"Bearer xoxb-very-secret"}'] })],
  [
    'a response_url in a log',
    'no secret in a log',
    (w) => ({ ...w, logs: ['http://127.0.0.1:1/hooks/commands/T0ACME/abcdef0123'] }),
  ],
  [
    'a job that was given up',
    'nothing is given up',
    (w) => ({ ...w, jobs: [{ kind: 'post', as: null, incident: 1, parked: true, due: false, lastError: 'x' }] }),
  ],
  [
    'a job that never comes to rest',
    'it comes to rest',
    (w) => ({ ...w, jobs: [{ kind: 'post', as: null, incident: 1, parked: false, due: true, lastError: 'x' }] }),
  ],
  ['an event that was set aside', 'nothing is set aside', (w) => ({ ...w, quarantined: ['m:1: bad data'] })],
  ['a call too early that no kill explains', "Slack's rules", (w) => ({ ...w, kills: [] })],
  [
    'a rule of Slack that was broken',
    "Slack's rules",
    (w) => ({ ...w, violations: [{ at: 0, what: 'a form was answered with 5' }] }),
  ],
  ['a process that ended by itself', 'processes live on', (w) => ({ ...w, mishaps: ['process 1 ended by itself'] })],
];

describe('the checker sees', () => {
  test.each(CASES)('%s', (_, rule, doctor) => {
    expect(check(doctor(soundWorld())).map((finding) => finding.rule)).toContain(rule);
  });
});

describe('the checker lets pass', () => {
  test('an edited text that was found again in history', () => {
    const recovered = timeline(1, (all) =>
      all.map((e) => (e.text === 'q8x first' ? { ...e, text: 'q8x second', recovered: true } : e)),
    );
    expect(check(recovered(soundWorld()))).toEqual([]);
  });

  test('a message that was deleted before anyone heard it', () => {
    const unheard = told((all) => all.map((one) => (one.text === 'q10x a password' ? { ...one, acked: false } : one)));
    const forgotten = timeline(1, (all) => all.filter((e) => !e.payload.blanked && e.kind !== 'message_deleted'));
    expect(check(forgotten(unheard(soundWorld())))).toEqual([]);
  });

  test('a mark of which only the end was heard, when the record ends as Slack does', () => {
    const taken = told((all) => [
      ...all.map((one) => (isReaction(one) ? { ...one, acked: false } : one)),
      ...all.filter(isReaction).map((one) => ({ ...one, kind: 'reaction_removed' as const, at: one.at + 1_000 })),
    ]);
    const onlyTheEnd = timeline(1, (all) =>
      all.map((e) => (isReaction(e) ? { ...e, kind: 'reaction_removed' as const } : e)),
    );
    expect(check(onlyTheEnd(taken(soundWorld())))).toEqual([]);
  });

  test('a reminder for a channel that was closed to the bot, which was told by DM', () => {
    const job = { kind: 'post', as: 'reminder:1:due', incident: 1, parked: true, due: false };
    const closed = { ...soundWorld(), jobs: [{ ...job, lastError: 'chat.postMessage: not_in_channel' }] };
    expect(check(posts('C1', without(/alarm_clock/))(closed))).toEqual([]);
  });

  test('what was said outside before an incident was made private, and is emptied since', () => {
    expect(check(madePrivate(soundWorld()))).toEqual([]);
  });

  test('a promise of which the first rungs fell into an outage', () => {
    const late = timeline(1, (all) => all.filter((e) => !withRung(e, 'nudge') && !withRung(e, 'due')));
    const dark = (w: Evidence): Evidence => ({
      ...w,
      outages: [{ from: (w.promises[0]?.dueAt ?? 0) - 5_000, to: (w.promises[0]?.dueAt ?? 0) + 10_000 }],
    });
    const silent = (w: Evidence) => posts('C1', without(/alarm_clock/))(posts('D0OLIVIA', without(/next update/))(w));
    const findings = check(silent(dark(late(soundWorld()))));
    expect(findings.filter(({ rule }) => rule === 'no promise is missed in silence')).toEqual([]);
  });

  test('the same words after an answer that left late, which mean the same incident', () => {
    const world = soundWorld();
    const twice = {
      ...world,
      asked: world.asked.map((one) =>
        one.identity === 'trigger.declare' ? { ...one, identity: 'trigger.again' } : one,
      ),
      intents: world.intents.map((row) => ({ ...row, answeredLate: true })),
    };
    expect(check(twice)).toEqual([]);
  });
});

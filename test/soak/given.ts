import type { IncidentRecord, RecordedEntry } from '../../src/timeline/record.ts';
import type { Asked, Evidence, Held, SlackChannel, SlackPost, Told } from './evidence.ts';

/** A small sound world for tests of the checker: one open and one private incident, with one of everything. */

const BOT = 'U0BOT';
const OLIVIA = 'U0OLIVIA';
const CASEY = 'U0CASEY';
const AT = Date.parse('2026-11-20T03:00:00.000Z');
const instant = (seconds: number) => new Date(AT + seconds * 1_000).toISOString();
const ts = (seconds: number) => `${AT / 1_000 + seconds}.000100`;

let posts = 0;

function post(by: string, seconds: number, text: string, more: Partial<SlackPost> = {}): SlackPost {
  posts += 1;
  return {
    ts: ts(seconds),
    threadTs: null,
    user: by,
    byBot: by === BOT,
    text,
    firstText: text,
    shown: text,
    marker: by === BOT ? `job-${posts}` : null,
    pings: [],
    buttons: [],
    reactions: [],
    ...more,
  };
}

const entry = (kind: RecordedEntry['kind'], seconds: number, more: Partial<RecordedEntry> = {}): RecordedEntry => ({
  id: 0,
  kind,
  occurredAt: instant(seconds),
  recordedAt: instant(seconds),
  actor: OLIVIA,
  text: null,
  ts: null,
  threadTs: null,
  permalink: null,
  key: false,
  recovered: false,
  payload: {},
  ...more,
});

const said = (message: SlackPost): RecordedEntry =>
  entry('message', 0, { actor: message.user, text: message.firstText, ts: message.ts as RecordedEntry['ts'] });

const told = (channel: string, kind: Told['kind'], one: SlackPost, more: Partial<Told> = {}): Told => ({
  at: AT + 90_000,
  kind,
  channel,
  ts: one.ts,
  user: one.user,
  text: one.firstText,
  name: null,
  editedTs: null,
  byBot: one.byBot,
  heard: true,
  acked: true,
  ...more,
});

const channel = (id: string, kind: SlackChannel['kind'], more: Partial<SlackChannel> = {}): SlackChannel => ({
  id,
  name: id.replace(/^C(?=\d)/, 'inc-').toLowerCase(),
  kind,
  creator: BOT,
  peer: null,
  members: [OLIVIA, BOT],
  insiders: [OLIVIA, BOT],
  closed: [],
  topic: '',
  pins: [],
  messages: [],
  ...more,
});

function record(number: number, visibility: 'public' | 'private', timeline: RecordedEntry[]): IncidentRecord {
  return {
    incident: {
      ref: `INC-${number}`,
      number,
      title: `broken q${number}x`,
      summary: null,
      impact: null,
      resolution: null,
      severity: 'SEV1',
      status: 'investigating',
      visibility,
      kind: 'real',
      services: [],
      links: [],
      declaredBy: OLIVIA as never,
      channel: { id: `C${number}` as never, name: `inc-${number}` },
    },
    clock: {
      impactStartedAt: null,
      detectedAt: null,
      declaredAt: instant(0),
      acknowledgedAt: null,
      mitigatedAt: null,
      resolvedAt: null,
      closedAt: null,
    },
    roles: [],
    updates: [],
    timeline,
    actionItems: [],
    postmortem: null,
    audit: [],
  };
}

const drawnOf = (number: number) => ({
  card: `INC-${number} SEV1: broken q${number}x (investigating)`,
  topic: `SEV1 · INC-${number}`,
  announcement: `INC-${number} SEV1 investigating: broken q${number}x`,
});

/** Everything in order: the checker must find nothing. */
export function soundWorld(): Evidence {
  posts = 0;
  const open = openIncident();
  const secret = privateIncident();
  const due = AT + 15_000;
  return {
    bot: { userId: BOT, botId: 'B0BOT' },
    announceChannel: 'C0ANNOUNCE',
    reread: true,
    asked: [
      asked('trigger.declare', 'command', '*INC-1 declared* (SEV1), opening its channel.', '\\*INC-\\d+ declared\\*'),
      asked('trigger.update', 'command', 'Update of INC-1 posted.', '^Update of INC-\\d+ posted'),
      asked('trigger.no', 'command', 'INC-1 is SEV1 already.', '^INC-\\d+ is SEV\\d now\\.$'),
      asked('trigger.nothing', 'command', 'Nothing was recorded: no database. Try again.', '^Update'),
      asked('V2:hash', 'form', '', 'close', 'update'),
      { ...asked('trigger.lost', 'command', 'failed', '^Update'), outcome: 'lost' },
    ],
    told: [...open.told, ...secret.told],
    slack: {
      channels: [
        open.channel,
        secret.channel,
        channel('C0ANNOUNCE', 'public', { creator: OLIVIA, messages: open.announced }),
        channel('D0CASEY', 'im', { peer: CASEY, members: [CASEY, BOT], messages: open.privately }),
        channel('D0OLIVIA', 'im', { peer: OLIVIA, messages: [post(BOT, 60, '*INC-1*: the next update is due')] }),
      ],
      files: [{ id: 'F1', name: 'INC-1-postmortem-draft-1.md', user: BOT, channels: ['C1'] }],
      whispers: [{ to: CASEY, channel: 'C0GENERAL', text: 'Open incidents: INC-1' }],
    },
    incidents: [open.held, secret.held],
    intents: [
      intent('trigger.declare', 1, '*INC-1 declared* (SEV1), opening its channel.'),
      intent('trigger.update', 1, 'Update of INC-1 posted.'),
      intent('V2:hash', 2, 'INC-2 declared.'),
    ],
    jobs: [{ kind: 'cadence', as: null, incident: 1, parked: false, due: false, lastError: null }],
    quarantined: [],
    promises: [
      { incident: 1, dueAt: due, cadenceMs: 10_000, madeAt: AT + 5_000, lastSeen: due + 24_000, snoozedUntil: null },
    ],
    graceMs: 20_000,
    skewMs: 0,
    outages: [{ from: AT - 10_000, to: AT }],
    kills: [AT + 20_000],
    violations: [
      { at: AT, what: 'envelope 4711 was acked again or too late' },
      { at: AT + 21_000, what: 'chat.postMessage was called 1 s before its Retry-After had passed' },
    ],
    logs: ['{"level":"info","incident":2,"msg":"drafted"}'],
    secrets: ['xoxb-very-secret'],
    mishaps: [],
  };
}

function asked(identity: string, by: Asked['by'], answer: string, yes: string, action: string | null = null): Asked {
  return { n: 1, at: AT, who: OLIVIA, what: `asks ${identity}`, by, identity, outcome: 'acked', answer, action, yes };
}

const intent = (identity: string, incident: number, answer: string) => ({
  identity,
  incident,
  user: OLIVIA,
  answer,
  answeredLate: false,
});

function openIncident() {
  const drawn = drawnOf(1);
  const promisedAt = instant(15);
  const card = post(BOT, 1, drawn.card);
  const words = post(OLIVIA, 2, 'q7x I see errors');
  const edited = post(OLIVIA, 3, 'q8x first', { text: 'q8x second' });
  const update = post(BOT, 5, '[UPDATE 03:00] q9x still looking');
  const role = post(BOT, 6, `<@${CASEY}> is *Comms lead* (asked by <@${OLIVIA}>)`);
  const reminder = post(BOT, 15, ':alarm_clock: *An update of INC-1 is due now.*');
  const status = post(BOT, 40, `*INC-1 is mitigated: users should no longer feel it* (<@${OLIVIA}>)`);
  const deleted = post(OLIVIA, 4, 'q10x a password');
  const announced = post(BOT, 2, drawn.announcement);
  const all = [card, words, edited, update, role, reminder, status];
  const timeline = [
    entry('declared', 0),
    ...all.map(said),
    entry('message', 4, { ts: deleted.ts as never, payload: { blanked: true } }),
    entry('message_edited', 8, { ts: edited.ts as never, text: 'q8x second', payload: { edited: { ts: '8.000000' } } }),
    entry('message_deleted', 9, { ts: deleted.ts as never }),
    entry('reaction_added', 10, { ts: words.ts as never, payload: { reaction: 'eyes' } }),
    entry('update_posted', 5, { text: 'q9x still looking', payload: {} }),
    entry('role_assigned', 6, { text: `Comms lead: ${CASEY}`, payload: { role: 'comms', user: CASEY } }),
    entry('reminder_sent', 13, { actor: null, payload: { rung: 'nudge', promisedAt } }),
    entry('reminder_sent', 15, { actor: null, payload: { rung: 'due', promisedAt } }),
    entry('status_changed', 40, { payload: { from: 'investigating', to: 'mitigated', why: null } }),
    entry('postmortem', 50, { payload: { status: 'draft' } }),
  ];
  const base = record(1, 'public', timeline);
  const held: Held = {
    record: {
      ...base,
      incident: { ...base.incident, status: 'mitigated' },
      updates: [
        {
          text: 'q9x still looking',
          audienceText: null,
          author: OLIVIA as never,
          status: 'investigating',
          severity: 'SEV1',
          postedAt: instant(5),
          promisedAt: null,
          nextPromiseAt: promisedAt,
          kept: null,
          lateBySeconds: null,
        },
      ],
    },
    entries: [
      { identity: 'declared:trigger.declare:0', kind: 'declared', source: 'sitrep' },
      { identity: 'update_posted:trigger.update:0', kind: 'update_posted', source: 'sitrep' },
      { identity: 'role_assigned:trigger.unseen:0', kind: 'role_assigned', source: 'sitrep' },
    ],
    cardTs: card.ts,
    announcementTs: announced.ts,
    promiseDueAt: null,
    drawn,
  };
  return {
    held,
    channel: channel('C1', 'public', { topic: drawn.topic, pins: [{ ts: card.ts, by: BOT }], messages: all }),
    announced: [announced, post(BOT, 5, '[UPDATE 03:00] q9x still looking', { threadTs: announced.ts })],
    privately: [post(BOT, 6, 'You are Comms lead of INC-1')],
    told: [
      ...[...all, deleted].map((one) => told('C1', 'message', one)),
      told('C1', 'edit', edited, { text: 'q8x second', editedTs: '8.000000' }),
      told('C1', 'delete', deleted),
      told('C1', 'reaction_added', words, { name: 'eyes', user: OLIVIA }),
    ],
  };
}

function privateIncident() {
  const drawn = drawnOf(2);
  const card = post(BOT, 100, drawn.card);
  const words = post(OLIVIA, 101, 'q20x the customer list leaked');
  const held: Held = {
    record: record(2, 'private', [entry('declared', 99), said(card), said(words)]),
    entries: [{ identity: 'declared:V2:hash:0', kind: 'declared', source: 'sitrep' }],
    cardTs: card.ts,
    announcementTs: null,
    promiseDueAt: null,
    drawn,
  };
  return {
    held,
    channel: channel('C2', 'private', {
      topic: drawn.topic,
      pins: [{ ts: card.ts, by: BOT }],
      messages: [card, words],
    }),
    told: [card, words].map((one) => told('C2', 'message', one)),
  };
}

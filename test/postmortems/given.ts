import type { EntryKind } from '../../src/db/tables.ts';
import { channelId, type Ts, userId } from '../../src/lib/ids.ts';
import { type Digest, digester } from '../../src/postmortems/digest.ts';
import type { Document, DraftFacts } from '../../src/postmortems/document.ts';
import { type Evidence, evidenceOf } from '../../src/postmortems/evidence.ts';
import { draftPostmortem } from '../../src/postmortems/postmortem.ts';
import type { IncidentRecord, RecordedEntry, RecordedUpdate } from '../../src/timeline/record.ts';

export const [DANA, OMAR, CASEY, ERIN, BOT] = ['U0DANA1', 'U0OMAR1', 'U0CASEY1', 'U0ERIN1', 'U0SITREP1'].map(
  userId,
) as [
  ReturnType<typeof userId>,
  ReturnType<typeof userId>,
  ReturnType<typeof userId>,
  ReturnType<typeof userId>,
  ReturnType<typeof userId>,
];

/** `14:05` and `14:05:30` on the day of the incident, `2T09:00` two days later. */
export function at(time: string): string {
  const [, days = '0', clock = ''] = /^(?:(\d+)T)?(.*)$/.exec(time) ?? [];
  return new Date(
    Date.parse(`2026-03-28T${clock.length === 5 ? `${clock}:00` : clock}.000Z`) + Number(days) * 86_400_000,
  ).toISOString();
}

/** The Slack ts of a message posted then. */
export const ts = (time: string): Ts => `${Date.parse(at(time)) / 1000}.000100` as Ts;

export const permalink = (time: string): string =>
  `https://acme.slack.com/archives/C0INC42/p${ts(time).replace('.', '')}`;

export const entry = (
  kind: EntryKind,
  time: string,
  actor: string | null,
  text: string | null,
  payload: Record<string, unknown> = {},
): RecordedEntry => ({
  id: 0,
  kind,
  occurredAt: at(time),
  recordedAt: at(time),
  actor,
  text,
  ts: null,
  threadTs: null,
  permalink: null,
  key: false,
  recovered: false,
  payload,
});

export const says = (time: string, actor: string, text: string, more: Partial<RecordedEntry> = {}): RecordedEntry => ({
  ...entry('message', time, actor, text),
  ts: ts(time),
  permalink: permalink(time),
  ...more,
});

/** An action item that is still to be done. */
export const followUp = (
  what: string,
  over: Partial<IncidentRecord['actionItems'][number]> = {},
): IncidentRecord['actionItems'][number] => ({
  what,
  owner: null,
  due: null,
  status: 'open',
  type: null,
  ticket: null,
  reason: null,
  createdBy: DANA,
  createdAt: at('14:50'),
  endedBy: null,
  endedAt: null,
  permalink: null,
  ...over,
});

export const botSays = (time: string, text: string): RecordedEntry =>
  says(time, BOT, text, { payload: { bot_id: 'B1' } });

export const update = (
  time: string,
  text: string,
  promise: { promised?: string; next?: string; late?: number; by?: string } = {},
): RecordedUpdate => ({
  text,
  audienceText: null,
  author: userId(promise.by ?? CASEY),
  status: 'investigating',
  severity: 'SEV1',
  postedAt: at(time),
  promisedAt: promise.promised ? at(promise.promised) : null,
  nextPromiseAt: promise.next ? at(promise.next) : null,
  kept: promise.promised ? (promise.late ?? 0) === 0 : null,
  lateBySeconds: promise.promised ? (promise.late ?? 0) : null,
});

export function record(
  more: {
    incident?: Partial<IncidentRecord['incident']>;
    clock?: Partial<IncidentRecord['clock']>;
  } & Partial<Pick<IncidentRecord, 'roles' | 'updates' | 'timeline' | 'actionItems'>> = {},
): IncidentRecord {
  const { incident, clock, ...rest } = more;
  return {
    incident: {
      ref: 'INC-42',
      number: 42,
      title: 'checkout is down',
      summary: null,
      impact: null,
      resolution: null,
      severity: 'SEV1',
      status: 'resolved',
      visibility: 'public',
      kind: 'real',
      services: [],
      links: [],
      declaredBy: DANA,
      channel: { id: channelId('C0INC42'), name: 'inc-20260328-checkout' },
      ...incident,
    },
    clock: {
      impactStartedAt: null,
      detectedAt: at('14:02'),
      declaredAt: at('14:02'),
      acknowledgedAt: null,
      mitigatedAt: null,
      resolvedAt: null,
      closedAt: null,
      ...clock,
    },
    roles: [],
    updates: [],
    timeline: [],
    actionItems: [],
    postmortem: null,
    audit: [],
    ...rest,
  };
}

const declared = entry('declared', '14:02', DANA, 'INC-42 declared SEV1: checkout is down', { severity: 'SEV1' });
const moved = (time: string, by: string, from: string, to: string, why: string | null): RecordedEntry =>
  entry('status_changed', time, by, `${from} → ${to}${why ? `: ${why}` : ''}`, { from, to, why, cleared: [] });
const took = (time: string, role: string, user: string, from: string | null = null): RecordedEntry =>
  entry('role_assigned', time, user, `${role}: ${user}`, { role, user, from });

/** Quick, every promise kept, mitigated by a rollback, resolved. */
export const clean: IncidentRecord = record({
  incident: {
    impact: 'Every payment by card fails; the cart is kept.',
    resolution: 'Build 812 rolled back, the card client pinned to 4.1',
    summary: 'A new card client timed out against the payment provider, so that no card payment went through.',
    services: ['checkout', 'payments'],
    links: [{ url: 'https://grafana.acme.example/d/checkout', name: 'Checkout dashboard' }],
  },
  clock: {
    impactStartedAt: at('13:50'),
    detectedAt: at('13:57'),
    acknowledgedAt: at('14:04'),
    mitigatedAt: at('14:31'),
    resolvedAt: at('14:55'),
  },
  roles: [
    { role: 'ic', user: DANA, from: at('14:04'), to: null },
    { role: 'ops', user: OMAR, from: at('14:05'), to: null },
    { role: 'comms', user: CASEY, from: at('14:06'), to: null },
  ],
  updates: [
    update('14:15', 'Looking at the card client; rollback of build 812 is being prepared.', {
      promised: '14:17',
      next: '14:30',
    }),
    {
      ...update('14:29', 'Rolled back, error rate is falling.', { promised: '14:30', next: '14:44' }),
      audienceText: 'Card payments are recovering. Next word by 14:45.',
    },
    update('14:42', 'Payments are normal, watching.', { promised: '14:44', next: '14:57' }),
  ],
  timeline: [
    declared,
    botSays('14:02:05', '*INC-42 declared*'),
    took('14:04', 'ic', DANA),
    botSays('14:04:02', '<@U0DANA1> has command'),
    took('14:05', 'ops', OMAR),
    took('14:06', 'comms', CASEY),
    says('14:07', OMAR, 'errors start with build 812, deployed 13:48'),
    says('14:09', OMAR, "let's roll back 812, <@U0DANA1>?"),
    says('14:10', DANA, 'yes, go', { key: true }),
    entry('update_posted', '14:15', CASEY, 'Looking at the card client; rollback of build 812 is being prepared.'),
    botSays('14:15:02', '*[UPDATE 14:15]* Looking at the card client'),
    says('14:22', OMAR, 'rollback is at 50 %'),
    says('14:28', OMAR, 'all hosts on 811, payments are recovering'),
    entry('update_posted', '14:29', CASEY, 'Rolled back, error rate is falling.'),
    botSays('14:29:01', '*[UPDATE 14:29]* Rolled back'),
    moved('14:31', DANA, 'investigating', 'mitigated', 'build 812 rolled back'),
    botSays('14:31:02', '*INC-42 is mitigated*'),
    entry('update_posted', '14:42', CASEY, 'Payments are normal, watching.'),
    botSays('14:42:01', '*[UPDATE 14:42]* Payments are normal'),
    moved('14:55', DANA, 'mitigated', 'resolved', null),
    botSays('14:55:01', '*INC-42 is resolved*'),
  ],
  actionItems: [
    followUp('Put a timeout budget on the card client', { owner: OMAR, due: '2026-04-10' }),
    followUp('Alert on card payment success rate', { createdAt: at('14:52') }),
  ],
});

/** Resolved before anybody said a word. */
export const empty: IncidentRecord = record({
  clock: { mitigatedAt: at('15:10'), resolvedAt: at('15:10') },
  timeline: [declared, moved('15:10', DANA, 'investigating', 'resolved', null)],
});

/** Over midnight and the change to summer time: late and missed promises, silence, deletions, a handoff, reopened, hostile words. */
export const messy: IncidentRecord = record({
  incident: { title: '<!channel> *checkout* | [x](javascript:alert) `down`', severity: 'SEV2' },
  clock: {
    impactStartedAt: at('21:10'),
    detectedAt: at('21:40'),
    declaredAt: at('22:00'),
    acknowledgedAt: at('22:40'),
    mitigatedAt: at('1T02:20'),
    resolvedAt: at('1T03:00'),
  },
  roles: [
    { role: 'ic', user: ERIN, from: at('22:40'), to: at('23:50') },
    { role: 'ic', user: DANA, from: at('23:50'), to: null },
  ],
  updates: [
    update('22:30', 'Still looking.', { promised: '22:30', next: '23:00' }),
    update('23:12', 'Two leads.', { promised: '23:00', late: 720, next: '23:42' }),
    update('1T00:50', 'Failing over.', { promised: '23:42', late: 4080, next: '1T01:20' }),
  ],
  timeline: [
    entry('declared', '22:00', DANA, 'INC-42 declared SEV2: checkout'),
    entry('update_posted', '22:30', CASEY, 'Still looking.'),
    botSays('22:30:01', '[UPDATE 22:30] Still looking.'),
    took('22:40', 'ic', ERIN),
    says('22:45', OMAR, 'maybe <!here> we could fail over to eu-west? <https://evil.example|click> <script>'),
    says('22:46', OMAR, 'the password is hunter2', { key: true }),
    entry('message_deleted', '22:47', null, null),
    says('22:50', ERIN, 'wrong words', { key: true }),
    { ...entry('message_edited', '22:51', ERIN, 'right *words*\n> with a second line'), ts: ts('22:50') },
    entry('update_posted', '23:12', CASEY, 'Two leads.'),
    botSays('23:12:01', '[UPDATE 23:12] Two leads.'),
    entry('severity_changed', '23:15', ERIN, 'SEV3 → SEV2: EU as well', {
      from: 'SEV3',
      to: 'SEV2',
      why: 'EU as well',
    }),
    entry('escalated', '23:20', ERIN, `to ${CASEY}, @leads: need hands`),
    entry('handoff', '23:50', ERIN, `IC from ${ERIN} to ${DANA}`),
    entry('update_posted', '1T00:50', CASEY, 'Failing over.'),
    moved('1T00:55', DANA, 'investigating', 'resolved', 'failover done'),
    moved('1T01:05', DANA, 'resolved', 'investigating', 'errors are back'),
    entry('note', '1T01:30', DANA, 'Vendor call: their certificate expired at 21:00 UTC'),
    says('1T02:10', OMAR, 'errors are gone'),
    moved('1T02:20', DANA, 'investigating', 'mitigated', null),
    moved('1T03:00', DANA, 'mitigated', 'resolved', 'vendor renewed the certificate'),
  ].map((one) => (one.kind === 'message_deleted' ? { ...one, ts: ts('22:46') } : one)),
});

export const people: ReadonlyMap<string, string> = new Map([
  [DANA, 'Dana'],
  [OMAR, 'Omar <@U0EVIL>'],
  [CASEY, 'Casey'],
  [ERIN, 'Erin'],
]);

export const facts = (more: Partial<DraftFacts> = {}): DraftFacts => ({
  people,
  roles: new Map([
    ['ic', 'Incident Commander'],
    ['ops', 'Ops lead'],
    ['comms', 'Comms lead'],
  ]),
  timezone: 'UTC',
  owed: 'required',
  dueAt: new Date(at('2T14:55')),
  acknowledgeWithin: 5 * 60_000,
  updateEvery: 15 * 60_000,
  draftedAt: new Date(at('14:56')),
  ...more,
});

/** A record as the database hands it out for a draft: what was said by message, and all else in its order. */
export function digestOf(of: IncidentRecord, asOf: Date): Digest {
  const SAID: readonly EntryKind[] = ['message', 'message_edited', 'message_deleted'];
  const inOrder = of.timeline.toSorted((a, b) =>
    a.occurredAt < b.occurredAt ? -1 : a.occurredAt > b.occurredAt ? 1 : 0,
  );
  const { said = [], done = [] } = Object.groupBy(inOrder, ({ kind }) => (SAID.includes(kind) ? 'said' : 'done'));
  const { hears, digest } = digester({ ...of, timeline: done }, asOf);
  for (const rows of Map.groupBy(said, (one) => one.ts ?? one).values()) for (const row of rows) hears(row);
  return digest(of.timeline.length);
}

export const draftOf = (of: IncidentRecord, known: DraftFacts): Document =>
  draftPostmortem(digestOf(of, known.draftedAt), known);

export const evidenceIn = (of: IncidentRecord, asOf: Date): Evidence => evidenceOf(digestOf(of, asOf), asOf);

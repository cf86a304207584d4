import { expect, test } from '@jest/globals';
import type { EntryKind } from '../../src/db/tables.ts';
import { type Ts, userId } from '../../src/lib/ids.ts';
import type { NewEntry } from '../../src/timeline/entry.ts';
import { exportMarkdown } from '../../src/timeline/export.ts';
import { appendEntries } from '../../src/timeline/store.ts';
import { readRecord } from '../../src/timeline/transactions.ts';
import { testDatabase } from '../support/database.ts';
import { givenIncident, NOW, TS } from './given.ts';

const { db } = await testDatabase();
const URL = 'https://acme.slack.com/';

const entry = (identity: string, kind: EntryKind, more: Partial<NewEntry> = {}): NewEntry => ({
  identity,
  kind,
  occurredAt: new Date('2026-09-21T14:16:40.000Z'),
  actor: 'U1',
  source: 'slack',
  text: 'hi',
  ts: TS,
  ...more,
});

const append = (id: Parameters<typeof appendEntries>[1], ...entries: NewEntry[]) =>
  db.transaction().execute((trx) => appendEntries(trx, id, entries, NOW));

const recordOf = async (id: Parameters<typeof appendEntries>[1]) => {
  const record = await readRecord({ db }, id, URL);
  if (!record) throw new Error('no record');
  return record;
};

test('appending says how many entries were new', async () => {
  const { id } = await givenIncident(db);
  expect(await append(id, entry('m:1', 'message'), entry('m:2', 'message'))).toBe(2);
  expect(await append(id, entry('m:2', 'message'), entry('m:3', 'message'))).toBe(1);
  expect(await append(id)).toBe(0);
});

test('the record of an unknown incident is none', async () => {
  expect(await readRecord({ db }, 999_999 as Parameters<typeof readRecord>[1], URL)).toBeNull();
});

test('a new incident has a whole record', async () => {
  const { id, channel } = await givenIncident(db);
  expect(await recordOf(id)).toEqual({
    incident: {
      ref: `INC-${id}`,
      number: id,
      title: 'checkout is down',
      summary: null,
      impact: null,
      resolution: null,
      severity: 'SEV2',
      status: 'investigating',
      visibility: 'public',
      kind: 'real',
      services: [],
      links: [],
      declaredBy: 'U1',
      channel: { id: channel, name: expect.stringMatching(/^inc-/) },
    },
    clock: {
      impactStartedAt: null,
      detectedAt: null,
      declaredAt: '2026-09-21T14:00:00.000Z',
      acknowledgedAt: null,
      mitigatedAt: null,
      resolvedAt: null,
      closedAt: null,
    },
    roles: [],
    updates: [],
    timeline: [],
    actionItems: [],
    postmortem: null,
    audit: [],
  });
});

test('the timeline stands in the order of its own times, however it was recorded', async () => {
  const { id } = await givenIncident(db);
  const at = (seconds: number) => new Date(1790000200000 + seconds * 1000);
  await append(
    id,
    entry('m:4', 'message', { occurredAt: at(2), ts: '1790000202.000002' as Ts, text: '4' }),
    entry('m:3', 'message', { occurredAt: at(2), ts: '1790000202.000001' as Ts, text: '3' }),
    entry('s:2', 'status_changed', { occurredAt: at(1), ts: null, text: '2' }),
    entry('m:1', 'message', { occurredAt: at(0), text: '1' }),
  );
  expect((await recordOf(id)).timeline.map((one) => one.text)).toEqual(['1', '2', '3', '4']);
});

test('a timeline longer than a page is complete and each entry stands in it once', async () => {
  const { id } = await givenIncident(db);
  const many = Array.from({ length: 2_500 }, (_, i) =>
    entry(`m:${i}`, 'message', {
      occurredAt: new Date(1790000200000 + Math.floor(i / 7)),
      ts: (i % 3 === 0 ? null : `1790000200.${String(i).padStart(6, '0')}`) as Ts | null,
      text: String(i),
    }),
  );
  await append(id, ...many);
  const { timeline } = await recordOf(id);
  expect(timeline).toHaveLength(2_500);
  expect(new Set(timeline.map((one) => one.text)).size).toBe(2_500);
  const times = timeline.map((one) => one.occurredAt);
  expect(times).toEqual(times.toSorted());
});

test('an entry says where its message is, and whether it was found again', async () => {
  const { id, channel } = await givenIncident(db);
  const parent = '1790000100.000100' as Ts;
  await append(
    id,
    entry('m:1', 'message', { threadTs: parent, source: 'history', payload: { subtype: 'file_share' } }),
    entry('s:1', 'declared', { ts: null, source: 'sitrep' }),
  );
  const [declared, message] = (await recordOf(id)).timeline;
  expect(message).toEqual({
    id: expect.any(Number),
    kind: 'message',
    occurredAt: '2026-09-21T14:16:40.000Z',
    recordedAt: NOW.toISOString(),
    actor: 'U1',
    text: 'hi',
    ts: TS,
    threadTs: parent,
    permalink: `https://acme.slack.com/archives/${channel}/p1790000200000600?thread_ts=${parent}&cid=${channel}`,
    key: false,
    recovered: true,
    payload: { subtype: 'file_share' },
  });
  expect(declared).toMatchObject({ permalink: null, key: true, recovered: false });
  expect((await readRecord({ db }, id, null))?.timeline.map((one) => one.permalink)).toEqual([null, null]);
});

const pushpin = (kind: EntryKind, user: string, n: number, name = 'pushpin') =>
  entry(`${kind}:${n}`, kind, {
    actor: user,
    occurredAt: new Date(1790000300000 + n),
    payload: { reaction: name },
  });
const pin = (kind: EntryKind, n: number) => entry(`${kind}:${n}`, kind, { occurredAt: new Date(1790000300000 + n) });

test.each<[string, boolean, NewEntry[]]>([
  ['nobody marked', false, []],
  ['somebody marked with 📌', true, [pushpin('reaction_added', 'U1', 1)]],
  ['somebody looked at', false, [pushpin('reaction_added', 'U1', 1, 'eyes')]],
  ['nobody marks any more', false, [pushpin('reaction_added', 'U1', 1), pushpin('reaction_removed', 'U1', 2)]],
  [
    'one of two still marks',
    true,
    [pushpin('reaction_added', 'U1', 1), pushpin('reaction_added', 'U2', 2), pushpin('reaction_removed', 'U1', 3)],
  ],
  ['is pinned', true, [pin('pin_added', 1)]],
  ['was pinned', false, [pin('pin_added', 1), pin('pin_removed', 2)]],
  ['is noted', true, [entry('n:1', 'note', { text: null })]],
])('of a message that %s key is %s', async (_, key, marks) => {
  const { id } = await givenIncident(db);
  await append(id, entry(`m:${TS}`, 'message'), ...marks);
  expect((await recordOf(id)).timeline.find((one) => one.kind === 'message')?.key).toBe(key);
});

test('our own pinned card is not key', async () => {
  const { id } = await givenIncident(db, { cardTs: TS });
  await append(id, entry(`m:${TS}`, 'message'), pin('pin_added', 1));
  expect((await recordOf(id)).timeline.filter((one) => one.key)).toEqual([]);
});

test('everything held stands in the record and in its Markdown, where foreign text does nothing', async () => {
  const { id } = await givenIncident(db);
  const at = new Date('2026-09-21T14:30:00.000Z');
  await db
    .insertInto('roleAssignments')
    .values({ incidentId: id, role: 'ic', userId: userId('U2'), assignedBy: userId('U1'), fromAt: at, toAt: null })
    .execute();
  await db
    .insertInto('updates')
    .values({
      incidentId: id,
      text: 'rolling *back*',
      audienceText: 'we know',
      author: userId('U2'),
      status: 'identified',
      severity: 'SEV1',
      postedAt: at,
      promisedAt: new Date('2026-09-21T14:29:00.000Z'),
      nextPromiseAt: new Date('2026-09-21T14:45:00.000Z'),
      kept: false,
      lateByMs: 60_000,
    })
    .execute();
  await db
    .insertInto('actionItems')
    .values({
      incidentId: id,
      what: 'alert on p99',
      owner: userId('U3'),
      dueOn: '2026-10-01',
      createdBy: userId('U2'),
      createdAt: at,
    })
    .execute();
  await db
    .insertInto('postmortems')
    .values({
      incidentId: id,
      status: 'draft',
      markdown: '# Draft',
      revision: 1,
      draftedAt: at,
      dueAt: null,
      fileId: null,
    })
    .execute();
  await db
    .insertInto('audit')
    .values({ incidentId: id, at, actor: 'operator', what: 'message redacted', detail: '{"rows":1}' })
    .execute();
  const text = '<!channel> see <https://evil.example|*here*> &lt;script&gt;\n# title';
  await append(
    id,
    entry(`m:${TS}`, 'message', { text, payload: { files: [{ id: 'F1', name: 'a_b.png' }] } }),
    entry('n:1', 'note', { text: 'a <b> & c', ts: null }),
    entry('d:1', 'message', { text: null, ts: '1790000201.000100' as Ts, payload: { blanked: true } }),
  );

  const record = await recordOf(id);
  expect(record).toMatchObject({
    roles: [{ role: 'ic', user: 'U2', from: at.toISOString(), to: null }],
    updates: [{ text: 'rolling *back*', audienceText: 'we know', kept: false, lateBySeconds: 60 }],
    actionItems: [{ what: 'alert on p99', owner: 'U3', due: '2026-10-01', status: 'open', permalink: null }],
    postmortem: { status: 'draft', markdown: '# Draft' },
    audit: [{ at: at.toISOString(), actor: 'operator', what: 'message redacted', detail: { rows: 1 } }],
    timeline: [{ text: 'a <b> & c' }, { text }, { text: null }],
  });
  const ref = new RegExp(record.incident.ref, 'g');
  const channel = new RegExp(record.incident.channel.id ?? '', 'g');
  const name = new RegExp(record.incident.channel.name, 'g');
  expect(
    exportMarkdown(record).replaceAll(ref, 'INC-1').replaceAll(channel, 'C1').replaceAll(name, 'inc-1'),
  ).toMatchSnapshot();
});

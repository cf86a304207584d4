import { randomUUID } from 'node:crypto';
import { expect, test } from '@jest/globals';
import { type ChannelId, channelId, ts, userId } from '../../src/lib/ids.ts';
import type { SlackApi } from '../../src/slack/api.ts';
import { timelineListeners } from '../../src/timeline/slack.ts';
import { countQuarantined } from '../../src/timeline/store.ts';
import { readRecord, redact } from '../../src/timeline/transactions.ts';
import { testDatabase } from '../support/database.ts';
import { deleted, depsOf, edited, entriesOf, givenIncident, NOW, said, TS } from './given.ts';

const { db } = await testDatabase();

const slack = {
  me: async () => ({ teamId: 'T0', userId: userId('U0BOT'), botId: 'B0BOT', url: 'https://acme.slack.com/' }),
} as SlackApi;

let events = 0;
async function hear(event: { type: string; [field: string]: unknown }, policy: 'blank' | 'keep' = 'blank') {
  const listen = timelineListeners({ ...depsOf(db, policy), slack }).events?.[event.type];
  if (!listen) throw new Error(`nobody listens to ${event.type}`);
  events += 1;
  await listen({ eventId: `Ev${events}`, type: event.type, event });
}

const members = async (channel: ChannelId) =>
  (
    await db
      .selectFrom('channelMembers')
      .innerJoin('incidents', 'incidents.id', 'channelMembers.incidentId')
      .where('channelId', '=', channel)
      .select('userId')
      .orderBy('userId')
      .execute()
  ).map((row) => row.userId);

const texts = async (id: Parameters<typeof entriesOf>[1]) =>
  (await entriesOf(db, id)).map((row) => [row.identity.split(':')[0], row.text]);

test('a message becomes one timeline entry, however often Slack delivers it', async () => {
  const { id, channel } = await givenIncident(db);
  await Promise.all([hear(said(channel)), hear(said(channel)), hear(said(channel))]);
  await hear(said(channel));
  expect(await entriesOf(db, id)).toMatchObject([
    {
      identity: `m:${TS}`,
      kind: 'message',
      occurredAt: new Date(1790000200000),
      recordedAt: NOW,
      actor: 'U1',
      source: 'slack',
      text: 'hi',
      ts: TS,
      threadTs: null,
      payload: {},
    },
  ]);
});

test('equal messages of two channels belong to two incidents', async () => {
  const [one, two] = [await givenIncident(db), await givenIncident(db)];
  await hear(said(one.channel, { text: 'one' }));
  await hear(said(two.channel, { text: 'two' }));
  expect(await texts(one.id)).toEqual([['m', 'one']]);
  expect(await texts(two.id)).toEqual([['m', 'two']]);
});

test('what is said elsewhere is not recorded', async () => {
  const { count } = db.fn;
  const before = await db.selectFrom('timelineEntries').select(count('id').as('n')).executeTakeFirstOrThrow();
  await hear(said(channelId('C0ELSEWHERE')));
  await hear(said(channelId('D0'), { channel_type: 'im' }));
  await hear(deleted(channelId('C0ELSEWHERE')));
  expect(await db.selectFrom('timelineEntries').select(count('id').as('n')).executeTakeFirst()).toEqual(before);
});

test('what is said after an incident is closed is still recorded', async () => {
  const { id, channel } = await givenIncident(db, { status: 'closed' });
  await hear(said(channel));
  expect(await texts(id)).toEqual([['m', 'hi']]);
});

test.each([
  ['NUL', 'a\u0000b', 'a\uFFFDb'],
  ['half a surrogate pair', 'a\uD83Db', 'a\uFFFDb'],
  ['40,000 characters', '🔥'.repeat(20_000), '🔥'.repeat(20_000)],
  ['markup', '<!channel> &amp; *x* \u202Eevil', '<!channel> &amp; *x* \u202Eevil'],
])('a text with %s is stored whole', async (_, text, stored) => {
  const { id, channel } = await givenIncident(db);
  await hear(said(channel, { text, files: [{ id: 'F1', name: text }] }));
  expect(await entriesOf(db, id)).toMatchObject([{ text: stored, payload: { files: [{ id: 'F1', name: stored }] } }]);
});

test('an edit adds an entry and leaves the message as it was', async () => {
  const { id, channel } = await givenIncident(db);
  await hear(said(channel));
  await hear(edited(channel, 'better'));
  await hear(edited(channel, 'better'));
  await hear(edited(channel, 'best', '1790000280.000000'));
  expect(await texts(id)).toEqual([
    ['m', 'hi'],
    ['e', 'better'],
    ['e', 'best'],
  ]);
});

test('a deletion blanks the message and its edits, leaves a tombstone, and is audited', async () => {
  const { id, channel } = await givenIncident(db);
  await hear(said(channel, { files: [{ id: 'F1', name: 'secret.png' }], subtype: 'file_share' }));
  await hear(edited(channel, 'better'));
  await hear(deleted(channel));
  await hear(deleted(channel));
  expect(await entriesOf(db, id)).toMatchObject([
    { identity: `m:${TS}`, text: null, payload: { subtype: 'file_share', blanked: true } },
    { kind: 'message_edited', text: null, payload: { blanked: true } },
    { identity: `d:${TS}`, kind: 'message_deleted', ts: TS, payload: { author: 'U1' } },
  ]);
  expect(JSON.stringify(await entriesOf(db, id))).not.toContain('secret');
  expect(await db.selectFrom('audit').selectAll().where('incidentId', '=', id).execute()).toMatchObject([
    { actor: 'slack', what: 'deleted text blanked', at: NOW, detail: { messages: [TS], rows: 2 } },
  ]);
});

test('a deletion blanks no other message', async () => {
  const { id, channel } = await givenIncident(db);
  await hear(said(channel, { ts: '1790000200.000601', text: 'other' }));
  await hear(deleted(channel));
  expect(await texts(id)).toEqual([
    ['m', 'other'],
    ['d', null],
  ]);
});

test('with deletedMessages: keep a deletion leaves the text', async () => {
  const { id, channel } = await givenIncident(db);
  await hear(said(channel), 'keep');
  await hear(deleted(channel), 'keep');
  expect(await texts(id)).toEqual([
    ['m', 'hi'],
    ['d', null],
  ]);
});

test('a message and an edit that arrive after their deletion do not bring the text back', async () => {
  const { id, channel } = await givenIncident(db);
  await hear(deleted(channel));
  await hear(edited(channel, 'better'));
  await hear(said(channel));
  expect(await texts(id)).toEqual([
    ['d', null],
    ['e', null],
    ['m', null],
  ]);
});

test('a deleted message whose recording was cut short has no text once Slack has told of it again', async () => {
  const { id, channel } = await givenIncident(db);
  await hear(deleted(channel));
  // Recorded by a process that died before it looked for the deletion.
  const cutShort = { incidentId: id, kind: 'message', occurredAt: NOW, recordedAt: NOW, source: 'slack' } as const;
  await db
    .insertInto('timelineEntries')
    .values({ ...cutShort, identity: `m:${TS}`, ts: ts(TS), text: 'hi' })
    .execute();
  await hear(said(channel));
  expect(await texts(id)).toEqual(expect.arrayContaining([['m', null]]));
});

test('a message and its deletion that arrive together leave no text, whoever is first', async () => {
  for (let round = 0; round < 20; round++) {
    const { id, channel } = await givenIncident(db);
    await Promise.all([hear(said(channel)), hear(deleted(channel)), hear(edited(channel, 'better'))]);
    expect((await entriesOf(db, id)).map((row) => row.text)).toEqual([null, null, null]);
  }
});

test('an edit that arrives before its message stands after it in time', async () => {
  const { id, channel } = await givenIncident(db);
  await hear(edited(channel, 'better'));
  await hear(said(channel));
  const [edit, message] = await entriesOf(db, id);
  expect(edit && message && edit.occurredAt > message.occurredAt).toBe(true);
});

test('redacting blanks a message and whatever edit still comes, and says who did it', async () => {
  const { id, channel } = await givenIncident(db);
  await hear(said(channel), 'keep');
  await hear(deleted(channel), 'keep');
  expect(await redact(depsOf(db), id, TS, 'operator')).toEqual({ ok: true, value: { blanked: 1 } });
  expect(await redact(depsOf(db), id, TS, 'operator')).toEqual({ ok: true, value: { blanked: 0 } });
  await hear(edited(channel, 'again'), 'keep');
  const entries = await entriesOf(db, id);
  expect(entries.map((row) => row.text)).toEqual([null, null, null, null]);
  expect(entries).toContainEqual(
    expect.objectContaining({
      identity: `r:${TS}`,
      kind: 'message_deleted',
      source: 'sitrep',
      actor: 'operator',
      payload: { redacted: true },
    }),
  );
  const audit = await db.selectFrom('audit').selectAll().where('incidentId', '=', id).orderBy('id').execute();
  expect(audit.map((row) => [row.actor, row.what])).toEqual([
    ['operator', 'message redacted'],
    ['slack', 'deleted text blanked'],
  ]);
});

test('redacting what is not there says so and records nothing', async () => {
  const { id } = await givenIncident(db);
  expect(await redact(depsOf(db), id, TS, 'operator')).toEqual({ ok: false, no: 'no-such-message' });
  expect(await redact(depsOf(db), 999_999 as typeof id, TS, 'operator')).toEqual({ ok: false, no: 'no-such-incident' });
  expect(await entriesOf(db, id)).toEqual([]);
});

test('a row that Postgres refuses for its data is kept raw, once, and the next message is recorded', async () => {
  const { id, channel } = await givenIncident(db);
  const before = await countQuarantined(db);
  // An index row holds 2.7 kB; no reaction of Slack's is that long.
  const reaction = Array.from({ length: 400 }, () => randomUUID()).join('');
  const item = { type: 'message', channel, ts: TS };
  const strange = { type: 'reaction_added', user: 'U\uD83D\u0000', reaction, item, event_ts: '1790000520.000100' };
  await hear(strange);
  await hear(strange);
  await hear(said(channel));
  expect(await texts(id)).toEqual([['m', 'hi']]);
  const kept = await db.selectFrom('quarantine').selectAll().where('identity', 'like', `${channel}:%`).execute();
  expect(kept).toMatchObject([{ reason: 'Postgres refused it (54000)', at: NOW }]);
  expect(JSON.parse(kept[0]?.payload ?? '')).toEqual(strange);
  expect(await countQuarantined(db)).toBe(before + 1);
});

test('an event of an incident that cannot be read is kept raw; one from elsewhere is not', async () => {
  const { channel } = await givenIncident(db);
  await hear(said(channel, { ts: 'soon' }));
  await hear(said(channelId('C0ELSEWHERE'), { ts: 'soon' }));
  const kept = await db.selectFrom('quarantine').selectAll().where('payload', 'like', '%soon%').execute();
  expect(kept.map((row) => JSON.parse(row.payload).channel)).toEqual([channel]);
});

test('while the database cannot be had an event stays unacknowledged', async () => {
  const other = await testDatabase();
  await other.close();
  const listen = timelineListeners({ ...depsOf(other.db), slack }).events?.message;
  await expect(listen?.({ eventId: 'Ev', type: 'message', event: said(channelId('C1')) })).rejects.toThrow();
});

const membership = (type: string, channel: ChannelId, user: string, at: string) => ({
  type,
  channel,
  user,
  event_ts: at,
});

test('a join is one entry, told by its message; both events make a member', async () => {
  const { id, channel } = await givenIncident(db);
  await hear(membership('member_joined_channel', channel, 'U2', '1790000200.000700'));
  expect(await members(channel)).toEqual(['U2']);
  await hear(said(channel, { subtype: 'channel_join', user: 'U2' }));
  await hear(said(channel, { subtype: 'channel_join', user: 'U3', ts: '1790000201.000100' }));
  expect(await members(channel)).toEqual(['U2', 'U3']);
  expect((await entriesOf(db, id)).map((row) => [row.kind, row.actor])).toEqual([
    ['member_joined', 'U2'],
    ['member_joined', 'U3'],
  ]);
});

test('who left is no member, though the news of their joining comes late', async () => {
  const { channel } = await givenIncident(db);
  await hear(said(channel, { subtype: 'channel_leave', user: 'U2', ts: '1790000300.000100' }));
  await hear(membership('member_joined_channel', channel, 'U2', '1790000200.000700'));
  await hear(said(channel, { subtype: 'channel_join', user: 'U2', ts: '1790000200.000600' }));
  expect(await members(channel)).toEqual([]);
  await hear(said(channel, { subtype: 'channel_join', user: 'U2', ts: '1790000400.000100' }));
  await hear(membership('member_left_channel', channel, 'U2', '1790000300.000200'));
  expect(await members(channel)).toEqual(['U2']);
  await hear(membership('member_left_channel', channel, 'U2', '1790000500.000200'));
  expect(await members(channel)).toEqual([]);
});

test('reactions and pins are entries, each once, and taking one back is another', async () => {
  const { id, channel } = await givenIncident(db);
  const item = { type: 'message', channel, ts: TS };
  const reaction = { user: 'U2', reaction: 'eyes', item, event_ts: '1790000520.000100' };
  await hear({ type: 'reaction_added', ...reaction });
  await hear({ type: 'reaction_added', ...reaction });
  await hear({ type: 'reaction_removed', ...reaction, event_ts: '1790000521.000100' });
  await hear({ type: 'reaction_added', ...reaction, event_ts: '1790000522.000100' });
  const pin = { user: 'U2', channel_id: channel, item: { type: 'message', channel, message: { ts: TS } } };
  await hear({ type: 'pin_added', ...pin, event_ts: '1790000523.000100' });
  await hear({ type: 'pin_removed', ...pin, event_ts: '1790000524.000100' });
  expect((await entriesOf(db, id)).map((row) => row.kind)).toEqual([
    'reaction_added',
    'reaction_removed',
    'reaction_added',
    'pin_added',
    'pin_removed',
  ]);
});

test('an incident follows its channel when Slack gives it another id', async () => {
  const { id, channel } = await givenIncident(db);
  await db.insertInto('posts').values({ incidentId: id, purpose: 'reminder', channelId: channel, ts: TS }).execute();
  const event = { type: 'channel_id_changed', old_channel_id: channel, new_channel_id: `${channel}NEW` };
  await hear(event);
  await hear(event);
  await hear(said(channelId(`${channel}NEW`)));
  expect((await entriesOf(db, id)).map((row) => row.kind)).toEqual(['channel_changed', 'message']);
  expect(await db.selectFrom('posts').select('channelId').where('incidentId', '=', id).execute()).toEqual([
    { channelId: `${channel}NEW` },
  ]);
});

test('an incident knows the new name of its channel, unless another incident has reserved it', async () => {
  const [one, two] = [await givenIncident(db), await givenIncident(db)];
  await hear({ type: 'channel_rename', channel: { id: one.channel, name: 'inc-renamed' } });
  await hear({ type: 'group_rename', channel: { id: two.channel, name: 'inc-renamed' } });
  await hear({ type: 'channel_rename', channel: { id: 'C0ELSEWHERE', name: 'inc-renamed' } });
  const named = await db.selectFrom('incidents').select('id').where('channelName', '=', 'inc-renamed').execute();
  expect(named).toEqual([{ id: one.id }]);
});

test('the latest name of a channel holds, in whatever order Slack tells its names, and an earlier one may come again', async () => {
  const { id, channel } = await givenIncident(db);
  const name = async () => (await db.selectFrom('incidents').select('channelName').where('id', '=', id).execute())[0];
  const renamed = (name: string, event_ts: string) =>
    hear({ type: 'channel_rename', channel: { id: channel, name }, event_ts });
  const told = (name: string, ts: string) => hear(said(channel, { subtype: 'channel_name', name, ts }));
  await renamed('inc-one', '1790000300.000200');
  await renamed('inc-two', '1790000310.000200');
  await renamed('inc-one', '1790000320.000200');
  expect(await name()).toEqual({ channelName: 'inc-one' });
  await told('inc-one', '1790000320.000100');
  await renamed('inc-two', '1790000310.000200');
  expect(await name()).toEqual({ channelName: 'inc-one' });
});

const shortcut = (channel: ChannelId) => ({
  user: userId('U2'),
  team: 'T0',
  intent: 'trigger',
  triggerId: 'trigger',
  responseUrl: null,
  callback: 'add_to_timeline',
  on: { channel, message: { ts: TS, text: 'hi', user: 'U1' } },
});

test('Add to timeline marks a message as key, once, and says so', async () => {
  const { id, channel } = await givenIncident(db);
  await hear(said(channel));
  const add = timelineListeners({ ...depsOf(db), slack }).shortcuts?.add_to_timeline;
  await add?.(shortcut(channel));
  expect(await add?.(shortcut(channel))).toEqual({ say: { text: `Marked as key in the timeline of INC-${id}.` } });
  const record = await readRecord({ db }, id, null);
  expect(record?.timeline.map((entry) => [entry.kind, entry.key])).toEqual([
    ['message', true],
    ['note', false],
  ]);
});

test('Add to timeline outside an incident says why nothing was marked', async () => {
  const add = timelineListeners({ ...depsOf(db), slack }).shortcuts?.add_to_timeline;
  expect(await add?.(shortcut(channelId('C0ELSEWHERE')))).toEqual({
    say: { text: expect.stringContaining('belongs to no incident') },
  });
});

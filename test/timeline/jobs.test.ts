import { expect, test } from '@jest/globals';
import { sql } from 'kysely';
import { type ChannelId, userId } from '../../src/lib/ids.ts';
import type { HistoryPage, SlackApi, SlackMessage } from '../../src/slack/api.ts';
import { timelineJobs } from '../../src/timeline/jobs.ts';
import { timelineListeners } from '../../src/timeline/slack.ts';
import { testDatabase } from '../support/database.ts';
import { depsOf, entriesOf, givenIncident, said } from './given.ts';

const { db } = await testDatabase();
const attempt = { marker: 'm', number: 1, uncertainSince: null };

/** A channel whose history comes two messages a page, after an empty page. */
function slackWith(messages: readonly SlackMessage[], threads: Record<string, readonly SlackMessage[]> = {}): SlackApi {
  const page = (all: readonly SlackMessage[], cursor = 'empty'): HistoryPage => {
    if (cursor === 'empty') return { messages: [], nextCursor: '0' };
    const from = Number(cursor);
    return { messages: all.slice(from, from + 2), nextCursor: from + 2 < all.length ? String(from + 2) : null };
  };
  return {
    me: async () => ({ teamId: 'T0', userId: userId('U0BOT'), botId: 'B0BOT', url: 'https://acme.slack.com/' }),
    history: async (_, { cursor }) => page(messages, cursor),
    replies: async (_, parent, { cursor }) => page(threads[parent] ?? [], cursor),
  } satisfies Partial<SlackApi> as Partial<SlackApi> as SlackApi;
}

const at = (second: number) => `17900002${String(second).padStart(2, '0')}.000100`;
const message = (second: number, more: Record<string, unknown> = {}): SlackMessage => {
  const { channel, channel_type, ...rest } = said('' as ChannelId, { ts: at(second), text: `at ${second}`, ...more });
  return { ...rest, ts: at(second) };
};

test('the history of a channel is read whole, threads included, and told from what was heard live', async () => {
  const { id, channel } = await givenIncident(db);
  const parent = message(10, { thread_ts: at(10), reply_count: 2, latest_reply: at(30) });
  const broadcast = message(30, { thread_ts: at(10), subtype: 'thread_broadcast' });
  const slack = slackWith(
    [message(40), broadcast, parent, message(5), message(1, { subtype: 'channel_join', user: 'U2' })],
    { [at(10)]: [parent, message(20, { thread_ts: at(10) }), broadcast] },
  );
  const deps = { ...depsOf(db), slack };
  const live = said(channel, { ts: at(5), text: 'as heard' });
  await timelineListeners(deps).events?.message?.({ eventId: 'Ev1', type: 'message', event: live });
  const { backfill } = timelineJobs(deps);
  await backfill({ kind: 'backfill', incident: id }, attempt);
  await backfill({ kind: 'backfill', incident: id }, attempt);
  const rows = (await entriesOf(db, id)).toSorted((a, b) => (a.ts ?? '').localeCompare(b.ts ?? ''));
  expect(rows.map((row) => [row.ts, row.text, row.source, row.occurredAt.getTime()])).toEqual([
    [at(1), 'at 1', 'history', 1790000201000],
    [at(5), 'as heard', 'slack', 1790000205000],
    [at(10), 'at 10', 'history', 1790000210000],
    [at(20), 'at 20', 'history', 1790000220000],
    [at(30), 'at 30', 'history', 1790000230000],
    [at(40), 'at 40', 'history', 1790000240000],
  ]);
  expect(await db.selectFrom('watermarks').selectAll().where('incidentId', '=', id).execute()).toMatchObject([
    { readThrough: at(40) },
  ]);
  expect(await db.selectFrom('channelMembers').selectAll().where('incidentId', '=', id).execute()).toMatchObject([
    { userId: 'U2' },
  ]);
});

test('one row that Postgres refuses does not cost its page', async () => {
  const { id, channel } = await givenIncident(db);
  await sql`alter table timeline_entries add constraint whole check (text <> 'strange')`.execute(db);
  const strange = message(3, { text: 'strange' });
  const { backfill } = timelineJobs({ ...depsOf(db), slack: slackWith([strange, message(2), message(1)]) });
  await backfill({ kind: 'backfill', incident: id }, attempt);
  expect((await entriesOf(db, id)).map((row) => row.text)).toEqual(['at 2', 'at 1']);
  expect(await db.selectFrom('quarantine').select('identity').execute()).toEqual([
    { identity: `${channel}:m:${at(3)}` },
  ]);
});

test('a tombstone in history blanks what was heard', async () => {
  const { id, channel } = await givenIncident(db);
  const tombstone = message(10, { subtype: 'tombstone', user: 'USLACKBOT', reply_count: 1, thread_ts: at(10) });
  const deps = { ...depsOf(db), slack: slackWith([tombstone]) };
  const live = said(channel, { ts: at(10), text: 'secret' });
  await timelineListeners(deps).events?.message?.({ eventId: 'Ev1', type: 'message', event: live });
  await timelineJobs(deps).backfill({ kind: 'backfill', incident: id }, attempt);
  expect((await entriesOf(db, id)).map((row) => [row.kind, row.text])).toEqual([
    ['message', null],
    ['message_deleted', null],
  ]);
});

test('there is no history while there is no channel', async () => {
  const { id } = await givenIncident(db, { channelId: null });
  await timelineJobs({ ...depsOf(db), slack: slackWith([message(1)]) }).backfill(
    { kind: 'backfill', incident: id },
    attempt,
  );
  expect(await entriesOf(db, id)).toEqual([]);
});

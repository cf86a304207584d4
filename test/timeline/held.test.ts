import { expect, test } from '@jest/globals';
import { sql } from 'kysely';
import { forgetHeld, holdEvents, keepUnopened, listHeld, lockOpening } from '../../src/channels/store.ts';
import { transact } from '../../src/db/connect.ts';
import { channelOpened } from '../../src/incidents/transactions.ts';
import type { Job } from '../../src/jobs/job.ts';
import * as queue from '../../src/jobs/queue.ts';
import { type ChannelId, channelId, type IncidentId, userId } from '../../src/lib/ids.ts';
import type { SlackApi } from '../../src/slack/api.ts';
import { timelineJobs } from '../../src/timeline/jobs.ts';
import { heardMessage } from '../../src/timeline/message.ts';
import { timelineListeners } from '../../src/timeline/slack.ts';
import { testDatabase } from '../support/database.ts';
import { deleted, depsOf, edited, entriesOf, givenIncident, NOW, said, TS } from './given.ts';

const { db } = await testDatabase();
const slack = {
  me: async () => ({ teamId: 'T0', userId: userId('U0BOT'), botId: 'B0BOT', url: 'https://acme.slack.com/' }),
  history: async () => ({ messages: [], nextCursor: null }),
} satisfies Partial<SlackApi> as Partial<SlackApi> as SlackApi;
const deps = { ...depsOf(db), slack };
const listeners = timelineListeners(deps).events ?? {};

async function hear(event: { type: string; [field: string]: unknown }): Promise<void> {
  await listeners[event.type]?.({ eventId: 'Ev', type: event.type, event });
}

const opening = (incident: IncidentId): Extract<Job, { kind: 'open-channel' }> => ({ kind: 'open-channel', incident });

/** An incident whose channel Slack is just being asked for; its id is not on record. */
async function givenOpening() {
  const { id, channel } = await givenIncident(db, { channelId: null });
  await transact(db, (trx) => queue.enqueue(trx, [{ job: opening(id), runAt: NOW }]));
  return { id, channel, run: await claim() };
}

async function claim(): Promise<queue.ClaimedRun> {
  const [run] = await queue.claim(db, {
    worker: 1,
    kinds: ['open-channel'],
    now: NOW,
    hands: { timers: 0, effects: 1 },
    leaseMs: 60_000,
  });
  if (!run) throw new Error('nothing is to be opened');
  return run;
}

const lostAnswer = { ms: 0, limit: null, counts: 'as-failure', isUncertain: true, reason: 'timeout' } as const;

/** The channel's id is recorded, and what follows from that is done. */
async function open(id: IncidentId, channel: ChannelId, run: queue.ClaimedRun): Promise<void> {
  await channelOpened(deps, opening(id), { id: channel, name: `inc-opened-${id}` });
  await queue.complete(db, [run]);
  const attempt = { marker: 'm', number: 1, uncertainSince: null };
  await timelineJobs(deps).backfill({ kind: 'backfill', incident: id }, attempt);
}

const kinds = async (id: IncidentId) => (await entriesOf(db, id)).map(({ kind, text }) => [kind, text]);
const held = async () => (await db.selectFrom('heldEvents').selectAll().execute()).length;

test('what is said, edited, marked and deleted in a channel whose making was not answered yet is in its timeline', async () => {
  const { id, channel, run } = await givenOpening();
  await hear(said(channel, { text: 'half a pair \uD83D and NUL \u0000' }));
  await queue.putBack(db, run, lostAnswer);
  await hear(edited(channel, 'better'));
  const item = { type: 'message', channel, ts: TS };
  await hear({ type: 'reaction_added', user: 'U2', reaction: 'eyes', item, event_ts: '1790000520.000100' });
  await hear(said(channel, { ts: '1790000300.000100', text: 'gone soon' }));
  await hear({ ...deleted(channel), deleted_ts: '1790000300.000100' });
  const again = await claim();
  await hear(said(channel, { ts: '1790000400.000100', text: 'a little later' }));
  await open(id, channel, again);
  expect(await kinds(id)).toEqual([
    ['message', 'half a pair \uFFFD and NUL \uFFFD'],
    ['message_edited', 'better'],
    ['reaction_added', ':eyes:'],
    ['message', null],
    ['message_deleted', null],
    ['message', 'a little later'],
  ]);
  expect((await entriesOf(db, id))[0]).toMatchObject({ source: 'slack', occurredAt: new Date(1790000200000) });
  expect(await held()).toBe(0);
});

test('taking up what was held a second time, after a crash, changes nothing', async () => {
  const { id, channel, run } = await givenOpening();
  await hear(said(channel));
  const row = await db.selectFrom('heldEvents').selectAll().executeTakeFirstOrThrow();
  await open(id, channel, run);
  await db
    .insertInto('heldEvents')
    .values({ channelId: channel, entry: JSON.stringify(row.entry), heldAt: NOW })
    .execute();
  await timelineJobs(deps).backfill(
    { kind: 'backfill', incident: id },
    { marker: 'm', number: 2, uncertainSince: null },
  );
  expect(await kinds(id)).toEqual([['message', 'hi']]);
  expect(await held()).toBe(0);
});

test('of other channels nothing is kept when no channel is being opened, or when the opening is over, parked or hopeless', async () => {
  const elsewhere = channelId('C0ELSEWHERE');
  await hear(said(elsewhere));
  expect(await held()).toBe(0);
  const [one, two] = [await givenOpening(), await givenOpening()];
  await hear(said(elsewhere));
  await open(one.id, one.channel, one.run);
  expect((await listHeld(db, elsewhere)).length).toBe(1);
  await open(two.id, two.channel, two.run);
  expect(await held()).toBe(0);

  const stuck = await givenOpening();
  await queue.putBack(db, stuck.run, lostAnswer);
  await hear(said(elsewhere));
  expect(await held()).toBe(1);
  await sql`update jobs set uncertain_since = uncertain_since - interval '61 minutes' where id = ${stuck.run.id}`.execute(
    db,
  );
  await hear(said(elsewhere, { ts: '1790000400.000100' }));
  expect(await held()).toBe(1);
  await forgetHeld(db, null);
  expect(await held()).toBe(0);
  await queue.park(db, await claim(), { isUncertain: true, reason: 'restricted_action' });
  await hear(said(elsewhere));
  expect(await held()).toBe(0);
});

test('of the announcement channel nothing is kept while a channel is being opened', async () => {
  const { id, channel, run } = await givenOpening();
  const announcements = channelId('C0ANNOUNCE');
  await db.insertInto('knownChannels').values({ name: 'incidents', channelId: announcements }).execute();
  await hear(said(announcements));
  expect(await held()).toBe(0);
  await open(id, channel, run);
});

test('the record of a channel waits for what is just being held for it', async () => {
  const { id, channel, run } = await givenOpening();
  const heard = heardMessage(said(channel), await slack.me());
  if (!heard.ok) throw new Error(heard.no);
  let isOpen = false;
  const opened = await transact(db, async (trx) => {
    await keepUnopened(trx, [channel]);
    expect(await holdEvents(trx, [heard.value], NOW)).toEqual([0]);
    const opening = open(id, channel, run).then(() => {
      isOpen = true;
    });
    while (!isOpen && !(await somebodyWaits())) await new Promise(setImmediate);
    return { opening };
  });
  await opened.opening;
  expect(await kinds(id)).toEqual([['message', 'hi']]);
});

async function somebodyWaits(): Promise<boolean> {
  const { rows } = await sql`
    select from pg_locks where locktype = 'advisory' and not granted
      and database = (select oid from pg_database where datname = current_database())`.execute(db);
  return rows.length > 0;
}

test('what is heard while the id of its channel is being recorded is recorded', async () => {
  const { id, channel, run } = await givenOpening();
  const heard = await transact(db, async (trx) => {
    await lockOpening(trx, channel);
    const hearing = hear(said(channel));
    while (!(await somebodyWaits())) await new Promise(setImmediate);
    await trx.updateTable('incidents').set({ channelId: channel }).where('id', '=', id).execute();
    return { hearing };
  });
  await heard.hearing;
  await queue.complete(db, [run]);
  expect(await kinds(id)).toEqual([['message', 'hi']]);
  expect(await held()).toBe(0);
});

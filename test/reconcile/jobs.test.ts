import { expect, test } from '@jest/globals';
import { noteLimit } from '../../src/jobs/queue.ts';
import { type IncidentId, ts, userId } from '../../src/lib/ids.ts';
import { reconcileJobs } from '../../src/reconcile/jobs.ts';
import { defaultSettings } from '../../src/reconcile/settings.ts';
import { captureHealth, findMark } from '../../src/reconcile/store.ts';
import { reconcileAllAt, reconcileAt, spreadOut } from '../../src/reconcile/transactions.ts';
import type { HistoryPage, SlackApi, SlackMessage } from '../../src/slack/api.ts';
import { SlackFault } from '../../src/slack/errors.ts';
import { heardMessage as readMessage } from '../../src/timeline/message.ts';
import { timelineListeners } from '../../src/timeline/slack.ts';
import { appendHeard } from '../../src/timeline/store.ts';
import { testDatabase } from '../support/database.ts';
import { deleted, depsOf, edited, entriesOf, givenIncident, NOW, said } from '../timeline/given.ts';

const { db } = await testDatabase();
const attempt = { marker: 'm', number: 1, uncertainSince: null };
const PAGE = 3;

/** A channel as Slack shows it: bounds are exclusive, history newest first, replies oldest first with their parent. */
function scriptedChannel() {
  const messages = new Map<string, SlackMessage>();
  const asked: string[] = [];
  const script = { isLimited: false, fails: [] as (SlackFault | null)[], hides: new Set<string>() };
  const answer = (what: string, rows: SlackMessage[]): HistoryPage => {
    asked.push(what);
    const fault = script.fails.shift();
    if (fault) throw fault;
    const shown = rows.filter((one) => !script.hides.has(one.ts));
    return {
      messages: shown.slice(0, PAGE),
      nextCursor: shown.length > PAGE ? 'more' : null,
      isLimited: script.isLimited,
    };
  };
  const all = () => [...messages.values()].sort((a, b) => (a.ts < b.ts ? -1 : 1));
  const isReply = (one: SlackMessage) => one.thread_ts !== undefined && one.thread_ts !== one.ts;
  const slack = {
    me: async () => ({ teamId: 'T0', userId: userId('U0BOT'), botId: 'B0BOT', url: 'https://acme.slack.com/' }),
    pins: async () => [],
    history: async (_, { oldest = '', latest = '9' }) =>
      answer(
        `history ${latest}`,
        all()
          .filter((one) => !isReply(one) && one.ts > oldest && one.ts < latest)
          .reverse(),
      ),
    replies: async (_, parent, { oldest = '' }) => {
      const replies = all().filter((one) => one.thread_ts === parent && one.ts !== parent && one.ts > oldest);
      const page = answer(`replies ${parent}`, replies);
      const first = messages.get(parent);
      return { ...page, messages: [...(first ? [first] : []), ...page.messages] };
    },
  } satisfies Partial<SlackApi> as Partial<SlackApi> as SlackApi;
  const put = (second: number, more: Record<string, unknown> = {}): SlackMessage => {
    const message = { ts: at(second), user: 'U1', text: `at ${second}`, ...more };
    messages.set(message.ts, message);
    return message;
  };
  return { slack, put, messages, asked, script };
}

const at = (second: number) => ts(`1790000${String(200 + second)}.000100`);

async function given() {
  const incident = await givenIncident(db);
  const channel = scriptedChannel();
  const found: number[] = [];
  const deps = { ...depsOf(db), slack: channel.slack, now: () => new Date('2026-09-22T15:00:00.000Z') };
  const settings = { ...defaultSettings, callsPerRun: 1 };
  const { reconcile } = reconcileJobs(deps, { settings, onFound: (entries) => found.push(entries) });
  let events = 0;
  const listeners = timelineListeners(deps).events ?? {};
  return {
    ...incident,
    ...channel,
    deps,
    found,
    run: (deep = false) => reconcile({ kind: 'reconcile', incident: incident.id, deep }, attempt),
    hear: async (event: { type: string; [field: string]: unknown }) => {
      events += 1;
      await listeners[event.type]?.({ eventId: `Ev${events}`, type: event.type, event });
    },
    /** Until the reading that is under way is over. */
    round: async (deep = true) => {
      await reconcile({ kind: 'reconcile', incident: incident.id, deep }, attempt);
      for (let runs = 0; (await findMark(db, incident.id))?.round && runs < 50; runs += 1)
        await reconcile({ kind: 'reconcile', incident: incident.id }, attempt);
    },
  };
}

const kinds = async (id: IncidentId) => (await entriesOf(db, id)).map((row) => `${row.kind} ${row.ts?.slice(-10, -7)}`);
const heardMessage = (channel: Parameters<typeof said>[0], second: number, more = {}) =>
  said(channel, { ts: at(second), text: `at ${second}`, ...more });

test('a long history is read a page at a time, and a fault in between costs one page and concludes nothing', async () => {
  const { id, channel, put, hear, run, asked, script, messages } = await given();
  for (let second = 1; second <= 8; second += 1) {
    put(second);
    await hear(heardMessage(channel, second));
  }
  messages.delete(at(2));
  put(9);
  script.fails = [null, new SlackFault({ method: 'conversations.history', code: 'http_503', outcome: 'unknown' })];
  await run(true);
  await expect(run()).rejects.toThrow('http_503');
  expect(await kinds(id)).not.toContain('message_deleted 202');
  await run();
  await run();
  expect(asked.slice(0, 4).map((one) => one.split(' ')[1])).toEqual([expect.any(String), at(7), at(7), at(4)]);
  expect((await kinds(id)).slice(-2)).toEqual(['message 209', 'message_deleted 202']);
  expect(await findMark(db, id)).toMatchObject({ round: null, gapsFound: 2, entriesRecovered: 2 });
});

test('a message of which only an edit was heard before it was deleted is found deleted, and its words go', async () => {
  const { id, channel, hear, round, put } = await given();
  put(1);
  await hear({ ...edited(channel, 'corrected'), message: { ...edited(channel, 'corrected').message, ts: at(2) } });
  await round();
  expect((await entriesOf(db, id)).map(({ kind, text }) => [kind, text])).toContainEqual(['message_deleted', null]);
  expect((await entriesOf(db, id)).map(({ text }) => text)).not.toContain('corrected');
});

test('the words of a deleted message go, though the process that recorded them died and Slack did not bring them again', async () => {
  const { id, channel, deps, hear, round } = await given();
  await hear({ ...deleted(channel), deleted_ts: at(1) });
  const message = readMessage(heardMessage(channel, 1), await deps.slack.me());
  if (!message.ok) throw new Error(message.no);
  await appendHeard(db, [message.value], deps.now());
  await round();
  expect((await entriesOf(db, id)).map(({ kind, text }) => [kind, text])).toEqual([
    ['message_deleted', null],
    ['message', null],
  ]);
});

test.each<[string, (scripted: ReturnType<typeof scriptedChannel>) => void]>([
  [
    'Slack hides what is old',
    ({ script }) => {
      script.isLimited = true;
    },
  ],
  [
    'a second look shows it',
    ({ script, slack }) => {
      script.hides.add(at(1));
      const look = slack.history.bind(slack);
      slack.history = async (...asked) => {
        const page = await look(...asked);
        script.hides.clear();
        return page;
      };
    },
  ],
])('nothing is taken for deleted when %s', async (_, disturb) => {
  const { id, channel, put, hear, round, messages, script, ...rest } = await given();
  for (const second of [1, 2]) await hear(heardMessage(channel, second));
  put(2);
  if (_.startsWith('a second')) put(1);
  disturb({ put, messages, script, ...rest });
  await round();
  expect(await kinds(id)).toEqual(['message 201', 'message 202']);
});

test('an empty answer about a long record is a fault, not a purge', async () => {
  const { id, channel, hear, round } = await given();
  for (let second = 1; second <= 20; second += 1) await hear(heardMessage(channel, second));
  await round();
  expect((await kinds(id)).filter((one) => one.startsWith('message_deleted'))).toEqual([]);
});

test('replies under an old parent are found by its thread, and a deleted reply is missed in it', async () => {
  const { id, channel, put, hear, round, messages, found } = await given();
  const parent = put(1);
  await hear(heardMessage(channel, 1));
  for (let second = 2; second <= 6; second += 1) {
    put(second, { thread_ts: parent.ts });
    await hear(heardMessage(channel, second, { thread_ts: parent.ts }));
  }
  messages.delete(at(4));
  put(7, { thread_ts: parent.ts });
  await round();
  expect((await kinds(id)).slice(6).sort()).toEqual(['message 207', 'message_deleted 204']);
  await round();
  expect(await kinds(id)).toHaveLength(8);
  expect(found).toEqual([1, 1]);
});

const reaction = (channel: string, type: string, event_ts: string) => ({
  type,
  user: 'U2',
  reaction: 'eyes',
  item: { type: 'message', channel, ts: at(1) },
  event_ts,
});

test('a reaction given moments before the reading that found it, and then told late, is one', async () => {
  const { id, channel, put, hear, round } = await given();
  await hear(heardMessage(channel, 1));
  put(1, { reactions: [{ name: 'eyes', users: ['U2'], count: 1 }] });
  await round();
  const twentySecondsBefore = Date.parse('2026-09-22T14:59:40.000Z') / 1000;
  await hear(reaction(channel, 'reaction_added', `${twentySecondsBefore}.000000`));
  expect(await kinds(id)).toEqual(['message 201', 'reaction_added 201']);
});

test('a reaction found and then told late is one; taken back and given again it is told', async () => {
  const { id, channel, put, hear, round } = await given();
  await hear(heardMessage(channel, 1));
  put(1, { reactions: [{ name: 'eyes', users: ['U2'], count: 1 }] });
  await round();
  await hear(reaction(channel, 'reaction_added', '1790000300.000000'));
  expect(await kinds(id)).toEqual(['message 201', 'reaction_added 201']);
  await hear(reaction(channel, 'reaction_removed', '1790099999.000000'));
  await hear(reaction(channel, 'reaction_added', '1790100000.000000'));
  expect((await kinds(id)).slice(2)).toEqual(['reaction_removed 201', 'reaction_added 201']);
  await round();
  expect(await kinds(id)).toHaveLength(4);
});

test('a method that Slack limits is left alone', async () => {
  const { run, asked } = await given();
  await noteLimit(db, 'conversations.history', 60_000);
  await expect(run()).rejects.toMatchObject({ outcome: 'not-done', limit: 'conversations.history' });
  expect(asked).toEqual([]);
  await db.deleteFrom('rateLimits').execute();
});

test('out of its channel, a reading is given up for an hour, told once and seen by doctor', async () => {
  const { id, run, script, deps } = await given();
  const refused = () => new SlackFault({ method: 'conversations.history', code: 'not_in_channel', outcome: 'never' });
  script.fails = [refused(), refused()];
  await run();
  await run();
  const jobs = await db.selectFrom('jobs').selectAll().where('kind', 'in', ['dm', 'reconcile']).orderBy('id').execute();
  const mine = jobs.filter((job) => job.kind === 'dm' || job.key === `reconcile:${id}`);
  expect(mine.map((job) => job.kind).sort()).toEqual(['dm', 'reconcile']);
  expect(mine.find((job) => job.kind === 'reconcile')?.runAt).toEqual(
    new Date(deps.now().getTime() + defaultSettings.lostEveryMs),
  );
  const health = await captureHealth(db, deps.now());
  expect(health.behind).toContainEqual({ incident: id, readAt: null, channelLost: 'left', trouble: 'not_in_channel' });
  await run();
  expect((await captureHealth(db, deps.now())).behind.map((row) => row.incident)).not.toContain(id);
});

test('however many processes start, an incident is read once, at the soonest time and as thoroughly as anyone asked', async () => {
  const { id, deps } = await given();
  const soon = new Date(NOW.getTime() + 1_000);
  await reconcileAt(deps, id, soon, true);
  await Promise.all([1, 2, 3].map((n) => reconcileAt(deps, id, new Date(NOW.getTime() + n * 60_000))));
  const row = () => db.selectFrom('jobs').select(['runAt', 'payload']).where('key', '=', `reconcile:${id}`).execute();
  expect(await row()).toEqual([{ runAt: soon, payload: { kind: 'reconcile', incident: id, deep: true } }]);
  await Promise.all([1, 2, 3].map(() => reconcileAllAt(deps, NOW, 'stale')));
  expect(await db.selectFrom('jobs').select('payload').where('key', '=', 'reconcile-all').execute()).toHaveLength(1);
  await Promise.all([1, 2].map(() => spreadOut(deps, 'stale', NOW, defaultSettings)));
  expect(await row()).toHaveLength(1);
});

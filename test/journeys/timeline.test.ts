import { expect, test } from '@jest/globals';
import { SECOND } from '../../src/lib/duration.ts';
import { incidentId, ts } from '../../src/lib/ids.ts';
import type { RecordedEntry } from '../../src/timeline/record.ts';
import { redact } from '../../src/timeline/transactions.ts';
import { type Setting, setStage } from './stage.ts';
import { channelOf, declare, gather, people } from './steps.ts';

const ROADS: [string, (events: Awaited<ReturnType<typeof setStage>>['slack']['faults']['events']) => void][] = [
  ['each event twice', (events) => events.duplicate(2, 200)],
  ['acks get lost, so Slack sends again', (events) => events.loseAcks(40)],
  ['events come late', (events) => events.delay(300, 7)],
  ['events come all at once, in reverse', (events) => events.hold()],
];

test.each([...ROADS.map((road) => ['http', ...road] as const), ...ROADS.map((road) => ['socket', ...road] as const)])(
  'over %s, %s: everything said and done in the channel is in the timeline, once',
  async (mode, _, disturb) => {
    const stage = await underway({ mode });
    const { slack, record, channel, oncall, commander, exec, pass } = stage;
    disturb(slack.faults.events);
    const first = oncall.says('error rate is 40 %', { in: channel.name });
    const reply = commander.says('looking at deploy 812', { in: channel.name, thread: first.ts });
    const file = oncall.says('see the graph', { in: channel.name, files: [{ name: 'graph.txt', content: '___/' }] });
    const wrong = oncall.says('it was Bob', { in: channel.name });
    oncall.edits(first, 'error rate is 45 %');
    await pass(2 * SECOND);
    oncall.edits(first, 'error rate is 50 %');
    oncall.deletes(wrong);
    slack.webhook(channel.name, 'p99 is back to normal', 'Pager');
    commander.reacts(first, 'eyes');
    commander.unreacts(first, 'eyes');
    commander.reacts(first, 'pushpin');
    commander.pins(file);
    commander.unpins(file);
    exec.joins(channel.name);
    exec.leaves(channel.name);
    slack.unfurl(first, 'A dashboard');
    slack.faults.events.release('reversed');
    await slack.settled();
    await stage.quiet();

    const { timeline } = await record(1);
    const of = (ts: string) => timeline.filter((one) => one.ts === ts);
    const kinds = (entries: readonly RecordedEntry[]) => entries.map((one) => one.kind).toSorted();
    expect(kinds(of(first.ts))).toEqual([
      'message',
      'message_edited',
      'message_edited',
      'reaction_added',
      'reaction_added',
      'reaction_removed',
    ]);
    expect(of(first.ts).find(({ kind }) => kind === 'message')).toMatchObject({
      text: 'error rate is 40 %',
      actor: oncall.id,
      key: true,
      permalink: expect.stringContaining(`/archives/${channel.id}/p${first.ts.replace('.', '')}`),
    });
    expect(of(reply.ts)).toMatchObject([{ kind: 'message', threadTs: first.ts, text: 'looking at deploy 812' }]);
    expect(kinds(of(file.ts))).toEqual(['message', 'pin_added', 'pin_removed']);
    expect(JSON.stringify(of(file.ts)[0]?.payload)).toContain('graph.txt');
    expect(kinds(of(wrong.ts))).toEqual(['message', 'message_deleted']);
    expect(of(wrong.ts).map(({ text }) => text ?? '')).toEqual(['', '']);
    expect(JSON.stringify(timeline)).not.toContain('Bob');
    expect(timeline.filter(({ text }) => text === 'p99 is back to normal')).toMatchObject([{ kind: 'message' }]);
    expect(timeline.filter(({ actor, kind }) => actor === exec.id && kind === 'member_joined')).toHaveLength(1);
    expect(timeline.filter(({ actor, kind }) => actor === exec.id && kind === 'member_left')).toHaveLength(1);
    const messages = timeline.filter(({ kind }) => kind === 'message').map(({ ts }) => ts);
    expect(new Set(messages).size).toBe(messages.length);
    // The bot's own posts, checklist in the thread included.
    for (const post of channel.posts.filter((one) => one.by === slack.bot.handle)) expect(messages).toContain(post.ts);
    expect(messages).toContain(channel.thread(channel.pins[0]?.ts ?? '')[0]?.ts);
    expect(slack.journal.violations()).toEqual([]);
  },
);

test('what is said while the channel opens is found by reading its history', async () => {
  const stage = await setStage();
  const { slack, record } = stage;
  const { oncall, exec } = people(slack);
  // Every answer of Slack comes late, so that people are faster than the bot.
  slack.faults.on('conversations.create', { delayMs: 300 });
  slack.faults.on('chat.postMessage', { delayMs: 300 });
  slack.faults.events.hold();
  await oncall.slash('/incident declare sev1 checkout is down', { in: 'general' });
  const channel = await slack.until(() => slack.channels().find((one) => one.name.startsWith('inc-')));
  exec.joins(channel.name);
  const early = exec.says('are you on it?', { in: channel.name });
  const thread = exec.says('hello?', { in: channel.name, thread: early.ts });
  await channelOf(stage, 1);
  await stage.sitrep.idle();
  const found = (await record(1)).timeline.filter(({ ts }) => ts === early.ts || ts === thread.ts);
  expect(found.map(({ text, recovered }) => [text, recovered])).toEqual([
    ['are you on it?', true],
    ['hello?', true],
  ]);
  slack.faults.events.release();
  await stage.quiet();
  const after = (await record(1)).timeline.filter(({ ts }) => ts === early.ts || ts === thread.ts);
  expect(after.map(({ text }) => text)).toEqual(['are you on it?', 'hello?']);
  expect(slack.journal.violations()).toEqual([]);
});

test('what an event says before the channel is known is not lost', async () => {
  const stage = await setStage();
  const { slack, record } = stage;
  const { oncall, exec } = people(slack);
  // The channel stands in Slack, but the bot has not yet heard that it does.
  slack.faults.on('conversations.create', { loseAnswer: true });
  await oncall.slash('/incident declare sev1 checkout is down', { in: 'general' });
  const channel = await slack.until(() => slack.channels().find((one) => one.name.startsWith('inc-')));
  exec.joins(channel.name);
  exec.says('are you on it?', { in: channel.name });
  await slack.settled();
  await channelOf(stage, 1);
  await stage.quiet();
  // Held until the id was on record, not found again in history.
  expect((await record(1)).timeline.filter(({ text }) => text === 'are you on it?')).toMatchObject([
    { recovered: false },
  ]);
  expect(slack.journal.violations()).toEqual([]);
});

test('redact takes the words out of the record and says who did it', async () => {
  const { slack, record, db, channel, oncall, quiet } = await underway();
  const said = oncall.says('the password is hunter2', { in: channel.name });
  oncall.edits(said, 'the password was hunter2');
  await quiet();
  expect(JSON.stringify(await record(1))).toContain('hunter2');
  await redact({ db, now: () => new Date() }, incidentId(1), ts(said.ts), 'operator');
  oncall.edits(said, 'hunter2 is no more');
  await quiet();
  const held = await record(1);
  expect(JSON.stringify(held)).not.toContain('hunter2');
  // The edit that came afterwards says it again: it is blanked as it arrives, and that too is audited.
  expect(held.audit).toMatchObject([{ what: 'declared' }, { actor: 'operator' }, { what: 'deleted text blanked' }]);
  expect(slack.journal.violations()).toEqual([]);
});

test('Add to timeline and 📌 mark messages as key, and key messages stand in the draft', async () => {
  const { slack, record, channel, oncall, commander, quiet } = await underway();
  const one = oncall.says('rolled back deploy 812', { in: channel.name });
  const other = oncall.says('cache flushed', { in: channel.name });
  oncall.says('lunch?', { in: channel.name });
  await quiet();
  await commander.shortcut('Add to timeline', one);
  await commander.sees('Marked as key in the timeline of INC-1');
  commander.reacts(other, 'pushpin');
  await quiet();
  await oncall.slash('/incident resolve rolled back', { in: channel.name });
  await quiet();
  const held = await record(1);
  expect(held.timeline.filter(({ kind, key }) => kind === 'message' && key).map(({ text }) => text)).toEqual([
    'rolled back deploy 812',
    'cache flushed',
  ]);
  expect(held.postmortem?.markdown).toContain('rolled back deploy 812');
  expect(held.postmortem?.markdown).toContain('cache flushed');
  expect(held.postmortem?.markdown).not.toContain('lunch?');
  expect(slack.journal.violations()).toEqual([]);
});

async function underway(setting: Setting = {}) {
  const stage = await setStage(setting);
  const { channel } = await declare(stage, 'sev1 checkout is down');
  gather(stage.slack, channel, 'commander');
  await stage.quiet();
  return { ...stage, channel, ...people(stage.slack) };
}

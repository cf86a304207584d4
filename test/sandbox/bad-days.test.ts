import { afterEach, expect, test } from '@jest/globals';
import { createBadDays } from '../../src/sandbox/bad-days.ts';
import { createInspector } from '../../src/sandbox/inspector.ts';
import { type Started, startSocketApp } from './apps.ts';
import { client } from './client.ts';

let started: Started | null = null;
afterEach(async () => {
  await started?.stop();
  started = null;
});

async function setUp() {
  const heard: string[] = [];
  started = await startSocketApp((app) => {
    app.event('message', async ({ event }) => void heard.push('text' in event ? String(event.text) : ''));
  });
  const { slack } = started;
  const oncall = slack.person('oncall');
  oncall.invites('sitrep', 'general');
  await slack.settled();
  heard.length = 0;
  slack.journal.clear();
  const badDays = createBadDays(slack);
  const state = (name: string) => badDays.switches.find((one) => one.name === name);
  const post = (text: string) => client(slack).chat.postMessage({ channel: slack.channel('general').id, text });
  return { slack, oncall, heard, badDays, state, post, inspector: createInspector(slack.journal) };
}

test('switches for events double them and hold them back, say what they did, and end when switched off', async () => {
  const { slack, oncall, heard, badDays, state } = await setUp();
  expect(badDays.switches.every((one) => !one.isOn && one.since === null && one.says !== '')).toBe(true);

  badDays.set('duplicates', true);
  oncall.says('one', { in: 'general' });
  await slack.until(() => heard.length === 2);
  expect(state('duplicates')).toMatchObject({ isOn: true, sofar: '1 event came twice' });
  badDays.set('duplicates', false);

  badDays.set('held', true);
  oncall.says('two', { in: 'general' });
  oncall.says('three', { in: 'general' });
  await slack.settled();
  expect(state('held')).toMatchObject({ isOn: true, sofar: '2 events held back', since: expect.any(Date) });
  badDays.allOff();
  await slack.until(() => heard.length === 4);

  // What is late comes when the workspace's clock has gone so far.
  badDays.set('late', true);
  oncall.says('four', { in: 'general' });
  await new Promise((resolve) => setImmediate(resolve));
  expect(heard).toEqual(['one', 'one', 'two', 'three']);
  slack.forward(20_000);
  await slack.until(() => heard.length === 5);
  badDays.set('late', false);
  expect(badDays.switches.some((one) => one.isOn)).toBe(false);

  badDays.refreshSockets();
  await slack.until(() => slack.journal.entries.some((e) => e.kind === 'socket' && e.what.includes('refresh')));
  await slack.connected();
});

test('switches for calls refuse some and lose the answers of others, and the inspector shows which', async () => {
  const { slack, oncall, badDays, state, post, inspector } = await setUp();
  badDays.set('lost-answers', true);
  await expect(post('lost')).rejects.toThrow();
  await post('lost');
  expect(slack.channel('general').posts.map((one) => one.text)).toEqual(['lost', 'lost']);
  expect(state('lost-answers')?.sofar).toBe('1 answer lost');
  badDays.set('lost-answers', false);

  badDays.set('rate-limits', true);
  await expect(client(slack).auth.test()).rejects.toMatchObject({ retryAfter: 5 });
  await post('passes');
  await slack.settled();
  badDays.set('rate-limits', false);

  badDays.set('slack-down', true);
  await expect(post('no')).rejects.toThrow();
  await slack.until(() => slack.sockets.count() === 0);
  badDays.set('slack-down', false);
  await slack.connected();
  oncall.says('heard', { in: 'general' });
  await slack.settled();

  const { id } = slack.channel('general');
  const posts = inspector
    .find({ name: 'chat.postMessage' })
    .map(({ outcome, retry, channel }) => [outcome, retry, channel]);
  expect(posts).toEqual([
    ['503 service_unavailable', 0, id],
    ['200 ok', 0, id],
    ['200 ok', 1, id],
    ['answer lost', 0, id],
  ]);
  expect(inspector.find({ kinds: ['call'], failedOnly: true }).map((one) => one.outcome)).toEqual(
    expect.arrayContaining(['503 service_unavailable', '429 ratelimited', 'answer lost']),
  );
  const [delivery] = inspector.find({ kinds: ['delivery'], channel: id, limit: 1 });
  expect(delivery).toMatchObject({
    name: 'message',
    outcome: 'acked',
    failed: false,
    retry: 0,
    ms: expect.any(Number),
  });
  expect(inspector.names()).toEqual(expect.arrayContaining(['auth.test', 'chat.postMessage', 'message']));
  expect(inspector.find({ after: delivery?.seq ?? 0, kinds: ['delivery'] })).toEqual([]);
  inspector.clear();
  expect(inspector.find()).toEqual([]);
});

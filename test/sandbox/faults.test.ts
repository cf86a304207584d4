import { afterEach, beforeEach, expect, test } from '@jest/globals';
import { type Sandbox, startSandbox } from '../../src/sandbox/sandbox.ts';
import { type Started, startSocketApp } from './apps.ts';
import { client, refusal } from './client.ts';

let slack: Sandbox;
let started: Started | null = null;
beforeEach(async () => {
  slack = await startSandbox({ manifest: 'manifest.yml', mode: 'socket' });
});
afterEach(async () => {
  await slack.close();
  await started?.stop();
  started = null;
});

const post = (text = 'hello') => client(slack).chat.postMessage({ channel: slack.channel('general').id, text });
const posted = () => slack.channel('general').posts.map((p) => p.text);

test('a lost answer means that it happened all the same', async () => {
  slack.faults.on('chat.postMessage', { loseAnswer: true });
  await expect(post('once')).rejects.toThrow();
  expect(posted()).toEqual(['once']);
  await post('twice');
  expect(posted()).toEqual(['once', 'twice']);
});

test('a dropped connection, a 500 and an error by name mean that nothing happened', async () => {
  slack.faults.on('chat.postMessage', { drop: true });
  await expect(post()).rejects.toThrow();
  slack.faults.on('chat.postMessage', { status: 500 });
  await expect(post()).rejects.toThrow();
  slack.faults.on('*', { error: 'restricted_action' });
  expect(await refusal(post())).toMatchObject({ error: 'restricted_action' });
  expect(posted()).toEqual([]);
});

test('internal_error may come after the effect', async () => {
  slack.faults.on('chat.postMessage', { errorAfter: 'internal_error' });
  expect(await refusal(post('half'))).toMatchObject({ error: 'internal_error' });
  expect(posted()).toEqual(['half']);
});

test('a 429 says when to come back, and coming earlier is a violation', async () => {
  slack.faults.on('chat.postMessage', { retryAfter: 30 });
  await expect(post()).rejects.toMatchObject({ retryAfter: 30 });
  expect(slack.journal.violations()).toEqual([]);
  await expect(post()).rejects.toThrow();
  expect(slack.journal.violations()).toEqual([expect.stringContaining('Retry-After')]);
  expect((await client(slack).auth.test()).ok).toBe(true);
});

test('a fault may pick its call by the arguments', async () => {
  slack.faults.on('chat.postMessage', { error: 'fatal_error' }, { when: (args) => args.text === 'second' });
  await post('first');
  expect(await refusal(post('second'))).toMatchObject({ error: 'fatal_error' });
  await post('second');
  expect(posted()).toEqual(['first', 'second']);
});

test('with rate limits on, a channel takes a short burst of posts and then one a second', async () => {
  const strict = await startSandbox({ manifest: 'manifest.yml', mode: 'socket', rateLimits: true });
  const burst = () => client(strict).chat.postMessage({ channel: strict.channel('general').id, text: 'x' });
  for (let i = 0; i < 4; i++) await burst();
  await expect(burst()).rejects.toMatchObject({ retryAfter: 1 });
  await strict.close();
});

test('while Slack is down no call succeeds and no socket stays', async () => {
  started = await startSocketApp();
  const { slack: theirs, app } = started;
  theirs.faults.down();
  await theirs.until(() => theirs.sockets.count() === 0);
  expect((await theirs.person('oncall').slash('/incident', { in: 'general' })).outcome).toBe('dispatch_failed');
  await expect(client(theirs).auth.test()).rejects.toThrow();
  theirs.faults.up();
  await theirs.connected();
  expect((await app.client.auth.test()).ok).toBe(true);
});

test('events come twice, late or in another order when told to', async () => {
  const heard: string[] = [];
  started = await startSocketApp((app) => {
    app.event('message', async ({ event }) => {
      heard.push('text' in event ? String(event.text) : '');
    });
  });
  const { slack: theirs } = started;
  const oncall = theirs.person('oncall');
  oncall.invites('sitrep', 'general');
  await theirs.settled();
  heard.length = 0;
  theirs.faults.events.hold();
  oncall.says('one', { in: 'general' });
  oncall.says('two', { in: 'general' });
  theirs.faults.events.release('reversed');
  await theirs.settled();
  expect(heard).toEqual(['two', 'one']);
  theirs.faults.events.duplicate(2);
  oncall.says('three', { in: 'general' });
  await theirs.until(() => heard.length === 4);
  expect(heard.slice(2)).toEqual(['three', 'three']);
});

test('two connections share the envelopes, and one asked to refresh leaves the other to answer', async () => {
  started = await startSocketApp((app) => app.command('/incident', async ({ ack }) => ack('here')));
  const { slack: theirs } = started;
  const second = await startSocketAppOn(theirs);
  await theirs.connected(2);
  theirs.sockets.disconnect('refresh_requested', 'oldest');
  const reply = await theirs.person('oncall').slash('/incident', { in: 'general' });
  expect(['here', '']).toContain(reply.text);
  await theirs.connected(2);
  await second();
});

async function startSocketAppOn(theirs: Sandbox): Promise<() => Promise<void>> {
  const { url } = (await (
    await fetch(`${theirs.apiUrl}apps.connections.open`, {
      method: 'POST',
      headers: { authorization: `Bearer ${theirs.tokens.app}` },
    })
  ).json()) as { url: string };
  const socket = new WebSocket(url);
  socket.onmessage = ({ data }) => {
    const { envelope_id } = JSON.parse(String(data)) as { envelope_id?: string };
    if (envelope_id) socket.send(JSON.stringify({ envelope_id }));
  };
  await new Promise((resolve) => {
    socket.onopen = resolve;
  });
  return async () => socket.close();
}

test('waiting in vain fails with what was waited for and the last lines of the journal', async () => {
  await post('a trace');
  const wait = slack.until(() => false, { timeoutMs: 20, what: 'the impossible' });
  await expect(wait).rejects.toThrow(/the impossible[\s\S]*chat\.postMessage[\s\S]*a trace/);
});

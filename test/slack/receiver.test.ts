import { afterEach, beforeEach, expect, test } from '@jest/globals';
import { WebSocket } from 'ws';
import { createApp } from '../../src/slack/app.ts';
import type { Listeners } from '../../src/slack/listeners.ts';
import { createSocketReceiver, type SocketOptions, type SocketReceiver } from '../../src/slack/receiver.ts';
import { appOptions, click, command, event, form } from './hearing.ts';
import { silent } from './silent.ts';
import { type SocketSlack, socketSlack, until } from './socket-slack.ts';

let slack: SocketSlack;
let receiver: SocketReceiver | null = null;
beforeEach(async () => {
  slack = await socketSlack();
});
afterEach(async () => {
  await receiver?.stop();
  await slack.close();
});

async function connect(listeners: Listeners = {}, over: Partial<SocketOptions> = {}) {
  const made = createSocketReceiver({ appToken: 'xapp-1', apiUrl: slack.apiUrl, log: silent, retryMs: 10, ...over });
  receiver = made;
  const { options, said } = appOptions(listeners);
  createApp({ ...options, receiver: made });
  await made.start();
  return { receiver: made, said };
}
const message = event({ type: 'message', channel: 'C1', ts: '1.000001' });
function held() {
  let release: () => void = () => undefined;
  const work = new Promise<void>((resolve) => {
    release = resolve;
  });
  return { work, release };
}

test('an envelope is acknowledged when its work has settled, not before', async () => {
  const { work, release } = held();
  let begun = false;
  const listener = () => {
    begun = true;
    return work;
  };
  await connect({ events: { message: listener } });
  slack.envelope(0, 'e1', 'events_api', message, { retry_attempt: 0 });
  await until(() => begun);
  expect(slack.acks).toEqual([]);
  release();
  await until(() => slack.acks.length > 0);
  expect(slack.acks).toEqual([{ by: 0, frame: { envelope_id: 'e1' } }]);
});

test('an event whose commit failed is not acknowledged, and is when it comes again and goes well', async () => {
  let tries = 0;
  const listener = async () => {
    tries += 1;
    if (tries === 1) throw new Error('commit failed');
  };
  const { said } = await connect({ events: { message: listener } });
  slack.envelope(0, 'e1', 'events_api', message);
  await until(() => said.seen.length === 1);
  slack.envelope(0, 'e2', 'events_api', message, { retry_attempt: 1, retry_reason: 'timeout' });
  await until(() => slack.acks.length > 0);
  expect(slack.acks.map(({ frame }) => frame.envelope_id)).toEqual(['e2']);
});

test('commands and forms get their answer in the acknowledgement, clicks an empty one', async () => {
  await connect({
    verbs: { ic: async () => ({ say: { text: 'You have command.' } }) },
    clicks: { take: async () => ({ silent: true }) },
    forms: { declare: async () => ({ errors: { title: 'too long' } }) },
  });
  slack.envelope(0, 'e1', 'slash_commands', command('ic'));
  slack.envelope(0, 'e2', 'interactive', click({ action_id: 'take' }));
  slack.envelope(0, 'e3', 'interactive', form('declare'));
  await until(() => slack.acks.length === 3);
  const byId = new Map(slack.acks.map(({ frame }) => [frame.envelope_id, frame.payload]));
  expect(byId.get('e1')).toEqual({ response_type: 'ephemeral', text: 'You have command.' });
  expect(byId.get('e2')).toBeUndefined();
  expect(byId.get('e3')).toEqual({ response_action: 'errors', errors: { title: 'too long' } });
});

test('a command that faults is answered, not left', async () => {
  await connect({ verbs: { ic: () => Promise.reject(new Error('boom')) } });
  slack.envelope(0, 'e1', 'slash_commands', command('ic'));
  await until(() => slack.acks.length === 1);
  expect(slack.acks[0]?.frame.payload).toMatchObject({ text: expect.stringMatching(/^Nothing was recorded/) });
});

test('no answer is put where Slack accepts none', async () => {
  await connect({ verbs: { ic: async () => ({ say: { text: 'x' } }) } });
  slack.envelope(0, 'e1', 'slash_commands', command('ic'), { accepts_response_payload: false });
  await until(() => slack.acks.length === 1);
  expect(slack.acks[0]?.frame).toEqual({ envelope_id: 'e1' });
});

test.each([
  ['what cannot be read', { type: 'dance' }],
  ['a notice of left out events', { type: 'app_rate_limited', minute_rate_limited: 1 }],
])('%s is acknowledged and left: it would come again the same', async (_, payload) => {
  await connect();
  slack.envelope(0, 'e1', 'events_api', payload);
  await until(() => slack.acks.length === 1);
});

test('frames that are no JSON, or of no known type, harm nothing', async () => {
  await connect({ events: { message: async () => undefined } });
  slack.sockets[0]?.send('no json');
  slack.say(0, { type: 'greeting' });
  slack.envelope(0, 'e1', 'events_api', message);
  await until(() => slack.acks.length === 1);
});

test.each(['warning', 'refresh_requested'])(
  'on a %s frame the replacement is open before the old one ends, which acknowledges what it began',
  async (reason) => {
    const { work, release } = held();
    const { receiver } = await connect({ events: { message: () => work } });
    slack.envelope(0, 'e1', 'events_api', message);
    slack.say(0, { type: 'disconnect', reason });
    await until(() => slack.sockets.length === 2);
    expect(slack.sockets[0]?.readyState).toBe(WebSocket.OPEN);
    await until(() => receiver.state().open === 2);
    release();
    await until(() => slack.acks.length === 1);
    expect(slack.acks[0]?.by).toBe(0);
    slack.sockets[0]?.close(1000);
    await until(() => receiver.state().open === 1);
  },
);

test('a connection that drops without a word is replaced', async () => {
  const { receiver } = await connect();
  slack.sockets[0]?.terminate();
  await until(() => slack.sockets.length === 2 && receiver.state().open === 1);
  expect(receiver.state().withoutMs).toBe(0);
});

test('a connection on which nothing moves is given up and replaced', async () => {
  await slack.close();
  slack = await socketSlack(false);
  await connect({}, { silenceMs: 60 });
  await until(() => slack.sockets.length >= 2);
});

test('a second connection is opened later than the first', async () => {
  const { receiver } = await connect({}, { secondAfterMs: 30 });
  expect(receiver.state().open).toBe(1);
  await until(() => receiver.state().open === 2);
});

test('a Slack that is down stops no start, is said, and is tried until it is back', async () => {
  slack.refuseWith = { ok: false, error: 'internal_error' };
  const { receiver } = await connect();
  expect(receiver.state()).toMatchObject({ open: 0, problem: 'apps.connections.open: internal_error' });
  expect(receiver.state().withoutMs).toBeGreaterThan(0);
  await until(() => slack.opens > 2);
  slack.refuseWith = null;
  await until(() => receiver.state().open === 1);
  expect(receiver.state().problem).toBeNull();
});

test('a refused token is said with the next step, tried again slowly, and the process lives', async () => {
  slack.refuseWith = { ok: false, error: 'invalid_auth' };
  const { receiver } = await connect({}, { slowRetryMs: 40 });
  expect(receiver.state().problem).toBe(
    'apps.connections.open: invalid_auth: check SLACK_APP_TOKEN and its scope connections:write.',
  );
  expect(slack.opens).toBe(1);
  slack.refuseWith = null;
  await until(() => receiver.state().open === 1);
});

test('a limit on opening sockets holds for every process: who is told notes it, who was not does not ask', async () => {
  const noted: [string, number][] = [];
  let isOn = false;
  const limits = { isOn: async () => isOn, met: async (scope: string, ms: number) => void noted.push([scope, ms]) };
  slack.refuseWith = { ok: false, error: 'ratelimited' };
  const told = await connect({}, { limits });
  expect(noted).toEqual([['apps.connections.open', 1_000]]);
  await told.receiver.stop();
  slack.refuseWith = null;
  isOn = true;
  const { receiver } = await connect({}, { limits });
  expect(slack.opens).toBe(1);
  expect(receiver.state()).toMatchObject({ open: 0, problem: expect.stringContaining('another process') });
  isOn = false;
  await until(() => receiver.state().open === 1);
});

test('stopping waits for what has begun, acknowledges it, and then hangs up', async () => {
  const { work, release } = held();
  let begun = false;
  const listener = () => {
    begun = true;
    return work;
  };
  const { receiver } = await connect({ events: { message: listener } });
  slack.envelope(0, 'e1', 'events_api', message);
  await until(() => begun);
  const stopped = receiver.stop();
  release();
  await stopped;
  await until(() => slack.sockets[0]?.readyState === WebSocket.CLOSED);
  expect(slack.acks).toHaveLength(1);
  expect(slack.sockets).toHaveLength(1);
});

import { once } from 'node:events';
import { createServer } from 'node:http';
import type { AddressInfo } from 'node:net';
import { afterEach, describe, expect, test } from '@jest/globals';
import { type WebSocket, WebSocketServer } from 'ws';
import { createApp } from '../../src/slack/app.ts';
import type { Listeners } from '../../src/slack/listeners.ts';
import { createSocketReceiver } from '../../src/slack/receiver.ts';
import { appOptions, event, hearOverHttp } from './hearing.ts';
import { silent } from './silent.ts';

const opened: (() => Promise<unknown>)[] = [];
afterEach(async () => {
  for (const close of opened.splice(0).reverse()) await close();
});

/** Delivers an event of this type; resolves when it is acknowledged, rejects when it is refused, else never. */
type Deliver = (type: string) => Promise<void>;

const roads: [string, (listeners: Listeners) => Promise<Deliver>][] = [
  ['http', overHttp],
  ['socket', overSocket],
];

describe.each(roads)('over %s,', (_, road) => {
  test('an event is acknowledged after its work, not before', async () => {
    const acked: string[] = [];
    const begun = Promise.withResolvers<void>();
    const committed = Promise.withResolvers<void>();
    const deliver = await road({
      events: {
        slow: async () => {
          begun.resolve();
          await committed.promise;
        },
        quick: async () => {},
      },
    });
    const slow = deliver('slow').then(() => acked.push('slow'));
    await begun.promise;
    await deliver('quick').then(() => acked.push('quick'));
    expect(acked).toEqual(['quick']);
    committed.resolve();
    await slow;
  });

  test('an event whose work failed is not acknowledged', async () => {
    const acked: string[] = [];
    const begun = Promise.withResolvers<void>();
    const deliver = await road({
      events: {
        failing: async () => {
          begun.resolve();
          throw new Error('the database is away');
        },
        quick: async () => {},
      },
    });
    deliver('failing').then(
      () => acked.push('failing'),
      () => {},
    );
    await begun.promise;
    await deliver('quick').then(() => acked.push('quick'));
    expect(acked).toEqual(['quick']);
  });
});

async function overHttp(listeners: Listeners): Promise<Deliver> {
  const { web, send } = await hearOverHttp(listeners);
  opened.push(() => web.close());
  return async (type) => {
    const { status } = await send(event({ type }));
    if (status !== 200) throw new Error(`answered with ${status}`);
  };
}

/** The little of Slack that hands out a socket and counts acknowledgements. */
async function overSocket(listeners: Listeners): Promise<Deliver> {
  const slack = createServer((_, response) => {
    const { port } = slack.address() as AddressInfo;
    response.setHeader('content-type', 'application/json');
    response.end(JSON.stringify({ ok: true, url: `ws://127.0.0.1:${port}/link` }));
  });
  const hub = new WebSocketServer({ server: slack });
  slack.listen(0, '127.0.0.1');
  await once(slack, 'listening');
  opened.push(() => new Promise((resolve) => slack.close(resolve)));
  const connected = once(hub, 'connection') as Promise<[WebSocket]>;
  const { port } = slack.address() as AddressInfo;
  const receiver = createSocketReceiver({ appToken: 'xapp-1', apiUrl: `http://127.0.0.1:${port}/api/`, log: silent });
  createApp({ receiver, ...appOptions(listeners).options });
  const started = receiver.start();
  opened.push(() => receiver.stop() as Promise<unknown>);
  const [socket] = await connected;
  socket.send(JSON.stringify({ type: 'hello' }));
  await started;

  const waiting = new Map<string, () => void>();
  socket.on('message', (data) => waiting.get(JSON.parse(String(data)).envelope_id)?.());
  return (type) =>
    new Promise((resolve) => {
      const envelope_id = `${type}-${waiting.size}`;
      waiting.set(envelope_id, resolve);
      socket.send(JSON.stringify({ envelope_id, type: 'events_api', payload: event({ type }) }));
    });
}

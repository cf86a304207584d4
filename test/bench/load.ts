import { once } from 'node:events';
import type { AddressInfo } from 'node:net';
import { Pool } from 'undici';
import { type WebSocket, WebSocketServer } from 'ws';
import { messageEvent, signed } from './payloads.ts';

/** Slack's side of one server under test: resolves when it has acknowledged, rejects when it did not. */
export type Send = () => Promise<void>;

export interface Flow {
  /** Acknowledged in a second. */
  readonly rate: number;
  readonly acked: number;
  readonly refused: number;
  /** Share of one core this process, the load, was busy with. */
  readonly loadBusy: number;
}

/** Keeps this many under way for so long, and waits for the last. */
export async function flow(send: Send, { inFlight, forMs }: { inFlight: number; forMs: number }): Promise<Flow> {
  const cpu = process.cpuUsage();
  const start = performance.now();
  let [acked, refused] = [0, 0];
  const lane = async () => {
    while (performance.now() - start < forMs) {
      try {
        await send();
        acked += 1;
      } catch {
        refused += 1;
      }
    }
  };
  await Promise.all(Array.from({ length: inFlight }, lane));
  const took = performance.now() - start;
  const { user, system } = process.cpuUsage(cpu);
  return { rate: (acked / took) * 1_000, acked, refused, loadBusy: (user + system) / 1_000 / took };
}

export function httpLine(url: string, connections: number) {
  const { origin, pathname: path } = new URL(url);
  const pool = new Pool(origin, { connections, pipelining: 1 });
  const post = async (body: string, type: string): Promise<{ status: number; text: string }> => {
    const headers = { 'content-type': type, 'user-agent': 'Slackbot 1.0', ...signed(body) };
    const response = await pool.request({ method: 'POST', path, headers, body });
    return { status: response.statusCode, text: await response.body.text() };
  };
  const sendEvent = async (channel?: string) => {
    const { status } = await post(JSON.stringify(messageEvent(channel)), 'application/json');
    if (status !== 200) throw new Error(`answered with ${status}`);
  };
  return {
    sendEvent: () => sendEvent(),
    sendEventTo:
      (channel: string): Send =>
      () =>
        sendEvent(channel),
    command: (body: string) => post(body, 'application/x-www-form-urlencoded'),
    close: () => pool.destroy(),
  };
}

/** Socket Mode's far end: says hello, sends envelopes, waits for their acknowledgement. */
export async function openSocketLine() {
  const hub = new WebSocketServer({ host: '127.0.0.1', port: 0, perMessageDeflate: false });
  await once(hub, 'listening');
  const sockets = new Map<string, WebSocket>();
  const waiting = new Map<string, () => void>();
  let count = 0;
  hub.on('connection', (socket, request) => {
    sockets.set(new URL(request.url ?? '', 'http://x').searchParams.get('who') ?? '', socket);
    socket.on('message', (data) => {
      const { envelope_id: id } = JSON.parse(String(data)) as { envelope_id: string };
      waiting.get(id)?.();
      waiting.delete(id);
    });
    socket.send(JSON.stringify({ type: 'hello', num_connections: 1, connection_info: { app_id: 'A0BENCH' } }));
  });
  const beat = setInterval(() => {
    for (const socket of hub.clients) socket.ping();
  }, 3_000);
  return {
    url: `ws://127.0.0.1:${(hub.address() as AddressInfo).port}/`,
    sendTo: (appToken: string): Send => {
      const socket = sockets.get(appToken);
      if (!socket) throw new Error(`${appToken} did not connect`);
      return () =>
        new Promise((resolve, reject) => {
          count += 1;
          const id = `envelope-${count}`;
          const late = setTimeout(() => {
            waiting.delete(id);
            reject(new Error('not acknowledged within 3 s'));
          }, 3_000);
          waiting.set(id, () => {
            clearTimeout(late);
            resolve();
          });
          const envelope = {
            envelope_id: id,
            type: 'events_api',
            accepts_response_payload: false,
            retry_attempt: 0,
            retry_reason: '',
          };
          socket.send(JSON.stringify({ ...envelope, payload: messageEvent() }));
        });
    },
    close: () => {
      clearInterval(beat);
      for (const socket of hub.clients) socket.terminate();
      hub.close();
    },
  };
}

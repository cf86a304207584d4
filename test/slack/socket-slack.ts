import { once } from 'node:events';
import { createServer } from 'node:http';
import type { AddressInfo } from 'node:net';
import { type WebSocket, WebSocketServer } from 'ws';

type Json = Record<string, unknown>;

/** Slack's end of Socket Mode, as far as a receiver can tell: `apps.connections.open` and what is behind its address. */
export interface SocketSlack {
  readonly apiUrl: string;
  /** Every connection that was opened, in order. */
  readonly sockets: WebSocket[];
  /** Frames that came back, with the number of the connection they came by. */
  readonly acks: { by: number; frame: Json }[];
  /** What apps.connections.open answers; null: an address of its own. */
  refuseWith: Json | null;
  /** Whether pings are answered. */
  readonly options: { autoPong: boolean };
  opens: number;
  say(socket: number, frame: Json): void;
  envelope(socket: number, id: string, type: string, payload: Json, more?: Json): void;
  close(): Promise<void>;
}

export async function socketSlack(autoPong = true): Promise<SocketSlack> {
  const server = createServer((_, response) => {
    slack.opens += 1;
    const { port } = server.address() as AddressInfo;
    const body = slack.refuseWith ?? { ok: true, url: `ws://127.0.0.1:${port}/link?ticket=${slack.opens}` };
    response.writeHead(200, { 'content-type': 'application/json' }).end(JSON.stringify(body));
  });
  const hub = new WebSocketServer({ server, autoPong });
  server.listen(0, '127.0.0.1');
  await once(server, 'listening');

  const slack: SocketSlack = {
    apiUrl: `http://127.0.0.1:${(server.address() as AddressInfo).port}/api/`,
    sockets: [],
    acks: [],
    refuseWith: null,
    options: { autoPong },
    opens: 0,
    say: (socket, frame) => slack.sockets[socket]?.send(JSON.stringify(frame)),
    envelope: (socket, id, type, payload, more = {}) =>
      slack.say(socket, {
        envelope_id: id,
        type,
        accepts_response_payload: type !== 'events_api',
        payload,
        ...more,
      }),
    async close() {
      for (const socket of hub.clients) socket.terminate();
      hub.close();
      server.closeAllConnections();
      await new Promise((resolve) => server.close(resolve));
    },
  };
  hub.on('connection', (socket) => {
    const by = slack.sockets.push(socket) - 1;
    socket.on('message', (data) => slack.acks.push({ by, frame: JSON.parse(String(data)) as Json }));
    socket.on('error', () => undefined);
    slack.say(by, { type: 'hello', num_connections: hub.clients.size });
  });
  return slack;
}

/** Resolves when the condition holds, and rejects when it does not come to hold in ten seconds. */
export async function until(isSo: () => boolean): Promise<void> {
  for (let looks = 0; !isSo(); looks++) {
    if (looks > 2_000) throw new Error(`never came true: ${isSo}`);
    await new Promise((resolve) => setTimeout(resolve, 5));
  }
}

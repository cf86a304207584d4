import { randomUUID } from 'node:crypto';
import type { IncomingMessage, Server } from 'node:http';
import { type WebSocket, WebSocketServer } from 'ws';
import type { Ack, Line, Parcel } from './delivery.ts';
import type { Json, World } from './world.ts';

/** Socket Mode: up to ten connections, each envelope to any one of them. */
export type SocketLine = Line & {
  /** A single-use address for one connection, as apps.connections.open answers it. */
  readonly ticket: () => string;
  readonly count: () => number;
  /** Breaks every connection without a word. */
  readonly drop: () => void;
  /** Says that the connections end soon (`warning`), or asks for new ones and closes (`refresh_requested`). */
  readonly disconnect: (reason: 'warning' | 'refresh_requested' | 'link_disabled', which?: 'all' | 'oldest') => void;
  readonly close: () => void;
};

const MAX_SOCKETS = 10;
const PING_EVERY_MS = 5_000;
const ENVELOPE = { event: 'events_api', command: 'slash_commands', interactive: 'interactive' } as const;

type Waiting = { settle: (ack: Ack) => void; accepts: boolean; socket: WebSocket };

export function createSocketLine(world: World, server: Server): SocketLine {
  const sockets: WebSocket[] = [];
  const tickets = new Set<string>();
  const waiting = new Map<string, Waiting>();
  const settled = new Set<string>();
  const hub = new WebSocketServer({ noServer: true });
  let turn = 0;
  const say = (what: string) => world.journal.record({ kind: 'socket', what });
  const violation = (what: string) => world.journal.record({ kind: 'violation', what });

  server.on('upgrade', (request, socket, head) => {
    if (redeem(tickets, request)) hub.handleUpgrade(request, socket, head, open);
    else socket.destroy();
  });

  function open(socket: WebSocket) {
    if (sockets.length >= MAX_SOCKETS) {
      socket.send(JSON.stringify({ type: 'disconnect', reason: 'too_many_websockets', ...aboutConnections() }));
      socket.close();
      return;
    }
    sockets.push(socket);
    const ping = setInterval(() => socket.ping(), PING_EVERY_MS);
    socket.on('message', (data) => hear(String(data)));
    socket.on('error', () => socket.terminate());
    socket.on('close', () => {
      clearInterval(ping);
      const at = sockets.indexOf(socket);
      if (at >= 0) sockets.splice(at, 1);
      failAll((w) => w.socket === socket);
      say(`a connection ended, ${sockets.length} open`);
    });
    const debug_info = {
      host: 'applink-sandbox',
      started: world.now().toISOString(),
      approximate_connection_time: 3600,
    };
    socket.send(JSON.stringify({ type: 'hello', ...aboutConnections(), debug_info }));
    say(`a connection opened, ${sockets.length} open`);
  }

  const aboutConnections = () => ({ num_connections: sockets.length, connection_info: { app_id: world.app.id } });

  function hear(frame: string) {
    let ack: { envelope_id?: unknown; payload?: unknown };
    try {
      ack = JSON.parse(frame);
    } catch {
      return violation(`a socket frame that is not JSON: ${frame.slice(0, 200)}`);
    }
    const id = String(ack.envelope_id);
    const held = waiting.get(id);
    if (!held) {
      return violation(settled.has(id) ? `envelope ${id} was acked again or too late` : `no such envelope: ${id}`);
    }
    // The SDK always sends `payload: {}`, which Slack reads as none.
    const isEmpty = isObject(ack.payload) && Object.keys(ack.payload).length === 0;
    const payload = isEmpty ? undefined : ack.payload;
    if (payload !== undefined && !held.accepts)
      violation(`envelope ${id} accepts no payload, got ${JSON.stringify(payload)}`);
    settle(id, { outcome: 'acked', payload });
  }

  function settle(id: string, ack: Ack) {
    const held = waiting.get(id);
    waiting.delete(id);
    settled.add(id);
    held?.settle(ack);
  }

  function failAll(which: (waiting: Waiting) => boolean) {
    for (const [id, held] of waiting) if (which(held)) settle(id, { outcome: 'connection_failed' });
  }

  function send(
    parcel: Parcel,
    payload: Json,
    attempt: { number: number; reason: string },
    deadlineMs: number,
  ): Promise<Ack> {
    turn += 1;
    const socket = sockets[turn % Math.max(1, sockets.length)];
    if (!socket) return Promise.resolve({ outcome: 'connection_failed' });
    const id = randomUUID();
    const accepts = parcel !== 'event';
    const retry = {
      retry_attempt: attempt.number,
      retry_reason: attempt.reason === 'http_timeout' ? 'timeout' : attempt.reason,
    };
    const envelope = {
      envelope_id: id,
      type: ENVELOPE[parcel],
      accepts_response_payload: accepts,
      ...(parcel === 'event' ? retry : {}),
      payload,
    };
    return new Promise((resolve) => {
      const limit = setTimeout(() => settle(id, { outcome: 'http_timeout' }), deadlineMs);
      waiting.set(id, {
        socket,
        accepts,
        settle: (ack) => {
          clearTimeout(limit);
          resolve(ack);
        },
      });
      socket.send(JSON.stringify(envelope));
    });
  }

  return {
    send,
    ticket: () => {
      const ticket = randomUUID();
      tickets.add(ticket);
      return `${world.origin.replace(/^http/, 'ws')}/link/?ticket=${ticket}&app_id=${world.app.id}`;
    },
    count: () => sockets.length,
    drop: () => {
      for (const socket of [...sockets]) socket.terminate();
    },
    disconnect: (reason, which = 'all') => {
      for (const socket of which === 'all' ? [...sockets] : sockets.slice(0, 1)) {
        socket.send(JSON.stringify({ type: 'disconnect', reason, debug_info: { host: 'wss-sandbox' } }));
        if (reason !== 'warning') socket.close(1000);
      }
      say(`disconnect: ${reason} (${which})`);
    },
    close: () => {
      failAll(() => true);
      for (const socket of [...sockets]) socket.terminate();
      hub.close();
    },
  };
}

function redeem(tickets: Set<string>, request: IncomingMessage): boolean {
  const url = new URL(request.url ?? '/', 'http://localhost');
  return url.pathname.startsWith('/link') && tickets.delete(url.searchParams.get('ticket') ?? '');
}

const isObject = (value: unknown): value is object => typeof value === 'object' && value !== null;

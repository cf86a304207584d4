import type { IncomingMessage, ServerResponse } from 'node:http';
import type { Socket } from 'node:net';
import { type App, HTTPReceiver, type Receiver, type ReceiverEvent } from '@slack/bolt';
import { WebClient } from '@slack/web-api';
import { WebSocket } from 'ws';
import { z } from 'zod';
import type { KnownLimits } from './client.ts';
import { type Envelope, readEnvelope } from './envelope.ts';
import { faultOf } from './faults.ts';
import { faultFields, type Log, quietLogger } from './quiet.ts';

/**
 * Bolt's own HTTP receiver, holding every answer until the work behind it has settled; a fault becomes a 500. The
 * server (web/server.ts) reads, limits and checks the request first and hands over one with `rawBody` set.
 */
export function createHttpReceiver({ signingSecret, log }: { signingSecret: string; log: Log }): HttpReceiver {
  const receiver = new HTTPReceiver({
    signingSecret,
    // The server has checked the signature already, more strictly; a second check costs a fifth of an event.
    signatureVerification: false,
    processBeforeResponse: true,
    logger: quietLogger(log),
    customPropertiesExtractor: (request) => {
      const { receivedAt, envelope } = request as Partial<Read>;
      return { receivedAt, envelope };
    },
  });
  return { receiver, handle: (request, response) => receiver.requestListener(request, response) };
}

interface HttpReceiver {
  readonly receiver: Receiver;
  readonly handle: (request: IncomingMessage & Read & { rawBody: Buffer }, to: ServerResponse) => void;
}

/** What is known of a request before Bolt sees it; app.ts finds it in Bolt's context. */
interface Read {
  readonly receivedAt: number;
  readonly envelope: Envelope;
}

export interface SocketOptions {
  readonly appToken: string;
  readonly apiUrl: string;
  readonly log: Log;
  /** Slack refreshes connections by age: two of one age would be gone at once. */
  readonly secondAfterMs?: number;
  /** No frame, ping or pong for so long: the connection is dead, whatever TCP says. */
  readonly silenceMs?: number;
  /** What Slack's 429s said to any process. */
  readonly limits?: KnownLimits;
  /** Between tries after an answer that will not change by itself (`invalid_auth`). */
  readonly slowRetryMs?: number;
  /** First wait after a failure; doubles up to 15 s. */
  readonly retryMs?: number;
  /** Connected again after a time without any connection: what happened meanwhile may never be told. */
  readonly onGap?: () => void;
  /** Slack left out events for a minute. */
  readonly onLeftOut?: () => void;
  /** How long what has begun may take once the process stops. */
  readonly graceMs?: number;
}

interface SocketState {
  readonly open: number;
  /** Milliseconds without any connection; 0 while one is open. */
  readonly withoutMs: number;
  readonly lastConnectedAt: Date | null;
  /** What keeps it from connecting, in one sentence; null when nothing does. */
  readonly problem: string | null;
}

export interface SocketReceiver extends Receiver {
  state(): SocketState;
}

/** A connection of its own kind of end: `leaving` is when a replacement is due, `gone` when nothing more comes of it. */
interface Connection {
  readonly openedAt: number;
  readonly leaving: Promise<string>;
  readonly gone: Promise<void>;
  /** Lets what has begun be acknowledged, then closes. */
  retire(): Promise<void>;
}

/**
 * Socket Mode with an acknowledgement that means something: an envelope is acked when its work has settled without a
 * fault, else it is left for Slack to send again. Speaks the protocol itself; docs/decisions/004 says why.
 */
export function createSocketReceiver(options: SocketOptions): SocketReceiver {
  const { appToken, apiUrl, log, secondAfterMs = 10 * 60_000, silenceMs = 15_000 } = options;
  const { slowRetryMs = 60_000, retryMs = 500, graceMs = 8_000 } = options;
  const web = new WebClient(appToken, {
    slackApiUrl: apiUrl,
    timeout: 10_000,
    retryConfig: { retries: 0 },
    rejectRateLimitedCalls: true,
    logger: quietLogger(log),
  });
  const open = new Set<Connection>();
  const stopping = new AbortController();
  let app: App | null = null;
  let lastConnectedAt: Date | null = null;
  let lostAt = performance.now();
  let hasGap = false;
  let problem: string | null = null;
  let lines: Promise<void>[] = [];
  const retired = new Set<Promise<void>>();

  /** Keeps one connection open for as long as the process lives. Never rejects. */
  async function keepLine(name: string, startAfterMs: number, onFirst: () => void): Promise<void> {
    await sleep(startAfterMs, stopping.signal);
    let previous: Connection | null = null;
    for (let failures = 0; !stopping.signal.aborted; ) {
      const attempt = await openConnection();
      if ('problem' in attempt) {
        failures += 1;
        problem = attempt.problem;
        log.warn({ line: name, failures, problem, open: open.size }, 'no socket');
        onFirst();
        await sleep(attempt.waitMs ?? backoff(failures), stopping.signal);
        continue;
      }
      const { connection } = attempt;
      problem = null;
      onFirst();
      if (previous) leaveBehind(previous);
      previous = connection;
      const why = await Promise.race([connection.leaving, aborted(stopping.signal)]);
      log.info({ line: name, why, open: open.size }, 'socket leaving');
      const wasShort = performance.now() - connection.openedAt < MIN_LIFE_MS;
      failures = wasShort ? failures + 1 : 0;
      await sleep(wasShort ? backoff(failures) : 0, stopping.signal);
    }
    if (previous) leaveBehind(previous);
  }

  /** The old connection serves on until Slack ends it: closed from here, what Slack just sent down it would be lost. */
  function leaveBehind(connection: Connection): void {
    const retiring = Promise.race([connection.gone, sleep(LINGER_MS, stopping.signal)]).then(() => connection.retire());
    retired.add(retiring);
    void retiring.then(() => retired.delete(retiring));
  }

  const backoff = (failures: number) => Math.min(15_000, retryMs * 2 ** (failures - 1)) * (0.75 + Math.random() / 2);

  async function openConnection(): Promise<{ connection: Connection } | { problem: string; waitMs?: number }> {
    try {
      if (await options.limits?.isOn(OPEN))
        return {
          problem: 'Slack limits how often sockets are opened, and said so to another process.',
          waitMs: retryMs,
        };
      const { url } = Opened.parse(await web.apiCall(OPEN));
      return { connection: await connect(url) };
    } catch (error) {
      if (error instanceof NotOpened) return { problem: error.message };
      const fault = faultOf(OPEN, error);
      if (fault.retryAfterMs !== undefined) {
        await options.limits?.met(OPEN, fault.retryAfterMs);
        return { problem: fault.message, waitMs: fault.retryAfterMs };
      }
      if (!HOPELESS.has(fault.code)) return { problem: fault.message };
      return {
        problem: `${fault.message}: check SLACK_APP_TOKEN and its scope connections:write.`,
        waitMs: slowRetryMs,
      };
    }
  }

  /** Resolves with Slack's hello. */
  function connect(url: string): Promise<Connection> {
    const socket = new WebSocket(url, {
      handshakeTimeout: 10_000,
      perMessageDeflate: false,
      maxPayload: 4 * 1024 * 1024,
    });
    const working = new Set<Promise<void>>();
    socket.once('upgrade', (response) => {
      wires.set(socket, response.socket);
    });
    return new Promise((resolve, reject) => {
      let leave: (why: string) => void = () => undefined;
      let heardAt = performance.now();
      const leaving = new Promise<string>((done) => {
        leave = done;
      });
      const helloLimit = setTimeout(() => socket.terminate(), HELLO_WITHIN_MS);
      const pulse = setInterval(() => {
        if (performance.now() - heardAt > silenceMs) socket.terminate();
        else if (socket.readyState === WebSocket.OPEN) socket.ping();
      }, silenceMs / 3);
      const gone = new Promise<void>((done) => {
        socket.once('close', (code) => {
          clearInterval(pulse);
          clearTimeout(helloLimit);
          if (connection && open.delete(connection) && open.size === 0) {
            lostAt = performance.now();
            hasGap = true;
          }
          leave(`closed ${code}`);
          reject(new NotOpened(`The socket closed before Slack said hello (${code}).`));
          done();
        });
      });
      let connection: Connection | null = null;
      const alive = () => {
        heardAt = performance.now();
      };
      socket.on('ping', alive).on('pong', alive);
      // What matters follows in `close`; a wss address is a secret, so the error's words stay here.
      socket.on('error', (fault: Error & { code?: unknown }) =>
        log.warn({ fault: fault.name, code: fault.code }, 'socket fault'),
      );
      socket.on('message', (data) => {
        alive();
        const frame = readFrame(String(data));
        if (frame.type === 'hello') {
          connection ??= { openedAt: performance.now(), leaving, gone, retire: () => retire(socket, gone, working) };
          open.add(connection);
          clearTimeout(helloLimit);
          if (hasGap) options.onGap?.();
          hasGap = false;
          lastConnectedAt = new Date();
          log.info({ open: open.size, connections: frame.num_connections }, 'socket open');
          resolve(connection);
        } else if (frame.type === 'disconnect') {
          leave(String(frame.reason));
          reject(new NotOpened(`Slack did not keep the connection: ${frame.reason}.`));
        } else if (frame.envelope_id) {
          const work = serve(socket, { ...frame, envelope_id: frame.envelope_id });
          const forget = () => working.delete(work);
          working.add(work);
          work.then(forget, forget);
        }
      });
    });
  }

  /** Never rejects. */
  async function serve(socket: WebSocket, frame: Frame & { envelope_id: string }): Promise<void> {
    const receivedAt = performance.now();
    const about = { envelope: frame.envelope_id, type: frame.type, attempt: frame.retry_attempt };
    let answer: unknown;
    try {
      const envelope = readEnvelope(frame.payload);
      if (envelope.kind === 'rate-limited') {
        options.onLeftOut?.();
        log.warn(about, 'Slack left out events: more than 30,000 in an hour');
      }
      // It would come again as broken as it is.
      else if (envelope.kind === 'unknown') log.error(about, 'an envelope that cannot be read, acknowledged and left');
      else
        await app?.processEvent(
          boltEvent(frame, { receivedAt, envelope }, (body) => {
            answer = body;
          }),
        );
    } catch {
      // The fault itself was logged where it happened.
      return log.warn(about, 'not acknowledged: an event comes again');
    }
    if (socket.readyState !== WebSocket.OPEN) return log.warn(about, 'the socket was gone before the acknowledgement');
    gather(wires.get(socket));
    const isWanted = frame.accepts_response_payload === true && answer !== undefined && answer !== '';
    socket.send(JSON.stringify({ envelope_id: frame.envelope_id, ...(isWanted && { payload: answer }) }), (fault) => {
      if (fault) log.warn({ ...about, ...faultFields(fault) }, 'the acknowledgement was not sent');
    });
  }

  async function retire(socket: WebSocket, gone: Promise<void>, working: Set<Promise<void>>): Promise<void> {
    const grace = new AbortController();
    await Promise.race([gone, settled(working), sleep(graceMs, grace.signal)]);
    grace.abort();
    socket.close(1000);
    const patience = setTimeout(() => socket.terminate(), 1_000);
    await gone;
    clearTimeout(patience);
  }

  return {
    init(bolt) {
      app = bolt;
    },
    /** Resolves when the first connection stands or its first try failed: a Slack that is down stops nobody's start. */
    start() {
      return new Promise<void>((resolve) => {
        lines = [keepLine('first', 0, resolve), keepLine('second', secondAfterMs, () => undefined)];
      });
    },
    async stop() {
      stopping.abort();
      const ended = Promise.all(lines).then(() => Promise.all(retired));
      const limit = new AbortController();
      await Promise.race([ended, sleep(graceMs + 1_500, limit.signal)]);
      limit.abort();
    },
    state: () => ({
      open: open.size,
      withoutMs: open.size > 0 ? 0 : performance.now() - lostAt,
      lastConnectedAt,
      problem,
    }),
  };
}

/** What the frames of each connection go through. */
const wires = new WeakMap<WebSocket, Socket>();

/** Messages recorded together are acknowledged together: their frames leave in one write at the end of this turn. */
function gather(wire: Socket | undefined): void {
  if (!wire || wire.writableCorked > 0) return;
  wire.cork();
  setImmediate(() => wire.uncork());
}

const OPEN = 'apps.connections.open';
/** A connection that lived shorter counts as a failure, so that a Slack that sends everyone away is not stormed. */
const MIN_LIFE_MS = 1_000;
const HELLO_WITHIN_MS = 10_000;
/** After `warning` Slack needs about 10 s to close. */
const LINGER_MS = 20_000;
/** Answers that only the operator can change. */
const HOPELESS = new Set([
  'not_authed',
  'invalid_auth',
  'account_inactive',
  'user_removed_from_team',
  'team_disabled',
  'token_revoked',
  'token_expired',
  'not_allowed_token_type',
  'missing_scope',
  'forbidden_team',
]);

class NotOpened extends Error {}

const Opened = z.object({ url: z.string() });
const Frame = z.object({
  type: z.string(),
  reason: z.string().optional(),
  envelope_id: z.string().optional(),
  accepts_response_payload: z.boolean().optional(),
  retry_attempt: z.number().optional(),
  retry_reason: z.string().optional(),
  num_connections: z.number().optional(),
  // A hello has none; zod takes a missing key for a fault unless told.
  payload: z.unknown().optional(),
});
type Frame = z.output<typeof Frame>;

function readFrame(text: string): Frame {
  try {
    return Frame.parse(JSON.parse(text));
  } catch {
    return { type: 'unreadable', payload: undefined };
  }
}

function boltEvent(frame: Frame, read: Read, keep: (body: unknown) => void): ReceiverEvent {
  return {
    body: frame.payload as Record<string, unknown>,
    ack: (body?: unknown) => Promise.resolve(keep(body)),
    customProperties: { ...read },
    ...(frame.retry_attempt !== undefined && { retryNum: frame.retry_attempt }),
    ...(frame.retry_reason && { retryReason: frame.retry_reason }),
  };
}

async function settled(working: Set<Promise<void>>): Promise<void> {
  while (working.size > 0) await Promise.allSettled([...working]);
}

const aborted = (signal: AbortSignal): Promise<string> =>
  new Promise((resolve) => {
    if (signal.aborted) resolve('stopping');
    signal.addEventListener('abort', () => resolve('stopping'), { once: true });
  });

function sleep(ms: number, signal: AbortSignal): Promise<void> {
  return new Promise((resolve) => {
    if (signal.aborted || ms <= 0) return resolve();
    const timer = setTimeout(done, ms);
    signal.addEventListener('abort', done, { once: true });
    function done() {
      clearTimeout(timer);
      signal.removeEventListener('abort', done);
      resolve();
    }
  });
}

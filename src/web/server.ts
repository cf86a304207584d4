import { createServer, type IncomingMessage, type Server, type ServerResponse } from 'node:http';
import type { AddressInfo } from 'node:net';
import { type Envelope, readEnvelope } from '../slack/envelope.ts';
import { faultFields, type Log } from '../slack/quiet.ts';
import { forgeryIn } from '../slack/signature.ts';
import type { Metrics } from './metrics.ts';
import { isDown, type Reason, readyBody } from './ready.ts';
import { decodeBody, isForm, isSslCheck, listenFault } from './request.ts';

export interface ServerOptions {
  readonly host: string;
  readonly port: number;
  readonly log: Log;
  readonly metrics: Metrics;
  /** Everything that is not as it should be, asked on each `/readyz`. */
  readonly ready: () => Promise<readonly Reason[]>;
  /** Brings numbers that live elsewhere (queue, quarantine) up to date before a scrape. */
  readonly measure?: () => Promise<void>;
  /** Slack left out events for a minute. */
  readonly onLeftOut?: () => void;
  /** HTTP delivery; without it `/slack/events` does not exist. */
  readonly slack?: { readonly signingSecret: string; readonly handle: HandOver };
  readonly bodyLimit?: number;
  /** Slack waits 3 s in all, so a body that takes longer is for nobody. */
  readonly bodyWithinMs?: number;
}

/** Takes over a request that was read and found to be Slack's; `receivedAt` is on the clock of `performance.now()`. */
type HandOver = (
  request: IncomingMessage & { rawBody: Buffer; receivedAt: number; envelope: Envelope },
  response: ServerResponse,
) => void;

export interface WebServer {
  readonly server: Server;
  readonly port: number;
  /** `http://127.0.0.1:3000` */
  readonly origin: string;
  /** No new requests; those under way may end within the grace. */
  close(graceMs?: number): Promise<void>;
}

type Handle = (request: IncomingMessage, response: ServerResponse) => Promise<void>;

/** One HTTP server for Slack, health and metrics. Rejects with one sentence when it cannot listen. */
export async function listen(options: ServerOptions): Promise<WebServer> {
  const { host, port, log } = options;
  const routes = routesOf(options);
  const server = createServer((request, response) => {
    // While it closes, a connection that has had its answer is not kept for another.
    response.once('close', () => !server.listening && setImmediate(() => server.closeIdleConnections()));
    answer(request, response).catch((fault: unknown) => {
      log.error({ method: request.method, ...faultFields(fault) }, 'a request failed');
      say(response, 500, 'Something went wrong here. It is in the log.');
    });
  });
  // Load balancers keep connections for 60 s: closed here first, one of them would lose a command, which Slack does not repeat.
  Object.assign(server, { headersTimeout: 5_000, requestTimeout: 10_000, keepAliveTimeout: 75_000 });

  async function answer(request: IncomingMessage, response: ServerResponse): Promise<void> {
    const path = (request.url ?? '/').split('?')[0] ?? '/';
    const route = routes[path];
    if (!route) return say(response, 404, 'There is nothing at this address.');
    const method = request.method === 'HEAD' ? 'GET' : request.method;
    if (method === route.method) return route.handle(request, response);
    response.setHeader('allow', route.method);
    say(response, 405, `Only ${route.method} works at this address.`);
  }

  await new Promise<void>((resolve, reject) => {
    server.once('error', (fault) => reject(listenFault(fault, host, port)));
    server.listen(port, host, resolve);
  });
  const { port: bound } = server.address() as AddressInfo;
  const name = host.includes(':') ? `[${host}]` : host;
  return { server, port: bound, origin: `http://${name}:${bound}`, close: (graceMs = 5_000) => close(server, graceMs) };
}

function routesOf(options: ServerOptions): Record<string, { method: string; handle: Handle }> {
  const { log, metrics, slack } = options;
  const routes: Record<string, { method: string; handle: Handle }> = Object.create(null);

  routes['/healthz'] = { method: 'GET', handle: async (_, response) => say(response, 200, 'alive') };

  routes['/readyz'] = {
    method: 'GET',
    async handle(_, response) {
      const reasons = await options.ready().catch((fault: unknown): Reason[] => {
        log.error(faultFields(fault), 'readiness could not be found out');
        return [{ what: 'database', says: 'Readiness could not be found out: see the log.' }];
      });
      const status = reasons.some(isDown) ? 503 : 200;
      say(response, status, JSON.stringify(readyBody(reasons)), 'application/json');
    },
  };

  routes['/metrics'] = {
    method: 'GET',
    async handle(_, response) {
      await options.measure?.().catch((fault: unknown) => {
        metrics.unmeasured();
        log.warn(faultFields(fault), 'some metrics are old');
      });
      say(response, 200, await metrics.render(), metrics.contentType);
    },
  };

  if (slack) routes['/slack/events'] = { method: 'POST', handle: slackDoor(options, slack) };
  return routes;
}

/** All that must be settled before Bolt: size, pace, origin, form, and the bodies Bolt does not know. */
function slackDoor(options: ServerOptions, slack: NonNullable<ServerOptions['slack']>): Handle {
  const { log, metrics, bodyLimit = 1_000_000, bodyWithinMs = 2_500 } = options;

  return async (request, response) => {
    const receivedAt = performance.now();
    const refuse = (status: number, why: string, sentence: string) => {
      metrics.refused(status);
      log.warn({ status, why }, 'a request to /slack/events was refused');
      if (!request.complete) hangUpAfter(request, response);
      say(response, status, sentence);
    };

    const rawBody = await readBody(request, bodyLimit, bodyWithinMs);
    if (rawBody === 'gone') return;
    if (rawBody === 'too large') return refuse(413, 'too large', `The body is over ${bodyLimit} bytes.`);
    if (rawBody === 'too slow') return refuse(408, 'too slow', 'The body came too slowly.');

    const type = request.headers['content-type'];
    if (isSslCheck(rawBody, type)) return say(response, 200, '');
    const signed = {
      timestamp: request.headers['x-slack-request-timestamp'],
      signature: request.headers['x-slack-signature'],
      rawBody,
    };
    const forgery = forgeryIn(signed, slack.signingSecret, new Date());
    if (forgery) return refuse(401, forgery, 'The signature is not that of Slack.');

    const envelope = readEnvelope(decoded(rawBody, type));
    if (envelope.kind === 'unknown') return refuse(400, 'unreadable', 'The body is nothing Slack sends.');
    if (envelope.kind === 'challenge')
      return say(response, 200, JSON.stringify({ challenge: envelope.challenge }), 'application/json');
    if (envelope.kind === 'rate-limited') {
      metrics.eventsLeftOut();
      options.onLeftOut?.();
      log.warn({}, 'Slack left out events: more than 30,000 in an hour');
      return say(response, 200, '');
    }
    // Bolt compares the content type letter by letter.
    request.headers['content-type'] = isForm(type) ? 'application/x-www-form-urlencoded' : 'application/json';
    slack.handle(Object.assign(request, { rawBody, receivedAt, envelope }), response);
  };
}

/** Closed at once, a sender in the middle of its body would see a broken connection in place of the answer. */
function hangUpAfter(request: IncomingMessage, response: ServerResponse): void {
  response.setHeader('connection', 'close');
  request.resume();
  const timer = setTimeout(() => request.destroy(), 1_000);
  request.once('close', () => clearTimeout(timer));
}

function decoded(rawBody: Buffer, type: string | undefined): unknown {
  try {
    return decodeBody(rawBody, type);
  } catch {
    return null;
  }
}

function readBody(
  request: IncomingMessage,
  limit: number,
  withinMs: number,
): Promise<Buffer | 'too large' | 'too slow' | 'gone'> {
  return new Promise((resolve) => {
    if (Number(request.headers['content-length'] ?? 0) > limit) return resolve('too large');
    const parts: Buffer[] = [];
    let size = 0;
    const timer = setTimeout(() => end('too slow'), withinMs);
    function end(how: Buffer | 'too large' | 'too slow' | 'gone') {
      clearTimeout(timer);
      request.removeListener('data', take);
      resolve(how);
    }
    function take(part: Buffer) {
      size += part.length;
      parts.push(part);
      if (size > limit) end('too large');
    }
    request.on('data', take);
    request.once('end', () => end(Buffer.concat(parts)));
    request.once('error', () => end('gone'));
    request.once('close', () => end('gone'));
  });
}

function say(response: ServerResponse, status: number, body: string, type = 'text/plain; charset=utf-8'): void {
  if (response.headersSent) {
    response.end();
    return;
  }
  response.writeHead(status, { 'content-type': type, 'x-content-type-options': 'nosniff' });
  response.end(body === '' || type !== 'text/plain; charset=utf-8' ? body : `${body}\n`);
}

async function close(server: Server, graceMs: number): Promise<void> {
  const closed = new Promise<void>((resolve) => server.close(() => resolve()));
  server.closeIdleConnections();
  const timer = setTimeout(() => server.closeAllConnections(), graceMs);
  await closed;
  clearTimeout(timer);
}

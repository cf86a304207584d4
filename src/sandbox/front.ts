import { createServer, type IncomingMessage, request, type ServerResponse } from 'node:http';
import type { AddressInfo } from 'node:net';
import { listenFault } from '../web/request.ts';

interface Front {
  /** `http://127.0.0.1:3000` */
  readonly origin: string;
  close(graceMs?: number): Promise<void>;
}

interface FrontOptions {
  readonly host: string;
  readonly port: number;
  /** True when the address is one of its own. */
  readonly pages: (request: IncomingMessage, response: ServerResponse) => boolean;
  /** Where the bot serves now, and why it does not. */
  readonly bot: () => { readonly origin: string | null; readonly why: string };
}

/** What is asked of a bot, wherever it runs. */
const FORWARDED = new Set(['/healthz', '/readyz', '/metrics']);

/** The one address people know: the pages, and the bot's own answers from behind it. Rejects with one sentence. */
export async function openFront({ host, port, pages, bot }: FrontOptions): Promise<Front> {
  const server = createServer((asked, response) => {
    const path = (asked.url ?? '/').split('?')[0] ?? '/';
    if (FORWARDED.has(path)) forward(asked, response, path, bot());
    else if (!pages(asked, response)) say(response, 404, 'There is nothing at this address.\n');
  });
  await new Promise<void>((resolve, reject) => {
    server.once('error', (fault) => reject(listenFault(fault, host, port)));
    server.listen(port, host, resolve);
  });
  return {
    origin: `http://${host}:${(server.address() as AddressInfo).port}`,
    close: async (graceMs = 1_000) => {
      const closed = new Promise<void>((resolve) => server.close(() => resolve()));
      server.closeIdleConnections();
      const timer = setTimeout(() => server.closeAllConnections(), graceMs);
      await closed;
      clearTimeout(timer);
    },
  };
}

function forward(asked: IncomingMessage, response: ServerResponse, path: string, bot: ReturnType<FrontOptions['bot']>) {
  const away = (why: string) => {
    const reasons = [{ what: 'bot', says: `The bot does not serve: ${why} Start it at /sandbox.` }];
    if (path === '/readyz') say(response, 503, JSON.stringify({ ready: false, reasons }), 'application/json');
    else say(response, 503, `${reasons[0]?.says}\n`);
  };
  if (bot.origin === null) return away(bot.why);
  const { method } = asked;
  const sent = request(`${bot.origin}${path}`, { method: method ?? 'GET', timeout: 10_000 }, (answer) => {
    response.writeHead(answer.statusCode ?? 502, answer.headers);
    answer.pipe(response);
  });
  sent.on('timeout', () => sent.destroy(new Error('timeout')));
  sent.on('error', () => (response.headersSent ? response.destroy() : away('it broke off while it was asked.')));
  asked.pipe(sent);
}

function say(response: ServerResponse, status: number, body: string, type = 'text/plain; charset=utf-8'): void {
  response.writeHead(status, { 'content-type': type, 'x-content-type-options': 'nosniff' });
  response.end(body);
}

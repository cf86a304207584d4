import { request as ask, createServer, type IncomingMessage, type ServerResponse } from 'node:http';
import type { AddressInfo } from 'node:net';

/** Where Slack calls in HTTP mode: a balancer before the processes, each in turn. */
interface Door {
  readonly url: string;
  close(): Promise<void>;
}

interface Behind {
  /** Null while it does not serve. */
  readonly origin: string | null;
  /** True when it was struck down before its acknowledgement could leave. */
  before(): boolean;
  after(): void;
}

export async function openDoor(processes: () => readonly Behind[]): Promise<Door> {
  let turn = 0;
  const server = createServer((request, response) => {
    const serving = processes().filter(({ origin }) => origin !== null);
    turn += 1;
    const chosen = serving[turn % Math.max(1, serving.length)];
    if (!chosen?.origin) return void response.writeHead(502).end();
    pass(request, response, new URL(chosen.origin), chosen);
  });
  await new Promise<void>((resolve) => server.listen(0, '127.0.0.1', resolve));
  return {
    url: `http://127.0.0.1:${(server.address() as AddressInfo).port}/slack/events`,
    close: () =>
      new Promise((resolve) => {
        server.close(() => resolve());
        server.closeAllConnections();
      }),
  };
}

function pass(request: IncomingMessage, response: ServerResponse, to: URL, behind: Behind): void {
  const { method, url, headers } = request;
  const refuse = () => (response.headersSent ? response.destroy() : void response.writeHead(502).end());
  const onward = ask({ host: to.hostname, port: to.port, method, path: url, headers }, (answer) => {
    if (behind.before()) return void refuse();
    response.writeHead(answer.statusCode ?? 502, answer.headers);
    answer.on('error', refuse);
    answer.pipe(response);
    response.on('finish', () => behind.after());
  });
  onward.on('error', refuse);
  request.on('error', () => onward.destroy());
  request.pipe(onward);
}

import { createServer, type Server } from 'node:http';
import type { AddressInfo } from 'node:net';
import { afterEach } from '@jest/globals';
import type { App } from '@slack/bolt';
import { sandboxPages } from '../../src/sandbox/page/pages.ts';
import type { Sandbox } from '../../src/sandbox/sandbox.ts';
import { startHttpApp } from '../sandbox/apps.ts';

interface Pages {
  readonly slack: Sandbox;
  readonly origin: string;
  /** The server of the pages is gone; the returned function brings it back where it was. */
  readonly vanish: () => Promise<() => Promise<void>>;
}

const open: (() => Promise<unknown>)[] = [];
afterEach(async () => {
  for (const close of open.splice(0).reverse()) await close();
});

/** The local Slack with an app made for the test, and its pages on a server of their own. */
export async function openPages(listen: (app: App) => void = () => undefined): Promise<Pages> {
  const { slack, stop } = await startHttpApp(listen, { delivery: { ackMs: 10_000 } });
  open.push(stop);
  const pages = sandboxPages(slack);
  const serve = async (port: number): Promise<Server> => {
    const server = createServer((request, response) => {
      if (!pages(request, response)) response.writeHead(404).end();
    });
    await new Promise<void>((resolve) => server.listen(port, '127.0.0.1', resolve));
    return server;
  };
  const close = async (server: Server) => {
    const closed = new Promise((resolve) => server.close(resolve));
    server.closeAllConnections();
    await closed;
  };
  let server = await serve(0);
  const { port } = server.address() as AddressInfo;
  open.push(() => close(server));
  return {
    slack,
    origin: `http://127.0.0.1:${port}`,
    vanish: async () => {
      await close(server);
      return async () => {
        server = await serve(port);
      };
    },
  };
}

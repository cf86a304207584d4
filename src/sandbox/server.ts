import { createServer, type IncomingMessage, type Server, type ServerResponse } from 'node:http';
import type { AddressInfo } from 'node:net';
import { getRequestListener } from '@hono/node-server';
import type { Faults } from './faults.ts';
import { answerHook } from './hooks.ts';
import { readBody } from './read-args.ts';
import type { WebApi } from './web-api.ts';
import type { World } from './world.ts';

/** The workspace's own HTTP server, on loopback only. */
type SandboxServer = {
  readonly server: Server;
  readonly listen: (port: number) => Promise<string>;
  readonly routeApi: (api: WebApi) => void;
  /** Requests under `prefix` go to a fetch handler, for instance a Hono app with pages. */
  readonly serveAlso: (prefix: string, fetch: (request: Request) => Response | Promise<Response>) => void;
  readonly close: () => Promise<void>;
};

export function createSandboxServer(world: World, faults: () => Faults): SandboxServer {
  let api: WebApi = () => Promise.resolve();
  const pages: { prefix: string; listener: (request: IncomingMessage, response: ServerResponse) => unknown }[] = [];

  const server = createServer((request, response) => {
    route(request, response).catch((error: unknown) => {
      world.journal.record({ kind: 'violation', what: `the sandbox failed: ${String(error)}` });
      if (!response.headersSent) response.writeHead(500);
      response.end();
    });
  });

  async function route(request: IncomingMessage, response: ServerResponse): Promise<void> {
    const path = (request.url ?? '/').split('?')[0] ?? '/';
    const page = pages.find(({ prefix }) => path === prefix || path.startsWith(`${prefix}/`));
    if (page) return void (await page.listener(request, response));
    const method = /^\/api\/([\w.]+)$/.exec(path)?.[1];
    if (method) return api(method, request, response);
    if (faults().isDown()) return end(response, 503, 'Slack is down');
    if (path.startsWith('/hooks/')) return answerHook(world, faults(), request, response);
    if (path.startsWith('/upload/v1/')) return takeUpload(world, path.slice('/upload/v1/'.length), request, response);
    if (path.startsWith('/files-pri/')) return giveFile(world, path, request, response);
    end(response, 404, 'not found');
  }

  return {
    server,
    listen: async (port) => {
      await new Promise<void>((resolve, reject) => {
        server.once('error', reject);
        server.listen(port, '127.0.0.1', resolve);
      });
      return `http://127.0.0.1:${(server.address() as AddressInfo).port}`;
    },
    routeApi: (given) => {
      api = given;
    },
    serveAlso: (prefix, fetch) => {
      pages.push({ prefix, listener: getRequestListener(fetch) });
    },
    close: () =>
      new Promise((resolve) => {
        server.close(() => resolve());
        server.closeAllConnections();
      }),
  };
}

async function takeUpload(world: World, id: string, request: IncomingMessage, response: ServerResponse): Promise<void> {
  const file = world.files.get(id);
  const raw = await readBody(request);
  if (!file || file.completed) return end(response, 404, 'no such upload');
  file.content = await uploadedBytes(raw, request.headers['content-type'] ?? '');
  end(response, 200, `OK - ${file.content.byteLength}`);
}

/** Raw bytes, or the first file of a multipart form. */
async function uploadedBytes(raw: Buffer, type: string): Promise<Buffer> {
  if (!type.startsWith('multipart/form-data')) return raw;
  const form = await new Response(new Uint8Array(raw), { headers: { 'content-type': type } }).formData();
  for (const part of form.values()) if (typeof part !== 'string') return Buffer.from(await part.arrayBuffer());
  return Buffer.alloc(0);
}

/** Slack answers a file only with a token that may read files. */
function giveFile(world: World, path: string, request: IncomingMessage, response: ServerResponse): void {
  const id = path.split('/')[2]?.split('-')[1] ?? '';
  const file = world.files.get(id);
  const mayRead =
    request.headers.authorization === `Bearer ${world.tokens.bot}` && world.manifest.scopes.has('files:read');
  if (!mayRead) end(response, 403, 'forbidden');
  else if (!file?.content) end(response, 404, 'no such file');
  else response.writeHead(200, { 'content-type': 'application/octet-stream' }).end(file.content);
}

function end(response: ServerResponse, status: number, text: string): void {
  response.writeHead(status, { 'content-type': 'text/plain' });
  response.end(text);
}

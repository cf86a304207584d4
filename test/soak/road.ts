import { request as ask, createServer, type IncomingMessage, type ServerResponse } from 'node:http';
import { type AddressInfo, connect, type Socket } from 'node:net';

/** Where in its work a process is struck down. */
export type Step =
  | 'before a call'
  | 'during a call'
  | 'before the answer to a call'
  | 'after a call'
  | 'before an acknowledgement'
  | 'after an acknowledgement';

/** The way between one process and Slack: everything passes unchanged until a step is armed. */
export interface Road {
  /** For SLACK_API_URL. */
  readonly apiUrl: string;
  /** Strikes at the next such step, if told so of this method alone; a later arming replaces it. */
  arm(step: Step, strike: () => void, method?: string): void;
  disarm(): void;
  close(): Promise<void>;
}

type Armed = { step: Step; strike: () => void; method: string };

export async function buildRoad(slack: { readonly origin: string }): Promise<Road> {
  let armed: Armed | null = null;
  const target = new URL(slack.origin);
  /** Runs the strike when it is for this step. */
  const at = (step: Step, url = ''): boolean => {
    if (armed?.step !== step || !url.endsWith(armed.method)) return false;
    const { strike } = armed;
    armed = null;
    strike();
    return true;
  };

  const server = createServer((request, response) => {
    const isCall = !CONNECTING.test(request.url ?? '');
    if (isCall && at('before a call', request.url)) return void request.socket.destroy();
    pass(request, response, isCall);
  });

  function pass(request: IncomingMessage, response: ServerResponse, isCall: boolean): void {
    const { method, url, headers } = request;
    const onward = ask({ host: target.hostname, port: target.port, method, path: url, headers }, (answer) => {
      const parts: Buffer[] = [];
      answer.on('data', (part: Buffer) => parts.push(part));
      answer.on('error', () => request.socket.destroy());
      answer.on('end', () => {
        if (isCall && at('before the answer to a call', url)) return void request.socket.destroy();
        const body = Buffer.concat(parts);
        const sent = isCall ? body : Buffer.from(String(body).replaceAll(target.host, here()));
        const { 'transfer-encoding': _, ...kept } = answer.headers;
        response.writeHead(answer.statusCode ?? 502, { ...kept, 'content-length': sent.length });
        response.end(sent, () => {
          if (isCall) at('after a call', url);
        });
      });
    });
    onward.on('error', () => request.socket.destroy());
    request.on('error', () => onward.destroy());
    request.on('end', () => {
      if (isCall) setTimeout(() => at('during a call', url), 1);
    });
    request.pipe(onward);
  }

  /** Socket Mode, byte by byte. */
  server.on('upgrade', (request: IncomingMessage, near: Socket, head: Buffer) => {
    const far = connect(Number(target.port), target.hostname, () => {
      const lines = request.rawHeaders.flatMap((name, n) =>
        n % 2 === 0 ? [`${name}: ${request.rawHeaders[n + 1]}`] : [],
      );
      far.write(`${request.method} ${request.url} HTTP/1.1\r\n${lines.join('\r\n')}\r\n\r\n`);
      far.write(head);
      far.pipe(near);
      near.on('data', (frame: Buffer) => {
        if (isText(frame) && at('before an acknowledgement')) return void near.destroy();
        far.write(frame, () => {
          if (isText(frame)) at('after an acknowledgement');
        });
      });
    });
    const end = () => {
      near.destroy();
      far.destroy();
    };
    // A server's sockets stay half open: the end of a killed process is but an `end`.
    near.on('end', end).on('close', end).on('error', end);
    far.on('end', end).on('close', end).on('error', end);
  });

  await new Promise<void>((resolve) => server.listen(0, '127.0.0.1', resolve));
  const here = () => `127.0.0.1:${(server.address() as AddressInfo).port}`;
  return {
    apiUrl: `http://${here()}/api/`,
    arm: (step, strike, method = '') => {
      armed = { step, strike, method };
    },
    disarm: () => {
      armed = null;
    },
    close: () =>
      new Promise((resolve) => {
        server.close(() => resolve());
        server.closeAllConnections();
      }),
  };
}

/** The one answer that holds an address of Slack's, which must lead over this road too. */
const CONNECTING = /^\/api\/apps\.connections\.open/;

/** Acknowledgements are text frames; pings and pongs are not. */
const isText = (frame: Buffer): boolean => ((frame[0] ?? 0) & 0x0f) === 1;

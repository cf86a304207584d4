// The Web API as far as it is called: takes everything after a while. Judges nothing; that is the sandbox's business.
import { createServer, type IncomingMessage } from 'node:http';
import type { AddressInfo } from 'node:net';
import type { SeenCall } from '../opening.ts';
import { given, ready } from './child.ts';

const { link, afterMs } = given<{ link: string; afterMs: number }>();
let count = 0;
const calls: SeenCall[] = [];

const server = createServer(async (request, response) => {
  const from = Date.now();
  const method = (request.url ?? '').split('/').at(-1)?.split('?')[0] ?? '';
  if (method === 'calls') {
    response.end(JSON.stringify(calls.splice(0)));
    return;
  }
  const said = new URLSearchParams(await bodyOf(request));
  const answer = JSON.stringify({ ok: true, ...answerTo(method, said, request.headers.authorization ?? '') });
  setTimeout(() => {
    // Enough to read a chain from, and no more however long a bench goes on.
    if (calls.length < 1_000)
      calls.push({ method, text: said.get('text') ?? said.get('users') ?? '', from, to: Date.now() });
    response.setHeader('content-type', 'application/json');
    response.end(answer);
  }, afterMs);
});
await new Promise<void>((resolve) => server.listen(0, '127.0.0.1', resolve));
const origin = `http://127.0.0.1:${(server.address() as AddressInfo).port}`;
ready({ apiUrl: `${origin}/api/`, origin }, async () => server.close());

function answerTo(method: string, said: URLSearchParams, token: string): object {
  count += 1;
  switch (method) {
    case 'apps.connections.open':
      return { url: `${link}?who=${encodeURIComponent(token.replace('Bearer ', ''))}` };
    case 'auth.test':
      return { team_id: 'T0BENCH', user_id: 'U0BOT', bot_id: 'B0BOT', url: 'https://bench.slack.com/', user: 'bot' };
    case 'users.info':
      return {
        user: { id: said.get('user'), team_id: 'T0BENCH', name: 'olivia', profile: { display_name: 'olivia' } },
      };
    case 'conversations.create':
      return { channel: { id: `C${process.pid}N${count}`, name: said.get('name') } };
    case 'conversations.list':
    case 'users.conversations':
      return { channels: [{ id: 'C0INCIDENTS', name: 'incidents', is_member: true }] };
    case 'conversations.open':
      return { channel: { id: 'D0BENCH' } };
    case 'conversations.history':
    case 'conversations.replies':
      return { messages: [] };
    case 'conversations.info':
      return { channel: { id: said.get('channel'), name: 'inc-bench', topic: { value: '' }, is_member: true } };
    case 'pins.list':
      return { items: [] };
    case 'bookmarks.list':
      return { bookmarks: [] };
    case 'usergroups.list':
      return { usergroups: [] };
    default:
      return { ts: `1790000000.${String(count).padStart(6, '0')}` };
  }
}

async function bodyOf(request: IncomingMessage): Promise<string> {
  let body = '';
  for await (const part of request.setEncoding('utf8')) body += part;
  return body;
}

import { createHmac } from 'node:crypto';
import type { Message } from '../../src/jobs/job.ts';
import { channelId, ts } from '../../src/lib/ids.ts';
import { type AppOptions, createApp, type Late, type Seen } from '../../src/slack/app.ts';
import type { Listeners } from '../../src/slack/listeners.ts';
import { createHttpReceiver } from '../../src/slack/receiver.ts';
import { createMetrics } from '../../src/web/metrics.ts';
import { listen, type ServerOptions, type WebServer } from '../../src/web/server.ts';
import { silent } from './silent.ts';

export const SECRET = 'signing-secret';

/** What the bot said outside of its acknowledgements. */
interface Said {
  readonly responses: { url: string; message: Message }[];
  readonly dms: { user: string; message: Message }[];
  readonly late: Late[];
  readonly seen: Seen[];
}

/** An app over fakes of what it is handed: no Slack, no database. */
export function appOptions(listeners: Listeners, over: Partial<AppOptions> = {}) {
  const said: Said = { responses: [], dms: [], late: [], seen: [] };
  const options: Omit<AppOptions, 'receiver'> = {
    slack: {
      respond: async (url, message) => void said.responses.push({ url, message }),
      directMessage: async (user, message) => {
        said.dms.push({ user, message });
        return { channel: channelId('D1'), ts: ts('1.000001') };
      },
    },
    listeners: [listeners],
    gate: async () => null,
    log: silent,
    observe: (seen) => said.seen.push(seen),
    now: () => new Date('2026-03-01T10:00:00Z'),
    onLate: async (late) => void said.late.push(late),
    ...over,
  };
  return { options, said };
}

export interface Hearing extends Said {
  readonly web: WebServer;
  readonly drain: (ms: number) => Promise<boolean>;
  /** Signed as Slack signs it. */
  send(body: object, kind?: 'event' | 'command' | 'interactive'): Promise<{ status: number; body: unknown }>;
}

/** The whole HTTP way: server, Bolt's receiver, app. */
export async function hearOverHttp(
  listeners: Listeners,
  over: Partial<AppOptions> = {},
  server: Partial<ServerOptions> = {},
): Promise<Hearing> {
  const { receiver, handle } = createHttpReceiver({ signingSecret: SECRET, log: silent });
  const { options, said } = appOptions(listeners, over);
  const app = createApp({ receiver, ...options });
  const web = await listen({
    host: '127.0.0.1',
    port: 0,
    log: silent,
    metrics: createMetrics(),
    ready: async () => [],
    slack: { signingSecret: SECRET, handle },
    ...server,
  });
  return {
    ...said,
    web,
    drain: (ms) => app.drain(ms),
    async send(body, kind = 'event') {
      const text = encode(body, kind);
      const type = kind === 'event' ? 'application/json' : 'application/x-www-form-urlencoded';
      const headers = { 'content-type': type, ...signed(text) };
      const response = await fetch(`${web.origin}/slack/events`, { method: 'POST', headers, body: text });
      const answer = await response.text();
      const isJson = response.headers.get('content-type')?.includes('json');
      return { status: response.status, body: isJson ? JSON.parse(answer) : answer };
    },
  };
}

export function signed(body: string, at = Math.floor(Date.now() / 1_000), secret = SECRET): Record<string, string> {
  const signature = `v0=${createHmac('sha256', secret).update(`v0:${at}:${body}`).digest('hex')}`;
  return { 'x-slack-request-timestamp': String(at), 'x-slack-signature': signature };
}

function encode(body: object, kind: 'event' | 'command' | 'interactive'): string {
  if (kind === 'event') return JSON.stringify(body);
  if (kind === 'interactive') return new URLSearchParams({ payload: JSON.stringify(body) }).toString();
  return new URLSearchParams(body as Record<string, string>).toString();
}

/** Payloads as Slack sends them. */
export const command = (text: string, over: object = {}) => ({
  command: '/incident',
  text,
  user_id: 'U1',
  team_id: 'T1',
  channel_id: 'C1',
  channel_name: 'general',
  trigger_id: '1.2.abc',
  response_url: 'https://hooks.slack.test/commands/1',
  ...over,
});

export const click = (action: object, over: object = {}) => ({
  type: 'block_actions',
  user: { id: 'U1', team_id: 'T2' },
  team: { id: 'T1' },
  api_app_id: 'A1',
  trigger_id: '3.4.def',
  response_url: 'https://hooks.slack.test/actions/1',
  container: { type: 'message', message_ts: '1.000001', channel_id: 'C1' },
  channel: { id: 'C1' },
  message: { ts: '1.000001', blocks: [] },
  actions: [{ type: 'button', block_id: 'b', action_ts: '1.0', ...action }],
  ...over,
});

export const form = (callback: string, values: object = {}, over: object = {}) => ({
  type: 'view_submission',
  user: { id: 'U1', team_id: 'T1' },
  team: { id: 'T1' },
  trigger_id: '5.6.ghi',
  view: {
    id: 'V1',
    hash: 'h1',
    type: 'modal',
    callback_id: callback,
    private_metadata: 'meta',
    blocks: [{ type: 'section' }, { type: 'input', block_id: 'title' }, { type: 'input', block_id: 'impact' }],
    state: { values },
  },
  ...over,
});

export const event = (inner: object, id = 'Ev1') => ({
  type: 'event_callback',
  team_id: 'T1',
  event_id: id,
  event_time: 1772359200,
  event: inner,
});

import { createHmac } from 'node:crypto';
import type { Ack, Line, Parcel } from './delivery.ts';
import type { Json, World } from './world.ts';

/** Signed HTTP delivery to the app's request URL. */
export type HttpLine = Line & {
  /** Where the app listens, for instance `http://127.0.0.1:3000/slack/events`. */
  readonly pointAt: (url: string) => void;
  /** The challenge Slack sends when a request URL is saved; true when it was echoed. */
  readonly verifyUrl: () => Promise<boolean>;
  readonly signed: (body: string, at?: number) => Record<string, string>;
};

export function createHttpLine(world: World, firstUrl: string | undefined): HttpLine {
  let requestUrl = firstUrl;

  /** `at` in seconds: tests may send an old or a future one. */
  const signed = (body: string, at = Math.floor(Date.now() / 1_000)) => ({
    'x-slack-request-timestamp': String(at),
    'x-slack-signature': `v0=${createHmac('sha256', world.tokens.signingSecret).update(`v0:${at}:${body}`).digest('hex')}`,
  });

  async function send(
    parcel: Parcel,
    payload: Json,
    attempt: { number: number; reason: string },
    deadlineMs: number,
  ): Promise<Ack> {
    if (!requestUrl) return { outcome: 'connection_failed' };
    const { body, type } = encode(parcel, payload);
    const retry: Record<string, string> =
      attempt.number > 0 ? { 'x-slack-retry-num': String(attempt.number), 'x-slack-retry-reason': attempt.reason } : {};
    try {
      const response = await fetch(requestUrl, {
        method: 'POST',
        headers: { 'content-type': type, 'user-agent': 'Slackbot 1.0', ...signed(body), ...retry },
        body,
        signal: AbortSignal.timeout(deadlineMs),
      });
      const text = await response.text();
      const final = response.headers.get('x-slack-no-retry') === '1';
      if (!response.ok) return { outcome: 'http_error', payload: { status: response.status, text }, final };
      return { outcome: 'acked', payload: decode(text, response.headers.get('content-type') ?? '') };
    } catch (error) {
      const isLate = error instanceof Error && error.name === 'TimeoutError';
      return { outcome: isLate ? 'http_timeout' : 'connection_failed' };
    }
  }

  return {
    send,
    signed,
    pointAt: (url) => {
      requestUrl = url;
    },
    verifyUrl: async () => {
      const challenge = `challenge${world.counter}`;
      const payload = { token: world.app.verification, challenge, type: 'url_verification' };
      const ack = await send('event', payload, { number: 0, reason: '' }, 3_000);
      const echoed = typeof ack.payload === 'string' ? ack.payload : (ack.payload as Json | undefined)?.challenge;
      return ack.outcome === 'acked' && echoed === challenge;
    },
  };
}

/** Events are JSON; a command is a form; an interaction is a form with one field of JSON. */
function encode(parcel: Parcel, payload: Json): { body: string; type: string } {
  if (parcel === 'event') return { body: JSON.stringify(payload), type: 'application/json' };
  const form = new URLSearchParams();
  if (parcel === 'interactive') form.set('payload', JSON.stringify(payload));
  else for (const [name, value] of Object.entries(payload)) form.set(name, String(value));
  return { body: form.toString(), type: 'application/x-www-form-urlencoded' };
}

/** An empty body is no payload; JSON is read as such, anything else is text. */
function decode(text: string, type: string): unknown {
  if (text === '') return undefined;
  if (!type.includes('json')) return text;
  try {
    return JSON.parse(text);
  } catch {
    return text;
  }
}

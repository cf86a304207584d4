import { timeLimits } from '../slack/limits.ts';
import type { Faults } from './faults.ts';
import type { Journal } from './journal.ts';
import type { Json } from './world.ts';

export type Parcel = 'event' | 'command' | 'interactive';

/** What came back for one parcel. */
export type Ack = {
  readonly outcome: 'acked' | 'http_timeout' | 'http_error' | 'connection_failed' | 'too_many_redirects';
  /** Undefined when the ack carried nothing. */
  readonly payload?: unknown;
  /** The app asked for no retries (HTTP only). */
  readonly final?: boolean;
};

type Attempt = { readonly number: number; readonly reason: string };

/** A way to the app: Socket Mode or signed HTTP. Waits at most `deadlineMs` for the answer. */
export type Line = {
  readonly send: (parcel: Parcel, payload: Json, attempt: Attempt, deadlineMs: number) => Promise<Ack>;
};

export type DeliveryOptions = {
  /** Waits before the three retries of an unacked event, in milliseconds. */
  readonly retryDelaysMs: readonly number[];
  readonly ackMs: number;
};

/** At once (a little later), after a minute, after five: Slack's schedule. */
export const SLACKS_SCHEDULE: DeliveryOptions = { retryDelaysMs: [500, 60_000, 300_000], ackMs: timeLimits.ackMs };

export type Delivery = {
  /** Delivered now, retried until acked. Never rejects. */
  readonly event: (body: Json) => void;
  /** One try; a person waits for it. */
  readonly ask: (parcel: 'command' | 'interactive', payload: Json) => Promise<Ack>;
  /** Events on their way or waiting for a retry. */
  readonly pending: () => number;
  /** The workspace's clock went forward: what waits comes so much sooner. */
  readonly passed: (ms: number) => void;
  readonly stop: () => void;
};

type Waiting = { due: number; timer: NodeJS.Timeout | undefined; readonly act: () => void };

export function createDelivery(journal: Journal, faults: Faults, line: Line, options: DeliveryOptions): Delivery {
  const waiting = new Set<Waiting>();
  let underway = 0;
  let stopped = false;

  const later = (ms: number, act: () => void) => {
    const one: Waiting = { due: performance.now() + ms, timer: undefined, act };
    one.timer = setTimeout(fire, ms, one);
    waiting.add(one);
  };
  const fire = (one: Waiting) => {
    waiting.delete(one);
    one.act();
  };

  const attempt = async (parcel: Parcel, payload: Json, { number, reason }: Attempt): Promise<Ack> => {
    const began = performance.now();
    const isDown = faults.isDown();
    const answer: Ack = isDown
      ? { outcome: 'connection_failed' }
      : await line.send(parcel, payload, { number, reason }, options.ackMs);
    const ack =
      faults.takeLostAck(parcel) && answer.outcome === 'acked' ? ({ outcome: 'http_timeout' } as const) : answer;
    const ms = Math.round(performance.now() - began);
    journal.record({
      kind: 'delivery',
      what: parcel,
      name: nameOf(payload),
      payload,
      attempt: number,
      outcome: ack.outcome,
      answer: ack.payload ?? null,
      ms,
    });
    return ack;
  };

  const deliver = async (body: Json, number: number, reason: string): Promise<void> => {
    const ack = await attempt('event', body, { number, reason });
    if (ack.outcome === 'acked' || ack.final) return done();
    const wait = options.retryDelaysMs[number];
    if (wait === undefined || stopped) return done();
    later(wait, () => void deliver(body, number + 1, ack.outcome));
  };
  const done = () => {
    underway -= 1;
    journal.changed();
  };

  return {
    event: (body) => {
      for (const { delayMs } of faults.routesOf(body, (held) => void start(held))) {
        underway += 1;
        if (delayMs > 0) later(delayMs, () => void deliver(body, 0, ''));
        else void deliver(body, 0, '');
      }
      function start(held: Json) {
        underway += 1;
        return deliver(held, 0, '');
      }
    },
    ask: (parcel, payload) => attempt(parcel, payload, { number: 0, reason: '' }),
    pending: () => underway,
    passed: (ms) => {
      for (const one of waiting) {
        clearTimeout(one.timer);
        one.due -= ms;
        one.timer = setTimeout(fire, Math.max(0, one.due - performance.now()), one);
      }
    },
    stop: () => {
      stopped = true;
      for (const { timer } of waiting) clearTimeout(timer);
      waiting.clear();
    },
  };
}

/** `message.message_changed`, `/incident`, `block_actions:ic` … for the journal. */
function nameOf(payload: Json): string {
  const event = payload.event as Json | undefined;
  if (event) return event.subtype ? `${event.type}.${event.subtype}` : String(event.type);
  if (payload.command) return String(payload.command);
  return String(payload.type);
}

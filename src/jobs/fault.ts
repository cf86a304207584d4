import { isDatabaseAway } from '../db/faults.ts';
import type { Millis } from '../lib/duration.ts';
import { shorten, storable } from '../lib/text.ts';

/** What the queue understands of a thrown error, whoever threw it. */
export interface Fault {
  /** `not-done`: it has not happened. `never`: nor will it. `unknown`: it may have happened. */
  readonly outcome: 'not-done' | 'unknown' | 'never';
  /** The other side is not to be asked sooner. */
  readonly retryAfterMs: Millis | null;
  /** What the wait covers, e.g. `conversations.create` or `chat.postMessage:C123`; null: this job alone. */
  readonly limit: string | null;
  /** The other side as a whole, Slack or the database, is not there: it says nothing about this job. */
  readonly isAway: boolean;
  /** For people; free of secrets. */
  readonly reason: string;
}

/** Errors speak by shape: `outcome`, `isAway`, and for a rate limit `retryAfterMs` and `limit`. Any other error leaves the outcome unknown. */
export function readFault(error: unknown): Fault {
  const said = typeof error === 'object' && error !== null ? (error as Record<string, unknown>) : {};
  const limit = typeof said.limit === 'string' && said.limit !== '' ? said.limit : null;
  const isSaid = said.outcome === 'not-done' || said.outcome === 'never' || said.outcome === 'unknown';
  return {
    outcome: isSaid ? (said.outcome as Fault['outcome']) : limit ? 'not-done' : 'unknown',
    retryAfterMs: typeof said.retryAfterMs === 'number' && said.retryAfterMs >= 0 ? said.retryAfterMs : null,
    limit,
    isAway: said.isAway === true || (!isSaid && isDatabaseAway(error)),
    reason: reasonOf(error),
  };
}

/** For a handler whose turn has not come: it is tried again. */
export const notYet = (why: string): Error => Object.assign(new Error(why), { outcome: 'not-done' });

const OF_THIS_JOB = { retryAfterMs: null, limit: null, isAway: false } as const;

/** Nobody knows how far it came. */
export const workerLost: Fault = { ...OF_THIS_JOB, outcome: 'unknown', reason: 'its worker was lost' };

export const unreadable = (why: unknown): Fault => ({
  ...OF_THIS_JOB,
  outcome: 'never',
  reason: reasonOf(new Error(`the stored job does not parse: ${reasonOf(why)}`)),
});

/** The message alone, without what errors like to quote: URLs beyond their host (a response_url is a secret) and tokens. */
export function reasonOf(error: unknown): string {
  const message = error instanceof Error ? error.message || error.name : String(error);
  const clean = message
    .replace(/\b(https?|wss?|postgres(?:ql)?):\/\/\S+/gi, (url) => `${hostOf(url)}/…`)
    .replace(/\bx(?:ox[a-z]|app)-[\w-]+/gi, 'x…');
  return shorten(storable(clean), 1_000);
}

function hostOf(url: string): string {
  const [scheme = '', rest = ''] = url.split('://');
  const authority = rest.split(/[/?#]/)[0] ?? '';
  return `${scheme}://${authority.slice(authority.lastIndexOf('@') + 1)}`;
}

import { backoffMs } from '../lib/backoff.ts';
import { MINUTE, type Millis } from '../lib/duration.ts';
import type { Fault } from './fault.ts';
import { AT_MOST_ONCE, NEVER_PARKED } from './job.ts';

/** A job that fails for this long is parked, so that those behind it in its lane go on. */
const GIVE_UP_AFTER: Millis = 10 * MINUTE;

/**
 * While the other side as a whole is away, nothing behind the head of a lane could go on either: its jobs wait, for
 * about a day of attempts a minute apart at most.
 */
const WAIT_OUT_ATTEMPTS = 2_000;

interface FailedRun {
  readonly kind: string;
  /** This run included. */
  readonly attempts: number;
  /** Since the first failure of this job, 0 when this is the first; database clock. */
  readonly failingForMs: Millis;
}

/** What becomes of a job that did not succeed. */
type Verdict =
  | { readonly next: 'drop' }
  | { readonly next: 'park' }
  /** Not its fault: waits for the limit, and the run does not count. */
  | { readonly next: 'wait'; readonly limit: string; readonly ms: Millis | null }
  | {
      readonly next: 'retry';
      readonly ms: Millis;
      readonly isUncertain: boolean;
      /** Whether the ten minutes run. */
      readonly counts: 'as-attempt' | 'as-failure';
    };

/**
 * An unknown outcome is not tried again before the request can no longer be on its way, and is looked for first.
 * `chance` is in [0, 1).
 */
export function judge(run: FailedRun, fault: Fault, requestTimeoutMs: Millis, chance: number): Verdict {
  if (fault.outcome === 'not-done' && fault.limit) return { next: 'wait', limit: fault.limit, ms: fault.retryAfterMs };
  if (AT_MOST_ONCE.has(run.kind)) return { next: 'drop' };
  if ((fault.outcome === 'never' || isEnough(run, fault)) && !NEVER_PARKED.has(run.kind)) return { next: 'park' };
  const isUncertain = fault.outcome === 'unknown';
  const wait = Math.max(backoffMs(run.attempts, chance), fault.retryAfterMs ?? 0, isUncertain ? requestTimeoutMs : 0);
  return { next: 'retry', ms: wait, isUncertain, counts: fault.isAway ? 'as-attempt' : 'as-failure' };
}

const isEnough = (run: FailedRun, fault: Fault): boolean =>
  fault.isAway ? run.attempts >= WAIT_OUT_ATTEMPTS : run.failingForMs >= GIVE_UP_AFTER;

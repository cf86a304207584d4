import type { Millis } from '../lib/duration.ts';
import type { Clock, Instant } from '../timeline/record.ts';

type Stamp = keyof Clock;

/** The time between two stamps of the clock. */
export interface Gap {
  readonly from: Stamp;
  readonly to: Stamp;
  readonly millis: Millis;
}

/** Each null while a stamp is missing, or when the two run backwards: a number nobody can believe is worse than none. */
export interface ClockGaps {
  readonly detect: Gap | null;
  readonly declare: Gap | null;
  readonly acknowledge: Gap | null;
  /** Counted from the start of the impact when it is known, else from the declaration; `from` says which. */
  readonly mitigate: Gap | null;
  readonly resolve: Gap | null;
}

export function clockGaps(clock: Clock): ClockGaps {
  const start: Stamp = clock.impactStartedAt === null ? 'declaredAt' : 'impactStartedAt';
  return {
    detect: gap(clock, 'impactStartedAt', 'detectedAt'),
    declare: gap(clock, 'detectedAt', 'declaredAt'),
    acknowledge: gap(clock, 'declaredAt', 'acknowledgedAt'),
    mitigate: gap(clock, start, 'mitigatedAt'),
    resolve: gap(clock, start, 'resolvedAt'),
  };
}

function gap(clock: Clock, from: Stamp, to: Stamp): Gap | null {
  const [start, end] = [millisOf(clock[from]), millisOf(clock[to])];
  return start === null || end === null || end < start ? null : { from, to, millis: end - start };
}

/** Null for a missing stamp and for one that is no instant. */
export function millisOf(instant: Instant | null): number | null {
  const at = instant === null ? Number.NaN : Date.parse(instant);
  return Number.isNaN(at) ? null : at;
}

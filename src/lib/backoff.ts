import { MINUTE, type Millis, SECOND } from './duration.ts';

const FIRST: Millis = SECOND;
const LONGEST: Millis = MINUTE;

/**
 * How long to wait after the nth failure (1 is the first): doubling from a second to a minute, of which one half is
 * left to chance so that those who failed together do not come back together. `chance` is in [0, 1).
 */
export function backoffMs(failures: number, chance: number): Millis {
  const whole = Math.min(LONGEST, FIRST * 2 ** Math.max(0, failures - 1));
  return Math.round(whole / 2 + (whole / 2) * chance);
}

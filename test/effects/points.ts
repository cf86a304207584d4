import type { CallFault } from '../../src/sandbox/faults.ts';

/** Where a call to Slack can fail, by what Slack's side sees of it. */
export const CALL_FAULTS = {
  'refused before it happened': { error: 'service_unavailable' },
  'a proxy answered 503 before it happened': { status: 503 },
  'the connection broke before it happened': { drop: true },
  'the answer was lost after it happened': { loseAnswer: true },
  'an error was answered after it happened': { errorAfter: 'internal_error' },
} as const satisfies Record<string, CallFault>;

/** Where the process itself can end. That it ends between effect and commit is, for the next one, the lost answer. */
export const DEATHS = ['the process died before the call', 'the process died after the commit'] as const;

export type CallPoint = keyof typeof CALL_FAULTS;
export type Point = CallPoint | (typeof DEATHS)[number];
export const callPoints = Object.keys(CALL_FAULTS) as CallPoint[];

/** Slack did it, although the bot was not told. */
export const hasHappened = (point: Point): boolean =>
  point === 'the answer was lost after it happened' || point === 'an error was answered after it happened';

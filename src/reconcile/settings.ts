import { type Incident, isOpen, resolutionKnownAt } from '../incidents/incident.ts';
import { DAY, HOUR, MINUTE, type Millis, SECOND } from '../lib/duration.ts';

/** How slowly history is read again. Slack: history and replies are limited to about 50 calls a minute each. */
export interface ReconcileSettings {
  /** Between two readings of an open incident. */
  readonly everyMs: Millis;
  /** The same for one that ended at most a week ago, and for one whose channel is closed to the bot. */
  readonly endedEveryMs: Millis;
  readonly lostEveryMs: Millis;
  /** Between two readings from end to end of an open incident. */
  readonly deepEveryMs: Millis;
  /** Before what was read last time: messages that old are compared again. */
  readonly rereadMs: Millis;
  /** What is younger may still be on its way as an event: left for the next reading. */
  readonly settledMs: Millis;
  /** Calls of one run, and the pause before the next: urgent calls come between. */
  readonly callsPerRun: number;
  readonly pauseMs: Millis;
  /** Between the first runs of two incidents. */
  readonly spreadMs: Millis;
}

export const defaultSettings: ReconcileSettings = {
  everyMs: 10 * MINUTE,
  endedEveryMs: DAY,
  lostEveryMs: HOUR,
  deepEveryMs: 6 * HOUR,
  rereadMs: HOUR,
  settledMs: MINUTE,
  callsPerRun: 2,
  pauseMs: 3 * SECOND,
  spreadMs: 1_500,
};

const WATCHED_AFTER_END = 7 * DAY;

/** Open, or ended at most a week ago. */
export function isWatched(incident: Incident, now: Date): boolean {
  const end = incident.closedAt ?? resolutionKnownAt(incident);
  return isOpen(incident) || (end !== null && now.getTime() - end.getTime() <= WATCHED_AFTER_END);
}

export function pauseOf(incident: Incident, settings: ReconcileSettings): Millis {
  if (!isOpen(incident)) return settings.endedEveryMs;
  return incident.channelLost ? settings.lostEveryMs : settings.everyMs;
}

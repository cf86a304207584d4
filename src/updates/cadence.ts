import type { Incident, IncidentChange } from '../incidents/incident.ts';
import { isOpen } from '../incidents/incident.ts';
import type { NewJob } from '../jobs/job.ts';
import { DAY, HOUR, MINUTE, type Millis } from '../lib/duration.ts';
import type { Policy, Severity } from '../policy.ts';
import { nextOpen } from './office-hours.ts';

/** How long before a promise is due its keeper is nudged, and the least time a moved promise leaves. */
export const leadOf = (cadence: Millis): Millis => Math.min(5 * MINUTE, cadence / 3);

/** How often the bot asks whether a cadence that was turned off should stay off. */
export const ASK_AGAIN_WHEN_OFF: Millis = 4 * HOUR;

/** What was asked for by hand, else the severity's. */
export const cadenceOf = (incident: Pick<Incident, 'cadenceMs'>, severity: Severity): Millis =>
  incident.cadenceMs ?? severity.updateEvery;

// --- promises -------------------------------------------------------------------------------------------------------

/** The promise a new incident starts with. Nobody chose the default severity, so its office hours do not count yet. */
export function firstPromise(severity: Severity, policy: Policy, chosen: boolean, from: Date): Date {
  const due = plus(from, severity.updateEvery);
  return chosen ? nextOpen(due, severity.hours, policy.timezone) : due;
}

type Promised = Pick<Incident, 'status' | 'severityChosen' | 'cadenceMs' | 'cadenceOffReason'>;

/**
 * When the next update is due if one is posted at `from`; null while none is owed. `asked` is "Next update in" of the
 * form. What a person asked for by hand stands at any hour; only the severity's own cadence waits for the office to open.
 */
export function promiseAfter(
  incident: Promised,
  severity: Severity,
  policy: Policy,
  from: Date,
  asked: Millis | null = null,
): Date | null {
  if (!isOpen(incident) || incident.cadenceOffReason !== null) return null;
  const byHand = asked ?? incident.cadenceMs;
  return byHand === null ? firstPromise(severity, policy, incident.severityChosen, from) : plus(from, byHand);
}

/**
 * When the next update is due after the severity or the cadence changed, or the incident was reopened: the cadence
 * counted from the last word, but never so soon that nobody could keep it.
 */
export function rearm(
  incident: Promised & Pick<Incident, 'declaredAt'>,
  severity: Severity,
  policy: Policy,
  lastUpdateAt: Date | null,
  now: Date,
): Date | null {
  const due = promiseAfter(incident, severity, policy, lastUpdateAt ?? incident.declaredAt);
  if (due === null) return null;
  const soonest = plus(now, leadOf(cadenceOf(incident, severity)));
  if (due >= soonest) return due;
  const waits = incident.cadenceMs === null && incident.severityChosen;
  return waits ? nextOpen(soonest, severity.hours, policy.timezone) : soonest;
}

/** What a decision adds to begin, move or end the promise; the timer goes with it in the same transaction. */
interface PromiseStep {
  readonly change: IncidentChange;
  readonly jobs: readonly NewJob[];
}

/** A promise made at `from`: at declaring and with every update. The incident is given as it will be. */
export function startPromise(
  incident: Incident,
  severity: Severity,
  policy: Policy,
  from: Date,
  asked: Millis | null = null,
): PromiseStep {
  return step(incident, severity, from, promiseAfter(incident, severity, policy, from, asked), from);
}

/** For a change of severity or cadence and for reopening. The incident is given as it will be. */
export function rearmPromise(
  incident: Incident,
  severity: Severity,
  policy: Policy,
  lastUpdateAt: Date | null,
  now: Date,
): PromiseStep {
  const from = lastUpdateAt ?? incident.declaredAt;
  return step(incident, severity, from, rearm(incident, severity, policy, lastUpdateAt, now), now);
}

/** At resolving, closing and canceling. The timer is left to wake once more and find nothing to do. */
export const stopPromise = (): PromiseStep => ({ change: NOTHING_PROMISED, jobs: [] });

const NOTHING_PROMISED = {
  promiseMadeAt: null,
  promiseDueAt: null,
  promiseRung: null,
  promiseRungAt: null,
  snoozedUntil: null,
} satisfies IncidentChange;

function step(incident: Incident, severity: Severity, madeAt: Date, dueAt: Date | null, now: Date): PromiseStep {
  if (!isOpen(incident)) return stopPromise();
  // With the cadence off nothing is due, but the bot asks again, counted from now.
  const change = { ...NOTHING_PROMISED, promiseMadeAt: dueAt === null ? now : madeAt, promiseDueAt: dueAt };
  const { wakeAt } = decideReminder({ ...incident, ...change }, severity, now, 'plan');
  return { change, jobs: wakeAt === null ? [] : [wakeUp(incident, wakeAt)] };
}

export const wakeUp = (incident: Pick<Incident, 'id'>, at: Date): NewJob => ({
  job: { kind: 'cadence', incident: incident.id },
  runAt: at,
});

// --- the ladder -----------------------------------------------------------------------------------------------------

/** Each promise climbs these once; `daily` repeats. `off` asks after a cadence that was turned off. */
export type Rung = 'nudge' | 'due' | 'half' | 'full' | 'daily' | 'off';

interface Reminder {
  /** The rung to fire now. */
  readonly fire: Rung | null;
  /** When to decide again; null when there is nothing to wait for. */
  readonly wakeAt: Date | null;
}

type Remindable = Promised &
  Pick<Incident, 'promiseMadeAt' | 'promiseDueAt' | 'promiseRung' | 'promiseRungAt' | 'snoozedUntil'>;

/**
 * Which rung applies now, if it has not been fired, and when to look again. Rungs passed over while no process ran are
 * never made up for. A snooze is quiet until it ends; then the rung that applies by then fires. Being asked too early or
 * twice is harmless. `plan` only looks ahead: what would fire now is left for the wake-up.
 */
export function decideReminder(
  incident: Remindable,
  severity: Severity,
  now: Date,
  mode: 'fire' | 'plan' = 'fire',
): Reminder {
  if (!isOpen(incident)) return { fire: null, wakeAt: null };
  const at = ladderOf(incident, severity);
  if (at === null) return { fire: null, wakeAt: null };
  const reached = lastReached(at, now);
  const isNew = reached !== null && reached.at > firedUpTo(at, incident);
  if (!isNew) return { fire: null, wakeAt: notBefore(nextRung(at, now), incident.snoozedUntil) };
  if (incident.snoozedUntil !== null && incident.snoozedUntil > now)
    return { fire: null, wakeAt: incident.snoozedUntil };
  return mode === 'plan' ? { fire: null, wakeAt: now } : { fire: reached.rung, wakeAt: nextRung(at, now) };
}

/** When the next rung that has not been fired is to be climbed, snoozed or not; null when there is none. */
export function nextReminderAt(incident: Remindable, severity: Severity, now: Date): Date | null {
  return decideReminder(incident, severity, now, 'plan').wakeAt;
}

interface Ladder {
  /** In order. */
  readonly rungs: readonly { rung: Rung; at: Date }[];
  /** The last one, again and again. */
  readonly every: Millis;
}

function ladderOf(incident: Remindable, severity: Severity): Ladder | null {
  if (incident.cadenceOffReason !== null) {
    if (incident.promiseMadeAt === null) return null;
    const at = plus(incident.promiseMadeAt, ASK_AGAIN_WHEN_OFF);
    return { rungs: [{ rung: 'off', at }], every: ASK_AGAIN_WHEN_OFF };
  }
  const due = incident.promiseDueAt;
  if (due === null) return null;
  const cadence = cadenceOf(incident, severity);
  // A promise shorter than the cadence is nudged in its own measure, not before it was made.
  const length = incident.promiseMadeAt === null ? cadence : due.getTime() - incident.promiseMadeAt.getTime();
  const lead = leadOf(Math.min(cadence, length));
  return {
    rungs: [
      { rung: 'nudge', at: plus(due, -lead) },
      { rung: 'due', at: due },
      { rung: 'half', at: plus(due, cadence / 2) },
      { rung: 'full', at: plus(due, cadence) },
      { rung: 'daily', at: plus(due, cadence + DAY) },
    ],
    every: DAY,
  };
}

function lastReached(ladder: Ladder, now: Date): { rung: Rung; at: Date } | null {
  const reached = ladder.rungs.findLast(({ at }) => at <= now);
  if (reached === undefined) return null;
  return reached === ladder.rungs.at(-1) ? { ...reached, at: repeated(ladder, now) } : reached;
}

/** The latest repetition of the last rung at or before `now`. */
function repeated({ rungs, every }: Ladder, now: Date): Date {
  const first = (rungs.at(-1)?.at ?? now).getTime();
  return new Date(first + Math.floor((now.getTime() - first) / every) * every);
}

function nextRung(ladder: Ladder, now: Date): Date {
  const ahead = ladder.rungs.find(({ at }) => at > now);
  return ahead?.at ?? plus(repeated(ladder, now), ladder.every);
}

/** The place on the ladder of the rung that was fired last: everything up to it is done or passed over. */
function firedUpTo(ladder: Ladder, incident: Remindable): Date {
  const fired = ladder.rungs.find(({ rung }) => rung === incident.promiseRung);
  if (fired === undefined || incident.promiseRungAt === null) return new Date(0);
  return fired === ladder.rungs.at(-1) ? repeated(ladder, incident.promiseRungAt) : fired.at;
}

const notBefore = (at: Date, least: Date | null): Date => (least !== null && least > at ? least : at);
const plus = (at: Date, millis: Millis): Date => new Date(at.getTime() + millis);

// --- the verdict ----------------------------------------------------------------------------------------------------

/** What became of the promise before an update. */
export interface Verdict {
  /** Null when nothing had been promised. */
  readonly kept: boolean | null;
  /** 0 when kept, null when nothing had been promised. */
  readonly lateByMs: Millis | null;
  /** A whole cadence late or more. */
  readonly missed: boolean;
}

/** Judged on the promise itself: a snooze delays reminders and changes nothing here. */
export function judge(promisedAt: Date | null, cadence: Millis, postedAt: Date): Verdict {
  if (promisedAt === null) return { kept: null, lateByMs: null, missed: false };
  const lateByMs = Math.max(0, postedAt.getTime() - promisedAt.getTime());
  return { kept: lateByMs === 0, lateByMs, missed: lateByMs >= cadence };
}

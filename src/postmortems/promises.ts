import type { Millis } from '../lib/duration.ts';
import type { IncidentRecord, RecordedEntry, RecordedUpdate } from '../timeline/record.ts';
import { millisOf } from './clock-gaps.ts';
import { endOf, reopens } from './silence.ts';

/** What became of the promises of a next update. Each promise is counted once: kept, late or missed. */
export interface Promises {
  readonly posted: number;
  readonly promised: number;
  readonly kept: number;
  /** Posted after it was due (or the incident ended without it), by less than a whole cadence. */
  readonly late: readonly Late[];
  /** A whole cadence late or more. */
  readonly missed: readonly Late[];
}

export interface Late {
  readonly promisedAt: number;
  /** Null: not posted before the incident ended, or until now. */
  readonly update: RecordedUpdate | null;
  readonly by: Millis;
  /** The reminder that it was due, else the update that promised it: of one that did not come. */
  readonly entry?: RecordedEntry | null;
}

export function promisesOf(record: IncidentRecord, asOf: Date): Promises {
  const late: Late[] = [];
  const missed: Late[] = [];
  let kept = 0;
  let madeAt = millisOf(record.clock.declaredAt) ?? 0;
  for (const update of record.updates) {
    const promisedAt = millisOf(update.promisedAt);
    if (promisedAt !== null && update.kept === false) {
      const by = (update.lateBySeconds ?? 0) * 1000;
      const cadence = promisedAt - madeAt;
      (cadence > 0 && by >= cadence ? missed : late).push({ promisedAt, update, by });
    } else if (promisedAt !== null && update.kept === true) kept++;
    madeAt = millisOf(update.postedAt) ?? madeAt;
  }
  const open = neverPosted(record, asOf);
  if (open) ((open.wasMissed ?? open.by >= open.promisedAt - madeAt) ? missed : late).push(open);
  return { posted: record.updates.length, promised: kept + late.length + missed.length, kept, late, missed };
}

/**
 * The last promise, when the incident outlived it: the one people were last reminded of, else the last update's when
 * nothing moved it since.
 */
function neverPosted(record: IncidentRecord, asOf: Date): (Late & { readonly wasMissed?: boolean }) | null {
  const last = record.updates.at(-1);
  const since = record.timeline.findLastIndex(movesPromise);
  const isAfter = (entry: RecordedEntry, n: number) => entry.occurredAt > (last?.postedAt ?? '') && n > since;
  const rungs = record.timeline.filter((entry, n) => isReminder(entry) && isAfter(entry, n));
  const wasMoved = since >= 0 && (record.timeline[since]?.occurredAt ?? '') > (last?.postedAt ?? '');
  const reminded = rungs.at(-1)?.payload.promisedAt;
  const promisedAt = millisOf(
    typeof reminded === 'string' ? reminded : wasMoved ? null : (last?.nextPromiseAt ?? null),
  );
  const by = promisedAt === null ? 0 : (endOf(record) ?? asOf.getTime()) - promisedAt;
  if (promisedAt === null || by <= 0) return null;
  const entry =
    rungs.at(-1) ?? record.timeline.find((one) => one.kind === 'update_posted' && one.occurredAt === last?.postedAt);
  const late = { promisedAt, update: null, by, entry: entry ?? null };
  return rungs.length > 0 ? { ...late, wasMissed: rungs.some(({ payload }) => WHOLE.includes(payload.rung)) } : late;
}

/** The rungs of the ladder that are reached when a promise is a whole cadence late. */
const WHOLE: readonly unknown[] = ['full', 'daily'];

const isReminder = ({ kind, payload }: RecordedEntry): boolean =>
  (kind === 'reminder_sent' || kind === 'escalated') &&
  payload.by === 'cadence' &&
  typeof payload.promisedAt === 'string';

/** What gives a promise another time without an update: severity, cadence, reopening. */
const movesPromise = (entry: RecordedEntry): boolean =>
  entry.kind === 'severity_changed' || entry.kind === 'cadence_changed' || reopens(entry);

/** Late beyond the end of the incident, or until now. */
export const didNotCome = ({ update }: Late): boolean => update === null;

export const worstOf = (late: readonly Late[]): Millis => late.reduce((worst, one) => Math.max(worst, one.by), 0);

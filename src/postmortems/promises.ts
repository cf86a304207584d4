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
  if (open) (open.by >= open.promisedAt - madeAt ? missed : late).push(open);
  return { posted: record.updates.length, promised: kept + late.length + missed.length, kept, late, missed };
}

/** The last update's promise, when the incident outlived it and nothing moved it since. */
function neverPosted(record: IncidentRecord, asOf: Date): Late | null {
  const last = record.updates.at(-1);
  const promisedAt = millisOf(last?.nextPromiseAt ?? null);
  const saidAt = last?.postedAt ?? '';
  if (promisedAt === null || record.timeline.some((entry) => entry.occurredAt > saidAt && movesPromise(entry)))
    return null;
  const by = (endOf(record) ?? asOf.getTime()) - promisedAt;
  return by > 0 ? { promisedAt, update: null, by } : null;
}

/** What gives a promise another time without an update: severity, cadence, reopening. */
const movesPromise = (entry: RecordedEntry): boolean =>
  entry.kind === 'severity_changed' || entry.kind === 'cadence_changed' || reopens(entry);

export const worstOf = (late: readonly Late[]): Millis => late.reduce((worst, one) => Math.max(worst, one.by), 0);

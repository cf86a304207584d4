import type { Status } from '../db/tables.ts';
import type { Millis } from '../lib/duration.ts';
import type { IncidentRecord, RecordedEntry } from '../timeline/record.ts';
import { millisOf } from './clock-gaps.ts';
import { heardFrom } from './messages.ts';

/** A stretch of the open incident in which nobody said or did anything. */
export interface Silence {
  readonly from: Edge;
  readonly to: Edge;
  readonly millis: Millis;
}

interface Edge {
  readonly at: number;
  /** Null at the edges that are no entry: the declaration, and now. */
  readonly entry: RecordedEntry | null;
}

/** How many silences are told of. */
const TOLD = 5;

/** Hears the timeline entry by entry, in its order, for the longest silences between what people wrote or did while the incident was open. */
export function silenceWatch(record: IncidentRecord, asOf: Date) {
  const declaredAt = millisOf(record.clock.declaredAt) ?? 0;
  const watch = watcher({ at: declaredAt, entry: null });
  let closed = false;
  return {
    hears: (entry: RecordedEntry): void => {
      const at = millisOf(entry.occurredAt);
      if (at === null) return;
      const moved = openAfter(entry);
      // It may have been over when it was declared: then nobody was silent.
      if (at < declaredAt && moved !== false) return;
      const now = { at, entry };
      if (moved === false) watch.ends(now);
      else {
        if (moved === true) watch.begins(now);
        if (heardFrom(entry) !== null) watch.hears(now);
      }
      closed ||= moved === false;
    },
    /** The longest first. */
    longest: (): readonly Silence[] => {
      const end = closed ? null : endOf(record);
      if (end === null || end > declaredAt)
        watch.ends({ at: end ?? Math.max(asOf.getTime(), declaredAt), entry: null });
      return watch.longest();
    },
  };
}

function watcher(start: Edge) {
  let last: Edge | null = start;
  const longest: Silence[] = [];
  const hears = (now: Edge) => {
    if (last === null) return;
    const millis = now.at - last.at;
    if (millis > (longest[TOLD - 1]?.millis ?? 0)) {
      longest.push({ from: last, to: now, millis });
      longest.sort((a, b) => b.millis - a.millis).splice(TOLD);
    }
    last = now;
  };
  return {
    hears,
    ends: (now: Edge) => {
      hears(now);
      last = null;
    },
    begins: (now: Edge) => {
      last ??= now;
    },
    longest: (): readonly Silence[] => longest,
  };
}

const ENDED: readonly unknown[] = ['resolved', 'closed', 'canceled'] satisfies Status[];

/** Whether the incident is open after this entry; null when the entry says nothing about it. */
function openAfter(entry: RecordedEntry): boolean | null {
  if (entry.kind !== 'status_changed' || typeof entry.payload.to !== 'string') return null;
  return !ENDED.includes(entry.payload.to);
}

/** An ended incident that is open again. */
export const reopens = (entry: RecordedEntry): boolean =>
  openAfter(entry) === true && ENDED.includes(entry.payload.from);

/** When the incident ended according to its clock; null while it is open. */
export function endOf({ clock, incident }: IncidentRecord): number | null {
  return ENDED.includes(incident.status) ? millisOf(clock.resolvedAt ?? clock.closedAt) : null;
}

import type { Millis } from '../lib/duration.ts';
import type { IncidentRecord, RecordedEntry } from '../timeline/record.ts';
import { type Attempt, attemptsOf } from './attempts.ts';
import { type ClockGaps, clockGaps, millisOf } from './clock-gaps.ts';
import type { Digest } from './digest.ts';
import { type FactorSpokenOf, factorsSpokenOf } from './factors-spoken.ts';
import { evidenceLinks, isHandoff, type KeyEntry, keyEntries } from './key-entries.ts';
import { type Promises, promisesOf } from './promises.ts';
import type { Silence } from './silence.ts';
import type { Hour, Voice } from './voices.ts';

/** What the record proves; everything the draft claims stands here. */
export interface Evidence {
  readonly gaps: ClockGaps;
  /** Null when nobody wrote anything at all, or the incident was never open. */
  readonly silence: Silence | null;
  /** The longest first; none when nobody wrote anything at all. */
  readonly silences: readonly Silence[];
  readonly promises: Promises;
  readonly key: readonly KeyEntry[];
  /** Who wrote in the channel, most first. */
  readonly voices: readonly Voice[];
  /** How many people wrote in each hour. */
  readonly hours: readonly Hour[];
  /** Command that went from one to another. */
  readonly handoffs: readonly KeyEntry[];
  readonly remedy: RemedySpokenOf | null;
  readonly attempts: readonly Attempt[];
  readonly factors: readonly FactorSpokenOf[];
  /** Entries of the record. */
  readonly entries: number;
  readonly permalinkOf: (entry: RecordedEntry) => string | null;
}

/** The first mention of a mitigation, and how long until the incident was called mitigated or resolved, be it for a while. */
interface RemedySpokenOf {
  readonly first: KeyEntry;
  readonly doneAt: number | null;
  readonly after: Millis | null;
  /** The change of status by which it was called so; null when the clock alone says it. */
  readonly done: KeyEntry | null;
  /** What took it back. */
  readonly undone: KeyEntry | null;
}

/** `asOf` stands for the end while the incident is still open. */
export function evidenceOf({ record, entries, voices, hours, ...heard }: Digest, asOf: Date): Evidence {
  const permalinkOf = evidenceLinks(record.timeline);
  const key = keyEntries(record, permalinkOf);
  const attempts = attemptsOf(key);
  const silences = voices.length > 0 ? heard.silences : [];
  return {
    gaps: clockGaps(record.clock),
    silence: silences[0] ?? null,
    silences,
    promises: promisesOf(record, asOf),
    key,
    voices,
    hours,
    handoffs: key.filter(({ entry }) => isHandoff(entry)),
    remedy: remedyOf(record, key, attempts),
    attempts,
    factors: factorsSpokenOf(record, permalinkOf),
    entries,
    permalinkOf,
  };
}

function remedyOf(
  { clock }: IncidentRecord,
  key: readonly KeyEntry[],
  attempts: readonly Attempt[],
): RemedySpokenOf | null {
  const first = key.find((one) => one.remedy !== null);
  if (!first) return null;
  const isAfter = (one: KeyEntry) => one.at >= first.at;
  const attempt = attempts.find(({ called }) => called.some(isAfter));
  const done = attempt?.called.find(isAfter) ?? null;
  const undone = attempt?.undone ?? null;
  // What held is as old as the clock says, which people correct.
  const doneAt = undone && done ? done.at : millisOf(clock.mitigatedAt);
  return { first, doneAt, after: doneAt === null ? null : Math.max(0, doneAt - first.at), done, undone };
}

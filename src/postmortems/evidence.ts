import type { Millis } from '../lib/duration.ts';
import type { IncidentRecord, RecordedEntry } from '../timeline/record.ts';
import { type ClockGaps, clockGaps, millisOf } from './clock-gaps.ts';
import { evidenceLinks, type KeyEntry, keyEntries } from './key-entries.ts';
import { lastWording, speakerOf } from './messages.ts';
import { type Promises, promisesOf } from './promises.ts';
import { longestSilence, type Silence } from './silence.ts';

/** What the record proves; everything the draft claims stands here. */
export interface Evidence {
  readonly gaps: ClockGaps;
  /** Null when nobody wrote anything at all, or the incident was never open. */
  readonly silence: Silence | null;
  readonly promises: Promises;
  readonly key: readonly KeyEntry[];
  /** Who wrote in the channel, most first. */
  readonly voices: readonly Voice[];
  readonly remedy: RemedySpokenOf | null;
  /** Entries of the record. */
  readonly entries: number;
  readonly permalinkOf: (entry: RecordedEntry) => string | null;
}

export interface Voice {
  readonly user: string;
  readonly messages: number;
}

/** The first mention of a mitigation before the incident was mitigated, and how long until it was. */
export interface RemedySpokenOf {
  readonly first: KeyEntry;
  readonly doneAt: number | null;
  readonly after: Millis | null;
}

/**
 * Linear in the number of entries, so that a long incident's draft is as prompt as a short one's. `asOf` stands for the
 * end while the incident is still open.
 */
export function evidenceOf(unordered: IncidentRecord, asOf: Date): Evidence {
  const record = { ...unordered, timeline: inOrder(unordered.timeline) };
  const permalinkOf = evidenceLinks(record.timeline);
  const key = keyEntries(record, lastWording(record.timeline), permalinkOf);
  const voices = voicesOf(record.timeline);
  return {
    gaps: clockGaps(record.clock),
    silence: voices.length > 0 ? longestSilence(record, asOf) : null,
    promises: promisesOf(record, asOf),
    key,
    voices,
    remedy: remedyOf(record, key),
    entries: record.timeline.length,
    permalinkOf,
  };
}

function inOrder(timeline: readonly RecordedEntry[]): readonly RecordedEntry[] {
  const follows = (entry: RecordedEntry, n: number) =>
    n === 0 || (timeline[n - 1]?.occurredAt ?? '') <= entry.occurredAt;
  if (timeline.every(follows)) return timeline;
  return timeline.toSorted((a, b) => (a.occurredAt < b.occurredAt ? -1 : a.occurredAt > b.occurredAt ? 1 : 0));
}

function voicesOf(timeline: readonly RecordedEntry[]): Voice[] {
  const counts = new Map<string, number>();
  for (const entry of timeline) {
    const speaker = speakerOf(entry);
    if (speaker !== null) counts.set(speaker, (counts.get(speaker) ?? 0) + 1);
  }
  const voices = [...counts].map(([user, messages]) => ({ user, messages }));
  return voices.sort((a, b) => b.messages - a.messages || (a.user < b.user ? -1 : 1));
}

function remedyOf({ clock }: IncidentRecord, key: readonly KeyEntry[]): RemedySpokenOf | null {
  const first = key.find((one) => one.remedy !== null);
  if (!first) return null;
  const doneAt = millisOf(clock.mitigatedAt);
  return { first, doneAt, after: doneAt === null ? null : Math.max(0, doneAt - first.at) };
}

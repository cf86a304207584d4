import type { Clock, IncidentRecord, Instant, RecordedEntry } from '../timeline/record.ts';
import { millisOf } from './clock-gaps.ts';
import { FACTOR_CLASSES, type FactorClass } from './factors.ts';
import { speakerOf } from './messages.ts';

/** Where a class of factors was first spoken of before it was mitigated; whether it contributed, people say. */
export interface FactorSpokenOf {
  readonly class: FactorClass;
  readonly entry: RecordedEntry;
  readonly at: number;
  readonly text: string;
  readonly permalink: string | null;
}

/** Long pastes are logs; a person's words stand at the front. */
const READ = 2_000;

export function factorsSpokenOf(
  { timeline, clock }: IncidentRecord,
  permalinkOf: (of: RecordedEntry) => string | null,
): FactorSpokenOf[] {
  const ears = factorEars(clock);
  return timeline.flatMap((entry): FactorSpokenOf[] => {
    const { text } = entry;
    const at = millisOf(entry.occurredAt);
    if (text === null || at === null || entry.kind !== 'message' || speakerOf(entry) === null) return [];
    const heard = ears(text, entry.occurredAt);
    return heard === null ? [] : [{ class: heard, entry, at, text, permalink: permalinkOf(entry) }];
  });
}

/** The class of factors that a message is the first to speak of. */
export function factorEars({ mitigatedAt, resolvedAt }: Clock): (text: string, at: Instant) => FactorClass | null {
  const unheard = new Set(Object.keys(FACTOR_CLASSES) as (keyof typeof FACTOR_CLASSES)[]);
  const end = mitigatedAt ?? resolvedAt;
  return (text, at) => {
    if (unheard.size === 0 || (end !== null && at > end)) return null;
    const words = text.slice(0, READ);
    const heard = [...unheard].find((one) => FACTOR_CLASSES[one].test(words));
    if (heard) unheard.delete(heard);
    return heard ?? null;
  };
}

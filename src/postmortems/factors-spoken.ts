import type { IncidentRecord, RecordedEntry } from '../timeline/record.ts';
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
  wording: (of: RecordedEntry) => string | null,
  permalinkOf: (of: RecordedEntry) => string | null,
): FactorSpokenOf[] {
  const unheard = new Set(Object.keys(FACTOR_CLASSES) as (keyof typeof FACTOR_CLASSES)[]);
  const end = clock.mitigatedAt ?? clock.resolvedAt;
  const found: FactorSpokenOf[] = [];
  for (const entry of timeline) {
    if (unheard.size === 0 || (end !== null && entry.occurredAt > end)) break;
    const text = entry.kind === 'message' && speakerOf(entry) !== null ? wording(entry) : null;
    const at = millisOf(entry.occurredAt);
    if (text === null || at === null) continue;
    const words = text.slice(0, READ);
    const heard = [...unheard].find((one) => FACTOR_CLASSES[one].test(words));
    if (!heard) continue;
    unheard.delete(heard);
    found.push({ class: heard, entry, at, text, permalink: permalinkOf(entry) });
  }
  return found;
}

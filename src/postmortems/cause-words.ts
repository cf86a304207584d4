import type { IncidentRecord, RecordedEntry } from '../timeline/record.ts';

/** The words by which something was later called the cause, to find who spoke of it first. */
interface CauseWords {
  speaksOf(text: string): boolean;
}

/** So many of them must be shared: one alone is chance. */
const SHARED = 2;
const MOST = 12;
/** What shares its beginning is the same word: expired, expires, expiry. */
const STEM = 5;
/** A person's words stand at the front of a message; the rest is pasted. */
const READ = 2_000;

/** From the reason given when the cause was last called identified. Null when nobody said enough. */
export function causeWords(record: IncidentRecord): CauseWords | null {
  const said = calledTheCause(record);
  const stems = said === null ? [] : stemsOf(said);
  if (stems.length < SHARED) return null;
  const any = new RegExp(`(?<![\\p{L}\\p{N}])(?:${stems.join('|')})`, 'giu');
  return {
    speaksOf: (text) => {
      const shared = new Set<string>();
      for (const [word] of text.slice(0, READ).matchAll(any)) {
        shared.add(word.toLowerCase());
        if (shared.size === SHARED) return true;
      }
      return false;
    },
  };
}

function calledTheCause({ timeline, updates }: IncidentRecord): string | null {
  const last = timeline.findLast(isIdentified);
  if (!last) return null;
  if (typeof last.payload.why === 'string') return last.payload.why;
  return updates.find((update) => update.postedAt === last.occurredAt)?.text ?? null;
}

export const isIdentified = ({ kind, payload }: RecordedEntry): boolean =>
  kind === 'status_changed' && payload.to === 'identified';

const stemsOf = (text: string): string[] => {
  const words = text.toLowerCase().match(/[\p{L}\p{N}]{3,}/gu) ?? [];
  return [...new Set(words.filter((word) => !COMMON.has(word)).map((word) => word.slice(0, STEM)))].slice(0, MOST);
};

/** Words that every incident speaks in. */
const COMMON = new Set(
  (
    'the and for was were are not but with that this these those from into onto than then when where which while who ' +
    'why how has have had been being its our their your his her they them you all any each one two some more most ' +
    'now again still just only also out off after before because since due about over under per via can could would ' +
    'will shall may did does done got get error errors issue issues problem problems incident cause caused causes ' +
    'root fix fixed fixes down back roll rolled rolling service services users customers everything resolved mitigated ' +
    'failed failing fails fail'
  ).split(' '),
);

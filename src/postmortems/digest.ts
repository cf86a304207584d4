import { inHindsight } from '../timeline/known-later.ts';
import type { IncidentRecord, RecordedEntry } from '../timeline/record.ts';
import { factorEars } from './factors-spoken.ts';
import { isUpdatePost, messageEars } from './key-entries.ts';
import { isBots, lastWording, speakerOf } from './messages.ts';
import { type Silence, silenceWatch } from './silence.ts';
import { type Hour, headcount, type Voice } from './voices.ts';

/** A record as a draft needs it: whole but for its messages, of which few are kept and the others counted. */
export interface Digest {
  /** Messages have the words they had last; none when these were taken back. */
  readonly record: IncidentRecord;
  /** Of the whole timeline. */
  readonly entries: number;
  /** Who wrote in the channel, most first. */
  readonly voices: readonly Voice[];
  /** How many people wrote in each hour. */
  readonly hours: readonly Hour[];
  /** The longest first. */
  readonly silences: readonly Silence[];
}

/**
 * Reads what was said, message by message, between the other entries of the record, which come in their order. A message
 * is kept when people marked it, when it is the first to speak of something, and when an entry without a message can be
 * looked up there: so what is kept grows with what people did, and not with what they said. `asOf` stands for the end
 * while the incident is still open.
 */
export function digester(record: IncidentRecord, asOf: Date) {
  const [watch, count, neighbours] = [silenceWatch(record, asOf), headcount(), neighbourhood()];
  const isFirst = firstMentions(record);
  const kept: RecordedEntry[] = [];
  const others = record.timeline;
  let next = 0;
  const passes = (entry: RecordedEntry) => {
    watch.hears(entry);
    count.hears(entry);
  };
  const othersUntil = (message: RecordedEntry | null) => {
    // Of one moment, what the bot wrote down comes first.
    const isDue = (other: RecordedEntry) => message === null || other.occurredAt <= message.occurredAt;
    for (let other = others[next]; other && isDue(other); other = others[++next]) {
      passes(other);
      // What leads to a message says what that says.
      if (other.ts === null) kept.push(...neighbours.before(), other);
      else kept.push({ ...other, text: null });
    }
  };
  const said = (rows: readonly RecordedEntry[]) => {
    const [only] = rows;
    const message = rows.length === 1 && only && isAsPosted(only) ? only : settled(rows);
    if (!message) return;
    othersUntil(message);
    passes(message);
    const [isNews, isNear] = [isFirst(message), neighbours.isNext(message)];
    const isKept = message.key || isNews || isNear;
    if (isKept) kept.push(message);
    neighbours.was(message, isKept);
  };
  let open: RecordedEntry[] = [];
  return {
    /** A message, an edit of it, its deletion or a mark on it; what is of one message comes together, messages in their order. */
    hears(row: RecordedEntry): void {
      if (open.length > 0 && open[0]?.ts !== row.ts) {
        said(open);
        open = [];
      }
      open.push(row);
    },
    /** When all was heard. */
    digest(entries: number): Digest {
      said(open);
      othersUntil(null);
      const { voices, hours } = count.counted();
      return { record: { ...record, timeline: kept }, entries, voices, hours, silences: watch.longest() };
    },
  };
}

/** A message as it is after its edits, its deletion and the marks on it; most have none of them. */
function settled(rows: readonly RecordedEntry[]): RecordedEntry | undefined {
  const inOrder = rows.toSorted((a, b) => Date.parse(a.occurredAt) - Date.parse(b.occurredAt));
  const message = inHindsight(inOrder, null).find(({ kind }) => kind === 'message');
  return message && { ...message, text: lastWording(inOrder)(message) };
}

const isAsPosted = ({ kind, struck, payload }: RecordedEntry): boolean =>
  kind === 'message' && !struck && payload.blanked !== true;

/** Whether a message is the first to speak of anything that a draft tells. */
function firstMentions(record: IncidentRecord): (message: RecordedEntry) => boolean {
  const [ears, factors] = [messageEars(record), factorEars(record.clock)];
  return (message) => {
    if (message.text === null || speakerOf(message) === null) return false;
    const [heard, factor] = [ears(message.text, message.occurredAt), factors(message.text, message.occurredAt)];
    return heard.rule !== null || factor !== null;
  };
}

/** Messages around an entry that has none: the last before it, and after it the next of all, of the bot's, of its updates. */
function neighbourhood() {
  let last: RecordedEntry | null = null;
  let wanted = new Set<string>();
  return {
    was: (message: RecordedEntry, isKept: boolean) => {
      last = isKept ? null : message;
    },
    /** An entry is next: what is to be kept before it. */
    before: (): RecordedEntry[] => {
      const found = last === null ? [] : [last];
      last = null;
      wanted = new Set(['any', 'bots', 'update']);
      return found;
    },
    isNext: (message: RecordedEntry): boolean => {
      if (wanted.size === 0) return false;
      const is = ['any', ...(isBots(message) ? ['bots'] : []), ...(isUpdatePost(message) ? ['update'] : [])];
      return is.filter((one) => wanted.delete(one)).length > 0;
    },
  };
}

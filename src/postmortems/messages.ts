import type { RecordedEntry } from '../timeline/record.ts';

/** What is known of a channel's messages after reading the timeline once. */
export interface Messages {
  /** The last wording, as Slack sent it; null when it was deleted, redacted or never had words: it is not to be quoted. */
  readonly wording: (entry: RecordedEntry) => string | null;
  /** Pinned or marked with 📌 by a person, and not unmarked since. */
  readonly isMarked: (entry: RecordedEntry) => boolean;
}

export function readMessages(timeline: readonly RecordedEntry[]): Messages {
  const gone = new Set<string>();
  const edits = new Map<string, string | null>();
  const marks = new Map<string, number>();
  const bots = new Set<string>();
  for (const entry of timeline) {
    if (entry.kind === 'message' && entry.actor !== null && isBots(entry)) bots.add(entry.actor);
    const message = entry.ts;
    if (message === null) continue;
    if (entry.kind === 'message_deleted' || isRedaction(entry)) gone.add(message);
    if (entry.kind === 'message_edited') edits.set(message, entry.text);
    // The bot pins its own card; a mark is a person's.
    const mark = entry.actor !== null && bots.has(entry.actor) ? 0 : markOf(entry);
    if (mark !== 0) marks.set(message, Math.max(0, (marks.get(message) ?? 0) + mark));
  }
  return {
    wording: (entry) => {
      if (entry.ts === null) return entry.text;
      if (gone.has(entry.ts)) return null;
      return entry.kind === 'message' && edits.has(entry.ts) ? (edits.get(entry.ts) ?? null) : entry.text;
    },
    isMarked: (entry) => entry.ts !== null && ((marks.get(entry.ts) ?? 0) > 0 || (entry.key && !isBots(entry))),
  };
}

/** Posted by an app, ours included. */
export const isBots = (entry: RecordedEntry): boolean =>
  typeof entry.payload.bot_id === 'string' || entry.payload.subtype === 'bot_message';

/** A person's word in the channel: what breaks a silence and counts as taking part. */
export function speakerOf(entry: RecordedEntry): string | null {
  const spoken =
    entry.kind === 'update_posted' || entry.kind === 'note' || (entry.kind === 'message' && !isBots(entry));
  return spoken ? entry.actor : null;
}

/** A message whose words were taken out of the record. */
const isRedaction = (entry: RecordedEntry): boolean =>
  (entry.kind === 'message' || entry.kind === 'message_edited') && entry.text === null;

function markOf(entry: RecordedEntry): -1 | 0 | 1 {
  switch (entry.kind) {
    case 'pin_added':
      return 1;
    case 'pin_removed':
      return -1;
    case 'reaction_added':
      return isPushpin(entry) ? 1 : 0;
    case 'reaction_removed':
      return isPushpin(entry) ? -1 : 0;
    default:
      return 0;
  }
}

const isPushpin = (entry: RecordedEntry): boolean =>
  entry.payload.reaction === 'pushpin' || entry.text === ':pushpin:' || entry.text === 'pushpin';

import type { EntryKind } from '../db/tables.ts';
import type { RecordedEntry } from '../timeline/record.ts';

/**
 * The last wording of an entry, as Slack sent it; null when it was deleted, redacted or struck out: what people took
 * back is not quoted again, whatever the record keeps.
 */
export function lastWording(timeline: readonly Worded[]): (entry: Worded) => string | null {
  const gone = new Set<string>();
  const edits = new Map<string, string | null>();
  for (const { kind, ts, text, payload } of timeline) {
    if (ts === null) continue;
    if (kind === 'message_deleted' || payload.blanked === true) gone.add(ts);
    if (kind === 'message_edited') edits.set(ts, text);
  }
  return (entry) => {
    if (entry.struck) return null;
    if (entry.ts === null) return entry.text;
    if (gone.has(entry.ts)) return null;
    const edited = entry.kind === 'message' ? edits.get(entry.ts) : undefined;
    return edited === undefined ? entry.text : edited;
  };
}

type Worded = Pick<RecordedEntry, 'kind' | 'ts' | 'text' | 'payload' | 'struck'>;

/** Posted by an app, ours included. */
export const isBots = ({ payload }: Pick<RecordedEntry, 'payload'>): boolean =>
  typeof payload.bot_id === 'string' || payload.subtype === 'bot_message';

/** Whose word it is: what counts as taking part. Null for bots and for what is no word. */
export function speakerOf(entry: RecordedEntry): string | null {
  const spoken =
    entry.kind === 'update_posted' || entry.kind === 'note' || (entry.kind === 'message' && !isBots(entry));
  return spoken ? entry.actor : null;
}

/** Who let the others hear of them: what breaks a silence. A word, or a deed that the bot told the channel of. */
export function heardFrom(entry: RecordedEntry): string | null {
  return UNHEARD.includes(entry.kind) ? speakerOf(entry) : entry.actor;
}

/** What happens to messages and members is no sign of somebody at work; words count by who wrote them. */
const UNHEARD: readonly EntryKind[] = [
  'message',
  'message_edited',
  'message_deleted',
  'reaction_added',
  'reaction_removed',
  'pin_added',
  'pin_removed',
  'member_joined',
  'member_left',
  'channel_changed',
  'archive_answered',
  'postmortem',
];

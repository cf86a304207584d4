import type { Ts } from '../lib/ids.ts';
import { afterthoughts } from './corrected.ts';
import { PUSHPIN } from './mark.ts';
import type { RecordedEntry } from './record.ts';

/** Each entry with what people said of it afterwards: marked as key, struck out, its time corrected. */
export const inHindsight = (told: readonly RecordedEntry[], cardTs: Ts | null): readonly RecordedEntry[] =>
  told.map(hindsight(told, cardTs));

/** The same of one that need not be among those that mark, strike out and correct. */
export function hindsight(told: readonly RecordedEntry[], cardTs: Ts | null): (entry: RecordedEntry) => RecordedEntry {
  const [key, later] = [keyMessages(told, cardTs), afterthoughts(told)];
  return (entry) => {
    const [marked, thought] = [isMarked(entry, key), later.get(entry.id)];
    return marked || thought ? { ...entry, ...thought, key: entry.key || marked } : entry;
  };
}

const isMarked = ({ kind, ts }: RecordedEntry, key: ReadonlySet<Ts>): boolean =>
  kind === 'message' && ts !== null && key.has(ts);

/** Messages that people marked: 📌 not taken back, pinned still, or noted. Our own card is pinned by us. */
function keyMessages(entries: readonly RecordedEntry[], cardTs: Ts | null): ReadonlySet<Ts> {
  const marks = new Map<string, Ts>();
  for (const row of entries) {
    if (!row.ts) continue;
    if (row.kind === 'note') marks.set(`note ${row.ts}`, row.ts);
    if (row.kind === 'pin_added' && row.ts !== cardTs) marks.set(`pin ${row.ts}`, row.ts);
    // A pin is the channel's: anybody may take it away.
    if (row.kind === 'pin_removed') marks.delete(`pin ${row.ts}`);
    if (row.payload.reaction !== PUSHPIN) continue;
    if (row.kind === 'reaction_added') marks.set(`pushpin ${row.ts} ${row.actor}`, row.ts);
    if (row.kind === 'reaction_removed') marks.delete(`pushpin ${row.ts} ${row.actor}`);
  }
  return new Set(marks.values());
}

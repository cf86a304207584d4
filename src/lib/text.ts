/** Words about text that know nothing of Slack or SQL. */

const LONE_SURROGATE = /[\uD800-\uDBFF](?![\uDC00-\uDFFF])|(?<![\uD800-\uDBFF])[\uDC00-\uDFFF]/g;

/** Postgres stores neither NUL nor half a surrogate pair; both are replaced visibly by U+FFFD. */
export const storable = (text: string): string => text.replaceAll('\u0000', '\uFFFD').replace(LONE_SURROGATE, '\uFFFD');

/** The same for every string inside a JSON value, keys included. */
export function storableJson<T>(value: T): T {
  if (typeof value === 'string') return storable(value) as T;
  if (Array.isArray(value)) return value.map(storableJson) as T;
  // A Date writes itself as text; taken apart it would be empty.
  if (value === null || typeof value !== 'object' || value instanceof Date) return value;
  return Object.fromEntries(Object.entries(value).map(([k, v]) => [storable(k), storableJson(v)])) as T;
}

/** A value as JSON that Postgres stores. Taken apart only when its text has something to be replaced. */
export function jsonOf(value: unknown): string {
  const text = JSON.stringify(value);
  return UNSTORABLE.test(text) ? JSON.stringify(storableJson(value)) : text;
}

/** How JSON writes NUL and half a surrogate pair. */
const UNSTORABLE = /\\u(?:0000|d[89a-f])/;

/** At most `max` UTF-16 units, an ellipsis where it was cut, never half a surrogate pair. */
export function shorten(text: string, max: number): string {
  if (text.length <= max) return text;
  const cut = text.slice(0, max - 1);
  return `${/[\uD800-\uDBFF]$/.test(cut) ? cut.slice(0, -1) : cut}…`;
}

export const plural = (n: number, word: string, many = `${word}s`): string => `${n} ${n === 1 ? word : many}`;

/** `a, b and c` */
export function listed(words: readonly string[]): string {
  if (words.length < 2) return words.join('');
  return `${words.slice(0, -1).join(', ')} and ${words.at(-1)}`;
}

/** The word of `known` nearest to what was typed, or null when none is near (at most a third of its letters away). */
export function nearest(typed: string, known: readonly string[]): string | null {
  // The difference in length is a lower bound, and spares comparing a word as long as a book letter by letter.
  const ranked = known
    .filter((word) => Math.abs(word.length - typed.length) <= tolerated(word))
    .map((word) => ({ word, far: distance(typed.toLowerCase(), word) }))
    .sort((a, b) => a.far - b.far);
  const best = ranked[0];
  return best && best.far <= tolerated(best.word) ? best.word : null;
}

const tolerated = (word: string): number => Math.max(2, Math.floor(word.length / 3));

/** Damerau-Levenshtein (optimal string alignment): a swap of two letters counts once. */
function distance(a: string, b: string): number {
  const rows = [Array.from({ length: b.length + 1 }, (_, j) => j)];
  for (let i = 1; i <= a.length; i++) {
    const row = [i];
    for (let j = 1; j <= b.length; j++) {
      const cost = a[i - 1] === b[j - 1] ? 0 : 1;
      const above = rows[i - 1] as number[];
      let least = Math.min((above[j] ?? 0) + 1, (row[j - 1] ?? 0) + 1, (above[j - 1] ?? 0) + cost);
      if (i > 1 && j > 1 && a[i - 1] === b[j - 2] && a[i - 2] === b[j - 1])
        least = Math.min(least, (rows[i - 2]?.[j - 2] ?? 0) + 1);
      row.push(least);
    }
    rows.push(row);
  }
  return rows[a.length]?.[b.length] ?? 0;
}

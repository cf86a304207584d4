/**
 * Slack: a field of a form holds 3,000 characters, a form 100 blocks and 250,000 bytes. A longer section is cut into
 * fields, with room to write in each; longer ones still are written by command.
 */
export const PART = 2_400;
export const FIELD = 3_000;
const PARTS = 20;

/** What stood between two fields. */
export type Glue = 'line' | 'paragraph' | 'space';
const GLUE: Record<Glue, string> = { line: '\n', paragraph: '\n\n', space: ' ' };

export interface Parts {
  readonly parts: readonly string[];
  /** One less than parts. */
  readonly glue: readonly Glue[];
}

/** Cut where a line ends if possible, else at a space. Null: too long for a form. */
export function partsOf(text: string): Parts | null {
  const parts: string[] = [];
  const glue: Glue[] = [];
  let rest = text.trim();
  while (rest.length > PART) {
    const head = rest.slice(0, PART);
    const at = [head.lastIndexOf('\n'), head.lastIndexOf(' ')].find((one) => one > PART / 3) ?? PART;
    const between = /^\s*/.exec(rest.slice(at))?.[0] ?? '';
    const cut = rest.slice(0, at).trimEnd();
    const gap = rest.slice(cut.length, at) + between;
    glue.push(gap.includes('\n\n') ? 'paragraph' : gap.includes('\n') ? 'line' : 'space');
    parts.push(cut);
    rest = rest.slice(at).trimStart();
    if (parts.length === PARTS) return null;
  }
  return { parts: [...parts, rest], glue };
}

/** Emptied fields are gone, with what stood before them. */
export function wholeOf(parts: readonly (string | null)[], glue: readonly Glue[]): string {
  let whole = '';
  for (const [n, part] of parts.entries()) {
    if (!part) continue;
    whole += whole === '' ? part : `${GLUE[glue[n - 1] ?? 'line']}${part}`;
  }
  return whole;
}

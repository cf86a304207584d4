import type { Line } from './document.ts';
import { type Piece, type Said, said } from './said.ts';

/**
 * A section as people edit it: a small Markdown of lists, links, **strong** and *emphasis*. Everything else is text, also
 * what looks like markup of another kind, and is escaped where it is shown.
 */
export function sourceOf(body: readonly Line[]): string {
  return body
    .map((line, n) => {
      const gap = n === 0 ? '' : line.as === 'item' && body[n - 1]?.as === 'item' ? '\n' : '\n\n';
      return gap + sourceLine(line);
    })
    .join('');
}

/** One line of it, without a line break. */
const sourceLine = (line: Line): string => {
  const words = line.said.map(written).join('');
  if (line.as === 'item') return `- ${words}`;
  return line.as === 'day' ? `### ${words}` : words.replace(/^(?=[-•]\s|#)/, '\\');
};

function written({ text, href, as }: Piece): string {
  const [, start = '', inner = '', end = ''] = /^(\s*)([\s\S]*?)(\s*)$/.exec(text) ?? [];
  const words = inner.replace(/[\\*[\]]/g, '\\$&').replace(/\s*\n\s*/g, ' ');
  if (words === '') return text;
  const mark = as === undefined ? '' : as === 'strong' ? '**' : '*';
  const dressed = `${mark}${words}${mark}`;
  return `${start}${href !== undefined && ADDRESS.test(href) ? `[${dressed}](${href})` : dressed}${end}`;
}

/** Each line stands for itself; empty ones only part. */
export function linesOf(source: string): Line[] {
  return source.split('\n').flatMap((written): Line[] => {
    const line = written.trim();
    if (line === '') return [];
    const item = /^[-•*]\s+(.*)$/.exec(line);
    if (item) return [{ as: 'item', said: pieces(item[1] ?? '') }];
    const day = /^#{1,6}\s+(.*)$/.exec(line);
    if (day) return [{ as: 'day', said: pieces(day[1] ?? '').map((piece) => ({ ...piece, as: 'strong' as const })) }];
    return [{ as: 'paragraph', said: pieces(line) }];
  });
}

const ADDRESS = /^https?:\/\/[^\s<>()[\]\\`"'|*]+$/i;
const TEXT = '(?:\\\\.|[^\\\\*\\[\\]])';
const MARK = new RegExp(
  [
    '\\\\([\\\\*[\\]#•-])',
    `\\[((?:\\\\.|[^\\\\[\\]])+)\\]\\((https?:\\/\\/[^\\s<>()[\\]\\\\\`"'|*]+)\\)`,
    `\\*\\*(?=\\S)(${TEXT}+?)(?<=\\S)\\*\\*`,
    `\\*(?=\\S)(${TEXT}+?)(?<=\\S)\\*`,
  ].join('|'),
  'gi',
);

function pieces(line: string): Said {
  const found: Piece[] = [];
  let from = 0;
  for (const match of line.matchAll(MARK)) {
    found.push(...said(line.slice(from, match.index)));
    from = match.index + match[0].length;
    const [, character, label, href, strong, emphasis] = match;
    if (character !== undefined) found.push({ text: character });
    else if (label !== undefined && href !== undefined)
      found.push(...pieces(label).map((piece) => ({ ...piece, href })));
    else if (strong !== undefined) found.push({ text: plain(strong), as: 'strong' });
    else if (emphasis !== undefined) found.push({ text: plain(emphasis), as: 'unknown' });
  }
  return together([...found, ...said(line.slice(from))]);
}

const plain = (text: string): string => text.replace(/\\([\\*[\]#•-])/g, '$1');

/** Neighbours of one kind are one piece: an escape in the middle of a word leaves no seam. */
function together(found: readonly Piece[]): Said {
  const joined: Piece[] = [];
  for (const piece of found) {
    const last = joined.at(-1);
    if (last && last.href === piece.href && last.as === piece.as)
      joined[joined.length - 1] = { ...last, text: last.text + piece.text };
    else joined.push(piece);
  }
  return joined;
}

/**
 * The lines of a later draft that neither the earlier one nor people's own words hold. What is still asked for is no news,
 * and neither is a link beside words that stood there before.
 */
export function newIn(drafted: readonly Line[], before: string, words: string): string[] {
  const known = new Set([...linesOf(before), ...linesOf(words)].map(spoken));
  return drafted
    .filter((line) => line.as !== 'day' && !line.said.some(({ as }) => as === 'unknown'))
    .filter((line) => !known.has(spoken(line)))
    .map(sourceLine);
}

const spoken = (line: Line): string =>
  line.said
    .map(({ text }) => text)
    .join('')
    .replace(/\s+/g, ' ')
    .trim();

/** What a person wrote: the lines that the draft does not hold. */
export function ownLines(text: string, drafted: string): string {
  const theirs = new Set(drafted.split('\n').map((line) => line.trim()));
  return text
    .split('\n')
    .filter((line) => !theirs.has(line.trim()))
    .join('\n');
}

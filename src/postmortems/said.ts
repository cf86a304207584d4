/**
 * A statement of the draft in pieces of plain text. Nothing is markup before it is rendered, so that what people wrote
 * is escaped in every place where a draft appears, and ours with it.
 */
export interface Piece {
  readonly text: string;
  readonly href?: string;
  readonly as?: 'strong' | 'unknown';
}

export type Said = readonly Piece[];

/** What a statement is put together from. */
export type Part = string | Piece | Said | null;

/** Strings are plain text; a missing piece says nothing. */
export const said = (...parts: Part[]): Said =>
  parts.flatMap((part) => {
    if (part === null || part === '') return [];
    if (typeof part === 'string') return [{ text: part }];
    return 'text' in part ? [part] : part;
  });

export const strong = (text: string): Piece => ({ text, as: 'strong' });

/** The text as a link to its evidence, or the bare text when there is none. */
export const linked = (text: string, href: string | null): Piece => (href === null ? { text } : { text, href });

export const plainText = (statement: Said): string => statement.map((piece) => piece.text).join('');

/** The first `max` characters, an ellipsis where it was cut; links stay whole. */
export function cutSaid(statement: Said, max: number): Said {
  let left = max;
  return statement.flatMap((piece) => {
    if (left <= 0) return piece.href ? [{ ...piece, text: '…' }] : [];
    const text = cutText(piece.text, left);
    left -= piece.text.length;
    return [{ ...piece, text }];
  });
}

/** One line for people: line breaks become spaces; marks that turn the reading direction around are dropped. */
export function oneLine(text: string): string {
  return text
    .replace(TURNING, '')
    .replace(/[\s\p{Cc}]+/gu, ' ')
    .trim();
}

/** Characters that make the rest of a line, ours included, read backwards. */
const TURNING = /[\u202A-\u202E\u2066-\u2069]/g;

export function cutText(text: string, max: number): string {
  if (text.length <= max) return text;
  const cut = text.slice(0, Math.max(0, max - 1)).replace(/[\uD800-\uDBFF]$/, '');
  return `${cut}…`;
}

import type { Line } from './document.ts';
import { paragraph } from './names.ts';

/**
 * A section of which only some lines fit: those that matter most, in their order, then how many are missing. A day stays
 * with its lines.
 */
export function shortened(
  body: readonly Line[],
  fits: (line: Line) => boolean,
  ending: (left: number) => string,
): readonly Line[] {
  const items = body.filter((line) => line.as !== 'day');
  const ranked = items.toSorted((a, b) => (a.rank ?? 0) - (b.rank ?? 0));
  const kept = new Set(ranked.filter(fits));
  if (kept.size === items.length) return body;
  const lines = body.filter((line) => line.as === 'day' || kept.has(line));
  const told = lines.filter((line, n) => line.as !== 'day' || (lines[n + 1]?.as ?? 'day') !== 'day');
  return [...told, paragraph(ending(items.length - kept.size))];
}

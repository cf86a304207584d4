import { type Ts, ts } from '../lib/ids.ts';
import { plainOf } from '../slack/mrkdwn.ts';
import type { Document, Line } from './document.ts';
import type { Said } from './said.ts';
import { PERSPECTIVES, SECTIONS, type SectionId } from './sections.ts';
import type { Postmortem, Review, Revision } from './work.ts';

/**
 * A text without what it quotes of these messages: their words go, that something was said there and when stays. Every
 * quote stands in one line with the link to its message. What a quote holds is foreign, so it ends at the line's last mark.
 */
export function withoutMessages(markdown: string, messages: readonly Ts[]): string {
  const leadsTo = leading(messages);
  return markdown
    .split('\n')
    .map((line) => (leadsTo(line) ? line.replace(/“.*”/, '(redacted)') : line))
    .join('\n');
}

/** The messages whose words stand in a text: those it would be another text without. */
export const messagesQuoted = (markdown: string): Ts[] => [
  ...new Set(
    markdown
      .split('\n')
      .filter((line) => /“.*”/.test(line))
      .flatMap((line) => [...line.matchAll(/\/p(\d{7,})/g)].map(([, digits = '']) => digits))
      .map((digits) => ts(`${digits.slice(0, -6)}.${digits.slice(-6)}`)),
  ),
];

/** The same of a draft in pieces. */
export function documentWithout(document: Document, messages: readonly Ts[]): Document {
  if (messages.length === 0) return document;
  const leadsTo = leading(messages);
  const clean = (said: Said): Said =>
    said.some(({ href }) => href !== undefined && leadsTo(href)) ? withoutQuote(said) : said;
  const cleanLine = (line: Line): Line => ({ ...line, said: clean(line.said) });
  return {
    ...document,
    facts: document.facts.map((fact) => ({ ...fact, said: clean(fact.said) })),
    measured: document.measured.map((fact) => ({ ...fact, said: clean(fact.said) })),
    sections: document.sections.map((section) => ({ ...section, body: section.body.map(cleanLine) })),
    wording: document.wording.map(cleanLine),
  };
}

interface WithoutQuotes {
  readonly markdown: string;
  readonly document: Document | null;
  /** Those that quoted them. */
  readonly revisions: readonly Revision[];
  readonly reviews: readonly Review[];
  /** Headings under which people had put the words without a link. */
  readonly copiedIn: readonly string[];
}

/** Messages that are not to be quoted any more, and what they and their edits said as far as that is known. */
export interface SaidOnce {
  readonly messages: readonly Ts[];
  readonly words: readonly string[];
}

/** A postmortem, every wording of it and what its reviewers added, without what they quote of these messages, with or without a link; null when that is nothing. */
export function withoutQuotes(
  { markdown, document }: Pick<Postmortem, 'markdown' | 'document'>,
  revisions: readonly Revision[],
  reviews: readonly Review[],
  { messages, words }: SaidOnce,
): WithoutQuotes | null {
  const without = (text: string) => withoutMessages(text, messages);
  const copies = copiesOf(words);
  const found = new Set<string>();
  const own = (text: string, heading: string) => {
    const left = without(text);
    const whole = copies === null ? left : left.replace(copies, '(redacted)');
    if (whole !== left) found.add(heading);
    return whole;
  };
  const clean = {
    document: document && documentWithout(document, messages),
    revisions: revisions.flatMap((one): Revision[] => {
      const proposed = one.proposed === null ? null : without(one.proposed);
      const text = own(one.text, SECTIONS[one.section as SectionId]);
      const after = { ...one, text, drafted: without(one.drafted), proposed };
      return JSON.stringify(after) === JSON.stringify(one) ? [] : [after];
    }),
  };
  const reworded = reviews.flatMap((one): Review[] => {
    const perspective = one.perspective === null ? null : own(one.perspective, PERSPECTIVES);
    return perspective === one.perspective ? [] : [{ ...one, perspective }];
  });
  // What is computed may hold the same words by themselves; it is told anew.
  const left = without(markdown);
  const now = copies !== null && found.size > 0 ? left.replace(copies, '(redacted)') : left;
  const isSame = now === markdown && JSON.stringify(clean.document) === JSON.stringify(document);
  if (isSame && clean.revisions.length + reworded.length === 0) return null;
  return { ...clean, markdown: now, reviews: reworded, copiedIn: [...found] };
}

/**
 * Finds the whole of what was said, whatever the spaces and marks between its words. Null when it is so little that it
 * may stand in two places by chance; a word with a digit in it does not.
 */
function copiesOf(texts: readonly string[]): RegExp | null {
  // The longest first: an edit may begin like what it edited.
  const all = texts
    .toSorted((a, b) => b.length - a.length)
    .flatMap((text) => {
      const plain = plainOf(text, () => MENTIONED).trim();
      const isTelling = plain.length >= 20 || /^(?=\S*\d)\S{8,}$/.test(plain);
      return isTelling ? [plain.split(BETWEEN).map(wordAnyhow).join(BETWEEN.source)] : [];
    });
  return all.length === 0 ? null : new RegExp(all.join('|'), 'gi');
}

const BETWEEN = /[\s*_~`\\]+/;
/** Names are written in more than one way. */
const MENTIONED = '\u0001';

/** As it is typed, and as it is escaped in Markdown. */
const wordAnyhow = (word: string): string =>
  [...word]
    .map((one) => {
      if (one === MENTIONED) return '\\S+';
      return ESCAPED[one] ?? (/[\p{L}\p{N}]/u.test(one) ? one : `\\\\?\\${one}`);
    })
    .join('');

const ESCAPED: Readonly<Record<string, string>> = { '<': '(?:<|&lt;)', '>': '(?:>|&gt;)', '&': '(?:&|&amp;)' };

function withoutQuote(said: Said): Said {
  const first = said.findIndex(({ text }) => text.includes('“'));
  const last = said.findLastIndex(({ text }) => text.includes('”'));
  if (first < 0 || last < first) return said;
  const [head, tail] = [said[first]?.text ?? '', said[last]?.text ?? ''];
  const words = `${head.slice(0, head.indexOf('“'))}(redacted)${tail.slice(tail.lastIndexOf('”') + 1)}`;
  return [...said.slice(0, first), { text: words }, ...said.slice(last + 1)];
}

function leading(messages: readonly Ts[]): (words: string) => boolean {
  const gone = new Set(messages.map((ts) => ts.replace('.', '')));
  return (words) => [...words.matchAll(/\/p(\d+)/g)].some(([, digits = '']) => gone.has(digits));
}

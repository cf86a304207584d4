import { type Ts, ts } from '../lib/ids.ts';
import type { Document, Line } from './document.ts';
import type { Said } from './said.ts';
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

export interface WithoutQuotes {
  readonly markdown: string;
  readonly document: Document | null;
  /** Those that quoted them. */
  readonly revisions: readonly Revision[];
  readonly reviews: readonly Review[];
}

/** A postmortem, every wording of it and what its reviewers added, without what they quote of these messages; null when they quote nothing of them. */
export function withoutQuotes(
  { markdown, document }: Pick<Postmortem, 'markdown' | 'document'>,
  revisions: readonly Revision[],
  reviews: readonly Review[],
  messages: readonly Ts[],
): WithoutQuotes | null {
  const without = (text: string) => withoutMessages(text, messages);
  const clean = {
    markdown: without(markdown),
    document: document && documentWithout(document, messages),
    revisions: revisions.flatMap((one): Revision[] => {
      const proposed = one.proposed === null ? null : without(one.proposed);
      const after = { ...one, text: without(one.text), drafted: without(one.drafted), proposed };
      return JSON.stringify(after) === JSON.stringify(one) ? [] : [after];
    }),
  };
  const reworded = reviews.flatMap((one): Review[] => {
    const perspective = one.perspective === null ? null : without(one.perspective);
    return perspective === one.perspective ? [] : [{ ...one, perspective }];
  });
  const isSame = clean.markdown === markdown && JSON.stringify(clean.document) === JSON.stringify(document);
  return isSame && clean.revisions.length + reworded.length === 0 ? null : { ...clean, reviews: reworded };
}

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

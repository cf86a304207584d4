import { inert as escaped } from '../timeline/markdown.ts';
import { type Document, type Fact, type Line, type Section, wordingOf } from './document.ts';
import type { Piece, Said } from './said.ts';

/**
 * The postmortem as a Markdown file, whole. What people wrote is text: beyond lists, links and emphasis it formats,
 * embeds and pings nothing.
 */
export function markdown(document: Document, as: 'draft' | 'published' = 'draft'): string {
  const name = as === 'published' ? 'Postmortem' : 'Postmortem draft';
  return `${[
    `# ${name}: ${inert(document.ref)} ${inert(document.title)}`,
    INTRODUCTION[as],
    table(document.facts),
    '## Measured',
    table(document.measured),
    ...document.sections.map(section),
    ...wordingOf(document).map(section),
  ].join('\n\n')}\n`;
}

const INTRODUCTION = {
  draft:
    'Everything here is computed from the record of the incident or quoted from it, with a link to where it stands. ' +
    '*unknown, ask …* marks what a record cannot know. It looks for what made the incident possible, not for who.',
  published:
    'Computed from the record of the incident, with links to where it stands, and put into words by the people who were ' +
    'there. It looks for what made the incident possible, not for who.',
} as const;

const table = (facts: readonly Fact[]): string =>
  ['| | |', '|---|---|', ...facts.map(({ name, said }) => `| **${inert(name)}** | ${rendered(said)} |`)].join('\n');

const section = ({ heading, body }: Section): string => `## ${inert(heading)}\n\n${lines(body)}`;

/** Items stand together as one list; everything else stands apart. */
export function lines(body: readonly Line[]): string {
  let before: Line['as'] | null = null;
  const parts = body.flatMap((line) => {
    const gap = before === null ? [] : [before === 'item' && line.as === 'item' ? '\n' : '\n\n'];
    before = line.as;
    return [...gap, line.as === 'item' ? `- ${rendered(line.said)}` : rendered(line.said)];
  });
  return parts.join('');
}

const rendered = (said: Said): string => said.map(piece).join('');

function piece({ text, href, as }: Piece): string {
  const words = inert(text);
  const dressed = as === undefined ? words : wrapped(words, as === 'strong' ? '**' : '*');
  return href !== undefined && isAddress(href) ? `[${dressed}](${href})` : dressed;
}

/** Markdown: emphasis must hug its words. */
function wrapped(words: string, mark: string): string {
  const [, start = '', inner = '', end = ''] = /^(\s*)([\s\S]*?)(\s*)$/.exec(words) ?? [];
  return inner === '' ? words : `${start}${mark}${inner}${mark}${end}`;
}

/** Slack's own permalinks, and links people gave the incident; anything that could end the brackets stays text. */
const isAddress = (href: string): boolean => /^https?:\/\/[^\s<>()[\]\\`"'|*]+$/i.test(href);

/** Some viewers ring people for a name behind an @, escaped or not; a character without width stands between. */
const inert = (text: string): string => escaped(text).replace(/\\@(?=\w)/g, '@\u200B');

import { plural } from '../lib/text.ts';
import type { Document, Section } from './document.ts';
import { lines, markdown } from './markdown.ts';
import { SECTIONS } from './sections.ts';
import { shortened } from './shortened.ts';

/** Slack: text files end at 1 MB (`snippet_too_large`). Kept well below, in bytes. */
const BYTES = 950_000;

/** For the word on what is missing, and what stands between two lines. */
const SPARE = 1_000;

/** The draft as it is uploaded: whole, or with a timeline of the lines that matter most. What follows it always fits. */
export function fileText(document: Document, as: 'draft' | 'published' = 'draft'): string {
  const whole = markdown(document, as);
  const over = bytesOf(whole) - BYTES;
  if (over <= 0) return whole;
  const sections = document.sections.map((one) => (one.heading === SECTIONS.timeline ? shorter(one, over) : one));
  return cut(markdown({ ...document, sections }, as));
}

function shorter({ heading, body }: Section, over: number): Section {
  const days = body.filter((line) => line.as === 'day');
  let room = bytesOf(lines(body)) - over - SPARE - bytesOf(lines(days));
  const fits = (line: Section['body'][number]): boolean => {
    room -= bytesOf(lines([line])) + 2;
    return room >= 0;
  };
  const ending = (left: number) =>
    `${plural(left, 'line')} of less weight left out: a file in Slack holds 1 MB. The whole is in the record: sitrep export prints it.`;
  return { heading, body: shortened(body, fits, ending) };
}

/** What people wrote may be too long by itself: then it ends at a line, with a word on where the rest is. */
function cut(text: string): string {
  const bytes = Buffer.from(text, 'utf8');
  if (bytes.length <= BYTES) return text;
  const end = bytes.lastIndexOf('\n', BYTES);
  const kept = bytes
    .subarray(0, end > 0 ? end : BYTES)
    .toString('utf8')
    .replace(/\uFFFD+$/, '');
  return `${kept}\n\n*Cut here: a file in Slack holds 1 MB. The whole is in the record: \`sitrep export\` prints it.*\n`;
}

const bytesOf = (text: string): number => Buffer.byteLength(text, 'utf8');

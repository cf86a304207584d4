import type { Message } from '../jobs/job.ts';
import { plural } from '../lib/text.ts';
import { type Block, context, header, message, section, textIn } from '../slack/blocks.ts';
import { blockLimits, messageLimits } from '../slack/limits.ts';
import { escaped, joined, link, type Mrkdwn, md } from '../slack/mrkdwn.ts';
import { type Document, type Line, type Section, wordingOf } from './document.ts';
import { cutSaid, type Piece, type Said } from './said.ts';
import { shortened } from './shortened.ts';

/** How many lines of a section a message shows, and of each line how much; the file has all. */
const LINES = 30;
const LINE = 300;

/**
 * The draft as the messages that are posted, in order, each within Slack's limits. It breaks between sections where it
 * can and between lines where it must. Names are plain text: a draft wakes nobody.
 */
export function draftMessages(document: Document, as: 'draft' | 'published' = 'draft'): readonly Message[] {
  const called = as === 'published' ? 'Postmortem' : 'Postmortem draft';
  const pages = paged([headline(document, as), ...[...document.sections, ...wordingOf(document)].map(sectionBlocks)]);
  return pages.map((blocks, n) => {
    const part = pages.length > 1 ? ` (${n + 1} of ${pages.length})` : '';
    const name = md`${document.ref} ${called.toLowerCase()}${part}`;
    const top = n === 0 ? header(`${called}: ${document.ref} ${document.title}`) : context(name);
    return message(md`${name}: ${document.title}`, [top, ...blocks]);
  });
}

function headline({ facts, measured }: Document, as: 'draft' | 'published'): Block[] {
  const told = [...facts, ...measured].map(({ name, said: what }) => md`*${name}* ${rendered(cutSaid(what, LINE))}`);
  if (as === 'published') return packed(told);
  const how = md`_Computed from the record or quoted from it, each with its link. “Unknown, ask …” marks what a record cannot know. The whole draft is in the file below._`;
  return [...packed(told), context(how)];
}

const sectionBlocks = ({ heading, body }: Section): Block[] =>
  packed([md`*${heading}*`, ...fewLines(body).map(lineOf)]);

/** Lines of a section that stand in another message. */
export const bodyBlocks = (body: readonly Line[]): Block[] => packed(fewLines(body).map(lineOf));

function fewLines(body: readonly Line[]): readonly Line[] {
  let room = LINES;
  return shortened(
    body,
    () => room-- > 0,
    (left) => `… and ${plural(left, 'more line')}, all of them in the file.`,
  );
}

const lineOf = (line: Line): Mrkdwn => {
  const words = rendered(cutSaid(line.said, LINE));
  return line.as === 'item' ? md`• ${words}` : words;
};

const rendered = (what: Said): Mrkdwn => joined(what.map(piece), '');

/** Slack: emphasis must hug its words. */
function piece({ text, href, as }: Piece): Mrkdwn {
  // Slack: three backticks would swallow the lines up to the next three.
  const [, start = '', inner = '', end = ''] = /^(\s*)([\s\S]*?)(\s*)$/.exec(text.replaceAll('```', "'''")) ?? [];
  const words = href !== undefined && href.length <= LINE ? link(href, inner) : escaped(inner);
  if (as === undefined || inner === '') return md`${start}${words}${end}`;
  return as === 'strong' ? md`${start}*${words}*${end}` : md`${start}_${words}_${end}`;
}

/** Lines into as few sections as hold them. */
function packed(lines: readonly Mrkdwn[]): Block[] {
  const blocks: Block[] = [];
  let open: Mrkdwn[] = [];
  let used = 0;
  for (const line of lines) {
    if (open.length > 0 && used + line.text.length + 1 > blockLimits.sectionText) {
      blocks.push(section(joined(open)));
      [open, used] = [[], 0];
    }
    open.push(line);
    used += line.text.length + 1;
  }
  return open.length > 0 ? [...blocks, section(joined(open))] : blocks;
}

/** Room for the line on top of each message. */
const BLOCKS = messageLimits.blocks - 1;
const TEXT = messageLimits.blocksTextBudget - blockLimits.headerText - 100;

function paged(groups: readonly (readonly Block[])[]): Block[][] {
  const pages: Block[][] = [[]];
  for (const group of groups) {
    const fits = pages.at(-1) ?? [];
    const whole = [...fits, ...group];
    if (hasRoom(whole)) {
      pages[pages.length - 1] = whole;
      continue;
    }
    if (fits.length > 0) pages.push([]);
    for (const block of group) {
      const page = pages.at(-1) ?? [];
      if (hasRoom([...page, block])) page.push(block);
      else pages.push([block]);
    }
  }
  return pages;
}

const hasRoom = (blocks: readonly Block[]): boolean => blocks.length <= BLOCKS && textIn(blocks) <= TEXT;

import type { Message } from '../jobs/job.ts';
import type { Block } from '../slack/blocks.ts';
import { blockLimits, messageLimits } from '../slack/limits.ts';
import { cutMrkdwn, Mrkdwn } from '../slack/mrkdwn.ts';
import { type Incident, isDrill } from './incident.ts';

/** Whatever is said about a drill says so first, wherever it is read: whoever words a message need not think of it. */
export function markedAsDrill(incident: Pick<Incident, 'kind'>, said: Message): Message {
  if (!isDrill(incident)) return said;
  const text = marked(said.text, messageLimits.updateText);
  if (!said.blocks) return { text };
  const first = said.blocks.findIndex((block) => wordsOf(block) !== null);
  return { text, blocks: said.blocks.map((block, n) => (n === first ? markedBlock(block) : block)) };
}

/** Behind an emoji or an emphasis, as some words begin. */
const MARKED = /^\W*(?::[\w+-]+:)?\W*DRILL\b/;

/** The text is ours already, escaped where it is not: a mark of ours before it changes nothing of that. */
const marked = (text: string, max: number): string =>
  MARKED.test(text) ? text : cutMrkdwn(Mrkdwn.trusted(`DRILL: ${text}`), max).text;

function wordsOf({ type, text }: Block): string | null {
  if (type !== 'section' && type !== 'header') return null;
  return text !== null && typeof text === 'object' && 'text' in text ? String(text.text) : null;
}

function markedBlock(block: Block): Block {
  const max = block.type === 'header' ? blockLimits.headerText : blockLimits.sectionText;
  return { ...block, text: { ...(block.text as object), text: marked(wordsOf(block) ?? '', max) } };
}

import { html, raw } from 'hono/html';
import { type Html, NOTHING } from './html.ts';
import { anchor, escapeHtml, type Reader } from './mrkdwn.ts';

/** Enough Markdown to read a draft: headings, lists, quotes, tables, code, emphasis, links. Raw HTML stays text. */
export function markdown(text: string, reader: Reader): Html {
  return html`${blocksOf(text).map((block) => blockHtml(block, reader))}`;
}

/** Lines that belong together: apart by blank lines, fences kept whole. */
function blocksOf(text: string): string[][] {
  const blocks: string[][] = [];
  let open: string[] = [];
  let fenced = false;
  const close = () => {
    if (open.length > 0) blocks.push(open);
    open = [];
  };
  for (const line of text.replaceAll('\r\n', '\n').split('\n')) {
    if (/^```/.test(line)) {
      if (!fenced) close();
      open.push(line);
      if (fenced) close();
      fenced = !fenced;
    } else if (fenced) open.push(line);
    else if (line.trim() === '') close();
    else {
      const [held] = open;
      if (/^#{1,6} /.test(line) || (held !== undefined && kindOf(held) !== kindOf(line) && !isContinuation(held, line)))
        close();
      open.push(line);
      if (/^#{1,6} /.test(line)) close();
    }
  }
  close();
  return blocks;
}

type Kind = 'item' | 'number' | 'quote' | 'table' | 'rule' | 'text';

function kindOf(line: string): Kind {
  if (/^\s*[-*+] /.test(line)) return 'item';
  if (/^\s*\d+[.)] /.test(line)) return 'number';
  if (/^>/.test(line)) return 'quote';
  if (/^\|/.test(line)) return 'table';
  return /^(-{3,}|\*{3,})$/.test(line.trim()) ? 'rule' : 'text';
}

/** Indented lines below an item belong to it. */
const isContinuation = (first: string, line: string): boolean =>
  ['item', 'number'].includes(kindOf(first)) && /^\s+/.test(line);

function blockHtml(lines: string[], reader: Reader): Html {
  const [first = ''] = lines;
  const heading = /^(#{1,6}) (.*)$/.exec(first);
  if (heading) return headingHtml((heading[1] ?? '#').length, inline(heading[2] ?? '', reader));
  if (first.startsWith('```'))
    return html`<pre>${lines.slice(1, lines.at(-1)?.startsWith('```') ? -1 : undefined).join('\n')}</pre>`;
  switch (kindOf(first)) {
    case 'item':
      return html`<ul>${itemsOf(lines).map((item) => html`<li>${inline(item, reader)}</li>`)}</ul>`;
    case 'number':
      return html`<ol>${itemsOf(lines).map((item) => html`<li>${inline(item, reader)}</li>`)}</ol>`;
    case 'quote':
      return html`<blockquote>${markdown(lines.map((line) => line.replace(/^> ?/, '')).join('\n'), reader)}</blockquote>`;
    case 'table':
      return tableHtml(lines, reader);
    case 'rule':
      return html`<hr>`;
    default:
      return html`<p>${lines.map((line, i) => html`${i > 0 ? breakAfter(lines[i - 1] ?? '') : ''}${inline(line.replace(/\\$/, ''), reader)}`)}</p>`;
  }
}

const breakAfter = (line: string) => (/(\\| {2})$/.test(line) ? raw('<br>') : ' ');

function headingHtml(level: number, words: Html): Html {
  if (level === 1) return html`<h3>${words}</h3>`;
  return level === 2 ? html`<h4>${words}</h4>` : html`<h5>${words}</h5>`;
}

function itemsOf(lines: string[]): string[] {
  const items: string[] = [];
  for (const line of lines) {
    const item = /^\s*(?:[-*+]|\d+[.)]) (?:\[([ x])\] )?(.*)$/.exec(line);
    if (item) items.push(`${item[1] === undefined ? '' : item[1] === 'x' ? '☑ ' : '☐ '}${item[2] ?? ''}`);
    else items.push(`${items.pop() ?? ''} ${line.trim()}`);
  }
  return items;
}

function tableHtml(lines: string[], reader: Reader): Html {
  const rows = lines.filter((line) => !/^\|[\s:|-]+\|?$/.test(line) || !line.includes('-')).map(cellsOf);
  const body = rows.filter((cells) => cells.some((cell) => cell !== ''));
  return html`<table>${body.map((cells) => html`<tr>${cells.map((cell) => html`<td>${inline(cell, reader)}</td>`)}</tr>`)}</table>`;
}

const cellsOf = (line: string): string[] =>
  line
    .replace(/^\||\|\s*$/g, '')
    .split(/(?<!\\)\|/)
    .map((cell) => cell.trim());

/** Escaped signs and made pieces are put aside behind marks of our own while emphasis is looked for. */
function inline(text: string, reader: Reader): Html {
  const made: Html[] = [];
  const keep = (what: Html) => `\uE000${made.push(what) - 1}\uE001`;
  const clean = text.replace(/[\uE000\uE001]/g, '');
  const marked = clean
    .replace(/\\([!-/:-@[-`{-~])/g, (_, sign: string) => keep(html`${sign}`))
    .replace(/`([^`]+)`/g, (_, code: string) => keep(html`<code>${code}</code>`))
    .replace(/\[([^\]]*)\]\(([^()\s]+)\)/g, (_, label: string, href: string) =>
      keep(anchor(href, within(emphasised(label), made), reader)),
    );
  return within(emphasised(marked), made);
}

function within(dressed: string, made: readonly Html[]): Html {
  const pieces = dressed.split(/\uE000(\d+)\uE001/);
  return html`${pieces.map((piece, i) => (i % 2 === 0 ? raw(piece) : (made[Number(piece)] ?? NOTHING)))}`;
}

const emphasised = (text: string): string =>
  escapeHtml(readable(text))
    .replace(/\*\*(?=\S)([^*]+?)(?<=\S)\*\*/g, '<strong>$1</strong>')
    .replace(/\*(?=\S)([^*]+?)(?<=\S)\*/g, '<em>$1</em>');

/** The few entities a Markdown file is written with. */
const readable = (text: string): string =>
  text.replaceAll('&nbsp;', '\u00a0').replaceAll('&lt;', '<').replaceAll('&gt;', '>').replaceAll('&amp;', '&');

import { html } from 'hono/html';
import { isJson } from '../check.ts';
import { objects } from '../method.ts';
import type { Json } from '../world.ts';
import { element, type Place } from './elements.ts';
import { textOf } from './fields.ts';
import type { Html } from './html.ts';
import { NOTHING } from './html.ts';
import type { Look } from './look.ts';
import { markdown } from './markdown.ts';
import { mrkdwn } from './mrkdwn.ts';

/** Block Kit as HTML. Input blocks are drawn by the form they stand in. */
export function blockHtml(look: Look, place: Place, block: Json): Html {
  switch (block.type) {
    case 'header':
      return html`<h3 class="header">${textOf(block.text)}</h3>`;
    case 'section':
      return section(look, place, block);
    case 'context':
      return html`<div class="context">${objects(block.elements).map((said) => html`<span>${words(look, said)}</span>`)}</div>`;
    case 'actions':
      return html`<div class="actions">${objects(block.elements).map((held) => element(look, place, block, held))}</div>`;
    case 'divider':
      return html`<hr>`;
    case 'image':
      return html`<p class="image">${textOf(block.title) || block.alt_text}</p>`;
    case 'rich_text':
      return html`<p class="text">${richWords(block)}</p>`;
    case 'markdown':
      return html`<div class="markdown">${markdown(String(block.text), look)}</div>`;
    case 'table':
      return table(look, block);
    default:
      return NOTHING;
  }
}

function section(look: Look, place: Place, block: Json): Html {
  const fields = objects(block.fields);
  const beside = isJson(block.accessory)
    ? html`<div class="accessory">${element(look, place, block, block.accessory)}</div>`
    : '';
  return html`<div class="section"><div class="said">${block.text ? html`<p>${words(look, block.text)}</p>` : ''}${
    fields.length > 0 ? html`<div class="fields">${fields.map((said) => html`<p>${words(look, said)}</p>`)}</div>` : ''
  }</div>${beside}</div>`;
}

function words(look: Look, said: unknown): Html {
  if (!isJson(said)) return NOTHING;
  if (said.type === 'image') return html`${said.alt_text}`;
  return said.type === 'mrkdwn' ? mrkdwn(String(said.text), look) : html`${textOf(said)}`;
}

/** What is said in a rich text, section by section. */
function richWords(block: Json): string {
  const said = (one: Json): string =>
    Array.isArray(one.elements) ? objects(one.elements).map(said).join('') : String(one.text ?? one.url ?? '');
  return objects(block.elements).map(said).join('\n');
}

function table(look: Look, block: Json): Html {
  const rows = Array.isArray(block.rows) ? block.rows : [];
  return html`<div class="markdown"><table>${rows.map(
    (row) => html`<tr>${objects(row).map((cell) => html`<td>${mrkdwn(String(cell.text ?? ''), look)}</td>`)}</tr>`,
  )}</table></div>`;
}

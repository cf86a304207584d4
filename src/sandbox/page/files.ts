import { html, raw } from 'hono/html';
import type { SlackFile } from '../world.ts';
import { type Html, NOTHING } from './html.ts';
import { icon } from './icons.ts';
import { here, type Look } from './look.ts';
import { markdown } from './markdown.ts';

/** Files as their readers see them: a preview in the message, the whole beside it. */

/** About so much of a text fits a preview. */
const PREVIEW = 700;

export function fileCard(look: Look, file: SlackFile | undefined): Html {
  if (file?.deleted) return html`<p class="edited">This file was deleted.</p>`;
  if (!file?.content) return NOTHING;
  const address = here(look, { file: file.id });
  const source = `${look.base}/files/${file.id}`;
  const preview = isText(file)
    ? html`<div class="preview" ${raw('inert')}>${textHtml(look, file, headOf(file.content.toString()))}</div>`
    : imageType(file)
      ? html`<a href="${source}" target="_blank" rel="noopener" class="picture"><img src="${source}" alt="${file.title}" loading="lazy"></a>`
      : '';
  return html`<div class="file"><a class="name" href="${address}"><span class="sheet-of-file">${icon('file')}</span><span><strong>${file.title}</strong><small>${kindOf(file)} · ${sizeOf(file)}</small></span></a>
    ${preview}${isText(file) ? html`<a class="open" href="${address}">Open the whole file</a>` : ''}</div>`;
}

export function fileWhole(look: Look, file: SlackFile): Html {
  const source = `${look.base}/files/${file.id}`;
  const whole = isText(file)
    ? textHtml(look, file, file.content?.toString() ?? '')
    : imageType(file)
      ? html`<img src="${source}" alt="${file.title}">`
      : html`<p>There is no preview of ${file.name}.</p>`;
  return html`<div class="whole" tabindex="0" role="region" aria-label="${file.title}"><p><a href="${source}" target="_blank" rel="noopener">${isText(file) ? 'Raw text in a new tab' : 'Open in a new tab'}</a> · ${sizeOf(file)}</p>
    ${whole}</div>`;
}

/** Pictures a browser shows without running anything in them; null for the rest. */
export const imageType = ({ name }: SlackFile): string | null =>
  ({ png: 'image/png', jpg: 'image/jpeg', jpeg: 'image/jpeg', gif: 'image/gif', webp: 'image/webp' })[
    name.split('.').at(-1)?.toLowerCase() ?? ''
  ] ?? null;

const kindOf = ({ name }: SlackFile): string =>
  name.endsWith('.md') ? 'Markdown' : name.includes('.') ? (name.split('.').at(-1) ?? '').toUpperCase() : 'File';

/** To whom the file was shown: members of a channel it was shared in. */
export const maySee = (look: Pick<Look, 'world' | 'me'>, file: SlackFile): boolean =>
  file.user === look.me.id ||
  file.shares.some(({ channel }) => look.world.channels.get(channel)?.members.has(look.me.id));

const textHtml = (look: Look, file: SlackFile, text: string): Html =>
  file.name.endsWith('.md') ? html`<div class="markdown">${markdown(text, look)}</div>` : html`<pre>${text}</pre>`;

/** Whole lines, so that no markup is cut in two. */
function headOf(text: string): string {
  if (text.length <= PREVIEW) return text;
  const cut = text.slice(0, PREVIEW);
  return cut.slice(0, Math.max(cut.lastIndexOf('\n'), 0)) || cut;
}

const isText = (file: SlackFile): boolean => /\.(md|txt|json|log|csv|ya?ml)$/i.test(file.name);

function sizeOf({ content }: SlackFile): string {
  const bytes = content?.byteLength ?? 0;
  return bytes < 1_024 ? `${bytes} bytes` : `${Math.round(bytes / 102.4) / 10} kB`;
}

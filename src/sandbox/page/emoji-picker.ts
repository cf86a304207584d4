import { html } from 'hono/html';
import { EMOJI } from './emoji.ts';
import { type Html, hidden } from './html.ts';
import { act, type Look } from './look.ts';

/** One for the whole page: the script puts it where it was asked for and fills in the message. */
export function emojiPicker(look: Look): Html {
  return html`<form method="post" action="${act(look, 'react')}" id="emoji" class="emoji-picker" role="group" aria-label="Emoji" hidden data-client>
    ${hidden({ back: look.here, in: look.channel?.id ?? '', ts: '' })}
    <input type="text" placeholder="Search emoji" aria-label="Search emoji" autocomplete="off">
    <div class="faces-of-emoji">${Object.entries(EMOJI).map(([name, face]) => html`<button name="name" value="${name}" title=":${name}:" aria-label="${name.replaceAll('_', ' ')}">${face}</button>`)}</div></form>`;
}

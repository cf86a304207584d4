import { html } from 'hono/html';
import type { Channel, Message } from '../world.ts';
import { emojiOf, QUICK } from './emoji.ts';
import { type Html, hidden, NOTHING } from './html.ts';
import { icon } from './icons.ts';
import { act, here, type Look } from './look.ts';

/** How a message stands in its list. */
export type Standing = {
  readonly channel: Channel;
  /** Said right after another one of the same person: no picture and no name. */
  readonly follows: boolean;
  readonly inThread: boolean;
  readonly replies?: { readonly count: number; readonly last: string; readonly users: ReadonlySet<string> };
};

/** What can be done with a message: beside it while the mouse or the focus is there. */
export function messageMenu(look: Look, { channel, inThread }: Standing, message: Message): Html {
  const { world, me } = look;
  if (!channel.members.has(me.id) || channel.archived) return NOTHING;
  const where = { back: look.here, in: channel.id, ts: message.ts };
  const isPinned = channel.pins.some((pin) => pin.ts === message.ts);
  const mine = message.user === me.id;
  const shortcuts = world.manifest.shortcuts.filter((s) => s.type === 'message');
  const thread = here(look, { thread: message.threadTs ?? message.ts });
  return html`<div class="tools" role="toolbar" aria-label="Message actions">
    <form method="post" action="${act(look, 'react')}">${hidden(where)}${QUICK.map((name) => html`<button name="name" value="${name}" class="quick" title="React with :${name}:" aria-label="React with ${name}">${emojiOf(name)}</button>`)}</form>
    <button type="button" title="Add reaction…" aria-label="Add reaction" data-emoji="react">${icon('smileAdd')}</button>
    ${inThread ? '' : html`<a href="${thread}" title="Reply in thread" aria-label="Reply in thread">${icon('reply')}</a>`}
    <details class="menu"><summary title="More actions" aria-label="More actions">${icon('dots')}</summary>
      <form method="post" action="${act(look, 'message')}" class="items">${hidden(where)}
        ${inThread ? '' : html`<a href="${thread}" class="touch">Reply in thread</a>`}
        <button type="button" class="touch" data-emoji="react">Add reaction…</button>
        <button name="do" value="${isPinned ? 'unpin' : 'pin'}">${isPinned ? 'Unpin from channel' : 'Pin to channel'}</button>
        ${mine ? html`<button name="do" value="edit">Edit message</button>` : ''}
        ${shortcuts.length > 0 ? html`<hr>` : ''}
        ${shortcuts.map((s) => html`<button name="do" value="shortcut:${s.callbackId}">${s.name} <small>${world.manifest.appName}</small></button>`)}
        ${mine ? html`<hr><button name="do" value="delete" class="danger">Delete message…</button>` : ''}
      </form></details>
  </div>`;
}

import { html, raw } from 'hono/html';
import type { Channel, Ephemeral, Json, Message } from '../world.ts';
import { blockHtml } from './blocks.ts';
import type { Place } from './elements.ts';
import { emojiOf, QUICK } from './emoji.ts';
import { fileCard } from './files.ts';
import { avatar, dateOf, type Html, hidden, instant, NOTHING, nameOf } from './html.ts';
import { act, at, here, type Look } from './look.ts';
import { mrkdwn } from './mrkdwn.ts';

/** How a message stands in its list. */
export type Standing = {
  readonly channel: Channel;
  /** Said right after another one of the same person: no picture and no name. */
  readonly follows: boolean;
  readonly inThread: boolean;
  readonly replies?: { readonly count: number; readonly last: string };
};

export function messageHtml(look: Look, message: Message, standing: Standing): Html {
  const { world } = look;
  const { channel, follows, inThread } = standing;
  if (message.extra.system) return systemLine(look, message);
  const app = message.user === world.app.botUserId;
  const name = message.user ? nameOf(world, message.user) : (message.username ?? 'An app');
  const isPinned = channel.pins.some((pin) => pin.ts === message.ts);
  const calls = message.text.includes(`<@${look.me.id}>`);
  return html`<li id="${inThread ? 't' : 'm'}-${message.ts}" class="message${follows && !isPinned ? ' follows' : ''}${isPinned ? ' pinned' : ''}${calls ? ' calls' : ''}">
    ${isPinned ? html`<p class="mark">Pinned by ${nameOf(world, channel.pins.find((pin) => pin.ts === message.ts)?.by)}</p>` : ''}
    ${avatar(name, app ? 'app' : message.user ? 'person' : 'nobody')}
    <div class="body">
      <p class="by"><strong>${name}</strong>${app || !message.user ? html`<span class="tag">APP</span>` : ''}<a class="when" href="${at(look, channel.id)}#m-${message.ts}">${instant(dateOf(message.ts), '{time}')}</a></p>
      ${message.broadcast && !inThread ? html`<p class="mark">replied to <a href="${here(look, { thread: message.threadTs ?? '' })}">a thread</a></p>` : ''}
      ${look.edit === message.ts ? editForm(look, channel, message) : contentOf(look, channel, message)}
      ${message.edited && look.edit !== message.ts ? html`<span class="edited">(edited)</span>` : ''}
      ${message.files.map((id) => fileCard(look, world.files.get(id)))}
      ${reactions(look, channel, message)}
      ${!inThread && standing.replies ? repliesLink(look, message, standing.replies) : ''}
    </div>
    ${message.subtype === 'tombstone' || look.edit === message.ts ? '' : menu(look, standing, message)}
  </li>`;
}

export function ephemeralHtml(look: Look, ephemeral: Ephemeral, channel: Channel): Html {
  const { world } = look;
  const isSlack = ephemeral.from === 'slack';
  const name = isSlack ? 'Slackbot' : nameOf(world, world.app.botUserId);
  return html`<li id="e-${ephemeral.ts}" class="message whisper">
    <p class="mark">Only visible to you</p>
    ${avatar(name, isSlack ? 'nobody' : 'app')}
    <div class="body">
      <p class="by"><strong>${name}</strong>${isSlack ? '' : html`<span class="tag">APP</span>`}<span class="when">${instant(dateOf(ephemeral.ts), '{time}')}</span></p>
      ${said(look, ephemeral.text, ephemeral.blocks, placeOf(look, channel, ephemeral.ts))}
      <form method="post" action="${act(look, 'dismiss')}">${hidden({ back: look.here, ts: ephemeral.ts })}<button class="link">Dismiss message</button></form>
    </div>
  </li>`;
}

function systemLine(look: Look, message: Message): Html {
  return html`<li id="m-${message.ts}" class="system">${message.text.startsWith('<@') ? '' : html`<strong>${nameOf(look.world, message.user)}</strong> `}${mrkdwn(message.text, look)} <span class="when">${instant(dateOf(message.ts), '{time}')}</span></li>`;
}

const placeOf = (look: Look, channel: Channel, ts: string): Place => ({
  kind: 'message',
  channel: channel.id,
  ts,
  choices: look.world.choices.get(`${ts}:${look.me.id}`) ?? {},
});

function contentOf(look: Look, channel: Channel, message: Message): Html {
  const unfurled = message.attachments.map(
    (one) => html`<blockquote class="unfurl">${one.title ?? one.fallback}</blockquote>`,
  );
  return html`${said(look, message.text, message.blocks, placeOf(look, channel, message.ts))}${unfurled}`;
}

/** What people write carries a rich_text block that says the same as the text. */
function said(look: Look, text: string, blocks: readonly Json[], place: Place): Html {
  const drawn = blocks.filter((block) => block.type !== 'rich_text');
  if (drawn.length === 0) return text ? html`<p class="text">${mrkdwn(text, look)}</p>` : NOTHING;
  return html`<div class="blocks">${drawn.map((block) => blockHtml(look, place, block))}</div>`;
}

function reactions(look: Look, channel: Channel, message: Message): Html {
  if (message.reactions.length === 0) return NOTHING;
  const buttons = message.reactions.map((r) => {
    const mine = r.users.includes(look.me.id);
    const who = r.users.map((id) => nameOf(look.world, id)).join(', ');
    return html`<button name="name" value="${r.name}" class="reaction${mine ? ' mine' : ''}" title="${who} reacted with :${r.name}:" aria-pressed="${mine}">${emojiOf(r.name)} ${r.users.length}</button>`;
  });
  return html`<form method="post" action="${act(look, 'react')}" class="reactions">${hidden({ back: look.here, in: channel.id, ts: message.ts })}${buttons}</form>`;
}

const repliesLink = (look: Look, message: Message, { count, last }: { count: number; last: string }): Html =>
  html`<a class="replies" href="${here(look, { thread: message.ts })}">${count} ${count === 1 ? 'reply' : 'replies'} <small>last ${instant(dateOf(last), '{ago}')}</small></a>`;

function menu(look: Look, { channel, inThread }: Standing, message: Message): Html {
  const { world, me } = look;
  if (!channel.members.has(me.id)) return NOTHING;
  const where = { back: look.here, in: channel.id, ts: message.ts };
  const isPinned = channel.pins.some((pin) => pin.ts === message.ts);
  const mine = message.user === me.id;
  const shortcuts = world.manifest.shortcuts.filter((s) => s.type === 'message');
  const parent = message.threadTs ?? message.ts;
  return html`<div class="tools">
    <form method="post" action="${act(look, 'react')}">${hidden(where)}${QUICK.slice(0, 3).map((name) => html`<button name="name" value="${name}" title="React with :${name}:" aria-label="React with ${name}">${emojiOf(name)}</button>`)}</form>
    ${inThread ? '' : html`<a href="${here(look, { thread: parent })}" title="Reply in thread" >Reply</a>`}
    <details class="menu"><summary title="More actions" aria-label="More actions">⋯</summary>
      <form method="post" action="${act(look, 'message')}" class="items">${hidden(where)}
        ${shortcuts.map((s) => html`<button name="do" value="shortcut:${s.callbackId}">⚡ ${s.name} <small>${world.manifest.appName}</small></button>`)}
        ${QUICK.slice(3).map((name) => html`<button name="do" value="react:${name}">${emojiOf(name)} React</button>`)}
        <button name="do" value="${isPinned ? 'unpin' : 'pin'}">${isPinned ? 'Unpin from channel' : 'Pin to channel'}</button>
        ${mine ? html`<button name="do" value="edit">Edit message</button><button name="do" value="delete" class="danger">Delete message</button>` : ''}
      </form></details>
  </div>`;
}

function editForm(look: Look, channel: Channel, message: Message): Html {
  const typed = message.text
    .replace(/<@([A-Z0-9]+)>/g, (_, id: string) => `@${look.world.members.get(id)?.handle ?? id}`)
    .replace(/<#([A-Z0-9]+)>/g, (_, id: string) => `#${look.world.channels.get(id)?.name ?? id}`)
    .replace(/<(https?:[^<>|]+)>/g, '$1')
    .replace(/<!(here|channel|everyone)>/g, '@$1')
    .replaceAll('&lt;', '<')
    .replaceAll('&gt;', '>')
    .replaceAll('&amp;', '&');
  return html`<form method="post" action="${act(look, 'edit')}" class="editing">${hidden({ back: here(look, look.thread ? { thread: look.thread } : {}), in: channel.id, ts: message.ts })}
    <textarea name="text" rows="3" aria-label="Edit message" ${raw('autofocus')} data-enter>${typed}</textarea>
    <a class="button" href="${here(look, look.thread ? { thread: look.thread } : {})}">Cancel</a><button class="button primary">Save</button></form>`;
}

import { html } from 'hono/html';
import type { Channel, Ephemeral, Json, Message } from '../world.ts';
import { blockHtml } from './blocks.ts';
import { editForm } from './composer.ts';
import type { Place } from './elements.ts';
import { emojiOf } from './emoji.ts';
import { fileCard } from './files.ts';
import { avatar, avatarOf, dateOf, type Html, hidden, instant, NOTHING, nameOf } from './html.ts';
import { icon } from './icons.ts';
import { act, at, here, type Look } from './look.ts';
import { messageMenu, type Standing } from './message-menu.ts';
import { mrkdwn } from './mrkdwn.ts';

export function messageHtml(look: Look, message: Message, standing: Standing): Html {
  const { world } = look;
  const { channel, follows, inThread } = standing;
  const app = message.user === world.app.botUserId;
  const name = message.user ? nameOf(world, message.user) : (message.username ?? 'An app');
  const pin = channel.pins.find((one) => one.ts === message.ts);
  const isEdited = look.edit === message.ts;
  const marks = [follows && !pin ? ' follows' : '', pin ? ' pinned' : '', isEdited ? ' being-edited' : ''].join('');
  const own = message.user === look.me.id ? ' data-own' : '';
  return html`<li id="${inThread ? 't' : 'm'}-${message.ts}" class="message${marks}" ${own}>
    ${pin ? html`<p class="mark">${icon('pin')} Pinned by ${nameOf(world, pin.by)}</p>` : ''}
    ${message.broadcast && !inThread ? html`<p class="mark">${icon('reply')} replied to <a href="${here(look, { thread: message.threadTs ?? '' })}">a thread</a></p>` : ''}
    ${avatar(name, app ? 'app' : message.user ? 'person' : 'nobody')}
    <div class="body">
      <p class="by"><strong>${name}</strong>${app || !message.user ? html`<span class="tag">APP</span>` : ''}<a class="when" href="${at(look, channel.id)}#m-${message.ts}">${instant(dateOf(message.ts), '{time}')}</a></p>
      ${isEdited ? editForm(look, channel, message) : contentOf(look, channel, message)}
      ${message.files.map((id) => fileCard(look, world.files.get(id)))}
      ${reactions(look, channel, message)}
      ${!inThread && standing.replies ? repliesLink(look, message, standing.replies) : ''}
    </div>
    ${message.subtype === 'tombstone' || isEdited ? '' : messageMenu(look, standing, message)}
  </li>`;
}

export function ephemeralHtml(look: Look, ephemeral: Ephemeral, channel: Channel): Html {
  const { world } = look;
  const isSlack = ephemeral.from === 'slack';
  const name = isSlack ? 'Slackbot' : nameOf(world, world.app.botUserId);
  return html`<li id="e-${ephemeral.ts}" class="message whisper">
    <p class="mark">${icon('eye')} Only visible to you</p>
    ${avatar(name, isSlack ? 'nobody' : 'app')}
    <div class="body">
      <p class="by"><strong>${name}</strong>${isSlack ? '' : html`<span class="tag">APP</span>`}<span class="when">${instant(dateOf(ephemeral.ts), '{time}')}</span></p>
      ${said(look, ephemeral.text, ephemeral.blocks, placeOf(look, channel, ephemeral.ts), NOTHING)}
    </div>
    <form method="post" action="${act(look, 'dismiss')}" class="dismiss">${hidden({ back: look.here, ts: ephemeral.ts })}<button class="link">Dismiss<span class="unseen"> this message</span></button></form>
  </li>`;
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
  const edited = message.edited ? html` <span class="edited">(edited)</span>` : NOTHING;
  return html`${said(look, message.text, message.blocks, placeOf(look, channel, message.ts), edited)}${unfurled}`;
}

/** What people write carries a rich_text block that says the same as the text. */
function said(look: Look, text: string, blocks: readonly Json[], place: Place, after: Html): Html {
  const drawn = blocks.filter((block) => block.type !== 'rich_text');
  if (drawn.length === 0) return text ? folded(text, html`${mrkdwn(text, look)}${after}`) : NOTHING;
  return html`<div class="blocks">${drawn.map((block) => blockHtml(look, place, block))}</div>${after}`;
}

/** So much is shown of a text before somebody asks for the rest. */
const LONG = { characters: 1_800, lines: 18 };

function folded(text: string, words: Html): Html {
  const isLong = text.length > LONG.characters || text.split('\n').length > LONG.lines;
  if (!isLong) return html`<p class="text">${words}</p>`;
  return html`<div class="fold"><p class="text">${words}</p><button type="button" class="link more" aria-expanded="false" data-unfold>Show more</button></div>`;
}

function reactions(look: Look, channel: Channel, message: Message): Html {
  if (message.reactions.length === 0) return NOTHING;
  const buttons = message.reactions.map((r) => {
    const mine = r.users.includes(look.me.id);
    const who = r.users.map((id) => nameOf(look.world, id)).join(', ');
    return html`<button name="name" value="${r.name}" class="reaction${mine ? ' mine' : ''}" title="${who} reacted with :${r.name}:" aria-label="${r.users.length} reacted with ${r.name}" aria-pressed="${String(mine)}">${emojiOf(r.name)} <span>${r.users.length}</span></button>`;
  });
  return html`<form method="post" action="${act(look, 'react')}" class="reactions">${hidden({ back: look.here, in: channel.id, ts: message.ts })}${buttons}</form>`;
}

const repliesLink = (look: Look, message: Message, { count, last, users }: NonNullable<Standing['replies']>): Html =>
  html`<a class="replies" href="${here(look, { thread: message.ts })}">${[...users].slice(0, 4).map((id) => avatarOf(look.world, id))}<strong>${count} ${count === 1 ? 'reply' : 'replies'}</strong><small>Last reply ${instant(dateOf(last), '{ago}')}</small></a>`;

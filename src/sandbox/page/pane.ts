import { html } from 'hono/html';
import type { Channel } from '../world.ts';
import { composerHtml } from './composer.ts';
import { fileCard, fileWhole, maySee } from './files.ts';
import { avatar, dateOf, type Html, hidden, instant, isBot, NOTHING, nameOf } from './html.ts';
import { threadList } from './list.ts';
import { act, at, here, type Look } from './look.ts';
import { mrkdwn } from './mrkdwn.ts';

/** What is open beside the channel: a thread, a file, its members, pins or files. */
export function paneHtml(look: Look): Html {
  const { channel, world } = look;
  if (!channel) return NOTHING;
  const file = look.file ? world.files.get(look.file) : undefined;
  if (file && maySee(look, file)) return pane(look, file.title, fileWhole(look, file));
  if (look.thread) return threadPane(look, channel, look.thread);
  if (look.pane === 'members') return pane(look, `Members of ${channel.name}`, members(look, channel));
  if (look.pane === 'pins') return pane(look, 'Pinned', pins(look, channel));
  if (look.pane === 'files') return pane(look, 'Files', files(look, channel));
  return NOTHING;
}

const pane = (look: Look, title: string, content: Html, more: Html = NOTHING): Html =>
  html`<section class="pane" id="pane" aria-label="${title}"><header><h2>${title}</h2><a class="close" href="${here(look)}" aria-label="Close" data-escape>✕</a></header>
    ${content}${more}</section>`;

function threadPane(look: Look, channel: Channel, ts: string): Html {
  const parent = channel.messages.get(ts);
  if (!parent) return pane(look, 'Thread', html`<p class="empty">This message is gone.</p>`);
  return pane(
    look,
    'Thread',
    html`<ol class="messages thread" id="thread-${ts}" tabindex="0" aria-label="Thread">${threadList(look, channel, parent)}</ol>`,
    composerHtml(look, channel, ts),
  );
}

function members(look: Look, channel: Channel): Html {
  const { world, me } = look;
  const isIn = (id: string) => channel.members.has(id);
  const absent = [...world.members.values()].filter((m) => !isIn(m.id) && !m.deactivated);
  const mayAdd = isIn(me.id) && channel.kind !== 'im' && absent.length > 0 && !channel.archived;
  return html`<div class="listing"><ul>${[...channel.members].map((id) => {
    const member = world.members.get(id);
    return html`<li>${avatar(nameOf(world, id), isBot(member) ? 'app' : 'person')}<span><strong>${nameOf(world, id)}</strong> <small>@${member?.handle ?? id}</small></span></li>`;
  })}</ul>
  ${mayAdd ? html`<form method="post" action="${act(look, 'invite')}">${hidden({ back: look.here, in: channel.id })}<select name="who" aria-label="Add somebody">${absent.map((m) => html`<option value="${m.handle}">${m.realName}</option>`)}</select><button class="button">Add to channel</button></form>` : ''}
  ${isIn(me.id) && channel.kind !== 'im' && !channel.general ? html`<form method="post" action="${act(look, 'leave')}">${hidden({ back: look.here, in: channel.id })}<button class="link">Leave #${channel.name}</button></form>` : ''}</div>`;
}

function pins(look: Look, channel: Channel): Html {
  const pinned = channel.pins.flatMap(({ ts }) => channel.messages.get(ts) ?? []);
  if (pinned.length === 0) return html`<p class="empty">Nothing is pinned yet. Pin a message from its ⋯ menu.</p>`;
  return html`<div class="listing"><ul>${pinned.map(
    (m) =>
      html`<li class="pin"><p class="by"><strong>${nameOf(look.world, m.user)}</strong> ${instant(dateOf(m.ts), '{date_short_pretty} {time}')}</p><p>${mrkdwn(m.text, look)}</p><a href="${at(look, channel.id, { from: m.ts })}#m-${m.ts}">Jump to it</a></li>`,
  )}</ul></div>`;
}

function files(look: Look, channel: Channel): Html {
  const shared = [...look.world.files.values()].filter((f) => f.shares.some((s) => s.channel === channel.id)).reverse();
  if (shared.length === 0) return html`<p class="empty">No files yet.</p>`;
  return html`<div class="listing">${shared.map((f) => fileCard(look, f))}</div>`;
}

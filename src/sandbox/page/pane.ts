import { html } from 'hono/html';
import type { Channel } from '../world.ts';
import { composerHtml } from './composer.ts';
import { fileCard, fileWhole, maySee } from './files.ts';
import { avatarOf, dateOf, type Html, hidden, instant, isHuman, NOTHING, nameOf } from './html.ts';
import { icon } from './icons.ts';
import { threadList } from './list.ts';
import { act, at, here, type Look } from './look.ts';
import { mrkdwn, unescaped } from './mrkdwn.ts';

/** What is open beside the channel: a thread, a file, its members, pins or files. */
export function paneHtml(look: Look): Html {
  const { channel, world } = look;
  if (!channel) return NOTHING;
  const file = look.file ? world.files.get(look.file) : undefined;
  if (file && maySee(look, file)) return pane(look, file.title, fileWhole(look, file));
  if (look.thread) return threadPane(look, channel, look.thread);
  if (look.pane === 'members') return pane(look, 'Members', members(look, channel));
  if (look.pane === 'pins') return pane(look, 'Pinned', pins(look, channel));
  if (look.pane === 'files') return pane(look, 'Files', files(look, channel));
  return NOTHING;
}

const pane = (look: Look, title: string, content: Html, more: Html = NOTHING): Html =>
  html`<section class="pane" id="pane" aria-label="${title}"><header><h2>${title}${look.channel && look.channel.kind !== 'im' && !look.file ? html` <small>#${look.channel.name}</small>` : ''}</h2><a class="close" href="${here(look)}" aria-label="Close" data-escape>${icon('close')}</a></header>
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
  const mayChange = isIn(me.id) && channel.kind !== 'im' && !channel.archived;
  const where = hidden({ back: look.here, in: channel.id });
  return html`<div class="listing">
  ${mayChange ? html`<form method="post" action="${act(look, 'topic')}" class="topic-form"><label for="topic">Topic</label>${where}<input type="text" name="text" id="topic" maxlength="250" value="${unescaped(channel.topic.value)}" placeholder="What is this channel about?"><button class="button small">Save</button></form>` : ''}
  ${mayChange && absent.length > 0 ? html`<form method="post" action="${act(look, 'invite')}"><label for="invited">Add somebody</label>${where}<select name="who" id="invited">${absent.map((m) => html`<option value="${m.handle}">${m.realName}</option>`)}</select><button class="button small">Add</button></form>` : ''}
  <ul>${[...channel.members].map((id) => {
    const member = world.members.get(id);
    const kind =
      member && isHuman(member) ? (member.kind === 'member' ? '' : ` · ${member.kind.replaceAll('-', ' ')}`) : ' · app';
    return html`<li>${avatarOf(world, id)}<span><strong>${nameOf(world, id)}</strong><small>@${member?.handle ?? id}${kind}</small></span></li>`;
  })}</ul>
  ${mayChange && !channel.general ? html`<form method="post" action="${act(look, 'leave')}" class="last">${where}<button class="button small">Leave channel</button><button class="button small" formaction="${act(look, 'archive')}">Archive channel</button></form>` : ''}</div>`;
}

function pins(look: Look, channel: Channel): Html {
  const pinned = channel.pins.flatMap(({ ts }) => channel.messages.get(ts) ?? []);
  if (pinned.length === 0) return html`<p class="empty">Nothing is pinned yet. Pin a message from its ⋯ menu.</p>`;
  return html`<div class="listing"><ul>${pinned.map(
    (m) =>
      html`<li class="pin"><p class="by">${avatarOf(look.world, m.user)}<strong>${nameOf(look.world, m.user)}</strong> <span class="when">${instant(dateOf(m.ts), '{date_short_pretty} {time}')}</span></p><p class="text">${mrkdwn(m.text.slice(0, 600), look)}</p><a href="${at(look, channel.id, { from: m.ts })}#m-${m.ts}">Jump to it</a></li>`,
  )}</ul></div>`;
}

function files(look: Look, channel: Channel): Html {
  const shared = [...look.world.files.values()]
    .filter((f) => !f.deleted && f.shares.some((s) => s.channel === channel.id))
    .reverse();
  if (shared.length === 0) return html`<p class="empty">No files yet.</p>`;
  return html`<div class="listing">${shared.map((f) => fileCard(look, f))}</div>`;
}

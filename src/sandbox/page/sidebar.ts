import { html, raw } from 'hono/html';
import { directMessage } from '../channels.ts';
import type { Channel, Member } from '../world.ts';
import { avatar, type Html, isBot } from './html.ts';
import { at, canSee, type Look } from './look.ts';

/** Who one is, the channels, the direct message with the app. */
export function sidebarHtml(look: Look): Html {
  const { world, me } = look;
  const channels = [...world.channels.values()].filter((c) => c.kind !== 'im').sort(byName);
  const mine = channels.filter((c) => c.members.has(me.id) && !c.archived);
  const others = channels.filter((c) => !c.members.has(me.id) && c.kind === 'public' && !c.archived);
  const archived = channels.filter((c) => c.archived && canSee(c, me));
  return html`<aside class="side" id="side">
    <div class="team"><strong>${world.team.name}</strong><small>a local Slack, on this machine only</small></div>
    <nav class="people" aria-label="Who you are">${people(look)}</nav>
    <nav class="channels" aria-label="Channels">
      <h2>Channels</h2><ul>${mine.map((c) => item(look, c))}</ul>
      ${others.length > 0 ? html`<h2>More to join</h2><ul>${others.map((c) => item(look, c))}</ul>` : ''}
      ${archived.length > 0 ? html`<h2>Archived</h2><ul>${archived.map((c) => item(look, c))}</ul>` : ''}
      <h2>Apps</h2><ul>${appItem(look)}</ul>
    </nav></aside>`;
}

const byName = (a: Channel, b: Channel): number => (a.name < b.name ? -1 : 1);

function people(look: Look): Html {
  const humans = [...look.world.members.values()].filter((m) => !isBot(m) && !m.deactivated);
  return html`${humans.map((one) => {
    const mine = one.id === look.me.id;
    return html`<a href="${asPerson(look, one)}" class="${mine ? 'is' : ''}" ${mine ? raw('aria-current="true"') : ''} title="Act as ${one.realName}">
      ${avatar(one.realName)}<span>${one.handle}</span></a>`;
  })}`;
}

/** The same place, where that person may see it. */
function asPerson(look: Look, one: Member): string {
  const base = `/sandbox/${one.handle}`;
  if (!look.channel) return `${base}/home`;
  if (look.channel.kind === 'im') return `${base}/dm`;
  return canSee(look.channel, one) ? `${base}/${look.channel.id}` : base;
}

function item(look: Look, channel: Channel): Html {
  const here = look.channel?.id === channel.id;
  const { some, mentions } = look.reads.unread(look.me, channel);
  const isNew = some && channel.members.has(look.me.id) && !here;
  const sign = channel.kind === 'private' ? '🔒' : '#';
  return html`<li><a href="${at(look, channel.id)}" class="${isNew ? 'unread' : ''}" ${here ? raw('aria-current="page"') : ''}><span class="sign" aria-hidden="true">${sign}</span><span class="name">${channel.name}</span>${
    isNew && mentions > 0 ? html`<span class="badge" aria-label="${mentions} mentions">${mentions}</span>` : ''
  }${isNew && mentions === 0 ? html`<span class="dot" aria-label="unread"></span>` : ''}</a></li>`;
}

function appItem(look: Look): Html {
  const { world, me } = look;
  const dm = directMessage(world, me.id);
  const isHere = !look.channel || look.channel.id === dm.id;
  const { mentions } = look.reads.unread(me, dm);
  return html`<li><a href="${look.base}/dm" class="${mentions > 0 && !isHere ? 'unread' : ''}" ${isHere ? raw('aria-current="page"') : ''}>${avatar(world.manifest.appName, 'app')}<span class="name">${world.manifest.appName}</span>${
    mentions > 0 && !isHere ? html`<span class="badge" aria-label="${mentions} unread">${mentions}</span>` : ''
  }</a></li>`;
}

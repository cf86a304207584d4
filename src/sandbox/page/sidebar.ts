import { html, raw } from 'hono/html';
import { directMessage } from '../channels.ts';
import type { Channel, Member } from '../world.ts';
import { avatar, type Html, isHuman } from './html.ts';
import { icon } from './icons.ts';
import { at, canSee, here, type Look } from './look.ts';

/** Who one is, the channels, the direct message with the app. */
export function sidebarHtml(look: Look): Html {
  const { world, me } = look;
  const channels = [...world.channels.values()].filter((c) => c.kind !== 'im').sort(byName);
  const mine = channels.filter((c) => c.members.has(me.id) && !c.archived);
  const others = channels.filter((c) => !c.members.has(me.id) && c.kind === 'public' && !c.archived && canSee(c, me));
  const archived = channels.filter((c) => c.archived && canSee(c, me));
  return html`<div class="drawer" id="drawer"><nav class="rail" aria-label="Act as">${people(look)}</nav>
    <aside class="side" id="side">
    <div class="team"><strong>${world.team.name}</strong><small>You are ${me.realName}${kindOf(me) ? `, ${kindOf(me)}` : ''}</small></div>
    <nav class="channels" aria-label="Channels">
      <h2>Channels</h2><ul>${mine.map((c) => item(look, c))}
        ${me.kind === 'member' ? html`<li><a href="${here(look, { dialog: 'create-channel' })}" class="add"><span class="sign">${icon('plus')}</span><span class="name">Add a channel</span></a></li>` : ''}</ul>
      ${others.length > 0 ? html`<h2>More to join</h2><ul>${others.map((c) => item(look, c))}</ul>` : ''}
      ${archived.length > 0 ? html`<h2>Archived</h2><ul>${archived.map((c) => item(look, c))}</ul>` : ''}
      <h2>Apps</h2><ul>${appItem(look)}</ul>
    </nav></aside></div>`;
}

const byName = (a: Channel, b: Channel): number => (a.name < b.name ? -1 : 1);

const KINDS: Record<Member['kind'], string> = {
  member: '',
  guest: 'a guest',
  'single-channel-guest': 'a guest of one channel',
  stranger: 'of another organisation',
  bot: 'an app',
};
const kindOf = (member: Member): string => KINDS[member.kind];

/** One click makes one somebody else; the small window opens beside this one. */
function people(look: Look): Html {
  return html`<ul>${[...look.world.members.values()].filter(isHuman).map((one) => {
    const mine = one.id === look.me.id;
    const calls = mine ? 0 : callsFor(look, one);
    const about = `${one.realName}${kindOf(one) ? `, ${kindOf(one)}` : ''}`;
    return html`<li class="${mine ? 'is' : ''}"><a href="${asPerson(look, one)}" class="as" ${mine ? raw('aria-current="true"') : ''} title="Act as ${about}">
      ${avatar(one.realName)}${calls > 0 ? html`<span class="badge">${calls}<span class="unseen"> unread for </span></span>` : ''}<span class="called">${one.handle}</span><span class="unseen">: act as ${about}</span></a><a href="${asPerson(look, one)}" class="beside" target="_blank" title="${one.realName} in a window of their own" aria-label="${one.realName} in a window of their own">${icon('window')}</a></li>`;
  })}</ul>`;
}

const callsFor = (look: Look, one: Member): number =>
  [...look.world.channels.values()]
    .filter((c) => c.members.has(one.id))
    .reduce((sum, channel) => sum + look.reads.unread(one, channel).mentions, 0);

/** The same place, where that person may see it. */
function asPerson(look: Look, one: Member): string {
  const base = `/sandbox/${one.handle}`;
  if (!look.channel) return `${base}/home`;
  if (look.channel.kind === 'im') return `${base}/dm`;
  return canSee(look.channel, one) ? `${base}/${look.channel.id}` : base;
}

function item(look: Look, channel: Channel): Html {
  const isHere = look.channel?.id === channel.id;
  const { some, mentions } = look.reads.unread(look.me, channel);
  const isNew = some && channel.members.has(look.me.id) && !isHere;
  return html`<li><a href="${at(look, channel.id)}" class="${isNew ? 'unread' : ''}" ${isHere ? raw('aria-current="page"') : ''}><span class="sign">${icon(channel.kind === 'private' ? 'lock' : 'hash')}</span><span class="name">${channel.name}</span>${
    isNew && mentions > 0
      ? html`<span class="badge" aria-label="${mentions} ${mentions === 1 ? 'mention' : 'mentions'}">${mentions}</span>`
      : isNew
        ? html`<span class="unseen">unread</span>`
        : ''
  }</a></li>`;
}

function appItem(look: Look): Html {
  const { world, me } = look;
  const dm = directMessage(world, me.id);
  const isHere = !look.channel || look.channel.id === dm.id;
  const { mentions } = look.reads.unread(me, dm);
  return html`<li><a href="${look.base}/dm" class="${mentions > 0 && !isHere ? 'unread' : ''}" ${isHere ? raw('aria-current="page"') : ''}><span class="sign">${avatar(world.manifest.appName, 'app')}</span><span class="name">${world.manifest.appName}</span>${
    mentions > 0 && !isHere ? html`<span class="badge" aria-label="${mentions} unread">${mentions}</span>` : ''
  }</a></li>`;
}

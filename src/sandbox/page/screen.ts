import { html, raw } from 'hono/html';
import { stackOf } from '../views.ts';
import type { Channel } from '../world.ts';
import { barHtml } from './bar.ts';
import { composerHtml } from './composer.ts';
import { askHtml, dialogHtml } from './dialogs.ts';
import { emojiPicker } from './emoji-picker.ts';
import { formHtml, homeHtml } from './form.ts';
import { avatarOf, type Html, hidden, isBot } from './html.ts';
import { icon, iconSheet } from './icons.ts';
import { knownHtml } from './known.ts';
import { messageList, toNewest } from './list.ts';
import { act, at, here, type Look } from './look.ts';
import { mrkdwn, unescaped } from './mrkdwn.ts';
import { pageHtml } from './page.ts';
import { paneHtml } from './pane.ts';
import { sidebarHtml } from './sidebar.ts';
import { isTold, storyHtml } from './story.ts';

/** The whole page of one person. */
export function screenHtml(look: Look): Html {
  const isAsked = stackOf(look.world, look.me.id).length > 0 || look.ask !== undefined || look.dialog !== null;
  const title = look.channel ? nameIn(look, look.channel) : look.world.manifest.appName;
  const hasPane = look.thread || look.pane || look.file ? ' with-pane' : '';
  return pageHtml({
    title: `${title} · ${look.me.realName} · ${look.world.team.name}`,
    controls: look.controls,
    notice: look.notice ?? '',
    body: html`<div class="frame${hasPane}" id="frame" ${isAsked ? raw('inert') : ''}>
      <input type="checkbox" id="nav" aria-label="Show channels and people" autocomplete="off">
      ${barHtml(look.controls, look.here, { told: isTold(look), leave: null })}${storyHtml(look)}
      <div class="work">${sidebarHtml(look)}<label class="curtain" for="nav"></label>
      <main class="main" id="main">${header(look)}${isHinted(look) ? hint(look) : ''}${content(look)}</main>
      ${paneHtml(look)}</div></div>
      ${knownHtml(look)}${emojiPicker(look)}
      <div id="modal">${formHtml(look)}</div><div id="ask">${look.ask ? askHtml(look, look.ask) : dialogHtml(look)}</div>${iconSheet()}`,
  });
}

function content(look: Look): Html {
  const { channel } = look;
  if (!channel) return html`<div class="messages" tabindex="0" role="region" aria-label="Home">${homeHtml(look)}</div>`;
  return html`<ol class="messages" id="list-${channel.id}" tabindex="0" aria-label="Messages">${messageList(look, channel)}</ol>${toNewest(look, channel)}${composerHtml(look, channel, null)}`;
}

const nameIn = (look: Look, channel: Channel): string =>
  channel.kind === 'im' ? look.world.manifest.appName : `#${channel.name}`;

function header(look: Look): Html {
  const { channel } = look;
  const isApp = !channel || channel.kind === 'im';
  return html`<header class="head">${isApp ? appHead(look) : channelHead(look, channel)}</header>
    <nav class="tabs" aria-label="${isApp ? 'Tabs of the app' : 'About this channel'}">${isApp ? appTabs(look) : tabs(look, channel)}</nav>`;
}

const appHead = (look: Look): Html => {
  const bot = look.world.app.botUserId;
  return html`<div class="title">${avatarOf(look.world, bot)}<h1>${look.world.manifest.appName}</h1><span class="tag">APP</span></div>`;
};

function channelHead(look: Look, channel: Channel): Html {
  const { world } = look;
  const topic = channel.topic.value;
  const members = here(look, look.pane === 'members' ? {} : { pane: 'members' });
  const faces = [...channel.members].filter((id) => !isBot(world.members.get(id))).slice(0, 3);
  return html`<div class="title"><h1>${channel.kind === 'private' ? icon('lock') : icon('hash')}<span class="unseen">${channel.kind === 'private' ? 'private channel ' : ''}#</span>${channel.name}</h1>${topic ? html`<p class="topic" title="${unescaped(topic)}">${mrkdwn(topic, look)}</p>` : ''}</div>
    <a class="faces" href="${members}" title="Members, topic and more">${faces.map((id) => avatarOf(world, id))}<span>${channel.members.size}<span class="unseen"> members, topic and more</span></span></a>`;
}

function tabs(look: Look, channel: Channel): Html {
  const count = (n: number) => (n > 0 ? html` <small>${n}</small>` : '');
  const files = [...look.world.files.values()].filter(
    (f) => !f.deleted && f.shares.some((s) => s.channel === channel.id),
  ).length;
  const links = [
    ['pins', 'pin', 'Pins', channel.pins.length],
    ['files', 'file', 'Files', files],
    ['members', 'people', 'Members', channel.members.size],
  ] as const;
  const isPlain = look.pane === null;
  return html`<a href="${here(look)}" ${isPlain ? raw('aria-current="page"') : ''}>${icon('message')} Messages</a>${links.map(
    ([pane, sign, label, n]) => {
      const isOpen = look.pane === pane;
      return html`<a href="${isOpen ? here(look) : here(look, { pane })}" ${isOpen ? raw('aria-current="true"') : ''}>${icon(sign)} ${label}${count(n)}</a>`;
    },
  )}${channel.bookmarks.map((b) => bookmark(b.title, b.link))}`;
}

const bookmark = (title: unknown, link: unknown): Html =>
  typeof link === 'string' && /^https?:\/\//i.test(link)
    ? html`<a href="${link}" target="_blank" rel="noopener noreferrer" class="bookmark">${icon('window')} ${title}</a>`
    : html``;

function appTabs(look: Look): Html {
  const current = (on: boolean) => (on ? raw('aria-current="page"') : '');
  return html`${look.world.manifest.homeTab ? html`<a href="${look.base}/home" ${current(!look.channel)}>${icon('home')} Home</a>` : ''}<a href="${at(look, 'dm')}" ${current(look.channel !== null)}>${icon('message')} Messages</a>`;
}

/** For whoever comes first: as soon as there is an incident, the incident says what to do. */
function isHinted({ hidden: is, channel, world }: Look): boolean {
  const isSeeded = channel?.general === true || channel?.name === 'incidents';
  const isUsed = [...world.channels.values()].some((c) => c.kind !== 'im' && c.creator === world.app.botUserId);
  return !is.hint && isSeeded && !isUsed;
}

const hint = (
  look: Look,
): Html => html`<form method="post" action="${act(look, 'hint')}" class="hint">${hidden({ back: look.here })}
  <div><p><strong>This Slack is yours alone: nothing leaves this machine.</strong></p>
  <p>Type <code>/incident declare sev1 checkout is down</code> below and press Enter${look.controls ? html`, or <button class="link" formaction="/sandbox/controls/story" name="do" value="start">watch a story</button>` : ''}.</p>
  <p>The faces at the left are people you can be; ${icon('window')} opens one beside this window.</p></div>
  <button class="close" aria-label="Hide this hint">${icon('close')}</button></form>`;

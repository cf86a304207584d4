import { html, raw } from 'hono/html';
import { stackOf } from '../views.ts';
import type { Channel } from '../world.ts';
import { composerHtml } from './composer.ts';
import { formHtml, homeHtml } from './form.ts';
import { avatar, type Html, hidden, NOTHING } from './html.ts';
import { messageList } from './list.ts';
import { act, at, here, type Look } from './look.ts';
import { mrkdwn, unescaped } from './mrkdwn.ts';
import { paneHtml } from './pane.ts';
import { sidebarHtml } from './sidebar.ts';

/** The whole page of one person. */
export function screenHtml(look: Look): Html {
  const isAsked = stackOf(look.world, look.me.id).length > 0 || look.ask !== undefined;
  const title = look.channel ? nameIn(look, look.channel) : look.world.manifest.appName;
  const hasPane = look.thread || look.pane || look.file ? ' with-pane' : '';
  return html`<!doctype html><html lang="en"><head><meta charset="utf-8"><meta name="viewport" content="width=device-width, initial-scale=1">
    <title>${title} · ${look.me.realName} · local Slack</title><link rel="icon" href="data:,"><link rel="stylesheet" href="/sandbox/style.css"><script type="module" src="/sandbox/browser.mjs"></script></head>
    <body data-live="${look.base}/live"><div class="frame${hasPane}" id="frame" ${isAsked ? raw('inert') : ''}>
      <input type="checkbox" id="nav" aria-label="Show channels and people" autocomplete="off">
      ${sidebarHtml(look)}<label class="curtain" for="nav"></label>
      <main class="main" id="main">${header(look)}${look.hint && isSeeded(look.channel) ? hint(look) : ''}${content(look)}</main>
      ${paneHtml(look)}</div>
      <div id="modal">${formHtml(look)}</div><div id="ask">${askHtml(look)}</div>
      <div id="notice" role="status">${look.notice ? html`<p>${look.notice}</p>` : ''}</div><div id="connection" data-client hidden role="status">Connection lost. Trying again…</div></body></html>`;
}

function content(look: Look): Html {
  const { channel } = look;
  if (!channel) return html`<div class="messages" tabindex="0">${homeHtml(look)}</div>`;
  return html`<ol class="messages" id="list-${channel.id}" tabindex="0" aria-label="Messages">${messageList(look, channel)}</ol>${composerHtml(look, channel, null)}`;
}

const nameIn = (look: Look, channel: Channel): string =>
  channel.kind === 'im' ? look.world.manifest.appName : `${channel.kind === 'private' ? '🔒 ' : '#'}${channel.name}`;

function header(look: Look): Html {
  const { channel, world } = look;
  const isApp = !channel || channel.kind === 'im';
  return html`<header class="head"><label class="open-nav" for="nav" title="Channels and people">☰ ${avatar(look.me.realName)}</label>
    <div class="title"><h1>${channel ? nameIn(look, channel) : world.manifest.appName}</h1>${channel?.topic.value ? html`<p class="topic" title="${unescaped(channel.topic.value)}">${mrkdwn(channel.topic.value, look)}</p>` : ''}</div>
    ${isApp ? appTabs(look) : tabs(look, channel)}</header>`;
}

function tabs(look: Look, channel: Channel): Html {
  const links = [
    ['members', `Members ${channel.members.size}`],
    ['pins', `Pins ${channel.pins.length}`],
    ['files', 'Files'],
  ] as const;
  return html`<nav class="tabs" aria-label="About this channel">${links.map(([pane, label]) => {
    const isOpen = look.pane === pane;
    return html`<a href="${isOpen ? here(look) : here(look, { pane })}" ${isOpen ? raw('aria-current="true"') : ''}>${label}</a>`;
  })}${channel.bookmarks.map((b) => bookmark(b.title, b.link))}</nav>`;
}

const bookmark = (title: unknown, link: unknown): Html =>
  typeof link === 'string' && /^https?:\/\//i.test(link)
    ? html`<a href="${link}" target="_blank" rel="noopener noreferrer">${title} ↗</a>`
    : NOTHING;

function appTabs(look: Look): Html {
  const current = (on: boolean) => (on ? raw('aria-current="page"') : '');
  return html`<nav class="tabs" aria-label="Tabs of the app">${look.world.manifest.homeTab ? html`<a href="${look.base}/home" ${current(!look.channel)}>Home</a>` : ''}<a href="${at(look, 'dm')}" ${current(look.channel !== null)}>Messages</a></nav>`;
}

/** Whoever has found their way into an incident needs it no more. */
const isSeeded = (channel: Channel | null): boolean => channel?.general === true || channel?.name === 'incidents';

const hint = (
  look: Look,
): Html => html`<form method="post" action="${act(look, 'hint')}" class="hint">${hidden({ back: look.here })}
  <div><p>This is a Slack of its own with the incident bot in it. Nothing leaves this machine.</p>
  <p>Type <code>/incident declare sev1 checkout is down</code> below and press Enter.</p>
  <p>Switch the person at the top left; open a second window to be two people at once.</p></div>
  <button class="close" aria-label="Hide this hint">✕</button></form>`;

function askHtml({ ask, ...look }: Look): Html {
  if (!ask) return NOTHING;
  return html`<div class="veil"><form method="post" action="${ask.action}" class="modal small" role="alertdialog" aria-modal="true" aria-labelledby="ask-title">
    ${hidden(ask.fields)}<header><h2 id="ask-title">${ask.title}</h2></header><p class="question">${ask.text}</p>
    <footer><a class="button" href="${look.here}" data-escape>${ask.deny}</a><button class="button ${ask.isDanger ? 'danger' : 'primary'}" autofocus>${ask.confirm}</button></footer></form></div>`;
}

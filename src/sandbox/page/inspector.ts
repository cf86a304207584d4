import { html, raw } from 'hono/html';
import { isJson } from '../check.ts';
import type { BotState, Controls, Line, Switch } from '../controls.ts';
import type { World } from '../world.ts';
import { barHtml } from './bar.ts';
import { type Html, hidden, instant, NOTHING } from './html.ts';
import { icon, iconSheet } from './icons.ts';
import { pageHtml } from './page.ts';
import { addressOf, NOTHING_SOUGHT, type Seeking } from './seeking.ts';

/** All that goes over the wire, and the switches for bad days. */
export function inspectorHtml(world: World, controls: Controls, seeking: Seeking, notice: string): Html {
  return pageHtml({
    title: `Inspector · ${world.team.name}`,
    controls,
    notice,
    body: html`<div class="frame of-inspector" id="frame">${barHtml(controls, addressOf(seeking), { told: true, leave: seeking.back })}
      <div class="work"><main class="main" id="main"><header class="head"><div class="title"><h1>Inspector</h1><p class="topic">What Slack and the bot say to each other, newest first</p></div></header>
      ${filters(world, controls, seeking)}${lines(world, controls, seeking)}</main>
      <aside class="pane switches" id="switches" aria-label="The bot and bad days">${bot(controls, seeking)}${badDays(controls, seeking)}</aside></div></div>${iconSheet()}`,
  });
}

const KINDS = [
  ['', 'Everything'],
  ['delivery', 'Deliveries'],
  ['call', 'Calls'],
  ['act', 'People'],
  ['bot', 'The bot'],
  ['fault', 'Bad days'],
  ['violation', 'Violations'],
] as const;

function filters(world: World, { inspector }: Controls, seeking: Seeking): Html {
  const channels = [...world.channels.values()].filter((c) => c.kind !== 'im');
  const violations = inspector.violations();
  return html`<nav class="tabs" aria-label="Kinds">${KINDS.map(([kind, label]) => {
    const on = (seeking.kind ?? '') === kind;
    const count = kind === 'violation' && violations > 0 ? html` <span class="badge">${violations}</span>` : '';
    return html`<a href="${addressOf({ ...seeking, kind: kind || null, open: null })}" ${on ? raw('aria-current="page"') : ''}>${label}${count}</a>`;
  })}</nav>
  <form method="get" action="/sandbox/inspector" class="seek" data-at-once>${hidden({ ...(seeking.kind && { kind: seeking.kind }), ...(seeking.back !== '/sandbox' && { back: seeking.back }) })}
    ${choice(
      'name',
      'Of every name',
      inspector.names().map((name) => [name, name]),
      seeking.name,
    )}
    ${choice(
      'channel',
      'In every channel',
      channels.map((c) => [c.id, `#${c.name}`]),
      seeking.channel,
    )}
    <label class="tick"><input type="checkbox" name="failed" value="1" ${seeking.failed ? raw('checked') : ''}> Failed only</label>
    <noscript><button class="button small">Filter</button></noscript>
    ${seeking.name || seeking.channel || seeking.failed || seeking.kind ? html`<a href="${addressOf({ ...NOTHING_SOUGHT, back: seeking.back })}">Show all</a>` : ''}</form>`;
}

const choice = (name: string, all: string, options: (readonly [string, string])[], chosen: string | null): Html =>
  html`<select name="${name}" aria-label="${all}"><option value="">${all}</option>${options.map(
    ([value, text]) => html`<option value="${value}" ${value === chosen ? raw('selected') : ''}>${text}</option>`,
  )}</select>`;

function lines(world: World, { inspector }: Controls, seeking: Seeking): Html {
  const found = inspector.find({
    ...(seeking.kind && { kinds: [seeking.kind] }),
    ...(seeking.name && { name: seeking.name }),
    ...(seeking.channel && { channel: seeking.channel }),
    failedOnly: seeking.failed,
  });
  if (found.length === 0)
    return html`<div class="lines" tabindex="0" role="region" aria-label="Lines"><p class="empty">Nothing of that kind went over the wire yet.</p></div>`;
  return html`<div class="lines" tabindex="0" role="region" aria-label="Lines"><ol>${found.map((line) => lineHtml(world, line, seeking))}</ol></div>`;
}

const WAYS: Partial<Record<Line['kind'], string>> = { delivery: '→ bot', call: '← bot' };

function lineHtml(world: World, line: Line, seeking: Seeking): Html {
  const isOpen = seeking.open === line.seq;
  const channel = line.channel === null ? undefined : world.channels.get(line.channel);
  const address = addressOf({ ...seeking, open: isOpen ? null : line.seq });
  const isForeign = line.kind === 'violation' || line.failed;
  return html`<li id="line-${line.seq}" class="line kind-${line.kind}${isForeign ? ' failed' : ''}${isOpen ? ' open' : ''}"><a href="${address}" aria-expanded="${String(isOpen)}">
    ${instant(line.at, '{time_secs}')}<span class="way">${WAYS[line.kind] ?? line.kind}</span><span class="what"><b>${line.name}</b>${channel && channel.kind !== 'im' ? html` <small>#${channel.name}</small>` : ''}${line.retry > 0 ? html` <span class="retry">retry ${line.retry}</span>` : ''}</span>
    <span class="outcome">${line.outcome}</span><span class="ms">${line.ms === null ? '' : `${line.ms} ms`}</span></a>${isOpen ? whole(line) : ''}</li>`;
}

function whole({ entry }: Line): Html {
  const parts: (readonly [string, unknown])[] =
    entry.kind === 'call'
      ? [
          ['The bot asks', entry.args],
          [`Slack answers ${entry.status}`, entry.answer],
        ]
      : entry.kind === 'delivery'
        ? [
            ['Slack delivers', entry.payload],
            ['The bot answers', entry.answer],
          ]
        : [['In full', 'who' in entry ? `${entry.who} ${entry.what}` : entry.what]];
  return html`<div class="whole-line">${parts.map(
    ([title, value]) =>
      html`<h3>${title}</h3><pre tabindex="0" role="region" aria-label="${title}">${typeof value === 'string' ? value : JSON.stringify(opened(value), null, 2)}</pre>`,
  )}</div>`;
}

/** Slack's clients send blocks and views as text within the arguments: they are read as what they are. */
function opened(value: unknown): unknown {
  if (Array.isArray(value)) return value.map(opened);
  if (isJson(value)) return Object.fromEntries(Object.entries(value).map(([name, held]) => [name, opened(held)]));
  if (typeof value !== 'string' || !/^[[{]/.test(value)) return value;
  try {
    return JSON.parse(value);
  } catch {
    return value;
  }
}

function bot({ bot: { state } }: Controls, seeking: Seeking): Html {
  const button = (what: string, label: string, style = '') =>
    html`<button name="do" value="${what}" class="button small ${style}">${label}</button>`;
  const buttons =
    state.is === 'down'
      ? button('start', 'Start it', 'primary')
      : state.is === 'running'
        ? html`${button('restart', 'Kill and restart')}${button('kill', 'Kill', 'danger')}${button('stop', 'Stop politely')}`
        : NOTHING;
  return html`<section><h2>The bot</h2><p class="state ${state.is}"><span class="light" aria-hidden="true"></span>${stateWords(state)} <small>since ${instant(state.since, '{time_secs}')}</small></p>
    <form method="post" action="/sandbox/controls/bot" class="row">${hidden({ back: addressOf(seeking) })}${buttons}</form></section>`;
}

function stateWords(state: BotState): string {
  switch (state.is) {
    case 'running':
      return `Running as process ${state.pid}`;
    case 'down':
      return `Down. ${state.why}`;
    default:
      return state.is === 'starting' ? 'Starting' : 'Stopping';
  }
}

function badDays({ badDays: days }: Controls, seeking: Seeking): Html {
  const back = hidden({ back: addressOf(seeking) });
  return html`<section><h2>Bad days</h2><p class="about">Nothing may be lost, and nothing done twice. See for yourself.</p>
    <ul>${days.switches.map((one) => switchHtml(one, back))}</ul>
    <form method="post" action="/sandbox/controls/bad-days" class="row">${back}<button name="do" value="refresh" class="button small">Refresh the sockets</button><button name="do" value="drop" class="button small">Break the sockets</button>${
      days.switches.some((one) => one.isOn)
        ? html`<button name="do" value="all-off" class="button small">All off</button>`
        : ''
    }</form></section>
    <section class="last"><form method="post" action="/sandbox/controls/inspector" class="row">${back}<button name="do" value="clear" class="button small">Clear the list</button></form></section>`;
}

const switchHtml = ({ name, title, says, isOn, sofar }: Switch, back: Html): Html =>
  html`<li><form method="post" action="/sandbox/controls/bad-days">${back}${hidden({ on: String(!isOn) })}<button name="switch" value="${name}" class="switch" role="switch" aria-checked="${String(isOn)}" aria-labelledby="s-${name}" aria-describedby="about-${name}"><span class="knob"></span></button>
    <div><label id="s-${name}">${title}</label><p id="about-${name}">${says}</p>${isOn && sofar ? html`<p class="sofar">${icon('bolt')} ${sofar}</p>` : ''}</div></form></li>`;

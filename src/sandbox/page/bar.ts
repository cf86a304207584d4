import { html } from 'hono/html';
import type { Controls, Switch } from '../controls.ts';
import { type Html, hidden } from './html.ts';
import { icon } from './icons.ts';

/** `told`: a story is being shown. `leave`: where the inspector is left to. */
type Around = { readonly told: boolean; readonly leave: string | null };

/** Above everything: time, the story, the way to the inspector. Slack has none of it, so it does not look like Slack's. */
export function barHtml(controls: Controls | null, back: string, around: Around): Html {
  return html`<header class="bar" id="bar"><label class="open-nav" for="nav" title="Channels and people">${icon('menu')}<span class="unseen">Channels and people</span></label>
    <span class="brand">local Slack</span>${controls ? tools(controls, back, around) : ''}</header>`;
}

const STEPS = [
  [60_000, '1 min', '1m'],
  [900_000, '15 min', '15m'],
  [3_600_000, '1 h', '1h'],
] as const;

function tools({ clock, badDays, bot, inspector }: Controls, back: string, { told, leave }: Around): Html {
  const on = badDays.switches.filter((one) => one.isOn);
  return html`<form method="post" action="/sandbox/controls/clock" class="clock" aria-label="Clock">${hidden({ back })}
      <span class="now" title="The clock of this Slack and of the bot">${icon('clock')}<time data-now>${clock.now().toISOString().slice(11, 16)}</time>${ahead(clock.aheadMs)}</span>
      ${STEPS.map(([ms, wide, narrow]) => html`<button name="by" value="${ms}" title="${wide} later"><span class="unseen">Forward </span><span class="wide">+${wide}</span><span class="narrow">+${narrow}</span></button>`)}
      <button name="by" value="next" title="To the next thing the bot will do by itself">${icon('forward')}<span class="wide">Next reminder</span><span class="unseen narrow">Next reminder</span></button></form>
    <div class="ways">${bot.state.is === 'down' ? botDown(back) : ''}
      ${told ? '' : html`<form method="post" action="/sandbox/controls/story">${hidden({ back })}<button name="do" value="start" title="An outage, played by the people of this Slack">${icon('play')}<span class="wide">Story</span><span class="unseen narrow">Story</span></button></form>`}
      ${leave ? html`<a href="${leave}">${icon('back')}<span>Back to Slack</span></a>` : html`<a href="/sandbox/inspector?back=${encodeURIComponent(back)}" title="${inspectorTitle(on, inspector.violations())}">${icon('bug')}<span class="wide">Inspector</span><span class="unseen narrow">Inspector</span>${on.length > 0 ? html`<span class="badge">${on.length}<span class="unseen"> bad days on</span></span>` : ''}</a>`}</div>`;
}

const botDown = (back: string): Html =>
  html`<form method="post" action="/sandbox/controls/bot">${hidden({ back })}<button name="do" value="start" class="down">${icon('warn')}<span class="wide">The bot is down: start it</span><span class="narrow">Start bot</span></button></form>`;

const inspectorTitle = (on: readonly Switch[], violations: number): string =>
  [
    'What goes over the wire, and bad days',
    ...(on.length > 0 ? [`on: ${on.map((one) => one.title).join(', ')}`] : []),
    ...(violations > 0 ? [`${violations} violations of Slack's rules`] : []),
  ].join('; ');

function ahead(ms: number): Html {
  if (ms < 1_000) return html``;
  const minutes = Math.round(ms / 60_000);
  const [days, hours, rest] = [Math.floor(minutes / 1_440), Math.floor(minutes / 60) % 24, minutes % 60];
  const said = [days > 0 && `${days} d`, hours > 0 && `${hours} h`, rest > 0 && `${rest} min`].filter(Boolean);
  return html`<span class="ahead" title="Ahead of this machine’s time">+${said.slice(0, 2).join(' ') || '0 min'}</span>`;
}

import { html } from 'hono/html';
import type { Channel, Ephemeral, Message } from '../world.ts';
import { dateOf, type Html, instant } from './html.ts';
import { here, type Look } from './look.ts';
import { ephemeralHtml, messageHtml } from './message.ts';

/** So many messages are drawn at once; older ones are a click away. */
const SHOWN = 150;
/** Seconds within which somebody's next message needs no name. */
const TOGETHER = 300;

/** The messages of a channel with what this person alone sees, in order. */
export function messageList(look: Look, channel: Channel): Html {
  const all = [...channel.messages.values()];
  const main = all.filter((m) => !m.threadTs || m.threadTs === m.ts || m.broadcast);
  const first = firstShown(main, look.from);
  const drawn = main.slice(first);
  const since = first > 0 ? (drawn[0]?.ts ?? '') : '';
  const whispers = look.world.ephemerals.filter((e) => isFor(look, e, channel) && !e.threadTs && e.ts >= since);
  return html`${first > 0 ? html`<li class="older"><a href="${here(look, { from: drawn[0]?.ts ?? '' })}">Show earlier messages</a></li>` : beginning(channel)}
    ${entries(look, channel, drawn, whispers, repliesOf(all), false)}`;
}

/** The parent, its replies, and what only this person sees there. */
export function threadList(look: Look, channel: Channel, parent: Message): Html {
  const replies = [...channel.messages.values()].filter((m) => m.threadTs === parent.ts && m.ts !== parent.ts);
  const whispers = look.world.ephemerals.filter((e) => isFor(look, e, channel) && e.threadTs === parent.ts);
  return html`${entries(look, channel, [parent, ...replies], whispers, new Map(), true)}`;
}

const isFor = (look: Look, one: Ephemeral, channel: Channel): boolean =>
  one.to === look.me.id && one.channel === channel.id;

function firstShown(main: readonly Message[], from: string | null): number {
  const newest = Math.max(main.length - SHOWN, 0);
  const wanted = from === null ? -1 : main.findIndex((m) => m.ts >= from);
  return wanted < 0 ? newest : Math.min(newest, Math.max(wanted - SHOWN / 2, 0));
}

type Replies = Map<string, { count: number; last: string }>;

function repliesOf(all: readonly Message[]): Replies {
  const found: Replies = new Map();
  for (const { ts, threadTs } of all) {
    if (threadTs && threadTs !== ts) found.set(threadTs, { count: (found.get(threadTs)?.count ?? 0) + 1, last: ts });
  }
  return found;
}

function entries(
  look: Look,
  channel: Channel,
  messages: readonly Message[],
  whispers: readonly Ephemeral[],
  replies: Replies,
  inThread: boolean,
): Html {
  const sorted = [...messages.map((m) => ({ m, ts: m.ts })), ...whispers.map((e) => ({ e, ts: e.ts }))].sort((a, b) =>
    a.ts < b.ts ? -1 : 1,
  );
  let before: Message | null = null;
  let day = '';
  return html`${sorted.map((one) => {
    const today = dateOf(one.ts).toDateString();
    const divider = today !== day && !inThread ? dayLine(one.ts) : '';
    const follows = 'm' in one && today === day && isTogether(before, one.m);
    day = today;
    // A parent stands apart from its replies.
    before = 'm' in one && !(inThread && one.m === messages[0]) ? one.m : null;
    if ('e' in one) return html`${divider}${ephemeralHtml(look, one.e, channel)}`;
    const thread = replies.get(one.ts);
    const standing = { channel, follows, inThread, ...(thread && { replies: thread }) };
    return html`${divider}${messageHtml(look, one.m, standing)}`;
  })}`;
}

const dayLine = (ts: string): Html =>
  html`<li class="day" id="d-${ts}"><span>${instant(dateOf(ts), '{day_divider_pretty}')}</span></li>`;

const isTogether = (before: Message | null, next: Message): boolean =>
  before !== null &&
  !before.extra.system &&
  before.user !== undefined &&
  before.user === next.user &&
  before.subtype !== 'tombstone' &&
  Number(next.ts) - Number(before.ts) < TOGETHER;

function beginning(channel: Channel): Html {
  if (channel.kind === 'im')
    return html`<li class="beginning">Direct messages with the app: only the two of you see them.</li>`;
  return html`<li class="beginning">This is the very beginning of <strong>#${channel.name}</strong>.</li>`;
}

import { html } from 'hono/html';
import type { Channel, Ephemeral, Message } from '../world.ts';
import { dateOf, type Html, instant, NOTHING } from './html.ts';
import { icon } from './icons.ts';
import { at, here, type Look } from './look.ts';
import { ephemeralHtml, messageHtml } from './message.ts';
import { isJoin, systemHtml } from './system.ts';

/** So many messages are drawn when a channel is opened; others come as one scrolls. */
const SHOWN = 100;
/** So many are drawn at most. */
const WINDOW = 300;
/** Seconds within which somebody's next message needs no name. */
const TOGETHER = 300;

/** The messages of a channel with what this person alone sees, in order. */
export function messageList(look: Look, channel: Channel): Html {
  const all = [...channel.messages.values()];
  const main = all.filter((m) => !m.threadTs || m.threadTs === m.ts || m.broadcast);
  const first = firstShown(main, look.from);
  const end = Math.min(first + WINDOW, main.length);
  const drawn = main.slice(first, end);
  const [since, until] = [first > 0 ? (drawn[0]?.ts ?? '') : '', end < main.length ? (main[end]?.ts ?? '') : 'later'];
  const whispers = look.world.ephemerals.filter(
    (e) => isFor(look, e, channel) && !e.threadTs && e.ts >= since && e.ts < until,
  );
  const more = (index: number) => here(look, { ...openIn(look), from: main[index]?.ts ?? '' });
  return html`${first > 0 ? html`<li class="older" id="older"><a href="${more(Math.max(first - SHOWN / 2, 0))}" data-more="older">Show earlier messages</a></li>` : beginning(look, channel)}
    ${entries(look, channel, drawn, whispers, repliesOf(all), false)}
    ${end < main.length ? html`<li class="older" id="newer"><a href="${more(first + SHOWN * 1.5)}" data-more="newer">Show newer messages</a></li>` : ''}`;
}

/** Shown while one reads far above the newest message. */
export function toNewest(look: Look, channel: Channel): Html {
  if (look.from === null) return NOTHING;
  return html`<a class="to-newest" href="${at(look, channel.id, openIn(look))}">${icon('down')} Jump to the newest</a>`;
}

const openIn = ({ thread, pane, file }: Look): Record<string, string> => ({
  ...(thread && { thread }),
  ...(pane && { pane }),
  ...(file && { file }),
});

/** The parent, its replies, and what only this person sees there. */
export function threadList(look: Look, channel: Channel, parent: Message): Html {
  const replies = [...channel.messages.values()].filter((m) => m.threadTs === parent.ts && m.ts !== parent.ts);
  const whispers = look.world.ephemerals.filter((e) => isFor(look, e, channel) && e.threadTs === parent.ts);
  const count = html`<li class="count" id="count-${parent.ts}"><span>${replies.length} ${replies.length === 1 ? 'reply' : 'replies'}</span></li>`;
  return html`${entries(look, channel, [parent], [], new Map(), true)}${replies.length > 0 ? count : ''}${entries(look, channel, replies, whispers, new Map(), true)}`;
}

const isFor = (look: Look, one: Ephemeral, channel: Channel): boolean =>
  one.to === look.me.id && one.channel === channel.id;

/** A little before what one came for. */
function firstShown(main: readonly Message[], from: string | null): number {
  const newest = Math.max(main.length - SHOWN, 0);
  const wanted = from === null ? -1 : main.findIndex((m) => m.ts >= from);
  return wanted < 0 ? newest : Math.min(newest, Math.max(wanted - SHOWN / 2, 0));
}

type Replies = Map<string, { count: number; last: string; users: Set<string> }>;

function repliesOf(all: readonly Message[]): Replies {
  const found: Replies = new Map();
  for (const { ts, threadTs, user } of all) {
    if (!threadTs || threadTs === ts) continue;
    const held = found.get(threadTs) ?? { count: 0, last: ts, users: new Set() };
    found.set(threadTs, { count: held.count + 1, last: ts, users: held.users.add(user ?? '') });
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
  const line = look.reads.line(look.me, channel);
  let isPast = !line || inThread;
  let before: Message | null = null;
  let day = '';
  const drawn: Html[] = [];
  for (let i = 0; i < sorted.length; i += 1) {
    const one = sorted[i];
    if (!one) break;
    const today = dateOf(one.ts).toDateString();
    if (today !== day && !inThread) drawn.push(dayLine(one.ts));
    const isNew = !isPast && line !== null && one.ts >= line;
    if (isNew) drawn.push(newLine);
    isPast ||= isNew;
    const follows = 'm' in one && today === day && !isNew && isTogether(before, one.m);
    day = today;
    if ('e' in one) {
      before = null;
      drawn.push(ephemeralHtml(look, one.e, channel));
    } else if (one.m.extra.system) {
      before = null;
      const joined = joinsFrom(
        look,
        sorted.slice(i).map((next) => ('m' in next ? next.m : null)),
      );
      drawn.push(systemHtml(look, channel, one.m, joined));
      i += Math.max(joined.length - 1, 0);
    } else {
      before = one.m;
      const thread = replies.get(one.ts);
      drawn.push(messageHtml(look, one.m, { channel, follows, inThread, ...(thread && { replies: thread }) }));
    }
  }
  return html`${drawn}`;
}

/** One after the other, on one day: they are told in one line. */
function joinsFrom(look: Look, messages: readonly (Message | null)[]): Message[] {
  const [first] = messages;
  const isBots = (m: Message) => m.user === look.world.app.botUserId;
  if (!first || !isJoin(first) || isBots(first)) return [];
  const day = dateOf(first.ts).toDateString();
  const end = messages.findIndex((m) => !m || !isJoin(m) || isBots(m) || dateOf(m.ts).toDateString() !== day);
  return messages.slice(0, end < 0 ? undefined : end).filter((m) => m !== null);
}

const dayLine = (ts: string): Html =>
  html`<li class="day" id="d-${ts}"><span>${instant(dateOf(ts), '{day_divider_pretty}')}</span></li>`;

const newLine: Html = html`<li class="new" id="new"><span>New</span></li>`;

const isTogether = (before: Message | null, next: Message): boolean =>
  before !== null &&
  !next.extra.system &&
  before.user !== undefined &&
  before.user === next.user &&
  before.subtype !== 'tombstone' &&
  Number(next.ts) - Number(before.ts) < TOGETHER;

function beginning(look: Look, channel: Channel): Html {
  if (channel.kind === 'im')
    return html`<li class="beginning"><h2>${look.world.manifest.appName}</h2><p>Direct messages with the app: only the two of you see them.</p></li>`;
  const sign = channel.kind === 'private' ? icon('lock') : icon('hash');
  return html`<li class="beginning"><h2>${sign}${channel.name}</h2><p>This is the very beginning of the ${channel.kind === 'private' ? 'private ' : ''}channel <strong>#${channel.name}</strong>.</p></li>`;
}

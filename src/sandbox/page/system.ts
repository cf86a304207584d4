import { html } from 'hono/html';
import type { Channel, Message } from '../world.ts';
import { avatarOf, dateOf, type Html, instant, isBot, nameOf } from './html.ts';
import type { Look } from './look.ts';
import { mrkdwn } from './mrkdwn.ts';

/** What Slack itself says in a channel: joins, topics, pins. */

export const isJoin = (message: Message): boolean =>
  message.subtype === 'channel_join' || message.subtype === 'group_join';

/** `joined`: the join itself and those right after it. */
export function systemHtml(look: Look, channel: Channel, message: Message, joined: readonly Message[]): Html {
  const { world } = look;
  const name = nameOf(world, message.user);
  const others = joined.slice(1).map((m) => nameOf(world, m.user));
  const words = isJoin(message)
    ? html`joined #${channel.name}${others.length > 0 ? ` along with ${listed(others)}` : ''}.`
    : mrkdwn(message.text.replace(/^<@[A-Z0-9]+(\|[^>]*)?> /, ''), look);
  return html`<li id="m-${message.ts}" class="message system">${avatarOf(world, message.user)}<div class="body">
    <p class="by"><strong>${name}</strong>${isBot(world.members.get(message.user ?? '')) ? html`<span class="tag">APP</span>` : ''}<span class="when">${instant(dateOf(message.ts), '{time}')}</span></p><p class="text">${words}</p></div></li>`;
}

function listed(names: readonly string[]): string {
  const [first = '', second = ''] = names;
  if (names.length < 3) return names.join(' and ');
  return names.length === 3
    ? `${first}, ${second} and ${names[2]}`
    : `${first}, ${second} and ${names.length - 2} others`;
}

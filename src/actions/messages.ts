import { type Incident, isPrivate, ref } from '../incidents/incident.ts';
import type { Message } from '../jobs/job.ts';
import { type Day, formatDay, plusDays } from '../lib/day.ts';
import type { UserId } from '../lib/ids.ts';
import { never } from '../lib/result.ts';
import { plural, shorten } from '../lib/text.ts';
import { actions, type Block, button, context, message, section, textIn } from '../slack/blocks.ts';
import { messageLimits } from '../slack/limits.ts';
import { channelLink, date, type Mrkdwn, md, link as mdLink, mention } from '../slack/mrkdwn.ts';
import { type ActionItem, isOpenItem, isOverdue, itemValue, type Reminded } from './action-item.ts';

/** What is said of action items where they are worked on. People are mentioned where they are asked; lists use names. */

/** The post in the channel, drawn anew whenever the item changes. Under the message it was noted from it does not repeat it. */
export function inChannel(incident: Incident, item: ActionItem, today: Day): Message {
  const words = item.quotes ? md`Noted as an action item of ${ref(incident)}.` : md`*Action item:* ${item.what}`;
  const said = md`:dart: ${words}\n${stateOf(item, today)}`;
  return message(said, [section(said), itemButtons(item)]);
}

/** The message to somebody who owns it from now on and is not in the channel to see it there. */
export function toOwner(incident: Incident, item: ActionItem, today: Day): Message {
  const said = md`:dart: *${ref(incident)}*${where(incident)}: an action item is yours.`;
  return message(said, [section(said), ...itemBlocks(item, today)]);
}

/** Drawn when it is sent and again whenever one of its items changes. */
export function reminder(incident: Incident, items: readonly ActionItem[], as: Reminded, today: Day): Message {
  const open = items.filter(isOpenItem).length;
  const head = md`:alarm_clock: *${ref(incident)}*${where(incident)}: ${heading(open, as)}`;
  const shown = fitting(items.map((item) => itemBlocks(item, today)));
  const more = items.length - shown.length;
  return message(head, [
    section(head),
    ...shown.flat(),
    ...(more > 0 ? [context(md`… and ${more} more: \`/incident actions in ${ref(incident)}\``)] : []),
  ]);
}

function heading(open: number, as: Reminded): Mrkdwn {
  if (open === 0) return md`these action items are settled, or asked about further down.`;
  switch (as) {
    case 'owner':
      return md`${plural(open, 'action item')} of yours. Done, or does it need another day?`;
    case 'keeper':
      return md`nobody can be reminded of ${plural(open, 'action item')}: without an owner, or with one who is gone. Who takes it?`;
    default:
      return never(as);
  }
}

/** Words before it, and names instead of mentions, where it stands in a list. */
export interface Look {
  readonly before?: Mrkdwn;
  readonly nameOf?: (user: UserId) => Mrkdwn;
}

/** Its words, how it stands, and what can be done about it. */
export const itemBlocks = (item: ActionItem, today: Day, { before = md``, nameOf = mention }: Look = {}): Block[] => [
  section(md`${before}${shorten(item.what, SHOWN_WORDS)}\n${stateOf(item, today, nameOf)}`),
  itemButtons(item),
];

const SHOWN_WORDS = 300;
const MOST_SHOWN = 8;

/** As many as a message has room for. */
export function fitting(items: readonly (readonly Block[])[]): Block[][] {
  const kept: Block[][] = [];
  let room = messageLimits.blocksTextBudget - 1_500;
  for (const blocks of items.slice(0, MOST_SHOWN)) {
    room -= textIn(blocks);
    if (room < 0) break;
    kept.push([...blocks]);
  }
  return kept;
}

/** `owner casey · due Tue 1 Dec 2026 (tomorrow) · prevent · ticket`; `nameOf` where nobody is to be woken. */
export function stateOf(item: ActionItem, today: Day, nameOf: (user: UserId) => Mrkdwn = mention): Mrkdwn {
  const owner = item.owner ? nameOf(item.owner) : md`nobody yet`;
  const type = item.type ? md` · ${item.type}` : md``;
  const ticket = item.ticket ? md` · ${mdLink(item.ticket, 'ticket')}` : md``;
  return md`${progress(item)}owner ${owner} · ${due(item, today)}${type}${ticket}`;
}

function progress(item: ActionItem): Mrkdwn {
  const by = md`${item.endedBy ? md` by ${mention(item.endedBy)}` : md``}${item.endedAt ? md` ${date(item.endedAt)}` : md``}`;
  switch (item.status) {
    case 'open':
      return md``;
    case 'done':
      return md`:white_check_mark: *Done*${by} · `;
    case 'dropped':
      return md`:no_entry_sign: *Dropped*${by}: ${shorten(item.reason ?? 'no reason given', 200)} · `;
    default:
      return never(item.status);
  }
}

function due(item: ActionItem, today: Day): Mrkdwn {
  if (item.dueOn === null) return md`no date yet`;
  const day = formatDay(item.dueOn);
  if (isOverdue(item, today)) return md`*overdue* since ${day}`;
  if (!isOpenItem(item)) return md`due ${day}`;
  if (item.dueOn === today) return md`due *today*, ${day}`;
  return item.dueOn === plusDays(today, 1) ? md`due *tomorrow*, ${day}` : md`due ${day}`;
}

/** The buttons of an item as it stands. */
function itemButtons(item: ActionItem): Block {
  const value = itemValue(item);
  const open = () => [
    ...(item.owner === null ? [assignButton(item)] : []),
    button('Done', 'action-done', value, item.owner === null ? undefined : 'primary'),
    button('Postpone', 'action-postpone', value),
    button('Drop', 'action-drop', value),
    ...(item.owner === null ? [] : [button('Assign', 'action-assign', value)]),
    button('Edit', 'action-edit', value),
  ];
  return actions(value, isOpenItem(item) ? open() : [button('Re-open', 'action-reopen', value)]);
}

export const assignButton = (item: ActionItem): Block => button('Assign', 'action-assign', itemValue(item), 'primary');

/** A private incident's channel is no secret to those who are in it, and nobody else is written to. */
const where = (incident: Incident): Mrkdwn =>
  incident.channelId ? md` in ${channelLink(incident.channelId)}${isPrivate(incident) ? ' (private)' : ''}` : md``;

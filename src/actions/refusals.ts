import { type Incident, ref } from '../incidents/incident.ts';
import type { Message } from '../jobs/job.ts';
import { formatDay } from '../lib/day.ts';
import type { UserId } from '../lib/ids.ts';
import { never } from '../lib/result.ts';
import type { Standing } from '../people/person.ts';
import { message } from '../slack/blocks.ts';
import { date, joined, type Mrkdwn, md, mention } from '../slack/mrkdwn.ts';
import { type ActionItem, changedAt, LONGEST_ITEM, MOST_ITEMS } from './action-item.ts';

/** Why no action item was added, or a step changes nothing. */
export type ActionRefusal =
  | { readonly why: 'no-words' }
  | { readonly why: 'item-too-long'; readonly length: number }
  | { readonly why: 'several-owners'; readonly people: readonly UserId[] }
  | { readonly why: 'a-group-owns' }
  | { readonly why: 'not-a-day'; readonly says: string }
  | { readonly why: 'cannot-own'; readonly user: UserId; readonly standing: Exclude<Standing, 'member'> }
  | { readonly why: 'owner-unknown'; readonly user: UserId }
  | { readonly why: 'owner-outside'; readonly incident: Incident; readonly user: UserId }
  | { readonly why: 'too-many-items'; readonly incident: Incident }
  | { readonly why: 'noted-before'; readonly incident: Incident; readonly item: ActionItem }
  | { readonly why: 'no-words-in-message'; readonly incident: Incident }
  | { readonly why: 'no-such-item'; readonly incident: Incident }
  | { readonly why: 'item-over'; readonly item: ActionItem }
  | { readonly why: 'item-open'; readonly item: ActionItem }
  | { readonly why: 'changed-meanwhile'; readonly item: ActionItem }
  | { readonly why: 'no-such-list'; readonly typed: string }
  | { readonly why: 'no-incident-here' };

export const wordedAction = (refusal: ActionRefusal): Message => message(sentence(refusal));

function sentence(refusal: ActionRefusal): Mrkdwn {
  switch (refusal.why) {
    case 'no-words':
      return md`An action item needs words for what is to be done: \`/incident action raise the pool size @casey by friday\`.`;
    case 'item-too-long':
      return md`The action item has ${refusal.length} characters, at most ${LONGEST_ITEM} fit. Nothing was added; say it in one line and put the rest into its ticket.`;
    case 'several-owners':
      return md`An action item has one owner, and this names ${joined(refusal.people.map(mention), ' and ')}. Nothing was added; name the one who answers for it.`;
    case 'a-group-owns':
      return md`An action item is owned by a person, not by a group: nothing was added. Name someone of it: \`/incident action raise the pool size @casey\`.`;
    case 'not-a-day':
      return md`${refusal.says} Nothing was changed.`;
    case 'cannot-own':
      return md`${mention(refusal.user)} ${STANDS[refusal.standing]} and cannot own an action item. Nothing was changed; name a member of this workspace, or nobody.`;
    case 'owner-unknown':
      return md`Slack knows nobody in this workspace as ${mention(refusal.user)}, so nobody would own it. Nothing was changed; name someone who is here, or nobody.`;
    case 'owner-outside':
      return md`${mention(refusal.user)} is not in the channel of ${ref(refusal.incident)}, which is private, and may not know of it. Nothing was changed; \`/invite\` them there first.`;
    case 'too-many-items':
      return md`${ref(refusal.incident)} has ${MOST_ITEMS} action items, and no more fit. Nothing was added; drop some with \`/incident actions\` and note the one that matters instead.`;
    case 'noted-before':
      return md`That message is an action item of ${ref(refusal.incident)} already${status(refusal.item)}. \`/incident actions\` shows it.`;
    case 'no-words-in-message':
      return md`The message you marked for ${ref(refusal.incident)} holds no words that could be an action item. Say it yourself: \`/incident action <what> in ${ref(refusal.incident)}\`.`;
    case 'no-such-item':
      return md`${ref(refusal.incident)} has no such action item. \`/incident actions in ${ref(refusal.incident)}\` shows those it has.`;
    case 'item-over':
      return md`This action item was ${ended(refusal.item)}. Nothing was changed; *Re-open* in \`/incident actions\` takes it up again.`;
    case 'item-open':
      return md`This action item is open${by(refusal.item)}. Nothing was changed.`;
    case 'changed-meanwhile':
      return md`This action item was changed${by(refusal.item)} while the form was open: ${standing(refusal.item)}. Nothing of yours was saved; close the form and open it again.`;
    case 'no-such-list':
      return md`"${refusal.typed.slice(0, 60)}" is no list of action items. Write \`/incident actions mine\`, \`actions all\` or \`actions overdue\`, or \`actions\` alone in an incident's channel.`;
    case 'no-incident-here':
      return md`Nothing was added: this channel belongs to no incident. Use *Add action item* on a message in an incident's channel, or \`/incident action <what> in INC-42\`.`;
    default:
      return never(refusal);
  }
}

const STANDS: Record<Exclude<Standing, 'member'>, string> = {
  guest: 'is a guest',
  stranger: 'is of another organisation',
  bot: 'is a bot',
  deactivated: 'has a deactivated account',
};

const status = (item: ActionItem): Mrkdwn => (item.endedAt ? md`, and was ${ended(item)}` : md``);

const ended = (item: ActionItem): Mrkdwn =>
  md`${item.status === 'dropped' ? 'dropped' : 'done'} already${item.endedBy ? md` by ${mention(item.endedBy)}` : md``}${item.endedAt ? md` ${date(item.endedAt)}` : md``}`;

const by = (item: ActionItem): Mrkdwn =>
  md`${item.changedBy ? md` by ${mention(item.changedBy)}` : md``} ${date(changedAt(item))}`;

const standing = (item: ActionItem): Mrkdwn =>
  item.endedAt
    ? md`it was ${ended(item)}`
    : md`owner ${item.owner ? mention(item.owner) : 'nobody yet'}, due ${item.dueOn ? formatDay(item.dueOn) : 'on no day yet'}`;

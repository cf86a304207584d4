import { type Decision, receipt } from '../incidents/decision.ts';
import { type Incident, isPrivate, ref } from '../incidents/incident.ts';
import { post } from '../incidents/redraw.ts';
import type { NewJob } from '../jobs/job.ts';
import { type Day, dayOf } from '../lib/day.ts';
import type { Ts, UserId } from '../lib/ids.ts';
import { shorten } from '../lib/text.ts';
import { actions, message } from '../slack/blocks.ts';
import { joined, type Mrkdwn, md } from '../slack/mrkdwn.ts';
import {
  type ActionItem,
  type Inside,
  type ItemType,
  itemPost,
  itemValue,
  MOST_ITEMS,
  named,
  reminderDm,
} from './action-item.ts';
import { assignButton, inChannel, stateOf, toOwner } from './messages.ts';
import type { ActionRefusal } from './refusals.ts';
import { type Reading, remarks } from './remarks.ts';
import { itemsTimer } from './reminders.ts';

export interface AskedItem {
  readonly what: string;
  readonly owner: UserId | null;
  readonly dueOn: Day | null;
  readonly type: ItemType | null;
  readonly ticket: string | null;
  readonly by: UserId;
  /** The message it is noted from, and the thread it stands in; `quotes`: in the words of the message. */
  readonly from: { readonly ts: Ts; readonly thread: Ts; readonly quotes: boolean } | null;
  /** By 🎯 alone. */
  readonly isMark?: true;
}

/** What a rule about items is told besides. */
export interface Around extends Inside {
  readonly timezone: string;
  /** Its postmortem, which lists the items as they were when it was published. */
  readonly isPublished?: boolean;
  readonly reading: Reading;
}

/** Null: nothing stands against this owner. */
export function mayNotOwn(
  incident: Incident,
  owner: UserId | null,
  by: UserId,
  { people, members, unknown }: Inside,
): ActionRefusal | null {
  if (owner === null || owner === by) return null;
  if (unknown?.has(owner)) return { why: 'owner-unknown', user: owner };
  const person = people.get(owner);
  if (person && person.standing !== 'member') return { why: 'cannot-own', user: owner, standing: person.standing };
  return isPrivate(incident) && !members.has(owner) ? { why: 'owner-outside', incident, user: owner } : null;
}

/** Null: it can be added. `all`: how many there are, whatever became of them. */
export function mayNotAdd(incident: Incident, asked: AskedItem, inside: Inside, all: number): ActionRefusal | null {
  if (all >= MOST_ITEMS) return { why: 'too-many-items', incident };
  return mayNotOwn(incident, asked.owner, asked.by, inside);
}

export const newItem = (incident: Incident, asked: AskedItem, inside: Inside, now: Date): Omit<ActionItem, 'id'> => ({
  incidentId: incident.id,
  what: asked.what,
  owner: asked.owner,
  dueOn: asked.dueOn,
  status: 'open',
  createdBy: asked.by,
  createdAt: now,
  type: asked.type,
  ticket: asked.ticket,
  messageTs: asked.from?.ts ?? null,
  quotes: asked.from?.quotes ?? false,
  heardAt: null,
  reminder: dmOf(incident, asked.owner, asked.by, inside, now),
  changedBy: asked.by,
  changedAt: now,
  endedBy: null,
  endedAt: null,
  reason: null,
});

/** Said in the channel, to its owner where they would not see it there, and followed from now on. `others`: those that are open. */
export function added(
  incident: Incident,
  item: ActionItem,
  others: readonly ActionItem[],
  asked: AskedItem,
  around: Around,
  now: Date,
): Decision {
  const today = dayOf(now, around.timezone);
  const { owner, dueOn: due } = item;
  const notes = [
    ...remarks(incident, item.what, others.length + 1, around.reading),
    ...(around.isPublished ? [PUBLISHED] : []),
  ];
  return {
    entries: [
      {
        kind: 'action_item',
        actor: asked.by,
        text: named(item),
        payload: { step: 'added', action: item.id, owner, due, ...(asked.from && { message: asked.from.ts }) },
      },
    ],
    jobs: [
      ...publicly(incident, item, asked, today, now),
      ...handedTo(incident, item, today, now),
      ...asides(incident, asked, notes, now),
      ...itemsTimer(incident, [...others, item], around.timezone),
    ],
    ...answered(incident, item, notes, today),
  };
}

const PUBLISHED = md`The postmortem is published and does not list it. *Back to draft* below the postmortem takes it in, and publishing again shows it.`;

/** Who marks a message is answered by nobody: what there is to note comes privately. */
const asides = (incident: Incident, { by, isMark }: AskedItem, notes: readonly Mrkdwn[], now: Date): NewJob[] =>
  isMark === true && notes.length > 0
    ? [{ job: { kind: 'dm', user: by, message: message(joined(notes, '\n\n')), incident: incident.id }, runAt: now }]
    : [];

/** A channel that is archived is not written to. */
const publicly = (incident: Incident, item: ActionItem, { from }: AskedItem, today: Day, now: Date): NewJob[] =>
  incident.channelLost === null
    ? [
        post(
          incident.id,
          from ? { thread: from.thread } : 'channel',
          inChannel(incident, item, today),
          now,
          itemPost(item),
        ),
      ]
    : [];

/** In the channel the mention tells a new owner; who is not there, or when it is closed, hears it privately. */
const dmOf = (incident: Incident, owner: UserId | null, by: UserId, { members }: Inside, now: Date): string | null =>
  owner === null || owner === by || (members.has(owner) && incident.channelLost === null)
    ? null
    : reminderDm('owner', owner, now);

/** `reminder` names the message that is due to the owner now. */
export const handedTo = (incident: Incident, item: ActionItem, today: Day, now: Date): NewJob[] =>
  item.owner === null || item.reminder === null
    ? []
    : [
        {
          job: {
            kind: 'dm',
            user: item.owner,
            message: toOwner(incident, item, today),
            incident: incident.id,
            as: item.reminder,
          },
          runAt: now,
        },
      ];

/**
 * Without an owner it is asked for at once. Blocks only where there is more to say than that it was added. A channel that
 * is archived has no public line to stand beside.
 */
function answered(
  incident: Incident,
  item: ActionItem,
  notes: readonly Mrkdwn[],
  today: Day,
): Pick<Decision, 'answer' | 'answerBeside'> {
  const words = item.quotes ? md` in the words of the message` : md`: ${shorten(item.what, 200)}`;
  const assign = item.owner === null ? [actions(itemValue(item), [assignButton(item)])] : [];
  const { answer, answerBeside } = receipt(
    incident,
    md`Added to ${ref(incident)}${words}\n${stateOf(item, today)}.`,
    (there) => joined([follows(item, there), ...notes], '\n\n'),
    item.owner !== null && notes.length === 0 ? null : assign,
  );
  return incident.channelLost === null ? { answer, answerBeside } : { answer };
}

const follows = ({ owner }: ActionItem, there: string): Mrkdwn =>
  owner === null
    ? md`*Assign* gives it an owner; \`/incident actions${there}\` takes it back with *Drop*.`
    : md`\`/incident actions${there}\` settles it with *Done* or takes it back with *Drop*.`;

import type { Decision } from '../incidents/decision.ts';
import type { Incident } from '../incidents/incident.ts';
import type { Message, NewJob } from '../jobs/job.ts';
import { type Day, dayOf, formatDay } from '../lib/day.ts';
import type { UserId } from '../lib/ids.ts';
import { never, no, ok, type Result } from '../lib/result.ts';
import { message, section } from '../slack/blocks.ts';
import { joined, md } from '../slack/mrkdwn.ts';
import {
  type ActionItem,
  changedAt,
  type ItemChange,
  type ItemType,
  isOpenItem,
  itemPost,
  named,
  remindedIn,
  reminderDm,
} from './action-item.ts';
import { type Around, handedTo, mayNotOwn } from './add.ts';
import { inChannel, reminder } from './messages.ts';
import type { ActionRefusal } from './refusals.ts';
import { onWording } from './remarks.ts';
import { itemsTimer } from './reminders.ts';

/** What is done about an item. */
export type Step =
  | { readonly how: 'done' | 'reopen' }
  | { readonly how: 'drop'; readonly reason: string }
  | { readonly how: 'postpone'; readonly dueOn: Day }
  | { readonly how: 'assign'; readonly owner: UserId; readonly dueOn: Day | null }
  | {
      readonly how: 'edit';
      readonly what: string;
      readonly owner: UserId | null;
      readonly dueOn: Day | null;
      readonly type: ItemType | null;
      readonly ticket: string | null;
    };

export interface Stepping {
  readonly step: Step;
  readonly by: UserId;
  /** The state a form was opened on, as `changedAt` in milliseconds; a button shows none. */
  readonly seen: number | null;
  readonly now: Date;
}

/** What the transaction writes: the item's row beside the decision. */
interface Stepped {
  readonly change: ItemChange;
  readonly decision: Decision;
}

/** Beside the item: those that are open, and those that stand in the same direct message. */
export interface Others {
  readonly open: readonly ActionItem[];
  readonly standing: readonly ActionItem[];
}

/** Anyone who sees the incident may settle what is left of it; each step is recorded with who took it. */
export function takeStep(
  incident: Incident,
  item: ActionItem,
  others: Others,
  asked: Stepping,
  around: Around,
): Result<Stepped, ActionRefusal> {
  const { step, by, now } = asked;
  const refused = refusal(incident, item, asked, around);
  if (refused) return no(refused);
  const { change, text } = moved(item, step, by, now);
  // The post in the channel is edited, which wakes nobody: a new owner hears it privately.
  const owner = change.owner ?? null;
  const dm = owner !== null && owner !== item.owner && owner !== by ? reminderDm('owner', owner, now) : null;
  const whole: ItemChange = { ...change, changedBy: by, changedAt: now, ...(dm && { reminder: dm }) };
  const after: ActionItem = { ...item, ...whole };
  const today = dayOf(now, around.timezone);
  return ok({
    change: whole,
    decision: {
      entries: [
        {
          kind: 'action_item',
          actor: by,
          text: `${text}: ${named(after)}`,
          payload: {
            step: STEPS[step.how],
            action: item.id,
            owner: after.owner,
            due: after.dueOn,
            ...('reason' in step && { why: step.reason }),
          },
        },
      ],
      jobs: [
        ...drawn(incident, after, today, now),
        ...inItsMessage(incident, item, after, others.standing, today, now),
        ...(dm ? handedTo(incident, after, today, now) : []),
        ...itemsTimer(incident, [...others.open, after], around.timezone),
      ],
      answer: answered(after, step, around),
    },
  });
}

function refusal(
  incident: Incident,
  item: ActionItem,
  { step, by, seen }: Stepping,
  around: Around,
): ActionRefusal | null {
  if (step.how === 'reopen') return isOpenItem(item) ? { why: 'item-open', item } : null;
  if (!isOpenItem(item)) return { why: 'item-over', item };
  if (seen !== null && seen !== changedAt(item).getTime()) return { why: 'changed-meanwhile', item };
  // Whoever owns it already may since have gone; to leave that as it is is no new mistake.
  const owner = 'owner' in step && step.owner !== item.owner ? step.owner : null;
  return mayNotOwn(incident, owner, by, around);
}

const STEPS: Record<Step['how'], string> = {
  done: 'done',
  reopen: 'reopened',
  drop: 'dropped',
  postpone: 'postponed',
  assign: 'assigned',
  edit: 'edited',
};

/** With another date or another owner the reminders begin anew. */
function moved(item: ActionItem, step: Step, by: UserId, now: Date): { change: ItemChange; text: string } {
  switch (step.how) {
    case 'done':
      return { change: { status: 'done', endedBy: by, endedAt: now }, text: 'done' };
    case 'drop':
      return {
        change: { status: 'dropped', endedBy: by, endedAt: now, reason: step.reason },
        text: `dropped (${step.reason})`,
      };
    case 'reopen':
      return {
        change: { status: 'open', endedBy: null, endedAt: null, reason: null, heardAt: now },
        text: 're-opened',
      };
    case 'postpone':
      return { change: { dueOn: step.dueOn, heardAt: now }, text: `due ${formatDay(step.dueOn)}${before(item)}` };
    case 'assign':
      return {
        change: { owner: step.owner, dueOn: step.dueOn, heardAt: now },
        text: `assigned to ${step.owner}${step.dueOn ? `, due ${formatDay(step.dueOn)}` : ''}`,
      };
    case 'edit': {
      const { how: _, ...fields } = step;
      const isMoved = fields.dueOn !== item.dueOn || fields.owner !== item.owner;
      const quotes = item.quotes && fields.what === item.what;
      return { change: { ...fields, quotes, ...(isMoved && { heardAt: now }) }, text: 'edited' };
    }
    default:
      return never(step);
  }
}

const before = ({ dueOn }: ActionItem): string => (dueOn ? ` (before: ${formatDay(dueOn)})` : '');

/** The post in the channel; a channel that is archived is not written to. */
const drawn = (incident: Incident, item: ActionItem, today: Day, now: Date): NewJob[] =>
  incident.channelLost === null
    ? [
        {
          job: { kind: 'edit', incident: incident.id, as: itemPost(item), message: inChannel(incident, item, today) },
          runAt: now,
        },
      ]
    : [];

/** The direct message it stood in shows it as it is now, or no longer. */
function inItsMessage(
  incident: Incident,
  before: ActionItem,
  after: ActionItem,
  standing: readonly ActionItem[],
  today: Day,
  now: Date,
): NewJob[] {
  const { reminder: name } = before;
  if (name === null) return [];
  const still = standing.map((one) => (one.id === after.id ? after : one)).filter((one) => one.reminder === name);
  return [redrawn(incident, name, still, today, now)];
}

/** A direct message with items, as they stand now; `items` are those that still stand in it. */
export const redrawn = (
  incident: Incident,
  name: string,
  items: readonly ActionItem[],
  today: Day,
  now: Date,
): NewJob => ({
  job: { kind: 'edit', incident: incident.id, as: name, message: reminder(incident, items, remindedIn(name), today) },
  runAt: now,
});

function answered(item: ActionItem, step: Step, { reading }: Around): Message {
  switch (step.how) {
    case 'done':
      return message(md`Done. Thank you for seeing it through.`);
    case 'drop':
      return message(md`Dropped; the reason stands beside it.`);
    case 'reopen':
      return message(md`It is open again${item.dueOn ? md`, due ${formatDay(item.dueOn)}` : md``}.`);
    case 'postpone':
      return message(md`Due ${formatDay(step.dueOn)} from now on; the reminders come with it.`);
    case 'assign':
      return message(md`Assigned.`);
    case 'edit': {
      const notes = onWording(step.what, reading);
      const said = joined([md`Saved.`, ...notes], '\n\n');
      return notes.length > 0 ? message(said, [section(said)]) : message(said);
    }
    default:
      return never(step);
  }
}

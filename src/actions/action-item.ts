import type { ActionItemRow } from '../db/tables.ts';
import { type Incident, isPrivate } from '../incidents/incident.ts';
import type { Day } from '../lib/day.ts';
import type { UserId } from '../lib/ids.ts';
import type { Person, Standing } from '../people/person.ts';

/** What is to be done after an incident, as every rule sees it: its row. */
export type ActionItem = ActionItemRow;
export type ItemType = NonNullable<ActionItem['type']>;

/** What a step may change of it. */
export type ItemChange = Partial<
  Pick<
    ActionItem,
    | 'what'
    | 'owner'
    | 'dueOn'
    | 'status'
    | 'type'
    | 'ticket'
    | 'quotes'
    | 'heardAt'
    | 'reminder'
    | 'changedBy'
    | 'changedAt'
    | 'endedBy'
    | 'endedAt'
    | 'reason'
  >
>;

/** What it is good for: the classes of the postmortem. */
export const ITEM_TYPES: Readonly<Record<ItemType, string>> = {
  mitigate: 'Less harm, sooner, when it happens again',
  prevent: 'It does not happen again',
  detect: 'It is noticed sooner',
  process: 'People work together better',
};

export const LONGEST_ITEM = 500;
/** Of one incident; nobody does so many, but a program may note them. */
export const MOST_ITEMS = 500;
/** Those beyond it seldom get done. */
export const ENOUGH_ITEMS = 5;

export const isOpenItem = (item: Pick<ActionItem, 'status'>): boolean => item.status === 'open';

export const isOverdue = (item: Pick<ActionItem, 'status' | 'dueOn'>, today: Day): boolean =>
  isOpenItem(item) && item.dueOn !== null && item.dueOn < today;

/** The name under which the post in the channel is edited. */
export const itemPost = (item: Pick<ActionItem, 'id'>): string => `action:${item.id}`;

/** Why somebody hears of items: they are theirs, or nobody can be reminded of them. */
export type Reminded = 'owner' | 'keeper';

/** The name under which a direct message about items is edited. */
export const reminderDm = (as: Reminded, user: UserId, at: Date): string => `actions:${as}:${user}:${at.getTime()}`;
export const remindedIn = (name: string): Reminded => (name.startsWith('actions:keeper:') ? 'keeper' : 'owner');

export const itemValue = (item: Pick<ActionItem, 'incidentId' | 'id'>): string => `${item.incidentId}:${item.id}`;

/** What a button carries; null when anything else wrote it. */
export function readItemValue(value: string): number | null {
  const match = /^\d{1,9}:(\d{1,15})$/.exec(value);
  return match ? Number(match[1]) : null;
}

/** When it was changed last: a form that shows an older state does not overwrite it. */
export const changedAt = (item: Pick<ActionItem, 'changedAt' | 'createdAt'>): Date => item.changedAt ?? item.createdAt;

/** Its words for the timeline, which keeps them for ever; those of a message stay with the message. */
export const named = (item: Pick<ActionItem, 'what' | 'quotes'>): string => (item.quotes ? OF_A_MESSAGE : item.what);

export const OF_A_MESSAGE = 'what was noted from a message';

/** Who is in the channel, and what is known of the people. */
export interface Inside {
  readonly members: ReadonlySet<UserId>;
  readonly people: ReadonlyMap<UserId, Person>;
  /** Of whom Slack says that there is no such person; while it is silent, nobody. */
  readonly unknown?: ReadonlySet<UserId>;
}

/** Who can be reached about it: no account that is closed, nobody who left a private incident. */
export const canHear = (incident: Incident, user: UserId, { members, people }: Inside): boolean =>
  isHere(people.get(user)?.standing) && (!isPrivate(incident) || members.has(user));

const isHere = (standing: Standing | undefined): boolean => standing === undefined || standing === 'member';

import { z } from 'zod';
import { type Incident, ref } from '../incidents/incident.ts';
import type { Day } from '../lib/day.ts';
import { plusDays } from '../lib/day.ts';
import { type ChannelId, channelId, type IncidentId, incidentId, type Ts, ts, userId } from '../lib/ids.ts';
import type { View } from '../slack/api.ts';
import { input, modal, peopleSelect, section, select, textInput } from '../slack/blocks.ts';
import { Mrkdwn, md } from '../slack/mrkdwn.ts';
import { type ActionItem, changedAt, ITEM_TYPES, type ItemType, LONGEST_ITEM } from './action-item.ts';

/** The forms of action items. Each carries the item, and the state it was opened on. */

export const ADD = 'action-add';
export const EDIT_ITEM = 'action-edit';
export const POSTPONE = 'action-postpone';
export const DROP = 'action-drop';
export const ASSIGN = 'action-assign';

/** What a form is about; `seen`: the state it was opened on, `message`: what it is noted from. */
export interface About {
  readonly incident: IncidentId;
  readonly item?: number | undefined;
  readonly seen?: number | undefined;
  readonly message?: Ts | undefined;
  /** Where it was opened. */
  readonly channel?: ChannelId | undefined;
}

const Metadata = z.object({
  incident: z.int().positive().transform(incidentId),
  item: z.int().positive().optional(),
  seen: z.int().optional(),
  message: z.string().min(1).transform(ts).optional(),
  channel: z.string().min(1).transform(channelId).optional(),
});

/** Null when the metadata is not ours. */
export function readAbout(metadata: string): About | null {
  try {
    return Metadata.safeParse(JSON.parse(metadata)).data ?? null;
  } catch {
    return null;
  }
}

const about = (item: ActionItem): string =>
  JSON.stringify({ incident: item.incidentId, item: item.id, seen: changedAt(item).getTime() } satisfies About);

/** Bounded, so that a list of items stays within a message. */
const LONGEST_TICKET = 300;

type Filled = Pick<ActionItem, 'what' | 'owner' | 'dueOn' | 'type' | 'ticket'>;
const EMPTY: Filled = { what: '', owner: null, dueOn: null, type: null, ticket: null };

const fields = (filled: Filled, today: Day) => [
  input('what', 'What is to be done?', textInput({ max: LONGEST_ITEM, multiline: true, initial: filled.what })),
  input('owner', 'Owner', peopleSelect(filled.owner), {
    optional: true,
    hint: 'Who answers for it; asked for later if empty.',
  }),
  dueField(filled.dueOn, today),
  input(
    'type',
    'What is it good for?',
    select(
      Object.entries(ITEM_TYPES).map(([value, description]) => ({ text: value, value, description })),
      filled.type,
    ),
    { optional: true },
  ),
  input('ticket', 'Ticket', textInput({ max: LONGEST_TICKET, initial: filled.ticket, placeholder: 'https://' }), {
    optional: true,
  }),
];

const dueField = (dueOn: Day | null, today: Day, optional = true) =>
  input(
    'due',
    'Due',
    textInput({ max: 40, initial: dueOn, placeholder: `friday, in 2 weeks, ${plusDays(today, 14)}` }),
    { optional },
  );

export const addModal = (
  incident: Incident,
  today: Day,
  from: { message: Ts; what: string } | null = null,
  channel: ChannelId | null = null,
): View =>
  modal({
    callback: ADD,
    title: 'Add action item',
    submit: 'Add',
    close: 'Cancel',
    metadata: JSON.stringify({
      incident: incident.id,
      ...(from && { message: from.message }),
      ...(channel && { channel }),
    } satisfies About),
    blocks: [
      section(md`An action item of ${ref(incident)}: three to five of them that will be done help more than twenty.`),
      ...fields({ ...EMPTY, what: from?.what ?? '' }, today),
    ],
  });

export const editModal = (item: ActionItem, today: Day): View =>
  modal({
    callback: EDIT_ITEM,
    title: 'Edit action item',
    submit: 'Save',
    close: 'Cancel',
    metadata: about(item),
    blocks: fields(item, today),
  });

export const postponeModal = (item: ActionItem, today: Day): View =>
  modal({
    callback: POSTPONE,
    title: 'Another day',
    submit: 'Postpone',
    close: 'Cancel',
    metadata: about(item),
    blocks: [section(md`${item.what}`), dueField(null, today, false)],
  });

export const dropModal = (item: ActionItem): View =>
  modal({
    callback: DROP,
    title: 'Drop action item',
    submit: 'Drop',
    close: 'Keep it',
    metadata: about(item),
    blocks: [
      section(md`${item.what}`),
      input('reason', 'Why will it not be done?', textInput({ max: 500, multiline: true })),
    ],
  });

export const assignModal = (item: ActionItem, today: Day): View =>
  modal({
    callback: ASSIGN,
    title: 'Assign action item',
    submit: 'Assign',
    close: 'Cancel',
    metadata: about(item),
    blocks: [section(md`${item.what}`), input('owner', 'Owner', peopleSelect(item.owner)), dueField(item.dueOn, today)],
  });

/** What was saved, where there is more to say of it than that. */
export const savedView = (said: string): View =>
  modal({ callback: 'action-saved', title: 'Action item', blocks: [section(Mrkdwn.trusted(said))] });

const Owner = z
  .string()
  .nullable()
  .default(null)
  .transform((owner) => (owner === null ? null : userId(owner)));
const Due = z.string().nullable().default(null);
const Type = z
  .enum(Object.keys(ITEM_TYPES) as [ItemType, ...ItemType[]])
  .nullable()
  .default(null);
const Ticket = z
  .string()
  .nullable()
  .default(null)
  .refine(
    (typed) => typed === null || (/^https?:\/\/[^\s|<>]+$/i.test(typed) && URL.canParse(typed)),
    'A ticket is an address that begins with https://. Paste it, or leave this empty.',
  );

export const ItemForm = z.object({
  what: z.string('Say what is to be done; one line is enough.').max(LONGEST_ITEM),
  owner: Owner,
  due: Due,
  type: Type,
  ticket: Ticket,
});
export const PostponeForm = z.object({ due: z.string('Say until when: `friday`, `in 2 weeks`.') });
export const DropForm = z.object({ reason: z.string('Say why; those who read the postmortem will ask.') });
export const AssignForm = z.object({ owner: z.string('Name the owner.').transform(userId), due: Due });

import { addButton } from '../actions/list.ts';
import { type Incident, isPrivate, ref } from '../incidents/incident.ts';
import type { Message } from '../jobs/job.ts';
import type { ChannelId, IncidentId, UserId } from '../lib/ids.ts';
import { plural } from '../lib/text.ts';
import { actions, type Block, button, context, message, section, selectAction } from '../slack/blocks.ts';
import { channelLink, date, joined, type Mrkdwn, md } from '../slack/mrkdwn.ts';
import { oneLine } from './said.ts';
import { isSection, SECTIONS, type SectionId, sectionIds } from './sections.ts';
import { aside, editedSections, isOutlived, type Work } from './work.ts';

/** The name under which the message with the state and the buttons is edited; below the draft's own messages. */
export const BOARD = 'postmortem:board';

/** How a postmortem stands and what can be done about it. Names, not mentions: it wakes nobody. */
export function board(incident: Incident, work: Work, names: ReadonlyMap<string, string>, now: Date): Message {
  const { postmortem } = work;
  const nameOf = (user: UserId) => oneLine(names.get(user) ?? '') || user;
  const owner = postmortem.owner === null ? md`nobody owns it` : md`owner ${nameOf(postmortem.owner)}`;
  const head = joined(
    [md`*Postmortem of ${ref(incident)}*: ${standing(work, nameOf)}`, owner, ...due(work, nameOf, now)],
    ' · ',
  );
  return message(head, [
    section(joined([head, ...edits(work, nameOf), ...reviews(work, nameOf)])),
    ...buttons(incident, work),
  ]);
}

/** The answer to who asked for a draft. */
export function drafting(incident: Incident, entries: number, askedIn: ChannelId, state: Message | null): Message {
  const channel = incident.channelId;
  const from = plural(entries, 'entry', 'entries');
  if (state) {
    const said = md`Drafting ${ref(incident)}'s postmortem again from ${from}; its messages ${channel && channel !== askedIn ? md`in ${channelLink(channel)} ` : ''}are edited in place, and what people wrote stays.`;
    return message(said, [section(said), ...(state.blocks ?? [])]);
  }
  const elsewhere = channel ? md`posted in ${channelLink(channel)}` : md`sent to whoever declared it`;
  const where = channel === askedIn ? md`posted here` : elsewhere;
  return message(md`Drafting ${ref(incident)}'s postmortem from ${from}; it will be ${where}.`);
}

function standing(
  { postmortem: { status, publishedAt, publishedBy } }: Work,
  nameOf: (user: UserId) => string,
): Mrkdwn {
  if (status !== 'published') return md`${status}`;
  return md`published${publishedBy ? ` by ${nameOf(publishedBy)}` : ''}${publishedAt ? md` ${date(publishedAt)}` : ''}`;
}

function due({ postmortem }: Work, nameOf: (user: UserId) => string, now: Date): Mrkdwn[] {
  const { status, publishedAt, dueAt, dueMovedBy, dueMovedWhy } = postmortem;
  if (status === 'published') return [];
  if (publishedAt !== null) return [md`published ${date(publishedAt)} before`];
  if (dueAt === null) return [];
  const why = dueMovedWhy === null ? '' : `: ${dueMovedWhy}`;
  const moved = dueMovedBy === null ? '' : ` (set by ${nameOf(dueMovedBy)}${why})`;
  return [dueAt < now ? md`*overdue since ${date(dueAt)}*${moved}` : md`due ${date(dueAt)}${moved}`];
}

function edits(work: Work, nameOf: (user: UserId) => string): Mrkdwn[] {
  const lines = editedSections(work).map(({ section: id, revision: { author, writtenAt, number } }) => {
    const kept = aside(work, id).length;
    const also = kept > 0 ? `, ${plural(kept, 'other wording')} kept beside it` : '';
    return md`• ${SECTIONS[id]}: ${nameOf(author)}, ${date(writtenAt)}${number > 1 ? `, revision ${number}` : ''}${also}`;
  });
  return lines.length > 0
    ? [md`In people's own words:`, ...lines]
    : [md`All of it is computed from the record so far.`];
}

const ANSWERS = { confirmed: 'confirmed', perspective: 'added a perspective' } as const;

function reviews(work: Work, nameOf: (user: UserId) => string): Mrkdwn[] {
  const asked = work.reviews;
  if (asked.length === 0) return [];
  const each = asked.slice(0, 30).map((one) => {
    const said = one.answer ? ANSWERS[one.answer] : 'was asked';
    return md`${nameOf(one.reviewer)} ${said}${isOutlived(work, one) ? ' before the last edit' : ''}`;
  });
  const more = asked.length > 30 ? [md`and ${plural(asked.length - 30, 'other')}`] : [];
  return [md`Review: ${joined([...each, ...more], ', ')}`];
}

function buttons(incident: Incident, { postmortem }: Work): Block[] {
  const id = String(incident.id);
  if (postmortem.status === 'published')
    return [
      actions('postmortem', [button('Back to draft', 'postmortem-back', id), addButton(incident)]),
      context(md`To correct it, take it back to a draft and publish it again.`),
    ];
  return [
    actions('postmortem', [
      editSelect(incident.id),
      button('Change owner', 'postmortem-owner', id),
      button('Change due date', 'postmortem-due', id),
      button('Ask for review', 'postmortem-review', id),
      addButton(incident),
      ...(postmortem.status === 'in review' ? [button('Back to draft', 'postmortem-back', id)] : []),
      publishButton(incident),
    ]),
  ];
}

export const editSelect = (incident: IncidentId): Block =>
  selectAction(
    'Edit a section',
    'postmortem-edit',
    sectionIds.map((section) => ({ text: SECTIONS[section], value: sectionValue(incident, section) })),
  );

export const publishButton = (incident: Incident): Block =>
  button('Publish', 'postmortem-publish', String(incident.id), 'primary', {
    title: `Publish the postmortem of ${ref(incident)}?`,
    text: isPrivate(incident)
      ? 'The incident is private: it is posted in its own channel only. The incident is closed.'
      : 'Its summary and the whole of it as a file go to the announcement channel, and the incident is closed.',
    confirm: 'Publish',
    deny: 'Not yet',
  });

/** The incident's number stands first, as in every button. `at` tells one proposal from the next. */
export const sectionValue = (incident: IncidentId, section: SectionId, at?: Date): string =>
  `${incident}:${section}${at ? `:${at.getTime()}` : ''}`;

/** What a select or a button about a section carries; null when anything else wrote it. */
export function readSectionValue(value: string): { section: SectionId; at: number } | null {
  const [, section = '', at = '0'] = /^\d{1,9}:(\w{1,20})(?::(\d{1,15}))?$/.exec(value) ?? [];
  return isSection(section) ? { section, at: Number(at) } : null;
}

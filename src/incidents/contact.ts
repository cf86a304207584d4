import type { NewJob } from '../jobs/job.ts';
import type { UserId } from '../lib/ids.ts';
import { listed } from '../lib/text.ts';
import type { Policy, Severity } from '../policy.ts';
import { message } from '../slack/blocks.ts';
import { joined, type Mrkdwn, md, mention, mentionGroup } from '../slack/mrkdwn.ts';
import { type Holder, holderOf, type Incident, isPrivate, ref } from './incident.ts';

/** An escalation contact: `U…`, `S…` or `@handle` as it is written in sitrep.yml or typed. */
export interface Contact {
  readonly written: string;
  /** The person, or the group's people; null when Slack knows no such group. */
  readonly users: readonly UserId[] | null;
}

/** What bringing people in needs to know beside the incident. */
export interface Around {
  readonly policy: Policy;
  readonly holders: readonly Holder[];
  /** The contacts whose people Slack was asked for; the others are known as they are written. */
  readonly contacts: readonly Contact[];
  /** Who is in the incident's channel. */
  readonly members: ReadonlySet<UserId>;
}

export const isPerson = (written: string): boolean => /^[UW][A-Z0-9]+$/.test(written);

/** A person's id says who it is; of a group, `group` is what Slack answered. */
export const contactOf = (written: string, group: { readonly users: readonly UserId[] } | null): Contact => ({
  written,
  users: isPerson(written) ? [written as UserId] : (group?.users ?? null),
});

/** Whom to bring in now, all rungs together; an entry that says `unless: mitigated` is silent once users no longer hurt. */
export const contactsOf = (severity: Pick<Severity, 'escalate'>, isMitigated: boolean): string[] => [
  ...new Set(
    severity.escalate.filter(({ unless }) => unless === null || !isMitigated).flatMap((escalation) => escalation.to),
  ),
];

/** A group is mentioned as it is written; its id is put in when the message is sent. */
export const mentioned = (written: string): Mrkdwn =>
  isPerson(written) ? mention(written as UserId) : mentionGroup(written);

/** The same in a private answer, which wakes nobody and in which no handle is looked up. */
export const shown = (written: string): Mrkdwn => (written.startsWith('@') ? md`${written}` : mentioned(written));

/** How contacts are brought in. */
export interface BroughtIn {
  /** Whom the words in the channel mention. */
  readonly named: Mrkdwn;
  /** What those words add; begins with a space, or is empty. */
  readonly aside: Mrkdwn;
  /** To be enqueued after the words: an invitation that keeps failing must not hold them back. */
  readonly jobs: readonly NewJob[];
}

/** Mentioned and invited; of a private incident members alone are mentioned, and others learn only that they are needed. */
export function bringIn(incident: Incident, written: readonly string[], around: Around, now: Date): BroughtIn {
  if (isPrivate(incident)) return privately(incident, written, around, now);
  return {
    named: joined(written.map(mentioned), ' '),
    aside: md``,
    jobs: [{ job: { kind: 'invite', incident: incident.id, who: [...written] }, runAt: now }],
  };
}

function privately(
  incident: Incident,
  written: readonly string[],
  { holders, contacts, members }: Around,
  now: Date,
): BroughtIn {
  const known = written.map((one) => contacts.find((contact) => contact.written === one) ?? contactOf(one, null));
  const people = [...new Set(known.flatMap((contact) => contact.users ?? []))];
  const missing = known.filter((contact) => contact.users === null).map((contact) => contact.written);
  const inside = people.filter((user) => members.has(user));
  const told = inside.length > 0 ? inside : [incident.declaredBy];
  const needed = message(
    md`${ref(incident)} (private) needs you, ask ${mention(holderOf(holders, 'ic') ?? incident.declaredBy)}`,
  );
  return {
    named: joined(told.map(mention), ' '),
    aside: md` Contacts outside this channel are told only that they are needed.${missing.length > 0 ? ` Slack knows no user group ${listed(missing)}: nobody of it was told.` : ''}`,
    jobs: people
      .filter((user) => !members.has(user))
      .map((user): NewJob => ({ job: { kind: 'dm', user, message: needed, incident: incident.id }, runAt: now })),
  };
}

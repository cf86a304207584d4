import type { UserId } from '../lib/ids.ts';
import type { Policy, Severity } from '../policy.ts';
import { type Mrkdwn, md, mention, mentionGroup, quietly } from '../slack/mrkdwn.ts';
import type { Holder } from './incident.ts';

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

/** By name, which wakes nobody; of a group's id nobody knows what it means. */
export const named = (written: string): Mrkdwn =>
  isPerson(written) ? quietly(written as UserId) : md`${written.startsWith('@') ? written : 'a user group'}`;

/** The same as a mention in a private answer, which wakes nobody and in which no handle is looked up. */
export const shown = (written: string): Mrkdwn => (written.startsWith('@') ? md`${written}` : mentioned(written));

import type { UserId } from '../lib/ids.ts';
import type { Severity } from '../policy.ts';
import { type Mrkdwn, mention, mentionGroup } from '../slack/mrkdwn.ts';

/** An escalation contact of sitrep.yml. */
export interface Contact {
  /** `U…`, `S…` or `@handle`. */
  readonly written: string;
  /** The person, or the group's people; empty when Slack was not asked, did not answer, or knows no such group. */
  readonly users: readonly UserId[];
}

export const isPerson = (written: string): boolean => /^[UW][A-Z0-9]+$/.test(written);

/** Without asking Slack: a person's id says who it is, a group's name does not. */
export const unasked = (written: string): Contact => ({ written, users: isPerson(written) ? [written as UserId] : [] });

/** Whom to bring in now; an entry that says `unless: mitigated` is silent once users no longer hurt. */
export const contactsOf = (severity: Severity, isMitigated: boolean): string[] => [
  ...new Set(
    severity.escalate.filter(({ unless }) => unless === null || !isMitigated).flatMap((escalation) => escalation.to),
  ),
];

/** A group is mentioned as it is written; its id is put in when the message is sent. */
export const mentioned = ({ written }: Contact): Mrkdwn =>
  isPerson(written) ? mention(written as UserId) : mentionGroup(written);

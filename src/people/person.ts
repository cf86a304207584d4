import type { Selectable } from 'kysely';
import type { PeopleTable } from '../db/tables.ts';
import type { Message } from '../jobs/job.ts';
import { HOUR } from '../lib/duration.ts';
import { storable } from '../lib/text.ts';
import type { SlackUser } from '../slack/api.ts';
import { message } from '../slack/blocks.ts';
import { md } from '../slack/mrkdwn.ts';

/** What Slack says of somebody. */
export type Person = Omit<Selectable<PeopleTable>, 'seesPrivate'>;
/** With what the policy gives them. */
export type Known = Selectable<PeopleTable>;
export type Standing = Person['standing'];

/** What is known of a person is believed for so long; Slack tells of changes with user_change meanwhile. */
export const BELIEVED_FOR = HOUR;

export const personOf = (user: SlackUser, ourTeam: string, now: Date): Person => ({
  userId: user.id,
  teamId: user.teamId,
  name: storable(user.name),
  standing: standingOf(user, ourTeam),
  checkedAt: now,
});

function standingOf(user: SlackUser, ourTeam: string): Standing {
  if (user.isDeactivated) return 'deactivated';
  if (user.isBot) return 'bot';
  if (user.teamId !== null && user.teamId !== ourTeam) return 'stranger';
  return user.isGuest ? 'guest' : 'member';
}

/** Guests and people of other organisations may speak but not command. Null: nothing stands against it. */
export function refusalFor(standing: Standing): Message | null {
  switch (standing) {
    case 'member':
      return null;
    case 'guest':
      return message(
        md`Guests can follow and speak in an incident's channel, but not command it. Ask a member of the workspace to do this for you.`,
      );
    case 'stranger':
      return message(
        md`People of other organisations can follow and speak in an incident's channel, but not command it. Ask a member of this workspace to do this for you.`,
      );
    case 'bot':
      return message(md`Bots cannot command incidents.`);
    case 'deactivated':
      return message(md`This account is deactivated and cannot command incidents.`);
  }
}

/** Slack did not say who is asking: what is public may be done and is checked afterwards, nothing is shown. */
export const unknownReader = message(
  md`Slack did not tell in time who you are, so nothing is shown. Nothing was changed; try again in a moment.`,
);

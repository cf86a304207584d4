import { shown } from '../incidents/contact.ts';
import { formIncident } from '../incidents/forms.ts';
import { type Incident, isPrivate, ref } from '../incidents/incident.ts';
import { parseStatus } from '../incidents/status.ts';
import { trailingRef } from '../incidents/target.ts';
import type { Message } from '../jobs/job.ts';
import { type ChannelId, type IncidentId, incidentId, parseRef, type UserId } from '../lib/ids.ts';
import type { Access, Audience } from '../policy.ts';
import { message } from '../slack/blocks.ts';
import {
  type Call,
  type Click,
  isCall,
  isClick,
  isSubmission,
  type Shortcut,
  type Submission,
} from '../slack/listeners.ts';
import { channelLink, joined, md, plainOf } from '../slack/mrkdwn.ts';

/** What the policy gives to some and not to others. `seePrivate` is about looking, the others about doing. */
export type Right = Exclude<keyof Access, 'seePrivate'>;

type From = Call | Click | Submission | Shortcut;

const DECLARING = new Set(['declare', 'declare_from_message', 'declare_incident']);
const ENDING = new Set(['resolve', 'cancel']);
const ENDED = new Set(['resolved', 'closed', 'canceled']);
/** Buttons that turn pages, answers of those who were asked, and joining: these belong to whom they were shown to. */
const FREE = new Set([
  'actions-page',
  'actions-first',
  'timeline-earlier',
  'timeline-later',
  'task-accept',
  'task-cant',
  'task-done',
  'task-more',
  'task-stuck',
  'handoff-accept',
  'handoff-decline',
  'escalation-on-it',
  'join-incident',
]);

/** The right that this needs; null: everybody of the workspace may. */
export function rightFor({ what, from, reading }: { what: string; from: From; reading: boolean }): Right | null {
  if (reading || FREE.has(what)) return null;
  if (DECLARING.has(what)) return 'declare';
  if (ENDING.has(what)) return 'resolve';
  if (what === 'status' && isCall(from)) {
    const to = parseStatus(plainOf(from.rest).split(/\s+/)[0] ?? '');
    return to.ok && ENDED.has(to.value) ? 'resolve' : 'command';
  }
  return 'command';
}

/** Which incident is meant, as far as words, button and form tell: the one named, else the one of the channel. */
export interface About {
  readonly named: IncidentId | null;
  readonly channel: ChannelId | null;
}

export function aboutOf(from: From): About {
  if (isCall(from)) {
    const named = from.meant === 'here' ? null : trailingRef(from.rest);
    return {
      named: named?.ref ?? numbered(parseRef(from.rest)),
      channel: from.meant === 'there' ? null : from.channel,
    };
  }
  if (isClick(from)) return { named: numbered(Number.parseInt(from.value, 10)), channel: null };
  if (isSubmission(from)) return { named: numbered(formIncident(from.privateMetadata)), channel: null };
  return { named: null, channel: from.on?.channel ?? null };
}

/** Buttons and forms carry numbers that anything may have written. */
const numbered = (number: number | null): IncidentId | null =>
  number !== null && number > 0 && number < 2 ** 31 ? incidentId(number) : null;

/** Null: of a group that may hold them it is not known who is in it. */
export function isAmong(user: UserId, groups: readonly (ReadonlySet<UserId> | null)[]): boolean | null {
  if (groups.some((group) => group?.has(user))) return true;
  return groups.includes(null) ? null : false;
}

/** Why not, and who may instead. */
export function wordedRight(right: Right, audience: Audience, incident: Incident | null): Message {
  const doing = DOING[right];
  if (audience === 'members' && incident) {
    const place =
      incident.channelId && !isPrivate(incident) ? md` ${channelLink(incident.channelId)}` : md` its channel`;
    return message(
      md`${doing} ${ref(incident)} is for the people in its channel (\`access.${right}\` of the policy). Join${place} and say it again.`,
    );
  }
  const who = typeof audience === 'string' ? md`others` : joined(audience.map(shown), ', ');
  return message(
    md`${doing} incidents is for ${who} here (\`access.${right}\` of the policy). Ask one of them to do it.`,
  );
}

const DOING: Record<Right, string> = {
  declare: 'Declaring',
  command: 'Commanding',
  resolve: 'Resolving and canceling',
};

/** Slack did not say who is in a group, and nothing of a private incident is done on trust. */
export const unknownMember = message(
  md`Slack did not tell in time whether you may do this in a private incident. Nothing was changed; try again in a moment, or ask its Incident Commander.`,
);

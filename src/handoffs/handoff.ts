import type { Decision } from '../incidents/decision.ts';
import { type Holder, type Incident, isOpen, isPrivate } from '../incidents/incident.ts';
import type { Message, NewJob } from '../jobs/job.ts';
import type { UserId } from '../lib/ids.ts';
import type { Person } from '../people/person.ts';
import { message } from '../slack/blocks.ts';
import { md } from '../slack/mrkdwn.ts';
import type { Brief } from './brief.ts';
import { briefBlocks, type Drawing } from './brief-blocks.ts';
import { closed, copied, declinedNotice, offeredAnswer, offered as offeredMessage } from './messages.ts';
import { commanderOf, copyDm, lapsed, type Offer, offerDm } from './offer.ts';
import type { HandoffRefusal, Last } from './refusals.ts';
import { offerTimer } from './watch.ts';

/** Null: this person may offer command to that one. */
export function mayNotOffer(
  incident: Incident,
  holders: readonly Holder[],
  asked: {
    readonly to: UserId;
    readonly by: UserId;
    /** Null while Slack does not say who it is, which holds nothing back; `nobody` when it says that there is none. */
    readonly person: Person | 'nobody' | null;
  },
  members: ReadonlySet<UserId>,
  open: Offer | null,
  last: Last,
): HandoffRefusal | null {
  if (!isOpen(incident)) return { why: 'has-ended', incident, last };
  const ic = commanderOf(holders);
  if (ic === null) return { why: 'no-ic', incident };
  if (ic.userId !== asked.by) return { why: 'not-ic', incident, ic: ic.userId, since: ic.fromAt };
  if (asked.to === asked.by) return { why: 'yourself', incident };
  const { person, to } = asked;
  if (person === 'nobody') return { why: 'unknown-person', user: to };
  if (person && person.standing !== 'member') return { why: 'cannot-command', user: to, standing: person.standing };
  if (isPrivate(incident) && !members.has(to)) return { why: 'not-inside', incident, user: to };
  const same = open?.toUser === to && lapsed(incident, holders, open) === null;
  return same ? { why: 'offered-already', offer: open } : null;
}

/** Asked in private; the one before, if there was one, is told that nobody waits for them any more. */
export function offered(offer: Offer, before: Offer | null, drawing: Drawing): Decision {
  const { incident, now } = drawing;
  return {
    entries: [
      {
        kind: 'handoff_offered',
        actor: offer.fromUser,
        text: `offers command to ${offer.toUser}`,
        payload: { offer: offer.id, from: offer.fromUser, to: offer.toUser },
      },
    ],
    jobs: [
      ...(before ? closed(before, incident, now) : []),
      dm(offer.toUser, offeredMessage(offer, drawing), incident, offerDm(offer), now),
      dm(offer.fromUser, copied(offer, drawing), incident, copyDm(offer), now),
      ...offerTimer(incident, offer),
    ],
    answer: offeredAnswer(offer, before ? before.toUser : null),
  };
}

/** Null: this offer can still be answered. */
export function tooLate(
  incident: Incident,
  holders: readonly Holder[],
  offer: Offer,
  last: { readonly status: Last; readonly role: Last },
): HandoffRefusal | null {
  if (offer.outcome === 'accepted' || offer.outcome === 'declined') return { why: 'answered', offer, incident };
  if (offer.outcome === 'replaced') return { why: 'replaced', offer, incident };
  const why = offer.outcome ?? lapsed(incident, holders, offer);
  if (why === null) return null;
  return isOpen(incident)
    ? { why: 'overtaken', incident, ic: commanderOf(holders)?.userId ?? null, last: last.role }
    : { why: 'has-ended', incident, last: last.status };
}

/** Beside the change of hands, which is made as any other: the brief under the public line, and who handed over. */
export function accepted(offer: Offer, assigned: Decision, incident: Incident, now: Date): Decision {
  const [first = ''] = offer.brief.stands.split('\n');
  return {
    ...assigned,
    entries: [
      ...(assigned.entries ?? []),
      {
        kind: 'handoff',
        actor: offer.toUser,
        text: `command handed over by ${offer.fromUser} to ${offer.toUser}: ${first}`,
        payload: { offer: offer.id, from: offer.fromUser, to: offer.toUser },
      },
    ],
    jobs: [...(assigned.jobs ?? []), ...closed(offer, incident, now)],
  };
}

/** The public line's blocks. */
export const handedOver = (offer: Offer, drawing: Drawing) => briefBlocks(offer.brief, drawing);

export const declined = (offer: Offer, incident: Incident, now: Date): Decision => ({
  entries: [
    {
      kind: 'handoff',
      actor: offer.toUser,
      text: `command offered by ${offer.fromUser} was declined by ${offer.toUser}`,
      payload: { offer: offer.id, from: offer.fromUser, to: offer.toUser, declined: true },
    },
  ],
  jobs: [
    {
      job: { kind: 'dm', user: offer.fromUser, message: declinedNotice(offer, incident), incident: incident.id },
      runAt: now,
    },
    ...closed(offer, incident, now),
  ],
  answer: message(md`Declined; who offered is told, and keeps command.`),
});

/** Both hold the same brief at any time. */
export const redrawn = (offer: Offer, drawing: Drawing): Decision => ({
  jobs: [
    edit(drawing.incident, offerDm(offer), offeredMessage(offer, drawing), drawing.now),
    edit(drawing.incident, copyDm(offer), copied(offer, drawing), drawing.now),
  ],
  answer: message(md`The brief is changed, for both of you.`),
});

export const mayEdit = (offer: Offer, by: UserId): boolean => by === offer.fromUser || by === offer.toUser;

/** What a form changes of a brief. */
export interface Edited {
  readonly brief: Omit<Brief, 'quoted'>;
  /** The version it was opened on. */
  readonly version: number;
  readonly by: UserId;
}

const edit = (incident: Incident, as: string, said: Message, now: Date): NewJob => ({
  job: { kind: 'edit', incident: incident.id, as, message: said },
  runAt: now,
});

const dm = (user: UserId, said: Message, incident: Incident, as: string, now: Date): NewJob => ({
  job: { kind: 'dm', user, message: said, incident: incident.id, as },
  runAt: now,
});

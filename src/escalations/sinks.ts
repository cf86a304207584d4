import type { Around } from '../incidents/contact.ts';
import { isPerson, mentioned } from '../incidents/contact.ts';
import { holderOf, type Incident, isPrivate, ref } from '../incidents/incident.ts';
import type { Message, NewJob } from '../jobs/job.ts';
import type { UserId } from '../lib/ids.ts';
import { actions, message, section } from '../slack/blocks.ts';
import { channelLink, joined, type Mrkdwn, md, mention } from '../slack/mrkdwn.ts';
import { onIt, postsOf } from './raised.ts';

/** People to be reached for an escalation, as they are written. */
export interface CallIn {
  readonly incident: Incident;
  readonly written: readonly string[];
  /** The escalation's key. */
  readonly escalation: string;
  /** Called before, in vain. */
  readonly again?: boolean;
  readonly now: Date;
}

/** What one way of reaching people adds: words for the channel, and what is done elsewhere. */
interface Reached {
  readonly named?: Mrkdwn;
  readonly jobs?: readonly NewJob[];
}

/** One way of reaching people of a public incident. A paging service is one more of them. */
type Sink = (call: CallIn) => Reached;

const mentions: Sink = ({ written }) => ({ named: joined(written.map(mentioned), ' ') });

/** Slack tells nobody of a mention in a channel they are not in. The people of a group are known when the job asks for them. */
const directMessages: Sink = (call) => ({
  jobs: call.written.map((one) => (isPerson(one) ? called(call, one as UserId) : page(call, one))),
});

const invitations: Sink = ({ incident, written, again, now }) => ({
  jobs: again ? [] : [{ job: { kind: 'invite', incident: incident.id, who: [...written] }, runAt: now }],
});

/** In order: an invitation that keeps failing must not hold back words. */
export const SINKS: readonly Sink[] = [mentions, directMessages, invitations];

export const page = ({ incident, escalation, again, now }: Omit<CallIn, 'written'>, group: string): NewJob => ({
  job: { kind: 'page', incident: incident.id, escalation, group, ...(again && { again }) },
  runAt: now,
});

/** The direct message to one of those called; edited when somebody is on it. */
export const called = ({ incident, escalation, again, now }: Omit<CallIn, 'written'>, user: UserId): NewJob => ({
  job: {
    kind: 'dm',
    user,
    message: calling(incident, escalation, again ?? false),
    incident: incident.id,
    as: `${postsOf(escalation)}:${again ? 'again:' : ''}${user}`,
  },
  runAt: now,
});

function calling(incident: Incident, escalation: string, again: boolean): Message {
  const where = incident.channelId ? md` in ${channelLink(incident.channelId)}` : md``;
  const said = again
    ? md`:rotating_light: *${ref(incident)}* (${incident.severity}) still has nobody on it, and needs you${where}.`
    : md`:rotating_light: *${ref(incident)}* (${incident.severity}) needs you${where}.`;
  return message(said, [section(said), actions(postsOf(escalation), [onIt(incident, escalation)])]);
}

/** All that those outside a private incident learn. */
export const needed = (incident: Incident, { holders }: Pick<Around, 'holders'>, user: UserId, now: Date): NewJob => ({
  job: {
    kind: 'dm',
    user,
    message: message(
      md`${ref(incident)}${isPrivate(incident) ? ' (private)' : ''} needs you, ask ${mention(holderOf(holders, 'ic') ?? incident.declaredBy)}`,
    ),
    incident: incident.id,
  },
  runAt: now,
});

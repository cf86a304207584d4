import { bringIn } from '../escalations/bring-in.ts';
import { asking } from '../escalations/messages.ts';
import { answerTimer, keyOf, ON_IT, patienceOf, postsOf } from '../escalations/raised.ts';
import { formatDuration } from '../lib/duration.ts';
import type { UserId } from '../lib/ids.ts';
import { no, ok, type Result } from '../lib/result.ts';
import { severityOf } from '../policy.ts';
import { message } from '../slack/blocks.ts';
import { joined, type Mrkdwn, md, quietly } from '../slack/mrkdwn.ts';
import type { StateEntry } from '../timeline/entry.ts';
import { type Around, contactsOf, named, shown } from './contact.ts';
import { type Decision, receipt } from './decision.ts';
import { type Incident, isDrill, isPrivate, ref } from './incident.ts';
import { post } from './redraw.ts';
import type { Refusal } from './refusals.ts';

export interface Escalation {
  /** `U…`, `S…` or `@handle`; empty: the contacts of the severity. */
  readonly to: readonly string[];
  readonly why: string | null;
  readonly by: UserId;
  readonly now: Date;
  /** Who was brought in before: nobody is told twice by hand, but a reminder does not stand in for a person. */
  readonly before: readonly PastEscalation[];
}

export interface PastEscalation {
  readonly to: readonly string[];
  /** `hand`, `policy`, `cadence` or `timer`. */
  readonly how: string;
  readonly by: UserId | null;
  readonly at: Date;
}

/** By hand: once for each contact, and stands in the timeline. A drill tells nobody outside its channel. */
export function escalate(incident: Incident, around: Around, asked: Escalation): Result<Decision, Refusal> {
  const contacts =
    asked.to.length > 0 ? [...asked.to] : contactsOf(severityOf(around.policy, incident.severity), false);
  if (contacts.length === 0) return no({ why: 'nobody-to-escalate-to', severity: incident.severity });
  const byHand = asked.before.filter((one) => one.how === 'hand');
  const told = new Set(byHand.flatMap((one) => one.to));
  const fresh = contacts.filter((contact) => !told.has(contact));
  if (fresh.length === 0) {
    const last = byHand.findLast((one) => one.to.some((contact) => contacts.includes(contact)));
    return no({ why: 'escalated-already', to: contacts, by: last?.by ?? null, at: last?.at ?? null });
  }
  return ok(isDrill(incident) ? played(incident, fresh, asked) : called(incident, fresh, around, asked));
}

function called(incident: Incident, fresh: readonly string[], around: Around, asked: Escalation): Decision {
  const { now } = asked;
  const key = keyOf('hand', now);
  const { named: them, aside, jobs } = bringIn({ incident, written: fresh, escalation: key, now }, around);
  const line = md`*${ref(incident)} is escalated* to ${them} (${quietly(asked.by)})${reason(asked)}${aside.text === '' ? aside : md`.${aside}`}`;
  const how = isPrivate(incident)
    ? md`called: those in the channel by name, others learn only that they are needed`
    : md`mentioned in the channel of ${ref(incident)} and invited`;
  const patience = formatDuration(patienceOf(incident, around.policy));
  return {
    entries: [entry(fresh, asked, { to: fresh, why: asked.why, by: 'hand', escalation: key })],
    jobs: [
      post(incident.id, 'channel', asking(incident, key, line), now, `${postsOf(key)}:channel`),
      ...jobs,
      answerTimer(incident, key, around.policy, now),
      { job: { kind: 'draw-card', incident: incident.id }, runAt: now },
    ],
    ...receipt(
      incident,
      md`${list(fresh)} ${fresh.length === 1 ? 'is' : 'are'} ${how}.`,
      () =>
        md`Whoever presses *${ON_IT}* is named to everyone; if nobody does within ${patience}, they are called again.`,
    ),
  };
}

function played(incident: Incident, fresh: readonly string[], asked: Escalation): Decision {
  const line = md`*${ref(incident)} is escalated* (${quietly(asked.by)})${reason(asked)}\nIn a real incident this would mention ${joined(fresh.map(named), ', ')}.`;
  return {
    entries: [entry(fresh, asked, { to: [], why: asked.why, by: 'hand' })],
    jobs: [post(incident.id, 'channel', message(line), asked.now)],
    ...receipt(
      incident,
      md`${list(fresh)} ${fresh.length === 1 ? 'is' : 'are'} mentioned in the channel of ${ref(incident)} by name only.`,
      () => md`Nobody is called: it is a drill.`,
    ),
  };
}

const entry = (fresh: readonly string[], { by, why }: Escalation, payload: StateEntry['payload']): StateEntry => ({
  kind: 'escalated',
  actor: by,
  text: `to ${fresh.join(', ')}${why ? `: ${why}` : ''}`,
  ...(payload && { payload }),
});

const reason = ({ why }: Escalation): Mrkdwn => (why ? md`: ${why}` : md``);
const list = (contacts: readonly string[]): Mrkdwn => joined(contacts.map(shown), ', ');

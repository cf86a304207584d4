import type { UserId } from '../lib/ids.ts';
import { no, ok, type Result } from '../lib/result.ts';
import { type Policy, severityOf } from '../policy.ts';
import { message } from '../slack/blocks.ts';
import { joined, md, mention } from '../slack/mrkdwn.ts';
import { contactsOf, mentioned, shown } from './contact.ts';
import type { Decision } from './decision.ts';
import { type Incident, isDrill, ref } from './incident.ts';
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

/** By hand: mentions and invites, once for each contact, and stands in the timeline. A drill tells nobody outside its channel. */
export function escalate(incident: Incident, policy: Policy, asked: Escalation): Result<Decision, Refusal> {
  const contacts = asked.to.length > 0 ? [...asked.to] : contactsOf(severityOf(policy, incident.severity), false);
  if (contacts.length === 0) return no({ why: 'nobody-to-escalate-to', severity: incident.severity });
  const byHand = asked.before.filter((one) => one.how === 'hand');
  const told = new Set(byHand.flatMap((one) => one.to));
  const fresh = contacts.filter((contact) => !told.has(contact));
  if (fresh.length === 0) {
    const last = byHand.findLast((one) => one.to.some((contact) => contacts.includes(contact)));
    return no({ why: 'escalated-already', to: contacts, by: last?.by ?? null, at: last?.at ?? null });
  }
  const drill = isDrill(incident);
  const named = joined(
    fresh.map((contact) => (drill ? md`${contact}` : mentioned(contact))),
    ' ',
  );
  const reason = asked.why ? md`: ${asked.why}` : md``;
  const line = drill
    ? md`*DRILL: ${ref(incident)} is escalated* (${mention(asked.by)})${reason}\nIn a real incident this would mention ${named}.`
    : md`*${ref(incident)} is escalated* to ${named} (${mention(asked.by)})${reason}`;
  return ok({
    entries: [
      {
        kind: 'escalated',
        actor: asked.by,
        text: `to ${fresh.join(', ')}${asked.why ? `: ${asked.why}` : ''}`,
        payload: { to: drill ? [] : fresh, why: asked.why, by: 'hand' },
      },
    ],
    jobs: [
      post(incident.id, 'channel', message(line), asked.now),
      ...(drill ? [] : [{ job: { kind: 'invite' as const, incident: incident.id, who: fresh }, runAt: asked.now }]),
    ],
    answer: message(
      md`${joined(fresh.map(shown), ', ')} ${fresh.length === 1 ? 'is' : 'are'} mentioned in the channel${drill ? ' by name only: it is a drill' : ' and invited'}.`,
    ),
  });
}

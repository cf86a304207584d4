import type { UserId } from '../lib/ids.ts';
import { no, ok, type Result } from '../lib/result.ts';
import { type Policy, severityOf } from '../policy.ts';
import { message } from '../slack/blocks.ts';
import { joined, type Mrkdwn, md, mention, mentionGroup } from '../slack/mrkdwn.ts';
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
  /** Who was brought in by hand before, with who did it: nobody is told twice. */
  readonly before: readonly { readonly to: readonly string[]; readonly by: UserId | null; readonly at: Date }[];
}

/** By hand: mentions and invites, once for each contact, and stands in the timeline. A drill tells nobody outside its channel. */
export function escalate(incident: Incident, policy: Policy, asked: Escalation): Result<Decision, Refusal> {
  const contacts = asked.to.length > 0 ? [...asked.to] : contactsOf(incident, policy);
  if (contacts.length === 0) return no({ why: 'nobody-to-escalate-to', severity: incident.severity });
  const told = new Set(asked.before.flatMap((one) => one.to));
  const fresh = contacts.filter((contact) => !told.has(contact));
  if (fresh.length === 0) {
    const last = asked.before.findLast((one) => one.to.some((contact) => contacts.includes(contact)));
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
        payload: { to: fresh, why: asked.why, by: 'hand' },
      },
    ],
    jobs: [
      ...(drill ? [] : [{ job: { kind: 'invite' as const, incident: incident.id, who: fresh }, runAt: asked.now }]),
      post(incident.id, 'channel', message(line), asked.now),
    ],
    answer: message(
      md`${fresh.join(', ')} ${fresh.length === 1 ? 'is' : 'are'} mentioned in the channel${drill ? ' by name only: it is a drill' : ' and invited'}.`,
    ),
  });
}

/** The contacts of the incident's severity, all rungs together. */
export const contactsOf = (incident: Pick<Incident, 'severity'>, policy: Policy): string[] => [
  ...new Set(severityOf(policy, incident.severity).escalate.flatMap((rung) => rung.to)),
];

/** A handle is sent as text: Slack links group handles in text only by id, which the sender looks up when it can. */
function mentioned(contact: string): Mrkdwn {
  if (/^[UW][A-Z0-9]+$/.test(contact)) return mention(contact as UserId);
  return /^S[A-Z0-9]+$/.test(contact) ? mentionGroup(contact) : md`${contact}`;
}

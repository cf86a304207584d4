import { bringIn } from '../escalations/bring-in.ts';
import { answerTimer, keyOf, onIt } from '../escalations/raised.ts';
import { type Around, contactsOf } from '../incidents/contact.ts';
import type { Decision } from '../incidents/decision.ts';
import { holderOf, type Incident, isDrill, isOpen, isPrivate, ref } from '../incidents/incident.ts';
import { post } from '../incidents/redraw.ts';
import type { NewJob } from '../jobs/job.ts';
import { HOUR } from '../lib/duration.ts';
import { type Policy, severityOf } from '../policy.ts';
import { actions, button, message, section } from '../slack/blocks.ts';
import { md, mention } from '../slack/mrkdwn.ts';

/** The posts that ask for an IC, by what they are for: they lose their buttons when somebody has command. */
export const ASKED = 'ask for IC';
export const askedAs = (ask: number): string => `${ASKED} ${ask}`;

/** Asked in the channel this often before the severity's contacts are brought in. */
const ASKS_BEFORE_ESCALATING = 1;

/**
 * Nobody has command: asked in the channel after `acknowledgeWithin`, escalated after twice that, then asked every
 * hour. Waking early or twice is harmless: the time of the last ask decides. Null: nothing to say now.
 */
export function askForCommand(incident: Incident, around: Around, now: Date): Decision | null {
  const { holders, policy } = around;
  if (!isOpen(incident) || holderOf(holders, 'ic') !== null) return null;
  const due = dueAt(incident, policy);
  if (now < due) return { jobs: [again(incident, due)] };
  const asks = incident.acknowledgeAsks + 1;
  const after = { ...incident, acknowledgeAsks: asks, acknowledgeAskedAt: now };
  const contacts = escalatesNext(incident) ? commandContacts(incident, policy) : null;
  const told = contacts !== null && contacts.length > 0 && !isDrill(incident);
  return {
    change: { acknowledgeAsks: asks, acknowledgeAskedAt: now },
    entries: [
      told
        ? {
            kind: 'escalated',
            actor: null,
            text: 'nobody has command',
            payload: { to: contacts, by: 'timer', why: 'nobody has command', escalation: keyOf('timer', now) },
          }
        : { kind: 'reminder_sent', actor: null, text: 'nobody has command', payload: { about: 'ic', asks } },
    ],
    jobs: [
      ...(contacts === null || isDrill(incident) ? [ask(incident, now)] : escalation(incident, contacts, around, now)),
      again(incident, dueAt(after, policy)),
    ],
  };
}

/** The next time it is said, the contacts are brought in. */
export const escalatesNext = (incident: Incident): boolean => incident.acknowledgeAsks === ASKS_BEFORE_ESCALATING;

export const commandContacts = (incident: Incident, policy: Policy): string[] =>
  contactsOf(severityOf(policy, incident.severity), incident.mitigatedAt !== null);

function dueAt(incident: Incident, policy: Policy): Date {
  const from = incident.acknowledgeAskedAt ?? incident.declaredAt;
  const wait = severityOf(policy, incident.severity).acknowledgeWithin;
  return new Date(from.getTime() + (incident.acknowledgeAsks > ASKS_BEFORE_ESCALATING ? Math.max(wait, HOUR) : wait));
}

const again = (incident: Incident, runAt: Date): NewJob => ({
  job: { kind: 'acknowledge', incident: incident.id },
  runAt,
});

const imIc = (incident: Incident, more: Parameters<typeof actions>[1] = []) =>
  actions('ask-ic', [button("I'm IC", 'take-ic', String(incident.id), 'primary'), ...more]);

function ask(incident: Incident, now: Date): NewJob {
  const said = md`*Nobody has command of ${ref(incident)}.* ${mention(incident.declaredBy)}, take it or find someone: the IC coordinates and does not debug.`;
  return post(
    incident.id,
    'channel',
    message(said, [section(said), imIc(incident)]),
    now,
    askedAs(incident.acknowledgeAsks + 1),
  );
}

function escalation(incident: Incident, contacts: readonly string[], around: Around, now: Date): NewJob[] {
  if (contacts.length === 0) return withoutContacts(incident, around.policy, now);
  const key = keyOf('timer', now);
  const { named, aside, jobs } = bringIn({ incident, written: contacts, escalation: key, now }, around);
  const said = md`*${ref(incident)} still has no IC.* ${named}: someone must take command.${aside}`;
  return [
    post(
      incident.id,
      'channel',
      message(said, [section(said), imIc(incident, [onIt(incident, key)])]),
      now,
      askedAs(incident.acknowledgeAsks + 1),
    ),
    ...jobs,
    answerTimer(incident, key, around.policy, now),
    { job: { kind: 'draw-card', incident: incident.id }, runAt: now },
  ];
}

/** Nobody to bring in; those who could set it right read the announcement channel. */
function withoutContacts(incident: Incident, policy: Policy, now: Date): NewJob[] {
  // Contacts there are, but each says `unless: mitigated`.
  const spared = contactsOf(severityOf(policy, incident.severity), false).length > 0;
  const why = spared
    ? md`it is mitigated, so the contacts of ${incident.severity} are left alone`
    : md`${incident.severity} has no contacts to bring in (\`${`severities[${incident.severity}].escalate`}\` in sitrep.yml)`;
  const said = md`*${ref(incident)} still has no IC* and ${why}. ${mention(incident.declaredBy)}, someone must take command.`;
  const here = post(
    incident.id,
    'channel',
    message(said, [section(said), imIc(incident)]),
    now,
    askedAs(incident.acknowledgeAsks + 1),
  );
  return spared || isPrivate(incident) ? [here] : [here, post(incident.id, 'announcements', message(said), now)];
}

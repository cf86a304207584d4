import type { Decision } from '../incidents/decision.ts';
import { contactsOf } from '../incidents/escalate.ts';
import { type Holder, holderOf, type Incident, isDrill, isOpen, isPrivate, ref } from '../incidents/incident.ts';
import { post } from '../incidents/redraw.ts';
import type { NewJob } from '../jobs/job.ts';
import { HOUR } from '../lib/duration.ts';
import type { UserId } from '../lib/ids.ts';
import { type Policy, severityOf } from '../policy.ts';
import { actions, button, message, section } from '../slack/blocks.ts';
import { joined, type Mrkdwn, md, mention, mentionGroup } from '../slack/mrkdwn.ts';

/** The latest post that asks for an IC, by what it is for: it loses its button when somebody has command. */
export const ASKED = 'ask for IC';

/** Asked in the channel this often before the severity's contacts are brought in. */
const ASKS_BEFORE_ESCALATING = 2;

/**
 * Nobody has command: asked in the channel after `acknowledgeWithin`, once more after twice that, then escalated, then
 * asked every hour. Waking early or twice is harmless: the time of the last ask decides. Null: nothing to say now.
 */
export function askForCommand(
  incident: Incident,
  holders: readonly Holder[],
  policy: Policy,
  now: Date,
): Decision | null {
  if (!isOpen(incident) || holderOf(holders, 'ic') !== null) return null;
  const due = dueAt(incident, policy);
  if (now < due) return { jobs: [again(incident, due)] };
  const asks = incident.acknowledgeAsks + 1;
  const after = { ...incident, acknowledgeAsks: asks, acknowledgeAskedAt: now };
  const escalates = asks === ASKS_BEFORE_ESCALATING + 1;
  return {
    change: { acknowledgeAsks: asks, acknowledgeAskedAt: now },
    entries: [
      escalates
        ? {
            kind: 'escalated',
            actor: null,
            text: 'nobody has command',
            payload: { to: contactsOf(incident, policy), by: 'timer', why: 'no IC' },
          }
        : { kind: 'reminder_sent', actor: null, text: 'nobody has command', payload: { about: 'ic', asks } },
    ],
    jobs: [
      ...(escalates ? bringIn(incident, policy, now) : [ask(incident, now)]),
      again(incident, dueAt(after, policy)),
    ],
  };
}

function dueAt(incident: Incident, policy: Policy): Date {
  const from = incident.acknowledgeAskedAt ?? incident.declaredAt;
  const wait = severityOf(policy, incident.severity).acknowledgeWithin;
  return new Date(from.getTime() + (incident.acknowledgeAsks > ASKS_BEFORE_ESCALATING ? Math.max(wait, HOUR) : wait));
}

const again = (incident: Incident, runAt: Date): NewJob => ({
  job: { kind: 'acknowledge', incident: incident.id },
  runAt,
});

const imIc = (incident: Incident) => actions('ask-ic', [button("I'm IC", 'take-ic', String(incident.id), 'primary')]);

function ask(incident: Incident, now: Date): NewJob {
  const said = md`*Nobody has command of ${ref(incident)}.* ${mention(incident.declaredBy)}, take it or find someone: the IC coordinates and does not debug.`;
  return post(incident.id, 'channel', message(said, [section(said), imIc(incident)]), now, ASKED);
}

function bringIn(incident: Incident, policy: Policy, now: Date): NewJob[] {
  const contacts = contactsOf(incident, policy);
  if (isDrill(incident)) return [ask(incident, now)];
  if (contacts.length === 0) return withoutContacts(incident, now);
  const named = joined(
    contacts.map((contact) => contactMention(contact)),
    ' ',
  );
  const said = md`*${ref(incident)} still has no IC.* ${named}: someone must take command.`;
  return [
    { job: { kind: 'invite', incident: incident.id, who: contacts }, runAt: now },
    post(incident.id, 'channel', message(said, [section(said), imIc(incident)]), now, ASKED),
  ];
}

function withoutContacts(incident: Incident, now: Date): NewJob[] {
  const key = `severities[${incident.severity}].escalate`;
  const said = md`*${ref(incident)} still has no IC* and ${incident.severity} has no contacts to bring in (\`${key}\` in sitrep.yml). ${mention(incident.declaredBy)}, someone must take command.`;
  const here = post(incident.id, 'channel', message(said, [section(said), imIc(incident)]), now, ASKED);
  return isPrivate(incident) ? [here] : [here, post(incident.id, 'announcements', message(said), now)];
}

/** A handle is turned into the group's id when it is sent. */
function contactMention(contact: string): Mrkdwn {
  return /^[UW][A-Z0-9]+$/.test(contact) ? mention(contact as UserId) : mentionGroup(contact);
}

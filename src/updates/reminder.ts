import type { EntryKind } from '../db/tables.ts';
import { bringIn } from '../escalations/bring-in.ts';
import { answerTimer, keyOf, onIt } from '../escalations/raised.ts';
import { type Around, contactsOf, named } from '../incidents/contact.ts';
import type { Decision } from '../incidents/decision.ts';
import { type Holder, type Incident, isDrill, isOverdue, isPrivate, ref } from '../incidents/incident.ts';
import { post, redraw } from '../incidents/redraw.ts';
import type { NewJob } from '../jobs/job.ts';
import { never } from '../lib/result.ts';
import { listed } from '../lib/text.ts';
import { type Severity, severityOf } from '../policy.ts';
import { message } from '../slack/blocks.ts';
import { channelLink, joined, type Mrkdwn, md, mention } from '../slack/mrkdwn.ts';
import { decideReminder, type Rung, wakeUp } from './cadence.ts';
import * as say from './reminder-messages.ts';
import { lateness } from './reminder-messages.ts';

/** The timer woke: the rung that applies now, its entry, its effects and the next wake-up; or only the next wake-up. */
export function remind(incident: Incident, around: Around, now: Date): Decision {
  const { fire, wakeAt } = decideReminder(incident, severityOf(around.policy, incident.severity), now);
  const next = wakeAt === null ? [] : [wakeUp(incident, wakeAt)];
  if (fire === null) return { jobs: next };
  const fired = climb(fire, incident, around, now);
  return {
    change: { promiseRung: fire, promiseRungAt: now },
    entries: [
      {
        kind: fired.kind,
        actor: null,
        text: fired.text,
        payload: {
          rung: fire,
          promisedAt: incident.promiseDueAt,
          to: fired.to,
          by: 'cadence',
          ...(fired.escalation && { escalation: fired.escalation, why: `the update ${lateness(incident, now, true)}` }),
        },
      },
    ],
    jobs: [...fired.jobs, ...overdueDrawn(incident, fire, now), ...next],
  };
}

/** Card and announcement say so from the first reminder on. */
const overdueDrawn = (incident: Incident, fire: Rung, now: Date): NewJob[] =>
  isOverdue(incident) || !isOverdue({ promiseRung: fire }) ? [] : redraw(incident.id, now);

interface Fired {
  readonly kind: Extract<EntryKind, 'reminder_sent' | 'escalated'>;
  readonly text: string;
  /** Whom it was meant for; empty: everyone in the channel. */
  readonly to: readonly string[];
  /** The key of the escalation that it is. */
  readonly escalation?: string;
  readonly jobs: readonly NewJob[];
}

function climb(rung: Rung, incident: Incident, around: Around, now: Date): Fired {
  const inChannel = (as: say.ChannelRung, said: Parameters<typeof say.postReminder>[2], text: string): Fired => ({
    kind: 'reminder_sent',
    text,
    to: [],
    jobs: [say.postReminder(incident, as, said, now)],
  });
  /** Only the latest of those that repeat keeps its buttons. */
  const repeated = (fired: Fired): Fired => ({
    ...fired,
    jobs: [...say.askedAgain(incident, rung, now), ...fired.jobs],
  });
  switch (rung) {
    case 'nudge':
      return nudge(incident, around.holders, now);
    case 'due':
      return inChannel('due', say.dueReminder(incident, now), `reminded: an update ${lateness(incident, now)}`);
    case 'half':
      return inChannel(
        'half',
        say.halfReminder(incident, around.holders, now),
        `reminded IC and comms lead: an update ${lateness(incident, now)}`,
      );
    case 'full':
      return escalation(incident, around, now);
    case 'daily':
      return repeated(
        inChannel(
          'daily',
          say.dailyReminder(incident, now),
          `asked whether it is still going: an update ${lateness(incident, now, true)}`,
        ),
      );
    case 'off':
      return repeated(inChannel('off', say.offReminder(incident, now), 'asked whether updates should stay off'));
    default:
      return never(rung);
  }
}

function nudge(incident: Incident, holders: readonly Holder[], now: Date): Fired {
  const user = say.keeperOf(incident, holders);
  const job = { kind: 'dm' as const, user, message: say.nudge(incident, now), incident: incident.id };
  return {
    kind: 'reminder_sent',
    text: 'nudged privately before the update is due',
    to: [user],
    jobs: [{ job, runAt: now }],
  };
}

/** One cadence late. Drills stay in their channel, private incidents among their members, and nobody set is said aloud. */
function escalation(incident: Incident, around: Around, now: Date): Fired {
  const severity = severityOf(around.policy, incident.severity);
  const contacts = contactsOf(severity, incident.mitigatedAt !== null);
  const inChannel = (said: Mrkdwn) => say.postReminder(incident, 'full', say.escalationReminder(incident, said), now);
  const late = md`*The update of ${ref(incident)} ${lateness(incident, now, true)}*`;
  if (contacts.length === 0) return withoutContacts(incident, severity, late, inChannel, now);
  if (isDrill(incident)) {
    const said = md`:rotating_light: ${mention(incident.declaredBy)} ${late}. In a real incident ${joined(contacts.map(named), ', ')} would be brought in now.`;
    return {
      kind: 'reminder_sent',
      text: `would have escalated to ${listed(contacts)}: a drill tells nobody outside its channel`,
      to: [],
      jobs: [inChannel(said)],
    };
  }
  const key = keyOf('cadence', now);
  const { named: them, aside, jobs } = bringIn({ incident, written: contacts, escalation: key, now }, around);
  const plea = isPrivate(incident) ? '' : ' You are the contacts for this: please see to it that someone speaks.';
  return {
    kind: 'escalated',
    text: `to ${listed(contacts)}: the update ${lateness(incident, now, true)}`,
    to: contacts,
    escalation: key,
    jobs: [
      say.postReminder(
        incident,
        'full',
        say.escalationReminder(incident, md`:rotating_light: ${them} ${late}.${plea}${aside}`, [onIt(incident, key)]),
        now,
      ),
      ...jobs,
      answerTimer(incident, key, around.policy, now),
      { job: { kind: 'draw-card', incident: incident.id }, runAt: now },
    ],
  };
}

/** Nobody to bring in. Everyone who could set it right reads the announcement channel, but not of what is private or practice. */
function withoutContacts(
  incident: Incident,
  severity: Severity,
  late: Mrkdwn,
  inChannel: (said: Mrkdwn) => NewJob,
  now: Date,
): Fired {
  // Contacts there are, but each says `unless: mitigated`.
  const isMitigated = severity.escalate.some(({ to }) => to.length > 0);
  const reason = isMitigated
    ? md`It is mitigated, so the contacts of ${severity.id} are left alone.`
    : md`${severity.id} has no contacts: set \`severities[${severity.id}].escalate\` in sitrep.yml.`;
  const said = md`:rotating_light: ${mention(incident.declaredBy)} ${late}. ${reason}`;
  const outside = !isMitigated && !isPrivate(incident) && !isDrill(incident);
  const where = incident.channelId ? md` in ${channelLink(incident.channelId)}` : md``;
  const announced = message(md`:rotating_light: ${mention(incident.declaredBy)} ${late}${where}. ${reason}`);
  return {
    kind: 'reminder_sent',
    text: `${isMitigated ? 'mitigated, so its contacts were left alone' : 'nobody to escalate to'}: the update ${lateness(incident, now, true)}`,
    to: [incident.declaredBy],
    jobs: [
      inChannel(said),
      ...(outside ? [post(incident.id, 'announcements', announced, now, say.outsidePost(incident))] : []),
    ],
  };
}

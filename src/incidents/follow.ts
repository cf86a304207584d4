import { lookAgain as lookAtChannelAgain, offerTimer } from '../channels/archive.ts';
import type { Status } from '../db/tables.ts';
import { escalationAfter } from '../escalations/escalation.ts';
import type { NewJob } from '../jobs/job.ts';
import { HOUR } from '../lib/duration.ts';
import { type Policy, type Severity, severityOf } from '../policy.ts';
import { isOver, owes } from '../postmortems/owed.ts';
import { message } from '../slack/blocks.ts';
import { joined, type Mrkdwn, md } from '../slack/mrkdwn.ts';
import { rearmPromise, stopPromise } from '../updates/cadence.ts';
import { doneReminders } from '../updates/reminder-messages.ts';
import { filledMrkdwn, momentOf, templateOf } from '../updates/wording.ts';
import type { Decision } from './decision.ts';
import { type Incident, isDrill, isOpen, ref, resolutionKnownAt } from './incident.ts';
import { post } from './redraw.ts';

/** An incident that owes no postmortem closes by itself this long after it was resolved. */
const CLOSES_AFTER = 24 * HOUR;

/** What a move between statuses brings with it: the promise stops or is rearmed, a resolved incident thanks and drafts. */
export function followMove(
  decision: Decision,
  incident: Incident,
  policy: Policy,
  lastUpdateAt: Date | null,
  now: Date,
  audience: string | null = null,
): Decision {
  const after: Incident = { ...incident, ...decision.change };
  const promise = promiseOf(incident, after, policy, lastUpdateAt, now);
  const counted = escalationAfter(incident, after, policy, now);
  return {
    ...decision,
    change: { ...decision.change, ...promise.change, ...counted.change },
    jobs: [
      ...(decision.jobs ?? []),
      ...promise.jobs,
      ...counted.jobs,
      ...endings(incident.status, after, policy, now, audience),
      ...postmortemOf(incident, after, now),
      ...(isOpen(incident) && !isOpen(after) ? [endCalls(after, now)] : []),
      ...(isOpen(incident) === isOpen(after) ? [] : [...lookAgain(after, now), ...channelLater(after, policy, now)]),
    ],
  };
}

function promiseOf(before: Incident, after: Incident, policy: Policy, lastUpdateAt: Date | null, now: Date) {
  if (!isOpen(after)) return { ...stopPromise(), jobs: isOpen(before) ? doneReminders(before, 'ended', now) : [] };
  if (isOpen(before)) return { change: {}, jobs: [] };
  // Whatever made the cadence unneeded is over: a reopened incident is promised again.
  const reopened = { ...after, cadenceOffReason: null };
  const severity = severityOf(policy, after.severity);
  const { change, jobs } = rearmPromise(reopened, severity, policy, lastUpdateAt, now);
  const ask = { cadenceOffReason: null, acknowledgeAsks: 0, acknowledgeAskedAt: now };
  return { change: { ...change, ...ask }, jobs: [...jobs, askForIc(after, severity, now)] };
}

/** A quiet channel is offered for archiving; reopening ends the offer. */
const channelLater = (incident: Incident, { archiveAfter }: Policy, now: Date): NewJob[] =>
  isOpen(incident) && archiveAfter !== null
    ? [lookAtChannelAgain(incident, now)]
    : offerTimer(incident, archiveAfter, now);

/** A postmortem is owed from the resolution on, and no longer once the incident is open again or was none. */
const postmortemOf = (before: Incident, { id, status }: Incident, now: Date): NewJob[] =>
  before.status !== status && (isOver(before) || isOver({ status }))
    ? [{ job: { kind: 'postmortem', incident: id }, runAt: now }]
    : [];

/** Calls that nobody took up end with the incident: the timer of escalations, which reopening sets anew, sees to it. */
const endCalls = ({ id: incident }: Incident, now: Date): NewJob => ({
  job: { kind: 'escalation', incident, since: now.getTime() },
  runAt: now,
});

/** What was asked of people ends with the incident: the timers of command and of tasks see to it. */
const lookAgain = ({ id: incident }: Incident, now: Date): NewJob[] => [
  { job: { kind: 'command', incident }, runAt: now },
  { job: { kind: 'tasks', incident }, runAt: now },
];

/** The timer wakes in vain where there is an IC. */
const askForIc = ({ id }: Incident, { acknowledgeWithin }: Severity, from: Date): NewJob => ({
  job: { kind: 'acknowledge', incident: id },
  runAt: new Date(from.getTime() + acknowledgeWithin),
});

/** What is left to do for one that was over when it was declared. */
export const afterwards = (incident: Incident, policy: Policy, now: Date): NewJob[] => [
  { job: { kind: 'postmortem', incident: incident.id }, runAt: now },
  ...closing(incident, policy),
  ...channelLater(incident, policy, now),
];

/** When an incident closes by itself; null while it owes a postmortem or is not resolved. */
export function closesAt(incident: Incident, policy: Policy): Date | null {
  const since = resolutionKnownAt(incident);
  if (incident.status !== 'resolved' || since === null) return null;
  if (owes(incident, policy) === 'required') return null;
  return new Date(since.getTime() + CLOSES_AFTER);
}

export function closing(incident: Incident, policy: Policy): NewJob[] {
  const runAt = closesAt(incident, policy);
  return runAt ? [{ job: { kind: 'close', incident: incident.id }, runAt }] : [];
}

function endings(from: Status, incident: Incident, policy: Policy, now: Date, audience: string | null): NewJob[] {
  if (isOpen(incident) || (from === 'resolved' && incident.status === 'closed')) return [];
  const id = incident.id;
  const mirrored = post(
    id,
    'announcement-thread',
    message(joined([md`*${ref(incident)} is ${incident.status}*`, ...outside(incident, policy, audience)])),
    now,
  );
  if (incident.status !== 'resolved') return [mirrored];
  const severity = severityOf(policy, incident.severity);
  const drafts = severity.postmortem !== 'none';
  const thanks = md`Thank you, everyone.${drafts ? ' The postmortem draft follows, made from what was said and done here.' : ''}`;
  return [
    mirrored,
    post(id, 'channel', message(thanks), now),
    ...(drafts ? [{ job: { kind: 'draft' as const, incident: id }, runAt: now }] : []),
    ...closing(incident, policy),
  ];
}

/** What fixed it stays with those who worked on it: everybody reads the thread of the announcement. */
function outside(incident: Incident, policy: Policy, audience: string | null): Mrkdwn[] {
  const moment = momentOf(incident.status);
  if (moment === null || isDrill(incident)) return [];
  if (audience !== null) return [md`${audience}`];
  const template = templateOf(policy, incident.severity, moment, 'audience');
  return [filledMrkdwn(template, incident, 'audience', md`when there is news`)];
}

/** After a change of severity: the promise is counted with the new cadence, and the ask for an IC with its patience. */
export function followSeverity(
  decision: Decision,
  incident: Incident,
  policy: Policy,
  lastUpdateAt: Date | null,
  now: Date,
): Decision {
  const after: Incident = { ...incident, ...decision.change };
  if (!isOpen(after)) {
    const look = { job: { kind: 'postmortem' as const, incident: incident.id }, runAt: now };
    return { ...decision, jobs: [...(decision.jobs ?? []), look, ...closing(after, policy)] };
  }
  const severity = severityOf(policy, after.severity);
  const promise = rearmPromise(after, severity, policy, lastUpdateAt, now);
  const ask = askForIc(incident, severity, incident.declaredAt);
  const counted = escalationAfter(incident, after, policy, now);
  return {
    ...decision,
    change: { ...decision.change, ...promise.change, ...counted.change },
    jobs: [
      ...(decision.jobs ?? []),
      ...doneReminders(incident, 'promise changed', now),
      ...promise.jobs,
      ...counted.jobs,
      { ...ask, runAt: ask.runAt < now ? now : ask.runAt },
    ],
  };
}

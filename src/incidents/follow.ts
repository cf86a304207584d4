import type { Status } from '../db/tables.ts';
import type { NewJob } from '../jobs/job.ts';
import { HOUR } from '../lib/duration.ts';
import { type Policy, severityOf } from '../policy.ts';
import { message } from '../slack/blocks.ts';
import { md } from '../slack/mrkdwn.ts';
import { rearmPromise, stopPromise } from '../updates/cadence.ts';
import { doneReminders } from '../updates/reminder-messages.ts';
import type { Decision } from './decision.ts';
import { type Incident, isOpen, ref } from './incident.ts';
import { post } from './redraw.ts';

/** An incident that owes no postmortem closes by itself this long after it was resolved. */
export const CLOSES_AFTER = 24 * HOUR;

/** What a move between statuses brings with it: the promise stops or is rearmed, a resolved incident thanks and drafts. */
export function followMove(
  decision: Decision,
  incident: Incident,
  policy: Policy,
  lastUpdateAt: Date | null,
  now: Date,
): Decision {
  const after: Incident = { ...incident, ...decision.change };
  const promise = promiseOf(incident, after, policy, lastUpdateAt, now);
  return {
    ...decision,
    change: { ...decision.change, ...promise.change },
    jobs: [...(decision.jobs ?? []), ...promise.jobs, ...endings(incident.status, after, policy, now)],
  };
}

function promiseOf(before: Incident, after: Incident, policy: Policy, lastUpdateAt: Date | null, now: Date) {
  if (!isOpen(after)) return { ...stopPromise(), jobs: isOpen(before) ? doneReminders(before, 'ended', now) : [] };
  if (isOpen(before)) return { change: {}, jobs: [] };
  // Whatever made the cadence unneeded is over: a reopened incident is promised again.
  const reopened = { ...after, cadenceOffReason: null };
  const { change, jobs } = rearmPromise(reopened, severityOf(policy, after.severity), policy, lastUpdateAt, now);
  return { change: { ...change, cadenceOffReason: null }, jobs };
}

function endings(from: Status, incident: Incident, policy: Policy, now: Date): NewJob[] {
  if (isOpen(incident) || from === 'resolved') return [];
  const id = incident.id;
  const why = incident.resolution && incident.status === 'resolved' ? md`: ${incident.resolution}` : md``;
  const mirrored = post(id, 'announcement-thread', message(md`*${ref(incident)} is ${incident.status}*${why}`), now);
  if (incident.status !== 'resolved') return [mirrored];
  const severity = severityOf(policy, incident.severity);
  const drafts = severity.postmortem !== 'none';
  const thanks = md`Thank you, everyone.${drafts ? ' The postmortem draft follows, made from what was said and done here.' : ''}`;
  return [
    mirrored,
    post(id, 'channel', message(thanks), now),
    ...(drafts ? [{ job: { kind: 'draft' as const, incident: id }, runAt: now }] : []),
    ...(severity.postmortem === 'required'
      ? []
      : [{ job: { kind: 'close' as const, incident: id }, runAt: new Date(now.getTime() + CLOSES_AFTER) }]),
  ];
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
  if (!isOpen(after)) return decision;
  const severity = severityOf(policy, after.severity);
  const promise = rearmPromise(after, severity, policy, lastUpdateAt, now);
  const askAt = Math.max(now.getTime(), incident.declaredAt.getTime() + severity.acknowledgeWithin);
  return {
    ...decision,
    change: { ...decision.change, ...promise.change },
    jobs: [
      ...(decision.jobs ?? []),
      ...promise.jobs,
      ...(incident.acknowledgedAt
        ? []
        : [{ job: { kind: 'acknowledge' as const, incident: incident.id }, runAt: new Date(askAt) }]),
    ],
  };
}

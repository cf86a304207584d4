import type { Deps } from '../../src/deps.ts';
import type { Incident } from '../../src/incidents/incident.ts';
import { channelId, incidentId, userId } from '../../src/lib/ids.ts';
import { defaultPolicy, type Policy, type Severity, severityOf } from '../../src/policy.ts';
import { plainOf } from '../../src/slack/mrkdwn.ts';
import type { Task } from '../../src/tasks/task.ts';
import { decideReminder, startPromise } from '../../src/updates/cadence.ts';

/** What the tests of this folder are given. Friday, in winter: London is on UTC. */
export const at = (time: string, day = '2026-01-16'): Date => new Date(`${day}T${time.padEnd(8, ':00')}.000Z`);

export const olivia = userId('U0OLIVIA');
export const casey = userId('U0CASEY');
export const erin = userId('U0ERIN');

export const policy: Policy = { ...defaultPolicy, timezone: 'Europe/London' };
/** Nobody asks Slack who anybody is. */
export const nobodyAsks: Pick<Deps, 'names' | 'unknown' | 'plain'> = {
  names: async () => new Map(),
  unknown: async () => new Set(),
  plain: async ({ text }) => plainOf(text),
};

export const sev = (id: string, over: Partial<Severity> = {}): Severity => ({ ...severityOf(policy, id), ...over });
export const withSeverity = (severity: Severity): Policy => ({
  ...policy,
  severities: policy.severities.map((one) => (one.id === severity.id ? severity : one)),
});

export const makeIncident = (over: Partial<Incident> = {}): Incident => ({
  id: incidentId(42),
  title: 'Checkout is down',
  summary: null,
  impact: null,
  severity: 'SEV1',
  severityChosen: true,
  status: 'investigating',
  visibility: 'public',
  kind: 'real',
  services: [],
  links: [],
  declaredBy: olivia,
  channelName: 'inc-20260116-checkout',
  channelId: channelId('C0INC42'),
  channelLost: null,
  cardTs: null,
  announcementChannelId: null,
  announcementTs: null,
  impactStartedAt: null,
  detectedAt: null,
  declaredAt: at('14:00'),
  acknowledgedAt: null,
  mitigatedAt: null,
  resolvedAt: null,
  closedAt: null,
  resolution: null,
  cadenceMs: null,
  cadenceOffReason: null,
  promiseMadeAt: null,
  promiseDueAt: null,
  promiseRung: null,
  promiseRungAt: null,
  snoozedUntil: null,
  acknowledgeAsks: 0,
  acknowledgeAskedAt: null,
  escalationSince: null,
  escalatedAfterMs: null,
  version: 1,
  ...over,
});

export const makeTask = (over: Partial<Task> = {}): Task => ({
  id: 1,
  incidentId: incidentId(42),
  what: 'check the cache',
  assignee: casey,
  askedBy: olivia,
  askedAt: at('14:00'),
  lengthMs: 60_000,
  dueAt: at('14:10'),
  status: 'accepted',
  checkedAt: null,
  toldAt: null,
  endedBy: null,
  endedAt: null,
  ...over,
});

/** An incident with the promise it has since `from`. */
export function promised(over: Partial<Incident> = {}, from = at('14:00'), given: Policy = policy): Incident {
  const incident = makeIncident(over);
  return { ...incident, ...startPromise(incident, severityOf(given, incident.severity), given, from).change };
}

/**
 * The timer as the queue runs it: it wakes when it asked to, or when `delay` says so, fires and asks again. Answers what
 * fired and when, until `until`.
 */
export function climb(
  incident: Incident,
  severity: Severity,
  until: Date,
  delay: (wakeAt: Date) => Date = (wakeAt) => wakeAt,
): { rung: string; at: Date }[] {
  const fired: { rung: string; at: Date }[] = [];
  let now = incident;
  let wake = decideReminder(now, severity, now.promiseMadeAt ?? now.declaredAt, 'plan').wakeAt;
  while (wake !== null && wake <= until) {
    const awake = delay(wake);
    const { fire, wakeAt } = decideReminder(now, severity, awake);
    if (fire !== null) {
      fired.push({ rung: fire, at: awake });
      now = { ...now, promiseRung: fire, promiseRungAt: awake };
    }
    if (wakeAt !== null && wakeAt <= awake) throw new Error('the timer would spin');
    wake = wakeAt;
  }
  return fired;
}

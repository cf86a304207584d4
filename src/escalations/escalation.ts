import { type Around, contactsOf } from '../incidents/contact.ts';
import type { Decision } from '../incidents/decision.ts';
import type { PastEscalation } from '../incidents/escalate.ts';
import { type Incident, type IncidentChange, isDrill, isOpen, ref } from '../incidents/incident.ts';
import { post } from '../incidents/redraw.ts';
import type { NewJob } from '../jobs/job.ts';
import { formatDuration } from '../lib/duration.ts';
import type { IncidentId } from '../lib/ids.ts';
import { listed } from '../lib/text.ts';
import { type Policy, type Severity, severityOf } from '../policy.ts';
import { md } from '../slack/mrkdwn.ts';
import { bringIn } from './bring-in.ts';
import { asking } from './messages.ts';
import { answerTimer, keyOf, postsOf } from './raised.ts';

/** Counts `escalate[].after` of sitrep.yml from `since`; the incident is given as it will be. An earlier count ends. */
export function escalationTimer(incident: Incident, severity: Severity, since: Date): NewJob[] {
  return isOpen(incident) && !isDrill(incident) ? wakeUp(incident, severity, since, since, 'or now') : [];
}

/** After a move or a change of severity: what is reopened, hurts again or has another severity is counted anew. */
export function escalationAfter(
  before: Incident,
  after: Incident,
  policy: Policy,
  now: Date,
): { readonly change: IncidentChange; readonly jobs: readonly NewJob[] } {
  const again = !isOpen(before) || (before.mitigatedAt !== null && after.mitigatedAt === null);
  if (!isOpen(after) || (!again && before.severity === after.severity)) return { change: {}, jobs: [] };
  return {
    change: { escalationSince: now, escalatedAfterMs: null },
    jobs: escalationTimer(after, severityOf(policy, after.severity), now),
  };
}

/** The timer that an open incident should have and has not; none where the policy was carried out to its end. */
export function lostTimer(
  lasting: {
    readonly incident: IncidentId;
    readonly severity: string;
    readonly since: Date;
    readonly upTo: number | null;
  },
  policy: Policy,
  now: Date,
): NewJob[] {
  const { incident, since, upTo } = lasting;
  const ahead = severityOf(policy, lasting.severity).escalate.some(
    ({ to, after }) => to.length > 0 && after > (upTo ?? -1),
  );
  return ahead ? [{ job: { kind: 'escalation', incident, since: since.getTime() }, runAt: now }] : [];
}

/**
 * It lasts: the contacts of every entry whose time has come are brought in, each entry once. `since` is of a timer that
 * was set before the incident knew what is counted from. Null: nothing to say and nothing to wait for.
 */
export function escalateByPolicy(
  incident: Incident,
  since: Date,
  before: readonly PastEscalation[],
  around: Around,
  now: Date,
): Decision | null {
  if (!isOpen(incident) || isDrill(incident)) return null;
  const severity = severityOf(around.policy, incident.severity);
  const from = incident.escalationSince ?? since;
  const next = wakeUp(incident, severity, from, now);
  const reached = severity.escalate.filter(
    ({ after }) => from.getTime() + after <= now.getTime() && after > (incident.escalatedAfterMs ?? -1),
  );
  if (reached.length === 0) return next.length > 0 ? { jobs: next } : null;
  const change = { escalatedAfterMs: Math.max(...reached.map(({ after }) => after)) };
  const told = new Set(before.filter(({ how }) => how === 'hand' || how === 'policy').flatMap(({ to }) => to));
  const fresh = contactsOf({ escalate: reached }, incident.mitigatedAt !== null).filter((one) => !told.has(one));
  if (fresh.length === 0) return { change, jobs: next };
  const lasted = `${severity.id} for ${formatDuration(now.getTime() - from.getTime())}`;
  const key = keyOf('policy', now);
  const { named, aside, jobs } = bringIn({ incident, written: fresh, escalation: key, now }, around);
  const said = md`*${ref(incident)} has been ${lasted}.* ${named}: please see whether it needs you.${aside}`;
  return {
    change,
    entries: [
      {
        kind: 'escalated',
        actor: null,
        text: `to ${listed(fresh)}: ${lasted}`,
        payload: { to: fresh, by: 'policy', after: change.escalatedAfterMs, escalation: key, why: lasted },
      },
    ],
    jobs: [
      post(incident.id, 'channel', asking(incident, key, said), now, `${postsOf(key)}:channel`),
      ...jobs,
      answerTimer(incident, key, around.policy, now),
      { job: { kind: 'draw-card', incident: incident.id }, runAt: now },
      ...next,
    ],
  };
}

function wakeUp(incident: Incident, severity: Severity, since: Date, now: Date, orNow?: 'or now'): NewJob[] {
  const times = severity.escalate.filter(({ to }) => to.length > 0).map(({ after }) => since.getTime() + after);
  const ahead = times.filter((time) => time > now.getTime() || (orNow && time === now.getTime()));
  if (ahead.length === 0) return [];
  const job = { kind: 'escalation' as const, incident: incident.id, since: since.getTime() };
  return [{ job, runAt: new Date(Math.min(...ahead)) }];
}

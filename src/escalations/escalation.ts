import { type Around, bringIn, contactsOf } from '../incidents/contact.ts';
import type { Decision } from '../incidents/decision.ts';
import type { PastEscalation } from '../incidents/escalate.ts';
import { type Incident, isDrill, isOpen, ref } from '../incidents/incident.ts';
import { post } from '../incidents/redraw.ts';
import type { NewJob } from '../jobs/job.ts';
import { formatDuration } from '../lib/duration.ts';
import { listed } from '../lib/text.ts';
import { type Policy, type Severity, severityOf } from '../policy.ts';
import { message } from '../slack/blocks.ts';
import { md } from '../slack/mrkdwn.ts';

/** Counts `escalate[].after` of sitrep.yml from `since`; the incident is given as it will be. An earlier count ends. */
export function escalationTimer(incident: Incident, severity: Severity, since: Date): NewJob[] {
  return isOpen(incident) && !isDrill(incident) ? wakeUp(incident, severity, since, since, 'or now') : [];
}

/** After a move or a change of severity: what is reopened, hurts again or has another severity is counted anew. */
export function escalationAfter(before: Incident, after: Incident, policy: Policy, now: Date): NewJob[] {
  const again = !isOpen(before) || (before.mitigatedAt !== null && after.mitigatedAt === null);
  if (!again && before.severity === after.severity) return [];
  return escalationTimer(after, severityOf(policy, after.severity), now);
}

/** It lasts: the contacts of every entry whose time has come are brought in, each once. Null: nothing to say and nothing to wait for. */
export function escalateByPolicy(
  incident: Incident,
  since: Date,
  before: readonly PastEscalation[],
  around: Around,
  now: Date,
): Decision | null {
  if (!isOpen(incident) || isDrill(incident)) return null;
  const severity = severityOf(around.policy, incident.severity);
  const next = wakeUp(incident, severity, since, now);
  const reached = severity.escalate.filter(({ after }) => since.getTime() + after <= now.getTime());
  const told = new Set(before.filter(({ how }) => how === 'hand' || how === 'policy').flatMap(({ to }) => to));
  const fresh = contactsOf({ escalate: reached }, incident.mitigatedAt !== null).filter((one) => !told.has(one));
  if (fresh.length === 0) return next.length > 0 ? { jobs: next } : null;
  const lasted = `${severity.id} for ${formatDuration(now.getTime() - since.getTime())}`;
  const { named, aside, jobs } = bringIn(incident, fresh, around, now);
  const said = md`*${ref(incident)} has been ${lasted}.* ${named}: please see whether it needs you.${aside}`;
  return {
    entries: [
      {
        kind: 'escalated',
        actor: null,
        text: `to ${listed(fresh)}: ${lasted}`,
        payload: { to: fresh, by: 'policy', after: Math.max(...reached.map(({ after }) => after)) },
      },
    ],
    jobs: [post(incident.id, 'channel', message(said), now, `reminder:lasts:${since.getTime()}`), ...jobs, ...next],
  };
}

function wakeUp(incident: Incident, severity: Severity, since: Date, now: Date, orNow?: 'or now'): NewJob[] {
  const times = severity.escalate.filter(({ to }) => to.length > 0).map(({ after }) => since.getTime() + after);
  const ahead = times.filter((time) => time > now.getTime() || (orNow && time === now.getTime()));
  if (ahead.length === 0) return [];
  const job = { kind: 'escalation' as const, incident: incident.id, since: since.getTime() };
  return [{ job, runAt: new Date(Math.min(...ahead)) }];
}

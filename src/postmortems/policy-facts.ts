import type { Policy } from '../policy.ts';
import { severityOf } from '../policy.ts';
import type { IncidentRecord } from '../timeline/record.ts';
import { millisOf } from './clock-gaps.ts';
import type { DraftFacts } from './document.ts';

/** What the organisation's policy adds to the record. A drill teaches as much as it wants to, but owes nothing. */
export function policyFacts(
  { incident, clock }: IncidentRecord,
  policy: Policy,
): Omit<DraftFacts, 'people' | 'gone' | 'draftedAt'> {
  const severity = severityOf(policy, incident.severity);
  const owed = incident.kind === 'drill' && severity.postmortem === 'required' ? 'optional' : severity.postmortem;
  const resolvedAt = millisOf(clock.resolvedAt);
  // Of what was over when it was declared, nobody could write before.
  const since = resolvedAt === null ? null : Math.max(resolvedAt, millisOf(clock.declaredAt) ?? resolvedAt);
  const dueAt = owed === 'required' && since !== null ? new Date(since + severity.postmortemDueWithin) : null;
  return {
    owed,
    dueAt,
    roles: new Map(policy.roles.map((role) => [role.id, role.name])),
    timezone: policy.timezone,
    acknowledgeWithin: severity.acknowledgeWithin,
    updateEvery: severity.updateEvery,
    blameless: policy.blameless,
  };
}

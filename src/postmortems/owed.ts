import { type Incident, isDrill, resolutionKnownAt } from '../incidents/incident.ts';
import { DAY, HOUR, type Millis } from '../lib/duration.ts';
import type { ChannelId, IncidentId, UserId } from '../lib/ids.ts';
import { type Policy, severityOf } from '../policy.ts';

/** Whether a postmortem is owed once the incident is resolved; a drill teaches as much as it wants to, but owes nothing. */
export function owes(incident: Pick<Incident, 'kind' | 'severity'>, policy: Policy): 'required' | 'optional' | 'none' {
  const { postmortem } = severityOf(policy, incident.severity);
  return isDrill(incident) && postmortem === 'required' ? 'optional' : postmortem;
}

/** The severities that owe one, and within how many milliseconds of the resolution. */
export const owing = ({
  severities,
}: Pick<Policy, 'severities'>): { readonly severity: string; readonly within: Millis }[] =>
  severities
    .filter(({ postmortem }) => postmortem === 'required')
    .map(({ id, postmortemDueWithin }) => ({ severity: id, within: postmortemDueWithin }));

/** One that is overdue, or was never drafted. */
export interface Outstanding {
  readonly id: IncidentId;
  readonly title: string;
  readonly channelId: ChannelId | null;
  readonly dueAt: Date;
  readonly owner: UserId | null;
  readonly isDrafted: boolean;
}

/** Resolved for good: not open again, and no false alarm. */
export const isOver = ({ status }: Pick<Incident, 'status'>): boolean => status === 'resolved' || status === 'closed';

/** When it is due; null while nothing is owed. */
export function dueAt(incident: Incident, policy: Policy): Date | null {
  const since = resolutionKnownAt(incident);
  if (!isOver(incident) || since === null || owes(incident, policy) !== 'required') return null;
  return plus(since, severityOf(policy, incident.severity).postmortemDueWithin);
}

/** The reminders of one due date, in their order; the last goes to the severity's contacts as well. */
export const RUNGS = ['half time', 'a day before', 'due', 'escalated'] as const;
export type Rung = (typeof RUNGS)[number];

/** When each reminder is sent; those that would come together are one. */
export function rungsOf(since: Date, due: Date): { readonly rung: Rung; readonly at: Date }[] {
  const within = due.getTime() - since.getTime();
  const half = plus(since, within / 2);
  const dayBefore = plus(due, -DAY);
  return [
    { rung: 'half time', at: half },
    ...(dayBefore.getTime() - half.getTime() > HOUR ? [{ rung: 'a day before' as const, at: dayBefore }] : []),
    { rung: 'due', at: due },
    { rung: 'escalated', at: plus(due, Math.min(DAY, within / 2)) },
  ];
}

/** After a long sleep only the reminder that now applies is sent; null: none, or it was sent. */
export function rungNow(since: Date, due: Date, reminded: string | null, now: Date): Rung | null {
  const reached = rungsOf(since, due).findLast(({ at }) => at <= now)?.rung ?? null;
  return reached !== null && RUNGS.indexOf(reached) > RUNGS.indexOf(reminded as Rung) ? reached : null;
}

export function nextRungAt(since: Date, due: Date, now: Date): Date | null {
  return rungsOf(since, due).find(({ at }) => at > now)?.at ?? null;
}

/** Its owner is reminded then of a published one that is a draft again. */
export const correctionDueAt = (takenBackAt: Date): Date => plus(takenBackAt, DAY);

const plus = (from: Date, ms: Millis): Date => new Date(from.getTime() + ms);

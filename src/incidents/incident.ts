import type { IncidentRow, RoleAssignmentRow, Status } from '../db/tables.ts';
import type { IncidentId, UserId } from '../lib/ids.ts';
import { refOf } from '../lib/ids.ts';

/** An incident as every rule sees it: its row. */
export type Incident = IncidentRow;

/** What a decision may change of it. Identity, channel and posts are set by their own transactions. */
export type IncidentChange = Partial<
  Pick<
    Incident,
    | 'title'
    | 'summary'
    | 'impact'
    | 'severity'
    | 'severityChosen'
    | 'status'
    | 'services'
    | 'links'
    | 'channelName'
    | 'channelId'
    | 'channelLost'
    | 'visibility'
    | 'cardTs'
    | 'announcementChannelId'
    | 'announcementTs'
    | 'impactStartedAt'
    | 'detectedAt'
    | 'acknowledgedAt'
    | 'mitigatedAt'
    | 'resolvedAt'
    | 'closedAt'
    | 'resolution'
    | 'cadenceMs'
    | 'cadenceOffReason'
    | 'promiseMadeAt'
    | 'promiseDueAt'
    | 'promiseRung'
    | 'promiseRungAt'
    | 'snoozedUntil'
    | 'acknowledgeAsks'
    | 'acknowledgeAskedAt'
    | 'escalationSince'
    | 'escalatedAfterMs'
  >
>;

/** The open holder of a role. */
export type Holder = Pick<RoleAssignmentRow, 'role' | 'userId' | 'fromAt'>;

const ENDED: readonly Status[] = ['resolved', 'closed', 'canceled'];

/** Open incidents have a promise, reminders and all buttons. */
export const isOpen = (incident: Pick<Incident, 'status'>): boolean => !ENDED.includes(incident.status);

export const isPrivate = (incident: Pick<Incident, 'visibility'>): boolean => incident.visibility === 'private';
export const isDrill = (incident: Pick<Incident, 'kind'>): boolean => incident.kind === 'drill';

const RUNGS_OF_THE_LATE: readonly (string | null)[] = ['due', 'half', 'full', 'daily'];

/** The time that was promised for the next update has come, and people were told so. */
export const isOverdue = ({ promiseRung }: Pick<Incident, 'promiseRung'>): boolean =>
  RUNGS_OF_THE_LATE.includes(promiseRung);

type Ended = Pick<Incident, 'declaredAt' | 'resolvedAt'>;

/** It was over before it was declared: nobody is called, and nothing has to be done in a hurry. */
export const wasOver = ({ declaredAt, resolvedAt }: Ended): boolean => resolvedAt !== null && resolvedAt <= declaredAt;

/** What is owed after an incident counts from its resolution, but from no time at which nobody knew of it. */
export const resolutionKnownAt = ({ declaredAt, resolvedAt }: Ended): Date | null =>
  resolvedAt !== null && resolvedAt < declaredAt ? declaredAt : resolvedAt;

/** `INC-42` */
export const ref = (incident: { id: IncidentId }): string => refOf(incident.id);

export const holderOf = (holders: readonly Holder[], role: string): UserId | null =>
  holders.find((holder) => holder.role === role)?.userId ?? null;

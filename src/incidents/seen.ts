import { type Incident, isOpen } from './incident.ts';
import type { Refusal } from './refusals.ts';

/** How an incident stood when a form about it was opened. */
export type Seen = Pick<Incident, 'status' | 'severity'>;

/** Who changed what a form hangs on, and when. */
type Last = { readonly by: Incident['declaredBy'] | null; readonly at: Date } | null;

/** Whoever decided on an open incident did not decide on one that has ended since, nor the other way round. */
export const endedSince = (incident: Incident, seen: Seen | null, last: Last): Refusal | null =>
  seen === null || isOpen(seen) === isOpen(incident)
    ? null
    : { why: 'changed-meanwhile', incident, what: 'status', by: last?.by ?? null, at: last?.at ?? null };

/** Whoever weighed it against one severity would turn back what others made of it meanwhile. */
export const regradedSince = (incident: Incident, seen: Seen | null, last: Last): Refusal | null =>
  seen === null || seen.severity === incident.severity
    ? null
    : { why: 'changed-meanwhile', incident, what: 'severity', by: last?.by ?? null, at: last?.at ?? null };

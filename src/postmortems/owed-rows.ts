import { sql } from 'kysely';
import type { Millis } from '../lib/duration.ts';

export type Owing = readonly { readonly severity: string; readonly within: Millis }[];

/** Part of a statement, as `one`: every postmortem that is or was owed, drafted or not; drills owe nothing. */
export const owedRows = (owing: Owing) => sql`(
  select i.id as incident, i.severity, p.owner, p.status, p.published_at, coalesce(p.revision, 0) > 0 as is_drafted,
    coalesce(p.due_at, i.resolved_at + make_interval(secs => o.within / 1000.0)) as due_at
  from incidents i left join postmortems p on p.incident_id = i.id
    left join jsonb_to_recordset(${JSON.stringify(owing)}::jsonb) as o (severity text, within float8) on o.severity = i.severity
  where i.kind = 'real' and i.status in ('resolved', 'closed') and (p.due_at is not null or o.within is not null)
)`;

/** Of these rows, leaving alone what is corrected after it was published: overdue, or missing, for nobody can write what was never drafted. */
export const isOutstanding = (now: Date) =>
  sql<boolean>`(one.published_at is null and (one.due_at < ${now} or not one.is_drafted))`;

import { type RawBuilder, sql } from 'kysely';
import type { IncidentId } from '../lib/ids.ts';
import { jsonOf } from '../lib/text.ts';
import type { NewEntry } from './entry.ts';

export interface EntryOf {
  readonly incidentId: IncidentId;
  readonly entry: NewEntry;
  readonly recordedAt: Date;
}

/** Part of a statement: adds what is not recorded yet, and returns that. */
export const adding = (entries: readonly EntryOf[]) =>
  addingFrom(
    sql`jsonb_to_recordset(${asJson(entries.map(({ entry, ...of }) => ({ ...entry, ...of })))}::jsonb) as r("incidentId" int, ${FIELDS})`,
  );

/** The same from rows that are there: with `FIELDS` and "incidentId". */
export const addingFrom = (rows: RawBuilder<unknown>) => sql`
  insert into timeline_entries (incident_id, identity, kind, occurred_at, recorded_at, actor, source, text, ts, thread_ts, payload)
  select "incidentId", identity, kind, "occurredAt", "recordedAt", actor, source, text, ts, "threadTs", coalesce(payload, '{}')
  from ${rows}
  on conflict (incident_id, identity) do nothing
  returning incident_id, identity`;

/** Part of a statement over `timeline_entries`: those that people struck out are no part of the story. */
export const isNotStruck = sql<boolean>`(
  select s.kind from timeline_entries s
  where s.incident_id = timeline_entries.incident_id and s.kind in ('entry_struck', 'entry_restored')
    and s.payload ->> 'entry' = timeline_entries.id::text
  order by s.id desc limit 1
) is distinct from 'entry_struck'`;

/** Entries as one parameter. */
export const asJson = (entries: readonly object[]): string => jsonOf(entries);

/** How they are read there. */
export const FIELDS = sql.raw(
  `identity text, kind text, "occurredAt" timestamptz, "recordedAt" timestamptz, actor text, source text, text text,
   ts text, "threadTs" text, payload jsonb`,
);

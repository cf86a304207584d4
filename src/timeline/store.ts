import type { Insertable } from 'kysely';
import type { TimelineEntriesTable, Trx } from '../db/tables.ts';
import type { IncidentId } from '../lib/ids.ts';
import { storable, storableJson } from '../lib/text.ts';
import type { NewEntry } from './entry.ts';

/** Adds what is not recorded yet; answers how many entries were new. */
export async function appendEntries(
  trx: Trx,
  incidentId: IncidentId,
  entries: readonly NewEntry[],
  recordedAt: Date,
): Promise<number> {
  if (entries.length === 0) return 0;
  const { numInsertedOrUpdatedRows } = await trx
    .insertInto('timelineEntries')
    .values(entries.map((entry) => rowOf(incidentId, entry, recordedAt)))
    .onConflict((repeat) => repeat.columns(['incidentId', 'identity']).doNothing())
    .executeTakeFirstOrThrow();
  return Number(numInsertedOrUpdatedRows ?? 0n);
}

const rowOf = (incidentId: IncidentId, entry: NewEntry, recordedAt: Date): Insertable<TimelineEntriesTable> => ({
  incidentId,
  identity: storable(entry.identity),
  kind: entry.kind,
  occurredAt: entry.occurredAt,
  recordedAt,
  actor: entry.actor,
  source: entry.source,
  text: entry.text === null ? null : storable(entry.text),
  ts: entry.ts ?? null,
  threadTs: entry.threadTs ?? null,
  payload: JSON.stringify(storableJson(entry.payload ?? {})),
});

import { sql } from 'kysely';
import type { EntryRow, Trx, UpdateRow } from '../db/tables.ts';
import type { IncidentId, Ts, UserId } from '../lib/ids.ts';
import { AFTERTHOUGHTS } from '../timeline/corrected.ts';
import { PUSHPIN } from '../timeline/mark.ts';
import { keyKinds } from '../timeline/story.ts';

/** What makes the story by itself, and what marks, strikes or corrects something of it; not what people merely said. */
export function listKeyRows(trx: Trx, id: IncidentId): Promise<EntryRow[]> {
  return trx
    .selectFrom('timelineEntries')
    .selectAll()
    .where('incidentId', '=', id)
    .where((where) =>
      where.or([
        where('kind', 'in', [...keyKinds(), ...AFTERTHOUGHTS, 'pin_added', 'pin_removed']),
        where.and([
          where('kind', 'in', ['reaction_added', 'reaction_removed']),
          sql<boolean>`payload ->> 'reaction' = ${PUSHPIN}`,
        ]),
      ]),
    )
    .execute();
}

/** These messages with their edits and deletions. */
export function listMessages(trx: Trx, id: IncidentId, messages: readonly Ts[]): Promise<EntryRow[]> {
  return trx
    .selectFrom('timelineEntries')
    .selectAll()
    .where('incidentId', '=', id)
    .where(sql<boolean>`ts = any(${messages as Ts[]}::text[])`)
    .where('kind', 'in', ['message', 'message_edited', 'message_deleted'])
    .execute();
}

export function findEntry(trx: Trx, id: IncidentId, entry: number): Promise<EntryRow | undefined> {
  return trx
    .selectFrom('timelineEntries')
    .selectAll()
    .where('incidentId', '=', id)
    .where('id', '=', entry)
    .where('kind', 'not in', ['entry_struck', 'entry_restored'])
    .executeTakeFirst();
}

/** What people said about an entry afterwards. */
export function listRemarks(trx: Trx, id: IncidentId, entry: number): Promise<EntryRow[]> {
  return trx
    .selectFrom('timelineEntries')
    .selectAll()
    .where('incidentId', '=', id)
    .where('kind', 'in', [...AFTERTHOUGHTS])
    .where(sql<boolean>`payload ->> 'entry' = ${String(entry)}`)
    .orderBy('id')
    .execute();
}

export function findLastUpdate(
  trx: Trx,
  id: IncidentId,
): Promise<Pick<UpdateRow, 'text' | 'author' | 'postedAt'> | undefined> {
  return trx
    .selectFrom('updates')
    .select(['text', 'author', 'postedAt'])
    .where('incidentId', '=', id)
    .orderBy('postedAt', 'desc')
    .limit(1)
    .executeTakeFirst();
}

/** Whether anything was decided or told since it was declared. */
export async function hasNews(trx: Trx, id: IncidentId): Promise<boolean> {
  const { rows } = await sql`
    select from timeline_entries
    where incident_id = ${id} and kind in ('update_posted', 'note', 'status_changed', 'severity_changed', 'escalated') limit 1`.execute(
    trx,
  );
  return rows.length > 0;
}

/** False: they were told before. */
export async function insertCatchUp(
  trx: Trx,
  incidentId: IncidentId,
  userId: UserId,
  joinedAt: Date,
): Promise<boolean> {
  const { numInsertedOrUpdatedRows } = await trx
    .insertInto('catchUps')
    .values({ incidentId, userId, joinedAt })
    .onConflict((again) => again.doNothing())
    .executeTakeFirst();
  return numInsertedOrUpdatedRows === 1n;
}

import type { Selectable } from 'kysely';
import type { Db, PostmortemsTable, Trx } from '../db/tables.ts';
import type { IncidentId } from '../lib/ids.ts';
import { storable } from '../lib/text.ts';

export type Draft = Selectable<PostmortemsTable>;

export function findDraft(db: Db | Trx, incidentId: IncidentId): Promise<Draft | undefined> {
  return db.selectFrom('postmortems').selectAll().where('incidentId', '=', incidentId).executeTakeFirst();
}

/** The next revision; the due date stays the one first known, and the new text needs a file of its own. */
export function saveDraft(
  trx: Trx,
  draft: Pick<Draft, 'incidentId' | 'markdown' | 'draftedAt' | 'dueAt'>,
): Promise<Draft> {
  const text = storable(draft.markdown);
  return trx
    .insertInto('postmortems')
    .values({ ...draft, markdown: text, status: 'draft', revision: 1, fileId: null })
    .onConflict((before) =>
      before.column('incidentId').doUpdateSet((row) => ({
        markdown: text,
        draftedAt: draft.draftedAt,
        dueAt: row.fn.coalesce('postmortems.dueAt', row.ref('excluded.dueAt')),
        revision: row('postmortems.revision', '+', 1),
        fileId: null,
      })),
    )
    .returningAll()
    .executeTakeFirstOrThrow();
}

/** False when a newer revision has taken over. */
export async function setFile(
  db: Db,
  { incidentId, revision }: Pick<Draft, 'incidentId' | 'revision'>,
  fileId: string,
): Promise<boolean> {
  const { numUpdatedRows } = await db
    .updateTable('postmortems')
    .set({ fileId })
    .where('incidentId', '=', incidentId)
    .where('revision', '=', revision)
    .executeTakeFirst();
  return numUpdatedRows === 1n;
}

export async function countEntries(db: Db | Trx, incidentId: IncidentId): Promise<number> {
  const { count } = await db
    .selectFrom('timelineEntries')
    .select((row) => row.fn.countAll<number>().as('count'))
    .where('incidentId', '=', incidentId)
    .executeTakeFirstOrThrow();
  return Number(count);
}

/** What a draft says is replaced without its becoming another revision: something it quoted was taken back. */
export async function rewordDraft(trx: Trx, incidentId: IncidentId, reworded: string): Promise<void> {
  await trx.updateTable('postmortems').set({ markdown: reworded }).where('incidentId', '=', incidentId).execute();
}

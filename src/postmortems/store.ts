import { sql } from 'kysely';
import type { Db, Trx } from '../db/tables.ts';
import type { PostmortemRow } from '../db/tables-postmortems.ts';
import type { IncidentId, Ts, UserId } from '../lib/ids.ts';
import { storable, storableJson } from '../lib/text.ts';
import type { Document } from './document.ts';
import type { Factor } from './factors.ts';
import { isOutstanding, type Owing, owedRows } from './owed-rows.ts';
import type { UploadedFile } from './taken-back.ts';
import type { Postmortem, PostmortemChange, Review, Revision } from './work.ts';

export async function findDraft(db: Db | Trx, incidentId: IncidentId): Promise<Postmortem | undefined> {
  const row = await db.selectFrom('postmortems').selectAll().where('incidentId', '=', incidentId).executeTakeFirst();
  return row && read(row);
}

/** Written by us alone, so it is what it was. */
const read = (row: PostmortemRow): Postmortem => ({ ...row, document: row.document as Document | null });

/** How it stands; null while there is none. */
export async function statusOf(trx: Trx, incidentId: IncidentId): Promise<Postmortem['status'] | null> {
  const row = await trx
    .selectFrom('postmortems')
    .select('status')
    .where('incidentId', '=', incidentId)
    .executeTakeFirst();
  return row?.status ?? null;
}

/** The row of a postmortem that is owed or drafted for the first time; what is there stays as it is. */
export async function openPostmortem(trx: Trx, incidentId: IncidentId, at: Date): Promise<Postmortem> {
  const fresh = { incidentId, status: 'draft', markdown: '', revision: 0, draftedAt: at, fileId: null } as const;
  await trx
    .insertInto('postmortems')
    .values(fresh)
    .onConflict((before) => before.column('incidentId').doNothing())
    .execute();
  const row = trx.selectFrom('postmortems').selectAll().where('incidentId', '=', incidentId);
  return read(await row.executeTakeFirstOrThrow());
}

/** The next revision; the due date and the owner stay those first known, and the new text needs a file of its own. */
export async function saveDraft(
  trx: Trx,
  draft: { incidentId: IncidentId; document: Document; draftedAt: Date; dueAt: Date | null; owner: UserId | null },
): Promise<Postmortem> {
  const row = await trx
    .updateTable('postmortems')
    .set((row) => ({
      document: JSON.stringify(storableJson(draft.document)),
      draftedAt: draft.draftedAt,
      dueAt: row.fn.coalesce('dueAt', row.val(draft.dueAt)),
      owner: row.fn.coalesce('owner', row.val(draft.owner)),
      revision: row('revision', '+', 1),
      fileId: null,
      announcedFileId: null,
    }))
    .where('incidentId', '=', draft.incidentId)
    .returningAll()
    .executeTakeFirstOrThrow();
  return read(row);
}

/** With another revision when what it says has changed, which then needs files of its own. */
export async function updatePostmortem(
  trx: Trx,
  incidentId: IncidentId,
  change: PostmortemChange,
  revised: 'revised' | 'as before',
): Promise<number> {
  const { revision } = await trx
    .updateTable('postmortems')
    .set((row) => ({
      ...change,
      ...(revised === 'revised' && { revision: row('revision', '+', 1), fileId: null, announcedFileId: null }),
      // No change at all is no statement.
      incidentId,
    }))
    .where('incidentId', '=', incidentId)
    .returning('revision')
    .executeTakeFirstOrThrow();
  return revision;
}

/** What Slack shows of it, and how it reads now. */
export async function noteDrawn(
  trx: Trx,
  incidentId: IncidentId,
  drawn: Readonly<Record<string, string>>,
  markdown: string,
): Promise<void> {
  await trx
    .updateTable('postmortems')
    .set({ drawn: JSON.stringify(drawn), markdown: storable(markdown) })
    .where('incidentId', '=', incidentId)
    .execute();
}

/** Of this revision, with the messages it quotes. False when a newer one has taken over: then it is no file of ours. */
export async function keepFile(
  trx: Trx,
  { incidentId, revision }: Pick<Postmortem, 'incidentId' | 'revision'>,
  { fileId, place }: UploadedFile,
  quotes: readonly Ts[],
  at: Date,
): Promise<boolean> {
  const { rows } = await sql`
    with known as (
      update postmortems
      set ${sql.ref(place === 'channel' ? 'fileId' : 'announcedFileId')} = ${fileId}
      where incident_id = ${incidentId} and revision = ${revision} returning incident_id)
    insert into postmortem_files (file_id, incident_id, place, uploaded_at, quotes)
    select ${fileId}, incident_id, ${place}, ${at}, ${quotes}::text[] from known
    returning file_id`.execute(trx);
  return rows.length > 0;
}

/** Files that quote one of these messages; of those whose quotes nobody kept, all when the postmortem did. */
export async function unwantQuoting(
  trx: Trx,
  incidentId: IncidentId,
  messages: readonly Ts[],
  isQuoted: boolean,
): Promise<UploadedFile[]> {
  const { rows } = await sql<UploadedFile>`
    update postmortem_files set unwanted = 'quotes what was taken back'
    where incident_id = ${incidentId} and unwanted is null
      and (quotes && ${messages}::text[] or quotes is null and ${isQuoted})
    returning file_id, place`.execute(trx);
  return rows;
}

/** Every file of an incident, or those where everybody reads. */
export async function unwantFiles(
  trx: Trx,
  incidentId: IncidentId,
  why: string,
  place: UploadedFile['place'] | null = null,
): Promise<UploadedFile[]> {
  const { rows } = await sql<UploadedFile>`
    update postmortem_files set unwanted = ${why}
    where incident_id = ${incidentId} and unwanted is null and (${place}::text is null or place = ${place})
    returning file_id, place`.execute(trx);
  return rows;
}

/** Whether a file of it stands in the channel, be it an older one. */
export async function hasStandingFile(trx: Trx, incidentId: IncidentId): Promise<boolean> {
  const row = await trx
    .selectFrom('postmortemFiles')
    .select('fileId')
    .where('incidentId', '=', incidentId)
    .where('place', '=', 'channel')
    .where('unwanted', 'is', null)
    .executeTakeFirst();
  return row !== undefined;
}

/** Those that still stand in Slack and are to go. */
export function unwantedFiles(db: Db, incidentId: IncidentId): Promise<UploadedFile[]> {
  return db
    .selectFrom('postmortemFiles')
    .select(['fileId', 'place'])
    .where('incidentId', '=', incidentId)
    .where('unwanted', 'is not', null)
    .where('removedAt', 'is', null)
    .orderBy('uploadedAt')
    .execute();
}

/** Why it went; undefined when that was noted before. */
export function noteFileRemoved(
  trx: Trx,
  fileId: string,
  at: Date,
): Promise<{ place: string; unwanted: string | null } | undefined> {
  return trx
    .updateTable('postmortemFiles')
    .set({ removedAt: at })
    .where('fileId', '=', fileId)
    .where('removedAt', 'is', null)
    .returning(['place', 'unwanted'])
    .executeTakeFirst();
}

export function revisionsOf(db: Db | Trx, incidentId: IncidentId): Promise<Revision[]> {
  return db
    .selectFrom('postmortemRevisions')
    .selectAll()
    .where('incidentId', '=', incidentId)
    .orderBy('section')
    .orderBy('number')
    .execute();
}

export async function insertRevision(trx: Trx, revision: Revision): Promise<void> {
  await trx
    .insertInto('postmortemRevisions')
    .values({ ...revision, text: storable(revision.text) })
    .execute();
}

/** What is known about a wording beside its words: what it takes note of, and what is proposed to it. */
export async function noteRevision(trx: Trx, revision: Revision): Promise<void> {
  const { incidentId, section, number, drafted, proposed, proposedAt } = revision;
  await trx
    .updateTable('postmortemRevisions')
    .set({ drafted, proposed, proposedAt })
    .where('incidentId', '=', incidentId)
    .where('section', '=', section)
    .where('number', '=', number)
    .execute();
}

export function reviewsOf(db: Db | Trx, incidentId: IncidentId): Promise<Review[]> {
  return db
    .selectFrom('postmortemReviews')
    .selectAll()
    .where('incidentId', '=', incidentId)
    .orderBy('askedAt')
    .orderBy('reviewer')
    .execute();
}

export async function saveReviews(trx: Trx, reviews: readonly Review[]): Promise<void> {
  const rows = reviews.map((one) => ({
    ...one,
    perspective: one.perspective === null ? null : storable(one.perspective),
  }));
  await trx
    .insertInto('postmortemReviews')
    .values(rows)
    .onConflict((before) =>
      before.columns(['incidentId', 'reviewer']).doUpdateSet((row) => ({
        askedBy: row.ref('excluded.askedBy'),
        askedAt: row.ref('excluded.askedAt'),
        answer: row.ref('excluded.answer'),
        answeredAt: row.ref('excluded.answeredAt'),
        perspective: row.ref('excluded.perspective'),
      })),
    )
    .execute();
}

/** Those of the last publishing take the place of the ones before. */
export async function saveFactors(trx: Trx, incidentId: IncidentId, factors: readonly Factor[]): Promise<void> {
  const rows = factors.map(({ class: of, text }) => ({ class: of, text: storable(text) }));
  await sql`
    with before as (delete from postmortem_factors where incident_id = ${incidentId} and position > ${rows.length})
    insert into postmortem_factors (incident_id, position, class, text)
    select ${incidentId}, place, one ->> 'class', one ->> 'text'
    from jsonb_array_elements(${JSON.stringify(rows)}::jsonb) with ordinality as given (one, place)
    on conflict (incident_id, position) do update set class = excluded.class, text = excluded.text`.execute(trx);
}

export async function countEntries(db: Db | Trx, incidentId: IncidentId): Promise<number> {
  const { count } = await db
    .selectFrom('timelineEntries')
    .select((row) => row.fn.countAll<number>().as('count'))
    .where('incidentId', '=', incidentId)
    .executeTakeFirstOrThrow();
  return Number(count);
}

/** Messages that are not to be quoted (any more), as of now: under the incident's lock none is added before the end. */
export async function takenBack(trx: Trx, incidentId: IncidentId): Promise<Ts[]> {
  const rows = await trx
    .selectFrom('timelineEntries')
    .select('ts')
    .distinct()
    .where('incidentId', '=', incidentId)
    .where('kind', '=', 'message_deleted')
    .where('ts', 'is not', null)
    .execute();
  return rows.flatMap(({ ts }) => ts ?? []);
}

/** What a postmortem says is replaced without its becoming another revision: something it quoted was taken back. */
export async function rewordDraft(
  trx: Trx,
  incidentId: IncidentId,
  reworded: { readonly markdown: string; readonly document: Document | null },
): Promise<void> {
  const document = reworded.document === null ? null : JSON.stringify(storableJson(reworded.document));
  await trx
    .updateTable('postmortems')
    .set({ markdown: reworded.markdown, document })
    .where('incidentId', '=', incidentId)
    .execute();
}

export async function rewordRevision(trx: Trx, revision: Revision): Promise<void> {
  const { incidentId, section, number, text, drafted, proposed } = revision;
  await trx
    .updateTable('postmortemRevisions')
    .set({ text, drafted, proposed })
    .where('incidentId', '=', incidentId)
    .where('section', '=', section)
    .where('number', '=', number)
    .execute();
}

/** Whether it is to be drafted again, and that has not begun. */
export async function isDraftWaiting(trx: Trx, incidentId: IncidentId): Promise<boolean> {
  const row = await trx
    .selectFrom('jobs')
    .select('id')
    .where('key', '=', `draft:${incidentId}`)
    .where('worker', 'is', null)
    .where('parkedAt', 'is', null)
    .executeTakeFirst();
  return row !== undefined;
}

/** Whether a file for the channel is on its way, be it in the middle of it: with a newer revision it comes to nothing. */
export async function isFileWaiting(trx: Trx, incidentId: IncidentId): Promise<boolean> {
  const row = await trx
    .selectFrom('jobs')
    .select('id')
    .where('key', '=', `upload-draft:${incidentId}`)
    .where('parkedAt', 'is', null)
    .executeTakeFirst();
  return row !== undefined;
}

/** What became of those that were owed, by the words metrics have for it. What is not drafted is missing, and not overdue besides. */
export async function countPostmortems(db: Db, owing: Owing, now: Date): Promise<Record<string, number>> {
  const { rows } = await sql<{ became: string; count: number }>`
    select case
        when published_at is not null then case when published_at <= due_at then 'published_on_time' else 'published_late' end
        when not is_drafted then 'missing'
        when due_at < ${now} then 'overdue'
        else 'due'
      end as became, count(*)::int as count
    from ${owedRows(owing)} one group by became`.execute(db);
  const none = { published_on_time: 0, published_late: 0, due: 0, overdue: 0, missing: 0 };
  return { ...none, ...Object.fromEntries(rows.map(({ became, count }) => [became, count])) };
}

export interface Overdue {
  readonly incident: number;
  readonly dueAt: Date;
  readonly owner: UserId | null;
  readonly isDrafted: boolean;
}

/** The longest overdue first. */
export async function listOverdue(db: Db, owing: Owing, now: Date): Promise<Overdue[]> {
  const { rows } = await sql<Overdue>`
    select incident, due_at, owner, is_drafted from ${owedRows(owing)} one
    where ${isOutstanding(now)} order by due_at, incident limit 1000`.execute(db);
  return rows;
}

export async function countFactors(db: Db): Promise<{ class: string; count: number }[]> {
  const { rows } = await sql<{ class: string; count: number }>`
    select f.class, count(*)::int as count from postmortem_factors f
    join postmortems p on p.incident_id = f.incident_id and p.status = 'published'
    join incidents i on i.id = f.incident_id and i.kind = 'real'
    group by f.class`.execute(db);
  return rows;
}

/** Unpublished ones that this person sees to. */
export async function ownedBy(db: Db | Trx, owner: UserId): Promise<IncidentId[]> {
  const rows = await db
    .selectFrom('postmortems')
    .select('incidentId')
    .where('owner', '=', owner)
    .where('status', '<>', 'published')
    .execute();
  return rows.map((row) => row.incidentId);
}

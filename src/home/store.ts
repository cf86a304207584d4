import { type Selectable, sql } from 'kysely';
import type { Db, HomesTable, Trx } from '../db/tables.ts';
import { visibleTo } from '../incidents/visible.ts';
import type { UserId } from '../lib/ids.ts';
import type { Outstanding } from '../postmortems/owed.ts';
import { isOutstanding, type Owing, owedRows } from '../postmortems/owed-rows.ts';
import type { OwedDraft } from './home.ts';

/** They look at it now: it is drawn in any case. */
export async function noteOpened(trx: Trx, userId: UserId, openedAt: Date): Promise<void> {
  await trx
    .insertInto('homes')
    .values({ userId, openedAt, print: null, hash: null })
    .onConflict((again) => again.column('userId').doUpdateSet({ openedAt, print: null }))
    .execute();
}

export function findHome(db: Db | Trx, user: UserId): Promise<Selectable<HomesTable> | undefined> {
  return db.selectFrom('homes').selectAll().where('userId', '=', user).executeTakeFirst();
}

export async function savePublished(
  db: Db,
  user: UserId,
  published: Pick<HomesTable, 'print' | 'hash'>,
): Promise<void> {
  await db.updateTable('homes').set(published).where('userId', '=', user).execute();
}

export async function hasOpenSince(db: Db | Trx, since: Date): Promise<boolean> {
  const row = await db.selectFrom('homes').select('userId').where('openedAt', '>=', since).limit(1).executeTakeFirst();
  return row !== undefined;
}

/** Something is promised under this key and has not begun. */
export async function isWaiting(trx: Trx, key: string): Promise<boolean> {
  const { rows } = await sql`
    select from jobs where key = ${key} and worker is null and parked_at is null limit 1`.execute(trx);
  return rows.length > 0;
}

/** Whose tab is to be drawn again, who looked last first; what waits to be drawn will be drawn from the same rows. */
export async function listHomes(trx: Trx, since: Date | null): Promise<UserId[]> {
  const { rows } = await sql<{ user: UserId }>`
    select user_id as user from homes h
    where (${since}::timestamptz is null or opened_at >= ${since}::timestamptz)
      and not exists (select from jobs j where j.key = 'home:' || h.user_id and j.worker is null and j.parked_at is null)
    order by opened_at desc`.execute(trx);
  return rows.map(({ user }) => user);
}

/** Postmortems of resolved incidents that this person sees to, the most pressing first. */
export async function draftsOwedBy(db: Db | Trx, user: UserId): Promise<OwedDraft[]> {
  const { rows } = await sql<OwedDraft>`
    select i.id, i.title, i.channel_id, p.status, p.due_at, p.published_at
    from postmortems p join incidents i on i.id = p.incident_id
    where p.owner = ${user} and p.status <> 'published' and p.due_at is not null and i.status in ('resolved', 'closed')
      and ${visibleTo(user)}
    order by p.due_at, i.id
    limit 100`.execute(db);
  return rows;
}

/** The severities of which some are outstanding. */
export async function severitiesOutstanding(db: Db, owing: Owing, now: Date): Promise<string[]> {
  const { rows } = await sql<{ severity: string }>`
    select distinct severity from ${owedRows(owing)} one where ${isOutstanding(now)}`.execute(db);
  return rows.map(({ severity }) => severity);
}

/** What others owe, of incidents this person commanded or whose severity's contact they are; the longest overdue first. */
export async function outstandingOfOthers(
  trx: Trx,
  owing: Owing,
  reader: { readonly user: UserId; readonly contactOf: readonly string[] },
  now: Date,
): Promise<{ readonly items: readonly Outstanding[]; readonly total: number }> {
  const { rows } = await sql<Outstanding & { total: number }>`
    select i.id, i.title, i.channel_id, one.due_at, one.owner, one.is_drafted, count(*) over ()::int as total
    from ${owedRows(owing)} one join incidents i on i.id = one.incident
    where ${isOutstanding(now)} and one.owner is distinct from ${reader.user} and ${visibleTo(reader.user)}
      and (i.severity = any(${reader.contactOf}::text[]) or exists (
        select from role_assignments r
        where r.incident_id = i.id and r.role = 'ic' and r.user_id = ${reader.user} and r.to_at is null))
    order by one.due_at, i.id limit 5`.execute(trx);
  return { items: rows.map(({ total: _, ...one }) => one), total: rows[0]?.total ?? 0 };
}

import { sql } from 'kysely';
import type { Db, Trx } from '../db/tables.ts';
import { visibleTo } from '../incidents/visible.ts';
import type { Day } from '../lib/day.ts';
import type { IncidentId, Ts, UserId } from '../lib/ids.ts';
import { storable } from '../lib/text.ts';
import type { ActionItem, ItemChange } from './action-item.ts';
import type { Listed, OwnItems, Page, Scope } from './list.ts';

export function findItem(db: Db | Trx, id: IncidentId, item: number): Promise<ActionItem | undefined> {
  return db
    .selectFrom('actionItems')
    .selectAll()
    .where('incidentId', '=', id)
    .where('id', '=', item)
    .executeTakeFirst();
}

/** The one that was noted from this message. */
export function itemOfMessage(trx: Trx, id: IncidentId, message: Ts): Promise<ActionItem | undefined> {
  return trx
    .selectFrom('actionItems')
    .selectAll()
    .where('incidentId', '=', id)
    .where('messageTs', '=', message)
    .executeTakeFirst();
}

/** Those still to be done. */
export function openItems(db: Db | Trx, id: IncidentId): Promise<ActionItem[]> {
  return db
    .selectFrom('actionItems')
    .selectAll()
    .where('incidentId', '=', id)
    .where('status', '=', 'open')
    .orderBy('id')
    .execute();
}

/** Those that stand in these direct messages, whatever became of them. */
export function itemsIn(trx: Trx, id: IncidentId, reminders: readonly string[]): Promise<ActionItem[]> {
  if (reminders.length === 0) return Promise.resolve([]);
  return trx
    .selectFrom('actionItems')
    .selectAll()
    .where('incidentId', '=', id)
    .where('reminder', 'in', reminders)
    .orderBy('id')
    .execute();
}

export async function countItems(trx: Trx, id: IncidentId): Promise<number> {
  const { n } = await trx
    .selectFrom('actionItems')
    .select((select) => select.fn.countAll<number>().as('n'))
    .where('incidentId', '=', id)
    .executeTakeFirstOrThrow();
  return n;
}

export function insertItem(trx: Trx, item: Omit<ActionItem, 'id'>): Promise<ActionItem> {
  return trx
    .insertInto('actionItems')
    .values({ ...item, what: storable(item.what), ticket: item.ticket && storable(item.ticket) })
    .returningAll()
    .executeTakeFirstOrThrow();
}

export async function updateItems(trx: Trx, items: readonly number[], change: ItemChange): Promise<void> {
  await trx
    .updateTable('actionItems')
    .set({
      ...change,
      ...(change.what !== undefined && { what: storable(change.what) }),
      ...(change.reason != null && { reason: storable(change.reason) }),
    })
    .where(sql<boolean>`id = any(${items}::bigint[])`)
    .execute();
}

/** Their message was deleted or redacted: its words are no longer theirs to say. */
export async function takeOutOfItems(trx: Trx, id: IncidentId, messages: readonly Ts[]): Promise<void> {
  await sql`
    update action_items set what = 'The message this was noted from was taken back: say anew what is to be done.', quotes = false
    where incident_id = ${id} and quotes and message_ts = any(${messages}::text[])`.execute(trx);
}

/** What was said in a message, the newest wording last, and what became of it. */
export function wordingsOf(
  db: Db | Trx,
  id: IncidentId,
  message: Ts,
): Promise<{ kind: string; text: string | null; threadTs: Ts | null; payload: Record<string, unknown> }[]> {
  return db
    .selectFrom('timelineEntries')
    .select(['kind', 'text', 'threadTs', 'payload'])
    .where('incidentId', '=', id)
    .where('ts', '=', message)
    .where('kind', 'in', ['message', 'message_edited', 'message_deleted'])
    .orderBy('occurredAt')
    .orderBy('id')
    .limit(100)
    .execute();
}

interface Listing {
  readonly scope: Scope;
  readonly reader: UserId;
  readonly today: Day;
  readonly from: number;
}

/** So many are read; a message shows as many of them as it has room for. */
const PAGE = 8;

/** The most pressing first; what the reader may not see is neither shown nor counted. */
export async function listItems(db: Db, { scope, reader, today, from }: Listing): Promise<Page> {
  const wanted = {
    mine: sql`a.status = 'open' and a.owner = ${reader}`,
    all: sql`a.status = 'open'`,
    overdue: sql`a.status = 'open' and a.due_on < ${today}::date`,
  };
  const which = typeof scope === 'number' ? sql`a.incident_id = ${scope}` : wanted[scope];
  const { rows } = await sql<Listed & { total: number }>`
    select a.*, i.visibility, i.kind, count(*) over () as total
    from action_items a join incidents i on i.id = a.incident_id
    where ${which} and ${visibleTo(reader)}
    order by a.status <> 'open', a.due_on nulls last, a.id
    offset ${from} limit ${PAGE}`.execute(db);
  const total = rows[0]?.total ?? 0;
  return { items: rows.map(({ total: _, ...item }) => item), total };
}

/** What the Home tab shows of a person's own. */
export async function ownItems(db: Db, owner: UserId, today: Day): Promise<OwnItems> {
  const { rows } = await sql<Listed & { total: number; late: number }>`
    select a.*, i.visibility, i.kind, count(*) over () as total, count(*) filter (where a.due_on < ${today}::date) over () as late
    from action_items a join incidents i on i.id = a.incident_id
    where a.status = 'open' and a.owner = ${owner} and ${visibleTo(owner)}
    order by a.due_on nulls last, a.id
    limit 5`.execute(db);
  const [first] = rows;
  return {
    items: rows.map(({ total: _, late: __, ...item }) => item),
    total: first?.total ?? 0,
    overdue: first?.late ?? 0,
  };
}

/** How those of real incidents stand; drills count in no number. `timezone`: whose day ends when a date is over. */
export async function countByState(
  db: Db,
  today: Day,
  timezone: string,
): Promise<Readonly<Record<'open' | 'overdue' | 'done' | 'done_late' | 'dropped', number>>> {
  const onTime = sql`a.due_on is null or (a.ended_at at time zone ${timezone})::date <= a.due_on`;
  const { rows } = await sql<Record<'open' | 'overdue' | 'done' | 'doneLate' | 'dropped', number>>`
    select
      count(*) filter (where a.status = 'open' and (a.due_on is null or a.due_on >= ${today}::date)) as open,
      count(*) filter (where a.status = 'open' and a.due_on < ${today}::date) as overdue,
      count(*) filter (where a.status = 'done' and (${onTime})) as done,
      count(*) filter (where a.status = 'done' and not (${onTime})) as done_late,
      count(*) filter (where a.status = 'dropped') as dropped
    from action_items a join incidents i on i.id = a.incident_id
    where i.kind = 'real'`.execute(db);
  const { open = 0, overdue = 0, done = 0, doneLate = 0, dropped = 0 } = rows[0] ?? {};
  return { open, overdue, done, done_late: doneLate, dropped };
}

import type { Db, Trx } from '../db/tables.ts';
import type { IncidentId, UserId } from '../lib/ids.ts';
import { storable } from '../lib/text.ts';
import type { NewUpdate } from './update.ts';

export async function insertUpdate(trx: Trx, row: NewUpdate): Promise<void> {
  const audienceText = row.audienceText == null ? null : storable(row.audienceText);
  await trx
    .insertInto('updates')
    .values({ ...row, text: storable(row.text), audienceText })
    .execute();
}

/** What became of every promise of real incidents that was kept, late or missed so far; drills count in no number. */
export async function countPromises(db: Db): Promise<{ kept: number; late: number; missed: number }> {
  const row = await db
    .selectFrom('updates')
    .innerJoin('incidents', 'incidents.id', 'updates.incidentId')
    .where('incidents.kind', '=', 'real')
    .select((count) => [
      count.fn.countAll<number>().filterWhere('kept', '=', true).as('kept'),
      count.fn.countAll<number>().filterWhere('kept', '=', false).filterWhere('missed', '=', false).as('late'),
      count.fn.countAll<number>().filterWhere('missed', '=', true).as('missed'),
    ])
    .where('promisedAt', 'is not', null)
    .executeTakeFirstOrThrow();
  return { kept: Number(row.kept), late: Number(row.late), missed: Number(row.missed) };
}

/** Who is in the incident's channel, as far as Slack has told. */
export async function membersOf(trx: Trx, id: IncidentId): Promise<Set<UserId>> {
  const rows = await trx.selectFrom('channelMembers').select('userId').where('incidentId', '=', id).execute();
  return new Set(rows.map((row) => row.userId));
}

/** The same of many incidents. */
export async function membersOfAll(trx: Trx, ids: readonly IncidentId[]): Promise<Map<IncidentId, Set<UserId>>> {
  if (ids.length === 0) return new Map();
  const rows = await trx
    .selectFrom('channelMembers')
    .select(['incidentId', 'userId'])
    .where('incidentId', 'in', ids)
    .execute();
  const grouped = Map.groupBy(rows, (row) => row.incidentId);
  return new Map([...grouped].map(([id, members]) => [id, new Set(members.map((row) => row.userId))]));
}

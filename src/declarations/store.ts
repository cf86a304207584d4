import { sql } from 'kysely';
import type { Db } from '../db/tables.ts';
import { visibleTo } from '../incidents/visible.ts';
import type { UserId } from '../lib/ids.ts';
import type { Alike } from './alike.ts';

/** The open incidents that any of these people may see, each with those of them who may; members of the workspace only. */
export async function listOpenTo(db: Db, people: readonly UserId[]): Promise<(Alike & { seenBy: UserId[] })[]> {
  const { rows } = await sql<Alike & { seenBy: UserId[] }>`
    select i.id, i.title, i.severity, i.status, i.kind, i.services, i.channel_id, i.declared_at, seen_by
    from incidents i cross join lateral (
      select array(
        select asker.user_id from people asker
        where asker.user_id = any(${people}::text[]) and asker.standing = 'member' and ${visibleTo(sql.ref('asker.user_id'))}
      ) as seen_by
    ) readers
    where i.status not in ('resolved', 'closed', 'canceled')`.execute(db);
  return rows;
}

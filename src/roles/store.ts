import { sql } from 'kysely';
import type { Trx } from '../db/tables.ts';
import type { IncidentId, UserId } from '../lib/ids.ts';

/** The open holder lets go; nothing when nobody holds it. */
export async function endAssignment(trx: Trx, id: IncidentId, role: string, at: Date): Promise<void> {
  await trx
    .updateTable('roleAssignments')
    .set({ toAt: at })
    .where('incidentId', '=', id)
    .where('role', '=', role)
    .where('toAt', 'is', null)
    .execute();
}

export async function startAssignment(
  trx: Trx,
  row: { incidentId: IncidentId; role: string; userId: UserId; assignedBy: UserId; fromAt: Date },
): Promise<void> {
  await trx
    .insertInto('roleAssignments')
    .values({ ...row, toAt: null })
    .execute();
}

/**
 * Who has command, when they left the channel since they took it and nobody was asked about that yet: their leaving was
 * not heard but read from history. A minute's grace is for clocks that differ.
 */
export async function findUnaskedAbsence(trx: Trx, id: IncidentId): Promise<UserId | null> {
  const { rows } = await sql<{ userId: UserId }>`
    select r.user_id from role_assignments r
    cross join lateral (
      select max(e.occurred_at) as at from timeline_entries e
      where e.incident_id = r.incident_id and e.kind = 'member_left' and e.actor = r.user_id and e.occurred_at > r.from_at
    ) went
    where r.incident_id = ${id} and r.role = 'ic' and r.to_at is null and went.at is not null
      and not exists (select from channel_members m where m.incident_id = r.incident_id and m.user_id = r.user_id)
      and not exists (
        select from timeline_entries e
        where e.incident_id = r.incident_id and e.kind = 'reminder_sent' and e.payload ->> 'about' = 'absent ic'
          and e.payload ->> 'user' = r.user_id and e.occurred_at >= went.at - interval '1 minute')`.execute(trx);
  return rows[0]?.userId ?? null;
}

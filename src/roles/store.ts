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

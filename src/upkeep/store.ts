import { sql } from 'kysely';
import type { Trx } from '../db/tables.ts';
import type { IncidentId } from '../lib/ids.ts';

/** Timers that an open incident should have and that neither wait nor run. */
export async function listMissingTimers(
  trx: Trx,
): Promise<{ kind: 'cadence' | 'acknowledge'; incident: IncidentId }[]> {
  const { rows } = await sql<{ kind: 'cadence' | 'acknowledge'; incident: IncidentId }>`
    select t.kind, i.id as incident from incidents i cross join (values ('cadence'), ('acknowledge')) t(kind)
    where i.status not in ('resolved', 'closed', 'canceled')
      and not exists (select 1 from jobs j where j.key = t.kind || ':' || i.id and j.parked_at is null)
      and (t.kind = 'cadence' or not exists (
        select 1 from role_assignments r where r.incident_id = i.id and r.role = 'ic' and r.to_at is null))
    order by i.id, t.kind`.execute(trx);
  return rows;
}

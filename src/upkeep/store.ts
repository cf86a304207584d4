import { sql } from 'kysely';
import type { Trx } from '../db/tables.ts';
import type { IncidentId } from '../lib/ids.ts';

type Timer = 'cadence' | 'acknowledge' | 'command' | 'tasks' | 'actions';

/** Timers that an open incident should have, or one with open action items, and that neither wait nor run. */
export async function listMissingTimers(trx: Trx): Promise<{ kind: Timer; incident: IncidentId }[]> {
  const { rows } = await sql<{ kind: Timer; incident: IncidentId }>`
    select t.kind, i.id as incident from incidents i
    left join role_assignments r on r.incident_id = i.id and r.role = 'ic' and r.to_at is null
    cross join (values ('cadence'), ('acknowledge'), ('command'), ('tasks')) t(kind)
    where i.status not in ('resolved', 'closed', 'canceled')
      and not exists (select 1 from jobs j where j.key = t.kind || ':' || i.id and j.parked_at is null)
      and case t.kind
        when 'acknowledge' then r.id is null
        when 'command' then r.id is not null and r.handover_suggested_at is null
          or exists (select 1 from handoffs h where h.incident_id = i.id and h.outcome is null and h.told_at is null)
        when 'tasks' then exists (
          select 1 from tasks a where a.incident_id = i.id and a.status in ('asked', 'accepted') and a.told_at is null)
        else true end
    union all
    select 'actions', i.id from incidents i
    where exists (select 1 from action_items a where a.incident_id = i.id and a.status = 'open')
      and not exists (select 1 from jobs j where j.key = 'actions:' || i.id and j.parked_at is null)
    order by incident, kind`.execute(trx);
  return rows;
}

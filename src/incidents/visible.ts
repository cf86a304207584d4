import { type RawBuilder, sql } from 'kysely';
import type { UserId } from '../lib/ids.ts';

/**
 * Part of a statement over `incidents i`: private ones exist for those in their channel, who declared them, who has a role
 * in them, and whom the policy lets see them. The reader is a person, or a column that names one.
 */
export const visibleTo = (reader: UserId | RawBuilder<unknown>) => sql<boolean>`(
  i.visibility = 'public' or i.declared_by = ${reader}
  or exists (select from people p where p.user_id = ${reader} and p.sees_private)
  or exists (select from channel_members m where m.incident_id = i.id and m.user_id = ${reader})
  or exists (select from role_assignments r where r.incident_id = i.id and r.user_id = ${reader} and r.to_at is null)
)`;

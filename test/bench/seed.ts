import { sql } from 'kysely';
import type { Db } from '../../src/db/tables.ts';

/** The incident most is said in: a tenth of all entries. */
export const BUSIEST = { channel: 'C0BUSIEST', share: 0.1 } as const;

/** So many open incidents, so many entries between them, and no timer that rings meanwhile. */
export async function grow(db: Db, { incidents, entries }: { incidents: number; entries: number }): Promise<void> {
  const busy = Math.round(entries * BUSIEST.share);
  const each = Math.floor((entries - busy) / (incidents - 1));
  await sql`
    insert into incidents (title, severity, severity_chosen, status, visibility, kind, declared_by, channel_name, channel_id, card_ts, declared_at, promise_made_at, promise_due_at)
    select 'checkout ' || n || ' is down', 'SEV' || 1 + n % 4, true, 'investigating', 'public', 'real', 'U0OLIVIA', 'inc-' || n,
      case n when 1 then ${BUSIEST.channel} else 'C0GROWN' || n end, '1790000000.000000', ${new Date()}::timestamptz - interval '2 days',
      ${new Date()}::timestamptz, ${new Date()}::timestamptz + interval '1 day'
    from generate_series(1, ${incidents}::int) n`.execute(db);
  await sql`
    insert into role_assignments (incident_id, role, user_id, assigned_by, from_at)
    select id, 'ic', 'U0OLIVIA', 'U0OLIVIA', declared_at from incidents`.execute(db);
  await sql`
    insert into jobs (kind, payload, key, priority, run_at)
    select timer, jsonb_build_object('kind', timer, 'incident', id), timer || ':' || id, 0, promise_due_at
    from incidents cross join unnest(${TIMERS}::text[]) timer`.execute(db);
  await sql`
    insert into people (user_id, team_id, name, standing, checked_at)
    select 'U0' || name, 'T0BENCH', lower(name), 'member', ${new Date()}::timestamptz from unnest(${PEOPLE}::text[]) name`.execute(
    db,
  );
  await sql`
    insert into timeline_entries (incident_id, identity, kind, occurred_at, recorded_at, actor, source, text, ts, thread_ts)
    select i.id, 'm:' || e.ts, 'message', to_timestamp(e.ts::float8), to_timestamp(e.ts::float8), 'U0' || (${PEOPLE}::text[])[1 + n % ${PEOPLE.length}::int], 'slack',
      'error rate ' || n || ' ' || repeat('and still climbing ', 1 + n % 10), e.ts, case when n % 10 = 9 then lag(e.ts, 3) over (partition by i.id order by n) end
    from incidents i
    cross join lateral generate_series(1, case i.channel_id when ${BUSIEST.channel} then ${busy}::int else ${each}::int end) n
    cross join lateral (select (extract(epoch from i.declared_at)::bigint + n) || '.' || lpad((n % 1000000)::text, 6, '0')) e(ts)`.execute(
    db,
  );
  await sql`vacuum analyze`.execute(db);
}

/** Those of an open incident that has an IC. */
const TIMERS = ['cadence', 'command'];
const PEOPLE = ['OLIVIA', 'PRIYA', 'SAM', 'CASEY', 'MARCUS', 'NADIA', 'TOMAS', 'YUKI', 'AMARA', 'LEE', 'IVAN', 'ZOE'];

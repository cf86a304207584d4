import { setTimeout as sleep } from 'node:timers/promises';
import { sql } from 'kysely';
import type { Db } from '../../src/db/tables.ts';
import { ownDatabase } from './databases.ts';
import type { Ground } from './ground.ts';
import { ms, percentile } from './numbers.ts';
import type { Section } from './report.ts';
import { settingOf } from './setting.ts';

const SETTING_UP_MS = 1_500;

interface Load {
  readonly words: string;
  readonly atOnce: number;
  readonly rounds: number;
  readonly targetMs: number;
}

const LOADS: readonly Load[] = [
  { words: '50 due at the same instant', atOnce: 50, rounds: 20, targetMs: 50 },
  { words: '5,000 due in the same second', atOnce: 5_000, rounds: 1, targetMs: 2_000 },
];

/** From the moment a promised update is due to the commit of the decision to remind. */
export async function benchReminders(ground: Ground): Promise<Section> {
  const own = await ownDatabase(ground, 'reminders');
  const given = { apiUrl: ground.slack.apiUrl, database: own.database };
  const bot = await ground.startServer('sitrep.ts', settingOf('reminders', 'http', given));
  try {
    const rows: string[][] = [];
    for (const { words, atOnce, rounds, targetMs } of LOADS) {
      const waits: number[] = [];
      for (let round = 0; round <= rounds; round++) {
        const late = await lateness(own.db, atOnce);
        if (round > 0 || rounds === 1) waits.push(...late);
      }
      const p99 = percentile(waits, 0.99);
      rows.push([words, ms(percentile(waits, 0.5)), ms(p99), `${targetMs}`, p99 <= targetMs ? 'met' : 'MISSED']);
    }
    return { title: 'Reminders', how: '', columns: ['', 'p50', 'p99', 'Target', ''], rows, notes: [] };
  } finally {
    await bot.stop();
    await own.drop();
  }
}

async function lateness(db: Db, count: number): Promise<number[]> {
  const {
    rows: [last],
  } = await sql<{ id: number }>`select coalesce(max(id), 0) as id from incidents`.execute(db);
  const from = last?.id ?? 0;
  const setUp = SETTING_UP_MS + count;
  const due = new Date(Math.ceil((Date.now() + setUp) / 1_000) * 1_000);
  await promise(db, count, due);
  await sql`analyze`.execute(db);
  for (let left = count; left > 0; await sleep(100)) {
    const { rows } = await sql<{
      n: number;
    }>`select count(*) as n from timeline_entries where incident_id > ${from} and kind = 'reminder_sent'`.execute(db);
    left = count - (rows[0]?.n ?? 0);
  }
  const { rows } = await sql<{ ms: number }>`
    select extract(epoch from pg_xact_commit_timestamp(e.xmin) - i.promise_due_at)::float8 * 1000 as ms
    from timeline_entries e join incidents i on i.id = e.incident_id
    where i.id > ${from} and e.kind = 'reminder_sent'`.execute(db);
  return rows.map((row) => row.ms);
}

export async function promise(db: Db, count: number, due: Date): Promise<void> {
  await sql`
    with fresh as (
      insert into incidents (title, severity, severity_chosen, status, visibility, kind, declared_by, channel_name, channel_id,
        declared_at, promise_made_at, promise_due_at, promise_rung, promise_rung_at)
      select 'checkout is down', 'SEV2', true, 'investigating', 'public', 'real', 'U0OLIVIA', 'inc-' || gen_random_uuid(), 'C' || gen_random_uuid(),
        made, made, ${due}::timestamptz, 'nudge', ${due}::timestamptz - interval '5 minutes'
      from generate_series(1, ${count}::int), (values (${due}::timestamptz - interval '30 minutes')) promise(made)
      returning id
    ), held as (
      insert into role_assignments (incident_id, role, user_id, assigned_by, from_at)
      select id, 'ic', 'U0OLIVIA', 'U0OLIVIA', ${due}::timestamptz - interval '30 minutes' from fresh
    ), timers as (
      insert into jobs (kind, payload, key, priority, run_at)
      select 'cadence', jsonb_build_object('kind', 'cadence', 'incident', id), 'cadence:' || id, 0, ${due}::timestamptz from fresh
    )
    select pg_notify('jobs', '')`.execute(db);
}

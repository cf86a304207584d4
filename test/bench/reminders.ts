import { setTimeout as sleep } from 'node:timers/promises';
import { sql } from 'kysely';
import type { Db } from '../../src/db/tables.ts';
import { ownDatabase, serversOf } from './databases.ts';
import { type Ground, SLACK_TAKES_MS } from './ground.ts';
import { processorMs } from './machine.ts';
import { ms, percentile } from './numbers.ts';
import { metOrNot, type Section } from './report.ts';
import { settingOf } from './setting.ts';

const SETTING_UP_MS = 1_500;
const STORM = 5_000;

interface Load {
  readonly words: string;
  readonly atOnce: number;
  readonly rounds: number;
  readonly targetMs: number | null;
}

/** In this order: after the storm its messages wait for Slack. The first of all only warms up. */
const LOADS: readonly Load[] = [
  { words: '', atOnce: 50, rounds: 2, targetMs: null },
  { words: '50 due at the same instant', atOnce: 50, rounds: 20, targetMs: 50 },
  { words: '5,000 due at the same instant', atOnce: STORM, rounds: 1, targetMs: 2_000 },
  { words: '50 more, while the messages of the 5,000 are being sent', atOnce: 50, rounds: 4, targetMs: null },
];

/** From the moment a promised update is due to the commit of the decision to remind. */
export async function benchReminders(ground: Ground): Promise<Section> {
  const own = await ownDatabase(ground, 'reminders');
  const given = { apiUrl: ground.slack.apiUrl, database: own.database };
  const bot = await ground.startServer('sitrep.ts', settingOf('reminders', 'http', given));
  const notes: string[] = [];
  const rows: string[][] = [];
  try {
    for (const { words, atOnce, rounds, targetMs } of LOADS) {
      const waits: number[] = [];
      for (let round = 0; round < rounds; round++) {
        const seen = await remindOf(own.db, atOnce, bot.pid);
        waits.push(...seen.lateMs);
        if (atOnce === STORM)
          notes.push(
            `Until the last of the 5,000 was decided the bot used ${ms(seen.botMs)} of processor time and PostgreSQL ${ms(seen.databaseMs)}; on two free cores the two run side by side.`,
          );
      }
      const p99 = percentile(waits, 0.99);
      const verdict = targetMs === null ? ['–', ''] : [ms(targetMs), metOrNot(p99 <= targetMs)];
      if (words !== '') rows.push([words, ms(percentile(waits, 0.5)), ms(p99), ...verdict]);
    }
    return {
      title: 'Reminders',
      how: `From the moment a promised update is due to the commit of the decision to remind, as PostgreSQL noted it. One process; Slack takes ${SLACK_TAKES_MS} ms a call.`,
      columns: ['Promises', 'p50', 'p99', 'Target of the p99', ''],
      rows,
      notes,
    };
  } finally {
    await bot.stop();
    await own.drop();
  }
}

interface Reminded {
  readonly lateMs: readonly number[];
  /** Processor time. */
  readonly botMs: number;
  readonly databaseMs: number;
}

async function remindOf(db: Db, count: number, bot: number | undefined): Promise<Reminded> {
  const from = await lastIncident(db);
  const due = new Date(Math.ceil((Date.now() + SETTING_UP_MS + count) / 1_000) * 1_000);
  await promise(db, count, due);
  await sql`analyze`.execute(db);
  const servers = await serversOf(db);
  const used = () => ({ bot: processorMs([bot]), database: processorMs(servers) });
  await sleep(Math.max(0, due.getTime() - Date.now() - 50));
  const before = used();
  while ((await countReminded(db, from)) < count) await sleep(50);
  const after = used();
  const { rows } = await sql<{ ms: number }>`
    select extract(epoch from pg_xact_commit_timestamp(e.xmin) - i.promise_due_at)::float8 * 1000 as ms
    from timeline_entries e join incidents i on i.id = e.incident_id
    where i.id > ${from} and e.kind = 'reminder_sent'`.execute(db);
  return {
    lateMs: rows.map((row) => row.ms),
    botMs: after.bot - before.bot,
    databaseMs: after.database - before.database,
  };
}

async function lastIncident(db: Db): Promise<number> {
  const { rows } = await sql<{ id: number | null }>`select max(id) as id from incidents`.execute(db);
  return rows[0]?.id ?? 0;
}

async function countReminded(db: Db, from: number): Promise<number> {
  const { rows } = await sql<{ n: number }>`
    select count(*) as n from timeline_entries where incident_id > ${from} and kind = 'reminder_sent'`.execute(db);
  return rows[0]?.n ?? 0;
}

async function promise(db: Db, count: number, due: Date): Promise<void> {
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

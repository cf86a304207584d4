import { execFileSync } from 'node:child_process';
import { readFileSync } from 'node:fs';
import { arch, cpus, loadavg, platform, totalmem } from 'node:os';
import { sql } from 'kysely';
import type { Db } from '../../src/db/tables.ts';
import { median, ms } from './numbers.ts';

/** One sentence for each: what was measured, on what, and how fast its disk is. */
export async function describeMachine(db: Db): Promise<string> {
  const { rows } = await sql<{ serverVersion: string }>`show server_version`.execute(db);
  const [cpu] = cpus();
  const gigabytes = Math.round(totalmem() / 2 ** 30);
  return [
    `- Commit ${commit()}, ${new Date().toISOString().slice(0, 10)}`,
    `- ${cpus().length} cores (${cpu?.model.trim() ?? 'unknown'}), ${gigabytes} GB, ${platform()} ${arch()}: load, server and PostgreSQL share them${busy()}`,
    `- Node ${process.versions.node}, PostgreSQL ${rows[0]?.serverVersion} with fsync on; a commit of one row takes ${ms(await commitMs(db))}`,
  ].join('\n');
}

/** Others at work change the figures more than the ratios, but they change both. */
function busy(): string {
  const [running = 0] = loadavg();
  return running > 0.5
    ? `, and at the start others kept ${running.toFixed(1)} processes running: measure again in a quiet hour`
    : '';
}

function commit(): string {
  const git = (...args: string[]) => execFileSync('git', args, { encoding: 'utf8' }).trim();
  try {
    const changed = git('status', '--porcelain', '--untracked-files=no', '--', 'src', 'migrations') !== '';
    return `${git('rev-parse', '--short', 'HEAD')}${changed ? ' with uncommitted changes' : ''}`;
  } catch {
    return 'unknown';
  }
}

/** The floor under everything durable. */
async function commitMs(db: Db): Promise<number> {
  const waits: number[] = [];
  for (let i = 0; i < 50; i++) {
    const start = performance.now();
    await sql`insert into bare_rows (text) values ('x')`.execute(db);
    waits.push(performance.now() - start);
  }
  return median(waits);
}

/** Processor time these processes have used so far, in milliseconds; NaN where there is no /proc. */
export function processorMs(pids: readonly (number | undefined)[]): number {
  return pids.reduce<number>((sum, pid) => sum + ofOne(pid), 0);
}

function ofOne(pid: number | undefined): number {
  try {
    const [user, system] = readFileSync(`/proc/${pid}/stat`, 'utf8').split(') ')[1]?.split(' ').slice(11, 13) ?? [];
    return (Number(user) + Number(system)) * 10;
  } catch {
    return Number.NaN;
  }
}

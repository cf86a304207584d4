import { formatDuration } from '../lib/duration.ts';
import { plural, shorten } from '../lib/text.ts';

/** Of a job, what is shown: when, not what it says. */
export interface ListedJob {
  readonly id: number;
  readonly kind: string;
  readonly incident: number | null;
  readonly state: 'waiting' | 'running' | 'parked';
  readonly runAt: Date;
  readonly notBefore: Date | null;
  readonly attempts: number;
  readonly uncertainSince: Date | null;
  readonly lastError: string | null;
  readonly parkedAt: Date | null;
}

/** One line a job, in columns. What a job says may be private, or a secret address. */
export function jobsTable(jobs: readonly ListedJob[], now: Date): string {
  if (jobs.length === 0) return 'Nothing is to be done.\n';
  const rows = [HEAD, ...jobs.map((job) => cellsOf(job, now))];
  const widths = HEAD.map((_, column) => Math.max(...rows.map((row) => row[column]?.length ?? 0)));
  const lines = rows.map((row) =>
    row
      .map((cell, column) => cell.padEnd(widths[column] ?? 0))
      .join('  ')
      .trimEnd(),
  );
  const parked = jobs.filter(({ state }) => state === 'parked').length;
  const hint =
    parked > 0
      ? `\n${plural(parked, 'job')} given up: mend what the error says, then sitrep jobs retry <id>, or sitrep jobs drop <id>.\n`
      : '';
  return `${lines.join('\n')}\n${hint}`;
}

const HEAD = ['ID', 'KIND', 'INCIDENT', 'STATE', 'DUE', 'ATTEMPTS', 'LAST ERROR'] as const;

const cellsOf = (job: ListedJob, now: Date): string[] => [
  String(job.id),
  job.kind,
  job.incident === null ? '-' : `INC-${job.incident}`,
  job.uncertainSince && job.state !== 'running' ? `${job.state}, uncertain` : job.state,
  dueOf(job, now),
  String(job.attempts),
  shorten((job.lastError ?? '').replace(/\s+/g, ' '), 120),
];

/** When it comes next, or how long ago it was given up. */
function dueOf(job: ListedJob, now: Date): string {
  if (job.state === 'running') return 'now';
  if (job.parkedAt) return `given up ${formatDuration(now.getTime() - job.parkedAt.getTime())} ago`;
  const at = Math.max(job.runAt.getTime(), job.notBefore?.getTime() ?? 0);
  const wait = at - now.getTime();
  return wait > 0 ? `in ${formatDuration(wait)}` : `${formatDuration(-wait)} ago`;
}

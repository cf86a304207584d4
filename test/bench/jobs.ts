import type { Embedded } from '../../src/db/embedded.ts';
import type { Ground } from './ground.ts';
import { median, perSecond, times } from './numbers.ts';
import { startProcess } from './processes.ts';
import type { Section } from './report.ts';

/** What children/jobs.ts is given. */
export interface JobsAsked {
  readonly who: 'sitrep' | 'bare';
  readonly database: Embedded['config'];
  readonly jobs: number;
  readonly lanes: number;
}

const JOBS = 3_000;
const ROUNDS = 3;

export async function benchJobs({ database, flags }: Ground): Promise<Section> {
  const rows: string[][] = [];
  for (const lanes of [20, 1_000]) {
    const rates: Record<JobsAsked['who'], number[]> = { sitrep: [], bare: [] };
    for (let round = 0; round < ROUNDS; round++)
      for (const who of ['sitrep', 'bare'] as const) {
        const asked: JobsAsked = { who, database, jobs: JOBS, lanes };
        const child = await startProcess<{ rate: number }>('jobs.ts', asked, who === 'sitrep' ? flags : []);
        rates[who].push(child.ready.rate);
        await child.stop();
      }
    const [sitrep, bare] = [median(rates.sitrep), median(rates.bare)];
    rows.push([lanes.toLocaleString('en-US'), perSecond(sitrep), perSecond(bare), times(sitrep / bare)]);
  }
  return {
    title: 'Jobs',
    how: `${JOBS.toLocaleString('en-US')} jobs that do nothing, promised beforehand, one process, ten connections, median of ${ROUNDS} alternating rounds. Beside it the barest queue a table can be: ten hands, \`delete … for update skip locked\`, no lanes, no leases, no keys.`,
    columns: ['Lanes', 'Sitrep', 'Bare table', 'Ratio'],
    rows,
    notes: [],
  };
}

import { setTimeout as sleep } from 'node:timers/promises';
import { jobStats, listJobs } from '../../src/jobs/store.ts';
import { type Ground, SLACK_TAKES_MS } from './ground.ts';
import { httpLine } from './load.ts';
import { median, ms, percentile, times } from './numbers.ts';
import { declareCommand } from './payloads.ts';
import type { Section } from './report.ts';
import { settingOf } from './setting.ts';

const AT_ONCE = 50;
const ROUNDS = 3;
const BURSTS = 3;

type Who = 'sitrep' | 'bare';
type Pace = 'at once' | 'one by one';
interface Series {
  readonly words: string;
  readonly pace: Pace;
  readonly title: (n: number) => string;
}

const SERIES: readonly Series[] = [
  { words: `${AT_ONCE} at once, each its own title`, pace: 'at once', title: (n) => `checkout ${n} is down` },
  { words: `${AT_ONCE} at once, all named x`, pace: 'at once', title: () => 'x' },
  { words: 'one by one', pace: 'one by one', title: (n) => `search ${n} is slow` },
];

/** `/incident declare sev1 x` until its answer: the incident, its timeline, its promise and its effects are committed. */
export async function benchAcks(ground: Ground): Promise<Section> {
  const given = { apiUrl: ground.slack.apiUrl, database: ground.database };
  const closing: (() => Promise<unknown>)[] = [];
  try {
    const lines = new Map<Who, ReturnType<typeof httpLine>>();
    for (const who of ['sitrep', 'bare'] as const) {
      const server = await ground.startServer(`${who}.ts`, settingOf(`${who}-acks`, 'http', given));
      closing.push(() => server.stop());
      const line = httpLine(server.ready.url, AT_ONCE);
      closing.push(() => line.close());
      lines.set(who, line);
    }
    const rows: string[][] = [];
    for (const series of SERIES) rows.push(...(await measure(ground, lines, series)));
    return {
      title: 'The answer to /incident declare sev1 x',
      how: `From sending the signed request to the end of the answer, over HTTP. Bare Bolt commits one INSERT and acknowledges. Each figure is the median over ${ROUNDS} alternating rounds of that round's percentile (${BURSTS} bursts of ${AT_ONCE}, or ${AT_ONCE} in sequence).`,
      columns: ['Declared', '', 'Sitrep', 'Bare Bolt', 'Ratio'],
      rows,
      notes: [
        `While answers are awaited the bot already carries out what was declared (channel, card, invitations …) against a Slack that takes ${SLACK_TAKES_MS} ms a call; the bare app has nothing more to do.`,
        'Equal titles must get different channel names, which the database decides one by one; each round finds more names taken.',
      ],
    };
  } finally {
    for (const close of closing.reverse()) await close();
  }
}

type Line = ReturnType<typeof httpLine>;

async function measure(ground: Ground, lines: ReadonlyMap<Who, Line>, series: Series): Promise<string[][]> {
  const found: Record<Who, { p50: number[]; p99: number[] }> = {
    sitrep: { p50: [], p99: [] },
    bare: { p50: [], p99: [] },
  };
  for (let round = 0; round <= ROUNDS; round++)
    for (const [who, line] of lines) {
      const waits: number[] = [];
      for (let burst = 0; burst < (series.pace === 'at once' ? BURSTS : 1); burst++) {
        await untilIdle(ground);
        waits.push(...(await declareMany(ground, line, series)));
      }
      if (round === 0) continue;
      found[who].p50.push(percentile(waits, 0.5));
      found[who].p99.push(percentile(waits, 0.99));
    }
  return (['p50', 'p99'] as const).map((share) => {
    const [sitrep, bare] = [median(found.sitrep[share]), median(found.bare[share])];
    return [share === 'p50' ? series.words : '', share, ms(sitrep), ms(bare), times(sitrep / bare)];
  });
}

let declared = 0;

async function declareMany({ slack }: Ground, line: Line, { pace, title }: Series): Promise<number[]> {
  const bodies = Array.from({ length: AT_ONCE }, () => declareCommand(title(declared++), `${slack.origin}/response`));
  const declareOne = async (body: string) => {
    const start = performance.now();
    const { status, text } = await line.command(body);
    if (status !== 200 || !/INC-\d+.* declared/.test(text)) throw new Error(`not declared: ${status} ${text}`);
    return performance.now() - start;
  };
  if (pace === 'at once') return Promise.all(bodies.map(declareOne));
  const waits: number[] = [];
  for (const body of bodies) waits.push(await declareOne(body));
  return waits;
}

/** What one burst promised must not be in the way of the next. */
async function untilIdle({ db }: Ground): Promise<void> {
  for (const limit = Date.now() + 30_000; Date.now() < limit; await sleep(20)) {
    const { due, running } = await jobStats(db, new Date());
    if (due + running === 0) return;
  }
  const failing = (await listJobs(db)).find((job) => job.lastError !== null);
  const why = failing ? `${failing.kind} fails: ${failing.lastError}` : 'nothing fails, it is slow';
  throw new Error(`the effects of one burst took longer than 30 s; ${why}`);
}

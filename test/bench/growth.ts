import { performance } from 'node:perf_hooks';
import { sql } from 'kysely';
import { listEntries } from '../../src/timeline/store.ts';
import { type Own, ownDatabase, serversOf } from './databases.ts';
import type { Ground } from './ground.ts';
import { draftOnce, live } from './lives.ts';
import { flow, httpLine, type Send } from './load.ts';
import { processorMs } from './machine.ts';
import { median, megabytes, ms, perSecond, times } from './numbers.ts';
import { command } from './payloads.ts';
import { startProcess } from './processes.ts';
import { metOrNot, type Section } from './report.ts';
import { BUSIEST, grow } from './seed.ts';
import { settingOf } from './setting.ts';

const INCIDENTS = 1_000;
const SIZES = { young: 10_000, old: 1_000_000 } as const;
type Age = keyof typeof SIZES;
const AGES: readonly Age[] = ['young', 'old'];
const ROUNDS = 24;
const ROUND_MS = 300;
const REDRAWN = 100;
const IDLE_MS = 10_000;
const TARGETS = {
  ratio: 0.9,
  draftMs: 1_000,
  coldDraftMs: 2_000,
  // What is kept of the record does not grow with what was said; two pages of a thousand rows are in use at a time.
  heldBytes: 8 * 2 ** 20,
  draftBytes: 200 * 2 ** 20,
  startMs: 2_000,
  idleBytes: 120 * 2 ** 20,
};

/** What a second of the bot's work comes to, in a database that is young and in one a hundred times as full. */
export async function benchGrowth(ground: Ground): Promise<Section> {
  const slack = await startProcess<Ground['slack']>('slack.ts', { link: ground.line.url, afterMs: 1 });
  const closing: (() => Promise<unknown>)[] = [() => slack.stop()];
  try {
    const lives = new Map<Age, Life>();
    for (const age of AGES) {
      const own = await ownDatabase(ground, `growth_${age}`);
      closing.push(() => own.drop());
      await grow(own.db, { incidents: INCIDENTS, entries: SIZES[age] });
      lives.set(age, { own, works: {}, used: async () => 0 });
    }
    const [young, old] = [lives.get('young'), lives.get('old')];
    if (!young || !old) throw new Error('the databases were not made');
    const started = await live(old.own.database, slack.ready.apiUrl, 0);
    const empty = await ownDatabase(ground, 'empty');
    closing.push(() => empty.drop());
    const idle = await live(empty.database, slack.ready.apiUrl, IDLE_MS);
    const short = await draftOnce(young.own.database, slack.ready.apiUrl);
    const drafted = await draftOnce(old.own.database, slack.ready.apiUrl);
    for (const [age, life] of lives) {
      const setting = settingOf(age, 'http', { apiUrl: slack.ready.apiUrl, database: life.own.database });
      const bot = await ground.startServer('sitrep.ts', setting);
      closing.push(() => bot.stop());
      const line = httpLine(bot.ready.url, IN_FLIGHT);
      closing.push(() => line.close());
      life.works = worksOf(line, life.own, slack.ready.origin);
      life.used = async () => processorMs([bot.pid, ...(await serversOf(life.own.db))]);
    }
    return {
      title: 'Growth',
      how: `A database with ${INCIDENTS.toLocaleString('en-US')} open incidents and ${SIZES.young.toLocaleString('en-US')} timeline entries beside one with as many incidents and ${SIZES.old.toLocaleString('en-US')} entries; a tenth of them belong to the incident that is measured. Medians of ${ROUNDS} alternating rounds; the ratio is that of two neighbouring rounds. Target: ${TARGETS.ratio} × or more. The last column is the same by the processor time that the bot and PostgreSQL used, which does not depend on who else is at work.`,
      columns: ['Per second', ...AGES.map((age) => SIZES[age].toLocaleString('en-US')), 'Ratio', '', 'By processor'],
      rows: await compare(lives),
      notes: [
        `Draft of an incident with ${(SIZES.old * BUSIEST.share).toLocaleString('en-US')} entries: ${ms(drafted.ms)} (${ms(drafted.cpuMs)} of processor time), target ${ms(TARGETS.draftMs)}, ${metOrNot(drafted.ms <= TARGETS.draftMs)}; the longest pause of the event loop ${ms(drafted.longestPauseMs)}. The first draft of its process, by code that nothing has compiled yet: ${ms(drafted.coldMs)}, target ${ms(TARGETS.coldDraftMs)}, ${metOrNot(drafted.coldMs <= TARGETS.coldDraftMs)}.`,
        `What that draft holds in memory (heap in use after collections, at its peak over what it was before): ${megabytes(drafted.holds)}, of an incident with ${(SIZES.young * BUSIEST.share).toLocaleString('en-US')} entries ${megabytes(short.holds)}; target ${megabytes(TARGETS.heldBytes)}, ${metOrNot(drafted.holds <= TARGETS.heldBytes)}. RSS of the drafting process at its peak, with what V8 had not cleared yet, over what it was before: ${megabytes(drafted.grewBy)} and ${megabytes(short.grewBy)}; target ${megabytes(TARGETS.draftBytes)}, ${metOrNot(drafted.grewBy <= TARGETS.draftBytes)}.`,
        `From the start of the process to ready, on the old database: ${ms(started.readyMs)}, target ${ms(TARGETS.startMs)}, ${metOrNot(started.readyMs <= TARGETS.startMs)}.`,
        `Memory (RSS) of a process with nothing to do, ${IDLE_MS / 1_000} s after its start: ${megabytes(idle.rss)}, target ${megabytes(TARGETS.idleBytes)}, ${metOrNot(idle.rss <= TARGETS.idleBytes)}.`,
      ],
    };
  } finally {
    for (const close of closing.reverse()) await close();
  }
}

const IN_FLIGHT = 32;

interface Life {
  readonly own: Own;
  works: Record<string, () => Promise<Done>>;
  /** Processor time used so far by the bot and by PostgreSQL for it, in milliseconds. */
  used: () => Promise<number>;
}

interface Done {
  readonly times: number;
  readonly perSecond: number;
}

function worksOf(line: ReturnType<typeof httpLine>, own: Own, slack: string): Life['works'] {
  const asked =
    (text: string, says: RegExp): Send =>
    async () => {
      const said = await line.command(command(text, BUSIEST.channel, `${slack}/response`));
      if (said.status !== 200 || !says.test(said.text))
        throw new Error(`${text}: ${said.status} ${said.text.slice(0, 200)}`);
    };
  let severity = 1;
  const changeSeverity = () => {
    severity = 3 - severity;
    return asked(`severity sev${severity}`, new RegExp(`SEV${severity}|Done`))();
  };
  const rate = (send: Send, inFlight: number) => async () => {
    const found = await flow(send, { inFlight, forMs: ROUND_MS });
    if (found.refused > 0) throw new Error(`${found.refused} were refused`);
    return { times: found.acked, perSecond: found.rate };
  };
  return {
    'Events stored': rate(line.sendEventTo(BUSIEST.channel), IN_FLIGHT),
    'Severity changed': rate(changeSeverity, 1),
    '`/incident show`': rate(asked('show', /checkout 1 is down/), 8),
    '`/incident list`': rate(asked('list', /1000 open/), 8),
    'Timeline, its last 200 entries': rate(() => readTail(own), 2),
    'Cards redrawn': () => redraw(own),
  };
}

async function readTail({ db }: Own): Promise<void> {
  const { rows } = await sql<{ occurredAt: Date; ts: never; id: number }>`
    select occurred_at, ts, id from timeline_entries where incident_id = 1 order by occurred_at desc, ts desc offset 200 limit 1`.execute(
    db,
  );
  const page = await listEntries(db, 1 as never, rows[0] ?? null, 200);
  if (page.length !== 200) throw new Error(`a page of ${page.length}`);
}

/** From the promise of the redraws to the end of the last. */
async function redraw({ db }: Own): Promise<Done> {
  const start = performance.now();
  await sql`
    insert into jobs (kind, payload, lane, key, priority, run_at)
    select 'draw-card', jsonb_build_object('kind', 'draw-card', 'incident', n), 'show:' || n, 'draw-card:' || n, 3, ${new Date()}::timestamptz
    from generate_series(1, ${REDRAWN}::int) n`.execute(db);
  await sql`notify jobs`.execute(db);
  for (;;) {
    const { rows } = await sql`select from jobs where key like 'draw-card:%' limit 1`.execute(db);
    if (rows.length === 0) return { times: REDRAWN, perSecond: (REDRAWN / (performance.now() - start)) * 1_000 };
  }
}

/** In short slices, now one first and then the other, so that what else the machine does meets both. */
async function compare(lives: ReadonlyMap<Age, Life>): Promise<string[][]> {
  const rows: string[][] = [];
  for (const name of Object.keys(lives.get('young')?.works ?? {})) {
    const found: Record<Age, Slice[]> = { young: [], old: [] };
    for (let round = 0; round <= ROUNDS; round++)
      for (const age of round % 2 === 0 ? AGES : AGES.toReversed()) {
        const slice = await sliceOf(lives.get(age), name);
        if (round > 0) found[age].push(slice);
      }
    const ratio = median(
      found.old.map((slice, round) => slice.perSecond / (found.young[round]?.perSecond ?? Number.NaN)),
    );
    const [young = 0, old = 0] = AGES.map((age) => perProcessorMs(found[age]));
    const cells = AGES.map((age) => perSecond(median(found[age].map((slice) => slice.perSecond))));
    rows.push([name, ...cells, times(ratio), metOrNot(ratio >= TARGETS.ratio), times(old / young)]);
  }
  return rows;
}

interface Slice extends Done {
  readonly processorMs: number;
}

/** Over all slices: the clock of processor time ticks only every 10 ms. */
const perProcessorMs = (slices: readonly Slice[]): number => sum(slices, 'times') / sum(slices, 'processorMs');
const sum = (slices: readonly Slice[], of: 'times' | 'processorMs'): number =>
  slices.reduce((total, slice) => total + slice[of], 0);

async function sliceOf(life: Life | undefined, name: string): Promise<Slice> {
  const work = life?.works[name];
  if (!life || !work) throw new Error(`nobody does ${name}`);
  const before = await life.used();
  const done = await work();
  return { ...done, processorMs: (await life.used()) - before };
}

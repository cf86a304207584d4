import { setTimeout as sleep } from 'node:timers/promises';
import { type ConnectOptions, dedicated, type Log, transact } from '../db/connect.ts';
import type { Db, Trx } from '../db/tables.ts';
import { batched, type Settled } from '../lib/batch.ts';
import { type Millis, SECOND } from '../lib/duration.ts';
import { CHANNEL } from './channel.ts';
import { type Fault, readFault, unreadable, workerLost } from './fault.ts';
import { type Attempt, type Handlers, Job, TIMERS } from './job.ts';
import * as queue from './queue.ts';
import { judge } from './verdict.ts';

export interface WorkerDeps {
  readonly db: Db;
  /** For the connection this worker's life hangs on; a session of its own, so not through a transaction pooler. */
  readonly config: ConnectOptions['config'];
  /** Domain time. */
  readonly now: () => Date;
  /** Kinds without a handler are left for other processes. */
  readonly handlers: Partial<Handlers>;
  readonly log: Log;
  readonly onParked?: (trx: Trx, parked: ParkedJob, reason: string) => Promise<void>;
  readonly onRun?: (run: RunReport) => void;
  /** Effects at a time. Timers have hands of their own, so that no promise waits for a Slack that is slow. */
  readonly concurrency?: number;
  /** The longest a request to Slack may be on its way; nothing of unknown outcome is tried again sooner. */
  readonly requestTimeoutMs?: Millis;
  /** The safety net under NOTIFY and the timer. */
  readonly pollMs?: Millis;
  /** How long `stop` waits for what is running. */
  readonly drainMs?: Millis;
}

/** Called in the transaction that parks. `job` is null when the row could not be read. */
export interface ParkedJob {
  readonly id: number;
  readonly kind: string;
  readonly marker: string;
  readonly job: Job | null;
}

export interface RunReport {
  readonly kind: string;
  /** When it was begun, after when it was due; domain time. */
  readonly latenessMs: Millis;
  readonly attempts: number;
  /** `limited`: met a rate limit. `dropped`: at most once, and failed. `lost`: taken over by another worker meanwhile. */
  readonly outcome: 'done' | 'retried' | 'limited' | 'parked' | 'dropped' | 'lost';
}

export interface Worker {
  /** Look now: domain time was moved. */
  wake(): void;
  /** Resolves when nothing is due that this worker could do and nothing runs in it. Waiting for a retry is not due. */
  idle(): Promise<void>;
  /** Claims nothing more, waits for what is running, gives up its life. What still runs then is taken over by others. */
  stop(): Promise<void>;
}

/** Works from now on until stopped, whatever becomes of the database meanwhile. */
export function startWorker(deps: WorkerDeps): Worker {
  const state: State = {
    requestTimeoutMs: 5 * SECOND,
    pollMs: 3 * SECOND,
    concurrency: 16,
    drainMs: 10 * SECOND,
    ...deps,
    kinds: Object.keys(deps.handlers),
    life: null,
    running: new Map(),
    complete: batched({ flush: (runs) => completeAll(deps.db, runs), max: 200, atOnce: 2 }),
    stopping: new AbortController(),
    ending: new AbortController(),
    look: () => {},
    idlers: [],
  };
  state.look = looker(state);
  const lived = live(state);
  return {
    wake: state.look,
    idle: () =>
      new Promise((resolve) => {
        state.idlers.push(resolve);
        state.look();
      }),
    stop: () => stop(state, lived),
  };
}

/** Many fall due at the full hour, and are decided together. */
const TIMERS_AT_ONCE = 200;

type Settings = Required<Pick<WorkerDeps, 'requestTimeoutMs' | 'pollMs' | 'concurrency' | 'drainMs'>>;

interface State extends Omit<WorkerDeps, keyof Settings>, Settings {
  readonly kinds: readonly string[];
  readonly running: Map<queue.ClaimedRun, Promise<void>>;
  /** Those that end while others are being written down go together in the next statement. */
  readonly complete: (run: queue.Run) => Promise<boolean>;
  /** Claim nothing more. */
  readonly stopping: AbortController;
  /** Let go of the session. */
  readonly ending: AbortController;
  look: () => void;
  idlers: (() => void)[];
  life: Life | null;
}

/** A worker lives as long as a session that holds its lock; after a loss it is born again under another number. */
interface Life {
  readonly worker: number;
  readonly session: queue.Session;
  /** By this process's monotonic clock; the leases end no earlier. */
  heldUntil: Millis;
}

const BEAT: Millis = SECOND;
/** People who wait for an answer go before what was promised to them: a burst of promises is looked at together. */
const BURST: Millis = 30;

/** A lease outlives a beat and a request, so that whoever takes over after it need not wait for a request as well. */
const leaseOf = (state: State): Millis => Math.max(10 * SECOND, 2 * BEAT + state.requestTimeoutMs);

async function live(state: State): Promise<void> {
  for (let wait = 100; !state.ending.signal.aborted; wait = Math.min(wait * 2, 2_000)) {
    try {
      await liveOnce(state, () => {
        wait = 100;
      });
    } catch (fault) {
      if (!state.ending.signal.aborted) state.log.warn({ err: fault }, 'the job worker lost the database');
    }
    await sleep(wait, undefined, { signal: state.ending.signal }).catch(() => {});
  }
}

async function liveOnce(state: State, isBorn: () => void): Promise<void> {
  const client = await dedicated(state.config, state.log);
  const over = new AbortController();
  client.once('end', () => over.abort());
  if (state.ending.signal.aborted) over.abort();
  state.ending.signal.addEventListener('abort', () => over.abort(), { once: true, signal: over.signal });
  try {
    let promised: NodeJS.Timeout | undefined;
    const session: queue.Session = { query: (text, values) => inTime(client.query(text, values) as Promise<never>) };
    client.on('notification', () => {
      if (promised) return;
      promised = setTimeout(() => {
        promised = undefined;
        state.look();
      }, BURST);
    });
    await session.query(`listen ${CHANNEL}`);
    let worker: number | null = null;
    while (worker === null) worker = await queue.becomeWorker(session);
    state.life = { worker, session, heldUntil: 0 };
    isBorn();
    await beat(state, state.life, over.signal);
  } finally {
    state.life = null;
    await Promise.race([client.end().catch(() => {}), sleep(500, undefined, { ref: false })]);
  }
}

/** Returns when the session is over, throws when it does not answer. */
async function beat(state: State, life: Life, over: AbortSignal): Promise<void> {
  for (let isFirst = true; !over.aborted; isFirst = false) {
    const sentAt = performance.now();
    const ids = [...state.running.keys()].filter((run) => run.worker === life.worker).map((run) => run.id);
    await queue.renewLeases(life.session, life.worker, ids, leaseOf(state));
    life.heldUntil = sentAt + leaseOf(state);
    await takeOver(state).catch((fault) => state.log.warn({ err: fault }, 'abandoned jobs could not be taken over'));
    if (isFirst) state.look();
    await sleep(BEAT, undefined, { signal: over }).catch(() => {});
  }
}

/** A query on the session's own connection, which has no time limit: a silent one is as good as lost. */
async function inTime<T>(answer: Promise<T>): Promise<T> {
  const late = new AbortController();
  try {
    const silence = sleep(3 * SECOND, undefined, { signal: late.signal, ref: false }).then(() => {
      throw new Error('the database does not answer');
    });
    return await Promise.race([answer, silence]);
  } finally {
    late.abort();
  }
}

/** Jobs of workers who are gone: nobody knows how far they came. */
async function takeOver(state: State): Promise<void> {
  for (const run of await queue.listAbandoned(state.db)) {
    const outcome = await settle(state, run, workerLost, run.isFresh ? state.requestTimeoutMs : 0);
    state.log.warn({ job: run.id, kind: run.kind, worker: run.worker, outcome }, 'took over a job of a lost worker');
    state.look();
  }
}

/** One look at a time; what is asked for during a look is another look after it. */
function looker(state: State): () => void {
  let isLooking = false;
  let again = false;
  let timer: NodeJS.Timeout | undefined;
  const look = async () => {
    again = true;
    if (isLooking) return;
    isLooking = true;
    clearTimeout(timer);
    let wait = SECOND;
    try {
      while (again && state.life && !state.stopping.signal.aborted) {
        again = false;
        wait = await lookOnce(state, state.life, () => again);
      }
    } catch (fault) {
      state.log.warn({ err: fault }, 'could not look for jobs');
    }
    isLooking = false;
    // Never beyond the poll, hence never beyond the 24 days a timer can hold.
    if (!state.stopping.signal.aborted) timer = setTimeout(look, Math.min(Math.ceil(wait), state.pollMs));
  };
  state.stopping.signal.addEventListener('abort', () => clearTimeout(timer));
  return () => void look();
}

/** Claims what is due and free hands can take; returns in how many milliseconds to look again. */
async function lookOnce(state: State, life: Life, isAskedAgain: () => boolean): Promise<Millis> {
  const asking = state.idlers.splice(0);
  try {
    const hold = { life, now: state.now(), until: performance.now() + leaseOf(state) };
    const { kinds } = state;
    const wasBusy = state.running.size > 0;
    const want = { worker: life.worker, kinds, now: hold.now, hands: freeHands(state), leaseMs: leaseOf(state) };
    const claimed = await queue.claim(state.db, want);
    for (const run of claimed) begin(state, run, hold);
    if (isAskedAgain()) return state.pollMs;
    const wait = await queue.nextDueMs(state.db, { kinds, now: state.now(), hands: freeHands(state) });
    // What ended during this look may have been what hid the next of its lane.
    const wasIdle = !wasBusy && claimed.length === 0;
    if (wasIdle && (wait === null || wait > 0)) for (const resolve of asking.splice(0)) resolve();
    if (wait === null) return state.pollMs;
    // Due, and yet not ours: another worker is just taking it.
    return wait > 0 ? wait : 10;
  } finally {
    state.idlers.push(...asking);
  }
}

/** While very many timers ring at once nothing else is begun: deciding is short, and what follows from it waits for it anyway. */
function freeHands({ running, concurrency }: State): queue.Hands {
  const timers = [...running.keys()].filter((run) => run.priority === TIMERS).length;
  const isStorm = timers >= TIMERS_AT_ONCE / 2;
  return { timers: TIMERS_AT_ONCE - timers, effects: isStorm ? 0 : concurrency - (running.size - timers) };
}

/** Whose life a run hangs on, and until when at least. */
interface Hold {
  readonly life: Life;
  readonly now: Date;
  readonly until: Millis;
}

function begin(state: State, run: queue.ClaimedRun, hold: Hold): void {
  const ended = perform(state, run, hold)
    .then((outcome) => {
      const latenessMs = Math.max(0, +hold.now - +run.runAt);
      state.onRun?.({ kind: run.kind, latenessMs, attempts: run.attempts, outcome });
    })
    .catch((fault) => state.log.error({ err: fault, job: run.id, kind: run.kind }, 'a job could not be settled'))
    .finally(() => {
      state.running.delete(run);
      state.look();
    });
  state.running.set(run, ended);
}

async function perform(state: State, run: queue.ClaimedRun, { life, until }: Hold): Promise<RunReport['outcome']> {
  const isStillMine = () => state.life === life && performance.now() < Math.max(life.heldUntil, until);
  const fault = await attempt(state, run, isStillMine);
  return insist(state, async () => {
    if (fault) return settle(state, run, fault, state.requestTimeoutMs);
    return (await state.complete(run)) ? 'done' : lost(state, run);
  });
}

async function attempt(state: State, run: queue.ClaimedRun, isStillMine: () => boolean): Promise<Fault | null> {
  const parsed = Job.safeParse(run.payload);
  if (!parsed.success) return unreadable(parsed.error);
  const handle = state.handlers[parsed.data.kind] as Handle | undefined;
  const { marker, uncertainSince, attempts: number } = run;
  try {
    if (!handle || parsed.data.kind !== run.kind) return unreadable(`is a ${parsed.data.kind} filed as ${run.kind}`);
    await handle(parsed.data, { marker, number, uncertainSince, isStillMine });
    return null;
  } catch (thrown) {
    const fault = readFault(thrown);
    state.log.warn(
      { job: run.id, kind: run.kind, attempt: number, outcome: fault.outcome, reason: fault.reason },
      'a job failed',
    );
    return fault;
  }
}

const completeAll = async (db: Db, runs: readonly queue.Run[]): Promise<Settled<boolean>[]> =>
  (await queue.complete(db, runs)).map((value) => ({ ok: true, value }));

type Handle = (job: Job, attempt: Attempt) => Promise<void>;

async function settle(
  state: State,
  run: queue.ClaimedRun,
  fault: Fault,
  waitMs: Millis,
): Promise<RunReport['outcome']> {
  const { db } = state;
  const { reason } = fault;
  const verdict = judge(run, fault, waitMs, Math.random());
  switch (verdict.next) {
    case 'drop':
      return (await queue.dropRun(db, run)) ? 'dropped' : lost(state, run);
    case 'park':
      return (await parkAndTell(state, run, fault)) ? 'parked' : lost(state, run);
    case 'wait': {
      if (verdict.ms !== null) await queue.noteLimit(db, verdict.limit, verdict.ms);
      // Without a length it is a limit someone else has met; should it be over already, a moment is enough.
      const how = {
        ms: verdict.ms === null ? 100 : 0,
        limit: verdict.limit,
        counts: 'not',
        isUncertain: false,
        reason,
      } as const;
      return (await queue.putBack(db, run, how)) ? 'limited' : lost(state, run);
    }
    case 'retry': {
      const { ms, counts, isUncertain } = verdict;
      const how = { ms, limit: null, counts, isUncertain, reason };
      return (await queue.putBack(db, run, how)) ? 'retried' : lost(state, run);
    }
  }
}

/** Told in the transaction that parks: once. A callback that cannot tell must not bring the job back, so it parks untold. */
async function parkAndTell(state: State, run: queue.ClaimedRun, { outcome, reason }: Fault): Promise<boolean> {
  const how = { isUncertain: outcome === 'unknown', reason };
  const parsed = Job.safeParse(run.payload);
  const parked = { id: run.id, kind: run.kind, marker: run.marker, job: parsed.success ? parsed.data : null };
  state.log.error(
    { job: run.id, kind: run.kind, attempts: run.attempts, reason },
    'a job is parked: see `sitrep jobs`',
  );
  try {
    return await transact(state.db, async (trx) => {
      if (!(await queue.park(trx, run, how))) return false;
      await state.onParked?.(trx, parked, reason);
      return true;
    });
  } catch (fault) {
    state.log.error({ err: fault, job: run.id, kind: run.kind }, 'nobody could be told of a parked job');
    return queue.park(state.db, run, how);
  }
}

/** The fence: what this run reports is about a job that has other hands on it, or is gone. */
function lost(state: State, run: queue.ClaimedRun): 'lost' {
  state.log.warn({ job: run.id, kind: run.kind, worker: run.worker }, 'a job was taken over while it ran');
  return 'lost';
}

/** Repeats for the length of a lease while the database is away: a success that is not recorded has to be looked for. */
async function insist<T>(state: State, work: () => Promise<T>): Promise<T> {
  const until = performance.now() + leaseOf(state);
  for (let wait = 50; ; wait = Math.min(wait * 2, SECOND)) {
    try {
      return await work();
    } catch (fault) {
      if (state.ending.signal.aborted || performance.now() > until) throw fault;
      await sleep(wait);
    }
  }
}

async function stop(state: State, lived: Promise<void>): Promise<void> {
  state.stopping.abort();
  await within(state.drainMs - SECOND, Promise.allSettled(state.running.values()));
  if (state.running.size > 0) state.log.warn({ running: state.running.size }, 'stopped while jobs were running');
  state.ending.abort();
  for (const resolve of state.idlers.splice(0)) resolve();
  await within(SECOND, lived);
}

async function within(ms: Millis, work: Promise<unknown>): Promise<void> {
  const enough = new AbortController();
  await Promise.race([work, sleep(Math.max(0, ms), undefined, { signal: enough.signal }).catch(() => {})]);
  enough.abort();
}

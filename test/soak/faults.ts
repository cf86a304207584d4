import type { CallFault } from '../../src/sandbox/faults.ts';
import type { Sandbox } from '../../src/sandbox/sandbox.ts';
import { pause } from './actor.ts';
import type { Fleet } from './fleet.ts';
import type { Ground } from './ground.ts';
import type { Latecomers } from './latecomers.ts';
import type { Step } from './road.ts';
import { type Chance, chanceOf } from './seeded.ts';
import { upset } from './upsets.ts';

interface FaultOptions {
  readonly seed: number;
  readonly slack: Sandbox;
  readonly fleet: Fleet;
  readonly ground: Ground;
  readonly latecomers: Latecomers;
  /** Milliseconds between two of a kind, on the average. */
  readonly every: Rhythm;
}

export interface Rhythm {
  readonly kill: number;
  readonly stop: number;
  readonly cut: number;
  readonly restart: number;
  readonly slackDown: number;
  readonly call: number;
  readonly event: number;
  readonly socket: number;
  /** A process's clock steps. */
  readonly clock: number;
  /** Events stay behind, for half a minute or till everything is over. */
  readonly late: number;
  /** People throw the bot out, archive or rename a channel. */
  readonly channel: number;
}

/** A storm of everything that goes wrong, until it is told to end. */
export interface Storm {
  readonly counts: ReadonlyMap<string, number>;
  /** No new faults; what was begun is put right. */
  end(): Promise<void>;
}

const STEPS: readonly Step[] = [
  'before a call',
  'during a call',
  'before the answer to a call',
  'after a call',
  'before an acknowledgement',
  'after an acknowledgement',
];

/** A step that is not reached soon is not waited for. */
const STEP_WITHIN_MS = 1_500;

export function raiseStorm({ seed, slack, fleet, ground, latecomers, every }: FaultOptions): Storm {
  const counts = new Map<string, number>();
  const count = (what: string) => counts.set(what, (counts.get(what) ?? 0) + 1);
  const stopping = new AbortController();

  const kinds: Record<keyof Rhythm, (chance: Chance) => Promise<void>> = {
    kill: (chance) => kill(chance, fleet, count),
    stop: async (chance) => {
      const berth = chance.of(fleet.berths);
      if (!berth?.origin()) return;
      count('polite stop');
      await berth.stop();
    },
    cut: async (chance) => {
      await ground.cut(chance.of([1, 2])).catch(() => {});
      count('database connections cut');
    },
    restart: async () => {
      if (!ground.restart) return;
      count('database struck down');
      await ground.restart();
    },
    slackDown: async (chance) => {
      slack.faults.down();
      count('Slack down');
      await pause(chance.between(1_000, 4_000));
      slack.faults.up();
    },
    call: async (chance) => {
      const fault = chance.of(CALL_FAULTS);
      slack.faults.on(chance.weighed(METHODS), fault, { times: chance.between(1, 3) });
      count(`call: ${Object.keys(fault)[0]}`);
    },
    event: (chance) => disturbEvents(chance, slack, count),
    socket: async (chance) => {
      const how = chance.of(['drop', 'warning', 'refresh_requested'] as const);
      count(`sockets: ${how}`);
      if (how === 'drop') slack.sockets.drop();
      else slack.sockets.disconnect(how, chance.of(['all', 'oldest']));
    },
    clock: async (chance) => {
      chance.of(fleet.berths)?.setClock(chance.between(-MOST_AHEAD_MS, MOST_AHEAD_MS));
      count('clock step');
    },
    late: async (chance) => {
      const some = chance.between(1, 6);
      latecomers.keep(some);
      count('events: kept for long');
      await sleep(chance.between(5_000, 30_000), stopping.signal);
      if (chance.odds(0.5) && !stopping.signal.aborted) latecomers.letGo(some);
    },
    channel: (chance) => upset(chance, slack, count),
  };

  const loops = (Object.keys(kinds) as (keyof Rhythm)[]).map(async (kind) => {
    const chance = chanceOf(seed, `fault ${kind}`);
    const mean = every[kind];
    if (!Number.isFinite(mean)) return;
    for (;;) {
      await sleep(mean * (0.5 + chance.next()), stopping.signal);
      if (stopping.signal.aborted) return;
      await kinds[kind](chance);
    }
  });

  return {
    counts,
    end: async () => {
      stopping.abort();
      await Promise.all(loops);
      slack.faults.clear();
    },
  };
}

/** As far as a clock may be wrong that somebody looks after. */
const MOST_AHEAD_MS = 2_000;

/** At once, or at a step of its work. */
async function kill(chance: Chance, fleet: Fleet, count: (what: string) => void): Promise<void> {
  const steps = chance.odds(0.6) ? chance.of(STEPS) : undefined;
  const isEarly = chance.odds(0.1);
  const serving = fleet.berths.filter((one) => (one.origin() !== null) !== isEarly);
  // On a slow machine nobody may serve yet: to strike only those who start would be no test of anything.
  const berth = chance.of(serving);
  if (!berth) return;
  const strike = (where: string) => {
    if (berth.kill()) count(`kill ${where}`);
  };
  if (steps === undefined) return strike('at random');
  await new Promise<void>((resolve) => {
    let isDone = false;
    const done = (where: string) => {
      if (isDone) return;
      isDone = true;
      clearTimeout(late);
      berth.disarm();
      strike(where);
      resolve();
    };
    const late = setTimeout(() => done('at random'), STEP_WITHIN_MS);
    berth.arm(steps, () => done(steps));
  });
}

const CALL_FAULTS: readonly [CallFault, ...CallFault[]] = [
  { loseAnswer: true },
  { loseAnswer: true },
  { errorAfter: 'internal_error' },
  { error: 'internal_error' },
  { status: 500 },
  { status: 503 },
  { drop: true },
  { retryAfter: 1 },
  { retryAfter: 2 },
  { delayMs: 700 },
  { delayMs: 2_500 },
];

const METHODS = [
  [4, 'chat.postMessage'],
  [2, 'chat.update'],
  [2, 'conversations.create'],
  [1, 'conversations.invite'],
  [1, 'conversations.setTopic'],
  [1, 'conversations.open'],
  [1, 'conversations.history'],
  [1, 'users.conversations'],
  [1, 'pins.add'],
  [1, 'bookmarks.add'],
  [1, 'files.completeUploadExternal'],
  [1, 'files.getUploadURLExternal'],
  [1, 'views.open'],
  [1, 'users.info'],
  [3, '*'],
] as const;

async function disturbEvents(chance: Chance, slack: Sandbox, count: (what: string) => void): Promise<void> {
  const { events } = slack.faults;
  const how = chance.of(['duplicate', 'delay', 'reorder', 'lose acknowledgements'] as const);
  count(`events: ${how}`);
  if (how === 'duplicate') events.duplicate(chance.between(2, 4), chance.between(2, 12));
  if (how === 'delay') events.delay(chance.between(500, 5_000), chance.between(2, 10));
  if (how === 'lose acknowledgements') events.loseAcks(chance.between(1, 5));
  if (how !== 'reorder') return;
  events.hold();
  await pause(chance.between(300, 1_500));
  events.release(chance.of(['reversed', 'in order']));
}

function sleep(ms: number, signal: AbortSignal): Promise<void> {
  return new Promise((resolve) => {
    if (signal.aborted) return resolve();
    const timer = setTimeout(done, ms);
    signal.addEventListener('abort', done, { once: true });
    function done() {
      clearTimeout(timer);
      signal.removeEventListener('abort', done);
      resolve();
    }
  });
}

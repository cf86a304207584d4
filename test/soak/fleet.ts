import { type ChildProcess, spawn } from 'node:child_process';
import { createInterface } from 'node:readline';
import { fileURLToPath } from 'node:url';
import type { Span } from './evidence.ts';
import { buildRoad, type Road, type Step } from './road.ts';

const MAIN = fileURLToPath(new URL('../../src/main.ts', import.meta.url));
const CLOCK = new URL('./stepping-clock.ts', import.meta.url).href;

/** One place for a process: whoever lives in it, it is filled again. */
export interface Berth {
  readonly name: string;
  readonly road: Road;
  /** Of the process that serves now. */
  readonly origin: () => string | null;
  /** Of the process that lives here now. */
  readonly pid: () => number | null;
  /** kill -9; false when there is nobody to kill. */
  kill(): boolean;
  /** SIGTERM; resolves when it has left. */
  stop(): Promise<void>;
  /** SIGSTOP: it holds all it has and does nothing. A balancer sends nothing to it. */
  freeze(): void;
  thaw(): void;
  /** The clock of its machine is so far ahead from now on, or behind. */
  setClock(aheadMs: number): void;
  /** Strikes at the step, or answers false. */
  reached(step: Step): boolean;
  arm(step: Step, strike: () => void, method?: string): void;
  disarm(): void;
}

/** The bot as several real processes, of which any may die at any time. */
export interface Fleet {
  readonly berths: readonly Berth[];
  readonly logs: readonly string[];
  readonly kills: readonly number[];
  readonly stops: () => number;
  readonly starts: () => number;
  readonly mishaps: string[];
  /** When no process served. */
  outages(): readonly Span[];
  serving(): number;
  /** How far two clocks may have been apart. */
  skewMs(): number;
  /** No more births; everyone is stopped politely, then not so politely. */
  end(): Promise<void>;
}

interface FleetOptions {
  readonly processes: number;
  readonly slack: { readonly origin: string };
  readonly env: Readonly<Record<string, string>>;
  readonly cwd: string;
  /** Until a dead process is replaced. */
  readonly rebirthMs: () => number;
  /** A start that failed is no mishap when its database was away or cut off; whoever runs processes starts another. */
  readonly isDatabaseHurt: () => boolean;
  readonly changed: () => void;
}

interface Life {
  readonly child: ChildProcess;
  origin: string | null;
  isFrozen: boolean;
  end: 'lives' | 'killed' | 'stopped';
  readonly gone: Promise<void>;
}

/** A polite stop drains within 10 s. */
const STOP_WITHIN_MS = 13_000;

export async function launchFleet(options: FleetOptions): Promise<Fleet> {
  const { processes, env, cwd } = options;
  const logs: string[] = [];
  const kills: number[] = [];
  const mishaps: string[] = [];
  const lives = new Map<string, Life>();
  const outages: { from: number; to: number }[] = [];
  const births = new Set<NodeJS.Timeout>();
  let darkSince: number | null = Date.now();
  const clocks = new Map<string, number>();
  const aheads = [0];
  let stops = 0;
  let starts = 0;
  let ended = false;

  const serving = () => [...lives.values()].filter(({ origin }) => origin !== null).length;
  const look = () => {
    if (serving() > 0 && darkSince !== null) {
      outages.push({ from: darkSince, to: Date.now() });
      darkSince = null;
    } else if (serving() === 0) darkSince ??= Date.now();
    options.changed();
  };

  function begin(name: string, road: Road): void {
    if (ended) return;
    const child = spawn(process.execPath, ['--import', CLOCK, MAIN], {
      cwd,
      env: { PATH: process.env.PATH ?? '', ...env, SLACK_API_URL: road.apiUrl },
      stdio: ['ignore', 'pipe', 'pipe', 'ipc'],
    });
    tellTime(child, clocks.get(name) ?? 0);
    starts += 1;
    const gone = new Promise<void>((resolve) => child.once('close', () => resolve()));
    const life: Life = { child, origin: null, isFrozen: false, end: 'lives', gone };
    lives.set(name, life);
    const own: string[] = [];
    for (const stream of [child.stdout, child.stderr]) {
      if (stream)
        createInterface({ input: stream }).on('line', (line) => {
          logs.push(line);
          own.push(line.slice(0, 300));
          if (own.length > 3) own.shift();
          const origin = servingAt(line);
          if (origin === null || life.end !== 'lives') return;
          life.origin = origin;
          look();
        });
    }
    child.once('exit', (code, signal) => {
      const served = life.origin !== null;
      life.origin = null;
      look();
      // Its last words may still be on their way.
      if (life.end === 'lives' && (served || !options.isDatabaseHurt()))
        void gone.then(() =>
          mishaps.push(`${name} ended by itself (${code ?? signal}): ${own.slice(-3).join(' | ').slice(0, 600)}`),
        );
      if (life.end === 'stopped' && code !== 0)
        mishaps.push(`${name} was asked to stop and left with ${code ?? signal}`);
    });
    void gone.then(() => {
      const birth = setTimeout(() => {
        births.delete(birth);
        begin(name, road);
      }, options.rebirthMs());
      births.add(birth);
    });
  }

  const berths: Berth[] = [];
  for (let n = 1; n <= processes; n += 1) {
    const name = `process ${n}`;
    const road = await buildRoad(options.slack);
    let armed: { step: Step; strike: () => void } | null = null;
    berths.push({
      name,
      road,
      origin: () => {
        const life = lives.get(name);
        return life?.isFrozen ? null : (life?.origin ?? null);
      },
      pid: () => lives.get(name)?.child.pid ?? null,
      freeze: () => {
        const life = lives.get(name);
        if (life) life.isFrozen = life.child.kill('SIGSTOP');
      },
      thaw: () => {
        const life = lives.get(name);
        life?.child.kill('SIGCONT');
        if (life) life.isFrozen = false;
      },
      setClock: (aheadMs) => {
        clocks.set(name, aheadMs);
        aheads.push(aheadMs);
        const life = lives.get(name);
        if (life) tellTime(life.child, aheadMs);
      },
      kill: () => {
        const life = lives.get(name);
        if (life?.end !== 'lives' || life.child.exitCode !== null) return false;
        life.end = 'killed';
        life.child.kill('SIGKILL');
        life.origin = null;
        kills.push(Date.now());
        look();
        return true;
      },
      stop: async () => {
        const life = lives.get(name);
        if (life?.end !== 'lives' || life.origin === null) return;
        life.end = 'stopped';
        life.origin = null;
        life.child.kill('SIGTERM');
        stops += 1;
        look();
        const patience = setTimeout(() => life.child.kill('SIGKILL'), STOP_WITHIN_MS);
        await life.gone;
        clearTimeout(patience);
      },
      arm: (step, strike, method) => {
        armed = { step, strike };
        road.arm(step, strike, method);
      },
      disarm: () => {
        armed = null;
        road.disarm();
      },
      reached: (step) => {
        if (armed?.step !== step) return false;
        const { strike } = armed;
        armed = null;
        strike();
        return true;
      },
    });
    begin(name, road);
  }

  return {
    berths,
    logs,
    kills,
    mishaps,
    stops: () => stops,
    starts: () => starts,
    serving,
    skewMs: () => Math.max(...aheads) - Math.min(...aheads),
    outages: () => (darkSince === null ? outages : [...outages, { from: darkSince, to: Date.now() }]),
    end: async () => {
      ended = true;
      for (const birth of births) clearTimeout(birth);
      await Promise.all(berths.map((berth) => berth.stop()));
      for (const life of lives.values()) {
        if (life.child.exitCode !== null || life.child.signalCode !== null) continue;
        life.end = 'killed';
        life.child.kill('SIGKILL');
        await life.gone;
      }
      await Promise.all(berths.map(({ road }) => road.close()));
    },
  };
}

/** One that has just died takes no word any more. */
function tellTime(child: ChildProcess, aheadMs: number): void {
  if (child.connected) child.send(aheadMs, () => {});
}

/** The process's own word that it serves, with where. */
function servingAt(line: string): string | null {
  if (!line.includes('"serving"')) return null;
  try {
    const { msg, origin } = JSON.parse(line) as { msg?: unknown; origin?: unknown };
    return msg === 'serving' && typeof origin === 'string' ? origin : null;
  } catch {
    return null;
  }
}

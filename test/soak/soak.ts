import { join } from 'node:path';
import pino from 'pino';
import { connect } from '../../src/db/connect.ts';
import type { Db } from '../../src/db/tables.ts';
import { type Sandbox, startSandbox } from '../../src/sandbox/sandbox.ts';
import { pause } from './actor.ts';
import { check } from './check/check.ts';
import { type Crowd, gatherCrowd } from './crowd.ts';
import { openDoor } from './door.ts';
import type { Evidence, Finding, Span } from './evidence.ts';
import { type Rhythm, raiseStorm, type Storm } from './faults.ts';
import { type Fleet, launchFleet } from './fleet.ts';
import { gatherDatabase, gatherSlack } from './gather.ts';
import type { Ground } from './ground.ts';
import { holdBack, type Latecomers } from './latecomers.ts';
import { type MemorySeen, watchMemory } from './memory.ts';
import { soakPolicy } from './policy.ts';
import { watchPromises } from './promises.ts';
import { chanceOf } from './seeded.ts';
import { calm, rest } from './settle.ts';
import { tapInto } from './tap.ts';
import { askBotIn } from './upsets.ts';

interface SoakOptions {
  readonly seed: number;
  /** How long people act and things go wrong; coming to rest is extra. */
  readonly stormMs: number;
  readonly processes: number;
  readonly mode: 'socket' | 'http';
  readonly ground: Ground;
  /** For the processes: no file of a project stands in it. */
  readonly cwd: string;
  readonly policyFile: string;
  /** `calm`: nothing goes wrong by itself. */
  readonly rhythm: Rhythm | 'calm';
  /** null: nobody does anything by themselves. */
  readonly pace: readonly [least: number, most: number] | null;
  readonly declareEveryMs: number;
  /** Waits before Slack sends an event again. Where the last comes too early, what was missed is read again from history. */
  readonly retryDelaysMs: readonly number[];
  readonly rereads: boolean;
  /** Happens beside the storm, which waits for its end. */
  readonly scene?: (stage: Stage) => Promise<void>;
  /** Beyond what the processes are told anyway. */
  readonly env?: Readonly<Record<string, string>>;
  /** How long coming to rest may take. */
  readonly restWithinMs?: number;
  /** A rung of a promise is climbed within this, while somebody could. */
  readonly graceMs?: number;
  readonly say?: (line: string) => void;
  /** Ended early; what was begun is still put right and judged. */
  readonly signal?: AbortSignal;
}

/** Where a scene plays. */
export interface Stage {
  readonly slack: Sandbox;
  readonly fleet: Fleet;
  readonly ground: Ground;
  readonly crowd: Crowd;
  /** Every event heard, every job done. */
  rest(): Promise<void>;
  /** What is put right only when all the rest is judged to be at rest. */
  afterwards(undo: () => void): void;
}

export interface Outcome {
  readonly findings: readonly Finding[];
  readonly evidence: Evidence;
  readonly deeds: number;
  readonly starts: number;
  readonly stops: number;
  readonly faults: ReadonlyMap<string, number>;
  readonly counts: ReadonlyMap<string, number>;
  readonly gaps: { readonly found: number; readonly recovered: number };
  readonly memory: MemorySeen;
  readonly seconds: number;
}

/** Real processes, a real database, people, a storm; then calm, and the question whether everything is as promised. */
export async function soak(options: SoakOptions): Promise<Outcome> {
  const { seed, ground, mode, say = () => {} } = options;
  const began = Date.now();
  const closing: (() => Promise<unknown>)[] = [];
  const mishaps: string[] = [];
  try {
    const slack = await startSandbox({
      manifest: 'manifest.yml',
      mode,
      delivery: { retryDelaysMs: options.retryDelaysMs },
    });
    closing.push(() => slack.close());
    const tap = tapInto(slack);
    const latecomers = holdBack(slack);
    const announceChannel = slack.channel('incidents').id;
    const policy = soakPolicy();
    const fleet = await launch(options, slack);
    closing.push(() => fleet.end());
    if (mode === 'http') {
      const door = await openDoor(() => fleet.berths.map(behind));
      slack.http.pointAt(door.url);
      closing.push(() => door.close());
    }
    await slack
      .until(() => fleet.serving() === options.processes, { timeoutMs: 60_000 })
      .catch(() => Promise.reject(new Error(`the processes do not serve: ${fleet.logs.slice(-5).join('\n')}`)));
    await slack.connected(mode === 'socket' ? options.processes : 1);
    say(`${options.processes} processes serve, the storm begins`);

    const db = connect({ config: ground.config, log: pino({ level: 'silent' }), max: 3 });
    closing.push(() => db.destroy());
    const memory = watchMemory(fleet);
    closing.push(async () => void memory.stop());
    const lookout = watchPromises(db, policy);
    closing.push(() => lookout.stop());
    const { pace, declareEveryMs } = options;
    const crowd = gatherCrowd({ slack, tap, seed, pace, declareEveryMs, announceChannel });
    const storm =
      options.rhythm === 'calm'
        ? NO_STORM
        : raiseStorm({ seed, slack, fleet, ground, latecomers, every: options.rhythm });
    const scene = playScene(options, { slack, fleet, db, crowd });
    await stormOver(options, say, fleet, crowd);
    const played = await scene;
    await Promise.all([crowd.stop(), storm.end()]);
    say('the storm is over; everyone finishes');

    mishaps.push(...played.mishaps, ...(await settle(options, { slack, fleet, db, crowd, latecomers })));
    for (const undo of played.undoing) undo();
    await lookout.stop();
    const kills = fleet.kills.length;
    await fleet.end();
    if (fleet.kills.length > kills) mishaps.push('a process did not stop when it was asked to');
    const evidence: Evidence = {
      ...gatherSlack(slack, tap, announceChannel),
      ...(await gatherDatabase(db, policy, slack.url)),
      asked: crowd.asked,
      reread: options.rereads,
      promises: lookout.seen(),
      graceMs: options.graceMs ?? GRACE_MS,
      skewMs: fleet.skewMs(),
      outages: spansOf(fleet, ground),
      kills: fleet.kills,
      logs: fleet.logs,
      secrets: [...Object.values(slack.tokens), ...(ground.password ? [ground.password] : [])],
      mishaps: [...mishaps, ...fleet.mishaps],
    };
    return {
      findings: check(evidence),
      evidence,
      deeds: crowd.deeds(),
      starts: fleet.starts(),
      stops: fleet.stops(),
      faults: storm.counts,
      counts: tap.counts,
      gaps: await gapsOf(db),
      memory: memory.stop(),
      seconds: (Date.now() - began) / 1_000,
    };
  } finally {
    for (const close of closing.reverse()) await close().catch(() => {});
  }
}

const NO_STORM: Storm = { counts: new Map(), end: async () => {} };

/** A killed process is noticed and replaced within this, on a machine that is busy with everything else. */
const GRACE_MS = 20_000;

async function playScene(
  { scene, ground, restWithinMs }: SoakOptions,
  { slack, fleet, db, crowd }: Scene,
): Promise<{ mishaps: string[]; undoing: (() => void)[] }> {
  const undoing: (() => void)[] = [];
  try {
    await scene?.({
      slack,
      fleet,
      ground,
      crowd,
      rest: () => rest({ slack, db, crowd }, { withinMs: restWithinMs }),
      afterwards: (undo) => undoing.push(undo),
    });
    return { mishaps: [], undoing };
  } catch (fault) {
    return { mishaps: [`the scene breaks off: ${fault instanceof Error ? fault.message : String(fault)}`], undoing };
  }
}

function launch({ seed, mode, ground, processes, cwd, policyFile, env }: SoakOptions, slack: Sandbox): Promise<Fleet> {
  const { bot, app, signingSecret } = slack.tokens;
  const chance = chanceOf(seed, 'births');
  return launchFleet({
    processes,
    slack: { origin: slack.url },
    cwd,
    env: {
      SLACK_BOT_TOKEN: bot,
      ...(mode === 'socket' ? { SLACK_APP_TOKEN: app } : { SLACK_SIGNING_SECRET: signingSecret }),
      DATABASE_URL: ground.url,
      HOST: '127.0.0.1',
      PORT: '0',
      SITREP_CONFIG: policyFile,
      LOG_LEVEL: 'info',
      // Hundreds of starts: each compiles only what the first has not.
      NODE_COMPILE_CACHE: join(cwd, 'compiled'),
      ...env,
    },
    rebirthMs: () => chance.between(0, 1_000),
    isDatabaseHurt: () => ground.isHurt(),
    changed: () => slack.journal.changed(),
  });
}

const behind = ({ origin, reached }: Fleet['berths'][number]) => ({
  origin: origin(),
  before: () => reached('before an acknowledgement'),
  after: () => void reached('after an acknowledgement'),
});

async function stormOver({ stormMs, signal }: SoakOptions, say: (line: string) => void, fleet: Fleet, crowd: Crowd) {
  const until = Date.now() + stormMs;
  for (let told = Date.now(); Date.now() < until && !signal?.aborted; await pause(100)) {
    if (Date.now() - told < 30_000) continue;
    told = Date.now();
    const left = Math.round((until - told) / 1_000);
    say(`${fleet.kills.length} kills, ${crowd.asked.length} asked, ${left} s to go`);
  }
}

type Scene = { slack: Sandbox; fleet: Fleet; db: Db; crowd: Crowd };

/** Conditions, not sleeps: all serve, all is heard, all is done. What does not come is a mishap in words. */
async function settle(
  { mode, processes, rereads, restWithinMs: withinMs }: SoakOptions,
  scene: Scene & { latecomers: Latecomers },
): Promise<string[]> {
  const { slack, fleet, latecomers } = scene;
  try {
    await slack.until(() => fleet.serving() === processes, { timeoutMs: 60_000, what: 'all processes serve again' });
    await slack.connected(mode === 'socket' ? processes : 1);
    await rest(scene, { withinMs });
    askBotIn(slack);
    await calm(scene);
    await rest(scene, { rereads, withinMs });
    if (latecomers.waiting() === 0) return [];
    // What was read from history by now is told all the same.
    latecomers.letGo();
    // … and what Slack never told of them is found by the next reading.
    await rest(scene, { rereads, settledMs: 0, withinMs });
    return [];
  } catch (fault) {
    return [`it does not come to rest: ${fault instanceof Error ? fault.message.split('\n')[0] : String(fault)}`];
  }
}

const spansOf = (fleet: Fleet, ground: Ground): Span[] => [...fleet.outages(), ...ground.outages()];

async function gapsOf(db: Db): Promise<{ found: number; recovered: number }> {
  const row = await db
    .selectFrom('watermarks')
    .select((q) => [q.fn.sum<string>('gapsFound').as('found'), q.fn.sum<string>('entriesRecovered').as('recovered')])
    .executeTakeFirst();
  return { found: Number(row?.found ?? 0), recovered: Number(row?.recovered ?? 0) };
}

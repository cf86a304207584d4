import { setTimeout as sleep } from 'node:timers/promises';
import { expect, test } from '@jest/globals';
import type { Job, JobKind } from '../../src/jobs/job.ts';
import { afterStory, type Stage, setStage } from '../journeys/stage.ts';
import { hurry } from './hurry.ts';
import { atRest, beginLife, type Life, promise } from './life.ts';
import { CALL_FAULTS, type CallPoint, callPoints, DEATHS, hasHappened, type Point } from './points.ts';
import { seen } from './seen.ts';
import { type Step, TABLE } from './table.ts';

/** One run of one job; it fails, where it fails, at `call`. */
interface Run {
  readonly kind: JobKind;
  readonly step: Step<JobKind>;
  readonly call: string | null;
}

const runs: Run[] = (Object.entries(TABLE) as [JobKind, (typeof TABLE)[JobKind]][]).flatMap(([kind, steps]) =>
  'ofTheWorkspace' in steps
    ? []
    : (steps as readonly Step<JobKind>[]).flatMap((step) =>
        (step.calls.length === 0 ? [null] : step.calls).map((call) => ({ kind, step, call })),
      ),
);

test('whatever fails, wherever it fails: in the end Slack and the rows are as if nothing had failed', async () => {
  const stage = await setStage();
  keepHurrying(stage);
  const calm = live(await beginLife(stage, 'calm'), null);
  const troubled = [...callPoints, ...DEATHS].map(async (point, n) => {
    const life = await beginLife(stage, `${'abcdefghij'[n]}q`);
    return { point, cells: await live(life, point) };
  });
  const [expected, lives] = [await calm, await Promise.all(troubled)];

  const cells = lives.flatMap(({ point, cells: lived }) =>
    lived.map((cell) => ({
      ...cell,
      point,
      expected: expected.find(({ run }) => run === cell.run)?.change ?? NOTHING,
    })),
  );
  const failed = cells.filter((cell) => cell.hasFailed);
  const wrong = failed.flatMap((cell) => differences(cell));
  expect(wrong).toEqual([]);
  expect(cells.filter((cell) => cell.isMeant && !cell.hasFailed).map((cell) => `${cell.name}, ${cell.point}`)).toEqual(
    [],
  );
  // Three faults cannot be scripted for a response_url.
  const calls = runs.filter((run) => run.call);
  const left = calls.filter(({ step }) => step.likeAnother).length * (callPoints.length - ENOUGH.length);
  expect(failed).toHaveLength(calls.length * callPoints.length - left - 3 + runs.length * DEATHS.length);
  expect(stage.slack.journal.violations()).toEqual([]);
  // It takes some 20 s alone; what else runs beside it must not decide.
}, 150_000);

test('what belongs to the workspace and is run again after a death is done once more without harm, and waits once', async () => {
  const stage = await setStage();
  keepHurrying(stage);
  const life = await beginLife(stage, 'calm');
  for (const steps of Object.values(TABLE)) {
    if (!('ofTheWorkspace' in steps)) continue;
    const job: Job = steps.ofTheWorkspace;
    await stage.quiet();
    const marker = await promise(life, job, { begunBefore: null });
    await atRest(life, marker);
    await atRest(life, await promise(life, job, { begunBefore: marker }));
    const waiting = await stage.db.selectFrom('jobs').select('runAt').where('kind', '=', job.kind).execute();
    expect(waiting.map(({ runAt }) => runAt > new Date())).toEqual([true]);
  }
});

interface Cell {
  readonly run: Run;
  readonly name: string;
  readonly step: Step<JobKind>;
  /** Its failure was to be in this life. */
  readonly isMeant: boolean;
  readonly hasFailed: boolean;
  readonly change: Change;
}

/** Runs every job in turn; each meets the failure where it can. */
async function live(life: Life, point: Point | null): Promise<Cell[]> {
  const cells: Cell[] = [];
  let now = await seen(life);
  for (const run of runs.filter((one) => isLived(point, one))) {
    const { kind, step, call } = run;
    if (step.before) {
      await step.before(life);
      await atRest(life, null);
      now = await seen(life);
    }
    const before = now;
    const isMeant = isPossible(point, call);
    const hasFailed = isMeant && point ? await fail(life, point, { step, call }) : await calmly(life, step);
    now = await seen(life);
    cells.push({
      run,
      name: `${kind}${call ? ` at ${call}` : ''}`,
      step,
      isMeant,
      hasFailed,
      change: changeOf(before, now),
    });
  }
  return cells;
}

/** What proves nothing at this point is left out: a failing call of what makes none, or of what meets Slack as others do. */
function isLived(point: Point | null, { step, call }: Run): boolean {
  if (point === null || isDeath(point) || step.prepares) return true;
  return call !== null && (!step.likeAnother || ENOUGH.includes(point));
}

const ENOUGH: readonly CallPoint[] = ['refused before it happened', 'the answer was lost after it happened'];
const NOTHING: Change = { added: [], removed: [] };

function isPossible(point: Point | null, call: string | null): boolean {
  if (point === null) return false;
  if (isDeath(point)) return true;
  // A response_url answers with a status or not at all.
  return call !== null && (call !== 'response_url' || 'status' in CALL_FAULTS[point] || 'drop' in CALL_FAULTS[point]);
}

const isDeath = (point: Point): point is (typeof DEATHS)[number] => (DEATHS as readonly string[]).includes(point);

async function calmly(life: Life, step: Step<JobKind>): Promise<false> {
  await atRest(life, await promise(life, await step.job(life)));
  return false;
}

/** True when the failure was met. */
async function fail(life: Life, point: Point, { step, call }: Pick<Run, 'step' | 'call'>): Promise<boolean> {
  const job = await step.job(life);
  if (!isDeath(point)) {
    const wasMet = script(life, point, call ?? '');
    await atRest(life, await promise(life, job));
    return wasMet();
  }
  if (point === 'the process died before the call') {
    await atRest(life, await promise(life, job, step.atMostOnce ? 'held by the dead' : { begunBefore: null }));
    return true;
  }
  const marker = await promise(life, job);
  await atRest(life, marker);
  await atRest(life, await promise(life, job, step.atMostOnce ? 'held by the dead' : { begunBefore: marker }));
  return true;
}

function script({ stage, ref, word, declarer, friend, guest }: Life, point: CallPoint, method: string): () => boolean {
  let isMet = false;
  const { world } = stage.slack;
  const named = new RegExp(`\\b${ref}\\b|\\binc-life-${word}\\b`);
  stage.slack.faults.on(method, CALL_FAULTS[point], {
    when: (args) => {
      const said = JSON.stringify(args);
      const channel = [...world.channels.values()].find((one) => one.name === `inc-life-${word}`);
      const files = [...world.files.values()].filter((one) => named.test(one.name)).map((one) => one.id);
      const view = world.stacks.get(declarer.id)?.at(-1)?.id;
      const ours = [declarer.id, friend.id, guest.id, channel?.id, view, ...files];
      if (!named.test(said) && !ours.some((one) => one && said.includes(one))) return false;
      isMet = true;
      return true;
    },
  });
  return () => isMet;
}

/** What the run changed, beside what it should have. */
function differences({ name, point, step, change, expected }: Cell & { point: Point; expected: Change }): string[] {
  if (JSON.stringify(change) === JSON.stringify(expected)) return [];
  const isNothing = change.added.length + change.removed.length === 0;
  if (step.atMostOnce && !mustBeDone(point) && isNothing) return [];
  const tell = (how: string, lines: readonly string[]) => lines.map((line) => `${name}, ${point}: ${how} ${line}`);
  const found = [
    ...tell('lacks', without(expected.added, change.added)),
    ...tell('has besides', without(change.added, expected.added)),
    ...tell('still has', without(expected.removed, change.removed)),
    ...tell('took away', without(change.removed, expected.removed)),
  ];
  return found.length > 0 ? found : tell('has in another order', change.added);
}

/** What Slack did it did. */
const mustBeDone = (point: Point): boolean => hasHappened(point) || point === 'the process died after the commit';

interface Change {
  readonly added: readonly string[];
  readonly removed: readonly string[];
}

const changeOf = (before: readonly string[], after: readonly string[]): Change => ({
  added: without(after, before),
  removed: without(before, after),
});

function without(lines: readonly string[], others: readonly string[]): string[] {
  const left = [...others];
  return lines.filter((line) => {
    const at = left.indexOf(line);
    if (at >= 0) left.splice(at, 1);
    return at < 0;
  });
}

function keepHurrying({ db }: Stage): void {
  let isOver = false;
  const hurrying = (async () => {
    while (!isOver) {
      await hurry(db);
      await sleep(60);
    }
  })();
  afterStory(async () => {
    isOver = true;
    await hurrying;
  });
}

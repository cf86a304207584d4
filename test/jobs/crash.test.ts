import { type ChildProcess, spawn } from 'node:child_process';
import { once } from 'node:events';
import { createInterface } from 'node:readline';
import { afterEach, expect, test } from '@jest/globals';
import pg from 'pg';
import { gate, openWorkshop, post, recheck, until } from './workshop.ts';

const { config, promise, hire, jobs, skipWaits } = await openWorkshop();

const children: ChildProcess[] = [];
afterEach(async () => {
  for (const child of children.splice(0)) {
    if (child.exitCode !== null || child.signalCode !== null) continue;
    child.kill('SIGKILL');
    await once(child, 'exit');
  }
});

/** A worker process, and the lines it has said. */
function fork() {
  const script = new URL('child-worker.ts', import.meta.url).pathname;
  const child = spawn(process.execPath, ['--disable-warning=ExperimentalWarning', script], {
    env: { ...process.env, CONFIG: JSON.stringify(config) },
    stdio: ['ignore', 'pipe', 'inherit'],
  });
  const said: string[] = [];
  createInterface({ input: child.stdout }).on('line', (line) => said.push(line));
  children.push(child);
  return { child, said };
}

/** From outside, as an operator or a restarting server would. */
async function ask(statement: string): Promise<void> {
  const client = new pg.Client(config);
  await client.connect();
  await client.query(statement);
  await client.end();
}

const LIFE_LINES = `select pg_terminate_backend(pid) from pg_locks where locktype = 'advisory'`;
const EVERYONE = `select pg_terminate_backend(pid) from pg_stat_activity where datname = current_database() and pid <> pg_backend_pid()`;

test('a job in the hands of a killed process is done by another, who knows since when it is uncertain', async () => {
  const { child, said } = fork();
  await promise(recheck('hang'));
  await until(() => said.includes('begun hang'));
  const [before] = await jobs();
  child.kill('SIGKILL');
  const seen: unknown[] = [];
  hire({
    requestTimeoutMs: 500,
    handlers: {
      'recheck-person': async (_, { marker, number, uncertainSince }) =>
        void seen.push({ marker, number, uncertainSince }),
    },
  });
  await until(() => seen.length === 1);
  expect(seen).toEqual([{ marker: before?.marker, number: 2, uncertainSince: before?.startedAt }]);
  await until(async () => (await jobs()).length === 0);
});

test('it is not repeated while the last request of the killed process may still be on its way', async () => {
  const { child, said } = fork();
  await promise(recheck('hang'));
  await until(() => said.includes('begun hang'));
  const [before] = await jobs();
  child.kill('SIGKILL');
  let runs = 0;
  const worker = hire({ requestTimeoutMs: 3_600_000, handlers: { 'recheck-person': async () => void runs++ } });
  await until(async () => (await jobs())[0]?.worker === null);
  await worker.idle();
  expect(runs).toBe(0);
  const [row] = await jobs();
  expect(+(row?.notBefore ?? 0)).toBeGreaterThanOrEqual(+(before?.startedAt ?? 0) + 3_600_000);
  await skipWaits();
  await until(() => runs === 1);
});

test('a process that hangs loses its job when its lease ends, and sees so when it wakes up', async () => {
  const { child, said } = fork();
  await promise(recheck('hang'));
  await until(() => said.includes('begun hang'));
  child.kill('SIGSTOP');
  const seen: (Date | null)[] = [];
  const worker = hire({
    handlers: { 'recheck-person': async (_, { uncertainSince }) => void seen.push(uncertainSince) },
  });
  await until(() => seen.length === 1);
  child.kill('SIGCONT');
  await until(() => said.includes('gone hang'));
  expect(seen).toEqual([expect.any(Date)]);
  await until(async () => (await jobs()).length === 0);
  expect(worker.reports).toMatchObject([{ outcome: 'done', attempts: 2 }]);
});

test.each(['done', 'failed'] as const)(
  'a worker cut off from its session cannot report as %s what another has begun since',
  async (ending) => {
    const first = gate();
    const second = gate();
    const mine: (boolean | undefined)[] = [];
    let runs = 0;
    const handlers = {
      'recheck-person': async (_: unknown, { isStillMine }: { isStillMine?: () => boolean }) => {
        if (++runs > 1) return second.opened;
        await first.opened;
        mine.push(isStillMine?.());
        if (ending === 'failed') throw Object.assign(new Error('no'), { outcome: 'never' });
      },
    };
    const workers = [hire({ handlers, requestTimeoutMs: 50 }), hire({ handlers, requestTimeoutMs: 50 })];
    await promise(recheck(ending));
    await until(() => runs === 1);
    await ask(LIFE_LINES);
    await until(() => runs === 2);
    first.open();
    await until(() => workers.some((worker) => worker.reports.length === 1));
    expect(await jobs()).toMatchObject([{ worker: expect.any(Number), parkedAt: null, fence: 2 }]);
    second.open();
    await until(async () => (await jobs()).length === 0);
    await Promise.all(workers.map((worker) => worker.idle()));
    expect(workers.flatMap((worker) => worker.reports.map((run) => run.outcome)).sort()).toEqual(['done', 'lost']);
    expect(mine).toEqual([false]);
    expect(runs).toBe(2);
  },
);

test('a job that ends before anyone took it over counts as done, though its worker lost its session', async () => {
  const running = gate();
  let runs = 0;
  const worker = hire({
    handlers: {
      'recheck-person': async () => {
        runs++;
        await running.opened;
      },
    },
  });
  await promise(recheck('x'));
  await until(() => runs === 1);
  const [before] = await jobs();
  await ask(LIFE_LINES);
  await until(async () => (await jobs())[0]?.worker !== before?.worker);
  running.open();
  await until(async () => (await jobs()).length === 0);
  await worker.idle();
  expect(runs).toBe(1);
});

test('a worker outlives the loss of every connection, and what it does meanwhile is done once', async () => {
  const done: string[] = [];
  const running = gate();
  const worker = hire({
    handlers: {
      post: async ({ message }) => {
        done.push(message.text);
        await running.opened;
      },
    },
  });
  await promise(post(1, 'before'));
  await until(() => done.length === 1);
  await ask(EVERYONE);
  running.open();
  await until(() =>
    promise(post(1, 'after')).then(
      () => true,
      () => false,
    ),
  );
  await until(() => done.length >= 2);
  await worker.idle();
  expect(done).toEqual(['before', 'after']);
  expect(await jobs()).toEqual([]);
});

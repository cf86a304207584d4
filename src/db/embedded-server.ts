import { spawn } from 'node:child_process';
import { chmod, chown, mkdtemp, open, readdir, readFile, rename, rm, stat, writeFile } from 'node:fs/promises';
import { createServer } from 'node:net';
import { join } from 'node:path';
import { setTimeout } from 'node:timers/promises';
import pg from 'pg';
import type { Log } from './connect.ts';
import type { Binaries } from './embedded-binaries.ts';
import { type Home, isPrivate, openPrivate, openSocketDir, SOCKET } from './embedded-home.ts';
import { postmasterOf, setAsideStalePid } from './embedded-pid.ts';
import { run, spawnAs } from './embedded-run.ts';

export interface Reach {
  host: string;
  port: number;
  user: string;
  password?: string;
}

export interface Server {
  home: Home;
  binaries: Binaries;
  log: Log;
  /** Off for tests only: a power cut would lose the database. */
  fsync: boolean;
}

const USER = 'sitrep';
const WINDOWS = process.platform === 'win32';
/** Recovery after a crash replays at most a few WAL segments here; minutes mean something is wrong. */
const PATIENCE = 120_000;

/** A server on this data that answers, or null. A live one that nobody can reach any more is stopped. */
export async function adopt(server: Server): Promise<Reach | null> {
  const found = await postmasterOf(server.home.data);
  if (!found) return null;
  const reach = await reachOf(server.home, found.socketDir, found.port);
  for (const until = Date.now() + PATIENCE; reach && Date.now() < until; await setTimeout(50)) {
    const answer = await ping(reach);
    if (answer === 'yes') return reach;
    if (answer === 'no') break;
  }
  if (found.isAlive) {
    server.log.warn({ pid: found.pid }, 'the database runs but cannot be reached; it is restarted');
    await stopServer(server);
  }
  return null;
}

/** Makes the data if there is none, starts the server and waits until it answers. */
export async function launch(server: Server): Promise<Reach> {
  await initialize(server);
  await checkMajor(server);
  await setAsideStalePid(server.home.data, server.home.account);
  for (const until = Date.now() + 15_000; ; await setTimeout(250)) {
    const attempt = WINDOWS ? await startOnWindows(server) : await startOnUnix(server);
    if ('reach' in attempt) return attempt.reach;
    // Backends of a killed postmaster need a moment to notice, and an init a moment to bury it.
    const passing = /pre-existing shared memory block|lock file "postmaster\.pid" already exists/.test(attempt.why);
    if (!passing || Date.now() > until)
      throw new Error(`The embedded PostgreSQL did not start: ${attempt.why}\nIts data is in ${server.home.folder}.`);
  }
}

export async function stopServer({ home, binaries }: Pick<Server, 'home' | 'binaries'>): Promise<void> {
  const stop = (mode: string, seconds: string) =>
    run(binaries.pgCtl, ['stop', '-D', home.data, '-m', mode, '-w', '-t', seconds], home.account);
  const polite = await stop('fast', '8');
  if (polite.code !== 0 && (await postmasterOf(home.data))?.isAlive) await stop('immediate', '5');
}

/** The whole folder appears at once, by its rename, so that a kill in the middle leaves nothing that looks like data. */
async function initialize({ home, binaries, fsync, log }: Server): Promise<void> {
  if (await exists(join(home.data, 'PG_VERSION'))) return;
  for (const name of await readdir(home.folder))
    if (name.startsWith('data.new-')) await rm(join(home.folder, name), { recursive: true });
  const building = await mkdtemp(join(home.folder, 'data.new-'));
  await openPrivate(building, home.account);
  // Sorting by code point, the same on every machine; the folder, not a password, keeps others out on Unix.
  const locale = ['-E', 'UTF8', '--locale=C', '--locale-provider=builtin', '--builtin-locale=C.UTF-8'];
  const access = WINDOWS ? ['-A', 'scram-sha-256', `--pwfile=${await newPassword(home)}`] : ['-A', 'trust'];
  const args = ['-D', building, '-U', USER, ...locale, ...access, '--no-instructions', ...(fsync ? [] : ['--no-sync'])];
  const { code, output } = await run(binaries.initdb, args, home.account);
  if (code !== 0) throw new Error(`initdb could not make a database in ${building}: ${output.trim()}`);
  if (!WINDOWS) await writeAs(home, join(building, 'pg_hba.conf'), 'local all all trust\n');
  await rename(building, home.data);
  if (fsync && !WINDOWS) await syncFolder(home.folder);
  log.info({ folder: home.folder, account: home.account?.name }, 'made a database');
}

async function checkMajor({ home, binaries }: Server): Promise<void> {
  const has = (await readFile(join(home.data, 'PG_VERSION'), 'utf8')).trim();
  if (has !== binaries.major)
    throw new Error(
      `${home.data} was written by PostgreSQL ${has} and this is ${binaries.major}: move the data with pg_dump of ` +
        `PostgreSQL ${has}, or set DATABASE_URL to a server that has it.`,
    );
}

type Attempt = { reach: Reach } | { why: string };

/**
 * postgres itself, without pg_ctl, whose options pass through a shell. A session of its own: Ctrl-C in the terminal must
 * not reach the server, which goes last, and only when we tell it.
 */
async function startOnUnix(server: Server): Promise<Attempt> {
  const { home, binaries } = server;
  const socketDir = await openSocketDir(home);
  // The dead server's; the socket's lock file believes a recycled pid as postmaster.pid does. Nobody else uses this folder.
  for (const name of [SOCKET, `${SOCKET}.lock`]) await rm(join(socketDir, name), { force: true });
  const log = join(home.folder, 'postgres.log');
  const isLong = ((await stat(log).catch(() => null))?.size ?? 0) > 1_000_000;
  const logFile = await open(log, isLong ? 'w' : 'a', 0o600);
  const args = ['-D', home.data, ...settings(server), '-c', `unix_socket_directories="${socketDir}"`];
  const child = spawn(binaries.postgres, args, {
    ...spawnAs(home.account),
    detached: true,
    stdio: ['ignore', logFile.fd, logFile.fd],
  });
  const ended = new Promise<string>((resolve) => {
    child.once('error', (fault) => resolve(fault.message));
    child.once('exit', (code, signal) => resolve(`it ended with ${code ?? signal}`));
  });
  child.unref();
  await logFile.close();
  const reach = { host: socketDir, port: 5432, user: USER };
  const how = await Promise.race([ended, answering(reach)]);
  if (how === true) return { reach };
  const said = (await readFile(log, 'utf8')).trim().split('\n').slice(-5).join('\n');
  return { why: `${how}\n${said}` };
}

/** pg_ctl, because postgres refuses an administrator's token and pg_ctl knows how to give it a lesser one. Not tried. */
async function startOnWindows(server: Server): Promise<Attempt> {
  const { home, binaries } = server;
  const port = await freePort(await readFile(join(home.folder, 'port'), 'utf8').then(Number, () => 0));
  await writeFile(join(home.folder, 'port'), String(port));
  const options = [...settings(server), '-p', String(port)].join(' ');
  const logFile = join(home.folder, 'postgres.log');
  const args = ['start', '-D', home.data, '-l', logFile, '-w', '-t', '60', '-o', options];
  const { code, output } = await run(binaries.pgCtl, args, null);
  const reach = await reachOf(home, '', port);
  return code === 0 && reach ? { reach } : { why: output.trim() };
}

function settings({ fsync }: Server): string[] {
  const values = {
    listen_addresses: WINDOWS ? '127.0.0.1' : '',
    unix_socket_permissions: '0700',
    max_connections: '200',
    // Found and retried within Slack's patience; the default second is most of it.
    deadlock_timeout: '200ms',
    // What is refused is told to the bot, which logs it; this log would keep people's words beside it.
    log_min_messages: 'log',
    log_error_verbosity: 'terse',
    log_checkpoints: 'off',
    timezone: 'UTC',
    log_timezone: 'UTC',
    ...(fsync ? {} : { fsync: 'off', synchronous_commit: 'off', full_page_writes: 'off' }),
  };
  return Object.entries(values).flatMap(([name, value]) => ['-c', `${name}=${value}`]);
}

/** `wait`: it is starting, or busy. */
async function ping(reach: Reach): Promise<'yes' | 'wait' | 'no'> {
  const client = new pg.Client({ ...reach, database: 'postgres', connectionTimeoutMillis: 2_000 });
  client.on('error', () => {});
  try {
    await client.connect();
    return 'yes';
  } catch (fault) {
    const code = fault instanceof Error && 'code' in fault ? String(fault.code) : '';
    if (code === '57P03' || code === '53300') return 'wait'; // It starts or stops; it is full.
    return fault instanceof Error && /timeout/.test(fault.message) ? 'wait' : 'no';
  } finally {
    await client.end().catch(() => {});
  }
}

async function answering(reach: Reach): Promise<true | string> {
  for (const until = Date.now() + PATIENCE; Date.now() < until; await setTimeout(20))
    if ((await ping(reach)) === 'yes') return true;
  return `it did not answer within ${PATIENCE / 1000} s`;
}

async function reachOf(home: Home, socketDir: string, port: number): Promise<Reach | null> {
  if (!WINDOWS) return (await isPrivate(socketDir, home.account)) ? { host: socketDir, port, user: USER } : null;
  const password = await readFile(join(home.folder, 'password'), 'utf8').catch(() => null);
  return password === null ? null : { host: '127.0.0.1', port, user: USER, password };
}

async function newPassword(home: Home): Promise<string> {
  const file = join(home.folder, 'password');
  await writeFile(file, crypto.randomUUID() + crypto.randomUUID(), { mode: 0o600 });
  return file;
}

/** The wished one if it is free: pools hold it across a restart of the server. */
async function freePort(wished: number): Promise<number> {
  const probe = createServer();
  const isFree = await new Promise<boolean>((resolve) => {
    probe.once('error', () => resolve(false));
    probe.listen(wished, '127.0.0.1', () => resolve(true));
  });
  if (!isFree) return freePort(0);
  const address = probe.address();
  await new Promise((resolve) => probe.close(resolve));
  return typeof address === 'object' && address ? address.port : wished;
}

async function writeAs({ account }: Home, path: string, text: string): Promise<void> {
  await rm(path, { force: true });
  await writeFile(path, text, { flag: 'wx', mode: 0o600 });
  if (account) await chown(path, account.uid, account.gid);
  await chmod(path, 0o600);
}

async function syncFolder(folder: string): Promise<void> {
  const handle = await open(folder, 'r');
  await handle.sync().finally(() => handle.close());
}

const exists = (path: string): Promise<boolean> =>
  stat(path).then(
    () => true,
    () => false,
  );

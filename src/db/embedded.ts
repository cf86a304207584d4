import { setTimeout } from 'node:timers/promises';
import pg from 'pg';
import type { Log } from './connect.ts';
import { findBinaries } from './embedded-binaries.ts';
import { defaultStateDir, findHome, openStateDir } from './embedded-home.ts';
import { underLock } from './embedded-lock.ts';
import { adopt, launch, type Reach, type Server, stopServer } from './embedded-server.ts';

interface EmbeddedOptions {
  /** Where the project would like its database: `<project>/.data`. */
  dataDir: string;
  log: Log;
  /** Where it goes, and the programs with it, when the server's account cannot use `dataDir`. */
  stateDir?: string;
  /** False for tests only. */
  fsync?: boolean;
}

export interface Embedded {
  config: Reach & { database: string };
  url: string;
  /** A server left by an earlier process (or shared with another one) was running. */
  adopted: boolean;
  /** The folder the data lives in. */
  home: string;
  /** Stops the server, unless another process uses it. Close the pools first. */
  stop(): Promise<void>;
}

/**
 * Real PostgreSQL from the npm package, found again where it was, reachable by this account alone. It outlives a kill of
 * this process and is then adopted; killed itself, it is started again. Throws sentences that end in the next step.
 */
export async function startEmbeddedPostgres(options: EmbeddedOptions): Promise<Embedded> {
  const { dataDir, log, stateDir = defaultStateDir(), fsync = true } = options;
  const home = await findHome(dataDir, stateDir);
  const binaries = await findBinaries(home.account, () => openStateDir(stateDir));
  const server: Server = { home, binaries, log, fsync };
  const { adopted, reach, guard } = await underLock(home.lock, () => bringUp(server));
  const config = { ...reach, database: DATABASE };
  log.info({ folder: home.folder, account: home.account?.name, adopted }, 'database ready');
  const keeper = keepUp(server, guard);
  return {
    config,
    url: urlOf(config),
    adopted,
    home: home.folder,
    stop: async () => {
      await keeper.stop();
      await underLock(home.lock, () => stopIfUnused(server, reach));
    },
  };
}

const DATABASE = 'sitrep';
/** The guard: one idle connection per process, by which others see that the server is in use, and we that it is not there. */
const GUARD = 'sitrep guard';

async function bringUp(server: Server): Promise<{ adopted: boolean; reach: Reach; guard: pg.Client }> {
  const running = await adopt(server);
  const reach = running ?? (await launch(server));
  const guard = await openGuard(reach);
  const { rowCount } = await guard.query('select from pg_database where datname = $1', [DATABASE]);
  if (rowCount === 0) await guard.query(`create database ${DATABASE}`);
  return { adopted: running !== null, reach, guard };
}

async function openGuard(reach: Reach): Promise<pg.Client> {
  const guard = new pg.Client({ ...reach, database: 'postgres', application_name: GUARD });
  guard.on('error', () => {});
  await guard.connect();
  return guard;
}

/** Whenever the guard's connection is lost, the server is looked for, or started, again. */
function keepUp(server: Server, first: pg.Client): { stop(): Promise<void> } {
  const stopping = new AbortController();
  const stopped = new Promise<void>((resolve) => stopping.signal.addEventListener('abort', () => resolve()));
  const keep = async () => {
    for (let guard = first; ; guard = await bringBack(server, stopping.signal, guard)) {
      await Promise.race([stopped, lossOf(guard)]);
      if (!stopping.signal.aborted) continue;
      await guard.end().catch(() => {});
      return;
    }
  };
  const kept = keep();
  return {
    stop: () => {
      stopping.abort();
      return kept;
    },
  };
}

const lossOf = (guard: pg.Client): Promise<void> => new Promise((resolve) => guard.once('end', resolve));

async function bringBack(server: Server, signal: AbortSignal, lost: pg.Client): Promise<pg.Client> {
  server.log.error({ folder: server.home.folder }, 'the database went away');
  for (let wait = 100; !signal.aborted; wait = Math.min(wait * 2, 5_000)) {
    try {
      const { guard } = await underLock(server.home.lock, () => bringUp(server));
      server.log.info({ folder: server.home.folder }, 'the database is back');
      return guard;
    } catch (fault) {
      server.log.error({ err: fault }, 'the database cannot be started again');
      await setTimeout(wait, undefined, { signal }).catch(() => {});
    }
  }
  return lost;
}

async function stopIfUnused(server: Server, reach: Reach): Promise<void> {
  const asking = await openGuard(reach).catch(() => null);
  const others = await asking?.query(
    'select from pg_stat_activity where application_name = $1 and pid <> pg_backend_pid()',
    [GUARD],
  );
  await asking?.end().catch(() => {});
  if (others?.rowCount) server.log.info({ processes: others.rowCount }, 'the database stays up for another process');
  else await stopServer(server);
}

export function urlOf({ host, port, user, password, database }: Embedded['config']): string {
  const url = new URL(`postgresql://${user}@localhost:${port}/${database}`);
  if (password) url.password = password;
  if (host.startsWith('/')) url.searchParams.set('host', host);
  else url.hostname = host;
  return url.href;
}

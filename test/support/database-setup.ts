import { execFile } from 'node:child_process';
import { chmod, mkdtemp, readdir, readFile, rm, stat, writeFile } from 'node:fs/promises';
import { join } from 'node:path';
import { promisify } from 'node:util';
import pg from 'pg';
import pino from 'pino';
import { type Embedded, startEmbeddedPostgres } from '../../src/db/embedded.ts';
import { migrate } from '../../src/db/migrate.ts';
import { scratch } from './scratch.ts';

/** What the test files are told, as JSON in the environment. A fault is thrown by the tests that ask for a database. */
export type TestServer = { config: Embedded['config'] } | { fault: string };

export const TEMPLATE = 'sitrep_template';
const silent = pino({ level: 'silent' });

/** Jest's globalSetup: one PostgreSQL for the whole run, in a temporary folder, with a migrated database to clone. */
export default async function setUp(): Promise<void> {
  const parent = scratch();
  await sweep(parent);
  const folder = await mkdtemp(join(parent, 'sitrep-test-'));
  await writeFile(join(folder, 'pid'), String(process.pid));
  const compiled = compileOnce();
  if (process.getuid?.() === 0) await chmod(folder, 0o711);
  const tell = (what: TestServer) => {
    process.env.SITREP_TEST_SERVER = JSON.stringify(what);
  };
  let server: Embedded | undefined;
  try {
    server = await startEmbeddedPostgres({ dataDir: join(folder, 'pg'), log: silent, fsync: false });
    await makeTemplate(server.config);
    tell({ config: server.config });
  } catch (fault) {
    tell({ fault: String(fault) });
  }
  await compiled;
  globalThis.sitrepTestServer = async () => {
    await server?.stop();
    await rm(folder, { recursive: true, force: true });
  };
}

declare global {
  var sitrepTestServer: (() => Promise<void>) | undefined;
}

/** Node keeps what it compiled when it ends. Many processes that tests start are killed before; they find it kept. */
async function compileOnce(): Promise<void> {
  process.env.NODE_COMPILE_CACHE = join(process.cwd(), 'node_modules/.cache/compiled');
  await promisify(execFile)(process.execPath, ['--input-type=module', '-e', "await import('./src/compose.ts')"]);
}

async function makeTemplate(config: Embedded['config']): Promise<void> {
  const client = new pg.Client(config);
  await client.connect();
  await client.query(`create database ${TEMPLATE}`);
  await migrate({ config: { ...config, database: TEMPLATE }, log: silent });
  await client.query(`alter database ${TEMPLATE} with is_template true allow_connections false`);
  await client.end();
}

/** Servers of runs that were killed. */
async function sweep(parent: string): Promise<void> {
  for (const name of await readdir(parent)) {
    const folder = join(parent, name);
    if (!name.startsWith('sitrep-test-') || (await stat(folder).catch(() => null))?.uid !== process.getuid?.())
      continue;
    const owner = Number(await readFile(join(folder, 'pid'), 'utf8').catch(() => 0));
    if (owner === 0 || isAlive(owner)) continue;
    const pidFile = await readFile(join(folder, 'pg/data/postmaster.pid'), 'utf8').catch(() => '');
    const postmaster = Number(pidFile.split('\n')[0]);
    const comm = await readFile(`/proc/${postmaster}/comm`, 'utf8').catch(() => '');
    if (comm.trim() === 'postgres') process.kill(postmaster, 'SIGQUIT');
    await rm(folder, { recursive: true, force: true }).catch(() => {});
  }
}

function isAlive(pid: number): boolean {
  try {
    return process.kill(pid, 0);
  } catch {
    return false;
  }
}

import { readFile, rm, writeFile } from 'node:fs/promises';
import { join } from 'node:path';
import pg from 'pg';
import pino from 'pino';
import { type Embedded, startEmbeddedPostgres, urlOf } from '../../src/db/embedded.ts';
import { diskFolder } from '../support/scratch.ts';
import type { Span } from './evidence.ts';

/** The database of a soak, and what may befall it. */
export interface Ground {
  readonly url: string;
  readonly config: Embedded['config'];
  readonly password: string | undefined;
  /** Away, or lately struck. */
  isHurt(): boolean;
  /** When it was away. */
  outages(): readonly Span[];
  /** Every connection of the bot, or every second one. */
  cut(every: 1 | 2): Promise<void>;
  /** The server is struck down and comes back; null when it is not ours to strike. */
  readonly restart: (() => Promise<void>) | null;
  close(): Promise<void>;
}

/** A server of its own, on the disk's word (fsync), in a temporary folder. */
export async function ownGround(folder: string): Promise<Ground> {
  const log = pino({ level: 'silent' });
  const server = await startEmbeddedPostgres({ dataDir: join(folder, 'pg'), stateDir: join(folder, 'state'), log });
  const spans: { from: number; to: number }[] = [];
  let isUp = true;
  const ground = cuttable(server.config);
  const restart = async () => {
    const file = join(server.home, 'data', 'postmaster.pid');
    const pid = Number((await readFile(file, 'utf8')).split('\n')[0]);
    const from = Date.now();
    isUp = false;
    process.kill(pid, 'SIGQUIT');
    // The server's own keeper starts it again.
    while (!(await answers(server.config, pid))) await new Promise((resolve) => setTimeout(resolve, 100));
    spans.push({ from, to: Date.now() });
    isUp = true;
  };
  return {
    ...ground,
    isHurt: () => !isUp || ground.isHurt() || Date.now() - (spans.at(-1)?.to ?? 0) < LATELY_MS,
    outages: () => spans,
    restart,
    close: () => server.stop(),
  };
}

/** A new database on a server that others use. */
export async function guestGround(server: Embedded['config']): Promise<Ground> {
  const name = `soak_${process.pid}_${Date.now()}`;
  const ask = async (statement: string) => {
    const client = new pg.Client(server);
    await client.connect();
    await client.query(statement).finally(() => client.end());
  };
  await ask(`create database ${name}`);
  return {
    ...cuttable({ ...server, database: name }),
    outages: () => [],
    restart: null,
    close: () => ask(`drop database ${name} with (force)`),
  };
}

function cuttable(config: Embedded['config']): Pick<Ground, 'url' | 'config' | 'password' | 'cut' | 'isHurt'> {
  let cutAt = 0;
  return {
    url: urlOf(config),
    config,
    password: config.password,
    isHurt: () => Date.now() - cutAt < LATELY_MS,
    cut: async (every) => {
      cutAt = Date.now();
      const client = new pg.Client(config);
      client.on('error', () => {});
      try {
        await client.connect();
        await client.query(
          `select pg_terminate_backend(pid) from pg_stat_activity
           where datname = $1 and pid <> pg_backend_pid() and application_name <> 'sitrep guard' and pid % $2 = 0`,
          [config.database, every],
        );
      } finally {
        await client.end().catch(() => {});
      }
    },
  };
}

async function answers(config: Embedded['config'], not: number): Promise<boolean> {
  const client = new pg.Client({ ...config, connectionTimeoutMillis: 1_000 });
  client.on('error', () => {});
  try {
    await client.connect();
    const { rows } = await client.query<{ pid: number }>(
      "select split_part(pg_read_file('postmaster.pid'), chr(10), 1)::int as pid",
    );
    return rows[0]?.pid !== not;
  } catch {
    return false;
  } finally {
    await client.end().catch(() => {});
  }
}

/** What a cut connection does to a start shows within this. */
const LATELY_MS = 5_000;

/** A temporary folder the database's account can pass through. */
export async function openFolder(
  policy: string,
): Promise<{ folder: string; policyFile: string; remove: () => Promise<void> }> {
  const folder = await diskFolder('soak');
  const policyFile = join(folder, 'soak.yml');
  await writeFile(policyFile, policy);
  return { folder, policyFile, remove: () => rm(folder, { recursive: true, force: true }) };
}

import { createHash } from 'node:crypto';
import { readdir, readFile } from 'node:fs/promises';
import { join } from 'node:path';
import { fileURLToPath } from 'node:url';
import { sql } from 'kysely';
import type pg from 'pg';
import { type ConnectOptions, dedicated, type Log } from './connect.ts';
import type { Db } from './tables.ts';

/** The project's own migrations. */
export const MIGRATIONS = fileURLToPath(new URL('../../migrations', import.meta.url));

/**
 * Brings the database to the newest file of `folder`: plain SQL, forward only, each file in its own transaction. Whoever
 * starts first does it, the others wait. Throws one sentence when the files are not those the database was built with.
 */
export async function migrate(
  { config, log }: Pick<ConnectOptions, 'config' | 'log'>,
  folder = MIGRATIONS,
): Promise<void> {
  const files = await readMigrations(folder);
  const client = await dedicated(config, log);
  try {
    await client.query('select pg_advisory_lock($1)', [LOCK]);
    await client.query(BOOK);
    const { rows } = await client.query<Applied>('select name, checksum from migrations order by name collate "C"');
    for (const file of unapplied(files, rows, log)) await apply(client, file, log);
  } finally {
    await client.end().catch(() => {});
  }
}

/** Names of the files not yet applied; throws while the database cannot be asked. */
export async function pendingMigrations(db: Db, folder = MIGRATIONS): Promise<string[]> {
  const files = await readMigrations(folder);
  const book = await sql<{ book: string | null }>`select to_regclass('migrations')::text as book`.execute(db);
  if (!book.rows[0]?.book) return files.map((file) => file.name);
  const { rows } = await sql<{ name: string }>`select name from migrations`.execute(db);
  const applied = new Set(rows.map((row) => row.name));
  return files.map((file) => file.name).filter((name) => !applied.has(name));
}

interface Applied {
  name: string;
  checksum: string;
}
interface Migration extends Applied {
  text: string;
}

/** Any number no other program of this database uses. */
const LOCK = 7_486_748_701;
const BOOK = `create table if not exists migrations (
  name text primary key,
  checksum text not null,
  at timestamptz not null default clock_timestamp()
)`;

/** In order of their numbers, which start at 0001 and leave no gap. */
async function readMigrations(folder: string): Promise<Migration[]> {
  const names = (await readdir(folder)).filter((name) => name.endsWith('.sql')).sort();
  names.forEach((name, index) => {
    const number = String(index + 1).padStart(4, '0');
    if (!/^\d{4}_[a-z0-9-_]+\.sql$/.test(name) || !name.startsWith(number))
      throw new Error(
        `${join(folder, name)} should be called ${number}_name.sql: number the migrations without a gap.`,
      );
  });
  return Promise.all(names.map((name) => readMigration(folder, name)));
}

async function readMigration(folder: string, name: string): Promise<Migration> {
  // A checkout with CRLF line ends holds the same migration.
  const text = (await readFile(join(folder, name), 'utf8')).replaceAll('\r\n', '\n');
  return { name, text, checksum: createHash('sha256').update(text).digest('hex') };
}

function unapplied(files: Migration[], applied: Applied[], log: Log): Migration[] {
  const known = new Map(files.map((file) => [file.name, file]));
  const newest = files.at(-1)?.name ?? '';
  for (const { name, checksum } of applied) {
    const file = known.get(name);
    if (!file && name > newest) log.warn({ migration: name }, 'the database is newer than this version');
    else if (!file) throw new Error(`The database was built with ${name}, which is missing here: restore that file.`);
    else if (file.checksum !== checksum)
      throw new Error(`${name} was changed after it was applied: restore it and put the change into a new file.`);
  }
  const done = new Set(applied.map((row) => row.name));
  const last = applied.at(-1)?.name ?? '';
  const rest = files.filter((file) => !done.has(file.name));
  const late = rest.find((file) => file.name < last);
  if (late) throw new Error(`${late.name} comes after ${last} was applied: give it the next free number.`);
  return rest;
}

async function apply(client: pg.Client, { name, checksum, text }: Migration, log: Log): Promise<void> {
  try {
    await client.query('begin');
    await client.query(text);
    await client.query('insert into migrations (name, checksum) values ($1, $2)', [name, checksum]);
    await client.query('commit');
  } catch (fault) {
    await client.query('rollback').catch(() => {});
    throw new Error(`${name} could not be applied: ${fault instanceof Error ? fault.message : fault}`, {
      cause: fault,
    });
  }
  log.info({ migration: name }, 'migrated');
}

import { execFile } from 'node:child_process';
import { mkdtemp, rm, writeFile } from 'node:fs/promises';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { promisify } from 'node:util';
import { afterAll, expect, test } from '@jest/globals';
import { sql } from 'kysely';
import pino from 'pino';
import { migrate, pendingMigrations } from '../../src/db/migrate.ts';
import type { Db } from '../../src/db/tables.ts';
import { testDatabase } from '../support/database.ts';

const folders: string[] = [];
afterAll(() => Promise.all(folders.map((folder) => rm(folder, { recursive: true }))));

const FIRST = 'create table visits (who text);';
const SECOND = "insert into visits values ('second');";

async function project(files: Record<string, string>) {
  const folder = await mkdtemp(join(tmpdir(), 'sitrep-migrations-'));
  folders.push(folder);
  for (const [name, text] of Object.entries(files)) await writeFile(join(folder, name), text);
  return folder;
}

async function emptyDatabase() {
  const warnings: string[] = [];
  const log = pino({ level: 'warn' }, { write: (line: string) => warnings.push(JSON.parse(line).msg) });
  return { ...(await testDatabase({ migrated: false })), log, warnings };
}

const visits = async (db: Db) =>
  (await sql<{ who: string }>`select who from visits`.execute(db)).rows.map((r) => r.who);

test('the files are applied in order, once, and what is left is known', async () => {
  const { db, config, log } = await emptyDatabase();
  const folder = await project({ '0001_first.sql': FIRST });
  expect(await pendingMigrations(db, folder)).toEqual(['0001_first.sql']);
  await migrate({ config, log }, folder);
  expect(await pendingMigrations(db, folder)).toEqual([]);
  await writeFile(join(folder, '0002_second.sql'), SECOND);
  expect(await pendingMigrations(db, folder)).toEqual(['0002_second.sql']);
  await migrate({ config, log }, folder);
  await migrate({ config, log }, folder);
  expect(await visits(db)).toEqual(['second']);
});

test('processes that start together migrate once', async () => {
  const { db, config, log } = await emptyDatabase();
  const folder = await project({ '0001_first.sql': FIRST, '0002_slow.sql': `select pg_sleep(0.2); ${SECOND}` });
  const script = `
    import { migrate } from ${JSON.stringify(new URL('../../src/db/migrate.ts', import.meta.url).href)};
    const log = { info() {}, warn() {}, error() {} };
    await migrate({ config: ${JSON.stringify(config)}, log }, ${JSON.stringify(folder)});`;
  const start = () => promisify(execFile)(process.execPath, ['--input-type=module', '-e', script]);
  await Promise.all([start(), start(), start(), migrate({ config, log }, folder)]);
  expect(await visits(db)).toEqual(['second']);
});

test('a file that fails leaves nothing of itself, and is named', async () => {
  const { db, config, log } = await emptyDatabase();
  const folder = await project({ '0001_first.sql': FIRST, '0002_bad.sql': `${SECOND} select 1 / 0;` });
  await expect(migrate({ config, log }, folder)).rejects.toThrow('0002_bad.sql could not be applied: division by zero');
  expect(await visits(db)).toEqual([]);
  expect(await pendingMigrations(db, folder)).toEqual(['0002_bad.sql']);
});

test('a file changed after it was applied is refused', async () => {
  const { config, log } = await emptyDatabase();
  const folder = await project({ '0001_first.sql': FIRST });
  await migrate({ config, log }, folder);
  await writeFile(join(folder, '0001_first.sql'), FIRST.replaceAll('\n', '\r\n'));
  await migrate({ config, log }, folder);
  await writeFile(join(folder, '0001_first.sql'), `${FIRST} -- and more`);
  await expect(migrate({ config, log }, folder)).rejects.toThrow('0001_first.sql was changed after it was applied');
});

test('a database newer than the code is used, with a warning', async () => {
  const { config, log, warnings } = await emptyDatabase();
  await migrate({ config, log }, await project({ '0001_first.sql': FIRST, '0002_second.sql': SECOND }));
  await migrate({ config, log }, await project({ '0001_first.sql': FIRST }));
  expect(warnings).toEqual(['the database is newer than this version']);
});

test('a gap, a doubled number and a name that sorts wrongly are refused before anything is applied', async () => {
  const { db, config, log } = await emptyDatabase();
  for (const second of ['0003_second.sql', '0001_second.sql', '2_second.sql']) {
    const folder = await project({ '0001_first.sql': FIRST, [second]: SECOND });
    await expect(migrate({ config, log }, folder)).rejects.toThrow('number the migrations without a gap');
  }
  const { rows } = await sql`select to_regclass('visits')::text as visits`.execute(db);
  expect(rows).toEqual([{ visits: null }]);
});

test('a file that slipped in before an applied one, or went missing, is refused', async () => {
  const { config, log } = await emptyDatabase();
  await migrate({ config, log }, await project({ '0001_first.sql': FIRST, '0002_second.sql': SECOND }));
  const renamed = await project({ '0001_first.sql': FIRST, '0002_b.sql': '', '0003_second.sql': SECOND });
  await expect(migrate({ config, log }, renamed)).rejects.toThrow('0002_second.sql, which is missing here');
});

test('the migrations of this project apply to an empty database', async () => {
  const { db, config, log } = await emptyDatabase();
  await migrate({ config, log });
  expect(await pendingMigrations(db)).toEqual([]);
});

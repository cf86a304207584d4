import { sql } from 'kysely';
import pino from 'pino';
import { connect } from '../../src/db/connect.ts';
import type { Embedded } from '../../src/db/embedded.ts';
import { migrate } from '../../src/db/migrate.ts';
import type { Db } from '../../src/db/tables.ts';
import type { Ground } from './ground.ts';

/** A database of its own for one bench. */
export interface Own {
  readonly db: Db;
  readonly database: Embedded['config'];
  drop(): Promise<void>;
}

export async function ownDatabase(ground: Pick<Ground, 'db' | 'database'>, name: string): Promise<Own> {
  await sql`create database ${sql.id(name)}`.execute(ground.db);
  const database = { ...ground.database, database: name };
  const log = pino({ level: 'silent' });
  await migrate({ config: database, log });
  const db = connect({ config: database, log, max: 4, statementTimeout: 120_000 });
  return {
    db,
    database,
    drop: async () => {
      await db.destroy();
      await sql`drop database ${sql.id(name)} with (force)`.execute(ground.db);
    },
  };
}

/** The processes of PostgreSQL that work on this database. */
export async function serversOf(db: Db): Promise<number[]> {
  const { rows } = await sql<{ pid: number }>`
    select pid from pg_stat_activity where datname = current_database()`.execute(db);
  return rows.map((row) => row.pid);
}

import {
  AbortedTransactionError,
  CamelCasePlugin,
  Kysely,
  PostgresDialect,
  type PostgresPool,
  type RawBuilder,
  sql,
} from 'kysely';
import pg from 'pg';
import type { Logger } from 'pino';
import type { Database, Db, Trx } from './tables.ts';

export type Log = Pick<Logger, 'info' | 'warn' | 'error'>;

/** Where the database is: `DATABASE_URL`, or what the embedded server answered. Both are pg's own words. */
export type Where = { connectionString: string } | { host: string; port: number; user: string; database: string };

export interface ConnectOptions {
  config: Where & { password?: string };
  log: Log;
  /** Connections of this pool. */
  max?: number;
  /** Milliseconds; 1 800 unless told, so that a refusal still reaches Slack within its 3 s. Exports want more. */
  statementTimeout?: number;
}

/** A pool whose waits end before Slack's patience does. `db.destroy()` closes it. */
export function connect({ config, log, max = 10, statementTimeout = 1_800 }: ConnectOptions): Db {
  const pool = new pg.Pool({
    ...sessionOf(config),
    max,
    types: { getTypeParser: parserOf },
    connectionTimeoutMillis: 1_500,
    statement_timeout: statementTimeout,
    // The server cannot keep its own time limit when it is the server, or the road to it, that hangs.
    query_timeout: statementTimeout + 200,
    idle_in_transaction_session_timeout: 10_000,
    keepAlive: true,
  });
  pool.on('error', () => {}); // Told once, by the connection itself.
  // Without a listener of its own, a connection that breaks while in use would end the process.
  pool.on('connect', (client) =>
    client.on('error', (fault) => log.warn({ err: fault }, 'a database connection broke')),
  );
  return new Kysely<Database>({
    dialect: new PostgresDialect({ pool: droppingSilent(pool) }),
    plugins: [new CamelCasePlugin({ maintainNestedObjectKeys: true })],
  });
}

/**
 * One connection of its own, for what a pool cannot carry: LISTEN, a session's advisory lock, migrations.
 * No time limit on statements. Whoever needs to know that it was lost listens to `end`. Call `end()` when done.
 */
export async function dedicated(config: ConnectOptions['config'], log: Log): Promise<pg.Client> {
  const client = new pg.Client({
    ...sessionOf(config),
    types: { getTypeParser: parserOf },
    connectionTimeoutMillis: 1_500,
    keepAlive: true,
    keepAliveInitialDelayMillis: 10_000,
  });
  client.on('error', (fault) => log.warn({ err: fault }, 'a database connection broke'));
  await client.connect();
  return client;
}

const sessionOf = (config: ConnectOptions['config']): pg.ClientConfig => ({ ...config, application_name: 'sitrep' });

/** int8 as number (ids and counts stay far below 2^53), days as text: a Date would move them by the time zone. */
function parserOf(oid: number, format?: 'text' | 'binary') {
  if (oid === pg.types.builtins.INT8) return Number;
  if (oid === pg.types.builtins.DATE) return String;
  return format === 'binary' ? pg.types.getTypeParser(oid, 'binary') : pg.types.getTypeParser(oid, 'text');
}

interface Wire {
  query: (...args: unknown[]) => Promise<unknown>;
  release: (fault?: Error | boolean) => void;
  connection: { stream: { destroy: () => void } };
}

/** After a client-side time-out a connection still owes an answer; the pool must not hand it to the next caller. */
function droppingSilent(pool: pg.Pool): PostgresPool {
  const connect = async () => {
    const client = await pool.connect();
    const wire = client as unknown as Wire;
    const { query, release } = wire;
    let isSilent = false;
    wire.query = async (text, values) => {
      try {
        const name = nameIn(text);
        return await (name === undefined
          ? query.call(client, text, values)
          : query.call(client, { name, text, values }));
      } catch (fault) {
        isSilent ||= fault instanceof Error && fault.message === 'Query read timeout';
        if (isSilent) wire.connection.stream.destroy();
        throw fault;
      }
    };
    wire.release = (fault) => {
      wire.query = query;
      release(fault || isSilent);
    };
    return client;
  };
  return { connect, end: () => pool.end(), options: pool.options };
}

/**
 * A statement that begins with a comment of one word is prepared under that name, once on each connection: PostgreSQL
 * neither parses nor plans it again. Not for one that answers with `*`, which a new column under a running process would
 * break, nor for one whose plan should follow its values or the size of its tables.
 */
const nameIn = (text: unknown): string | undefined => /^\s*\/\* ([a-z-]+) \*\//.exec(String(text))?.[1];

/**
 * Parts that write, as one statement in one round trip; answers how many rows each returned. They do not see one
 * another's rows.
 */
export async function writeAtOnce<K extends string>(
  trx: Trx,
  parts: Readonly<Partial<Record<K, RawBuilder<unknown>>>>,
): Promise<Partial<Record<K, number>>> {
  const named = Object.entries<RawBuilder<unknown> | undefined>(parts).flatMap(([name, part]) =>
    part ? [{ name: sql.id(name), part }] : [],
  );
  if (named.length === 0) return {};
  const written = sql.join(named.map(({ name, part }) => sql`${name} as (${part})`));
  const counts = sql.join(named.map(({ name }) => sql`(select count(*) from ${name})::int as ${name}`));
  const known = sql.raw(Object.keys(parts).join('-'));
  const { rows } = await sql<Record<K, number>>`/* ${known} */ with ${written} select ${counts}`.execute(trx);
  return rows[0] ?? {};
}

/** COMMIT was sent and its answer never came: the work may be recorded, or not. */
export class OutcomeUnknown extends Error {
  constructor(cause: unknown) {
    super('the database did not say whether the transaction was committed', { cause });
    this.name = 'OutcomeUnknown';
  }
}

/**
 * One transaction. Faults of the work come back as they are and nothing is recorded; a lost COMMIT throws
 * `OutcomeUnknown`. Serialization failures and deadlocks run the work again, three times in all: it must not act outside.
 */
export async function transact<T>(db: Db, work: (trx: Trx) => Promise<T>): Promise<T> {
  for (let attempt = 1; ; attempt++) {
    try {
      return await once(db, work);
    } catch (fault) {
      if (attempt === 3 || !COLLISIONS.has(codeOf(fault))) throw fault;
    }
  }
}

async function once<T>(db: Db, work: (trx: Trx) => Promise<T>): Promise<T> {
  let stage: 'working' | 'failed' | 'committing' = 'working';
  let reason: unknown;
  try {
    return await db.transaction().execute(async (trx) => {
      try {
        const result = await work(trx);
        stage = 'committing';
        return result;
      } catch (fault) {
        stage = 'failed';
        reason = fault;
        throw fault;
      }
    });
  } catch (fault) {
    // Kysely reports a failed ROLLBACK in place of what caused it.
    if (reached(stage) === 'failed') throw reason;
    if (reached(stage) === 'committing' && !isRefused(fault)) throw new OutcomeUnknown(fault);
    throw fault;
  }
}

/** TypeScript does not see that the callback moved the stage on. */
const reached = (stage: string): string => stage;

/** The server itself said no to COMMIT. A session that was ended (57P…) or broke may have died after the commit was written. */
const isRefused = (fault: unknown): boolean =>
  fault instanceof AbortedTransactionError || (codeOf(fault) !== '' && !/^(08|57P|58|XX)/.test(codeOf(fault)));

const COLLISIONS = new Set(['40001', '40P01']);
const codeOf = (fault: unknown): string => (fault instanceof pg.DatabaseError ? (fault.code ?? '') : '');

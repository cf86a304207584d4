import { randomUUID } from 'node:crypto';
import { afterAll } from '@jest/globals';
import pg from 'pg';
import pino from 'pino';
import { type ConnectOptions, connect } from '../../src/db/connect.ts';
import { type Embedded, urlOf } from '../../src/db/embedded.ts';
import type { Db } from '../../src/db/tables.ts';
import { TEMPLATE, type TestServer } from './database-setup.ts';

export interface TestDatabase {
  db: Db;
  /** For a second pool, a listener, a child process. */
  config: Embedded['config'];
  url: string;
  close(): Promise<void>;
}

const opened: (() => Promise<void>)[] = [];
afterAll(async () => {
  await Promise.all(opened.map((close) => close()));
  await (await asking)?.end();
});

/**
 * A database of its own for a test file, migrated (or empty), closed and dropped after the file's last test. At the
 * top of the file: `const { db } = await testDatabase();`
 */
export async function testDatabase(
  options: { migrated?: boolean } & Partial<Pick<ConnectOptions, 'log' | 'max' | 'statementTimeout'>> = {},
): Promise<TestDatabase> {
  const { migrated = true, log = pino({ level: 'silent' }), ...rest } = options;
  const server = testServer();
  const database = `test_${randomUUID().replaceAll('-', '')}`;
  await ask(server, `create database ${database} template ${migrated ? TEMPLATE : 'template1'} strategy file_copy`);
  const config = { ...server, database };
  const db = connect({ config, log, ...rest });
  let closed: Promise<void> | undefined;
  const close = () => {
    closed ??= db.destroy().then(() => ask(server, `drop database ${database} with (force)`));
    return closed;
  };
  opened.push(close);
  return { db, config, url: urlOf(config), close };
}

/** The server of this jest run. */
export function testServer(): Embedded['config'] {
  const told: TestServer = JSON.parse(process.env.SITREP_TEST_SERVER ?? '{"fault":"run the tests with npm test"}');
  if ('fault' in told) throw new Error(told.fault);
  return told.config;
}

let asking: Promise<pg.Client> | undefined;

/** By one connection for a whole test file: each costs the server more than what is asked. */
async function ask(config: Embedded['config'], statement: string): Promise<void> {
  asking ??= (async () => {
    const client = new pg.Client(config);
    await client.connect();
    return client;
  })();
  await (await asking).query(statement);
}

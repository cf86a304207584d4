import { rm } from 'node:fs/promises';
import { join } from 'node:path';
import { sql } from 'kysely';
import pino, { type Logger } from 'pino';
import { connect } from '../../src/db/connect.ts';
import { type Embedded, startEmbeddedPostgres } from '../../src/db/embedded.ts';
import { migrate } from '../../src/db/migrate.ts';
import type { Db } from '../../src/db/tables.ts';
import { diskFolder } from '../support/scratch.ts';
import { openSocketLine } from './load.ts';
import { startProcess } from './processes.ts';
import type { Setting } from './setting.ts';

/** What every bench stands on: a PostgreSQL of its own that keeps what it confirms, and a Slack that takes everything. */
export interface Ground {
  readonly db: Db;
  readonly database: Embedded['config'];
  readonly slack: { readonly apiUrl: string; readonly origin: string };
  readonly line: Awaited<ReturnType<typeof openSocketLine>>;
  /** More flags for the bot's process: a profiler. */
  readonly flags: readonly string[];
  startServer(script: 'sitrep.ts' | 'bare.ts', setting: Setting): ReturnType<typeof startProcess<{ url: string }>>;
}

/** As fast as Slack's Web API is on a good day. */
export const SLACK_TAKES_MS = 50;

export async function onGround<T>(flags: readonly string[], work: (ground: Ground) => Promise<T>): Promise<T> {
  const log = pino({ level: 'silent' });
  const closing: (() => unknown)[] = [];
  try {
    const folder = await diskFolder('bench');
    closing.push(() => rm(folder, { recursive: true, force: true }));
    const server = await startPostgres(join(folder, 'pg'), log);
    closing.push(() => server.stop());
    const database = server.config;
    await migrate({ config: database, log });
    const db = connect({ config: database, log, statementTimeout: 30_000 });
    closing.push(() => db.destroy());
    await sql`create table bare_rows (id bigint generated always as identity primary key, text text not null)`.execute(
      db,
    );
    const line = await openSocketLine();
    closing.push(() => line.close());
    const slack = await startProcess<Ground['slack']>('slack.ts', { link: line.url, afterMs: SLACK_TAKES_MS });
    closing.push(() => slack.stop());
    const startServer: Ground['startServer'] = (script, setting) =>
      startProcess(script, setting, script === 'sitrep.ts' ? flags : []);
    return await work({ db, database, slack: slack.ready, line, flags, startServer });
  } finally {
    for (const close of closing.reverse()) await close();
  }
}

/** It notes when each transaction was committed: that is when a decision counts. */
async function startPostgres(dataDir: string, log: Logger): Promise<Embedded> {
  const first = await startEmbeddedPostgres({ dataDir, log });
  const db = connect({ config: first.config, log });
  await sql`alter system set track_commit_timestamp = on`.execute(db);
  await db.destroy();
  await first.stop();
  return startEmbeddedPostgres({ dataDir, log });
}

import { resolve } from 'node:path';
import pino, { type Logger } from 'pino';
import { type Config, type Env, parseConfig, secretsOf } from './config.ts';
import { openDatabase } from './database.ts';
import { connect, type Where } from './db/connect.ts';
import { hasHome } from './db/embedded-home.ts';
import { pendingMigrations } from './db/migrate.ts';
import type { Db } from './db/tables.ts';
import { MINUTE } from './lib/duration.ts';
import { plural } from './lib/text.ts';
import { createLog } from './log.ts';
import { databaseFault } from './operations/database-fault.ts';
import { Refused } from './settings.ts';

export interface Opened {
  readonly db: Db;
  readonly where: Where & { password?: string };
  readonly log: Logger;
}

/** What a command on the database needs of the environment: no tokens, no policy, no port. Throws Refused. */
export function operatorConfig(env: Env): Config {
  const { DATABASE_URL, DATA_DIR, SLACK_API_URL, LOG_LEVEL } = env;
  const config = parseConfig({ DATABASE_URL, DATA_DIR, SLACK_API_URL, LOG_LEVEL });
  if (!config.ok) throw new Refused(config.no);
  return config.value;
}

/** Standard output belongs to what was asked for; without LOG_LEVEL only warnings are written beside it. */
function operatorLog(env: Env, config: Config): Logger {
  const level = env.LOG_LEVEL?.trim() ? config.logLevel : 'warn';
  return createLog(level, pino.destination({ fd: 2, sync: true }), secretsOf(config));
}

/**
 * Opens the database for one piece of work and closes it again. Unless `isMade` is told, a database that is not there
 * is not made. Throws Refused with the way out.
 */
export async function withDatabase<T>(
  env: Env,
  work: (opened: Opened) => Promise<T>,
  { isMade = false }: { isMade?: boolean } = {},
): Promise<T> {
  const config = operatorConfig(env);
  const log = operatorLog(env, config);
  if (!isMade && config.databaseUrl === null && !(await hasHome(config.dataDir)))
    throw new Refused([noDatabase(config)]);
  const database = await openDatabase(config, log);
  const db = connect({ config: database.where, log, max: 2, statementTimeout: LONG_READ_MS });
  try {
    return await work({ db, where: database.where, log });
  } catch (fault) {
    const said = databaseFault(fault, config.databaseUrl === null ? (database.home ?? config.dataDir) : 'DATABASE_URL');
    throw said === null ? fault : new Refused([said]);
  } finally {
    await db.destroy();
    await database.stop();
  }
}

/** A record may be large; nobody at Slack waits for it. */
const LONG_READ_MS = 10 * MINUTE;

export const noDatabase = ({ dataDir }: Pick<Config, 'dataDir'>): string =>
  `There is no database in ${resolve(dataDir)} yet: run npm start once, or set DATABASE_URL (or DATA_DIR) to the one you mean.`;

/** The same for commands that read or change tables. */
export function withTables<T>(env: Env, work: (opened: Opened) => Promise<T>): Promise<T> {
  return withDatabase(env, async (opened) => {
    const pending = await pendingMigrations(opened.db);
    if (pending.length > 0)
      throw new Refused([`${plural(pending.length, 'migration')} not applied to the database: run sitrep migrate.`]);
    return work(opened);
  });
}

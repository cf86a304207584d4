import { resolve } from 'node:path';
import type { Logger } from 'pino';
import type { Config } from './config.ts';
import type { Where } from './db/connect.ts';
import { startEmbeddedPostgres } from './db/embedded.ts';

/** The database the environment names, or the embedded one: started, or found running. */
export async function openDatabase(
  config: Pick<Config, 'databaseUrl' | 'dataDir'>,
  log: Logger,
): Promise<{ where: Where & { password?: string }; home: string | null; stop: () => Promise<void> }> {
  if (config.databaseUrl !== null)
    return { where: { connectionString: config.databaseUrl }, home: null, stop: () => Promise.resolve() };
  const embedded = await startEmbeddedPostgres({ dataDir: resolve(config.dataDir), log });
  return { where: embedded.config, home: embedded.home, stop: () => embedded.stop() };
}

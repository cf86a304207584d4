import { withDatabase } from './cli-database.ts';
import type { Env } from './config.ts';
import { migrate } from './db/migrate.ts';
import { plural } from './lib/text.ts';
import { listMigrations } from './operations/store.ts';

/** What was done, in words; makes the embedded database when there is none. Throws Refused. */
export function migrateDatabase(env: Env): Promise<string> {
  const work = withDatabase(
    env,
    async ({ db, where, log }) => {
      const before = await listMigrations(db);
      await migrate({ config: where, log });
      const after = await listMigrations(db);
      const fresh = after.filter((name) => !before.includes(name));
      if (fresh.length === 0) return `Nothing to apply: the database is at ${after.at(-1)}.\n`;
      return `${plural(fresh.length, 'migration')} applied: ${fresh.join(', ')}.\n`;
    },
    { isMade: true },
  );
  return work;
}

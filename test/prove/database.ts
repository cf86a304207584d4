import { setTimeout as sleep } from 'node:timers/promises';
import pg from 'pg';
import type { Ground } from '../soak/ground.ts';

/** What a scene does to the database and asks of it, beside the bot. */

/** Nobody can write the table meanwhile; reading goes on. */
export const holding = (ground: Ground, table: string, work: () => Promise<unknown>): Promise<void> =>
  connected(ground, async (client) => {
    await client.query('begin');
    await client.query(`lock table ${table} in exclusive mode`);
    await work();
    await client.query('rollback');
  });

/** The sessions that workers' lives hang on end; the processes themselves notice only that. */
export const loseWorkers = (ground: Ground): Promise<void> =>
  connected(ground, async (client) => {
    await client.query(`select pg_terminate_backend(pid) from pg_locks where locktype = 'advisory' and objsubid = 2`);
  });

/** Until the query finds something. */
export const until = (ground: Ground, query: string): Promise<void> =>
  connected(ground, async (client) => {
    const end = Date.now() + 10_000;
    while ((await client.query(query)).rowCount === 0) {
      if (Date.now() > end) throw new Error(`nothing is found by ${query}`);
      await sleep(20);
    }
  });

async function connected(ground: Ground, work: (client: pg.Client) => Promise<void>): Promise<void> {
  const client = new pg.Client(ground.config);
  await client.connect();
  try {
    await work(client);
  } finally {
    await client.end();
  }
}

import { sql } from 'kysely';
import type { Db } from '../../src/db/tables.ts';
import type { Stage } from '../journeys/stage.ts';

/** What waits after a failure need not wait any longer; what Slack limited still does. */
export async function hurry(db: Db): Promise<void> {
  await sql`
    with freed as (
      update jobs set not_before = null where not_before is not null and last_error !~ 'ratelimited' returning id
    )
    select pg_notify('jobs', '') from freed limit 1`.execute(db);
}

/** Until nothing that is due is left but what was given up. */
export async function hurryUntilDone(stage: Pick<Stage, 'slack' | 'db' | 'sitrep'>, soonMs = 30_000): Promise<void> {
  const { slack, db } = stage;
  await slack.until(
    async () => {
      await hurry(db);
      const { left } = await db
        .selectFrom('jobs')
        .select((row) => row.fn.countAll<number>().as('left'))
        .where('parkedAt', 'is', null)
        .where('runAt', '<=', new Date(Date.now() + soonMs))
        .executeTakeFirstOrThrow();
      return Number(left) === 0;
    },
    { what: 'all that is due is done', timeoutMs: 25_000 },
  );
  await stage.sitrep.idle();
  await slack.settled();
  await stage.sitrep.idle();
}

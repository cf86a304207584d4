import { expect, test } from '@jest/globals';
import { sql } from 'kysely';
import type { Stage } from '../journeys/stage.ts';
import { setStage } from '../journeys/stage.ts';
import { announcements, channelOf, declare, people, saying } from '../journeys/steps.ts';
import { hurryUntilDone } from './hurry.ts';

test('an outage of an hour delays what was promised and loses nothing of it', async () => {
  const stage = await setStage();
  const { slack } = stage;
  const { oncall } = people(slack);
  const { channel } = await declare(stage, 'sev1 checkout is down');
  slack.faults.on('*', { status: 503 }, { times: Number.POSITIVE_INFINITY });
  const declared = await oncall.slash('/incident declare sev2 search is slow', { in: 'general' });
  const updated = await oncall.slash('/incident update two leads', { in: channel.name });
  expect([declared.outcome, updated.outcome]).toEqual(['acked', 'acked']);
  await anHourOfFailing(stage);
  slack.faults.clear();
  await hurryUntilDone(stage);
  expect(await parked(stage)).toEqual([]);
  expect(saying(channel.posts, /two leads/)).toHaveLength(1);
  expect((await channelOf(stage, 2)).posts.length).toBeGreaterThan(0);
  expect(announcements(slack)).toHaveLength(2);
  expect(slack.journal.violations()).toEqual([]);
});

test('a token that is taken back in the middle of an incident delays what was promised until Slack takes one again', async () => {
  const stage = await setStage();
  const { slack } = stage;
  const { oncall } = people(slack);
  const { channel } = await declare(stage, 'sev1 checkout is down');
  slack.uninstall();
  const updated = await oncall.slash('/incident update two leads', { in: channel.name });
  expect(updated.shown).toMatch(/^Done\./);
  await anHourOfFailing(stage);
  expect((await stage.record(1)).updates).toHaveLength(1);
  slack.world.installed = true;
  await hurryUntilDone(stage);
  expect(await parked(stage)).toEqual([]);
  expect(saying(channel.posts, /two leads/)).toHaveLength(1);
});

/** Fails a few times for real; then it is as if that had begun an hour ago; then it fails once more. */
async function anHourOfFailing(stage: Stage): Promise<void> {
  const { db, slack } = stage;
  await failures(stage, 2);
  await sql`update jobs set failing_since = failing_since - interval '1 hour', attempts = attempts + 60 where last_error is not null`.execute(
    db,
  );
  await failures(stage, 63);
  const held = await db.selectFrom('jobs').select('kind').where('lastError', 'is not', null).execute();
  expect(held.length).toBeGreaterThan(0);
  expect(slack.journal.violations()).toEqual([]);
}

/** Every job that failed at all has failed so often. */
const failures = ({ db, slack }: Stage, times: number) =>
  slack.until(
    async () => {
      await sql`update jobs set not_before = null where not_before is not null`.execute(db);
      await sql`select pg_notify('jobs', '')`.execute(db);
      const failed = await db.selectFrom('jobs').select('attempts').where('lastError', 'is not', null).execute();
      return failed.length > 0 && failed.every((job) => job.attempts >= times);
    },
    { what: `${times} failures`, timeoutMs: 20_000 },
  );

const parked = async ({ db }: Stage) =>
  (await db.selectFrom('jobs').select(['kind', 'lastError']).where('parkedAt', 'is not', null).execute()).map(
    ({ kind, lastError }) => `${kind}: ${lastError}`,
  );

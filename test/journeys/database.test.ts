import { expect, test } from '@jest/globals';
import { sql } from 'kysely';
import { type FlakyRoad, flakyRoad } from '../support/flaky-road.ts';
import { afterStory, type Mode, setStage } from './stage.ts';
import { channelOf, declare, people, testOverBoth } from './steps.ts';

testOverBoth(
  'while the database is silent people are told that nothing was recorded, and nothing said is lost',
  async (mode) => {
    const { stage, road } = await onRoad(mode);
    const { slack, record, db, quiet } = stage;
    const { oncall } = people(slack);
    const { channel } = await declare(stage, 'sev1 checkout is down');
    await oncall.slash('/incident declare', { in: 'general' });
    const form = await oncall.seesModal('Declare an incident');
    await form.fill({ Title: 'search is down' });

    road.is = 'silent';
    const said = oncall.says('error rate is 40 %', { in: channel.name });
    const [typed, sent] = await Promise.all([
      oncall.slash('/incident declare sev1 payments are down', { in: 'general' }),
      form.submit(),
    ]);
    expect(typed.outcome).toBe('acked');
    expect(typed.shown).toMatch(/^Nothing was recorded: .*Try again/);
    expect(sent.errors).toEqual({ Title: expect.stringMatching(/Nothing was recorded/) });
    expect(form.value('Title')).toBe('search is down');

    road.is = 'good';
    await slack.settled();
    await slack.until(async () => (await record(1)).timeline.some((one) => one.ts === said.ts));
    await slack.until(async () => (await form.submit()).action === 'update', { timeoutMs: 15_000 });
    await quiet();
    expect((await record(1)).timeline.filter((one) => one.ts === said.ts)).toHaveLength(1);
    expect(
      (await db.selectFrom('incidents').select('title').orderBy('id').execute()).map(({ title }) => title),
    ).toEqual(['checkout is down', 'search is down']);
    expect(slack.journal.violations()).toEqual([]);
  },
);

test('when nobody knows whether the commit arrived the answer says so, and what was recorded goes on', async () => {
  const { stage, road } = await onRoad('http');
  const { slack } = stage;
  const { oncall } = people(slack);
  await oncall.slash('/incident list', { in: 'general' });
  road.is = 'cut-after-commit';
  const reply = await oncall.slash('/incident declare sev1 checkout is down', { in: 'general' });
  road.is = 'good';
  expect(reply.outcome).toBe('acked');
  expect(reply.shown).toContain('It may have been recorded: check with `/incident list`');
  const channel = await channelOf(stage, 1);
  await stage.quiet();
  expect((await oncall.slash('/incident list', { in: 'general' })).shown).toContain('INC-1');
  expect(channel.members).toContain('oncall');
  expect(slack.journal.violations()).toEqual([]);
}, 40_000);

test('a start in the middle of which the database breaks off goes on when it is back', async () => {
  const { stage, road } = await onRoad('http', 'cut-after-one-commit');
  expect(road.is).toBe('good');
  await declare(stage, 'sev1 checkout is down');
});

test('a restart of the database costs nothing: what ran is finished, what is asked next works', async () => {
  const stage = await setStage();
  const { slack, db, record } = stage;
  const { oncall } = people(slack);
  const { channel } = await declare(stage, 'sev1 checkout is down');
  slack.faults.on('chat.postMessage', { delayMs: 500 });
  await oncall.slash('/incident update two leads', { in: channel.name });
  await slack.until(() => slack.journal.entries.some((one) => one.kind === 'fault'));
  await sql`select pg_terminate_backend(pid) from pg_stat_activity
    where datname = current_database() and pid <> pg_backend_pid()`.execute(db);
  await slack.until(() => channel.posts.some((one) => one.shown.includes('two leads')));
  const again = await slack.until(async () => {
    const reply = await oncall.slash('/incident update and one suspect', { in: channel.name });
    return reply.shown.startsWith('Done') && reply;
  });
  expect(again.outcome).toBe('acked');
  await slack.until(() => channel.posts.some((one) => one.shown.includes('one suspect')), { timeoutMs: 20_000 });
  await stage.quiet();
  expect(channel.posts.filter((one) => one.shown.includes('two leads'))).toHaveLength(1);
  expect((await record(1)).updates.map(({ text }) => text)).toEqual(['two leads', 'and one suspect']);
  expect(slack.journal.violations()).toEqual([]);
}, 40_000);

async function onRoad(mode: Mode, is: FlakyRoad['is'] = 'good') {
  let road: Awaited<ReturnType<typeof flakyRoad>> | undefined;
  const stage = await setStage({
    mode,
    sandbox: { delivery: { retryDelaysMs: [500, 1_000, 2_000, 2_000, 4_000, 4_000] } },
    road: async (server) => {
      road = await flakyRoad({ host: server.host ?? '127.0.0.1', port: server.port ?? 5432 });
      const { close } = road;
      road.is = is;
      afterStory(close);
      return { ...server, host: '127.0.0.1', port: road.port };
    },
  });
  if (!road) throw new Error('a road');
  return { stage, road };
}

import { expect, test } from '@jest/globals';
import { HOUR } from '../../src/lib/duration.ts';
import { defaultPolicy } from '../../src/policy.ts';
import { createBotProcess } from '../../src/sandbox/bot-process.ts';
import { createClock } from '../../src/sandbox/clock.ts';
import { openFront } from '../../src/sandbox/front.ts';
import { startSandbox } from '../../src/sandbox/sandbox.ts';
import { afterStory } from '../journeys/stage.ts';
import { testDatabase } from '../support/database.ts';

const BOT = new URL('../../src/sandbox-bot.ts', import.meta.url);

async function setUp() {
  const database = await testDatabase();
  afterStory(() => database.close());
  const slack = await startSandbox({ manifest: 'manifest.yml', mode: 'socket' });
  afterStory(() => slack.close());
  const bot = createBotProcess({
    file: BOT,
    settings: async () => ({
      tokens: slack.tokens,
      slackApiUrl: slack.apiUrl,
      database: database.config,
      policy: defaultPolicy,
      logLevel: 'silent',
      secrets: [],
      aheadMs: slack.world.ahead,
    }),
    now: slack.now,
    changed: (what) => slack.journal.record({ kind: 'bot', what }),
  });
  afterStory(async () => void (await bot.kill()));
  const front = await openFront({
    host: '127.0.0.1',
    port: 0,
    pages: () => false,
    bot: () => ({ origin: bot.origin, why: bot.state.is === 'down' ? bot.state.why : bot.state.is }),
  });
  afterStory(() => front.close());
  const asks = async (path: string) => {
    const answer = await fetch(`${front.origin}${path}`);
    return `${answer.status} ${(await answer.text()).slice(0, 200)}`;
  };
  return { slack, bot, clock: createClock(slack, bot), asks, db: database.db };
}

test('the bot is killed, started and stopped as a process of its own, and its clock goes with it', async () => {
  const { slack, bot, clock, asks, db } = await setUp();
  const oncall = slack.person('oncall');
  const types = (words: string) => oncall.slash(`/incident ${words}`, { in: 'general' });
  expect(bot.state).toMatchObject({ is: 'down', why: 'It was not started yet.' });
  expect(await bot.stop()).toMatchObject({ ok: false });
  expect(await clock.toNextReminder()).toMatchObject({ no: expect.stringContaining('it is down') });

  expect(await bot.start()).toEqual({ ok: true, value: undefined });
  expect(bot.state.is).toBe('running');
  expect(await bot.start()).toMatchObject({ no: 'The bot is running already.' });
  expect(await asks('/readyz')).toContain('200 {"ready":true');
  expect(await clock.toNextReminder()).toMatchObject({ no: expect.stringContaining('declare an incident first') });
  expect((await types('declare sev1 checkout is down')).shown).toContain('INC-1 declared');
  await oncall.sees('INC-1 SEV1');

  // To the question who commands, five minutes on, which the bot then asks.
  const at = slack.now().getTime();
  expect(await clock.toNextReminder()).toMatchObject({ ok: true, value: { what: 'the missing commander of INC-1' } });
  expect(slack.now().getTime() - at).toBeGreaterThan(4 * 60_000);
  await oncall.sees('Nobody has command of INC-1');
  await clock.forward(HOUR);

  expect(await bot.kill()).toMatchObject({ ok: true });
  expect(bot.state).toMatchObject({ is: 'down', why: 'It was killed by hand (kill -9).' });
  const away = await types('list');
  expect(away.shown).toContain('/incident failed because the app did not respond');
  expect((await oncall.sees('did not respond')).kind).toBe('ephemeral');
  expect(await asks('/readyz')).toMatch(/^503 .*"ready":false.*killed by hand/);
  expect(await asks('/healthz')).toMatch(/^503 The bot does not serve/);
  expect(await asks('/nowhere')).toMatch(/^404/);

  expect(await bot.restart()).toMatchObject({ ok: true });
  await types('declare sev2 search is slow');
  const second = await db
    .selectFrom('incidents')
    .select('declaredAt')
    .where('id', '=', 2 as never)
    .executeTakeFirst();
  expect(Number(second?.declaredAt) - Date.now()).toBeGreaterThan(HOUR);
  expect(await asks('/metrics')).toContain('200 # HELP');

  // Killed by somebody else, it says so.
  if (bot.state.is === 'running') process.kill(bot.state.pid, 'SIGKILL');
  await slack.until(() => bot.state.is === 'down');
  expect(bot.state).toMatchObject({ why: expect.stringContaining('It ended by itself (SIGKILL)') });
  expect(await bot.start()).toMatchObject({ ok: true });
  expect(await bot.stop()).toMatchObject({ ok: true });
  expect(bot.state).toMatchObject({ is: 'down', why: 'It was stopped by hand.' });
  expect(slack.journal.violations()).toEqual([]);
});

import { expect } from '@jest/globals';
import { allDone, expectNoRepeats, expectOnce } from './once.ts';
import { setProcessStage } from './process.ts';
import { people, testOverBoth } from './steps.ts';

testOverBoth('SIGTERM lets what was begun end, ends with 0, and the next process does the rest', async (mode) => {
  const { slack, db, start } = await setProcessStage({ mode });
  const { oncall } = people(slack);
  const bot = await start();
  slack.faults.on('chat.postMessage', { delayMs: 1_500 });
  slack.faults.on('users.info', { delayMs: 500 });
  const asking = oncall.slash('/incident declare sev1 alpha is down', { in: 'general' });
  await slack.until(() => slack.journal.entries.some((one) => one.kind === 'fault' && one.what.includes('1500')));
  const [, other] = [await asking, oncall.slash('/incident declare sev1 bravo is down', { in: 'general' })];
  await slack.until(async () => (await db.selectFrom('incidents').select('id').execute()).length === 2);
  expect(await bot.kill('SIGTERM')).toEqual({ code: 0, signal: null });
  expect(bot.out()).toContain('"msg":"stopped"');
  expect((await other).shown).toContain('INC-2 declared');
  const left = await db.selectFrom('jobs').select(['kind', 'uncertainSince', 'worker']).execute();
  expect(left.length).toBeGreaterThan(0);
  // Nothing was cut off in the middle, so nothing has to be looked for.
  expect(left.filter((one) => one.worker !== null || one.uncertainSince !== null)).toEqual([]);

  await start();
  await allDone(slack, db);
  await expectOnce(slack, db, 1, 'alpha is down');
  await expectOnce(slack, db, 2, 'bravo is down');
  expectNoRepeats(slack);
  expect(slack.journal.violations()).toEqual([]);
});

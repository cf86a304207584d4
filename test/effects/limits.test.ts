import { expect, test } from '@jest/globals';
import { type Stage, setStage } from '../journeys/stage.ts';
import { announcements, channelOf, declare, people, saying } from '../journeys/steps.ts';

/** Every method that the story below calls from a job. */
const METHODS = [
  'conversations.create',
  'conversations.invite',
  'chat.postMessage',
  'pins.add',
  'conversations.info',
  'conversations.setTopic',
  'conversations.history',
  'conversations.list',
  'chat.update',
  'bookmarks.list',
  'bookmarks.add',
  'views.update',
  'files.getUploadURLExternal',
  'files.completeUploadExternal',
];

test('a 429 of any method is waited for to the end, and then everything is done once', async () => {
  const stage = await setStage({ policy: { bridge: 'https://call.example/ops' } });
  const { slack, quiet } = stage;
  const { oncall } = people(slack);
  for (const method of METHODS) slack.faults.on(method, { retryAfter: 1 });
  await oncall.slash('/incident declare', { in: 'general' });
  const form = await oncall.seesModal('Declare an incident');
  await form.fill({ Title: 'checkout is down', Severity: 'SEV1' });
  await form.submit();
  const channel = await channelOf(stage, 1);
  await allDone(stage);
  await oncall.slash('/incident update two leads', { in: channel.name });
  await oncall.slash('/incident resolve rolled back', { in: channel.name });
  await allDone(stage);
  await quiet();
  expect(saying(channel.posts, /UPDATE.*two leads/)).toHaveLength(1);
  expect(saying(channel.posts, /The whole draft of INC-1/)).toHaveLength(1);
  expect(channel.bookmarks).toHaveLength(1);
  expect(channel.pins).toHaveLength(1);
  expect(announcements(slack)).toHaveLength(1);
  expect(channel.topic).toContain('resolved');
  const limited = slack.journal.calls().filter((call) => call.status === 429);
  expect(new Set(limited.map((call) => call.method))).toEqual(new Set(METHODS));
  expect(limited).toHaveLength(METHODS.length);
  expect(slack.journal.violations()).toEqual([]);
}, 45_000);

test('what one incident was told of a limit holds for the others and for every process', async () => {
  const stage = await setStage();
  const { slack, db } = stage;
  await stage.another();
  await declare(stage, 'sev1 checkout is down');
  slack.faults.on('pins.add', { retryAfter: 2 });
  const { oncall, exec } = people(slack);
  await oncall.slash('/incident declare sev2 search is slow', { in: 'general' });
  await slack.until(async () => (await db.selectFrom('rateLimits').selectAll().execute()).length > 0);
  for (const what of ['mail is late', 'maps are grey', 'logins fail'])
    await exec.slash(`/incident declare sev2 ${what}`, { in: 'general' });
  await Promise.all([2, 3, 4, 5].map((number) => channelOf(stage, number)));
  await stage.quiet();
  expect(slack.journal.calls('pins.add').filter((call) => call.status === 429)).toHaveLength(1);
  expect(slack.journal.violations()).toEqual([]);
});

test('a form that cannot be opened for a limit is answered with the words to type instead, and Slack is not asked again', async () => {
  const stage = await setStage();
  const { slack } = stage;
  const { oncall, exec } = people(slack);
  slack.faults.on('views.open', { retryAfter: 30 });
  expect((await oncall.slash('/incident declare', { in: 'general' })).shown).toContain('The form did not open');
  expect((await exec.slash('/incident declare', { in: 'general' })).shown).toContain('The form did not open');
  expect(slack.journal.calls('views.open')).toHaveLength(1);
  expect(slack.journal.violations()).toEqual([]);
});

const allDone = ({ db, slack }: Stage) =>
  slack.until(
    async () => {
      const soon = new Date(Date.now() + 30_000);
      const left = await db.selectFrom('jobs').select('id').where('runAt', '<=', soon).execute();
      return left.length === 0;
    },
    { what: 'all is done', timeoutMs: 25_000 },
  );

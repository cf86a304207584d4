import { expect, test } from '@jest/globals';
import type { CallFault } from '../../src/sandbox/faults.ts';
import { allDone, expectNoRepeats, expectOnce } from './once.ts';
import { setStage } from './stage.ts';
import { announcements, channelOf, everywhere, people, saying } from './steps.ts';

type Call = Record<string, unknown>;

const EFFECTS: [string, string, (args: Call) => boolean, string[]][] = [
  ['alpha opens its channel', 'conversations.create', (args) => has(args.name, 'alpha'), []],
  ['bravo invites', 'conversations.invite', () => true, []],
  ['charlie posts its card', 'chat.postMessage', (args) => has(args.text, ': charlie'), []],
  ['delta pins its card', 'pins.add', () => true, []],
  ['echo posts its checklist', 'chat.postMessage', (args) => args.thread_ts !== undefined, []],
  ['foxtrot is announced', 'chat.postMessage', (args) => has(args.text, 'investigating: foxtrot'), []],
  ['golf sets its topic', 'conversations.setTopic', (args) => has(args.topic, 'golf'), []],
  ['hotel sends duties', 'chat.postMessage', (args) => has(args.text, 'You are Incident Commander'), ['ic']],
  ['india posts an update', 'chat.postMessage', (args) => has(args.text, 'two leads'), ['update two leads']],
  ['juliet draws its card', 'chat.update', (args) => has(args.text, 'juliet'), ['impact none']],
  ['kilo shares its draft', 'files.completeUploadExternal', () => true, ['resolve rolled back']],
];

/** It was done, or was not done, and nobody knows. Every other way stands in test/effects, for every job. */
const FAULTS: CallFault[] = [{ loseAnswer: true }, { drop: true }];

test('of eleven effects each happens once when the answer is lost, or the question', async () => {
  await Promise.all(FAULTS.map(elevenEffects));
}, 60_000);

async function elevenEffects(fault: CallFault): Promise<void> {
  const stage = await setStage();
  const { slack, db } = stage;
  const { oncall, commander } = people(slack);
  for (const [n, [title, method, when, verbs]] of EFFECTS.entries()) {
    slack.faults.on(method, fault, { when });
    await oncall.slash(`/incident declare sev1 ${title}`, { in: 'general' });
    if (method === 'chat.update') await channelOf(stage, n + 1);
    for (const verb of verbs) await commander.slash(`/incident ${verb} in INC-${n + 1}`, { in: 'general' });
    const met = () => slack.journal.entries.filter((one) => one.kind === 'fault').length === n + 1;
    await slack.until(met, { what: title });
  }
  await allDone(slack, db);
  await stage.quiet();
  for (const [n, [title]] of EFFECTS.entries()) await expectOnce(slack, db, n + 1, title);
  expectNoRepeats(slack);
  expect(saying(commander.dms, /You are \*Incident Commander\* of \*INC-8/)).toHaveLength(1);
  expect(saying(everywhere(slack), /\[UPDATE .*\] two leads/)).toHaveLength(2);
  expect(everywhere(slack).flatMap((one) => one.files.map((file) => file.name))).toEqual([
    'INC-11-postmortem-draft-1.md',
  ]);
  const juliet = slack.channels().find((one) => one.name.includes('juliet'));
  expect(juliet?.pins[0]?.shown).toContain('none');
  expect(slack.journal.violations()).toEqual([]);
}

test('a 429 on any method is honoured to the second, and everything is done once', async () => {
  const stage = await setStage();
  const { slack, db } = stage;
  const { oncall } = people(slack);
  const methods = [
    'conversations.create',
    'conversations.invite',
    'conversations.setTopic',
    'conversations.history',
    'conversations.list',
    'conversations.join',
    'conversations.open',
    'chat.postMessage',
    'chat.update',
    'pins.add',
    'files.getUploadURLExternal',
    'files.completeUploadExternal',
  ];
  for (const method of methods) slack.faults.on(method, { retryAfter: 1 });
  slack.faults.on('chat.postMessage', { retryAfter: 2 }, { when: (args) => args.thread_ts !== undefined });
  await oncall.slash('/incident declare sev1 checkout is down', { in: 'general' });
  await oncall.slash('/incident ic in INC-1', { in: 'general' });
  await channelOf(stage, 1);
  await oncall.slash('/incident resolve rolled back in INC-1', { in: 'general' });
  await allDone(slack, db);
  const met = slack.journal.entries.flatMap((one) => (one.kind === 'fault' ? one.what.split(':')[0] : []));
  expect([...new Set(met)].toSorted()).toEqual(methods.toSorted());
  await expectOnce(slack, db, 1, 'checkout is down');
  expectNoRepeats(slack);
  expect(slack.journal.violations()).toEqual([]);
}, 60_000);

test("twelve incidents at once are opened in the pace of Slack's rate limits, each once", async () => {
  const stage = await setStage({ sandbox: { rateLimits: true }, policy: { askBeforeDuplicates: false } });
  const { slack, db } = stage;
  const { oncall } = people(slack);
  const titles = [...'abcdefghijkl'].map((cell) => `outage of cell ${cell} today`);
  for (const title of titles) await oncall.slash(`/incident declare sev1 ${title}`, { in: 'general' });
  await slack.until(() => announcements(slack).length === titles.length, { timeoutMs: 40_000 });
  await allDone(slack, db);
  for (const [n, title] of titles.entries()) await expectOnce(slack, db, n + 1, title);
  expectNoRepeats(slack);
}, 60_000);

test('an answer by response_url and a view that turns into the link are sent at most once, and hold nothing up', async () => {
  const stage = await setStage();
  const { slack, db } = stage;
  const { oncall } = people(slack);
  slack.faults.on('views.update', { loseAnswer: true });
  slack.faults.on('response_url', { drop: true });
  await oncall.slash('/incident declare sev1 alpha is down', { in: 'general' });
  await oncall.slash('/incident declare', { in: 'general' });
  const form = await oncall.seesModal('Declare an incident');
  await form.fill({ Title: 'bravo is down' });
  await form.submit();
  await allDone(slack, db);
  await expectOnce(slack, db, 1, 'alpha is down');
  await expectOnce(slack, db, 2, 'bravo is down');
  expect(slack.journal.calls().filter(({ method }) => /^(views.update|response_url)/.test(method)).length).toBeLessThan(
    3,
  );
  expect(slack.journal.violations()).toEqual([]);
});

const has = (value: unknown, words: string): boolean => String(value).includes(words);

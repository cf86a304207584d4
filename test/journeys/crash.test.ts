import { expect, test } from '@jest/globals';
import { incidentId } from '../../src/lib/ids.ts';
import type { Sandbox } from '../../src/sandbox/sandbox.ts';
import { readRecord } from '../../src/timeline/transactions.ts';
import { allDone, expectNoRepeats, expectOnce } from './once.ts';
import { setProcessStage } from './process.ts';
import { everywhere, people, saying, testOverBoth } from './steps.ts';

/** Where each incident is when the process is killed: Slack has been asked, and will do it, but nobody hears the answer. */
const POINTS: [string, string, (args: Record<string, unknown>) => boolean, string[]][] = [
  ['alpha opens its channel', 'conversations.create', (args) => has(args.name, 'alpha'), []],
  ['bravo invites', 'conversations.invite', () => true, []],
  ['charlie posts its card', 'chat.postMessage', (args) => has(args.text, ': charlie'), []],
  ['delta pins its card', 'pins.add', () => true, []],
  ['echo posts its checklist', 'chat.postMessage', (args) => args.thread_ts !== undefined, []],
  ['foxtrot is announced', 'chat.postMessage', (args) => has(args.text, 'investigating: foxtrot'), []],
  ['golf sets its topic', 'conversations.setTopic', (args) => has(args.topic, 'golf'), []],
  ['hotel sends duties', 'chat.postMessage', (args) => has(args.text, 'You are Incident Commander'), ['ic']],
  ['india posts an update', 'chat.postMessage', (args) => has(args.text, 'two leads'), ['update two leads']],
  ['juliet shares its draft', 'files.completeUploadExternal', () => true, ['resolve rolled back']],
];

test('killed with kill -9 at ten points of ten incidents and started again, everything happens once', async () => {
  const { slack, db, start } = await setProcessStage({ mode: 'socket' });
  const { oncall, commander } = people(slack);
  const bot = await start();
  const say = (typed: string) => commander.slash(typed, { in: 'general' });
  // Each fault is for one call, so the incidents go to their points one after the other and are held there.
  for (const [n, [title, method, when, verbs]] of POINTS.entries()) {
    slack.faults.on(method, { delayMs: 4_000 }, { when });
    await oncall.slash(`/incident declare sev1 ${title}`, { in: 'general' });
    for (const verb of verbs) await say(`/incident ${verb} in INC-${n + 1}`);
    await slack.until(() => held(slack) === n + 1, { what: title, timeoutMs: 3_500 });
  }
  const last = await oncall.slash('/incident declare sev1 kilo is acknowledged', { in: 'general' });
  await bot.kill('SIGKILL');
  expect(last.shown).toContain('INC-11 declared');
  const lost = await oncall.slash('/incident declare sev1 lima finds nobody', { in: 'general' });
  expect(lost.outcome).toBe('dispatch_failed');

  await start();
  await allDone(slack, db);
  for (const [n, [title]] of POINTS.entries()) await expectOnce(slack, db, n + 1, title);
  await expectOnce(slack, db, 11, 'kilo is acknowledged');
  expectNoRepeats(slack);
  expect(saying(commander.dms, /You are \*Incident Commander\* of \*INC-8/)).toHaveLength(1);
  expect(saying(everywhere(slack), /\[UPDATE .*\] two leads/)).toHaveLength(2);
  const files = everywhere(slack).flatMap((one) => one.files.map((file) => file.name));
  expect(files).toEqual(['INC-10-postmortem-draft-1.md']);
  expect((await db.selectFrom('incidents').select('id').execute()).length).toBe(11);
  expect(slack.journal.violations()).toEqual([]);
}, 60_000);

testOverBoth('what is said while the process is dead is heard when it is back, once', async (mode) => {
  const { slack, db, start } = await setProcessStage({ mode });
  const { oncall } = people(slack);
  const bot = await start();
  await oncall.slash('/incident declare sev1 checkout is down', { in: 'general' });
  await allDone(slack, db);
  const channel = await slack.until(() => slack.channels().find((one) => one.name.startsWith('inc-')));
  const before = oncall.says('before', { in: channel.name });
  await bot.kill('SIGKILL');
  const said = oncall.says('while nobody listens', { in: channel.name });
  oncall.edits(said, 'while nobody listened');
  oncall.deletes(before);
  await start();
  await slack.settled();
  const held = await readRecord({ db }, incidentId(1), slack.url);
  const kinds = (ts: string) => held?.timeline.filter((one) => one.ts === ts).map(({ kind }) => kind);
  expect(kinds(said.ts)?.toSorted()).toEqual(['message', 'message_edited']);
  expect(kinds(before.ts)?.toSorted()).toEqual(['message', 'message_deleted']);
  expect(JSON.stringify(held?.timeline)).not.toContain('"before"');
  expect(slack.journal.violations()).toEqual([]);
});

const has = (value: unknown, words: string): boolean => String(value).includes(words);
const held = (slack: Sandbox): number =>
  slack.journal.entries.filter((one) => one.kind === 'fault' && one.what.includes('delayMs')).length;

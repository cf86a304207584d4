import { expect, test } from '@jest/globals';
import { hurry, hurryUntilDone } from '../effects/hurry.ts';
import { allDone } from './once.ts';
import { setStage } from './stage.ts';
import { announcements, channelOf, people } from './steps.ts';

type Call = Record<string, unknown>;

const saysIn = (pattern: RegExp) => (args: Call) => pattern.test(String(args.text));

test('a card and an announcement whose answers were lost show what has changed since they were posted', async () => {
  const stage = await setStage();
  const { slack, db } = stage;
  const { oncall } = people(slack);
  const lost = (count: number) => slack.journal.entries.filter((one) => one.kind === 'fault').length === count;
  slack.faults.on('chat.postMessage', { loseAnswer: true }, { when: saysIn(/^INC-1 SEV1: /) });
  slack.faults.on('chat.postMessage', { loseAnswer: true }, { when: saysIn(/^INC-1 SEV2 investigating: /) });

  await oncall.slash('/incident declare sev1 checkout is down', { in: 'general' });
  await slack.until(() => lost(1), { what: 'the card is posted, and nobody knows' });
  await oncall.slash('/incident severity sev2 in INC-1', { in: 'general' });
  await stage.quiet();
  const isLost = async () => {
    if (!lost(2)) await hurry(db);
    return lost(2);
  };
  await slack.until(isLost, { what: 'the announcement is posted, and nobody knows' });
  const channel = await channelOf(stage, 1);
  await slack.until(() => saysIn(/^INC-1 SEV2: /)({ text: channel.pins[0]?.text }), { what: 'the card is found' });
  await oncall.slash('/incident severity sev3 in INC-1', { in: 'general' });
  await stage.quiet();
  await hurryUntilDone(stage);
  await allDone(slack, db);

  expect(channel.pins[0]?.text).toMatch(/^INC-1 SEV3: /);
  expect(announcements(slack).map((one) => one.text)).toEqual([expect.stringMatching(/^INC-1 SEV3 investigating: /)]);
  expect(slack.journal.violations()).toEqual([]);
});

import { expect, test } from '@jest/globals';
import { DAY, HOUR, MINUTE } from '../../src/lib/duration.ts';
import { setStage } from './stage.ts';
import { declare, gather, people, saying } from './steps.ts';

test('a quiet channel of an ended incident is archived when a person says so, after its record is read to the end', async () => {
  const stage = await setStage({ policy: { archiveAfter: 7 * DAY }, reconcile: { settledMs: 0, pauseMs: 0 } });
  const { slack, record, quiet, pass } = stage;
  const { oncall, comms } = people(slack);
  const { channel } = await declare(stage, 'sev4 a typo on the status page');
  const other = await declare(stage, 'sev4 another typo');
  gather(slack, channel, 'comms');
  gather(slack, other.channel, 'comms');
  for (const one of [channel, other.channel])
    await oncall.slash('/incident resolve it is spelt right now', { in: one.name });
  await quiet();
  // Somebody still speaks in it: the quiet begins anew.
  await pass(5 * DAY);
  comms.says('one more thing', { in: channel.name });
  await quiet();
  await pass(2 * DAY + HOUR);
  expect(saying(channel.posts, /May this channel be archived/)).toEqual([]);
  expect(saying(other.channel.posts, /May this channel be archived/)).toHaveLength(1);
  await pass(5 * DAY);
  expect(saying(channel.posts, /May this channel be archived/)[0]?.buttons).toEqual(['Archive', 'Keep']);

  // One is kept, and nobody is asked again.
  await comms.clicks('Keep', { in: other.channel.name });
  await quiet();
  await pass(30 * DAY);
  expect(saying(other.channel.posts, /keeps this channel/)).toHaveLength(1);
  expect(saying(other.channel.posts, /May this channel be archived/)).toEqual([]);
  expect(other.channel.isArchived).toBe(false);

  // What is said while nobody hears is in the record all the same before the bot is thrown out.
  await comms.clicks('Archive', { in: channel.name });
  await slack.until(async () => {
    await pass(MINUTE);
    return channel.isArchived;
  });
  await quiet();
  const timeline = (await record(1)).timeline.map(({ kind, text }) => `${kind} ${text}`);
  expect(timeline).toContain('archive_answered archives the channel');
  expect(timeline.some((one) => one.includes('one more thing'))).toBe(true);
  const late = await comms.slash('/incident show INC-1', { in: 'general' });
  expect(late.shown).toContain('closed');
  expect(slack.journal.calls('conversations.archive')).toHaveLength(1);
  expect(slack.journal.violations()).toEqual([]);
}, 60_000);

test('reopening ends the offer, and the next ending makes another', async () => {
  const stage = await setStage({ policy: { archiveAfter: DAY } });
  const { slack, quiet, pass } = stage;
  const { oncall } = people(slack);
  const { channel } = await declare(stage, 'sev4 a typo');
  await oncall.slash('/incident cancel it was meant so', { in: channel.name });
  await quiet();
  await pass(DAY + MINUTE);
  const [offer] = saying(channel.posts, /May this channel be archived/);
  await oncall.slash('/incident reopen it was not', { in: channel.name });
  await quiet();
  const after = channel.posts.find((one) => one.ts === offer?.ts);
  expect(after?.shown).toMatch(/It was reopened: its channel stays/);
  expect(after?.buttons).toEqual([]);
  await oncall.slash('/incident cancel it was, after all', { in: channel.name });
  await quiet();
  await pass(DAY + MINUTE);
  expect(saying(channel.posts, /May this channel be archived/)).toHaveLength(1);
  // Whoever presses it where the bot is no more is told so.
  oncall.kicks(slack.bot.handle, channel.name);
  await quiet();
  await oncall.clicks('Archive', { in: channel.name });
  await oncall.sees(/^The channel of INC-1 is closed to Sitrep already/, { in: channel.name });
  expect(channel.isArchived).toBe(false);
  expect(slack.journal.violations()).toEqual([]);
}, 60_000);

import { expect, test } from '@jest/globals';
import { builtInTemplates } from '../../src/updates/wording.ts';
import { setStage } from './stage.ts';
import { announcements, declare, gather, people, saying } from './steps.ts';

test('customers’ words are offered filled in, kept apart from the internal ones, and never say what the cause was', async () => {
  const stage = await setStage({
    policy: {
      templates: {
        ...builtInTemplates,
        update: { internal: 'Known so far about {title}:', audience: '{impact} We are at it; more {next}.' },
      },
    },
  });
  const { slack, db, record, quiet } = stage;
  const { oncall } = people(slack);
  const { channel } = await declare(stage, 'sev1 <!here> checkout {how} is down');
  gather(slack, channel, 'comms');
  await oncall.slash('/incident impact 1 in 5 payments fail', { in: channel.name });
  await quiet();
  const announced = () => announcements(slack)[0]?.shown ?? '';
  expect(announced()).toContain('What users feel: 1 in 5 payments fail.');
  expect(announced()).toContain(
    '*For customers* What you may notice: 1 in 5 payments fail. We are looking into it. The next update comes by <!date',
  );

  await oncall.slash('/incident update', { in: channel.name });
  const form = await oncall.seesModal('Update INC-1');
  await form.fill({ 'What is happening?': 'db-7 is out of disk' });
  expect((await form.submit()).errors).toEqual({});
  await quiet();
  expect(saying(channel.posts, /\[UPDATE .*db-7 is out of disk/)).toHaveLength(1);
  const [thread] = announcements(slack);
  const outside = slack.channel('incidents').thread(thread?.ts ?? '');
  expect(saying(outside, /1 in 5 payments fail\. We are at it; more by \d\d:\d\d UTC\./)).toHaveLength(1);
  expect(saying(outside, /db-7/)).toEqual([]);

  await oncall.slash('/incident update', { in: channel.name });
  const untouched = await oncall.seesModal('Update INC-1');
  expect((await untouched.submit()).errors).toEqual({});
  await quiet();
  // Foreign text is inert and not looked through for blanks, wherever a template put it.
  const [said] = saying(channel.posts, /Known so far about/);
  expect(said?.shown).toContain('&lt;!here&gt; checkout {how} is down');
  expect(said?.pings).toEqual([]);

  await oncall.slash('/incident resolve', { in: channel.name });
  const resolve = await oncall.seesModal('Resolve INC-1');
  await resolve.fill({ 'What fixed it?': 'made room on db-7' });
  expect((await resolve.submit()).errors).toEqual({});
  await quiet();
  const end = slack.channel('incidents').thread(thread?.ts ?? '');
  expect(
    saying(end, /INC-1 is resolved\*\nThis is solved\. What you may have noticed: 1 in 5 payments fail/),
  ).toHaveLength(1);
  expect(saying(end, /db-7/)).toEqual([]);
  const updates = (await record(1)).updates.map(({ audienceText }) => audienceText);
  expect(updates).toEqual([
    expect.stringMatching(/^1 in 5 payments fail\. We are at it; more by \d\d:\d\d UTC\.$/),
    expect.stringMatching(/^1 in 5/),
  ]);
  expect(await db.selectFrom('updates').select('text').orderBy('id').executeTakeFirst()).toEqual({
    text: 'db-7 is out of disk',
  });
  expect(slack.journal.violations()).toEqual([]);
}, 60_000);

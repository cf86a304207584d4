import { expect, test } from '@jest/globals';
import { createClock } from '../../src/sandbox/clock.ts';
import { createStory } from '../../src/sandbox/story.ts';
import { expectNoRepeats } from '../journeys/once.ts';
import { setStage } from '../journeys/stage.ts';

test('the story of an outage plays to its draft, leaves alone what a newcomer did, and waits while the bot is down', async () => {
  const { slack, sitrep, record, quiet } = await setStage({ mode: 'socket' });
  const clock = createClock(slack, {
    ask: async (question) => {
      if (question.is === 'next-timer') return sitrep.nextTimer();
      sitrep.wake();
      await sitrep.idle();
      return null;
    },
  });
  const story = createStory(slack, clock);
  expect(story.state).toEqual({ is: 'not started', at: 0, channel: null, problem: '' });
  expect(await story.next()).toMatchObject({ no: expect.stringContaining('start it') });
  expect(story.start()).toMatchObject({ ok: true });
  expect(story.pause()).toMatchObject({ ok: true });
  expect(await story.next()).toMatchObject({ ok: true });
  expect(await story.next()).toMatchObject({ ok: true });

  slack.faults.down();
  expect(await story.next()).toMatchObject({ no: expect.stringContaining('The bot did not answer') });
  expect(story.state).toMatchObject({ is: 'paused', at: 2, problem: expect.stringContaining('start it') });
  await slack.until(() => slack.sockets.count() === 0);
  slack.faults.up();
  await slack.connected();
  expect(await story.next()).toMatchObject({ ok: true });
  expect(story.state.problem).toBe('');
  const channel = slack.channel(story.state.channel ?? '');

  // The newcomer is quicker.
  slack.person('exec').joins(channel.name);
  await slack.person('exec').clicks("I'm IC", { in: channel.name });
  await slack.until(() => channel.topic.includes('IC exec'));
  await quiet();
  expect(await story.finish()).toEqual({ ok: true, value: undefined });

  expect(story.state).toMatchObject({ is: 'done', at: story.steps.length });
  expect(story.steps.find((one) => one.title === 'Chandra takes command')).toMatchObject({
    state: 'skipped',
    note: expect.stringContaining('has it already'),
  });
  expect(story.steps.filter((one) => one.state === 'skipped')).toHaveLength(1);
  await quiet();
  const held = await record(1);
  expect(held.incident).toMatchObject({ status: 'resolved', severity: 'SEV1', title: 'checkout is down' });
  expect(held.updates.map((one) => one.kept)).toContain(false);
  expect(held.roles.map((one) => one.role).sort()).toEqual(['comms', 'ic', 'ops']);
  expectNoRepeats(slack);
  expect(slack.journal.violations()).toEqual([]);
});

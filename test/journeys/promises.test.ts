import { expect, test } from '@jest/globals';
import { DAY, MINUTE, SECOND } from '../../src/lib/duration.ts';
import { defaultPolicy } from '../../src/policy.ts';
import { setStage } from './stage.ts';
import { announcements, declare, everywhere, gather, people, saying } from './steps.ts';

test('with a cadence of seconds three processes send every reminder once', async () => {
  const stage = await setStage({ mode: 'socket' });
  const { slack, record } = stage;
  const { commander } = people(slack);
  await stage.another();
  await stage.another();
  await slack.connected(3);
  const { channel } = await declare(stage, 'sev1 checkout is down');
  gather(slack, channel, 'commander');
  await commander.clicks("I'm IC", { in: channel.name });
  await commander.slash('/incident cadence 2s', { in: channel.name });
  await slack.until(() => saying(announcements(slack), /severities\[SEV1\]\.escalate/).length > 0);
  await stage.quiet();
  await commander.slash('/incident update we are back, every 30 min from here', { in: channel.name });
  await commander.slash('/incident cadence 30m', { in: channel.name });
  await stage.quiet();

  const rungs = (await record(1)).timeline
    .filter(({ kind, payload }) => (kind === 'reminder_sent' || kind === 'escalated') && 'rung' in payload)
    .map(({ payload }) => payload.rung);
  expect(rungs).toEqual(['nudge', 'due', 'half', 'full']);
  expect(saying(commander.dms, /the next update.*is due/)).toHaveLength(1);
  // Slack's own count: the three posts of the ladder and the one outside, each now edited; the last says how it ended.
  await slack.until(() => saying(announcements(slack), /Done: the update of INC-1/).length === 1);
  expect(saying(channel.posts, /The update of INC-1 was asked for here/)).toHaveLength(2);
  expect(saying(channel.posts, /Done: the update of INC-1/)).toHaveLength(1);
  const posted = slack.journal.calls('chat.postMessage').map(({ args }) => JSON.stringify(args.metadata));
  expect(new Set(posted).size).toBe(posted.length);
  expect(everywhere(slack).filter((one) => one.edited && one.buttons.includes('Snooze 10 min'))).toEqual([]);
  expect(slack.journal.violations()).toEqual([]);
});

test('after an outage only the rung that applies by then is sent, by one of the processes that come up', async () => {
  const stage = await setStage();
  const { slack, record } = stage;
  const { oncall } = people(slack);
  const { channel } = await declare(stage, 'sev1 checkout is down');
  await oncall.clicks("I'm IC", { in: channel.name });
  await stage.quiet();
  await stage.sitrep.stop();
  await stage.pass(23 * MINUTE);

  const [one, other] = await Promise.all([stage.another(), stage.another()]);
  await slack.until(() => saying(channel.posts, /the update of INC-1 is 8 min.* late/).length > 0);
  await Promise.all([one.idle(), other.idle()]);
  expect(saying(channel.posts, /An update of INC-1 is|the update of INC-1 is/)).toHaveLength(1);
  expect(saying(oncall.dms, /the next update.*is due/)).toEqual([]);
  await stage.pass(7 * MINUTE + SECOND);
  expect(saying(channel.posts, /SEV1 has no contacts/)).toHaveLength(1);
  expect((await record(1)).timeline.flatMap(({ payload }) => payload.rung ?? [])).toEqual(['half', 'full']);
  expect(slack.journal.violations()).toEqual([]);
});

test('a private incident escalates to its members; others learn that they are needed, not why', async () => {
  const stage = await setStage({
    policy: {
      severities: defaultPolicy.severities.map((one) => ({
        ...one,
        escalate: [{ after: DAY, unless: null, to: ['@engineering-leads'] }],
      })),
    },
  });
  const { slack, record } = stage;
  const { oncall, commander, exec } = people(slack);
  await oncall.slash('/incident declare', { in: 'general' });
  const form = await oncall.seesModal();
  await form.fill({ Title: 'Customer data leaked', Severity: 'SEV1', Private: true });
  await form.submit();
  const channel = await slack.until(() => slack.channels().find((one) => one.isPrivate && one.pins.length > 0));
  await stage.quiet();
  oncall.invites('exec', channel.name);
  await oncall.clicks("I'm IC", { in: channel.name });
  await stage.quiet();
  await stage.pass(30 * MINUTE + SECOND);
  await slack.until(() => saying(commander.dms, /needs you/).length > 0);
  expect(commander.dms.map((one) => one.shown)).toEqual([`INC-1 (private) needs you, ask <@${oncall.id}>`]);
  expect(saying(exec.dms, /needs you/)).toEqual([]);
  expect(saying(channel.posts, /:rotating_light:/)[0]?.pings).toEqual([exec.id]);
  expect(channel.members).not.toContain('commander');
  expect(announcements(slack)).toEqual([]);
  expect((await record(1)).timeline.filter(({ kind }) => kind === 'escalated')).toHaveLength(1);
  expect(slack.journal.violations()).toEqual([]);
});

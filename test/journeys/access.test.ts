import { expect, test } from '@jest/globals';
import { type Setting, setStage } from './stage.ts';
import { declare, gather, people, saying } from './steps.ts';

test('a guest is heard but may not command, by text, button or shortcut', async () => {
  const { slack, record, channel, quiet } = await underway();
  const guest = slack.addPerson({ handle: 'guest', kind: 'guest' });
  guest.joins(channel.name);
  const said = guest.says('we see errors too', { in: channel.name });
  const typed = await guest.slash('/incident resolve it is fine', { in: channel.name });
  expect(typed.shown).toMatch(/Guests can follow and speak .* but not command it\. Ask a member/);
  await guest.clicks("I'm IC", { in: channel.name });
  await guest.sees(/Guests can follow and speak/, { in: channel.name });
  await guest.shortcut('Add to timeline', said);
  await quiet();
  const held = await record(1);
  expect(held.incident.status).toBe('investigating');
  expect(held.roles).toEqual([]);
  expect(held.timeline.filter((one) => one.ts === said.ts)).toMatchObject([{ kind: 'message', key: false }]);
  expect(slack.journal.violations()).toEqual([]);
});

test('somebody of another organisation is heard but may not click', async () => {
  const { slack, record, channel, quiet } = await underway();
  const stranger = slack.addPerson({ handle: 'vendor', kind: 'stranger' });
  slack.person('oncall').invites('vendor', channel.name);
  stranger.says('our side is fine', { in: channel.name });
  await stranger.clicks('Mitigated', { in: channel.name });
  await stranger.sees(/People of other organisations/, { in: channel.name });
  await quiet();
  const held = await record(1);
  expect(held.incident.status).toBe('investigating');
  expect(saying(channel.posts, /our side is fine/)).toHaveLength(1);
  expect(held.timeline.filter(({ text }) => text === 'our side is fine')).toHaveLength(1);
});

test('who was deactivated commands no longer', async () => {
  const { slack, channel, record, quiet } = await underway();
  const { commander } = people(slack);
  gather(slack, channel, 'commander');
  expect((await commander.slash('/incident update hello', { in: channel.name })).shown).toContain('posted');
  slack.deactivate('commander');
  await quiet();
  expect((await commander.slash('/incident resolve bye', { in: channel.name })).shown).toContain('deactivated');
  expect((await record(1)).incident.status).toBe('investigating');
});

test.each(['socket', 'http'] as const)(
  'over %s, when Slack does not say in time who asks, declaring works and reading is refused',
  async (mode) => {
    const stage = await setStage({ mode });
    const { slack, quiet, db } = stage;
    const { exec } = people(slack);
    slack.faults.on('users.info', { delayMs: 1_200 }, { times: 2 });
    const reading = await exec.slash('/incident list', { in: 'general' });
    expect(reading.outcome).toBe('acked');
    expect(reading.shown).toContain('Slack did not tell in time who you are');
    const declaring = await exec.slash('/incident declare sev1 checkout is down', { in: 'general' });
    expect(declaring.outcome).toBe('acked');
    expect(declaring.shown).toContain('INC-1 declared');
    await quiet();
    expect(
      await db
        .selectFrom('people')
        .select(['userId', 'standing'])
        .where('userId', '=', exec.id as never)
        .execute(),
    ).toEqual([{ userId: exec.id, standing: 'member' }]);
    expect(slack.journal.violations()).toEqual([]);
  },
);

async function underway(setting: Setting = {}) {
  const stage = await setStage(setting);
  const { channel } = await declare(stage, 'sev1 checkout is down');
  return { ...stage, channel };
}

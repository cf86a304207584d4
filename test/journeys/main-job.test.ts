import { expect, test } from '@jest/globals';
import { setStage } from './stage.ts';

test.each(['socket', 'http'] as const)(
  'over %s, an incident goes from a typed declaration to its postmortem',
  async (mode) => {
    const { slack, record } = await setStage({ mode });
    const [oncall, commander, comms, exec] = ['oncall', 'commander', 'comms', 'exec'].map((who) => slack.person(who));
    if (!oncall || !commander || !comms || !exec) throw new Error('four people');

    const reply = await oncall.slash('/incident declare sev1 checkout is down');
    expect(reply.outcome).toBe('acked');
    expect(oncall.ephemerals.at(-1)?.shown).toContain('INC-1 declared');
    const channel = await slack.until(() =>
      slack.channels().find((one) => /^inc-\d{8}-checkout-is-down$/.test(one.name)),
    );

    await oncall.sees(/INC-1 SEV1: checkout is down/, { in: channel.name });
    await slack.until(() => channel.pins.length === 1);
    await slack.until(() =>
      channel.thread(channel.pins[0]?.ts ?? '').some((one) => one.shown.includes('first five minutes')),
    );
    await slack.until(() => channel.topic.includes('SEV1'));
    expect(channel.members).toContain('oncall');
    await slack.until(() => slack.channel('incidents').posts.some((one) => one.shown.includes('INC-1 SEV1')));

    commander.joins(channel.name);
    await commander.clicks("I'm IC");
    await oncall.sees(/has command/, { in: channel.name });
    await slack.until(() => channel.topic.includes('IC commander'));
    await slack.until(() => commander.dms.some((one) => one.shown.includes('Incident Commander')));

    oncall.says('error rate is 40 %, deploy 812 went out at 14:01', { in: channel.name });
    await commander.slash('/incident update still investigating, two leads');
    await oncall.sees(/\[UPDATE \d\d:\d\d\]/, { in: channel.name });
    await commander.slash('/incident mitigated rolled back deploy 812');
    await commander.clicks('Resolve');
    const form = await commander.seesModal('Resolve INC-1');
    await form.fill({
      'What fixed it?': 'rolled back deploy 812',
      'What did users feel?': 'checkout failed for 4 in 10',
    });
    expect((await form.submit()).errors).toEqual({});

    await oncall.sees(/is resolved/, { in: channel.name });
    await slack.until(() => channel.posts.some((one) => one.files.some((file) => file.name.endsWith('.md'))), {
      timeoutMs: 15_000,
    });
    const held = await record(1);
    expect(held.incident).toMatchObject({
      ref: 'INC-1',
      status: 'resolved',
      severity: 'SEV1',
      resolution: 'rolled back deploy 812',
    });
    expect(held.clock.acknowledgedAt).not.toBeNull();
    expect(held.postmortem?.markdown).toContain('rolled back deploy 812');
    expect(held.timeline.filter((entry) => entry.text?.includes('error rate is 40 %'))).toHaveLength(1);
    expect(slack.journal.violations()).toEqual([]);
  },
);

import { expect, test } from '@jest/globals';
import { HOUR, MINUTE, SECOND } from '../../src/lib/duration.ts';
import { setStage } from './stage.ts';
import { announcements, channelOf, declare, gather, people, saying } from './steps.ts';

test.each(['socket', 'http'] as const)(
  'over %s, updates by text and by form are posted, mirrored, judged and promise the next',
  async (mode) => {
    const stage = await setStage({ mode });
    const { slack, record, quiet } = stage;
    const { commander, comms } = people(slack);
    const { channel } = await declare(stage, 'sev1 checkout is down');
    gather(slack, channel, 'commander', 'comms');
    const typed = await commander.slash('/incident update two leads, rolling back', { in: channel.name });
    expect(typed.shown).toBe('Done. The promised update came in time.');
    await quiet();
    const [first] = saying(channel.posts, /\[UPDATE \d\d:\d\d\] two leads, rolling back/);
    expect(first?.shown).toMatch(/\*Status\* investigating · \*Severity\* SEV1 · \*Next update\* by/);

    await comms.clicks('Post update', { in: channel.name });
    const form = await comms.seesModal('Update INC-1');
    expect(form.labels).toEqual(['What is happening?', 'For customers', 'Status', 'Severity', 'Next update in']);
    expect((await form.fill({ 'What is happening?': ' ' })) && (await form.submit()).errors).toEqual({
      'What is happening?': expect.stringContaining('two leads'),
    });
    await form.fill({
      'What is happening?': 'it was deploy 812',
      'For customers': 'Checkout works again for most',
      Status: 'identified',
      Severity: 'SEV2',
      'Next update in': '2 h',
    });
    expect(await form.submit()).toMatchObject({ action: 'close', errors: {} });
    await quiet();
    expect(saying(channel.posts, /it was deploy 812/)[0]?.shown).toMatch(/investigating → identified.*SEV1 → SEV2/);
    const thread = slack.channel('incidents').thread(announcements(slack)[0]?.ts ?? '');
    expect(thread.map((one) => one.shown)).toEqual([
      expect.stringContaining('two leads, rolling back'),
      expect.stringContaining('Checkout works again for most'),
    ]);
    expect(thread.some((one) => one.shown.includes('deploy 812'))).toBe(false);
    const held = await record(1);
    expect(held.incident).toMatchObject({ status: 'identified', severity: 'SEV2' });
    expect(held.updates.map(({ kept, lateBySeconds }) => [kept, lateBySeconds])).toEqual([
      [true, 0],
      [true, 0],
    ]);
    const [, second] = held.updates;
    expect(Date.parse(second?.nextPromiseAt ?? '') - Date.parse(second?.postedAt ?? '')).toBe(2 * HOUR);
    expect(channel.pins[0]?.shown).toContain('identified');
    expect(slack.journal.violations()).toEqual([]);
  },
);

test('an update that is faster than the channel is mirrored under the announcement all the same', async () => {
  const stage = await setStage();
  const { slack, quiet } = stage;
  const { oncall } = people(slack);
  slack.faults.on('conversations.create', { delayMs: 500 });
  await oncall.slash('/incident declare sev1 checkout is down', { in: 'general' });
  const whole = await oncall.slash('/incident update two leads in INC-1', { in: 'general' });
  expect(whole.shown).toMatch(/^Update of INC-1 posted; the next one is due .*The promised update came in time\.$/);
  await channelOf(stage, 1);
  await quiet();
  const thread = slack.channel('incidents').thread(announcements(slack)[0]?.ts ?? '');
  expect(thread.map((one) => one.shown)).toEqual([expect.stringContaining('two leads')]);
  expect(slack.journal.violations()).toEqual([]);
});

test('an update says whether its promise was kept, late or missed; a change of severity counts anew', async () => {
  const { stage, channel, commander } = await underway();
  const { slack, record, quiet } = stage;
  const update = (text: string) => commander.slash(`/incident update ${text}`, { in: channel.name });
  await stage.pass(10 * MINUTE);
  expect((await update('kept')).shown).toContain('in time');
  await stage.pass(17 * MINUTE);
  expect((await update('late')).shown).toMatch(/came 2 min( \d+ s)? late/);
  await stage.pass(40 * MINUTE);
  expect((await update('missed')).shown).toMatch(/was missed: it came 25 min late/);
  await commander.slash('/incident severity sev2 failover holds', { in: channel.name });
  const before = await dueAt(stage);
  expect(Math.round((before - stage.slack.now().getTime()) / MINUTE)).toBe(30);
  await stage.pass(29 * MINUTE);
  await commander.slash('/incident sev sev1 it is back', { in: channel.name });
  // 15 min since the last word are over, but nobody is given less than 5 min to keep a moved promise.
  expect(Math.round((await dueAt(stage)) - stage.slack.now().getTime()) / MINUTE).toBeCloseTo(5, 0);
  await quiet();
  const held = await record(1);
  expect(held.updates.map(({ kept }) => kept)).toEqual([true, false, false]);
  expect(held.timeline.filter(({ kind }) => kind === 'update_posted').map(({ payload }) => payload.missed)).toEqual([
    false,
    false,
    true,
  ]);
  expect(slack.journal.violations()).toEqual([]);
});

test('the whole ladder, each rung once: nudge, due, half, full, daily; the update turns them to done', async () => {
  const { stage, channel, commander, comms } = await underway();
  const { slack, record } = stage;
  await comms.slash('/incident role comms', { in: channel.name });
  await stage.pass(10 * MINUTE + SECOND);
  expect(saying(comms.dms, /the next update.*is due/)).toHaveLength(1);
  expect(saying(commander.dms, /the next update.*is due/)).toEqual([]);
  await stage.pass(5 * MINUTE);
  const [due] = saying(channel.posts, /An update of INC-1 is/);
  expect(due?.buttons).toEqual(['Post update', 'Snooze 10 min']);
  await stage.pass(7.5 * MINUTE);
  const [half] = saying(channel.posts, /the update of INC-1 is \d+ min.* late/);
  expect(half?.pings.toSorted()).toEqual([commander.id, comms.id].toSorted());
  expect(half?.buttons).toEqual(['Post update']);
  await stage.pass(7.5 * MINUTE);
  expect(saying(channel.posts, /SEV1 has no contacts/)).toHaveLength(1);
  expect(saying(announcements(slack), /severities\[SEV1\]\.escalate/)).toHaveLength(1);
  await stage.pass(24 * HOUR);
  expect(saying(channel.posts, /Still going\?/)[0]?.buttons).toEqual(['Post update', 'Resolve']);
  await stage.pass(24 * HOUR);
  // The question before it has lost its buttons.
  expect(saying(channel.posts, /Still going\?/)).toHaveLength(1);
  expect(saying(channel.posts, /Asked again below/)).toHaveLength(1);

  await comms.clicks('Post update', { in: channel.name, on: due ?? { ts: '' } });
  const form = await comms.seesModal('Update INC-1');
  await form.fill({ 'What is happening?': 'we are back' });
  expect((await form.submit()).errors).toEqual({});
  await stage.quiet();
  const after = channel.posts.find((one) => one.ts === due?.ts);
  expect(after?.shown).toContain('The update of INC-1 was asked for here');
  expect(after?.buttons).toEqual([]);
  expect(channel.posts.find((one) => one.ts === half?.ts)?.buttons).toEqual([]);
  expect(saying(channel.posts, /Done: the update of INC-1 promised for/)).toHaveLength(1);
  const rungs = (await record(1)).timeline
    .filter(({ kind, payload }) => (kind === 'reminder_sent' || kind === 'escalated') && 'rung' in payload)
    .map(({ payload }) => payload.rung);
  expect(rungs).toEqual(['nudge', 'due', 'half', 'full', 'daily', 'daily']);
  expect(slack.journal.violations()).toEqual([]);
});

test('Snooze 10 min delays the next rung but not the promise; a stale snooze changes nothing', async () => {
  const { stage, channel, commander } = await underway();
  const { record, slack } = stage;
  await stage.pass(15 * MINUTE + SECOND);
  const [due] = saying(channel.posts, /An update of INC-1 is/);
  await commander.clicks('Snooze 10 min', { in: channel.name });
  await stage.quiet();
  const snoozed = channel.posts.find((one) => one.ts === due?.ts);
  expect(snoozed?.shown).toContain('quiet until');
  expect(snoozed?.buttons).toEqual(['Post update']);
  await stage.pass(9 * MINUTE);
  expect(saying(channel.posts, /the update of INC-1 is .* late/)).toEqual([]);
  await stage.pass(MINUTE);
  expect(saying(channel.posts, /the update of INC-1 is 10 min.* late/)).toHaveLength(1);
  const posted = await commander.slash('/incident update we are back', { in: channel.name });
  expect(posted.shown).toContain('10 min');
  await stage.quiet();
  expect((await record(1)).updates[0]?.kept).toBe(false);
  const nothing = await commander.slash('/incident snooze 10m', { in: channel.name });
  expect(nothing.outcome).toBe('acked');
  expect(slack.journal.violations()).toEqual([]);
});

test('cadence off needs a reason, shows on the card and is asked about every 4 h; on again promises anew, until it is resolved, and again when it is reopened', async () => {
  const { stage, channel, commander } = await underway();
  const { slack, quiet } = stage;
  const say = (typed: string) => commander.slash(`/incident ${typed}`, { in: channel.name });
  expect((await say('cadence off')).shown).toContain('needs a reason');
  expect((await say('cadence banana')).shown).toContain('"banana" is not a cadence');
  expect((await say('cadence 400d')).shown).toContain('was not set');
  expect((await say('cadence')).shown).toContain('an update every 15 min');
  await say('cadence off waiting for the vendor');
  await quiet();
  expect(channel.pins[0]?.shown).toContain('none promised: waiting for the vendor');
  await stage.pass(2 * HOUR);
  expect(saying(channel.posts, /An update of INC-1 is|the update of INC-1 is/)).toEqual([]);
  await stage.pass(2 * HOUR + SECOND);
  expect(saying(channel.posts, /Still no updates\?/)).toHaveLength(1);
  await stage.pass(4 * HOUR);
  expect(saying(channel.posts, /Still no updates\?|Asked again below/)).toHaveLength(2);
  await say('cadence 30m');
  expect(Math.round(((await dueAt(stage)) - stage.slack.now().getTime()) / MINUTE)).toBe(5);

  await stage.pass(5 * MINUTE + SECOND);
  const [due] = saying(channel.posts, /An update of INC-1 is/);
  await say('resolve rolled back');
  await stage.pass(23 * HOUR);
  expect(saying(channel.posts, /the update of INC-1 is .* late|Still going/)).toEqual([]);
  expect(channel.posts.find((one) => one.ts === due?.ts)?.shown).toContain('has ended: no more updates are owed');
  expect((await say('update hello')).shown).toContain('/incident reopen &lt;why&gt;');
  await say('reopen errors rise again');
  await stage.pass(5 * MINUTE + SECOND);
  expect(saying(channel.posts, /An update of INC-1 is/)).toHaveLength(1);
  expect(slack.journal.violations()).toEqual([]);
});

async function underway() {
  const stage = await setStage();
  const { commander, comms } = people(stage.slack);
  const { channel } = await declare(stage, 'sev1 checkout is down');
  gather(stage.slack, channel, 'commander', 'comms');
  await commander.clicks("I'm IC", { in: channel.name });
  await stage.quiet();
  return { stage, channel, commander, comms };
}

async function dueAt({ db }: Awaited<ReturnType<typeof setStage>>): Promise<number> {
  const { promiseDueAt } = await db.selectFrom('incidents').select('promiseDueAt').executeTakeFirstOrThrow();
  return promiseDueAt?.getTime() ?? 0;
}

import { expect, test } from '@jest/globals';
import { setStage } from './stage.ts';
import { channelOf, declare, people } from './steps.ts';

test.each([
  ['sev1 checkout is down', 'SEV1', 'checkout is down', /^(?!.*stays in the title)/s],
  ['P1 checkout is slow', 'SEV2', 'checkout is slow', /^(?!.*stays in the title)/s],
  ['high latency in the EU', 'SEV2', 'high latency in the EU', /"high" was read as SEV2 and stays in the title/],
  ['Critical alarms everywhere', 'SEV1', 'Critical alarms everywhere', /"Critical" was read as SEV1/],
  ['the probe is red', 'SEV3', 'the probe is red', /Nobody chose a severity, so it is SEV3/],
] as const)('declare %s is %s "%s" and the answer says why', async (typed, severity, title, says) => {
  const stage = await setStage();
  const { slack, record } = stage;
  const { oncall } = people(slack);
  const { channel } = await declare(stage, typed);
  expect((await record(1)).incident).toMatchObject({ severity, title });
  // The link may overtake the answer: nothing keeps Slack's two roads in order.
  const answers = oncall.ephemerals.map(({ shown }) => shown);
  const answer = answers.find((shown) => shown.includes(`INC-1 declared* (${severity})`));
  expect(answer).toMatch(says);
  expect(answers.some((shown) => shown.includes(`<#${channel.id}>`))).toBe(true);
  expect(channel.pins[0]?.shown).toContain(`INC-1 ${severity}: ${title}`);
  expect(channel.pins[0]?.shown).toContain('Not assigned');
  expect(channel.pins[0]?.buttons).toEqual([
    "I'm IC",
    'Assign roles',
    'Post update',
    'Change severity',
    'Mitigated',
    'Resolve',
    'Escalate',
  ]);
  expect(slack.journal.violations()).toEqual([]);
});

test('drill and private before a severity or a colon make it one, and the answer says so; a title may begin with either word', async () => {
  const stage = await setStage();
  const { slack, record } = stage;
  const { oncall } = people(slack);
  const both = await oncall.slash('/incident declare drill private sev1 search is slow', { in: 'general' });
  expect(both.shown).toContain('INC-1 declared* (SEV1, a drill: nobody is paged), opening its private channel.');
  expect((await record(1)).incident).toMatchObject({ title: 'search is slow', kind: 'drill', visibility: 'private' });
  expect((await channelOf(stage, 1)).isPrivate).toBe(true);

  const neither = await oncall.slash('/incident declare private API is down', { in: 'general' });
  expect(neither.shown).toContain('INC-2 declared* (SEV3), opening its channel.');
  expect((await record(2)).incident).toMatchObject({
    title: 'private API is down',
    kind: 'real',
    visibility: 'public',
  });
  expect((await channelOf(stage, 2)).isPrivate).toBe(false);

  // Without a title the form is ticked as it was said, and so is what may be typed instead of it.
  await oncall.slash('/incident declare drill: private: sev2', { in: 'general' });
  await oncall.modal.fill({ Title: 'region lost' });
  await oncall.modal.submit();
  expect((await record(3)).incident).toMatchObject({ severity: 'SEV2', kind: 'drill', visibility: 'private' });
  slack.faults.on('views.open', { error: 'internal_error' });
  const typed = await oncall.slash('/incident declare private drill', { in: 'general' });
  expect(typed.shown).toContain('/incident declare drill private sev1 &lt;title&gt;');
  await stage.quiet();
  expect(slack.journal.violations()).toEqual([]);
});

test('bare /incident shows this incident in its channel and the open ones elsewhere', async () => {
  const stage = await setStage();
  const { slack } = stage;
  const { oncall, exec } = people(slack);
  const empty = await oncall.slash('/incident', { in: 'general' });
  expect(empty.shown).toContain('No incident is open');
  expect(empty.shown).toContain('Declare');
  const { channel } = await declare(stage, 'sev2 search is slow');
  await declare(stage, 'sev1 checkout is down');

  const here = await oncall.slash('/incident', { in: channel.name });
  expect(here.shown).toContain('INC-1 SEV2: search is slow');
  expect(here.shown).toContain('Post update');
  expect(here.shown).not.toContain('checkout');
  const elsewhere = await exec.slash('/incident', { in: 'general' });
  expect(elsewhere.shown).toMatch(/2 open[\s\S]*INC-2[\s\S]*INC-1/);
  await exec.clicks('Declare', { in: 'general' });
  await exec.seesModal('Declare an incident');
  expect(slack.journal.violations()).toEqual([]);
});

test('an unknown verb is answered with the nearest one and an example', async () => {
  const { slack } = await setStage();
  const { oncall } = people(slack);
  const near = await oncall.slash('/incident declrae sev1 x', { in: 'general' });
  expect(near.shown).toContain('Did you mean `/incident declare sev1 checkout is down`?');
  const far = await oncall.slash('/incident xyzzyxyzzy', { in: 'general' });
  expect(far.shown).toContain('"xyzzyxyzzy" is not something Sitrep does');
  expect(far.shown).toContain('/incident help');
  const help = await oncall.slash('/incident help', { in: 'general' });
  for (const verb of ['declare', 'ic', 'update', 'resolve', 'cadence'])
    expect(help.shown).toContain(`/incident ${verb}`);
  expect((await oncall.slash('/incident help update', { in: 'general' })).shown).toContain('still investigating');
  expect(slack.channels().filter((one) => one.name.startsWith('inc-'))).toEqual([]);
  expect(slack.journal.violations()).toEqual([]);
});

test('a command in the wrong channel lists the open incidents, and "in INC-1" makes it work from there', async () => {
  const stage = await setStage();
  const { slack, record, quiet } = stage;
  const { oncall, exec } = people(slack);
  const none = await oncall.slash('/incident update hello', { in: 'general' });
  expect(none.shown).toContain('needs an incident');
  const first = await declare(stage, 'sev1 checkout is down');
  const second = await declare(stage, 'sev2 search is slow');

  const wrong = await exec.slash('/incident update hello', { in: 'general' });
  expect(wrong.shown).toMatch(/in INC-42/);
  for (const { number, channel } of [first, second]) {
    expect(wrong.shown).toContain(`INC-${number}`);
    expect(wrong.shown).toContain(`<#${channel.id}>`);
  }
  await exec.slash('/incident update two leads in INC-2', { in: 'general' });
  await quiet();
  expect((await record(2)).updates.map((one) => one.text)).toEqual(['two leads']);
  const missing = await exec.slash('/incident update hello in INC-99', { in: 'general' });
  expect(missing.shown).toContain('There is no incident INC-99');
  expect(missing.shown).toContain('INC-1');
  expect(slack.journal.violations()).toEqual([]);
});

test('the same command delivered twice declares once', async () => {
  const stage = await setStage();
  const { slack, db } = stage;
  await declare(stage, 'sev1 checkout is down');
  const [delivery] = slack.journal.deliveries('/incident');
  if (!delivery) throw new Error('a command was delivered');
  const again = await slack.delivery.ask('command', delivery.payload);
  expect(again.outcome).toBe('acked');
  expect(JSON.stringify(again.payload)).toContain('INC-1 declared');
  await stage.quiet();
  expect(await db.selectFrom('incidents').select('id').execute()).toHaveLength(1);
  expect(slack.channels().filter((one) => one.name.startsWith('inc-'))).toHaveLength(1);
});

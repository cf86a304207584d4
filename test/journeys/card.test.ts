import { expect, test } from '@jest/globals';
import { HOUR, MINUTE } from '../../src/lib/duration.ts';
import { setStage } from './stage.ts';
import { announcements, declare, gather, people, saying } from './steps.ts';

test('the card and the announcement say that an update is overdue; at the end the card leads to the postmortem and says whose it is, and why a false alarm was none', async () => {
  const stage = await setStage();
  const { oncall, commander } = people(stage.slack);
  const { channel } = await declare(stage, 'sev1 checkout is down');
  const card = () => channel.pins[0]?.shown ?? '';
  const announced = () => announcements(stage.slack)[0]?.shown ?? '';
  gather(stage.slack, channel, 'commander');
  await commander.clicks("I'm IC", { in: channel.name });
  await stage.quiet();
  expect(card()).toMatch(/\*Next update\* by/);

  await stage.pass(16 * MINUTE);
  await stage.quiet();
  expect(card()).toMatch(/\*Next update\* \*overdue since/);
  expect(announced()).toMatch(/\*next update overdue since/);
  expect(announced()).toContain('The next update comes shortly.');
  await oncall.slash('/incident update two leads', { in: channel.name });
  await stage.quiet();
  expect(card() + announced()).not.toContain('overdue');

  await commander.slash('/incident resolve rolled back', { in: channel.name });
  await stage.quiet();
  const draft = channel.posts.find((one) => /^INC-1 postmortem draft/.test(one.text));
  const permalink = `${stage.slack.url.replace(/\/$/, '')}/archives/${channel.id}/p${draft?.ts.replace('.', '')}`;
  expect(card()).toContain(`*Postmortem*\n<${permalink}|draft> · due `);
  expect(card()).toMatch(/owner commander$/m);
  expect((await commander.slash('/incident show', { in: channel.name })).shown).toContain(permalink);
  await commander.slash('/incident postmortem owner @oncall', { in: channel.name });
  await stage.quiet();
  expect(card()).toMatch(/owner oncall$/m);
  await oncall.clicks('Publish', { in: channel.name });
  await stage.quiet();
  expect(card()).toContain(`<${permalink}|published>`);

  await stage.pass(HOUR);
  const alarm = await declare(stage, 'sev3 a certificate expires');
  await oncall.slash('/incident cancel the probe was broken', { in: alarm.channel.name });
  await stage.quiet();
  expect(alarm.channel.pins[0]?.shown).toMatch(/\*Why it was canceled\*\nthe probe was broken/);
});

test('an ended incident is reopened by its card, and called off without words, through a form that asks why', async () => {
  const stage = await setStage();
  const { slack, record, quiet } = stage;
  const { oncall, commander } = people(slack);
  const { channel } = await declare(stage, 'sev3 search is slow');
  gather(slack, channel, 'oncall', 'commander');
  await oncall.slash('/incident resolve a restart', { in: channel.name });
  await quiet();
  for (const person of [oncall, commander]) await person.clicks('Reopen', { in: channel.name });
  const [form, late] = [await oncall.seesModal('Reopen INC-1'), await commander.seesModal('Reopen INC-1')];
  await form.fill({ 'Why?': ' ' });
  expect((await form.submit()).errors).toEqual({ 'Why?': 'Say why; a few words are enough.' });
  await form.fill({ 'Why?': 'errors are <!here> again' });
  expect(await form.submit()).toMatchObject({ action: 'close', errors: {} });
  await late.fill({ 'Why?': 'me too' });
  expect((await late.submit()).errors).toEqual({ 'Why?': expect.stringMatching(/investigating.*nothing to reopen/) });
  await late.close('all');
  await quiet();
  expect(
    saying(channel.posts, /is reopened and is being investigated\* .*: errors are &lt;!here&gt; again/),
  ).toHaveLength(1);
  expect(channel.pins[0]?.buttons).not.toContain('Reopen');
  expect((await oncall.slash('/incident reopen', { in: channel.name })).shown).toMatch(
    /INC-1 is investigating, said by <@U\w+> .*, so there is nothing to reopen/,
  );

  slack.faults.on('views.open', { error: 'internal_error' });
  const unopened = await oncall.slash('/incident cancel', { in: channel.name });
  expect(unopened.shown).toMatch(/The form did not open.*`\/incident cancel &lt;why&gt;`/);
  await oncall.slash('/incident cancel in INC-1', { in: 'general' });
  const cancel = await oncall.seesModal('Cancel INC-1');
  await cancel.fill({ 'Why?': 'the probe was broken' });
  expect(await cancel.submit()).toMatchObject({ action: 'close', errors: {} });
  expect((await oncall.slash('/incident cancel', { in: channel.name })).shown).toContain('is canceled already');
  await quiet();
  expect(channel.pins[0]?.buttons).toEqual(['Reopen']);
  expect((await record(1)).incident).toMatchObject({ status: 'canceled' });
  expect(slack.journal.violations()).toEqual([]);
});

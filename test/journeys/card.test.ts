import { expect, test } from '@jest/globals';
import { HOUR, MINUTE } from '../../src/lib/duration.ts';
import { setStage } from './stage.ts';
import { announcements, declare, gather, people } from './steps.ts';

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

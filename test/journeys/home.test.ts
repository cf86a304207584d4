import { expect, test } from '@jest/globals';
import { setStage } from './stage.ts';

test('the Home tab shows what a person holds and what is open, and declares from there', async () => {
  const { slack } = await setStage();
  const oncall = slack.person('oncall');
  await oncall.slash('/incident declare sev1 checkout is down', { in: 'general' });
  await slack.until(() => slack.channels().some((one) => one.name.includes('checkout')));
  await oncall.slash('/incident declare sev2 <b>search</b> is slow', { in: 'general' });
  const name = await slack.until(() => slack.channels().find((one) => one.name.includes('search'))?.name);
  await slack.until(() => oncall.screen(name).some((one) => one.buttons.includes("I'm IC")));
  await oncall.clicks("I'm IC", { in: name });

  oncall.opensHome();
  const shown = await slack.until(() => oncall.home?.shown);
  expect(shown).toContain('Incident Commander of *INC-2*');
  expect(shown.indexOf('INC-1')).toBeLessThan(shown.lastIndexOf('INC-2'));
  await oncall.clicks('Declare', { on: 'home' });
  expect((await oncall.seesModal('Declare an incident')).labels).toContain('Title');
  expect(slack.journal.violations()).toEqual([]);
});

test('a guest is told in the Home tab why it is empty', async () => {
  const { slack } = await setStage();
  await slack.person('oncall').slash('/incident declare sev1 checkout is down', { in: 'general' });
  const guest = slack.addPerson({ handle: 'gus', kind: 'guest' });
  guest.opensHome();
  const shown = await slack.until(() => guest.home?.shown);
  expect(shown).toContain('Guests can follow');
  expect(shown).not.toContain('checkout');
});

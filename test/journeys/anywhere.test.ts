import { expect, test } from '@jest/globals';
import { setStage } from './stage.ts';
import { declare, gather, people } from './steps.ts';

test('"in INC-2" typed in the channel of INC-1 asks what is meant, and what is pressed happens once', async () => {
  const stage = await setStage();
  const { slack, record, quiet } = stage;
  const { oncall } = people(slack);
  const first = await declare(stage, 'sev1 checkout is down');
  const second = await declare(stage, 'sev2 search is slow');
  gather(slack, first.channel, 'oncall');
  const here = { in: first.channel.name };
  const said = async (number: number) => (await record(number)).updates.map((one) => one.text);

  const asked = await oncall.slash('/incident update rolled back as in INC-2', here);
  expect(asked.shown).toMatch(/This is the channel of INC-1, and it ends with `in INC-2`\. Nothing is done yet/);
  expect([await said(1), await said(2)]).toEqual([[], []]);
  await Promise.all([oncall.clicks('Do it in INC-2', here), oncall.clicks('Do it in INC-2', here)]);
  await quiet();
  expect([await said(1), await said(2)]).toEqual([[], ['rolled back as']]);

  await oncall.slash('/incident update the same as in INC-2', here);
  await oncall.clicks('As plain text here', here);
  await quiet();
  expect([await said(1), await said(2)]).toEqual([['the same as in INC-2'], ['rolled back as']]);

  // Its own number says nothing new; a number that nobody can see may be a slip of the finger.
  await oncall.slash('/incident update nearly there in INC-1', here);
  const slip = await oncall.slash('/incident resolve rolled back in INC-22', here);
  expect(slip.shown).toMatch(/there is no INC-22 that you can see\. Nothing is done yet/);
  expect(slip.shown).not.toContain('Do it in');
  await quiet();
  expect((await said(1)).at(-1)).toBe('nearly there');
  expect((await record(1)).incident.status).toBe('investigating');

  // A look does no harm; words too long for a button are to be typed where they belong.
  expect((await oncall.slash('/incident roles in INC-2', here)).shown).not.toContain('Nothing is done yet');
  const long = await oncall.slash(`/incident update ${'x'.repeat(2_100)} in INC-2`, here);
  expect(long.shown).toContain(`type it in <#${second.channel.id}>`);
  expect(long.shown).not.toContain('plain text here');

  // A form opens for the incident that is meant.
  await oncall.slash('/incident resolve in INC-2', here);
  await oncall.clicks('Do it in INC-2', here);
  const form = await oncall.seesModal('Resolve INC-2');
  await form.fill({ 'What fixed it?': 'a restart' });
  await form.submit();
  await quiet();
  expect([(await record(1)).incident.status, (await record(2)).incident.status]).toEqual(['investigating', 'resolved']);
  expect(slack.journal.violations()).toEqual([]);
});

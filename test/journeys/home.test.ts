import { expect, test } from '@jest/globals';
import { DAY, HOUR, MINUTE, SECOND } from '../../src/lib/duration.ts';
import { defaultPolicy } from '../../src/policy.ts';
import { setStage } from './stage.ts';
import { declare, gather, people } from './steps.ts';

test('the Home tab shows what a person holds and owes and what is open, and changes while it is looked at', async () => {
  const severities = defaultPolicy.severities.map((one) =>
    one.id === 'SEV2' ? { ...one, escalate: [{ after: HOUR, unless: null, to: ['@engineering-leads'] }] } : one,
  );
  const stage = await setStage({ policy: { severities } });
  const { slack, quiet } = stage;
  const settle = async () => {
    await quiet();
    await stage.pass(3 * SECOND);
    await stage.pass(10 * SECOND);
  };
  const { oncall, commander, comms, exec } = people(slack);
  comms.opensHome();
  expect(await slack.until(() => comms.home?.shown)).toMatch(/Nothing waits for you[\s\S]*All is quiet/);

  const checkout = await declare(stage, 'sev1 checkout is down');
  const search = await declare(stage, 'sev2 <b>search</b> is slow');
  for (const { channel } of [checkout, search]) gather(slack, channel, 'commander', 'comms');
  await quiet();
  await commander.clicks("I'm IC", { in: search.channel.name });
  await commander.slash('/incident role comms @comms', { in: search.channel.name });
  await commander.slash('/incident task look at the index @comms 20m', { in: search.channel.name });
  await settle();
  // Nobody opened it again; it was drawn as things changed.
  const shown = comms.home?.shown ?? '';
  expect(shown).toMatch(/\*Comms lead\* of \*INC-2\* SEV2 &lt;b&gt;search/);
  expect(shown).toContain('The next update is yours');
  expect(shown).toMatch(/\*INC-2\* look at the index: asked of you, not accepted yet/);
  expect(shown).toContain('2 open');
  expect(shown.indexOf('*INC-1* SEV1')).toBeLessThan(shown.lastIndexOf('*INC-2* SEV2'));
  expect(JSON.stringify(comms.home?.view)).toContain(`/archives/${search.channel.id}`);

  await comms.clicks('Accept', { on: 'home' });
  await quiet();
  await comms.clicks('Post update', { on: 'home' });
  const form = await comms.seesModal('Update INC-2');
  await form.fill({ 'What is happening?': 'still looking' });
  await form.submit();
  await settle();
  expect(comms.home?.shown).toMatch(/look at the index: yours, until/);
  await comms.clicks('Done', { on: 'home' });
  await comms.clicks('Declare', { on: 'home' });
  expect((await comms.seesModal('Declare an incident')).labels).toContain('Title');

  // Once it is over, the draft is owed by who had command; everybody's tab follows.
  commander.opensHome();
  await commander.slash('/incident resolve index rebuilt', { in: search.channel.name });
  await settle();
  expect(comms.home?.shown).toContain('1 open');
  expect(comms.home?.shown).not.toMatch(/look at the index|INC-2/);
  expect(commander.home?.shown).toMatch(/\*Postmortem of INC-2\* &lt;.*search.*: draft, due/);

  // What nobody writes is seen by whoever had command and by the severity's contacts, and by nobody else.
  await commander.slash('/incident postmortem owner @comms', { in: search.channel.name });
  await stage.pass(3 * DAY);
  for (const person of [oncall, commander, comms, exec]) person.opensHome();
  await settle();
  const unwritten = /Postmortems not written\n:memo: \*INC-2\* &lt;.*search.*: \*overdue since .*\*, owner <@/;
  expect([commander, exec].map(({ home }) => unwritten.test(home?.shown ?? ''))).toEqual([true, true]);
  expect([oncall, comms].map(({ home }) => /not written/.test(home?.shown ?? ''))).toEqual([false, false]);
  expect(comms.home?.shown).toMatch(/\*Postmortem of INC-2\* .*: draft, \*overdue since/);
  await comms.slash('/incident postmortem publish', { in: search.channel.name });
  await settle();
  expect(exec.home?.shown).not.toMatch(/not written/);
  expect(slack.journal.violations()).toEqual([]);
}, 60_000);

test('private incidents stand only in the tabs of those inside, and leave them with who leaves; two processes agree', async () => {
  const stage = await setStage();
  const other = await stage.another();
  const { slack, quiet } = stage;
  const { oncall, commander, exec } = people(slack);
  const guest = slack.addPerson({ handle: 'gus', kind: 'guest' });
  for (const person of [oncall, commander, exec, guest]) person.opensHome();
  await quiet();
  await oncall.slash('/incident declare', { in: 'general' });
  const form = await oncall.seesModal();
  await form.fill({ Title: 'Customer data leaked', Severity: 'SEV1', Private: true });
  await form.submit();
  const secret = await slack.until(() => slack.channels().find((one) => one.isPrivate && one.pins.length > 0));
  oncall.invites('exec', secret.name);
  await quiet();
  const settle = async () => {
    await quiet();
    await stage.pass(10 * SECOND);
    await other.idle();
    await quiet();
  };
  await settle();
  expect(oncall.home?.shown).toMatch(/private · investigating/);
  expect(exec.home?.shown).toContain('Customer data leaked');
  expect(commander.home?.shown).not.toContain('leaked');
  expect(guest.home?.shown).toContain('Guests can follow');
  expect(guest.home?.shown).not.toContain('leaked');
  exec.leaves(secret.name);
  await settle();
  expect(exec.home?.shown).not.toContain('leaked');

  // Many changes at once are few drawings, and what says the same is not published again.
  const before = publishedTo(commander.id);
  for (const reason of ['one', 'two', 'three']) await oncall.slash(`/incident impact ${reason}`, { in: secret.name });
  await settle();
  expect(publishedTo(commander.id)).toBe(before);

  // Somebody else's drawing lies over the one we know: ours is made anew.
  await slack.until(() => slack.world.homes.get(oncall.id));
  const home = slack.world.homes.get(oncall.id);
  if (home) home.hash = 'another';
  await oncall.slash('/incident severity sev2 less than feared', { in: secret.name });
  await settle();
  expect(oncall.home?.shown).toContain('SEV2 Customer data leaked');
  await stage.pass(5 * MINUTE);
  expect(slack.journal.violations()).toEqual([]);

  function publishedTo(user: string): number {
    return slack.journal.calls('views.publish').filter(({ args }) => args.user_id === user).length;
  }
}, 60_000);

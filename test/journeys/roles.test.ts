import { expect, test } from '@jest/globals';
import { DAY } from '../../src/lib/duration.ts';
import { defaultPolicy } from '../../src/policy.ts';
import { setStage } from './stage.ts';
import { announcements, declare, gather, people, saying } from './steps.ts';

test.each(['socket', 'http'] as const)(
  "over %s, of two people who click I'm IC at once one has command and the other is told who",
  async (mode) => {
    const { slack, record, channel, commander, comms, quiet } = await inCommand({ mode });
    await Promise.all([commander.clicks("I'm IC", { in: channel.name }), comms.clicks("I'm IC", { in: channel.name })]);
    await quiet();
    const [ic, ...others] = (await record(1)).roles;
    expect(others).toEqual([]);
    const [winner, loser] = ic?.user === commander.id ? [commander, comms] : [comms, commander];
    expect(saying(channel.posts, /has command/)).toHaveLength(1);
    expect(channel.topic).toContain(`IC ${winner.handle}`);
    expect(channel.pins[0]?.shown).toContain(winner.handle);
    expect(channel.pins[0]?.buttons).not.toContain("I'm IC");
    await slack.until(() =>
      loser.ephemerals.some((one) => one.shown.includes(`<@${winner.id}> is Incident Commander`)),
    );
    expect(saying(winner.dms, /You are \*Incident Commander\*/)).toHaveLength(1);
    expect(saying(loser.dms, /You are/)).toEqual([]);
    expect((await record(1)).clock.acknowledgedAt).not.toBeNull();
    expect(slack.journal.violations()).toEqual([]);
  },
);

test('typed ic takes over at once, says from whom in public, and tells the one relieved; whose form was open meanwhile leaves it so', async () => {
  const stage = await inCommand();
  const { slack, record, channel, oncall, commander, exec, quiet } = stage;
  await oncall.clicks("I'm IC", { in: channel.name });
  await oncall.slash('/incident role', { in: channel.name });
  const form = await oncall.seesModal('Roles of INC-1');
  const answer = await commander.slash('/incident ic', { in: channel.name });
  expect(answer.shown).toBe(
    'Done. Your duties are in your messages with Sitrep; `/incident handoff @someone` passes command on.',
  );
  await quiet();
  const [line] = saying(channel.posts, /^commander \*has command\*, taken over from oncall$/);
  expect(line?.pings).toEqual([]);
  expect(saying(oncall.dms, /you are relieved/)).toHaveLength(1);
  const again = await commander.slash('/incident lead', { in: channel.name });
  expect(again.shown).toContain('You are Incident Commander of INC-1 already');
  expect(announcements(slack)[0]?.shown).toContain(`IC ${commander.handle}`);
  await form.fill({ 'Comms lead': 'exec' });
  expect(await form.submit()).toMatchObject({ action: 'close', errors: {} });
  await quiet();
  expect((await record(1)).roles.map(({ role, user, to }) => [role, user, to === null])).toEqual([
    ['ic', oncall.id, false],
    ['ic', commander.id, true],
    ['comms', exec.id, true],
  ]);

  // Two hats in a SEV1 are spoken of, in private; in a SEV3 they are not.
  await commander.slash('/incident role ops', { in: channel.name });
  const minor = await declare(stage, 'sev3 a typo');
  await exec.slash('/incident ic in INC-2', { in: 'general' });
  await exec.slash('/incident role ops in INC-2', { in: 'general' });
  await quiet();
  expect(saying(commander.dms, /You are both IC and ops lead of INC-1/)).toHaveLength(1);
  expect(saying([...exec.dms, ...oncall.dms], /You are both/)).toEqual([]);
  expect(minor.channel.members).toContain('exec');
  expect(slack.journal.violations()).toEqual([]);
});

test('a click on a button that no longer applies answers who did it and when, and changes nothing', async () => {
  const { slack, record, channel, oncall, commander, comms, quiet } = await inCommand();
  // The card is redrawn late, so the buttons stay on everybody's screen.
  slack.faults.on('chat.update', { delayMs: 1_000 }, { times: 1 });
  await oncall.clicks("I'm IC", { in: channel.name });
  await commander.clicks("I'm IC", { in: channel.name });
  await commander.sees(`<@${oncall.id}> is Incident Commander of INC-1 since`, { in: channel.name });
  await oncall.clicks('Mitigated', { in: channel.name });
  await comms.clicks('Mitigated', { in: channel.name });
  await comms.sees(new RegExp(`INC-1 is mitigated already by <@${oncall.id}> <!date.*Nothing was changed`), {
    in: channel.name,
  });
  await oncall.slash('/incident resolve rolled back', { in: channel.name });
  await comms.clicks('Resolve', { in: channel.name });
  await comms.sees(new RegExp(`INC-1 is resolved already by <@${oncall.id}>`), { in: channel.name });
  await quiet();
  const held = await record(1);
  expect(held.roles).toHaveLength(1);
  expect(held.timeline.filter(({ kind }) => kind === 'status_changed')).toHaveLength(2);
  expect(channel.pins[0]?.buttons).toEqual(['Reopen']);
  expect(slack.journal.violations()).toEqual([]);
});

test('Assign roles gives, moves and releases roles in one form; roles shows them', async () => {
  const { slack, record, channel, oncall, comms, exec, commander, quiet } = await inCommand();
  await oncall.clicks('Assign roles', { in: channel.name });
  const form = await oncall.seesModal('Roles of INC-1');
  expect(form.labels).toEqual(['Incident Commander', 'Ops lead', 'Comms lead', 'Scribe']);
  await form.fill({ 'Incident Commander': 'commander', 'Comms lead': 'comms', Scribe: 'exec' });
  expect(await form.submit()).toMatchObject({ action: 'close', errors: {} });
  await quiet();
  expect(channel.members).toEqual(expect.arrayContaining(['commander', 'comms', 'exec']));
  for (const [who, name] of [
    [commander, 'Incident Commander'],
    [comms, 'Comms lead'],
    [exec, 'Scribe'],
  ] as const)
    expect(saying(who.dms, new RegExp(`You are \\*${name}\\*`))).toHaveLength(1);

  await oncall.slash('/incident role scribe none', { in: channel.name });
  await oncall.slash('/incident role comms @exec', { in: channel.name });
  await quiet();
  const open = (await record(1)).roles.filter(({ to }) => to === null).map(({ role, user }) => [role, user]);
  expect(Object.fromEntries(open)).toEqual({ ic: commander.id, comms: exec.id });
  const shown = (await exec.slash('/incident roles', { in: channel.name })).shown;
  expect(shown).toMatch(/\*Comms lead\* exec, since/);
  expect(shown).toMatch(/\*Scribe\* _Not assigned_/);
  expect(channel.pins[0]?.shown).toContain('*Comms lead*\nexec');
  const unknown = await oncall.slash('/incident role janitor @exec', { in: channel.name });
  expect(unknown.shown).toContain('"janitor" is not a role here. It can be ic, ops, comms, scribe');
  expect(shown).toContain('`/incident role &lt;role&gt; @someone` gives one');

  await oncall.slash('/incident resolve rolled back', { in: channel.name });
  const after = (await exec.slash('/incident roles', { in: channel.name })).shown;
  expect(after).toContain('As they were at its end: it is resolved, and roles change hands only while it is open.');
  expect(after).not.toContain('/incident role ');
  const late = await exec.slash('/incident role', { in: channel.name });
  expect(late.shown).toMatch(/^INC-1 is resolved; roles change hands only while it is open\./);
  expect(exec.modals).toEqual([]);
  const nobody = await oncall.slash('/incident role ops Bob', { in: channel.name });
  expect(nobody.shown).toContain('"Bob" names nobody. Mention the person with @: `/incident role ops @casey`');
  expect(slack.journal.violations()).toEqual([]);
});

test.each([
  ['with contacts they are mentioned and invited', ['@engineering-leads']],
  ['without contacts the announcement channel hears which key is missing', []],
])('while nobody takes command the channel is asked, then it is escalated: %s', async (_, to) => {
  const severities = defaultPolicy.severities.map((one) =>
    one.id === 'SEV1' ? { ...one, acknowledgeWithin: 1_000, escalate: [{ after: DAY, unless: null, to }] } : one,
  );
  const stage = await setStage({ policy: { severities } });
  const { slack, record } = stage;
  const { channel } = await declare(stage, 'sev1 checkout is down');
  await slack.until(() => saying(channel.posts, /Nobody has command of INC-1/).length === 1);
  await slack.until(() => saying(channel.posts, /still has no IC/).length === 1);
  if (to.length > 0) {
    expect(saying(channel.posts, /still has no IC/)[0]?.pings.some((who) => who.startsWith('S'))).toBe(true);
    await slack.until(() => channel.members.includes('commander') && channel.members.includes('exec'));
  } else {
    await slack.until(() => announcements(slack).some((one) => one.shown.includes('severities[SEV1].escalate')));
  }
  await slack.person('exec').slash('/incident ic in INC-1', { in: 'general' });
  await stage.quiet();
  const kinds = (await record(1)).timeline.map((one) => one.kind);
  expect(kinds.filter((kind) => kind === 'reminder_sent')).toHaveLength(to.length > 0 ? 1 : 2);
  expect(kinds.filter((kind) => kind === 'escalated')).toHaveLength(to.length > 0 ? 1 : 0);
  expect(slack.journal.violations()).toEqual([]);
});

async function inCommand(setting: Parameters<typeof setStage>[0] = {}) {
  const stage = await setStage(setting);
  const { channel } = await declare(stage, 'sev1 checkout is down');
  gather(stage.slack, channel, 'commander', 'comms');
  return { ...stage, channel, ...people(stage.slack) };
}

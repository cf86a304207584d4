import { expect, test } from '@jest/globals';
import { HOUR, MINUTE, SECOND } from '../../src/lib/duration.ts';
import { setStage } from './stage.ts';
import { declare, gather, people, saying } from './steps.ts';

test('command is offered with a brief from the record, said to be unanswered once, edited, and passes when it is accepted', async () => {
  const { slack, record, channel, oncall, commander, comms, exec, stage } = await commanded();
  const other = await stage.another();
  const quiet = async () => {
    await stage.quiet();
    await other.idle();
    await stage.quiet();
  };
  const pass = async (ms: number) => {
    await stage.pass(ms);
    await quiet();
  };
  comms.says('I rolled back build 812, still failing', { in: channel.name });
  await commander.slash('/incident impact 4 in 10 payments fail', { in: channel.name });
  await commander.slash('/incident update rollback is running, errors still high', { in: channel.name });
  await commander.slash('/incident task check the cache @oncall 30m', { in: channel.name });
  const answer = await commander.slash('/incident handoff @comms', { in: channel.name });
  expect(answer.shown).toMatch(new RegExp(`<@${comms.id}> is asked in private, with a brief`));
  await quiet();

  // Until it is accepted nothing has changed hands.
  expect(channel.topic).toContain('IC commander');
  const offer = saying(comms.dms, /offers you command of \*INC-1\*/);
  expect(offer).toHaveLength(1);
  expect(offer[0]?.buttons).toEqual(['Accept', 'Decline', 'Edit brief']);
  for (const part of [
    /\*SEV1\* · \*investigating\*/,
    /What users feel\* 4 in 10 payments fail/,
    /Next update\* by/,
    /check the cache: oncall, until .*not accepted yet/,
    /commander: rollback is running, errors still high/,
    /comms: I rolled back build 812/,
    /Users still feel it/,
    /Nobody is Ops lead or Comms lead/,
  ])
    expect(offer[0]?.shown).toMatch(part);

  await pass(5 * MINUTE + SECOND);
  const unanswered = saying(channel.posts, /has not answered the offer of command/);
  expect(unanswered).toHaveLength(1);
  expect(unanswered[0]?.pings.toSorted()).toEqual([comms.id, commander.id].toSorted());
  await pass(20 * MINUTE);
  expect(saying(channel.posts, /has not answered the offer of command/)).toHaveLength(1);

  // Two open the same form; the one who sends last overwrites nothing.
  await commander.clicks('Edit brief', { in: 'dm' });
  await comms.clicks('Edit brief', { in: 'dm' });
  const [ours, theirs] = [await commander.seesModal('Brief of INC-1'), await comms.seesModal('Brief of INC-1')];
  expect(ours.labels).toEqual(['Where it stands', 'What was tried', 'What is pending', 'Risks']);
  await ours.fill({ Risks: 'The <!channel> vendor sleeps until 9' });
  expect(await ours.submit()).toMatchObject({ action: 'close' });
  await theirs.fill({ Risks: 'none' });
  const stale = await theirs.submit();
  expect(stale.errors['Where it stands']).toMatch(/changed the brief .* while this form was open/);
  await theirs.close();
  await quiet();
  expect(comms.dms.find(({ ts }) => ts === offer[0]?.ts)?.shown).toMatch(/edited by[\s\S]*vendor sleeps until 9/);

  await comms.clicks('Accept', { in: 'dm' });
  await quiet();
  const line = saying(channel.posts, /has command\*, handed over by/);
  expect(line).toHaveLength(1);
  expect(line[0]?.text).toBe('comms *has command*, handed over by commander');
  expect(line[0]?.shown).toContain('vendor sleeps until 9');
  expect(line[0]?.pings).toEqual([]);
  expect(channel.topic).toContain('IC comms');
  expect(channel.pins[0]?.shown).toContain('*Incident Commander*\ncomms');
  expect(saying(comms.dms, /You are \*Incident Commander\*/)).toHaveLength(1);
  expect([...comms.dms, ...commander.dms].flatMap(({ buttons }) => buttons)).toEqual([]);
  const held = await record(1);
  expect(held.roles.map(({ role, user, to }) => [role, user, to === null])).toEqual([
    ['ic', commander.id, false],
    ['ic', comms.id, true],
  ]);
  expect(
    held.timeline.filter(({ kind }) => kind.startsWith('handoff')).map(({ kind, actor }) => [kind, actor]),
  ).toEqual([
    ['handoff_offered', commander.id],
    ['handoff', comms.id],
  ]);

  // Long command is spoken of once, to who has it now.
  await pass(4 * HOUR);
  await pass(4 * HOUR);
  expect(saying(comms.dms, /You have had command of \*INC-1\*.* for 4 h/)).toHaveLength(1);
  expect(saying(commander.dms, /You have had command/)).toEqual([]);

  // Who has command goes: the channel is asked at once, and someone there takes over by the button.
  comms.leaves(channel.name);
  await quiet();
  expect(saying(channel.posts, /has command of INC-1 and left the channel/)).toHaveLength(1);
  expect(saying(comms.dms, /You left the channel of INC-1 and still have command/)).toHaveLength(1);
  comms.joins(channel.name);
  await quiet();
  expect(saying(channel.posts, /is back and has command/)).toHaveLength(1);
  comms.leaves(channel.name);
  await quiet();
  await exec.clicks("I'm IC", { in: channel.name });
  await quiet();
  expect(channel.topic).toContain('IC exec');
  expect(channel.posts.filter(({ buttons }) => buttons.includes("I'm IC"))).toEqual([]);
  slack.deactivate('exec');
  await quiet();
  expect(saying(channel.posts, /has command of INC-1 and is deactivated/)).toHaveLength(1);
  await oncall.clicks("I'm IC", { in: channel.name });
  await quiet();
  expect(channel.topic).toContain('IC oncall');
  expect(slack.journal.violations()).toEqual([]);
}, 60_000);

test('an offer ends when it is declined, replaced, overtaken or over; a late button says how, and changes nothing', async () => {
  const { slack, record, channel, commander, comms, exec, oncall, quiet } = await commanded();
  const offerTo = async (handle: string) => {
    const said = await commander.slash(`/incident handoff @${handle}`, { in: channel.name });
    await quiet();
    return said.shown;
  };
  await offerTo('comms');
  expect(await offerTo('comms')).toMatch(/offered to .* already, since/);
  // The button on the screen of who is no longer asked.
  slack.faults.on('chat.update', { delayMs: 1_500 }, { times: 2 });
  await commander.slash('/incident handoff @exec', { in: channel.name });
  await comms.clicks('Accept', { in: 'dm' });
  await comms.sees(/offered command of INC-1 to someone else/, { in: 'dm' });
  await quiet();
  expect(saying(comms.dms, /offered it to someone else/)).toHaveLength(1);

  await exec.clicks('Decline', { in: 'dm' });
  await quiet();
  expect(saying(commander.dms, /declined command of \*INC-1\*\. You still hold it/)).toHaveLength(1);
  expect((await record(1)).timeline.find(({ kind }) => kind === 'handoff')?.payload).toMatchObject({ declined: true });

  await offerTo('comms');
  await oncall.slash('/incident ic', { in: channel.name });
  await quiet();
  expect(saying(comms.dms, /changed hands another way/)).toHaveLength(1);
  expect((await commander.slash('/incident handoff @comms', { in: channel.name })).shown).toMatch(
    new RegExp(`<@${oncall.id}> has command of INC-1 since`),
  );

  await oncall.slash('/incident handoff @comms', { in: channel.name });
  await oncall.slash('/incident resolve rolled back', { in: channel.name });
  await quiet();
  expect(saying(comms.dms, /the incident ended/)).toHaveLength(1);
  expect((await oncall.slash('/incident handoff', { in: channel.name })).shown).toMatch(
    /INC-1 is resolved by .*no command to hand over any more/,
  );
  expect((await record(1)).roles.filter(({ to }) => to === null).map(({ user }) => user)).toEqual([oncall.id]);
  expect(slack.journal.violations()).toEqual([]);
});

test('command is offered only by who has it, to a person who may have it, each refusal with its own way out', async () => {
  const { slack, record, channel, commander, comms, oncall, quiet, stage } = await commanded();
  slack.addPerson({ handle: 'guest', kind: 'guest' });
  slack.addPerson({ handle: 'vendor', kind: 'stranger' });
  slack.addPerson({ handle: 'gone' });
  slack.deactivate('gone');
  await declare(stage, 'sev3 a typo');
  await oncall.slash('/incident declare', { in: 'general' });
  const form = await oncall.seesModal();
  await form.fill({ Title: 'Customer data leaked', Severity: 'SEV1', Private: true });
  await form.submit();
  const secret = await slack.until(() => slack.channels().find((one) => one.isPrivate && one.pins.length > 0));
  await quiet();
  await oncall.slash('/incident ic', { in: secret.name });

  const here = channel.name;
  const refused = [
    [commander, '/incident handoff', here, /needs the person who is to take command/],
    [commander, '/incident handoff comms', here, /"comms" is nobody to hand over to/],
    [commander, '/incident handoff @comms @exec', here, /one person, and this names/],
    [commander, '/incident handoff @commander', here, /cannot hand INC-1 over to yourself/],
    [commander, `/incident handoff @${slack.bot.handle}`, here, /is a bot/],
    [commander, '/incident handoff @guest', here, /is a guest of this workspace/],
    [commander, '/incident handoff @vendor', here, /is of another organisation and may not command here/],
    [commander, '/incident handoff @gone', here, /is deactivated, so nobody would answer/],
    [commander, '/incident handoff @comms in INC-2', 'general', /Nobody has command of INC-2/],
    [comms, '/incident handoff @oncall', here, /has command of INC-1 since .* only they can hand it over/],
    [oncall, '/incident handoff @comms', secret.name, /is not in the channel of INC-3, which is private/],
  ] as const;
  const said: string[] = [];
  for (const [who, typed, where, sentence] of refused) {
    const reply = await who.slash(typed, { in: where });
    expect(reply.shown).toMatch(sentence);
    said.push(reply.shown);
  }
  expect(new Set(said).size).toBe(said.length);
  await commander.slash('/incident resolve rolled back', { in: here });
  expect((await commander.slash('/incident handoff @comms', { in: here })).shown).toMatch(/INC-1 is resolved by/);
  await quiet();
  expect(saying(comms.dms, /command/)).toEqual([]);
  for (const number of [1, 2, 3])
    expect((await record(number)).timeline.filter(({ kind }) => kind.startsWith('handoff'))).toEqual([]);
  expect(slack.journal.violations()).toEqual([]);
});

async function commanded() {
  const stage = await setStage();
  const { channel } = await declare(stage, 'sev1 checkout is down');
  gather(stage.slack, channel, 'commander', 'comms', 'exec');
  const all = people(stage.slack);
  await all.commander.clicks("I'm IC", { in: channel.name });
  await stage.quiet();
  return { ...stage, stage, channel, ...all };
}

import { expect, test } from '@jest/globals';
import { MINUTE, SECOND } from '../../src/lib/duration.ts';
import { setStage } from './stage.ts';
import { declare, gather, people, saying } from './steps.ts';

test('a task is asked of a person, comes back when its time is over, and shows how it stands until it is done', async () => {
  const { slack, record, channel, commander, comms, exec, quiet, pass } = await underway();
  const answer = await commander.slash('/incident task roll back build 812 @comms 10m', { in: channel.name });
  expect(answer.shown).toMatch(/^Done\. The 10 min count from \*Accept\*/);
  await quiet();
  const asked = saying(channel.posts, /please: roll back build 812/);
  expect(asked).toHaveLength(1);
  expect(asked[0]?.pings).toEqual([comms.id]);
  const card = () => channel.pins[0]?.shown ?? '';
  expect(card()).toMatch(/\*Open tasks\*\n• roll back build 812: comms, until .*not accepted yet/);

  await comms.clicks('Accept', { in: 'dm' });
  await comms.sees(/Yours until/, { in: 'dm' });
  await quiet();
  expect(card()).not.toContain('not accepted');
  expect(saying(channel.posts, /please: roll back build 812.*\n.*accepted/)).toHaveLength(1);

  await pass(10 * MINUTE + SECOND);
  const over = saying(comms.dms, /the 10 min are over for "roll back build 812"/);
  expect(over.map(({ buttons }) => buttons)).toEqual([['Done', 'More time', 'Stuck']]);
  await comms.clicks('More time', { in: 'dm' });
  await quiet();
  await pass(10 * MINUTE + SECOND);
  expect(saying(comms.dms, /the 10 min are over/)).toHaveLength(1);
  expect(card()).toContain('comms, time over since');
  // As long again without an answer: who runs the incident hears of it, once.
  await pass(10 * MINUTE + SECOND);
  await pass(30 * MINUTE);
  expect(saying(commander.dms, /has not answered about "roll back build 812", asked <!date/)).toHaveLength(1);

  await comms.clicks('Stuck', { in: 'dm' });
  await quiet();
  expect(saying(channel.posts, /is \*stuck\*: roll back build 812\. Who can help/)).toHaveLength(1);
  expect(saying(commander.dms, /is stuck with "roll back build 812"/)).toHaveLength(1);
  expect(card()).toContain('roll back build 812: comms, *stuck*');

  // The IC and the person say at once that it is done: one wins, the other is told who.
  const listed = await commander.slash('/incident tasks', { in: channel.name });
  expect(listed.shown).toMatch(/1 open task of INC-1/);
  await Promise.all([commander.clicks('Done', { in: channel.name }), comms.clicks('Done', { in: 'dm' })]);
  await quiet();
  const done = saying(channel.posts, /\*Done:\* roll back build 812/);
  expect(done.map(({ pings }) => pings)).toEqual([[]]);
  const late = [...commander.ephemerals, ...comms.ephemerals].filter(({ shown }) => /was done already by/.test(shown));
  expect(late).toHaveLength(1);
  expect(card()).not.toContain('Open tasks');
  expect([...comms.dms, ...commander.dms].flatMap(({ buttons }) => buttons)).toEqual([]);
  expect((await exec.slash('/incident tasks', { in: channel.name })).shown).toContain('No task of INC-1 is open');
  const steps = (await record(1)).timeline.filter(({ payload }) => payload.task !== undefined).map(({ kind }) => kind);
  expect(steps).toEqual([
    'task_asked',
    'task_accepted',
    'reminder_sent',
    'task_extended',
    'reminder_sent',
    'reminder_sent',
    'task_stuck',
    'task_done',
  ]);
  expect(slack.journal.violations()).toEqual([]);
}, 60_000);

test('tasks still open end visibly with their incident and are asked about no more; of many the card shows five', async () => {
  const { slack, record, channel, commander, comms, quiet, pass } = await underway();
  for (const what of ['one', 'two', 'three', 'four', 'five', 'six', 'seven'])
    await commander.slash(`/incident todo ${what}`, { in: channel.name });
  await commander.slash('/incident do tell support @comms', { in: channel.name });
  await quiet();
  const card = () => channel.pins[0]?.shown ?? '';
  expect(card().match(/^• /gm)).toHaveLength(5);
  expect(card()).toContain('… and 3 more');
  await comms.clicks("Can't", { in: 'dm' });
  await quiet();
  expect(saying(commander.dms, /cannot do "tell support"/)).toHaveLength(1);
  expect(saying(channel.posts, /please: tell support\n.*cannot/)).toHaveLength(1);
  await commander.slash('/incident task call the vendor @comms 20m', { in: channel.name });
  await quiet();

  slack.faults.on('chat.update', { delayMs: 1_500 }, { times: 1 });
  await commander.slash('/incident resolve rolled back', { in: channel.name });
  await comms.clicks('Accept', { in: 'dm' });
  await comms.sees(/INC-1 is resolved, so nobody is asked|This task ended with its incident/, { in: 'dm' });
  await quiet();
  expect(saying(channel.posts, /INC-1 is resolved; what was still asked ends with it:/)).toHaveLength(1);
  expect(card()).not.toContain('Open tasks');
  expect((await commander.slash('/incident tasks', { in: channel.name })).shown).toMatch(
    /^INC-1 is resolved and has no open tasks: .* is an action item: `\/incident action &lt;what&gt;`/,
  );
  await pass(60 * MINUTE);
  expect([...comms.dms, ...commander.dms].filter(({ shown }) => shown.includes('are over for'))).toEqual([]);
  expect(comms.dms.flatMap(({ buttons }) => buttons)).toEqual([]);
  expect((await record(1)).timeline.filter(({ kind }) => kind === 'task_dropped')).toHaveLength(8);
  expect(slack.journal.violations()).toEqual([]);
}, 60_000);

test('of a private incident nobody outside is asked or told, and every refusal says what to do', async () => {
  const { slack, record, channel, oncall, commander, comms, exec, quiet, pass } = await underway();
  slack.addPerson({ handle: 'guest', kind: 'guest' });
  await oncall.slash('/incident declare', { in: 'general' });
  const declared = await oncall.seesModal();
  await declared.fill({ Title: 'Customer data leaked', Severity: 'SEV1', Private: true });
  await declared.submit();
  const secret = await slack.until(() => slack.channels().find((one) => one.isPrivate && one.pins.length > 0));
  await quiet();
  await oncall.slash('/incident ic', { in: secret.name });
  oncall.invites('exec', secret.name);
  await quiet();

  const refused = [
    [oncall, '/incident task read the logs @comms', secret.name, /is not in the channel of INC-2, which is private/],
    [commander, '/incident task read the logs @comms 25x', channel.name, /"25x" is not a time .* `15m` or `1h30m`/],
    [commander, '/incident task read the logs @comms 3d', channel.name, /3 d is no time for a task/],
    [commander, '/incident task @comms 15m', channel.name, /A task needs words/],
    [commander, '/incident task read @comms @exec', channel.name, /A task has one person/],
    [commander, '/incident task read @engineering-leads', channel.name, /not of a group/],
    [commander, '/incident task read @guest', channel.name, /is a guest and cannot answer for a task/],
    [commander, `/incident task read @${slack.bot.handle}`, channel.name, /is a bot and cannot answer for a task/],
  ] as const;
  for (const [who, typed, where, sentence] of refused)
    expect((await who.slash(typed, { in: where })).shown).toMatch(sentence);

  await oncall.slash('/incident task read the logs of the thief @exec 5m', { in: secret.name });
  await quiet();
  expect(saying(exec.dms, /read the logs of the thief/)).toHaveLength(1);
  exec.leaves(secret.name);
  await quiet();
  await pass(6 * MINUTE);
  expect(
    saying(oncall.dms, /is no longer in the channel, and "read the logs of the thief" is still open/),
  ).toHaveLength(1);
  expect(saying(exec.dms, /are over/)).toEqual([]);
  expect(saying(comms.dms, /./)).toEqual([]);
  expect((await record(1)).timeline.filter(({ kind }) => kind.startsWith('task'))).toEqual([]);
  expect(slack.journal.violations()).toEqual([]);
}, 60_000);

async function underway() {
  const stage = await setStage();
  const other = await stage.another();
  const { channel } = await declare(stage, 'sev3 checkout is down');
  gather(stage.slack, channel, 'commander', 'comms', 'exec');
  const all = people(stage.slack);
  await all.commander.clicks("I'm IC", { in: channel.name });
  const quiet = async () => {
    await stage.quiet();
    await other.idle();
    await stage.quiet();
  };
  await quiet();
  const pass = async (ms: number) => {
    await stage.pass(ms);
    await quiet();
  };
  return { ...stage, channel, ...all, quiet, pass };
}

import { expect, test } from '@jest/globals';
import { DAY, MINUTE, SECOND } from '../../src/lib/duration.ts';
import type { Person } from '../../src/sandbox/person.ts';
import { setStage } from './stage.ts';
import { declare, gather, people } from './steps.ts';

test('what is typed wrongly or pressed too late is refused in a sentence of its own, and changes nothing', async () => {
  const stage = await setStage({ policy: { archiveAfter: DAY } });
  const { slack, record, quiet, pass } = stage;
  const { oncall, commander, comms, exec } = people(slack);
  const { channel } = await declare(stage, 'sev1 checkout is down');
  gather(slack, channel, 'commander', 'comms', 'exec');
  const here = { in: channel.name };
  const told: string[] = [];
  const says = async (typed: string, by: Person = commander) => (await by.slash(`/incident ${typed}`, here)).shown;
  const refused = async (typed: string, sentence: RegExp, by: Person = commander) => {
    const said = await says(typed, by);
    expect(said).toMatch(sentence);
    told.push(said);
  };
  /** On a button that everybody else's screen has lost. */
  const late = async (by: Person, label: string, place: string, sentence: RegExp) => {
    await by.clicks(label, { in: place });
    told.push((await by.sees(sentence, { in: place })).shown);
  };

  await commander.clicks("I'm IC", here);
  await says('escalate @exec the vendor does not answer');
  await says('clock started 1 hour ago the first alert');
  await quiet();
  const before = await record(1);
  for (const [typed, sentence] of [
    ['severity banana', /^"banana" is not a severity here\. It can be SEV1, .*`\/incident severity SEV1 /],
    ['status banana', /^"banana" is not a status\. It can be investigating, /],
    ['link ftp://graph.example', /^"ftp:\/\/graph\.example" is not a link/],
    [`link https://graph.example/${'x'.repeat(2_000)}`, /^This link has 2022 characters, at most 2000 fit/],
    ['escalate @exec again', /was brought in already by .* Nobody was told twice/],
    ['role ops none', /^Nobody is Ops lead of INC-1, so there is nothing to release/],
    [`task ${'x'.repeat(600)} @comms`, /^The task has 600 characters, at most \d+ fit/],
    [`action ${'x'.repeat(600)} @comms`, /^The action item has 600 characters, at most \d+ fit/],
    [`update ${'x'.repeat(40_001)}`, /^The update has 40001 characters, Slack carries 40000/],
    ['snooze banana', /^"banana" is not a length of time/],
    ['snooze 3d', /^3 d is too long to stay quiet/],
  ] as const)
    await refused(typed, sentence);
  expect(await record(1)).toEqual(before);

  // From here on no message of the bot is edited: what was a button stays one on every screen.
  slack.faults.on('chat.update', { error: 'cant_update_message' }, { times: 10_000 });
  await says('task read the logs @comms 10m');
  await quiet();
  await comms.clicks('Accept', { in: 'dm' });
  await late(comms, 'Accept', 'dm', /^You have accepted this already/);
  await says('tasks', exec);
  await late(exec, 'Done', channel.name, /^That is asked of .* who alone can answer it/);
  await pass(10 * MINUTE + SECOND);
  await comms.clicks('Stuck', { in: 'dm' });
  await late(comms, 'Stuck', 'dm', /^The channel knows already that this is stuck/);
  await comms.clicks('More time', { in: 'dm' });
  await late(comms, 'More time', 'dm', /^This was given more time already/);

  await says('handoff @comms');
  await quiet();
  await comms.clicks('Decline', { in: 'dm' });
  await late(comms, 'Accept', 'dm', /declined this offer of INC-1 already/);
  await says('handoff @comms');
  await quiet();
  await says('ic', oncall);
  await late(comms, 'Accept', 'dm', /^Command of INC-1 changed hands by .* has it, and this offer is over/);
  await says('handoff @comms', oncall);
  await quiet();
  await says('role ic none', oncall);
  await late(comms, 'Accept', 'dm', /^Command of INC-1 was let go by .* It is free/);

  await pass(5 * MINUTE);
  await says('severity sev2 a workaround holds');
  await late(commander, 'Snooze 10 min', channel.name, /^That reminder is done: the promise it was about has been/);
  await pass(30 * MINUTE + SECOND);
  await says('update the logs are read');
  await late(commander, 'Snooze 10 min', channel.name, /^That reminder is done: the update was posted/);

  await says('cancel a probe');
  await late(exec, "I'm on it", 'dm', /^INC-1 is canceled: nobody needs to be on it any more/);
  await quiet();
  await pass(DAY + MINUTE);
  await comms.clicks('Keep', here);
  await late(oncall, 'Archive', channel.name, /kept this channel .* Nothing was changed/);
  await says('reopen it was none');
  await late(
    oncall,
    'Archive',
    channel.name,
    /^INC-1 is investigating: the channel of an open incident is not archived/,
  );
  await quiet();
  await says('cancel it was one');
  await late(oncall, 'Keep', channel.name, /^That question is over: INC-1 was reopened since/);
  await quiet();

  const held = await record(1);
  expect(held.incident).toMatchObject({ status: 'canceled', severity: 'SEV2' });
  expect(held.roles.map(({ user, to }) => [user, to === null])).toEqual([
    [commander.id, false],
    [oncall.id, false],
  ]);
  expect(channel.isArchived).toBe(false);
  expect(new Set(told).size).toBe(told.length);
  expect(slack.journal.violations()).toEqual([]);
}, 60_000);

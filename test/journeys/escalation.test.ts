import { expect, test } from '@jest/globals';
import { jobStats } from '../../src/jobs/store.ts';
import { HOUR, MINUTE, SECOND } from '../../src/lib/duration.ts';
import { defaultPolicy } from '../../src/policy.ts';
import { setStage } from './stage.ts';
import { announcements, channelOf, declare, gather, people, saying } from './steps.ts';

/** SEV1 calls the leads after half an hour and whoever holds `vp` after an hour; five minutes to answer. */
const calling = (...rungs: { after: number; to: string[] }[]) => ({
  severities: defaultPolicy.severities.map((one) => ({
    ...one,
    escalate: rungs.map((rung) => ({ ...rung, unless: null })),
  })),
});

const LEADS = { after: 30 * MINUTE, to: ['@engineering-leads'] };

test('whoever is called and presses "I’m on it" is named to everyone, and nobody is called any more', async () => {
  const { slack, record, channel, oncall, exec, comms, commander, quiet, pass } = await underway(calling(LEADS));
  const nobody = await oncall.slash('/incident escalate @no-such-group the vendor does not answer', {
    in: channel.name,
  });
  expect(nobody.shown).toMatch(/^Nobody was told: @no-such-group is no group or person who could come/);
  const bot = await oncall.slash(`/incident escalate @${slack.bot.handle} look`, { in: channel.name });
  expect(bot.shown).toMatch(/^Nobody was told: /);
  await oncall.slash('/incident escalate @comms the vendor does not answer', { in: channel.name });
  await quiet();
  expect(saying(channel.posts, /is escalated\* to .*the vendor does not answer/)[0]?.buttons).toEqual(["I'm on it"]);
  expect(saying(comms.dms, /INC-1\* \(SEV1\) needs you in/)[0]?.buttons).toEqual(["I'm on it"]);
  const card = () => channel.pins[0]?.shown ?? '';
  expect(card()).toMatch(/\*Escalated\* to .*nobody is on it yet/);

  // Nobody answers within the five minutes of SEV1: called once more, with both processes awake.
  await pass(5 * MINUTE + SECOND);
  expect(saying(channel.posts, /Nobody is on INC-1 yet/)).toHaveLength(1);
  expect(saying(comms.dms, /still has nobody on it/)).toHaveLength(1);
  await Promise.all([comms.clicks("I'm on it", { in: 'dm' }), exec.clicks("I'm on it", { in: channel.name })]);
  await quiet();
  expect(saying(channel.posts, /is on it\.\* INC-1 was escalated/).map(({ pings }) => pings)).toEqual([[]]);
  const late = [...comms.ephemerals, ...exec.ephemerals].filter(({ shown }) => /is on it since/.test(shown));
  expect(late).toHaveLength(1);
  expect([...channel.posts, ...comms.dms].filter(({ buttons }) => buttons.includes("I'm on it"))).toEqual([]);
  expect(card()).toMatch(/\*Escalated\* to .*(comms|exec) is on it/);

  // What lasts calls others of its own accord, each by message, whoever answered before; then it is answered too.
  await pass(25 * MINUTE);
  expect(saying(channel.posts, /INC-1 has been SEV1 for 30 min/)).toHaveLength(1);
  expect(saying(commander.dms, /INC-1\* \(SEV1\) needs you in/)).toHaveLength(1);
  await commander.clicks("I'm on it", { in: 'dm' });
  await quiet();
  await pass(2 * HOUR);
  expect(saying(channel.posts, /Nobody is on INC-1 yet/)).toEqual([]);
  expect(saying(channel.posts, /Nobody answered for INC-1/)).toEqual([]);
  const steps = (await record(1)).timeline.filter(({ kind }) => kind.startsWith('escalat'));
  expect(steps.map(({ kind, payload }) => [kind, payload.by ?? null])).toEqual([
    ['escalated', 'hand'],
    ['escalated', 'repeat'],
    ['escalation_acknowledged', null],
    ['escalated', 'policy'],
    ['escalation_acknowledged', null],
  ]);
  expect(slack.journal.violations()).toEqual([]);
}, 60_000);

test('nobody answers: called once more, then the next of the policy, then everyone is told, each once though processes die', async () => {
  const world = await underway(calling(LEADS, { after: 60 * MINUTE, to: ['@vp'] }));
  const { slack, other, another, record, channel, comms, exec, oncall, quiet, pass } = world;
  await pass(30 * MINUTE + SECOND);
  expect(saying(channel.posts, /INC-1 has been SEV1 for 30 min/)).toHaveLength(1);
  await other.stop();
  await pass(5 * MINUTE + SECOND);
  const fresh = await another();
  await fresh.idle();
  await quiet();
  expect(saying(channel.posts, /Nobody is on INC-1 yet/)).toHaveLength(1);
  await pass(5 * MINUTE + SECOND);
  await quiet();
  // Twenty minutes before its time, because the leads did not answer; and not again when its time comes.
  expect(saying(channel.posts, /Nobody answered for INC-1.*@engineering-leads.*please see/s)).toHaveLength(1);
  await pass(5 * MINUTE + SECOND);
  await pass(5 * MINUTE + SECOND);
  await pass(15 * MINUTE);
  await quiet();
  expect(saying(channel.posts, /SEV1 has no further contacts/)).toHaveLength(1);
  expect(saying(announcements(slack), /Nobody answered for INC-1\* \(SEV1\)/)).toHaveLength(1);
  expect(saying(channel.posts, /INC-1 has been SEV1 for/)).toHaveLength(1);
  await pass(3 * HOUR);
  expect(saying(channel.posts, /Nobody is on INC-1 yet/)).toHaveLength(2);
  await exec.clicks("I'm on it", { in: channel.name });
  await quiet();
  expect(saying(channel.posts, /is on it\.\* INC-1 was escalated/)).toHaveLength(1);
  expect(saying(announcements(slack), /is on it/)).toHaveLength(1);

  // What nobody took up ends with the incident.
  await oncall.slash('/incident escalate @comms once more', { in: channel.name });
  await quiet();
  const waiting = () => [...channel.posts, ...comms.dms].filter(({ buttons }) => buttons.includes("I'm on it")).length;
  expect(waiting()).toBe(2);
  await oncall.slash('/incident resolve rolled back', { in: channel.name });
  await quiet();
  expect(waiting()).toBe(0);
  const said = await oncall.slash('/incident escalate @exec', { in: channel.name });
  expect(said.shown).toMatch(/INC-1 was resolved/);
  const told = (await record(1)).timeline.filter(({ payload }) => payload.by === 'policy');
  expect(told.map(({ payload }) => payload.to)).toEqual([['@engineering-leads'], ['@vp']]);
  expect(slack.journal.violations()).toEqual([]);
}, 60_000);

test('of a private incident by hand only members learn what it is; a drill calls nobody', async () => {
  const stage = await underway(calling(LEADS));
  const { slack, oncall, commander, exec, quiet, pass } = stage;
  await oncall.slash('/incident declare', { in: 'general' });
  const form = await oncall.seesModal();
  await form.fill({ Title: 'Customer data leaked', Severity: 'SEV1', Private: true });
  await form.submit();
  const secret = await slack.until(() => slack.channels().find((one) => one.isPrivate && one.pins.length > 0));
  oncall.invites('exec', secret.name);
  await quiet();
  await oncall.slash('/incident ic', { in: secret.name });
  await oncall.slash('/incident escalate @engineering-leads', { in: secret.name });
  await quiet();
  expect(saying(commander.dms, /INC-2/).map(({ shown }) => shown)).toEqual([
    `INC-2 (private) needs you, ask <@${oncall.id}>`,
  ]);
  expect(saying(exec.dms, /INC-2\* \(SEV1\) needs you in/)).toHaveLength(1);
  expect(secret.members).not.toContain('commander');
  await exec.clicks("I'm on it", { in: 'dm' });
  await quiet();
  expect(saying(secret.posts, /is on it\.\* INC-2/)).toHaveLength(1);

  const before = [...commander.dms, ...exec.dms].length;
  await oncall.slash('/incident declare', { in: 'general' });
  const drill = await oncall.seesModal();
  await drill.fill({ Title: 'Practice', Severity: 'SEV1', Drill: true });
  await drill.submit();
  const stageOfDrill = await slack.until(() =>
    slack.channels().find((one) => /practice/.test(one.name) && one.pins.length > 0),
  );
  await quiet();
  await oncall.slash('/incident ic', { in: stageOfDrill.name });
  await oncall.slash('/incident escalate @exec', { in: stageOfDrill.name });
  await pass(10 * MINUTE);
  expect(saying(stageOfDrill.posts, /In a real incident this would mention/)).toHaveLength(1);
  expect(saying(stageOfDrill.posts, /Nobody is on|Nobody answered/)).toEqual([]);
  expect([...commander.dms, ...exec.dms]).toHaveLength(before);

  // It turns out to be real: that one begins anew, with what is known, and calls people.
  const there = { in: stageOfDrill.name };
  expect(stageOfDrill.pins[0]?.shown).toMatch(/Is it real after all\? `\/incident declare` here declares the real one/);
  expect((await oncall.slash('/incident real', there)).shown).toMatch(/^A drill stays a drill/);
  await oncall.slash('/incident impact nobody can pay', there);
  await oncall.slash('/incident declare', there);
  const real = await oncall.seesModal();
  expect(real.shown).toMatch(/This one is real\.\* It is filled in from INC-3/);
  expect(['Title', 'What do users feel?'].map((label) => real.value(label))).toEqual(['Practice', 'nobody can pay']);
  await real.submit();
  await channelOf(stage, 4);
  expect((await stage.record(4)).incident).toMatchObject({ title: 'Practice', kind: 'real', severity: 'SEV1' });
  expect((await stage.record(3)).incident.kind).toBe('drill');
  expect((await stage.record(3)).timeline.filter(({ kind }) => kind === 'escalated')).toHaveLength(1);
  expect(slack.journal.violations()).toEqual([]);
}, 60_000);

async function underway(policy: ReturnType<typeof calling>) {
  const stage = await setStage({ policy });
  const other = await stage.another();
  const { channel } = await declare(stage, 'sev1 checkout is down');
  gather(stage.slack, channel, 'exec');
  const all = people(stage.slack);
  await all.oncall.clicks("I'm IC", { in: channel.name });
  // Promises are another story.
  await all.oncall.slash('/incident cadence off waiting for the vendor', { in: channel.name });
  // Whichever process does it, and whatever follows from it in the other.
  const quiet = () =>
    stage.slack.until(
      async () => {
        await stage.quiet();
        await stage.pass(0);
        const { due, running } = await jobStats(stage.db, stage.slack.now());
        return due + running === 0;
      },
      { what: 'nothing is due in any process', timeoutMs: 20_000 },
    );
  await quiet();
  const pass = async (ms: number) => {
    await stage.pass(ms);
    await quiet();
  };
  return { ...stage, other, channel, ...all, quiet, pass };
}

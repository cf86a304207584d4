import { expect, test } from '@jest/globals';
import { HOUR, MINUTE, SECOND } from '../../src/lib/duration.ts';
import { incidentId, ts } from '../../src/lib/ids.ts';
import { redact } from '../../src/timeline/transactions.ts';
import { setStage } from './stage.ts';
import { declare, gather, people, saying } from './steps.ts';

test('notes and marked messages are listed page by page; what is struck out or moved stays in the record and is told as people put it', async () => {
  const { db, record, channel, commander, comms, oncall, slack, quiet, pass } = await underway();
  const root = channel.pins[0]?.ts ?? '';
  const marked = oncall.says('error rate is 40 %', { in: channel.name });
  commander.reacts(marked, 'pushpin');
  const gone = oncall.says('it was Bob', { in: channel.name });
  await commander.shortcut('Add to timeline', gone);
  await pass(2 * SECOND);
  oncall.edits(marked, 'error rate is 45 %');
  expect((await commander.slash('/incident note', { in: channel.name })).shown).toMatch(/A note needs words/);
  for (let n = 1; n <= 11; n++) await commander.slash(`/incident note step ${n} of the failover`, { in: channel.name });
  await quiet();
  expect(saying(channel.thread(root), /noted: step 3 of the failover/)).toHaveLength(1);

  // The last ten, then those before in the place of the page.
  const page = await comms.slash('/incident timeline', { in: channel.name });
  expect(page.shown).toMatch(/key entries \d+–\d+ of \d+/);
  expect(page.shown).toContain('step 11 of the failover');
  expect(page.shown).not.toContain('error rate');
  await comms.clicks('Earlier', { in: channel.name });
  const earlier = await comms.sees(/key entries[\s\S]*error rate is 45 %/, { in: channel.name });
  expect(earlier.shown).toMatch(/it was Bob[\s\S]*step 1 of/);
  expect(comms.ephemerals.filter(({ shown }) => shown.includes('key entries'))).toHaveLength(1);
  await comms.clicks('Later', { in: channel.name });
  await comms.sees(/key entries[\s\S]*step 11 of/, { in: channel.name });
  expect((await comms.slash('/incident timeline soon', { in: channel.name })).shown).toMatch(/"soon" is not a number/);

  // Deleted in Slack: quoted no more.
  oncall.deletes(gone);
  await quiet();
  expect((await comms.slash('/incident timeline all', { in: channel.name })).shown).not.toContain('Bob');

  await comms.slash('/incident timeline 1', { in: channel.name });
  await comms.clicks('Strike out', { in: channel.name });
  const strike = await comms.seesModal('Strike out');
  await strike.fill({ 'Why?': 'it never ran' });
  await strike.submit();
  await quiet();
  expect(saying(channel.thread(root), /struck the entry of .* out of the timeline: it never ran/)).toHaveLength(1);
  // Who had the old page open is told who was first.
  await comms.clicks('Strike out', { in: channel.name });
  await comms.sees(/was struck out already by/, { in: channel.name });
  const struck = await comms.slash('/incident timeline 1', { in: channel.name });
  expect(struck.shown).toMatch(/~step 11 of the failover~[\s\S]*Struck out by comms: it never ran/);
  // Put back by two, of whom one is first; and out again.
  await commander.slash('/incident timeline 1', { in: channel.name });
  await comms.clicks('Put back', { in: channel.name });
  await commander.clicks('Put back', { in: channel.name });
  await commander.sees(/^This entry is not struck out, so there is nothing to put back/, { in: channel.name });
  await comms.slash('/incident timeline 1', { in: channel.name });
  await comms.clicks('Strike out', { in: channel.name });
  await (await (await comms.seesModal('Strike out')).fill({ 'Why?': 'it never ran' })).submit();
  expect((await comms.slash('/incident summary', { in: channel.name })).shown).not.toContain('step 11');

  await comms.slash('/incident timeline 2', { in: channel.name });
  await comms.clicks('Correct the time', { in: channel.name });
  const move = await comms.seesModal('Correct the time');
  await move.fill({ 'When was it?': 'yesterday 25:00', 'Why?': 'the log says so' });
  expect((await move.submit()).errors['When was it?']).toBe(
    '"yesterday 25:00" is not a time. Write it like yesterday 14:05 or 10 min ago.',
  );
  // Two who correct one time: the second is told what it is now.
  await commander.slash('/incident timeline 2', { in: channel.name });
  await commander.clicks('Correct the time', { in: channel.name });
  const other = await commander.seesModal('Correct the time');
  const twoHoursAgo = `${new Date(slack.now().getTime() - 2 * HOUR).toISOString().slice(0, 16)}+00:00`;
  await move.fill({ 'When was it?': twoHoursAgo });
  await move.submit();
  await other.fill({ 'When was it?': '3 hours ago', 'Why?': 'my watch says so' });
  expect((await other.submit()).errors['When was it?']).toMatch(/^Somebody corrected the time of this entry meanwhile/);
  await other.close();
  await quiet();
  expect((await comms.slash('/incident timeline all', { in: channel.name })).shown).toMatch(
    /step 10 of the failover[^\n]*time corrected[\s\S]*declared/,
  );

  await comms.clicks('Correct the time', { in: channel.name });
  const again = await comms.seesModal('Correct the time');
  await again.fill({ 'When was it?': twoHoursAgo, 'Why?': 'the log says so' });
  expect((await again.submit()).errors['When was it?']).toMatch(/^The entry stands at that time already/);
  await again.close();

  await commander.slash('/incident resolve failed over', { in: channel.name });
  await quiet();
  const held = await record(1);
  const step = (n: number) => held.timeline.find(({ text }) => text === `step ${n} of the failover`);
  expect(step(11)).toMatchObject({ struck: { by: comms.id, why: 'it never ran' } });
  expect(step(10)?.correctedAt).toBeDefined();
  expect(step(1)).not.toHaveProperty('struck');
  expect(held.postmortem?.markdown).toContain('step 1 of the failover');
  expect(held.postmortem?.markdown).not.toContain('step 11');
  // A draft that quotes what is struck out later is made anew, where it stands.
  await comms.slash('/incident timeline all', { in: channel.name });
  await comms.clicks('Strike out', { in: channel.name });
  const late = await comms.seesModal('Strike out');
  await late.fill({ 'Why?': 'a test of the button' });
  await late.submit();
  await quiet();
  const struckLater = (await record(1)).timeline.filter(({ struck }) => struck?.why === 'a test of the button');
  expect(struckLater).toHaveLength(1);
  expect((await record(1)).timeline.filter(({ text }) => text === 'postmortem drafted')).toHaveLength(2);
  expect(channel.posts.flatMap(({ files }) => files)).toHaveLength(1);
  // Redacting the post that shows a note takes the note's words out as well.
  const post = saying(channel.thread(root), /noted: step 5 of/)[0];
  await redact({ db, now: () => new Date() }, incidentId(1), ts(post?.ts ?? ''), 'operator');
  await quiet();
  expect(JSON.stringify(await record(1))).not.toContain('step 5 of');
  expect(held.audit.map(({ what }) => what)).toEqual(
    expect.arrayContaining(['entry struck out', 'time of an entry corrected']),
  );
  expect(slack.journal.violations()).toEqual([]);
}, 60_000);

test('the clock is corrected with a reason, by words and by form; what cannot be is refused', async () => {
  const { record, channel, commander, oncall, slack, quiet, pass } = await underway();
  await pass(40 * MINUTE);
  const refused = [
    ['/incident clock lunch 14:05 hungry', /"lunch" is no time of an incident: it can be started, detected/],
    ['/incident clock started soon', /"soon" is not a time\. Write it like `yesterday 14:05` or `10 min ago`/],
    ['/incident clock started 10 min ago', /A corrected time needs its reason/],
    ['/incident clock mitigated 10 min ago the graph', /INC-1 is investigating and was not mitigated/],
  ] as const;
  for (const [typed, sentence] of refused)
    expect((await commander.slash(typed, { in: channel.name })).shown).toMatch(sentence);
  const anHourAgo = `${new Date(slack.now().getTime() - HOUR).toISOString().slice(0, 16)}+00:00`;
  const started = `/incident clock started ${anHourAgo} first alert of the probe`;
  await commander.slash(started, { in: channel.name });
  expect((await commander.slash(started, { in: channel.name })).shown).toMatch(
    /^INC-1 has .* as \*started\* already\. Nothing was changed/,
  );
  await commander.slash('/incident resolve rolled back', { in: channel.name });
  await quiet();
  expect(
    (await commander.slash('/incident clock mitigated 2 hours ago the graph', { in: channel.name })).shown,
  ).toMatch(/\*mitigated\* .* would be before \*started\*/);
  await oncall.slash('/incident clock', { in: channel.name });
  const form = await oncall.seesModal('Clock of INC-1');
  await form.fill({ 'Which time?': 'mitigated', 'When was it?': '20 min ago', 'Why?': 'errors were gone then' });
  await form.submit();
  await quiet();
  expect(saying(channel.posts, /corrected the clock: \*mitigated\* .*errors were gone then/)).toHaveLength(1);
  const { clock, timeline } = await record(1);
  expect(clock.impactStartedAt).not.toBeNull();
  expect(Date.parse(clock.resolvedAt ?? '') - Date.parse(clock.mitigatedAt ?? '')).toBeGreaterThan(19 * MINUTE);
  expect(timeline.filter(({ kind }) => kind === 'clock_corrected').map(({ payload }) => payload.clock)).toEqual([
    'impactStartedAt',
    'mitigatedAt',
  ]);
  expect(slack.journal.violations()).toEqual([]);
}, 60_000);

test('who joins late is told once where it stands, however often the event comes; nobody is while people gather', async () => {
  const { channel, commander, comms, exec, slack, quiet, pass } = await underway({ another: true });
  await pass(5 * SECOND);
  expect(saying([...commander.dms, ...comms.dms], /You joined/)).toEqual([]);
  await commander.slash('/incident impact 1 in 5 payments fail', { in: channel.name });
  await commander.slash('/incident update two leads: the index, and build 812', { in: channel.name });
  await commander.slash('/incident task look at the index @comms 20m', { in: channel.name });
  await commander.slash('/incident note <!channel> build 812 went out at noon', { in: channel.name });
  await quiet();
  slack.faults.events.duplicate(2, 50);
  exec.joins(channel.name);
  await quiet();
  await pass(5 * SECOND);
  const [told, ...again] = saying(exec.dms, /You joined INC-1/);
  expect(again).toEqual([]);
  for (const part of [
    /SEV3: checkout is down/,
    /1 in 5 payments fail/,
    /\*Incident Commander\* commander/,
    /\*Last update\* .* by commander: two leads/,
    /\*Next update\* by/,
    /noted: .*build 812 went out at noon/,
    /\*Open tasks\*\n• look at the index: comms/,
  ])
    expect(told?.shown).toMatch(part);
  expect(told?.pings).toEqual([]);
  exec.leaves(channel.name);
  exec.joins(channel.name);
  slack.addPerson({ handle: 'robot', kind: 'bot' }).joins(channel.name);
  await quiet();
  await pass(10 * MINUTE);
  expect(saying(exec.dms, /You joined/)).toHaveLength(1);
  expect((await exec.slash('/incident catch-up', { in: channel.name })).shown).toMatch(/two leads/);
  expect(slack.journal.violations()).toEqual([]);
}, 60_000);

async function underway({ another = false } = {}) {
  const stage = await setStage();
  const other = another ? await stage.another() : null;
  const { channel } = await declare(stage, 'sev3 checkout is down');
  gather(stage.slack, channel, 'commander', 'comms');
  const all = people(stage.slack);
  await all.commander.clicks("I'm IC", { in: channel.name });
  const quiet = async () => {
    await stage.quiet();
    await other?.idle();
    await stage.quiet();
  };
  await quiet();
  const pass = async (ms: number) => {
    await stage.pass(ms);
    await quiet();
  };
  return { ...stage, channel, ...all, quiet, pass };
}

import { expect, test } from '@jest/globals';
import type { Shown } from '../../src/sandbox/readable.ts';
import { type Stage, setStage } from './stage.ts';
import { announcements, channelOf, declare, everywhere, people } from './steps.ts';

const LOUD = '<!channel> <@U0EXEC0001> <!subteam^S1> *boom* & <http://evil.example|fine>';

test('nothing that people type into a title, an impact, an update or a reason pings anybody', async () => {
  const stage = await setStage();
  const { slack, record } = stage;
  const { oncall } = people(slack);
  const { channel } = await declare(stage, `sev1 ${LOUD}`);
  for (const verb of ['impact', 'update', 'title', 'mitigated', 'severity sev2', 'cadence off', 'reopen', 'resolve']) {
    const reply = await oncall.slash(`/incident ${verb} ${LOUD}`, { in: channel.name });
    expect([verb, reply.outcome]).toEqual([verb, 'acked']);
  }
  await stage.quiet();
  const held = await record(1);
  expect(held.incident).toMatchObject({ status: 'resolved', title: LOUD, impact: LOUD, resolution: LOUD });
  expect(held.updates.map((one) => one.text)).toEqual([LOUD]);

  const woken = everywhere(slack).filter((one) => loud(one));
  expect(woken.map((one) => one.shown)).toEqual([]);
  expect(everywhere(slack).filter((one) => one.text.includes('<!channel>'))).toEqual([]);
  expect(channel.pins[0]?.shown).toContain('boom');
  expect(announcements(slack)[0]?.shown).toContain('&lt;!channel&gt;');
  expect(await parked(stage)).toEqual([]);
  expect(slack.journal.violations()).toEqual([]);
});

test('the same text in forms wakes nobody either', async () => {
  const stage = await setStage();
  const { slack, record } = stage;
  const { oncall } = people(slack);
  await oncall.slash('/incident declare', { in: 'general' });
  const form = await oncall.seesModal();
  await form.fill({ Title: LOUD, Severity: 'SEV1', 'What do users feel?': LOUD });
  expect((await form.submit()).errors).toEqual({});
  const channel = await channelOf(stage, 1);
  await stage.quiet();
  await oncall.clicks('Post update', { in: channel.name });
  const update = await oncall.seesModal('Update INC-1');
  await update.fill({ 'What is happening?': LOUD, 'For customers': LOUD });
  expect((await update.submit()).errors).toEqual({});
  await oncall.clicks('Resolve', { in: channel.name });
  const resolve = await oncall.seesModal('Resolve INC-1');
  await resolve.fill({ 'What fixed it?': LOUD });
  expect((await resolve.submit()).errors).toEqual({});
  await stage.quiet();
  expect((await record(1)).incident).toMatchObject({ title: LOUD, impact: LOUD, resolution: LOUD, status: 'resolved' });
  expect(everywhere(slack).filter((one) => loud(one))).toEqual([]);
  expect(await parked(stage)).toEqual([]);
  expect(slack.journal.violations()).toEqual([]);
});

test('NUL and half a character are kept visibly and break nothing; an update of 39,000 characters is posted and kept whole', async () => {
  const stage = await setStage();
  const { slack, record, db } = stage;
  const { oncall } = people(slack);
  const { channel } = await declare(stage, 'sev1 check\u0000out \ud83d is down');
  expect((await record(1)).incident.title).toBe('check\ufffdout \ufffd is down');
  oncall.says('a\u0000b \ud83d c', { in: channel.name });
  await oncall.slash('/incident update x\u0000y \udc00', { in: channel.name });
  const words = Array.from({ length: 5_000 }, (_, n) => `word${n}`)
    .join(' ')
    .slice(0, 39_000)
    .trim();
  await oncall.slash(`/incident update ${words}`, { in: channel.name });
  await stage.quiet();
  const held = await record(1);
  expect(held.updates.map((one) => one.text)).toEqual(['x\ufffdy \ufffd', words]);
  expect(held.timeline.filter((one) => one.text === 'a\ufffdb \ufffd c')).toHaveLength(1);
  expect(await db.selectFrom('quarantine').selectAll().execute()).toEqual([]);
  const said = channel.posts.filter((one) => one.shown.includes('[UPDATE')).map((one) => one.shown);
  for (const word of words.split(' '))
    if (!said.some((shown) => shown.includes(word))) throw new Error(`${word} is lost`);
  expect(await parked(stage)).toEqual([]);
  expect(slack.journal.violations()).toEqual([]);
});

/** A post of the bot that notifies anybody but who declared. Slack's own line about a join is no post. */
const loud = ({ subtype, by, pings }: Shown): boolean =>
  subtype === undefined && by === 'sitrep' && pings.some((who) => who !== 'U0ONCALL01');

const parked = async ({ db }: Stage) =>
  (await db.selectFrom('jobs').select(['kind', 'lastError']).where('parkedAt', 'is not', null).execute()).map(
    ({ kind, lastError }) => `${kind}: ${lastError}`,
  );

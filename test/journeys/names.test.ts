import { expect, test } from '@jest/globals';
import { setStage } from './stage.ts';
import { announcements, channelOf, declare, people } from './steps.ts';

test('two incidents of one title, declared at once, get two channels', async () => {
  // Where one is slower than the other, it would be asked whether they are the same.
  const stage = await setStage({ policy: { askBeforeDuplicates: false } });
  const { slack } = stage;
  const { oncall, exec } = people(slack);
  const [one, other] = await Promise.all([
    oncall.slash('/incident declare sev1 checkout is down', { in: 'general' }),
    exec.slash('/incident declare sev1 checkout is down', { in: 'general' }),
  ]);
  const [first, second] = [one, other].map(({ shown }) => Number(/INC-(\d)/.exec(shown)?.[1]));
  if (!first || !second) throw new Error('both are declared');
  const names = [(await channelOf(stage, first)).name, (await channelOf(stage, second)).name].sort();
  expect(names[0]).toMatch(/^inc-\d{8}-checkout-is-down$/);
  expect(names[1]).toBe(`${names[0]}-2`);
  expect(slack.journal.violations()).toEqual([]);
});

test('a name held by a channel nobody can find is left alone and the next one is taken', async () => {
  const stage = await setStage();
  const { slack, record } = stage;
  const day = new Date().toISOString().slice(0, 10).replaceAll('-', '');
  slack.reserveName(`inc-${day}-checkout-is-down`);
  slack.addChannel(`inc-${day}-checkout-is-down-2`, { members: ['exec'] });
  const { channel } = await declare(stage, 'sev1 checkout is down');
  expect(channel.name).toBe(`inc-${day}-checkout-is-down-3`);
  expect((await record(1)).incident.channel).toEqual({ id: channel.id, name: channel.name });
  expect(slack.channel(`inc-${day}-checkout-is-down-2`).posts).toEqual([]);
  expect(slack.journal.violations()).toEqual([]);
});

const RTL = '\u202eتعطل الدفع في المتجر';
const LONG = `checkout ${'is down '.repeat(4_999)}`.slice(0, 39_990).trim();

test.each([
  ['only emoji', '🔥🔥 💥', /^inc-\d{8}-1$/],
  ['right to left', RTL, /^inc-\d{8}-1$/],
  ['accents', 'Überweisung schlägt fehl', /^inc-\d{8}-uberweisung-schlagt-fehl$/],
  ['nearly 40,000 characters', LONG, /^inc-\d{8}-checkout-is-down-/],
  ['one word of 500 letters', 'x'.repeat(500), /^inc-\d{8}-x+$/],
])('a title of %s has a channel, a card, a topic, and is whole in the record', async (_, title, name) => {
  const stage = await setStage();
  const { slack, record } = stage;
  const { oncall } = people(slack);
  const { channel } = await declare(stage, `sev2 ${title}`);
  expect(channel.name).toMatch(name);
  expect(channel.name.length).toBeLessThanOrEqual(80);
  expect(channel.pins[0]?.shown).toContain('INC-1');
  expect(channel.topic).toContain('SEV2');
  expect(announcements(slack)).toHaveLength(1);
  expect((await record(1)).incident.title).toBe(title);
  expect((await oncall.slash('/incident', { in: 'general' })).shown).toContain('INC-1');
  expect((await oncall.slash('/incident', { in: channel.name })).shown).toContain('INC-1');
  expect((await oncall.slash('/incident update hello', { in: 'general' })).shown).toContain('INC-1');
  await oncall.slash('/incident update two leads', { in: channel.name });
  await oncall.slash('/incident resolve rolled back', { in: channel.name });
  await stage.quiet();
  expect((await record(1)).postmortem?.markdown).toContain('rolled back');
  expect(await parked(stage)).toEqual([]);
  expect(slack.journal.violations()).toEqual([]);
});

const parked = async ({ db }: Awaited<ReturnType<typeof setStage>>) =>
  (await db.selectFrom('jobs').select(['kind', 'lastError']).where('parkedAt', 'is not', null).execute()).map(
    ({ kind, lastError }) => `${kind}: ${lastError}`,
  );

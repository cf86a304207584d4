import { expect, test } from '@jest/globals';
import { type Stage, setStage } from './stage.ts';
import { channelOf, declare, people } from './steps.ts';

test('an incident that may be open already is shown before there are two of it', async () => {
  const stage = await setStage();
  const { slack } = stage;
  const { oncall, commander, exec } = people(slack);
  const first = await declare(stage, 'sev2 checkout is down');

  const asked = await commander.slash('/incident declare sev1 Checkout down', { in: 'general' });
  expect(asked.shown).toContain('Nothing is declared yet');
  expect(asked.shown).toContain('INC-1');
  expect(await incidents(stage)).toBe(1);
  await commander.clicks('Join INC-1');
  await slack.until(() => first.channel.members.includes('commander'));
  expect(await incidents(stage)).toBe(1);

  await exec.slash('/incident declare checkout is down', { in: 'general' });
  await exec.clicks('Declare anyway');
  await channelOf(stage, 2);
  expect(await incidents(stage)).toBe(2);

  // The same of the form, which keeps what was filled in.
  await oncall.shortcut('Declare incident');
  const form = oncall.modal;
  await form.fill({ Title: 'checkout is down', 'What do users feel?': 'nobody can pay' });
  expect((await form.submit()).action).toBe('update');
  expect(oncall.modal.shown).toContain('Join INC-1');
  expect(await incidents(stage)).toBe(2);
  await oncall.modal.submit();
  await channelOf(stage, 3);
  expect((await stage.record(3)).incident).toMatchObject({ impact: 'nobody can pay' });
  expect(slack.journal.violations()).toEqual([]);
});

test('what is private is not given away by the question whether it is the same', async () => {
  const stage = await setStage();
  const { slack } = stage;
  const { oncall, exec } = people(slack);
  await oncall.shortcut('Declare incident');
  const form = oncall.modal;
  await form.fill({ Title: 'passwords leaked', Private: true });
  await form.submit();
  await channelOf(stage, 1);
  const answer = await exec.slash('/incident declare passwords leaked', { in: 'general' });
  expect(answer.shown).toContain('INC-2 declared');
});

test('a message becomes an incident that leads back to it, or goes into the timeline of an open one', async () => {
  const stage = await setStage();
  const { slack } = stage;
  const { oncall, commander } = people(slack);
  const said = await commander.says('cards are declined since 14:02\nsee the graph', { in: 'general' });
  await oncall.shortcut('Declare incident', said);
  await oncall.modal.submit();
  await channelOf(stage, 1);
  const record = await stage.record(1);
  expect(record.incident.title).toBe('cards are declined since 14:02');
  expect(record.timeline).toContainEqual(
    expect.objectContaining({ kind: 'note', text: 'cards are declined since 14:02\nsee the graph', actor: oncall.id }),
  );

  const again = await commander.says('and refunds too', { in: 'general' });
  await oncall.shortcut('Declare incident', again);
  const other = oncall.modal;
  await other.fill({ 'Add to an open incident instead': 'INC-1 cards are declined since 14:02' });
  await other.submit();
  await stage.quiet();
  expect(await incidents(stage)).toBe(1);
  expect((await stage.record(1)).timeline.some((one) => one.text === 'and refunds too')).toBe(true);
});

const incidents = async ({ db }: Stage) => (await db.selectFrom('incidents').select('id').execute()).length;

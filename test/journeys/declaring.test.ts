import { expect, test } from '@jest/globals';
import { HOUR, MINUTE } from '../../src/lib/duration.ts';
import { type Stage, setStage } from './stage.ts';
import { announcements, channelOf, declare, people } from './steps.ts';

test('an incident that may be open already is shown before there are two of it, and a private one is not given away', async () => {
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

  await oncall.modal.close('all');
  await oncall.shortcut('Declare incident');
  await oncall.modal.fill({ Title: 'passwords leaked', Private: true });
  await oncall.modal.submit();
  await channelOf(stage, 4);
  const answer = await exec.slash('/incident declare passwords leaked', { in: 'general' });
  expect(answer.shown).toContain('INC-5 declared');
  expect(slack.journal.violations()).toEqual([]);
});

test('a message becomes an incident that leads back to it, or goes into the timeline of an open one', async () => {
  const stage = await setStage();
  const { slack } = stage;
  const { oncall, commander } = people(slack);
  const said = await commander.says('cards are declined since 14:02\nsee the graph', { in: 'general' });
  await oncall.shortcut('Declare incident', said);
  await oncall.modal.submit();
  const channel = await channelOf(stage, 1);
  const record = await stage.record(1);
  expect(record.incident.title).toBe('cards are declined since 14:02');
  // Whoever said so had noticed it.
  expect(record.clock.detectedAt).toBe(new Date(Math.floor(Number(said.ts)) * 1_000).toISOString());
  expect(record.timeline).toContainEqual(
    expect.objectContaining({ kind: 'note', text: 'cards are declined since 14:02\nsee the graph', actor: oncall.id }),
  );

  const again = await commander.says('and refunds too', { in: 'general' });
  await oncall.shortcut('Declare incident', again);
  const other = oncall.modal;
  await other.fill({ 'Add to an open incident instead': 'INC-1 cards are declined since 14:02' });
  expect(await other.submit()).toMatchObject({ outcome: 'acked', action: 'update' });
  expect(oncall.modal.title).toBe('Added to INC-1');
  expect(oncall.modal.shown).toMatch(
    new RegExp(`timeline of INC-1[\\s\\S]*<#${channel.id}>[\\s\\S]*Nothing was declared\\.`),
  );
  expect(await incidents(stage)).toBe(1);
  expect((await stage.record(1)).timeline.some((one) => one.text === 'and refunds too')).toBe(true);

  // It may end while the form is open; then it is said.
  const third = await commander.says('gone since 14:40', { in: 'general' });
  await oncall.shortcut('Declare incident', third);
  const late = oncall.modal;
  await late.fill({ 'Add to an open incident instead': 'INC-1 cards are declined since 14:02' });
  await commander.slash('/incident resolve rolled back in INC-1', { in: 'general' });
  await late.submit();
  expect(oncall.modal.shown).toMatch(/INC-1 is resolved by now[\s\S]*\/incident reopen/);
  expect((await stage.record(1)).timeline.some((one) => one.text === 'gone since 14:40')).toBe(true);
  expect(slack.journal.violations()).toEqual([]);
});

test('of a long message nothing is cut in the record, wherever it was said and whatever the form asks first', async () => {
  const stage = await setStage();
  const { slack } = stage;
  const { oncall, commander } = people(slack);
  const long = `search is "slow" \u{1F525}\n${'x\t"é\\'.repeat(1_000)} end`;
  expect(long.length).toBeGreaterThan(5_000);
  const said = await commander.says(long, { in: 'general' });
  const texts = async (number: number) =>
    (await stage.record(number)).timeline.filter(({ kind }) => kind === 'note').map(({ text }) => text);
  await oncall.shortcut('Declare incident', said);
  await oncall.modal.submit();
  await channelOf(stage, 1);
  expect(await texts(1)).toEqual([long]);

  await oncall.shortcut('Declare incident', said);
  expect((await oncall.modal.submit()).action).toBe('update');
  await oncall.modal.submit();
  await channelOf(stage, 2);
  expect(await texts(2)).toEqual([long]);

  await oncall.shortcut('Declare incident', said);
  const form = oncall.modal;
  await form.fill({ 'Add to an open incident instead': 'INC-1 search is "slow" \u{1F525}' });
  await form.submit();
  expect(await texts(1)).toEqual([long, long]);
  expect(slack.journal.violations()).toEqual([]);
});

const services = [{ id: 'search', name: 'Search', owner: null, runbook: null, invite: ['@engineering-leads'] }];

test('what was over before it was declared is resolved at once: nobody is called, asked or reminded, and the postmortem is owed from then on', async () => {
  const now = new Date('2026-03-02T15:00:00Z');
  const stage = await setStage({ policy: { services }, now: () => now });
  const { slack, record, quiet, pass } = stage;
  const { oncall, exec } = people(slack);
  const ago = (hours: number) => new Date(now.getTime() - hours * HOUR);
  await oncall.slash('/incident declare', { in: 'general' });
  const form = await oncall.seesModal('Declare an incident');
  const filled = { Title: 'Search was slow', Severity: 'SEV2', Services: ['Search'], 'When did it start?': ago(80) };
  await form.fill({ ...filled, 'When did users stop feeling it?': ago(77), 'When was it over?': ago(78) });
  expect((await form.submit()).errors).toEqual({
    'When was it over?': 'This is before users stopped feeling it. Correct one of the two times.',
  });
  await form.fill({ 'When was it over?': new Date(now.getTime() + HOUR) });
  expect((await form.submit()).errors).toEqual({ 'When was it over?': expect.stringContaining('in the future') });
  await form.fill({ 'When was it over?': ago(76), 'When was it noticed?': ago(2) });
  expect((await form.submit()).errors).toEqual({});
  expect(oncall.modal.shown).toContain('It is resolved, as it was over');
  const channel = await channelOf(stage, 1);
  await quiet();
  const held = await record(1);
  expect(held.incident.status).toBe('resolved');
  expect([held.clock.impactStartedAt, held.clock.mitigatedAt, held.clock.resolvedAt, held.clock.detectedAt]).toEqual(
    [80, 77, 76, 2].map((hours) => ago(hours).toISOString()),
  );
  const moves = held.timeline.filter(({ kind }) => kind === 'status_changed' || kind === 'declared');
  expect(moves.map(({ text }) => text)).toEqual([
    expect.stringContaining('investigating → mitigated'),
    expect.stringContaining('mitigated → resolved'),
    'INC-1 declared SEV2: Search was slow',
  ]);
  expect(channel.pins[0]?.shown).toContain('lasted 4 h');
  const said = () => channel.posts.map(({ shown }) => shown).join('\n');
  expect(said()).toMatch(/INC-1 was over when it was declared/);
  expect(said()).toMatch(/Postmortem/);
  expect(channel.thread(channel.pins[0]?.ts ?? '').map(({ shown }) => shown)).toEqual([]);
  expect(announcements(slack).map(({ shown }) => shown)).toEqual([expect.stringMatching(/resolved[\s\S]*/)]);
  expect(oncall.dms.map(({ shown }) => shown).join()).toMatch(/postmortem of INC-1/i);

  await pass(20 * HOUR);
  await quiet();
  expect(channel.members).not.toContain('exec');
  expect(exec.dms).toEqual([]);
  expect(said()).not.toMatch(/Nobody has command|overdue|update is due|has been SEV2/);
  // Its half time has not come: it is due two days after it was declared.
  expect(held.timeline.filter(({ kind }) => kind === 'reminder_sent')).toEqual([]);
  expect((await record(1)).timeline.filter(({ kind }) => kind === 'reminder_sent')).toEqual([]);
  await pass(29 * HOUR);
  const reminders = async () => (await record(1)).timeline.filter(({ kind }) => kind === 'reminder_sent').length;
  expect(await reminders()).toBe(1);
  // A false alarm, as it turns out, owes nothing any more.
  await oncall.slash('/incident cancel the graph was wrong', { in: channel.name });
  await pass(72 * HOUR);
  expect((await record(1)).incident.status).toBe('canceled');
  expect(await reminders()).toBe(1);
  expect(slack.journal.violations()).toEqual([]);
});

test('a title may end with its times: since when, or from when to when it was', async () => {
  const stage = await setStage({ now: () => new Date('2026-03-02T15:00:00Z') });
  const { slack, record, pass } = stage;
  const { oncall } = people(slack);
  const wrong = await oncall.slash('/incident declare sev3 mail was late from 14:20 to 13:50', { in: 'general' });
  expect(wrong.shown).toMatch(/^It cannot be over .* before it started .*Nothing was declared/);
  const none = await oncall.slash('/incident declare sev3 mail was late since yesterday 25:00', { in: 'general' });
  expect(none.shown).toMatch(
    /"yesterday 25:00" is not a time.*`yesterday 14:05` or `10 min ago`.*Nothing was declared/,
  );
  const slip = await oncall.slash('/incident declare sev7 mail was late', { in: 'general' });
  expect(slip.shown).toMatch(/"sev7" is not a severity here.*`\/incident declare SEV1 &lt;title&gt;`/);
  expect(await incidents(stage)).toBe(0);

  const { channel } = await declare(stage, 'sev3 mail was late from 13:50 to 14:20');
  expect(channel.name).toBe('inc-20260302-mail-was-late');
  expect(oncall.ephemerals.map(({ shown }) => shown).join()).toMatch(/It was over <!date.*so it is resolved/);
  const { incident, clock } = await record(1);
  expect(incident).toMatchObject({ title: 'mail was late', status: 'resolved' });
  expect(clock).toMatchObject({
    impactStartedAt: '2026-03-02T13:50:00.000Z',
    detectedAt: null,
    mitigatedAt: '2026-03-02T14:20:00.000Z',
    resolvedAt: '2026-03-02T14:20:00.000Z',
  });
  // A later correction of its end is possible, though it was noticed after it.
  await oncall.slash('/incident clock resolved 14:30 the graph shows it', { in: channel.name });
  expect((await record(1)).clock.resolvedAt).toBe('2026-03-02T14:30:00.000Z');
  await pass(25 * HOUR);
  expect((await record(1)).incident.status).toBe('closed');

  await oncall.slash('/incident declare sev2 cards are declined since 20 min ago', { in: 'general' });
  await channelOf(stage, 2);
  const second = await record(2);
  expect(second.incident).toMatchObject({ title: 'cards are declined', status: 'investigating' });
  const told = Date.parse(second.clock.declaredAt) - Date.parse(second.clock.impactStartedAt ?? '');
  expect(Math.round(told / MINUTE)).toBe(20);

  // Named alone, an incident is shown, wherever one is.
  for (const typed of ['/incident in INC-2', '/incident inc-2']) {
    const { shown } = await oncall.slash(typed, { in: channel.name });
    expect(shown).toMatch(/INC-2 SEV2: cards are declined[\s\S]*Post update/);
  }
  expect((await oncall.slash('/incident in INC-9', { in: 'general' })).shown).toContain('There is no incident INC-9');
  expect(slack.journal.violations()).toEqual([]);
});

const incidents = async ({ db }: Stage) => (await db.selectFrom('incidents').select('id').execute()).length;

import { expect, test } from '@jest/globals';
import { MINUTE } from '../../src/lib/duration.ts';
import { defaultPolicy } from '../../src/policy.ts';
import { type Setting, setStage } from './stage.ts';
import { announcements, channelOf, everywhere, people } from './steps.ts';

const services = [{ id: 'checkout', name: 'Checkout', owner: null, runbook: null, invite: ['@engineering-leads'] }];

test.each(['socket', 'http'] as const)(
  'over %s, the form declares at once and its view turns into the link',
  async (mode) => {
    const stage = await openForm({ mode, policy: { ...defaultPolicy, services } });
    const { slack, form, oncall, record } = stage;
    expect(form.labels).toEqual([
      'Title',
      'Severity',
      'Services',
      'What do users feel?',
      'When did it start?',
      'Private',
      'Drill',
      'When was it noticed?',
      'When did users stop feeling it?',
      'When was it over?',
    ]);
    const startedAt = new Date(Date.now() - 20 * MINUTE);
    await form.fill({
      Title: 'Payments fail',
      Severity: 'SEV2',
      Services: ['Checkout'],
      'What do users feel?': '1 in 5 payments fail',
      'When did it start?': startedAt,
    });
    const sent = await form.submit();
    expect(sent).toMatchObject({ outcome: 'acked', action: 'update', errors: {} });
    expect(oncall.modal.title).toBe('INC-1 declared');

    const channel = await channelOf(stage, 1);
    expect(channel.name).toMatch(/^inc-\d{8}-checkout$/);
    await slack.until(() => oncall.modal.shown.includes(`<#${channel.id}>`));
    await slack.until(() => channel.members.includes('commander') && channel.members.includes('exec'));
    await slack.until(() => announcements(slack).some((one) => one.shown.includes('1 in 5 payments fail')));
    const held = await record(1);
    expect(held.incident).toMatchObject({ severity: 'SEV2', services: ['checkout'], impact: '1 in 5 payments fail' });
    expect(held.clock.impactStartedAt).toBe(new Date(Math.floor(startedAt.getTime() / 1_000) * 1_000).toISOString());
    expect(slack.journal.violations()).toEqual([]);
  },
);

test('beyond a hundred services they are searched for while one types; an edit keeps those chosen, and brings in the people of those it adds', async () => {
  const many = Array.from({ length: 500 }, (_, n) => ({ ...services[0], id: `svc-${n}`, name: `Service ${n}` }));
  const stage = await openForm({
    policy: { services: [...many, { ...services[0], name: 'Checkout API', invite: [] }] as never },
  });
  const { slack, form, oncall, record } = stage;
  await form.fill({ Title: 'Payments fail', Services: 'checkout' });
  await form.submit();
  const channel = await channelOf(stage, 1);
  await oncall.slash('/incident edit', { in: channel.name });
  const edit = await oncall.seesModal('Correct INC-1');
  await edit.fill({ Title: 'Card payments fail' });
  expect((await edit.submit()).errors).toEqual({});
  expect((await record(1)).incident).toMatchObject({ title: 'Card payments fail', services: ['checkout'] });
  expect(channel.members).not.toContain('exec');
  await oncall.slash('/incident edit', { in: channel.name });
  await (await oncall.seesModal('Correct INC-1')).fill({ Services: 'Service 499' }).then(() => oncall.modal.submit());
  expect((await record(1)).incident.services).toEqual(['svc-499']);
  await slack.until(() => channel.members.includes('exec'), { what: 'the people of Service 499' });
  expect(slack.journal.violations()).toEqual([]);
});

test('what is wrong with the form is said beside the field, and the corrected form declares', async () => {
  const { slack, form, oncall, db } = await openForm();
  await form.fill({ Title: 'Payments fail', 'When did it start?': new Date(Date.now() + 60 * MINUTE) });
  const refused = await form.submit();
  expect(refused.action).toBe('errors');
  expect(refused.errors).toEqual({ 'When did it start?': expect.stringContaining('future') });
  expect(await incidentsIn(db)).toBe(0);

  await form.fill({ Title: '   ', 'When did it start?': null });
  expect((await form.submit()).errors).toEqual({ Title: expect.stringContaining('Say what is broken') });

  await form.fill({ Title: 'Payments fail' });
  expect((await form.submit()).errors).toEqual({});
  expect(oncall.modal.title).toBe('INC-1 declared');
  expect(await incidentsIn(db)).toBe(1);
  expect(slack.journal.violations()).toEqual([]);
});

test('a private incident has a private channel and is nowhere else to be seen', async () => {
  const stage = await openForm();
  const { slack, form, oncall } = stage;
  const { commander } = people(slack);
  await form.fill({ Title: 'Customer data leaked', Severity: 'SEV1', Private: true });
  await form.submit();
  const channel = await channelOf(stage, 1);
  await stage.quiet();

  expect(channel.isPrivate).toBe(true);
  expect(channel.name).toMatch(/^inc-\d{8}-1$/);
  expect(channel.members.sort()).toEqual(['oncall', slack.bot.handle].sort());
  expect(announcements(slack)).toEqual([]);
  expect((await oncall.slash('/incident list', { in: 'general' })).shown).toContain('Customer data leaked');
  for (const typed of ['/incident list', '/incident', '/incident show INC-1', '/incident update hello in INC-1']) {
    const { shown } = await commander.slash(typed, { in: 'general' });
    expect(shown).not.toContain('leaked');
    expect(shown).toMatch(/No incident is open/);
  }

  await oncall.slash('/incident update the key was rotated', { in: channel.name });
  await oncall.slash('/incident resolve the key was rotated', { in: channel.name });
  await stage.quiet();
  expect(announcements(slack)).toEqual([]);
  expect(commander.dms).toEqual([]);
  expect(slack.channels().filter((one) => one.name.startsWith('inc-'))).toHaveLength(1);
  expect(slack.journal.violations()).toEqual([]);
});

test('a drill says so once wherever it is read, from its card to the last direct message, and counts in no number', async () => {
  const stage = await openForm();
  const { slack, form, oncall, sitrep } = stage;
  await form.fill({ Title: 'Region lost', Severity: 'SEV1', Drill: true });
  await form.submit();
  const channel = await channelOf(stage, 1);
  await stage.quiet();
  const first = await oncall.slash('/incident impact nobody feels it', { in: channel.name });
  expect(first.shown).toContain('Noted on the card');
  for (const typed of [
    'impact nobody felt it',
    'ic @commander',
    'role comms @commander',
    'update region is back',
    'task look at the graphs @commander 5m',
    'note the region answers',
    'clock started 10 min ago the graphs show it',
    'action raise the pool size @commander by tomorrow',
    'cadence 20m',
    'severity sev2 smaller',
    'escalate @exec look',
    'resolve failed over',
  ]) {
    await oncall.slash(`/incident ${typed}`, { in: channel.name });
    await stage.quiet();
  }
  expect(channel.topic).toContain('DRILL');
  const said = everywhere(slack).filter(
    ({ by, subtype }) => by === slack.bot.handle && !/join|topic|purpose|pinned|leave/.test(subtype ?? ''),
  );
  expect(said.length).toBeGreaterThan(8);
  expect(said.map(({ shown }) => shown).filter((shown) => shown.split('DRILL').length !== 2)).toEqual([]);
  expect(channel.pins[0]?.shown).toMatch(/What fixed it[\s\S]*failed over/);
  // Who did it is named; who did it knows.
  const lines = channel.posts.filter(({ shown }) =>
    /corrected what users feel|is SEV2 now|is resolved\W* \(/.test(shown),
  );
  expect(lines.map(({ pings }) => pings)).toEqual(lines.map(() => []));
  expect(lines.length).toBeGreaterThan(2);
  const metrics = await (await fetch(`${sitrep.origin}/metrics`)).text();
  expect(metrics.match(/^sitrep_(?:promises|postmortems|action_items)\{[^\n]* [1-9]/gm)).toBeNull();
  expect((await stage.record(1)).incident.kind).toBe('drill');
  expect(slack.journal.violations()).toEqual([]);
});

test('a form that does not open says what to type instead, and that works', async () => {
  const stage = await setStage();
  const { slack } = stage;
  const { oncall } = people(slack);
  slack.faults.on('views.open', { error: 'internal_error' });
  const reply = await oncall.slash('/incident declare', { in: 'general' });
  expect(reply.shown).toContain('The form did not open');
  expect(reply.shown).toContain('/incident declare sev1');
  slack.faults.on('views.open', { error: 'internal_error' });
  const times = 'from 20 min ago to 10 min ago';
  const timed = await oncall.slash(`/incident declare sev2 ${times}`, { in: 'general' });
  expect(timed.shown).toContain(`/incident declare sev2 &lt;title&gt; ${times}`);
  slack.faults.on('views.open', { delayMs: 1_900 });
  expect((await oncall.slash('/incident declare', { in: 'general' })).shown).toContain('The form did not open');
  expect((await oncall.slash('/incident declare sev1 checkout is down', { in: 'general' })).shown).toContain('INC-1');
  await channelOf(stage, 1);
});

async function openForm(setting: Setting = {}) {
  const stage = await setStage(setting);
  const { oncall } = people(stage.slack);
  await oncall.slash('/incident declare', { in: 'general' });
  return { ...stage, oncall, form: await oncall.seesModal('Declare an incident') };
}

const incidentsIn = async (db: Awaited<ReturnType<typeof setStage>>['db']): Promise<number> =>
  (await db.selectFrom('incidents').select('id').execute()).length;

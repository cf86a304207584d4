import { expect, test } from '@jest/globals';
import { DAY, HOUR, MINUTE } from '../../src/lib/duration.ts';
import { incidentId, ts } from '../../src/lib/ids.ts';
import { redact } from '../../src/timeline/transactions.ts';
import { setStage } from './stage.ts';
import { declare, gather, people, saying } from './steps.ts';

/** A Wednesday, at noon in the policy's time zone. */
const START = Date.parse('2026-11-18T12:00:00Z');

test('action items are noted in every way, reminded of when they are due, moved, settled by the one who is first, and followed after a restart', async () => {
  const stage = await underway();
  const { slack, record, channel, oncall, commander, comms, exec, quiet, pass } = stage;
  const typed = '/incident action raise the pool size @comms by in 3 days';
  expect((await commander.slash(typed, { in: channel.name })).shown).toBe(
    'Done. `/incident actions` settles it with *Done* or takes it back with *Drop*.',
  );
  await quiet();
  const posted = () => saying(channel.posts, /\*Action item:\* raise the pool size/);
  expect(posted()).toHaveLength(1);
  expect(posted()[0]?.pings).toContain(comms.id);
  expect(comms.dms.filter(({ shown }) => /raise the pool/.test(shown))).toEqual([]);

  // By a mark, whoever makes it first; the words stay with the message.
  const said = exec.says('we should alert on the queue & its age', { in: channel.name });
  await quiet();
  exec.reacts(said, 'dart');
  comms.reacts(said, 'dart');
  await quiet();
  const under = channel.thread(said.ts).map(({ shown }) => shown);
  expect(under).toHaveLength(1);
  expect(under[0]).toMatch(/Noted as an action item of INC-1\.\nowner nobody yet · no date yet/);

  // By the shortcut, with a date that can mean two days, and a wording that is spoken of and kept.
  const other = oncall.says('human error in the runbook', { in: channel.name });
  await quiet();
  await oncall.shortcut('Add action item', other);
  const form = await oncall.seesModal('Add action item');
  expect(form.value('What is to be done?')).toBe('human error in the runbook');
  await form.fill({ Due: '02/03/2027', Ticket: 'JIRA-1' });
  expect((await form.submit()).errors.Ticket).toMatch(/begins with https/);
  await form.fill({ Ticket: 'https://tracker.example/1' });
  expect((await form.submit()).errors.Due).toMatch(/Write it like `2027-02-03` or `2027-03-02`/);
  await form.fill({ Due: 'in 2 weeks', 'What is it good for?': 'process', Owner: 'oncall' });
  expect((await form.submit()).action).toBe('update');
  // Beside the public line it is not told a second time.
  expect(oncall.modal.shown).not.toContain('Added to INC-1');
  expect(oncall.modal.shown).toMatch(
    /Done\. `\/incident actions` settles it with \*?Done\*? or takes it back[\s\S]*A note on the wording, “human error”: /,
  );
  await oncall.modal.close();
  await commander.shortcut('Add action item', said);
  const again = await commander.seesModal('Add action item');
  expect((await again.submit()).errors['What is to be done?']).toMatch(/is an action item of INC-1 already/);
  await again.close();
  await commander.shortcut('Add action item', commander.says('remember this', { in: 'general' }));
  await commander.sees(/^Nothing was added: this channel belongs to no incident/, { in: 'general' });
  const wordless = exec.says('', { in: channel.name, files: [{ name: 'graph.png', content: 'x' }] });
  await quiet();
  comms.reacts(wordless, 'dart');
  await comms.sees(/^The message you marked for INC-1 holds no words/);

  // More than five are asked about; more than one owner or none that can be are refused.
  for (const n of [4, 5]) await commander.slash(`/incident action number ${n} @exec`, { in: channel.name });
  const sixth = await commander.slash('/incident follow-up number 6 in INC-1', { in: 'general' });
  expect(sixth.shown).toMatch(
    /^Added to INC-1: number 6\nowner nobody yet · no date yet\. \*Assign\* .*`\/incident actions in INC-1`/,
  );
  expect(sixth.shown).toMatch(/That makes 6 open ones, and more than five seldom get done: which matter\?/);
  for (const [words, sentence] of [
    ['x @exec by wednesday', /can be Wed 18 Nov 2026 or Wed 25 Nov 2026\. Write it like `2026-11-18` or `2026-11-25`/],
    ['x @exec by yesterday', /Tue 17 Nov 2026 is past/],
    ['x @exec by the way', /"the way" is not a day/],
    ['x @exec @comms', /has one owner/],
    ['x @engineering-leads', /owned by a person/],
    [`x @${slack.bot.handle}`, /is a bot and cannot own/],
    ['@exec by friday', /needs words/],
    [`${'x'.repeat(501)} @exec`, /The action item has 501 characters, at most 500 fit/],
  ] as const)
    expect((await commander.slash(`/incident action ${words}`, { in: channel.name })).shown).toMatch(sentence);

  await commander.slash('/incident resolve rolled back', { in: channel.name });
  await quiet();

  // The morning after: whoever ran the incident is asked who takes what nobody owns.
  await pass(22 * HOUR);
  const asked = () => saying(commander.dms, /nobody can be reminded of 2 action items/);
  expect(asked()[0]?.shown).toMatch(/we should alert on the queue &amp; its age[\s\S]*number 6/);
  await commander.clicks('Assign', { in: 'dm' });
  const assign = await commander.seesModal('Assign action item');
  await assign.fill({ Owner: 'exec', Due: 'eom' });
  await assign.submit();
  await quiet();
  expect(saying(exec.dms, /an action item is yours/)).toHaveLength(1);
  expect(saying(commander.dms, /nobody can be reminded of 1 action item:/)).toHaveLength(1);

  // The day before, moved to another day by its owner; the old day is silent, the new one is not.
  await pass(DAY);
  const reminded = (who = comms) => saying(who.dms, /raise the pool size/);
  expect(reminded().map(({ buttons }) => buttons)).toEqual([['Done', 'Postpone', 'Drop', 'Assign', 'Edit']]);
  expect(reminded()[0]?.shown).toMatch(/1 action item of yours[\s\S]*due \*tomorrow\*, Sat 21 Nov 2026/);
  await comms.clicks('Postpone', { in: 'dm' });
  const late = await comms.seesModal('Another day');
  await late.fill({ Due: 'someday' });
  expect((await late.submit()).errors.Due).toMatch(/"someday" is not a day\. Write it like `monday` or `2026-12-04`/);
  await late.fill({ Due: '2026-11-27' });
  await commander.clicks('Postpone', { on: posted()[0] as { ts: string } });
  const second = await commander.seesModal('Another day');
  await second.fill({ Due: '2026-11-25' });
  expect((await late.submit()).action).toBe('close');
  expect((await second.submit()).errors.Due).toMatch(
    /was changed by @comms .* owner @comms, due Fri 27 Nov 2026\. Nothing of yours/,
  );
  await second.close();
  await quiet();
  expect(reminded()[0]?.shown).toContain('due Fri 27 Nov 2026');
  expect(posted()[0]?.shown).toContain('due Fri 27 Nov 2026');
  await stage.restart();
  await pass(5 * DAY);
  expect(reminded()).toHaveLength(1);
  await pass(DAY);
  await pass(DAY);
  // The day before and the day itself; the buttons stand in the newest message alone.
  expect(reminded().map(({ shown }) => /due \*?(\w+)/.exec(shown)?.[1])).toEqual(['today']);
  expect(saying(comms.dms, /settled, or asked about further down/).length).toBeGreaterThan(0);
  await pass(7 * DAY);
  expect(reminded()[0]?.shown).toMatch(/\*overdue\* since Fri 27 Nov 2026/);
  const overdue = await exec.slash('/incident actions overdue', { in: 'general' });
  expect(overdue.shown).toMatch(/INC-1\* raise the pool size/);

  // Two at once: one settles it, the other is told who did.
  await Promise.all([
    comms.clicks('Done', { in: 'dm' }),
    commander.clicks('Done', { on: posted()[0] as { ts: string } }),
  ]);
  await quiet();
  const told = [...comms.ephemerals, ...commander.ephemerals].filter(({ shown }) =>
    /This action item was done already by/.test(shown),
  );
  expect(told).toHaveLength(1);
  expect(posted()[0]?.shown).toMatch(/\*Done\* by/);
  expect(reminded()[0]?.buttons).toEqual(['Re-open']);
  await Promise.all([
    comms.clicks('Re-open', { in: 'dm' }),
    commander.clicks('Re-open', { on: posted()[0] as { ts: string } }),
  ]);
  await quiet();
  const reopened = [...comms.ephemerals, ...commander.ephemerals].filter(({ shown }) =>
    /^This action item is open by .* Nothing was changed/.test(shown),
  );
  expect(reopened).toHaveLength(1);
  await comms.clicks('Drop', { in: 'dm' });
  const drop = await comms.seesModal('Drop action item');
  await drop.fill({ 'Why will it not be done?': 'the pool is gone' });
  await drop.submit();
  await quiet();
  expect(posted()[0]?.shown).toMatch(/\*Dropped\* by .*: the pool is gone/);
  await pass(14 * DAY);
  expect(reminded().map(({ buttons }) => buttons)).toEqual([['Re-open']]);

  const steps = (await record(1)).timeline.flatMap(({ payload, kind, key }) =>
    payload.action === 1 ? [`${kind} ${payload.step}${key ? ' key' : ''}`] : [],
  );
  expect(steps).toEqual([
    'action_item added key',
    'action_item postponed',
    'action_item done',
    'action_item reopened',
    'action_item dropped',
  ]);
  const { actionItems } = await record(1);
  expect(actionItems).toHaveLength(6);
  expect(actionItems[0]).toMatchObject({ due: '2026-11-27', status: 'dropped', reason: 'the pool is gone' });
  expect(actionItems[2]).toMatchObject({ type: 'process', ticket: 'https://tracker.example/1' });
  expect(slack.journal.violations()).toEqual([]);
}, 90_000);

test('an owner who is gone is asked about, a private incident stays inside, what was redacted is gone, and hundreds have room', async () => {
  const stage = await underway();
  const { slack, db, record, channel, oncall, commander, comms, exec, quiet, pass } = stage;
  await oncall.slash('/incident declare', { in: 'general' });
  const declared = await oncall.seesModal();
  await declared.fill({ Title: 'Customer data leaked', Severity: 'SEV1', Private: true });
  await declared.submit();
  const secret = await slack.until(() => slack.channels().find((one) => one.isPrivate && one.pins.length > 0));
  await quiet();
  const outside = await oncall.slash('/incident action rotate the keys @comms', { in: secret.name });
  expect(outside.shown).toMatch(/is not in the channel of INC-2, which is private, and may not know of it/);
  oncall.invites('exec', secret.name);
  await quiet();
  await oncall.slash('/incident action rotate the keys @exec by tomorrow', { in: secret.name });
  const leak = oncall.says('the key is hunter2', { in: secret.name });
  await quiet();
  oncall.reacts(leak, 'dart');
  await quiet();
  expect((await comms.slash('/incident actions all', { in: 'general' })).shown).toMatch(/No action item is open/);
  expect((await exec.slash('/incident actions all', { in: 'general' })).shown).toMatch(
    /\*INC-2\* \(private\) rotate the keys/,
  );
  expect((await comms.slash('/incident actions in INC-2', { in: 'general' })).shown).not.toMatch(/rotate/);
  expect((await comms.slash('/incident actions late', { in: channel.name })).shown).toMatch(/"late" is no list/);

  // Redacted, the words are nowhere: not in the item, not in its steps.
  await redact({ db, now: slack.now }, incidentId(2), ts(leak.ts), 'operator');
  const kept = await record(2);
  expect(JSON.stringify([kept.actionItems, kept.timeline])).not.toContain('hunter2');
  expect(kept.actionItems[1]?.what).toMatch(/was taken back: say anew what is to be done/);

  // Who left a private incident is not reminded; who declared it is asked.
  exec.leaves(secret.name);
  await quiet();
  await pass(DAY);
  expect(saying(exec.dms, /rotate/)).toEqual([]);
  expect(saying(oncall.dms, /INC-2.*nobody can be reminded of/)).toHaveLength(1);

  // Of many only as many stand in a message as have room, and the lists go on from page to page.
  const many = Array.from({ length: 499 }, (_, n) => ({
    incidentId: incidentId(1),
    what: `${n} ${'&<x>'.repeat(n < 60 ? 120 : 1)}`,
    owner: comms.id as never,
    dueOn: '2026-11-20',
    createdBy: commander.id as never,
    createdAt: slack.now(),
  }));
  await db.insertInto('actionItems').values(many).execute();
  await commander.slash('/incident action the last one @comms by 2026-11-20', { in: channel.name });
  const tooMany = await commander.slash('/incident action one more', { in: channel.name });
  expect(tooMany.shown).toMatch(/INC-1 has 500 action items, and no more fit/);
  await commander.slash('/incident postmortem', { in: channel.name });
  await pass(DAY);
  expect(saying(channel.posts, /… and 471 more lines, all of them in the file/)).toHaveLength(1);
  const [drafted] = channel.messages.flatMap(({ files }) => files);
  expect(drafted?.content.match(/· due: Fri 20 Nov 2026/g)).toHaveLength(500);
  expect(saying(comms.dms, /500 action items of yours/)).toHaveLength(1);
  expect(saying(comms.dms, /… and \d{3} more: `\/incident actions in INC-1`/)).toHaveLength(1);
  const first = await comms.slash('/incident actions mine', { in: 'general' });
  expect(first.shown).toMatch(/Your action items: 1–\d of 500/);
  await comms.clicks('More', { in: 'general' });
  await comms.sees(/Your action items: \d+–\d+ of 500/, { in: 'general' });

  slack.deactivate('comms');
  await quiet();
  await pass(7 * DAY);
  expect(saying(commander.dms, /nobody can be reminded of 500 action items/)).toHaveLength(1);
  const metrics = await (await fetch(`${stage.sitrep.origin}/metrics`)).text();
  expect(metrics).toMatch(/sitrep_action_items\{state="overdue"\} 501/);
  expect(metrics).toMatch(/sitrep_action_items_completion_ratio 0\n/);
  await pass(30 * MINUTE);
  expect(slack.journal.violations()).toEqual([]);
}, 90_000);

async function underway() {
  const began = Date.now();
  const stage = await setStage({ now: () => new Date(START + Date.now() - began) });
  const { channel } = await declare(stage, 'sev3 checkout is down');
  gather(stage.slack, channel, 'commander', 'comms', 'exec');
  const all = people(stage.slack);
  await all.commander.clicks("I'm IC", { in: channel.name });
  const others = [await stage.another()];
  const quiet = async () => {
    await stage.quiet();
    for (const other of others) await other.idle();
    await stage.quiet();
  };
  await quiet();
  const pass = async (ms: number) => {
    await stage.pass(ms);
    await quiet();
  };
  const restart = async () => {
    for (const other of others.splice(0)) await other.stop();
    others.push(await stage.another());
  };
  return { ...stage, channel, ...all, quiet, pass, restart };
}

import { expect, test } from '@jest/globals';
import { MINUTE } from '../../src/lib/duration.ts';
import { captureHealth } from '../../src/reconcile/store.ts';
import type { RecordedEntry } from '../../src/timeline/record.ts';
import { type Setting, type Stage, setStage } from './stage.ts';
import { declare, gather, people } from './steps.ts';

/** History is read at once and again every second, so that no story waits. */
const eager: Setting = {
  reconcile: { settledMs: 0, everyMs: 1_000, lostEveryMs: 1_000, deepEveryMs: 0, pauseMs: 0, spreadMs: 0 },
};

/** What stands in the timeline about these messages, without what the machine adds. */
const about = (timeline: readonly RecordedEntry[], ...messages: { ts: string }[]) =>
  timeline
    .filter((entry) => messages.some((one) => one.ts === entry.ts))
    .map(({ kind, actor, text, recovered }) => ({ kind, actor, text, recovered }));

async function stopped(stage: Stage): Promise<void> {
  await stage.quiet();
  await stage.sitrep.stop();
}

/** Another process takes over, as after a deploy. */
async function started(stage: Stage) {
  const sitrep = await stage.another();
  stage.slack.http.pointAt(`${sitrep.origin}/slack/events`);
  return sitrep;
}

const events = ({ slack }: Stage): Record<string, unknown>[] => {
  const bodies = slack.journal.deliveries().map((one) => one.payload as Record<string, unknown>);
  return [...new Map(bodies.filter((one) => one.event_id).map((one) => [one.event_id, one])).values()];
};

test('what people write, edit, delete, answer, react to and pin while the bot is off stands in the timeline once', async () => {
  const stage = await setStage(eager);
  const { slack } = stage;
  const { oncall, commander, exec } = people(slack);
  const { channel } = await declare(stage, 'sev2 checkout is down');
  gather(slack, channel, 'commander', 'exec');
  const here = { in: channel.name };
  const lone = oncall.says('deploy 812 went out', here);
  const parent = oncall.says('error rate is 40 %', here);
  const reply = commander.says('since when?', { ...here, thread: parent.ts });
  const mistake = exec.says('the password is hunter2', here);
  const slip = exec.says('never mind', { ...here, thread: parent.ts });
  exec.reacts(lone, 'eyes');
  oncall.pins(lone);
  await stopped(stage);

  const known = events(stage).length;
  const missed = oncall.says('rolled back', here);
  const late = commander.says('which one?', { ...here, thread: lone.ts });
  const later = oncall.says('since 14:01', { ...here, thread: parent.ts });
  oncall.edits(lone, 'deploy 812 went out at 14:01');
  commander.edits(reply, 'since when exactly?');
  exec.deletes(mistake);
  exec.deletes(slip);
  exec.unreacts(lone, 'eyes');
  commander.reacts(missed, 'pushpin');
  oncall.unpins(lone);
  commander.pins(parent);
  await slack.settled();

  await started(stage);
  const timeline = async () => (await stage.record(1)).timeline;
  await slack.until(async () => about(await timeline(), parent).some((one) => one.kind === 'pin_added'));
  await slack.until(async () => about(await timeline(), slip).some((one) => one.kind === 'message_deleted'));
  await slack.until(async () => about(await timeline(), late).length > 0);
  const found = await timeline();
  const heard = { recovered: false };
  const again = { recovered: true };
  const said = 'message';
  expect(about(found, missed)).toMatchObject([
    { kind: said, actor: oncall.id, text: 'rolled back', ...again },
    { kind: 'reaction_added', actor: commander.id, ...again },
  ]);
  expect(found.find((one) => one.ts === missed.ts)?.key).toBe(true);
  expect(about(found, late)).toMatchObject([{ kind: said, text: 'which one?', ...again }]);
  expect(about(found, later)).toMatchObject([{ kind: said, text: 'since 14:01', ...again }]);
  expect(about(found, reply)).toMatchObject([
    { kind: said, text: 'since when?', ...heard },
    { kind: 'message_edited', text: 'since when exactly?', ...again },
  ]);
  expect(about(found, mistake)).toMatchObject([
    { kind: said, text: null, ...heard },
    { kind: 'message_deleted', ...again },
  ]);
  expect(about(found, slip)).toMatchObject([
    { kind: said, text: null, ...heard },
    { kind: 'message_deleted', ...again },
  ]);
  expect(about(found, parent)).toMatchObject([
    { kind: said, ...heard },
    { kind: 'pin_added', actor: commander.id, ...again },
  ]);
  // Slack tells the second of an edit only, so it may stand before what followed its message.
  expect(new Set(about(found, lone).map((one) => `${one.kind} ${one.recovered ? 'found' : 'heard'}`))).toEqual(
    new Set([
      'message heard',
      'reaction_added heard',
      'pin_added heard',
      'message_edited found',
      'reaction_removed found',
      'pin_removed found',
    ]),
  );
  expect(about(found, lone)).toHaveLength(6);
  const own = found.find((one) => one.ts === missed.ts);
  expect(new Date(own?.occurredAt ?? 0).getTime()).toBe(Math.floor(Number(missed.ts) * 1_000));

  const health = await captureHealth(stage.db, new Date());
  expect(health).toMatchObject({ open: 1, behind: [] });
  expect(health.entriesRecovered).toBeGreaterThanOrEqual(11);
  expect(health.gapsFound).toBeGreaterThan(0);

  // The same, told late after all.
  for (const body of events(stage).slice(known)) slack.delivery.event(body);
  await slack.settled();
  const shape = (all: readonly RecordedEntry[]) => all.map((one) => `${one.kind} ${one.ts} ${one.text}`).sort();
  expect(shape(await timeline())).toEqual(shape(found));
  expect(slack.journal.violations()).toEqual([]);
});

test('taken out of its channel, the bot says so privately; invited again, it knows what was said meanwhile', async () => {
  const stage = await setStage(eager);
  const { slack, quiet } = stage;
  const { oncall, commander } = people(slack);
  const { channel } = await declare(stage, 'sev2 checkout is down');
  gather(slack, channel, 'commander');
  const here = { in: channel.name };
  await commander.clicks("I'm IC", here);
  await quiet();
  oncall.kicks(slack.bot.handle, channel.name);
  for (const who of [oncall, commander]) await who.sees(/INC-1\*: Sitrep was removed from its channel/, { in: 'dm' });
  const missed = oncall.says('nobody hears this', here);
  oncall.invites(slack.bot.handle, channel.name);
  await oncall.sees('Sitrep is back', here);
  await slack.until(async () => about((await stage.record(1)).timeline, missed).length > 0);
  expect(about((await stage.record(1)).timeline, missed)).toMatchObject([
    { text: 'nobody hears this', recovered: true },
  ]);
  const told = oncall.dms.filter((one) => one.shown.includes('was removed from its channel'));
  expect(told).toHaveLength(1);
  expect((await stage.record(1)).audit.map((one) => one.what)).toEqual(
    expect.arrayContaining(['removed from the channel', 'back in the channel']),
  );

  // Out and in again at once, and Slack tells of the first when the second is known.
  await quiet();
  slack.faults.events.delay(700, 2);
  oncall.kicks(slack.bot.handle, channel.name);
  oncall.invites(slack.bot.handle, channel.name);
  await quiet();
  expect(oncall.dms.filter((one) => one.shown.includes('was removed from its channel'))).toHaveLength(1);
  const row = await stage.db.selectFrom('incidents').select('channelLost').executeTakeFirst();
  expect(row).toEqual({ channelLost: null });
});

test('in an archived channel reminders go to a person; opened again, what waited is posted and history read', async () => {
  const stage = await setStage({ ...eager });
  const { slack, quiet } = stage;
  const { oncall } = people(slack);
  const { channel } = await declare(stage, 'sev1 checkout is down');
  oncall.archives(channel.name);
  await oncall.sees(/INC-1\*: its channel was archived/, { in: 'dm' });
  await stage.pass(16 * MINUTE);
  await oncall.sees(/update of INC-1/, { in: 'dm' });
  expect(oncall.dms.filter((one) => one.shown.includes('was archived'))).toHaveLength(1);
  oncall.unarchives(channel.name);
  const meanwhile = oncall.says('opened again', { in: channel.name });
  await oncall.sees('Sitrep is back', { in: channel.name });
  await slack.until(() => channel.members.includes(slack.bot.handle));
  await slack.until(async () => about((await stage.record(1)).timeline, meanwhile).length > 0);
  expect(slack.channels().filter((one) => one.name.startsWith('inc-'))).toHaveLength(1);
  await quiet();
});

test('made private by people, nothing of the incident is left outside its channel', async () => {
  const stage = await setStage(eager);
  const { slack, quiet } = stage;
  const { oncall, exec } = people(slack);
  const { channel } = await declare(stage, 'sev1 payroll leaked');
  const outside = slack.channel('incidents');
  expect(outside.posts.some((one) => one.shown.includes('payroll leaked'))).toBe(true);
  await oncall.slash('/incident update the payroll of 40 people is on a public page', { in: channel.name });
  await quiet();
  expect(outside.messages.flatMap((one) => outside.thread(one.ts)).some((one) => one.shown.includes('40 people'))).toBe(
    true,
  );
  oncall.makesPrivate(channel.name);
  await slack.until(() => outside.posts.some((one) => one.shown.includes('INC-1 (private)')));
  await oncall.slash('/incident update the file is taken down', { in: channel.name });
  await oncall.slash('/incident mitigated keys rotated', { in: channel.name });
  await quiet();
  const everything = outside.messages.flatMap((one) => [one, ...outside.thread(one.ts)]).map((one) => one.shown);
  expect(everything.join('\n')).not.toMatch(/payroll|40 people|taken down|rotated/);
  expect((await stage.record(1)).incident.visibility).toBe('private');
  expect((await exec.slash('/incident list', { in: 'general' })).shown).not.toContain('payroll');
  expect((await stage.record(1)).audit.map((one) => one.what)).toContain('made private');
  expect(slack.journal.violations()).toEqual([]);
});

test('made private while the bot was off: history tells it', async () => {
  const stage = await setStage(eager);
  const { slack } = stage;
  const { oncall } = people(slack);
  const { channel } = await declare(stage, 'sev1 payroll leaked');
  await stopped(stage);
  oncall.makesPrivate(channel.name);
  await slack.settled();
  await started(stage);
  const outside = slack.channel('incidents');
  await slack.until(() => outside.posts.some((one) => one.shown.includes('INC-1 (private)')));
  expect(outside.posts.map((one) => one.shown).join('\n')).not.toContain('payroll');
});

test('a channel that gets another id or another name keeps its incident, and so does the announcement channel', async () => {
  const stage = await setStage(eager);
  const { slack, quiet } = stage;
  const { oncall } = people(slack);
  const { channel } = await declare(stage, 'sev1 checkout is down');
  slack.changeId(channel.name, 'C0MOVED0001');
  slack.changeId('incidents', 'C0MOVED0002');
  oncall.renames(channel.name, 'inc-checkout');
  await quiet();
  await slack.until(async () => (await stage.record(1)).incident.channel.id === 'C0MOVED0001');
  const said = oncall.says('still here', { in: 'inc-checkout' });
  await oncall.slash('/incident update two leads', { in: 'inc-checkout' });
  await oncall.sees(/\[UPDATE/, { in: 'inc-checkout' });
  await quiet();
  // Slack tells in any order: the new name may come before the id it is about.
  await slack.until(async () => (await stage.record(1)).incident.channel.name === 'inc-checkout');
  const { incident, timeline } = await stage.record(1);
  expect(incident.channel).toEqual({ id: 'C0MOVED0001', name: 'inc-checkout' });
  expect(about(timeline, said)).toMatchObject([{ text: 'still here', recovered: false }]);
  const [announced] = slack.channel('incidents').posts;
  await slack.until(() => slack.channel('incidents').thread(announced?.ts ?? '').length > 0);
  expect(slack.journal.violations()).toEqual([]);
});

test('a minute in which Slack left out events is read again once it is over', async () => {
  const stage = await setStage({ ...eager, reconcile: { ...eager.reconcile, everyMs: 600_000 } });
  const { slack } = stage;
  await declare(stage, 'sev1 checkout is down');
  const body = JSON.stringify({
    type: 'app_rate_limited',
    minute_rate_limited: 1,
    team_id: 'T1',
    token: 't',
    api_app_id: 'A1',
  });
  const answer = await fetch(`${stage.sitrep.origin}/slack/events`, {
    method: 'POST',
    headers: { 'content-type': 'application/json', ...slack.http.signed(body) },
    body,
  });
  expect(answer.status).toBe(200);
  const waiting = () =>
    stage.db.selectFrom('jobs').select(['runAt', 'payload']).where('key', '=', 'reconcile-all').executeTakeFirst();
  const row = await slack.until(async () => {
    const found = await waiting();
    return (found?.payload as { deep?: string } | undefined)?.deep === 'always' && found;
  });
  const inMs = row.runAt.getTime() - stage.slack.now().getTime();
  expect(inMs).toBeGreaterThan(MINUTE / 2);
  expect(inMs).toBeLessThanOrEqual(MINUTE);
});

test('after a time without any socket everything is read again', async () => {
  const stage = await setStage({ ...eager, mode: 'socket', reconcile: { ...eager.reconcile, everyMs: 10 * MINUTE } });
  const { slack } = stage;
  const { oncall } = people(slack);
  const { channel } = await declare(stage, 'sev1 checkout is down');
  const before = slack.journal.calls('conversations.history').length;
  slack.sockets.drop();
  const missed = oncall.says('into the gap', { in: channel.name });
  await slack.until(() => slack.journal.calls('conversations.history').length > before, { timeoutMs: 15_000 });
  await slack.until(async () => about((await stage.record(1)).timeline, missed).length > 0);
  await slack.settled();
  expect(about((await stage.record(1)).timeline, missed)).toHaveLength(1);
});

test('over a socket the minutes that Slack left out are counted as well', async () => {
  const { slack, sitrep } = await setStage({ mode: 'socket' });
  const notice = { type: 'app_rate_limited', minute_rate_limited: 1, team_id: 'T1', token: 't', api_app_id: 'A1' };
  await slack.sockets.send('event', notice, { number: 0, reason: '' }, 3_000);
  const metrics = await (await fetch(`${sitrep.origin}/metrics`)).text();
  expect(metrics).toContain('sitrep_app_rate_limited_total 1');
});

import { expect, test } from '@jest/globals';
import { HOUR, MINUTE } from '../../src/lib/duration.ts';
import { defaultPolicy } from '../../src/policy.ts';
import { redact } from '../../src/timeline/transactions.ts';
import { setStage } from './stage.ts';
import { announcements, declare, gather, people, saying } from './steps.ts';

test('an owed postmortem has an owner, is put into words by two people at once, reviewed, published once, and closes the incident', async () => {
  const stage = await resolved('sev1 Card payments fail');
  const { slack, channel, commander, comms, oncall, exec, quiet, pass, record } = stage;

  // Resolving makes the IC its owner; the draft stands in the channel with its buttons.
  expect(saying(commander.dms, /The postmortem of INC-1 is yours\.\* It is due/)).toHaveLength(1);
  const board = () => saying(channel.posts, /^\*Postmortem of INC-1\*/).at(-1);
  expect(board()?.shown).toMatch(/draft · owner commander · due .*computed from the record so far/s);
  const summary = () => saying(channel.posts, /Postmortem draft: INC-1/);
  expect(summary()).toHaveLength(1);

  // Two people open one section; the second is told, shown the first's words, and nothing is lost.
  await comms.selects('Edit a section', 'Contributing factors', { in: channel.name });
  await oncall.selects('Edit a section', 'Contributing factors', { in: channel.name });
  const [first, second] = [await comms.seesModal('Edit INC-1'), await oncall.seesModal('Edit INC-1')];
  expect(String(first.value('Contributing factors'))).toMatch(/^- .*unknown, ask commander/m);
  await first.fill({
    'Contributing factors': '- change: build 812 has no timeout <!channel>\n- capacity: one pool for all',
  });
  await first.submit();
  await second.fill({ 'Contributing factors': '- config: Casey forgot the *limit*' });
  await second.submit();
  await quiet();
  const both = await oncall.seesModal('Saved meanwhile');
  expect(both.shown).toContain(`<@${comms.id}> saved "Contributing factors"`);
  expect(both.shown).toContain('change: build 812 has no timeout');
  expect(board()?.shown).toMatch(/Contributing factors: comms, .*1 other wording kept beside it/);
  await both.fill({
    'Contributing factors':
      '- change: build 812 has no timeout <!channel>\n- capacity: one pool for all\n- config: Casey forgot the limit',
  });
  await both.submit();
  const notes = await oncall.seesModal('Saved in INC-1');
  expect(notes.shown).toMatch(/A note on the wording.*“forgot/s);
  await notes.close();
  await quiet();
  expect(board()?.shown).toMatch(/Contributing factors: oncall, .*revision 3/);
  expect(summary()[0]?.shown ?? '').toContain('config: Casey forgot the limit');
  expect(summary()[0]?.pings).toEqual([]);

  // By words, with who was replaced; and what is refused says the way out.
  const typed = await comms.slash('/incident postmortem edit summary Cards failed for 40 minutes.', {
    in: channel.name,
  });
  expect(typed.shown).toContain('"Summary" of INC-1\'s postmortem is saved.');
  for (const [words, sentence] of [
    ['edit nonsense', /"nonsense" is not a section.*`\/incident postmortem edit /],
    ['edit summary Cards failed for 40 minutes.', /says just that already/],
    ['frobnicate', /does not know "frobnicate"/],
    ['owner @engineering-leads', /Name one person/],
    [`owner @${slack.bot.handle}`, /is a bot and cannot own/],
    ['owner @commander', /owns this postmortem already/],
    ['review everybody', /Name those who were there/],
    [`review @${slack.bot.handle}`, /is a bot and cannot be asked to review/],
    ['draft', /is a draft as it is/],
  ] as const)
    expect((await comms.slash(`/incident postmortem ${words}`, { in: channel.name })).shown).toMatch(sentence);

  // A section longer than a field is cut into several, and saved as it was changes nothing.
  const long = `It taught us a lot. ${'We know now what we did not know. '.repeat(200)}`.trim();
  await comms.slash(`/incident postmortem edit lessons ${long}`, { in: channel.name });
  await comms.selects('Edit a section', 'Lessons learned', { in: channel.name });
  const parts = await comms.seesModal('Edit INC-1');
  expect(parts.labels).toEqual(['Lessons learned (1 of 3)', 'Lessons learned (2 of 3)', 'Lessons learned (3 of 3)']);
  expect((await parts.submit()).errors).toEqual({});
  expect((await record(1)).postmortem?.revisions.filter(({ section }) => section === 'lessons')).toMatchObject([
    { revision: 1, text: long },
  ]);

  // Drafting again overwrites nobody: what is new is proposed.
  await comms.slash('/incident impact Nobody could pay by card', { in: channel.name });
  await comms.slash('/incident postmortem edit impact Every card was refused.', { in: channel.name });
  await comms.slash('/incident impact Nobody could pay by card, and refunds hung', { in: channel.name });
  await quiet();
  const again = await comms.slash('/incident postmortem', { in: channel.name });
  expect(again.shown).toMatch(/again from \d+ entries; its messages are edited in place, and what people wrote stays/);
  await quiet();
  expect(summary()).toHaveLength(1);
  expect(summary()[0]?.shown).toContain('Every card was refused.');
  const proposed = saying(commander.dms, /\*Impact\* of INC-1's postmortem is in people's own words/);
  expect(proposed).toHaveLength(1);
  expect(proposed[0]?.shown).toContain('refunds hung');
  await commander.clicks('Take it', { in: 'dm' });
  await quiet();
  expect(summary()[0]?.shown).toMatch(/Every card was refused\.[\s\S]*refunds hung/);
  await comms.slash('/incident postmortem', { in: channel.name });
  await quiet();
  expect(saying(commander.dms, /postmortem is in people's own words/)).toEqual([]);

  // Half of the time is over, seen by a process that was not there before; then review.
  await stage.restart();
  await pass(24 * HOUR);
  expect(saying(commander.dms, /The postmortem of INC-1\* is due .* in 2\d h/)).toHaveLength(1);

  // Another due date, by hand: who and why stand beside it, and nobody is reminded of the old one any more.
  for (const [words, sentence] of [
    ['due yesterday', /is past\. Write it like `\w+` or `\d{4}-\d\d-\d\d`\. The postmortem is due as before/],
    ['due next week or so', /"next week" can be .* or .* Write it like `\d{4}-\d\d-\d\d` or `\d{4}-\d\d-\d\d`/],
    ['due whenever', /"whenever" is not a day\. Write it like/],
  ] as const)
    expect((await comms.slash(`/incident postmortem ${words}`, { in: channel.name })).shown).toMatch(sentence);
  const before = (await record(1)).postmortem?.dueAt;
  const later = await comms.slash('/incident postmortem due in 5 days: the vendor <!here> writes on day 4', {
    in: channel.name,
  });
  expect(later.shown).toMatch(/is due .* from now on, and its reminders go by that/);
  expect((await comms.slash('/incident postmortem due in 5 days', { in: channel.name })).shown).toMatch(
    /is due .* already/,
  );
  await quiet();
  expect(saying(commander.dms, /moved the due date .*: the vendor .* writes on day 4\. It was due/)).toHaveLength(1);
  expect(saying(commander.dms, /A reminder of the postmortem of INC-1\.~ It is due .* now/)).toHaveLength(1);
  expect(board()?.shown).toMatch(/due .* \(set by comms: the vendor .*here.* writes on day 4\)/);
  expect(board()?.pings).toEqual([]);
  const dueAt = (await record(1)).postmortem?.dueAt ?? '';
  expect(Date.parse(dueAt) - Date.parse(before ?? '')).toBeGreaterThan(3 * 24 * HOUR);
  expect((await record(1)).audit).toContainEqual(
    expect.objectContaining({ actor: comms.id, what: 'postmortem due date moved' }),
  );
  commander.opensHome();
  await quiet();
  expect(JSON.stringify(commander.home?.view)).toMatch(
    new RegExp(`Postmortem of INC-1\\*.*: draft, due <!date\\^${Date.parse(dueAt) / 1000}\\^`),
  );
  await pass(30 * HOUR);
  expect(saying([...commander.dms, ...channel.posts], /was due .* is not published/)).toEqual([]);
  await comms.clicks('Change due date', { in: channel.name });
  const day = await comms.seesModal('Postmortem INC-1');
  await day.fill({ Due: 'in 5 days' });
  await day.submit();
  await quiet();
  expect(board()?.shown).toMatch(/due .* \(set by comms\)/);

  await commander.clicks('Change owner', { in: channel.name });
  const owner = await commander.seesModal('Postmortem INC-1');
  await owner.fill({ 'Who sees to it?': 'comms' });
  await owner.submit();
  await quiet();
  expect(saying(comms.dms, /The postmortem of INC-1 is yours.*asks you to see to it/)).toHaveLength(1);
  const asked = await comms.slash('/incident postmortem review @oncall @exec @oncall', { in: channel.name });
  expect(asked.shown).toBe('2 people are asked to review the postmortem of INC-1.');
  await quiet();
  const repeated = await comms.slash('/incident postmortem review @oncall', { in: channel.name });
  expect(repeated.shown).toBe(
    'Nobody new is asked to review the postmortem of INC-1: 1 person was asked before, and has not answered.',
  );
  await quiet();
  await oncall.clicks('Confirm', { in: 'dm' });
  // Who confirmed another wording than stands by now can be asked again.
  await pass(MINUTE);
  await comms.slash('/incident postmortem edit lucky The traffic was low.', { in: channel.name });
  expect((await comms.slash('/incident postmortem review @oncall', { in: channel.name })).shown).toBe(
    '1 person is asked to review the postmortem of INC-1 again. It was edited since they confirmed it.',
  );
  await quiet();
  expect(saying(oncall.dms, /again: it was edited since you confirmed it/)).toHaveLength(1);
  await oncall.clicks('Confirm', { in: 'dm' });
  await exec.clicks('Add perspective', { in: 'dm' });
  const seen = await exec.seesModal();
  await seen.fill({ 'How did you see it?': 'I learned of it from customers.\nThat was late.' });
  await seen.submit();
  await quiet();
  expect(
    saying(comms.dms, /added a perspective[\s\S]*Everybody who was asked .* has answered \(2 people\)/),
  ).toHaveLength(1);
  expect(board()?.shown).toMatch(/in review · owner comms.*exec added a perspective, oncall confirmed/s);

  await oncall.selects('Edit a section', 'Detection', { in: channel.name });
  const stale = await oncall.seesModal('Edit INC-1');

  // Published, twice at once, and told to everyone once; an action item noted just before gets in.
  await comms.slash('/incident action give the card client a timeout', { in: channel.name });
  await Promise.all([
    comms.slash('/incident postmortem publish', { in: channel.name }),
    comms.slash('/incident postmortem publish', { in: channel.name }),
  ]);
  await quiet();
  await pass(2 * MINUTE);
  const told = () => saying(announcements(slack), /Postmortem of INC-1 \(SEV1\)/);
  expect(told()).toHaveLength(1);
  expect(told()[0]?.shown).toContain('Cards failed for 40 minutes.');
  expect(told()[0]?.shown).toContain('capacity: one pool for all');
  expect(told()[0]?.shown).not.toContain('unknown');
  const files = () => slack.channel('incidents').messages.flatMap((one) => one.files.map(({ name }) => name));
  expect(files()).toEqual([expect.stringMatching(/^INC-1-postmortem-\d+\.md$/)]);
  const published = await record(1);
  expect(published.incident.status).toBe('closed');
  expect(published.postmortem).toMatchObject({ status: 'published', owner: comms.id, publishedBy: comms.id });
  expect(published.postmortem?.markdown).toMatch(
    /^# Postmortem: INC-1[\s\S]*## Perspectives\n\n- \*\*exec:\*\* I learned of it from customers/,
  );
  expect(published.postmortem?.markdown).not.toContain('## Wording');
  expect(published.postmortem?.markdown).toMatch(/## Action items\n\n- give the card client a timeout/);
  expect(
    published.postmortem?.revisions.filter(({ section }) => section === 'factors').map(({ stands }) => stands),
  ).toEqual([true, false, true]);
  const factors = await stage.db
    .selectFrom('postmortemFactors')
    .select(['class', 'text'])
    .orderBy('position')
    .execute();
  expect(factors.map((one) => one.class)).toEqual(['change', 'capacity', 'config']);
  expect(saying(commander.dms, /It is published/)).toHaveLength(1);
  const metrics = await (await fetch(`${stage.origin()}/metrics`)).text();
  expect(metrics).toContain('sitrep_postmortems{outcome="published_on_time"} 1');
  expect(metrics).toContain('sitrep_contributing_factors{class="capacity"} 1');
  await pass(4 * 24 * HOUR);
  expect(saying([...comms.dms, ...channel.posts], /is not published/)).toEqual([]);
  await stale.fill({ Detection: 'By a customer.' });
  expect((await stale.submit()).errors.Detection).toMatch(/was published by .* Nothing was changed/);
  const late = await commander.slash('/incident postmortem edit summary Other words', { in: channel.name });
  expect(late.shown).toMatch(/was published by .*`\/incident postmortem draft`/);

  const noted = await commander.slash('/incident action watch the card pool', { in: channel.name });
  expect(noted.shown).toMatch(/postmortem is published and does not list it\. \*?Back to draft/);

  // A correction edits what was announced and takes in what was noted since, and a message taken back is quoted nowhere any more.
  await commander.clicks('Back to draft', { in: channel.name });
  await pass(3 * 24 * HOUR);
  expect(saying([...comms.dms, ...channel.posts], /is not published/)).toEqual([]);
  expect(saying(comms.dms, /was published and is a draft again/)).toHaveLength(1);
  await commander.slash('/incident postmortem edit summary Cards failed for 41 minutes.', { in: channel.name });
  await commander.slash('/incident postmortem publish', { in: channel.name });
  await quiet();
  expect(told()).toHaveLength(1);
  expect(told()[0]?.shown).toContain('41 minutes');
  expect((await record(1)).postmortem?.markdown).toContain('watch the card pool');
  const corrected = await (await fetch(`${stage.origin()}/metrics`)).text();
  expect(corrected).toContain('sitrep_postmortems{outcome="published_on_time"} 1');
  expect(files()).toHaveLength(2);
  const idea = published.timeline.find(({ text }) => text?.includes('roll back 812'));
  expect(JSON.stringify(saying(channel.posts, /Postmortem: INC-1/))).toContain('roll back 812');
  const outside = slack.channel('incidents');
  const filesOf = (where: typeof outside) => where.messages.flatMap((one) => one.files.map(({ content }) => content));
  const quoting = [channel, outside].flatMap(filesOf).filter((content) => content.includes('roll back 812'));
  expect(quoting.length).toBeGreaterThan(3);
  slack.faults.on('files.delete', { loseAnswer: true });
  if (idea?.ts) await redact({ db: stage.db, now: slack.now }, stage.id, idea.ts, 'operator');
  await quiet();
  // Its files went, however Slack answered, and where one stood last a fresh one stands.
  await slack.until(() => filesOf(channel).length === 1 && filesOf(outside).length === 1);
  expect([...filesOf(channel), ...filesOf(outside)].join()).not.toContain('roll back 812');
  const removed = async () => (await record(1)).audit.filter(({ what }) => what === 'file of the postmortem removed');
  expect(await removed()).toHaveLength(quoting.length);
  expect(JSON.stringify([await record(1)].map(({ postmortem }) => postmortem))).not.toContain('roll back 812');
  expect(saying(channel.posts, /Postmortem: INC-1[\s\S]*roll back 812/)).toEqual([]);

  // Made private, it is to be read in its channel alone.
  comms.makesPrivate(channel.name);
  await slack.until(() => filesOf(outside).length === 0);
  await quiet();
  expect(filesOf(channel)).toHaveLength(1);
  expect((await removed()).at(-1)).toMatchObject({ actor: 'sitrep', detail: { why: 'became private' } });
  expect(slack.journal.violations()).toEqual([]);
}, 120_000);

test('a private postmortem stays inside; who is deactivated owns it no more; what stays unwritten reaches the contacts once, and the reopened owes anew', async () => {
  const severities = defaultPolicy.severities.map((one) =>
    one.id === 'SEV1'
      ? { ...one, escalate: [{ after: HOUR, unless: 'mitigated' as const, to: ['@engineering-leads'] }] }
      : one,
  );
  const stage = await resolved('sev1 Customer data leaked', { severities }, true);
  const { slack, channel, commander, comms, oncall, exec, quiet, pass, record } = stage;
  expect(saying(commander.dms, /The postmortem of INC-1 is yours/)).toHaveLength(1);

  expect((await comms.slash('/incident postmortem owner @exec', { in: channel.name })).shown).toMatch(
    /EXEC.* is not in the channel of INC-1, which is private/,
  );
  expect((await comms.slash('/incident postmortem review @exec', { in: channel.name })).shown).toMatch(
    /Nobody was asked to review/,
  );
  // What becomes of an action item is edited into the draft; nobody asked, so nothing new stands in the channel.
  await oncall.slash('/incident action rotate the keys @oncall by in 3 weeks', { in: channel.name });
  await pass(HOUR);
  const before = channel.messages.length;
  await oncall.clicks('Done', { in: channel.name });
  await pass(HOUR);
  expect(saying(channel.posts, /Postmortem draft: INC-1[\s\S]*rotate the keys · owner: oncall .* · done/)).toHaveLength(
    1,
  );
  expect(channel.messages.length).toBe(before);
  await oncall.slash('/incident postmortem', { in: channel.name });
  await quiet();
  expect(channel.messages.slice(before).flatMap(({ files }) => files)).toHaveLength(1);
  // Beside people's own words the record proposes once, and what it says meanwhile in the same place.
  await oncall.slash('/incident postmortem edit actions Nothing is left to do.', { in: channel.name });
  for (const what of ['look at the logs', 'tell the customers']) {
    await oncall.slash(`/incident action ${what} @comms by in 3 weeks`, { in: channel.name });
    await pass(HOUR);
  }
  const proposal = saying(commander.dms, /\*Action items\* of INC-1's postmortem is in people's own words/);
  expect(proposal).toHaveLength(1);
  expect(proposal[0]?.shown).toMatch(/look at the logs[\s\S]*tell the customers/);
  await commander.clicks('Take it', { in: 'dm' });
  await quiet();
  expect(saying(commander.dms, /What the record adds to \*Action items\*.* was taken in/)).toHaveLength(1);

  slack.deactivate('commander');
  await quiet();
  await pass(MINUTE);
  expect(saying(oncall.dms, /The postmortem of INC-1 is yours.*can no longer see to it/)).toHaveLength(1);
  await pass(25 * HOUR);
  expect(saying(oncall.dms, /\*The postmortem of INC-1\* is due/)).toHaveLength(1);

  // Long asleep: only what applies now is said, once, whoever looks.
  await pass(60 * HOUR);
  await pass(48 * HOUR);
  expect(saying(oncall.dms, /\*The postmortem of INC-1\* was due/)).toHaveLength(1);
  expect(saying(channel.posts, /The postmortem of INC-1 was due .* and is not published/)).toHaveLength(1);
  expect(saying(exec.dms, /INC-1 \(private\) needs you, ask/)).toHaveLength(1);
  expect(saying(exec.dms, /Customer data/)).toEqual([]);
  exec.opensHome();
  await quiet();
  expect(exec.home?.shown).not.toMatch(/INC-1|Customer data/);

  await oncall.slash('/incident reopen it leaks again', { in: channel.name });
  const early = await oncall.slash('/incident postmortem publish', { in: channel.name });
  expect(early.shown).toMatch(/INC-1 is investigating: its postmortem is published when it is over/);
  await pass(3 * 24 * HOUR);
  await oncall.slash('/incident resolve keys rotated', { in: channel.name });
  await quiet();
  const due = (await record(1)).postmortem?.dueAt;
  expect(Date.parse(due ?? '') - slack.now().getTime()).toBeGreaterThan(47 * HOUR);
  expect(saying(oncall.dms, /The postmortem of INC-1 is yours/)).toHaveLength(2);
  await oncall.clicks('Publish', { in: channel.name, confirm: true });
  await quiet();
  expect((await record(1)).incident.status).toBe('closed');
  expect(saying(channel.posts, /The postmortem of INC-1 is published/)).toHaveLength(1);
  const outside = slack
    .channels()
    .filter((one) => one.name !== channel.name)
    .flatMap((one) => one.messages);
  expect(saying(outside, /INC-1|Customer data/)).toEqual([]);
  expect(outside.flatMap(({ files }) => files)).toEqual([]);
  expect(slack.journal.violations()).toEqual([]);
}, 120_000);

async function resolved(typed: string, policy = {}, isPrivate = false) {
  const stage = await setStage({ policy });
  const { slack } = stage;
  const all = people(slack);
  let channel = isPrivate ? undefined : (await declare(stage, typed)).channel;
  if (!channel) {
    await all.oncall.slash('/incident declare', { in: 'general' });
    const form = await all.oncall.seesModal();
    await form.fill({ Title: typed.replace(/^sev1 /, ''), Severity: 'SEV1', Private: true });
    await form.submit();
    channel = await slack.until(() => slack.channels().find((one) => one.isPrivate && one.pins.length > 0));
    await stage.quiet();
    for (const handle of ['commander', 'comms']) all.oncall.invites(handle, channel.name);
  } else gather(slack, channel, 'commander', 'comms', 'exec');
  const { name } = channel;
  await all.commander.clicks("I'm IC", { in: name });
  all.oncall.says('let’s roll back 812', { in: name });
  await stage.quiet();
  await stage.pass(20 * MINUTE);
  await all.commander.slash('/incident resolve Build 812 rolled back', { in: name });
  await stage.quiet();
  let now = stage.sitrep;
  const quiet = async () => {
    await now.idle();
    await slack.settled();
    await now.idle();
  };
  return {
    ...stage,
    ...all,
    channel,
    id: (await stage.record(1)).incident.number as Parameters<typeof redact>[1],
    quiet,
    origin: () => now.origin,
    /** One process goes, another comes. */
    restart: async () => {
      await stage.sitrep.stop();
      now = await stage.another();
      slack.http.pointAt(`${now.origin}/slack/events`);
    },
    pass: async (ms: number) => {
      await stage.pass(ms);
      await quiet();
    },
  };
}

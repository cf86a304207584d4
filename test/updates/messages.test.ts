import { describe, expect, test } from '@jest/globals';
import type { Around } from '../../src/incidents/contact.ts';
import type { Holder, Incident } from '../../src/incidents/incident.ts';
import type { Job, JobKind, JobOf, Message, NewJob } from '../../src/jobs/job.ts';
import { MINUTE } from '../../src/lib/duration.ts';
import { textIn } from '../../src/slack/blocks.ts';
import { messageLimits } from '../../src/slack/limits.ts';
import { changeCadence } from '../../src/updates/cadence-change.ts';
import { remind } from '../../src/updates/reminder.ts';
import { JUST_TEXT, postUpdate, type Said } from '../../src/updates/update.ts';
import { updateModal } from '../../src/updates/update-modal.ts';
import { at, casey, erin, makeIncident, olivia, policy, promised, sev, withSeverity } from '../support/given.ts';

const of = <K extends JobKind>(jobs: readonly NewJob[] | undefined, kind: K): JobOf<K>[] =>
  (jobs ?? []).map(({ job }) => job).filter((job: Job): job is JobOf<K> => job.kind === kind);

const holders = [
  { role: 'ic', userId: olivia, fromAt: at('14:01') },
  { role: 'comms', userId: casey, fromAt: at('14:02') },
];
const around: Around = { policy, holders, contacts: [], members: new Set([olivia, casey]) };

/** The decision of the timer at an instant of a promise due 14:15. */
const reminded = (time: string, over: Partial<Incident> = {}, given: Around = around) =>
  remind(promised(over), given, at(time));

describe('reminders', () => {
  test.each([
    ['14:10', {}],
    ['14:15', {}],
    ['14:22:30', {}],
    ['14:59', {}],
    ['14:40:00', { kind: 'drill' as const }],
  ])('at %s of a promise for 14:15 (%p)', (time, over) => {
    expect(reminded(time, over)).toMatchSnapshot();
  });

  test('a day after the escalation it asks whether it is still going', () => {
    expect(remind(promised(), around, at('14:31', '2026-01-17'))).toMatchSnapshot();
  });

  test('while updates are off it asks whether they should stay off', () => {
    expect(reminded('18:00', { cadenceOffReason: 'waiting for <the vendor>' })).toMatchSnapshot();
  });

  test('only the reminder at due offers to snooze', () => {
    const texts = ['14:10', '14:15', '14:23', '14:31'].map((time) => JSON.stringify(reminded(time)));
    expect(texts.map((text) => text.includes('Snooze 10 min'))).toEqual([false, true, false, false]);
  });

  test('the nudge goes to the comms lead, else the IC, else who declared', () => {
    const nudged = (people: readonly Holder[]) =>
      of(reminded('14:10', {}, { ...around, holders: people }).jobs, 'dm').map((job) => job.user);
    expect([nudged(holders), nudged(holders.slice(0, 1)), nudged([])]).toEqual([[casey], [olivia], [olivia]]);
  });
});

describe('the escalation one cadence late', () => {
  const written = withSeverity(
    sev('SEV1', {
      escalate: [
        { after: 30 * MINUTE, unless: 'mitigated', to: ['@engineering-leads'] },
        { after: 30 * MINUTE, unless: null, to: [erin] },
      ],
    }),
  );
  const led = {
    ...around,
    policy: written,
    contacts: [{ written: '@engineering-leads', users: [casey, erin] }],
  };

  test('mentions and invites the contacts, once, in the channel', () => {
    const decision = reminded('14:30', {}, led);
    expect(decision.entries?.map((entry) => entry.kind)).toEqual(['escalated']);
    expect(of(decision.jobs, 'invite')).toEqual([{ kind: 'invite', incident: 42, who: ['@engineering-leads', erin] }]);
    const said = of(decision.jobs, 'post');
    expect(said.map((job) => job.to)).toEqual(['channel']);
    expect(said[0]?.message.text).toContain('<!subteam^@engineering-leads> <@U0ERIN>');
  });

  test('leaves those alone who are only for what is not mitigated', () => {
    const [said] = of(reminded('14:30', { mitigatedAt: at('14:20') }, led).jobs, 'post');
    expect(said?.message.text).toContain('<@U0ERIN>');
    expect(said?.message.text).not.toContain('engineering-leads');
  });

  test('of a private incident mentions members, and tells others only that they are needed', () => {
    const decision = reminded('14:30', { visibility: 'private', title: 'Breach at ACME' }, led);
    expect(of(decision.jobs, 'invite')).toEqual([]);
    expect(of(decision.jobs, 'post').map((job) => job.to)).toEqual(['channel']);
    expect(of(decision.jobs, 'post')[0]?.message.text).toContain('<@U0CASEY>');
    expect(of(decision.jobs, 'dm')).toEqual([
      { kind: 'dm', user: erin, incident: 42, message: { text: 'INC-42 (private) needs you, ask <@U0OLIVIA>' } },
    ]);
    expect(JSON.stringify(decision.jobs)).not.toContain('Breach');
  });

  test('of a private incident says which group Slack does not know, for nobody of it was told', () => {
    const given = { ...led, contacts: [{ written: '@engineering-leads', users: null }] };
    const [said] = of(reminded('14:30', { visibility: 'private' }, given).jobs, 'post');
    expect(said?.message.text).toContain('Slack knows no user group @engineering-leads: nobody of it was told.');
  });

  test('of a drill names them and tells nobody outside the channel', () => {
    const decision = reminded('14:30', { kind: 'drill' }, led);
    expect([of(decision.jobs, 'invite'), of(decision.jobs, 'dm')]).toEqual([[], []]);
    const [said] = of(decision.jobs, 'post');
    expect(said?.to).toBe('channel');
    expect(said?.message.text).not.toMatch(/<!subteam|<@U0ERIN>/);
    expect(said?.message.text).toContain('@engineering-leads, <!name^U0ERIN> would be brought in');
  });

  test('without contacts is said in the announcement channel, to who declared, with the key to set', () => {
    const said = of(reminded('14:30').jobs, 'post');
    expect(said.map((job) => job.to)).toEqual(['channel', 'announcements']);
    expect(said[1]?.message.text).toMatch(/<@U0OLIVIA>.*severities\[SEV1\]\.escalate.*sitrep\.yml/);
  });

  test.each([{ visibility: 'private' as const }, { kind: 'drill' as const }])(
    'without contacts stays in the channel when it is %p',
    (over) => {
      expect(of(reminded('14:30', over).jobs, 'post').map((job) => job.to)).toEqual(['channel']);
    },
  );
});

describe('an update', () => {
  const posted = (text: string, more: Partial<Said> = {}, over: Partial<Incident> = {}, time = '14:14') => {
    const done = postUpdate(promised(over), policy, { ...JUST_TEXT, text, ...more }, casey, null, at(time));
    if (!done.ok) throw new Error(done.no.why);
    return done.value;
  };
  const places = (jobs: readonly NewJob[] | undefined) => of(jobs, 'post').map((job) => job.to);

  test('says its text, the state and the next time, in the channel and under the announcement', () => {
    expect(posted('Still investigating, two leads')).toMatchSnapshot();
  });

  test('is headed with the time of the policy’s zone', () => {
    const summer = { ...JUST_TEXT, text: 'x' };
    const done = postUpdate(makeIncident(), policy, summer, casey, null, at('14:35', '2026-07-01'));
    expect(done.ok && of(done.value.decision.jobs, 'post')[0]?.message.text).toMatch(/^\[UPDATE 15:35\] x/);
  });

  test('folds in a change of status and severity, stamps the clock and promises by the new cadence', () => {
    const { decision, row } = posted('Failover holds', { status: 'mitigated', severity: sev('SEV2') });
    expect(decision.entries?.map((entry) => entry.kind)).toEqual([
      'status_changed',
      'severity_changed',
      'update_posted',
    ]);
    expect(decision.change).toMatchObject({
      status: 'mitigated',
      severity: 'SEV2',
      mitigatedAt: at('14:14'),
      promiseDueAt: at('14:44'),
    });
    expect(row).toMatchObject({ status: 'mitigated', severity: 'SEV2', nextPromiseAt: at('14:44'), kept: true });
    expect(of(decision.jobs, 'post')[0]?.message.text).toContain('investigating → mitigated');
  });

  test('says how late it is and is a missed promise a whole cadence late', () => {
    expect(posted('Sorry', {}, {}, '14:20').row).toMatchObject({ kept: false, lateByMs: 5 * MINUTE, missed: false });
    expect(posted('Sorry', {}, {}, '14:31').row).toMatchObject({ kept: false, lateByMs: 16 * MINUTE, missed: true });
    expect(posted('Sorry', {}, {}, '14:20').decision.answer?.text).toContain('5 min late');
  });

  test('completes the open reminder', () => {
    const { decision } = posted('Here', {}, { promiseRung: 'nudge' });
    expect(of(decision.jobs, 'edit')).toEqual([]);
    const late = postUpdate(
      { ...promised(), promiseRung: 'half', promiseRungAt: at('14:23') },
      policy,
      { ...JUST_TEXT, text: 'Here' },
      casey,
      null,
      at('14:24'),
    );
    expect(late.ok && of(late.value.decision.jobs, 'edit')).toMatchSnapshot();
  });

  test('that came a whole cadence late is missed in the reminder and in the answer, though the bot was off meanwhile', () => {
    const asleep = { ...promised(), promiseRung: 'due' as const, promiseRungAt: at('14:15') };
    const done = postUpdate(asleep, policy, { ...JUST_TEXT, text: 'Here' }, casey, null, at('14:31'));
    if (!done.ok) throw new Error(done.no.why);
    const { decision } = done.value;
    const said = 'was missed: it came 16 min late';
    expect(of(decision.jobs, 'edit').at(-1)?.message.text).toContain(said);
    expect([decision.answer?.text, decision.answerBeside?.text]).toEqual([
      expect.stringContaining(said),
      `Done. The promised update ${said}.`,
    ]);
  });

  test('that is no longer promised is said to be off, not promised for another time', () => {
    const off = changeCadence(
      { ...promised(), promiseRung: 'due', promiseRungAt: at('14:15') },
      policy,
      { off: 'the vendor sleeps' },
      casey,
      null,
      null,
      at('14:16'),
    );
    expect(off.ok && of(off.value.jobs, 'edit').map(({ message }) => message.text)).toEqual([
      ':white_check_mark: Updates of INC-42 are off now: none is owed.',
    ]);
  });

  test('for customers goes under the announcement in place of the internal words', () => {
    const { decision } = posted('db-7 is out of disk', { audienceText: 'Payments may fail.' });
    const said = of(decision.jobs, 'post');
    expect(said.map((job) => job.to)).toEqual(['channel', 'announcement-thread']);
    expect(said[0]?.message.text).toContain('db-7');
    expect(said[1]?.message.text).toContain('Payments may fail.');
    expect(JSON.stringify(said[1])).not.toContain('db-7');
  });

  test('whose own words say when the next one comes is not followed by the same time on another clock', () => {
    const { decision } = posted('two leads', { audienceText: 'We are on it. The next update comes {next}.' });
    const [inside, outside] = of(decision.jobs, 'post').map((job) => JSON.stringify(job.message));
    expect(inside).toContain('*Next update* by <!date');
    expect(outside).toMatch(/comes by 14:29/);
    expect(outside).not.toContain('*Next update*');
    expect(outside).toContain('*Status* investigating');
  });

  test('of a private incident stays in its channel, whatever is said for customers', () => {
    const { decision } = posted('x', { audienceText: 'y' }, { visibility: 'private' });
    expect(places(decision.jobs)).toEqual(['channel']);
  });

  test('pings nobody, whatever it says', () => {
    const text = JSON.stringify(of(posted('<!channel> <@U0ERIN> & <https://x|y>').decision.jobs, 'post'));
    expect(text).not.toMatch(/<!channel>|<@U0ERIN>|<https/);
    expect(text).toContain('&lt;!channel&gt;');
  });

  test('of 40,000 characters is whole in the record and in as many messages as Slack needs', () => {
    const words = Array.from({ length: 40_000 / 8 }, (_, n) => `w${n}`.padEnd(7, '&'))
      .join(' ')
      .slice(0, 40_000);
    const { decision, row } = posted(words);
    expect(row.text).toBe(words);
    const inChannel = of(decision.jobs, 'post').filter((job) => job.to === 'channel');
    for (const { message } of inChannel) expect(textIn(message.blocks)).toBeLessThan(messageLimits.blocksTextBudget);
    expect(inChannel.map(({ message }) => sections(message)).join(' ')).toBe(words);
  });

  test('of emoji without a space is never cut within one', () => {
    const text = '🔥'.repeat(4_000);
    const inChannel = of(posted(text).decision.jobs, 'post').filter((job) => job.to === 'channel');
    expect(
      inChannel
        .map(({ message }) => sections(message))
        .join(' ')
        .replaceAll(' ', ''),
    ).toBe(text);
  });

  test.each([
    ['resolved', { status: 'resolved' as const }, 'x', 'has-ended'],
    ['empty', {}, '  ', 'no-text'],
    ['longer than Slack carries', {}, 'x'.repeat(40_001), 'too-long'],
  ])('is refused when it is %s', (_, over, text, why) => {
    const done = postUpdate(promised(over), policy, { ...JUST_TEXT, text }, casey, null, at('14:20'));
    expect(done.ok ? null : done.no.why).toBe(why);
  });
});

/** The text of an update's sections as a reader sees it, without the headings. */
const sections = (message: Message): string =>
  (message.blocks ?? [])
    .filter((block) => block.type === 'section')
    .map((block) => (block.text as { text: string }).text.replace(/^\[UPDATE [^\]]*\] /, ''))
    .map((text) => text.replaceAll('&lt;', '<').replaceAll('&gt;', '>').replaceAll('&amp;', '&'))
    .join(' ');

test('the form asks what is happening, for customers, status, severity and when the next update comes', () => {
  expect(updateModal(promised(), policy)).toMatchSnapshot();
});

import { describe, expect, test } from '@jest/globals';
import { type ActionItem, readItemValue } from '../../src/actions/action-item.ts';
import { type Around, type AskedItem, added, mayNotAdd, newItem } from '../../src/actions/add.ts';
import { saidIn } from '../../src/actions/from-message.ts';
import { list, readPage } from '../../src/actions/list.ts';
import { reminder } from '../../src/actions/messages.ts';
import { parseItem } from '../../src/actions/parse.ts';
import { type ActionRefusal, wordedAction } from '../../src/actions/refusals.ts';
import { remind } from '../../src/actions/remind.ts';
import { nextReminderAt } from '../../src/actions/reminders.ts';
import { type Step, takeStep } from '../../src/actions/step.ts';
import type { UserId } from '../../src/lib/ids.ts';
import type { Person } from '../../src/people/person.ts';
import { textIn } from '../../src/slack/blocks.ts';
import { messageLimits } from '../../src/slack/limits.ts';
import { at, casey, erin, makeIncident, olivia } from '../support/given.ts';

const TIMEZONE = 'Europe/London';
/** A Friday. */
const TODAY = '2026-01-16';
const incident = makeIncident();
const person = (userId: UserId, standing: Person['standing'] = 'member'): [UserId, Person] => [
  userId,
  { userId, teamId: null, name: userId, standing, checkedAt: at('14:00') },
];
const NOBODY = 'U0NOBODY' as UserId;
const around: Around = {
  unknown: new Set([NOBODY]),
  members: new Set([casey, erin, olivia]),
  people: new Map([person(casey), person(erin), person(olivia)]),
  timezone: TIMEZONE,
  reading: { policy: { off: [], add: [] }, names: [] },
};
const asked: AskedItem = {
  what: 'raise the pool size',
  owner: casey,
  dueOn: '2026-01-22',
  type: null,
  ticket: null,
  by: olivia,
  from: null,
};
const item = (over: Partial<ActionItem> = {}): ActionItem => ({
  ...newItem(incident, asked, around, at('14:00')),
  id: 7,
  ...over,
});

describe('what is typed', () => {
  test.each([
    ['raise the pool size <@U0CASEY|casey> by tomorrow', 'raise the pool size', 'U0CASEY', '2026-01-17'],
    ['raise the pool size by monday <@U0CASEY>', 'raise the pool size', 'U0CASEY', '2026-01-19'],
    ['<@U0CASEY> raise the pool size', 'raise the pool size', 'U0CASEY', null],
    ['cut the latency by 50%', 'cut the latency by 50%', null, null],
    ['catch it by monitoring the queue', 'catch it by monitoring the queue', null, null],
    ['replace a &lt;b&gt; by c by in 2 weeks', 'replace a <b> by c', null, '2026-01-30'],
    ['split the job due 2026-02-01', 'split the job', null, '2026-02-01'],
  ])('%s', (typed, what, owner, dueOn) => {
    expect(parseItem(typed, TODAY)).toEqual({ ok: true, value: { what, owner, dueOn } });
  });

  test.each([
    ['', 'no-words'],
    ['<@U0CASEY> by tomorrow', 'no-words'],
    ['x'.repeat(501), 'item-too-long'],
    ['x <@U0CASEY> <@U0ERIN>', 'several-owners'],
    ['x <!subteam^S1|@leads>', 'a-group-owns'],
    ['x by friday', 'not-a-day'],
    ['x by fridey', 'not-a-day'],
    ['x by 01/02/2027', 'not-a-day'],
    ['x <@U0CASEY> by the end', 'not-a-day'],
  ])('"%s" is refused: %s', (typed, why) => {
    expect(parseItem(typed, TODAY)).toMatchObject({ ok: false, no: { why } });
  });

  test('what a button or a page carries is read, and nothing else', () => {
    expect(readItemValue('42:7')).toBe(7);
    for (const wrong of ['42', '42:7:1', 'x:7', '42:-1', "42:7'"]) expect(readItemValue(wrong)).toBeNull();
    expect(readPage('mine:8')).toEqual({ scope: 'mine', from: 8 });
    expect(readPage('42:0')).toEqual({ scope: 42, from: 0 });
    for (const wrong of ['theirs:0', 'mine', 'mine:-1', '42']) expect(readPage(wrong)).toBeNull();
  });
});

describe('reminders', () => {
  const next = (over: Partial<ActionItem>) => nextReminderAt(item(over), TIMEZONE)?.toISOString().slice(0, 16);

  test('come the day before, on the day, then every week, and after a change from there on', () => {
    expect(next({})).toBe('2026-01-21T09:00');
    expect(next({ heardAt: at('09:00', '2026-01-21') })).toBe('2026-01-22T09:00');
    expect(next({ heardAt: at('09:00', '2026-01-22') })).toBe('2026-01-29T09:00');
    expect(next({ heardAt: at('09:00', '2026-01-29') })).toBe('2026-02-05T09:00');
    // Slept through: one is due, not one for each week.
    expect(next({ heardAt: at('13:00', '2026-02-20') })).toBe('2026-02-26T09:00');
    // Over the change to summer time it stays nine in the morning.
    expect(next({ dueOn: '2026-03-27', heardAt: at('09:00', '2026-03-27') })).toBe('2026-04-03T08:00');
    expect(next({ dueOn: TODAY })).toBe('2026-01-23T09:00');
  });

  test('without a date come every week, without an owner the next morning, for what is over never', () => {
    expect(next({ dueOn: null })).toBe('2026-01-23T09:00');
    expect(next({ owner: null })).toBe('2026-01-17T09:00');
    expect(next({ owner: null, heardAt: at('09:00', '2026-01-17') })).toBe('2026-01-21T09:00');
    expect(next({ status: 'done', endedBy: casey, endedAt: at('15:00') })).toBeUndefined();
  });

  const woken = (items: ActionItem[], on = incident, who: Partial<Around> = {}, now = at('10:00', '2026-01-21')) => {
    const holders = [{ role: 'ic', userId: erin, fromAt: at('14:00') }];
    const came = remind(on, items, [], { ...around, ...who, holders }, now);
    return {
      told: came.told.map(({ items: ids }) => ids),
      to: (came.decision.jobs ?? []).flatMap(({ job }) =>
        job.kind === 'dm' ? [job.user] : job.kind === 'post' ? ['channel'] : [],
      ),
      next: (came.decision.jobs ?? []).find(({ job }) => job.kind === 'actions')?.runAt,
    };
  };

  test('go to each owner once, and what nobody can be reminded of to the IC, else to who declared, else to the channel', () => {
    expect(woken([item(), item({ id: 8 }), item({ id: 9, owner: erin })])).toEqual({
      told: [[7, 8], [9]],
      to: [casey, erin],
      next: at('09:00', '2026-01-22'),
    });
    expect(woken([item()], incident, {}, at('08:00', '2026-01-21'))).toEqual({
      told: [],
      to: [],
      next: at('09:00', '2026-01-21'),
    });
    const gone = (...who: UserId[]) => new Map([...around.people, ...who.map((one) => person(one, 'deactivated'))]);
    expect(woken([item()], incident, { people: gone(casey) }).to).toEqual([erin]);
    expect(woken([item()], incident, { people: gone(casey, erin) }).to).toEqual([olivia]);
    expect(woken([item()], incident, { people: gone(casey, erin, olivia) }).to).toEqual(['channel']);
    const secret = makeIncident({ visibility: 'private' });
    expect(woken([item()], secret, { members: new Set([erin]) }).to).toEqual([erin]);
  });
});

describe('steps', () => {
  const step = (one: Step, over: Partial<ActionItem> = {}, seen: number | null = null, by = erin) =>
    takeStep(incident, item(over), { open: [], standing: [] }, { step: one, by, seen, now: at('15:00') }, around);
  const why = (...args: Parameters<typeof step>) => {
    const taken = step(...args);
    return taken.ok ? null : taken.no.why;
  };
  const over = { status: 'done', endedBy: casey, endedAt: at('14:30') } as const;

  test('settle an item once; a form that shows an older state changes nothing', () => {
    expect(why({ how: 'done' })).toBeNull();
    expect(why({ how: 'done' }, over)).toBe('item-over');
    expect(why({ how: 'drop', reason: 'x' }, over)).toBe('item-over');
    expect(why({ how: 'reopen' })).toBe('item-open');
    expect(why({ how: 'reopen' }, over)).toBeNull();
    expect(why({ how: 'postpone', dueOn: '2026-02-01' }, {}, at('14:00').getTime())).toBeNull();
    expect(why({ how: 'postpone', dueOn: '2026-02-01' }, {}, at('13:59').getTime())).toBe('changed-meanwhile');
    expect(why({ how: 'assign', owner: NOBODY, dueOn: null })).toBe('owner-unknown');
    // Slack is silent about them.
    expect(why({ how: 'assign', owner: 'U0SILENT' as UserId, dueOn: null })).toBeNull();
  });

  test('move the reminders with the date, and tell a new owner privately but not who takes it on', () => {
    const moved = step({ how: 'postpone', dueOn: '2026-02-10' });
    const jobs = moved.ok ? (moved.value.decision.jobs ?? []) : [];
    expect(jobs.find(({ job }) => job.kind === 'actions')?.runAt).toEqual(at('09:00', '2026-02-09'));
    const told = (owner: UserId) => {
      const assigned = step({ how: 'assign', owner, dueOn: null });
      return assigned.ok
        ? assigned.value.decision.jobs?.flatMap(({ job }) => (job.kind === 'dm' ? job.user : []))
        : null;
    };
    expect([told(olivia), told(erin)]).toEqual([[olivia], []]);
  });

  test('words of a message stay the message’s until somebody puts them into their own', () => {
    const edit = { how: 'edit', owner: casey, dueOn: null, type: null, ticket: null } as const;
    const quotes = (what: string) => {
      const edited = step({ ...edit, what }, { quotes: true });
      return edited.ok ? edited.value.change.quotes : null;
    };
    expect([quotes('raise the pool size'), quotes('raise it')]).toEqual([true, false]);
    const text = (one: Partial<ActionItem>) =>
      added(incident, item(one), [], asked, around, at('14:00')).entries?.[0]?.text;
    expect([text({}), text({ quotes: true })]).toEqual(['raise the pool size', 'what was noted from a message']);
  });
});

test('a message is noted in its last words, and one that was taken back in none', () => {
  const said = { kind: 'message', text: 'one', threadTs: null, payload: {} };
  expect(saidIn([said])).toBe('one');
  expect(saidIn([said, { ...said, kind: 'message_edited', text: 'two' }])).toBe('two');
  expect(saidIn([said, { ...said, kind: 'message_deleted', text: null }])).toBeNull();
  expect(saidIn([{ ...said, text: 'one', payload: { blanked: true } }])).toBeNull();
});

test('of five hundred a reminder and a list show what fits, say how many more there are, and keep their buttons', () => {
  const many = Array.from({ length: 500 }, (_, id) =>
    item({ id, what: '<!channel>&'.repeat(45), ticket: `https://x.example/?${'&'.repeat(270)}`, type: 'process' }),
  );
  const listed = many.slice(0, 8).map((one) => ({ ...one, visibility: 'public', kind: 'real' }) as const);
  const page = list('all', { items: listed, total: 500 }, 0, new Map(), TODAY);
  for (const { blocks = [] } of [reminder(incident, many, 'owner', TODAY), page]) {
    expect(textIn(blocks)).toBeLessThanOrEqual(messageLimits.blocksTextBudget);
    expect(blocks.length).toBeLessThanOrEqual(messageLimits.blocks);
    expect(JSON.stringify(blocks)).not.toContain('<!channel>');
  }
  expect(JSON.stringify(reminder(incident, many, 'owner', TODAY).blocks)).toMatch(/… and 49\d more/);
  expect(JSON.stringify(page.blocks)).toContain('"More"');
  expect(mayNotAdd(incident, asked, around, 500)?.why).toBe('too-many-items');
});

test('no two refusals are alike', () => {
  const done = item({ status: 'done', endedBy: erin, endedAt: at('14:11') });
  const refusals: ActionRefusal[] = [
    { why: 'no-words' },
    { why: 'item-too-long', length: 501 },
    { why: 'several-owners', people: [casey, erin] },
    { why: 'a-group-owns' },
    { why: 'not-a-day', says: '"x" is not a day.' },
    ...(['guest', 'stranger', 'bot', 'deactivated'] as const).map((standing) => ({
      why: 'cannot-own' as const,
      user: casey,
      standing,
    })),
    { why: 'owner-unknown', user: casey },
    { why: 'owner-outside', incident, user: casey },
    { why: 'too-many-items', incident },
    { why: 'noted-before', incident, item: item() },
    { why: 'no-words-in-message', incident },
    { why: 'no-such-item', incident },
    { why: 'item-over', item: done },
    { why: 'item-over', item: { ...done, status: 'dropped' } },
    { why: 'item-open', item: item() },
    { why: 'changed-meanwhile', item: item() },
    { why: 'no-such-list', typed: 'x' },
    { why: 'no-incident-here' },
  ];
  const said = refusals.map((one) => wordedAction(one).text);
  expect(new Set(said).size).toBe(said.length);
});

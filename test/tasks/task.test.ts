import { describe, expect, test } from '@jest/globals';
import { formatDuration, HOUR, MINUTE } from '../../src/lib/duration.ts';
import type { UserId } from '../../src/lib/ids.ts';
import { answer, type How } from '../../src/tasks/answer.ts';
import { asked, mayNotAsk, newTask } from '../../src/tasks/ask.ts';
import { comeBack } from '../../src/tasks/due.ts';
import { taskLines } from '../../src/tasks/messages.ts';
import { parseTask } from '../../src/tasks/parse.ts';
import { type TaskRefusal, wordedTask } from '../../src/tasks/refusals.ts';
import type { Task } from '../../src/tasks/task.ts';
import { at, casey, erin, makeIncident, olivia } from '../support/given.ts';

const incident = makeIncident();
const around = {
  holders: [{ role: 'ic', userId: erin, fromAt: at('14:00') }],
  members: new Set([casey, erin, olivia]),
};
const task = (over: Partial<Task> = {}): Task => ({
  ...newTask(incident, { what: 'check the logs', who: casey, by: olivia, lengthMs: 10 * MINUTE }, at('14:00')),
  id: 7,
  ...over,
});

describe('what is typed', () => {
  test.each([
    ['check the logs <@U0CASEY|casey> 15m', 'check the logs', 'U0CASEY', '15 min'],
    ['check the logs <@U0CASEY> 1h30m', 'check the logs', 'U0CASEY', '1 h 30 min'],
    ['<@U0CASEY> check the logs for 20 min', 'check the logs', 'U0CASEY', '20 min'],
    ['check the logs <@U0CASEY> within 5', 'check the logs', 'U0CASEY', '5 min'],
    ['check build 812', 'check build 812', null, '15 min'],
    ['restart 3 pods', 'restart 3 pods', null, '15 min'],
    ['undo the 2nd deploy 30m', 'undo the 2nd deploy', null, '30 min'],
    ['look why it takes 800ms', 'look why it takes 800ms', null, '15 min'],
    ['call <@U0CASEY> about the &lt;logs&gt; PT5M', 'call about the <logs>', 'U0CASEY', '5 min'],
  ])('%s', (typed, what, who, length) => {
    const parsed = parseTask(typed);
    expect(parsed.ok && { ...parsed.value, lengthMs: formatDuration(parsed.value.lengthMs) }).toEqual({
      what,
      who,
      lengthMs: length,
    });
  });

  test.each([
    ['check the logs 25x', 'not-a-time'],
    ['check the logs <@U0CASEY> 25:00', 'not-a-time'],
    ['check the logs <@U0CASEY> 0m', 'not-a-time'],
    ['check the logs <@U0CASEY> 2 weeks', 'not-a-time'],
    ['check the logs 30s', 'time-out-of-range'],
    ['check the logs 25h', 'time-out-of-range'],
    ['<@U0CASEY> 15m', 'no-words'],
    ['', 'no-words'],
    ['x'.repeat(501), 'task-too-long'],
    ['a <@U0CASEY> <@U0ERIN>', 'several-people'],
    ['a <!subteam^S1|@leads>', 'a-group'],
  ])('"%s" is refused: %s', (typed, why) => {
    expect(parseTask(typed)).toMatchObject({ ok: false, no: { why } });
  });
});

test('a task is asked of members, and of those inside a private incident only', () => {
  const who = { what: 'x', who: casey, by: olivia, lengthMs: MINUTE };
  const person = (standing: 'member' | 'guest') => ({
    userId: casey,
    teamId: null,
    name: 'Casey',
    standing,
    checkedAt: at('14:00'),
  });
  const members = new Set<UserId>();
  expect(mayNotAsk(incident, who, person('member'), members)).toBeNull();
  expect(mayNotAsk(incident, who, 'nobody', members)?.why).toBe('unknown-person');
  // Nor does a Slack that is silent hold it back.
  expect(mayNotAsk(incident, who, null, members)).toBeNull();
  expect(mayNotAsk(incident, who, person('guest'), members)?.why).toBe('cannot-be-asked');
  const secret = makeIncident({ visibility: 'private' });
  expect(mayNotAsk(secret, who, person('member'), members)?.why).toBe('not-inside');
  expect(mayNotAsk(secret, who, person('member'), new Set([casey]))).toBeNull();
  expect(mayNotAsk(makeIncident({ status: 'closed' }), who, person('member'), members)?.why).toBe('has-ended');
});

test('what one takes on oneself asks nobody and is accepted', () => {
  const own = task({ assignee: olivia, status: 'accepted' });
  expect(asked(incident, own, [], at('14:00')).jobs?.map(({ job }) => job.kind)).toEqual([
    'post',
    'draw-card',
    'tasks',
  ]);
});

describe('answers', () => {
  const answered = (how: How, over: Partial<Task> = {}, by: UserId = casey, dueAt = at('14:10')) =>
    answer(incident, task(over), [], { how, by, dueAt: dueAt.getTime(), now: at('14:12') }, around);
  const why = (...args: Parameters<typeof answered>) => {
    const one = answered(...args);
    return one.ok ? null : one.no.why;
  };

  test('the time starts when it is accepted, and once more with more time', () => {
    for (const [how, status] of [
      ['accept', 'asked'],
      ['more', 'accepted'],
      ['more', 'stuck'],
    ] as const)
      expect(answered(how, { status, checkedAt: at('14:10') })).toMatchObject({
        ok: true,
        value: { change: { status: 'accepted', dueAt: at('14:22'), checkedAt: null, toldAt: null } },
      });
  });

  test('a button that no longer applies changes nothing and says why', () => {
    expect(why('accept', { status: 'accepted' })).toBe('accepted-already');
    expect(why('stuck', { status: 'stuck' })).toBe('stuck-already');
    expect(why('more', { dueAt: at('14:30') })).toBe('has-more-time');
    expect(why('done', { status: 'done', endedBy: erin, endedAt: at('14:11') })).toBe('task-over');
    expect(why('accept', {}, erin)).toBe('not-yours');
  });

  test('done may also be said by who asked and by the IC, and by nobody else', () => {
    expect([why('done', {}, casey), why('done', {}, olivia), why('done', {}, erin)]).toEqual([null, null, null]);
    expect(why('done', {}, 'U0OTHER' as UserId)).toBe('not-yours');
    expect(why('stuck', {}, erin)).toBe('not-yours');
  });

  test('who cannot or is stuck is told to the IC alone', () => {
    for (const how of ['cant', 'stuck'] as const) {
      const done = answered(how);
      const dms = done.ok ? (done.value.decision.jobs ?? []).filter(({ job }) => job.kind === 'dm') : [];
      expect(dms).toMatchObject([{ job: { user: erin } }]);
    }
  });
});

describe('the timer', () => {
  const woken = (time: string, over: Partial<Task> = {}, on = incident, who = around) => {
    const came = comeBack(on, [task(over)], who, at(time));
    return {
      changes: came.changes.map(({ change }) => change),
      dms: (came.decision.jobs ?? []).flatMap(({ job }) => (job.kind === 'dm' ? [job.user] : [])),
      next: (came.decision.jobs ?? []).find(({ job }) => job.kind === 'tasks')?.runAt,
    };
  };

  test('waits for the time, asks the person, then tells the IC, then is silent', () => {
    expect(woken('14:09')).toEqual({ changes: [], dms: [], next: at('14:10') });
    expect(woken('14:10')).toEqual({ changes: [{ checkedAt: at('14:10') }], dms: [casey], next: at('14:20') });
    expect(woken('14:15', { checkedAt: at('14:10') })).toEqual({ changes: [], dms: [], next: at('14:20') });
    expect(woken('14:20', { checkedAt: at('14:10') })).toEqual({
      changes: [{ toldAt: at('14:20') }],
      dms: [erin],
      next: undefined,
    });
    expect(woken('18:00', { checkedAt: at('14:10'), toldAt: at('14:20') })).toEqual({
      changes: [],
      dms: [],
      next: undefined,
    });
    expect(woken('18:00', { status: 'stuck' })).toEqual({ changes: [], dms: [], next: undefined });
  });

  test('that comes hours late asks the person first: nobody is said to be silent who was never asked', () => {
    expect(woken('18:00')).toEqual({ changes: [{ checkedAt: at('18:00') }], dms: [casey], next: at('18:10') });
  });

  test('of a task the IC took on tells who asked, and of one they gave themselves nobody', () => {
    const checked = { assignee: erin, checkedAt: at('14:10') };
    expect(woken('14:20', checked).dms).toEqual([olivia]);
    const alone = makeIncident({ declaredBy: erin });
    expect(woken('14:20', { ...checked, askedBy: erin }, alone).dms).toEqual([]);
  });

  test('of an ended incident ends every task, once', () => {
    const ended = makeIncident({ status: 'resolved' });
    expect(woken('14:05', {}, ended)).toMatchObject({
      changes: [{ status: 'dropped', endedAt: at('14:05') }],
      dms: [],
    });
    expect(comeBack(ended, [], around, at('14:06'))).toEqual({ changes: [], decision: {} });
  });
});

test('the card shows five, those who are stuck first, and says how many more there are', () => {
  const many = Array.from({ length: 7 }, (_, n) =>
    task({
      id: n,
      what: `t${n} <!channel>`,
      dueAt: new Date(at('14:10').getTime() + n * HOUR),
      ...(n === 6 && { status: 'stuck' as const }),
    }),
  );
  const lines = taskLines(many, new Map()).map(({ text }) => text);
  expect(lines).toHaveLength(6);
  expect(lines[0]).toBe('• t6 &lt;!channel&gt;: U0CASEY, *stuck*');
  expect(lines[5]).toBe('… and 2 more: `/incident tasks`');
});

test('no two refusals are alike', () => {
  const over = { task: task({ status: 'done', endedBy: erin, endedAt: at('14:11') }) };
  const refusals: TaskRefusal[] = [
    { why: 'no-words' },
    { why: 'task-too-long', length: 501, max: 500 },
    { why: 'several-people', people: [casey, erin] },
    { why: 'a-group' },
    { why: 'not-a-time', typed: '25x' },
    { why: 'time-out-of-range', asked: HOUR, least: MINUTE, most: HOUR },
    ...(['guest', 'stranger', 'bot', 'deactivated'] as const).map((standing) => ({
      why: 'cannot-be-asked' as const,
      user: casey,
      standing,
    })),
    { why: 'unknown-person', user: casey },
    { why: 'not-inside', incident, user: casey },
    { why: 'has-ended', incident },
    { why: 'no-such-task', incident },
    { why: 'not-yours', ...over },
    { why: 'task-over', ...over },
    { why: 'task-over', task: task({ status: 'dropped', endedAt: at('14:11') }) },
    { why: 'accepted-already', ...over },
    { why: 'stuck-already', ...over },
    { why: 'has-more-time', ...over },
  ];
  const said = refusals.map((one) => wordedTask(one).text);
  expect(new Set(said).size).toBe(said.length);
});

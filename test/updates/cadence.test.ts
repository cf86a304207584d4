import { describe, expect, test } from '@jest/globals';
import { DAY, HOUR, MINUTE, SECOND } from '../../src/lib/duration.ts';
import {
  decideReminder,
  firstPromise,
  judge,
  nextReminderAt,
  promiseAfter,
  rearm,
  rearmPromise,
  startPromise,
  stopPromise,
} from '../../src/updates/cadence.ts';
import { at, climb, makeIncident, policy, promised, sev } from '../support/given.ts';

const clock = (date: Date): string => date.toISOString().slice(8, 19).replace('T', ' ');
const said = (fired: readonly { rung: string; at: Date }[]) => fired.map((one) => `${clock(one.at)} ${one.rung}`);
/** No process runs until then. */
const notBefore = (end: Date) => (wakeAt: Date) => new Date(Math.max(end.getTime(), wakeAt.getTime()));
const plus = (start: Date, millis: number) => new Date(start.getTime() + millis);

describe('the ladder', () => {
  test('of a 15 min cadence: nudged 5 min before, then at due, half and a whole cadence late, then once a day', () => {
    const incident = promised({ severity: 'SEV1' });
    expect(said(climb(incident, sev('SEV1'), plus(at('14:00'), 3 * DAY)))).toEqual([
      '16 14:10:00 nudge',
      '16 14:15:00 due',
      '16 14:22:30 half',
      '16 14:30:00 full',
      '17 14:30:00 daily',
      '18 14:30:00 daily',
    ]);
  });

  test('of a 30 s cadence is climbed in its own measure: the nudge comes a third of it before', () => {
    const incident = promised({ cadenceMs: 30 * SECOND });
    expect(said(climb(incident, sev('SEV1'), at('15:00')))).toEqual([
      '16 14:00:20 nudge',
      '16 14:00:30 due',
      '16 14:00:45 half',
      '16 14:01:00 full',
    ]);
  });

  test('of a daily cadence nudges 5 min before and escalates a day late', () => {
    const incident = promised({ cadenceMs: DAY });
    expect(said(climb(incident, sev('SEV4'), plus(at('14:00'), 4 * DAY)))).toEqual([
      '17 13:55:00 nudge',
      '17 14:00:00 due',
      '18 02:00:00 half',
      '18 14:00:00 full',
      '19 14:00:00 daily',
      '20 14:00:00 daily',
    ]);
  });

  test('of a promise shorter than the cadence does not nudge before the promise was made', () => {
    const incident = makeIncident({ severity: 'SEV2' });
    const { change } = startPromise(incident, sev('SEV2'), policy, at('14:00'), 3 * MINUTE);
    expect(said(climb({ ...incident, ...change }, sev('SEV2'), at('14:10')))).toEqual([
      '16 14:02:00 nudge',
      '16 14:03:00 due',
    ]);
  });

  test.each(['resolved', 'closed', 'canceled'] as const)('is not climbed once the incident is %s', (status) => {
    expect(decideReminder(promised(), sev('SEV1'), at('14:40')).fire).toBe('full');
    expect(decideReminder({ ...promised(), status }, sev('SEV1'), at('14:40'))).toEqual({ fire: null, wakeAt: null });
  });

  test('asks every 4 h whether a cadence that is off should stay off', () => {
    const incident = promised({ cadenceOffReason: 'waiting for the vendor' });
    expect(incident.promiseDueAt).toBeNull();
    expect(said(climb(incident, sev('SEV1'), plus(at('14:00'), 13 * HOUR)))).toEqual([
      '16 18:00:00 off',
      '16 22:00:00 off',
      '17 02:00:00 off',
    ]);
  });
});

describe('after an outage', () => {
  test.each([
    ['14:12', 'nudge', '14:15'],
    ['14:16', 'due', '14:22:30'],
    ['14:25', 'half', '14:30'],
    ['14:59', 'full', '14:30'],
  ])('that ends at %s only the rung that then applies fires: %s', (time, rung, next) => {
    const { fire, wakeAt } = decideReminder(promised(), sev('SEV1'), at(time));
    expect(fire).toBe(rung);
    expect(wakeAt).toEqual(rung === 'full' ? plus(at(next), DAY) : at(next));
  });

  test('of hours the rungs that were passed over are never made up for', () => {
    const fired = climb(promised(), sev('SEV1'), plus(at('14:00'), 2 * DAY), notBefore(at('18:00')));
    expect(said(fired)).toEqual(['16 18:00:00 full', '17 14:30:00 daily']);
  });

  test('of days it asks once whether it is still going, and keeps its hour', () => {
    const fired = climb(promised(), sev('SEV1'), plus(at('14:00'), 5 * DAY), notBefore(at('20:00', '2026-01-19')));
    expect(said(fired)).toEqual(['19 20:00:00 daily', '20 14:30:00 daily']);
  });

  test('a wake-up that comes twice, or too early, fires nothing and names the same next time', () => {
    const incident = { ...promised(), promiseRung: 'due', promiseRungAt: at('14:15') };
    for (const now of [at('14:15'), at('14:20')])
      expect(decideReminder(incident, sev('SEV1'), now)).toEqual({ fire: null, wakeAt: at('14:22:30') });
    expect(decideReminder(promised(), sev('SEV1'), at('14:01'))).toEqual({ fire: null, wakeAt: at('14:10') });
  });
});

describe('a snooze', () => {
  const dueFired = { ...promised(), promiseRung: 'due', promiseRungAt: at('14:15') };

  test('delays the next rung until it ends, and only that one', () => {
    const incident = { ...dueFired, snoozedUntil: at('14:25') };
    expect(decideReminder(incident, sev('SEV1'), at('14:16')).wakeAt).toEqual(at('14:25'));
    expect(decideReminder(incident, sev('SEV1'), at('14:23'))).toEqual({ fire: null, wakeAt: at('14:25') });
    expect(decideReminder(incident, sev('SEV1'), at('14:25'))).toEqual({ fire: 'half', wakeAt: at('14:30') });
  });

  test('that ends before the next rung delays nothing', () => {
    const incident = { ...dueFired, snoozedUntil: at('14:20') };
    expect(nextReminderAt(incident, sev('SEV1'), at('14:16'))).toEqual(at('14:22:30'));
  });

  test('longer than a cadence ends with the rung that then applies', () => {
    const incident = { ...dueFired, snoozedUntil: at('14:45') };
    expect(decideReminder(incident, sev('SEV1'), at('14:45')).fire).toBe('full');
  });

  test('does not change the verdict on the promise', () => {
    const incident = { ...dueFired, snoozedUntil: at('14:25') };
    expect(judge(incident.promiseDueAt, 15 * MINUTE, at('14:20'))).toEqual({
      kept: false,
      lateByMs: 5 * MINUTE,
      missed: false,
    });
  });
});

describe('the verdict', () => {
  test.each([
    ['before it was due', '14:14:59', { kept: true, lateByMs: 0, missed: false }],
    ['on the second', '14:15', { kept: true, lateByMs: 0, missed: false }],
    ['late', '14:16', { kept: false, lateByMs: MINUTE, missed: false }],
    ['a whole cadence late, which is missed', '14:30', { kept: false, lateByMs: 15 * MINUTE, missed: true }],
  ])('on an update posted %s', (_, time, verdict) => {
    expect(judge(at('14:15'), 15 * MINUTE, at(time))).toEqual(verdict);
  });

  test('is none when nothing was promised', () => {
    expect(judge(null, 15 * MINUTE, at('14:15'))).toEqual({ kept: null, lateByMs: null, missed: false });
  });
});

describe('office hours', () => {
  const cases: [string, string, Date, Date][] = [
    ['inside stays', 'SEV3', at('11:00'), at('12:00')],
    ['before opening waits for the opening', 'SEV3', at('03:00'), at('09:00')],
    [
      'at closing waits for the next opening, which after a Friday is Monday',
      'SEV3',
      at('17:00'),
      at('09:00', '2026-01-19'),
    ],
    ['on a Saturday waits for Monday', 'SEV3', at('12:00', '2026-01-17'), at('09:00', '2026-01-19')],
    ['of a severity without hours stays at night', 'SEV2', at('23:00'), at('23:30')],
    [
      'waits over the spring change of clocks for 09:00 London, which is 08:00 UTC by then',
      'SEV3',
      at('17:30', '2026-03-27'),
      at('08:00', '2026-03-30'),
    ],
    [
      'waits over the autumn change of clocks for 09:00 London, which is 09:00 UTC by then',
      'SEV3',
      at('17:30', '2026-10-23'),
      at('09:00', '2026-10-26'),
    ],
    [
      'of a daily cadence keeps its instant over a change of clocks on a working day',
      'SEV4',
      at('10:00', '2026-03-26'),
      at('10:00', '2026-03-27'),
    ],
  ];
  test.each(cases)('a promise %s', (_, severity, from, due) => {
    expect(promiseAfter(makeIncident({ severity }), sev(severity), policy, from)).toEqual(due);
  });

  test('do not count while nobody chose the severity', () => {
    expect(firstPromise(sev('SEV3'), policy, false, at('23:00'))).toEqual(at('00:00', '2026-01-17'));
    expect(firstPromise(sev('SEV3'), policy, true, at('23:00'))).toEqual(at('09:00', '2026-01-19'));
  });

  test('do not move what a person asked for by hand', () => {
    const night = at('22:00');
    expect(promiseAfter(makeIncident({ severity: 'SEV3' }), sev('SEV3'), policy, night, 2 * HOUR)).toEqual(
      at('00:00', '2026-01-17'),
    );
    expect(
      promiseAfter(makeIncident({ severity: 'SEV3', cadenceMs: 30 * SECOND }), sev('SEV3'), policy, night),
    ).toEqual(at('22:00:30'));
  });

  test('far from UTC are those of the wall clock there', () => {
    const tokyo = { ...policy, timezone: 'Asia/Tokyo' };
    expect(firstPromise(sev('SEV3'), tokyo, true, at('10:00', '2026-01-15'))).toEqual(at('00:00', '2026-01-16'));
  });
});

describe('a change of severity or cadence and reopening', () => {
  test('count the new cadence from the last update, else from the declaring', () => {
    const incident = makeIncident({ severity: 'SEV2' });
    expect(rearm(incident, sev('SEV2'), policy, at('14:20'), at('14:25'))).toEqual(at('14:50'));
    expect(rearm(incident, sev('SEV2'), policy, null, at('14:05'))).toEqual(at('14:30'));
  });

  test.each([
    ['of 15 min leaves 5', { severity: 'SEV1' }, at('16:05')],
    ['of 30 s leaves 10 s', { severity: 'SEV1', cadenceMs: 30 * SECOND }, at('16:00:10')],
    ['in office hours leaves until they begin', { severity: 'SEV4' }, at('09:00', '2026-01-19')],
  ])('never ask for the impossible: a cadence %s', (_, over, due) => {
    expect(rearm(makeIncident(over), sev(over.severity), policy, at('14:10'), at('16:00'))).toEqual(due);
  });

  test('begin a new ladder and end a snooze', () => {
    const before = { ...promised(), promiseRung: 'full', promiseRungAt: at('14:30'), snoozedUntil: at('15:00') };
    const { change, jobs } = rearmPromise({ ...before, severity: 'SEV2' }, sev('SEV2'), policy, null, at('14:31'));
    expect(change).toEqual({
      promiseMadeAt: at('14:00'),
      promiseDueAt: at('14:36'),
      promiseRung: null,
      promiseRungAt: null,
      snoozedUntil: null,
    });
    expect(jobs).toEqual([{ job: { kind: 'cadence', incident: 42 }, runAt: at('14:31') }]);
  });

  test('promise nothing while the cadence is off, and ask in 4 h', () => {
    const off = makeIncident({ cadenceOffReason: 'vendor' });
    const { change, jobs } = rearmPromise(off, sev('SEV1'), policy, at('14:10'), at('15:00'));
    expect(change.promiseDueAt).toBeNull();
    expect(jobs).toEqual([{ job: { kind: 'cadence', incident: 42 }, runAt: at('19:00') }]);
  });
});

test('a promise starts with the timer of its nudge, and ends with nothing promised', () => {
  const { change, jobs } = startPromise(makeIncident(), sev('SEV1'), policy, at('14:00'));
  expect(change).toMatchObject({ promiseMadeAt: at('14:00'), promiseDueAt: at('14:15') });
  expect(jobs).toEqual([{ job: { kind: 'cadence', incident: 42 }, runAt: at('14:10') }]);
  expect(stopPromise()).toMatchObject({ change: { promiseDueAt: null, promiseRung: null }, jobs: [] });
  expect(startPromise(makeIncident({ status: 'resolved' }), sev('SEV1'), policy, at('14:00'))).toEqual(stopPromise());
});

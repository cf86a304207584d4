import { expect, test } from '@jest/globals';
import { dayOf, formatDay, hourOf } from '../../src/lib/day.ts';
import { isLikeADay, parseDay } from '../../src/lib/parse-day.ts';

/** A Wednesday. */
const TODAY = '2026-11-18';

test.each([
  ['today', '2026-11-18'],
  ['tomorrow', '2026-11-19'],
  ['Friday', '2026-11-20'],
  ['by fri', '2026-11-20'],
  ['tuesday', '2026-11-24'],
  ['this friday', '2026-11-20'],
  ['next monday', '2026-11-23'],
  ['next wednesday', '2026-11-25'],
  ['friday next week', '2026-11-27'],
  ['end of week', '2026-11-20'],
  ['end of next week', '2026-11-27'],
  ['eom', '2026-11-30'],
  ['end of next month', '2026-12-31'],
  ['end of january', '2027-01-31'],
  ['in 2 weeks', '2026-12-02'],
  ['in a week', '2026-11-25'],
  ['10 days', '2026-11-28'],
  ['in three months', '2027-02-18'],
  ['in a year', '2027-11-18'],
  ['2026-12-01', '2026-12-01'],
  ['2026/12/1', '2026-12-01'],
  ['1 December', '2026-12-01'],
  ['Dec 1st, 2027', '2027-12-01'],
  ['the 3rd of march', '2027-03-03'],
  ['29 february 2028', '2028-02-29'],
  ['1.12.', '2026-12-01'],
  ['24/12/2026', '2026-12-24'],
  ['11/20', '2026-11-20'],
  ['12/12', '2026-12-12'],
  ['the 15th', '2026-12-15'],
  ['31st', '2026-12-31'],
  ['friday, 4 december', '2026-12-04'],
])('on Wednesday 18 November 2026 "%s" is %s', (typed, day) => {
  expect(parseDay(typed, TODAY)).toEqual({ ok: true, value: day });
});

test.each([
  ['soon', /"soon" is not a day\./],
  ['', /is not a day/],
  ['2026-02-30', /is not a day/],
  ['31 november', /is not a day/],
  ['q1', /is not a day/],
  ['friday 5pm', /is not a day/],
  ['yesterday', /Tue 17 Nov 2026 is past\./],
  ['last friday', /Fri 13 Nov 2026 is past\./],
  ['2026-11-17', /Tue 17 Nov 2026 is past\./],
  ['1 november', /Sun 1 Nov 2026 is past\./],
  ['2030-01-01', /more than two years away/],
  ['wednesday', /can be Wed 18 Nov 2026 or Wed 25 Nov 2026/],
  ['next friday', /can be Fri 20 Nov 2026 or Fri 27 Nov 2026/],
  ['next week', /can be Mon 23 Nov 2026 or Fri 27 Nov 2026/],
  ['02/03/2027', /can be Tue 2 Feb 2027|can be Wed 3 Feb 2027 or Tue 2 Mar 2027/],
  ['friday 5 december', /can be Fri 20 Nov 2026 or Sat 5 Dec 2026/],
])('"%s" is refused, with two examples that hold', (typed, says) => {
  const read = parseDay(typed, TODAY);
  if (read.ok) throw new Error(`${typed} was read as ${read.value}`);
  expect(read.no.says).toMatch(says);
  expect(new Set(read.no.examples).size).toBe(2);
  for (const example of read.no.examples) {
    expect(read.no.says).toContain(`\`${example}\``);
    expect(parseDay(example, TODAY).ok).toBe(true);
  }
});

test('the examples hold on every day of the week', () => {
  for (const day of ['2026-11-16', '2026-11-17', '2026-11-19', '2026-11-20', '2026-11-21', '2026-11-22']) {
    const read = parseDay('soon', day);
    for (const example of read.ok ? [] : read.no.examples) expect(parseDay(example, day).ok).toBe(true);
  }
});

test('what only sounds like prose is no day, what was meant as one is told apart', () => {
  for (const meant of ['fridey', 'next quarter', '12/40', 'the 32nd', 'monday noon'])
    expect([meant, isLikeADay(meant)]).toEqual([meant, true]);
  for (const prose of [
    '50%',
    'hand',
    'the on-call',
    'default',
    'sharding the orders',
    'monitoring the queue',
    'next release',
    '20 percent',
    'money that somebody lost here',
  ])
    expect([prose, isLikeADay(prose)]).toEqual([prose, false]);
});

test('a day begins and ends by the clocks of its time zone, whatever they do that day', () => {
  expect(dayOf(new Date('2026-11-18T23:30:00Z'), 'Asia/Tokyo')).toBe('2026-11-19');
  expect(dayOf(new Date('2026-11-18T03:30:00Z'), 'America/New_York')).toBe('2026-11-17');
  expect(hourOf('2026-03-29', 9, 'Europe/London').toISOString()).toBe('2026-03-29T08:00:00.000Z');
  expect(hourOf('2026-01-15', 9, 'Europe/London').toISOString()).toBe('2026-01-15T09:00:00.000Z');
  expect(formatDay('2026-12-01')).toBe('Tue 1 Dec 2026');
});

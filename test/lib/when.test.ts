import { expect, test } from '@jest/globals';
import { leadingWhen, parseWhen, writtenAt } from '../../src/lib/when.ts';

const london = { now: new Date('2026-11-21T14:20:30.000Z'), timezone: 'Europe/London' };
const read = (typed: string, reading = london): string => {
  const at = parseWhen(typed, reading);
  return at.ok ? at.value.toISOString().slice(0, 19) : at.no;
};

test.each([
  ['14:05', '2026-11-21T14:05:00'],
  ['at 14:05:09', '2026-11-21T14:05:09'],
  ['2:05 pm', '2026-11-21T14:05:00'],
  ['12am', '2026-11-21T00:00:00'],
  ['yesterday 14:05', '2026-11-20T14:05:00'],
  ['today at 9:30', '2026-11-21T09:30:00'],
  ['10 min ago', '2026-11-21T14:10:30'],
  ['1h30m ago', '2026-11-21T12:50:30'],
  ['an hour ago', '2026-11-21T13:20:30'],
  ['half an hour ago', '2026-11-21T13:50:30'],
  ['now', '2026-11-21T14:20:30'],
  // A minute that is about to begin is meant as now.
  ['14:21', '2026-11-21T14:20:30'],
  ['2026-11-20 14:05', '2026-11-20T14:05:00'],
  ['2026-07-20 14:05', '2026-07-20T13:05:00'],
  ['2026-11-20T14:05Z', '2026-11-20T14:05:00'],
  ['2026-11-20T14:05:00+01:00', '2026-11-20T13:05:00'],
  ['yesterday 14:05 UTC', '2026-11-20T14:05:00'],
])('%s is %s', (typed, at) => expect(read(typed)).toBe(at));

test('a time without a day is meant in the time zone of the policy; after midnight the evening before is meant', () => {
  const sydney = { now: new Date('2026-11-21T13:10:00.000Z'), timezone: 'Australia/Sydney' };
  expect(read('0:05', sydney)).toBe('2026-11-21T13:05:00');
  expect(read('23:50', sydney)).toBe('2026-11-21T12:50:00');
  expect(read('yesterday 23:50', sydney)).toBe('2026-11-21T12:50:00');
});

test.each([
  ['yesterday 25:00', '"yesterday 25:00" is not a time. Write it like `yesterday 14:05` or `10 min ago`.'],
  ['14:60', '"14:60" is not a time. Write it like `yesterday 14:05` or `10 min ago`.'],
  ['2026-02-30 14:05', '"2026-02-30 14:05" is not a time. Write it like `yesterday 14:05` or `10 min ago`.'],
  ['soon', '"soon" is not a time. Write it like `yesterday 14:05` or `10 min ago`.'],
  ['', 'A time is missing. Write it like `yesterday 14:05` or `10 min ago`.'],
  ['14:05 it was', '"14:05 it was" is not a time. Write it like `yesterday 14:05` or `10 min ago`.'],
  ['15:00', '15:00 has not come yet today. Write `yesterday 15:00` or `10 min ago`.'],
  ['2027-01-01 10:00', '"2027-01-01 10:00" has not come yet. Write `yesterday 14:05` or `10 min ago`.'],
  ['1969-01-01 10:00', '"1969-01-01 10:00" is too long ago to be right. Write `yesterday 14:05` or `10 min ago`.'],
  [
    '2026-03-29 01:30',
    '2026-03-29 01:30 does not exist in Europe/London: clocks were put forward past it. Write `2026-03-29 00:30` or `2026-03-29 02:30`.',
  ],
  [
    '2026-10-25 01:30',
    '2026-10-25 01:30 came twice in Europe/London, as clocks were put back. Write `2026-10-25T01:30+01:00` or, an hour later, `2026-10-25T01:30+00:00`.',
  ],
])('"%s" is refused in a sentence', (typed, sentence) => expect(read(typed)).toBe(sentence));

test('what a refusal proposes is understood, and of an hour that came twice only the past one counts', () => {
  expect(read('2026-10-25T01:30+01:00')).toBe('2026-10-25T00:30:00');
  expect(read('2026-03-29 02:30')).toBe('2026-03-29T01:30:00');
  expect(read('01:30', { ...london, now: new Date('2026-10-25T00:45:00.000Z') })).toBe('2026-10-25T00:30:00');
  expect(read(writtenAt(new Date('2026-07-20T13:05:00.000Z'), 'Europe/London'))).toBe('2026-07-20T13:05:00');
});

test('a time at the start of a sentence leaves the rest', () => {
  const found = leadingWhen('yesterday 14:05 the graph shows it', london);
  expect(found).toMatchObject({ ok: true, value: { rest: 'the graph shows it' } });
});

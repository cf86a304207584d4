import { describe, expect, test } from '@jest/globals';
import fc from 'fast-check';
import { outOfOrder, timesIn } from '../../src/declarations/times.ts';
import { worded } from '../../src/incidents/refusals.ts';

const london = { now: new Date('2026-11-21T14:20:30.000Z'), timezone: 'Europe/London' };
const short = (at: Date | null) => at?.toISOString().slice(0, 16) ?? null;
const read = (typed: string, reading = london) => {
  const told = timesIn(typed, reading);
  return told.ok ? [told.value.title, short(told.value.startedAt), short(told.value.overAt)] : worded(told.no).text;
};

describe('the times at the end of what is declared', () => {
  test.each([
    ['search was slow from 13:50 to 14:10', 'search was slow', '2026-11-21T13:50', '2026-11-21T14:10'],
    ['search was slow (from 13:50–14:10).', 'search was slow', '2026-11-21T13:50', '2026-11-21T14:10'],
    ['search was slow, from 1:50 pm until 2:10 pm', 'search was slow', '2026-11-21T13:50', '2026-11-21T14:10'],
    ['search was slow from an hour ago till 10 min ago', 'search was slow', '2026-11-21T13:20', '2026-11-21T14:10'],
    ['slow since 2026-11-19 13:50 to 14:10', 'slow', '2026-11-19T13:50', '2026-11-19T14:10'],
    ['slow from yesterday 23:50 to 0:20', 'slow', '2026-11-20T23:50', '2026-11-21T00:20'],
    ['slow from yesterday 13:50 to today 14:10', 'slow', '2026-11-20T13:50', '2026-11-21T14:10'],
    ['cards are declined since 14:02', 'cards are declined', '2026-11-21T14:02', null],
    ['cards are declined from 14:02 to now', 'cards are declined', '2026-11-21T14:02', null],
    ['from 13:50 to 14:10', '', '2026-11-21T13:50', '2026-11-21T14:10'],
  ])('"%s" is "%s" from %s to %s', (typed, title, from, to) => {
    expect(read(typed)).toEqual([title, from, to]);
  });

  test.each([
    'errors rise from 5 to 50 percent',
    'the certificate expires 10 minutes from now',
    'no mail since the deploy',
    'since 14:02 cards are declined',
    'mails from 14:02 are lost',
    'requests are slow from Frankfurt to Dublin',
    'batch 13:50-14:10 is missing',
  ])('"%s" is all title', (typed) => expect(read(typed)).toEqual([typed, null, null]));

  test.each([
    [
      'slow from 13:50 to 13:40',
      /^It cannot be over <!date.*13:40.* before it started <!date.*13:50.*Nothing was declared; say/,
    ],
    ['slow from yesterday 14:10 to 13:50', /^It cannot be over .*11-20 13:50/],
    ['slow since yesterday 25:00', /^"yesterday 25:00" is not a time\. Write .* or .*Nothing was declared\.$/],
    ['slow from 13:50 to 16:00', /16:00 has not come yet.*Nothing was declared/],
    ['slow from 2026-03-29 01:30 to 03:00', /does not exist in Europe\/London.*Nothing was declared/],
    [
      'slow from 2026-10-25 00:30 to 01:30',
      /came twice in Europe\/London.*2026-10-25T01:30\+01:00.*Nothing was declared/,
    ],
  ])('"%s" is refused with the way out', (typed, says) => expect(read(typed)).toMatch(says));

  test('what the refusal offers for the hour that came twice is understood', () => {
    expect(read('slow from 2026-10-25 00:30 to 2026-10-25T01:30+00:00')).toEqual([
      'slow',
      '2026-10-24T23:30',
      '2026-10-25T01:30',
    ]);
  });
});

test('nobody stops feeling it before it started, and it is over last; when it was noticed is free', () => {
  const [early, late] = [new Date(1), new Date(2)];
  const times = { startedAt: early, mitigatedAt: late, overAt: late };
  expect(outOfOrder(times)).toBeNull();
  expect(outOfOrder({ ...times, startedAt: null, mitigatedAt: null })).toBeNull();
  expect(outOfOrder({ ...times, mitigatedAt: new Date(0) })).toEqual({ earlier: 'startedAt', later: 'mitigatedAt' });
  expect(outOfOrder({ ...times, overAt: new Date(0), startedAt: null })).toEqual({
    earlier: 'mitigatedAt',
    later: 'overAt',
  });
});

test('whatever is typed, the title is what stands before the times', () => {
  const word = fc.oneof(
    fc.constantFrom('from', 'since', 'to', '-', '14:05', 'yesterday 9:00', '10 min ago'),
    fc.string(),
  );
  fc.assert(
    fc.property(fc.array(word, { maxLength: 8 }), (words) => {
      const typed = words.join(' ');
      const told = timesIn(typed, london);
      if (told.ok) expect(typed.startsWith(told.value.title)).toBe(true);
      else expect(worded(told.no).text).toMatch(/Nothing was declared/);
    }),
  );
});

test('a title of 40,000 characters is read as fast as a short one', () => {
  for (const words of ['from - ', 'since 14:02 to ', ' - ', '('])
    expect(read(words.repeat(5_000).slice(0, 40_000))).toBeDefined();
  expect(read(`${' -'.repeat(20_000)}x since 14:02`)).toHaveLength(3);
});

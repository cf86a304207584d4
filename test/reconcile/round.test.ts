import { expect, test } from '@jest/globals';
import { ts } from '../../src/lib/ids.ts';
import { begin, historyRange, historyRead, isOver, threadRange, threadRead, tsOf } from '../../src/reconcile/round.ts';
import { defaultSettings, isWatched, pauseOf } from '../../src/reconcile/settings.ts';
import { at, makeIncident } from '../support/given.ts';

const now = new Date('2026-09-21T15:00:00.500Z');
const page = (nextCursor: string | null, ...messages: string[]) => ({
  messages: messages.map((one) => ({ ts: one })),
  nextCursor,
});
const readThrough = ts('1790000000.000000');

test.each([
  ['the first', { readThrough: null, wholeAt: null }, false, null],
  ['one that was asked to be thorough', { readThrough, wholeAt: now }, true, null],
  [
    'one long after the last thorough one',
    { readThrough, wholeAt: new Date(now.getTime() - defaultSettings.deepEveryMs) },
    false,
    null,
  ],
  ['any other', { readThrough, wholeAt: now }, false, '1789996400.000000'],
] as const)('%s reading goes down to its floor', (_, mark, deep, floor) => {
  expect(begin(mark, { deep, now }, defaultSettings)).toMatchObject({
    floor,
    deep: floor === null,
    below: '1790002740.500000',
  });
});

test('pages join without a hole or an overlap, the newest first', () => {
  let round = begin({ readThrough, wholeAt: now }, { deep: false, now }, defaultSettings);
  const first = historyRange(round, page('more', '1789998000.000009', '1789997000.000001'));
  expect(first).toEqual({ from: '1789997000.000001', below: round.ceiling });
  if (!first) throw new Error('a range');
  round = historyRead(round, page('more'), first, [ts('1789998000.000009')]);
  expect(round).toMatchObject({ below: '1789997000.000001', threads: ['1789998000.000009'] });
  expect(historyRange(round, page('more'))).toBeNull();
  const last = historyRange(round, page(null));
  expect(last).toEqual({ from: round.floor, below: '1789997000.000001' });
  if (!last) throw new Error('a range');
  round = historyRead(round, page(null), last, []);
  expect([round.below, isOver(round)]).toEqual([null, false]);
});

test('replies are read oldest first, the parent aside, up to the ceiling', () => {
  const parent = ts('1789998000.000009');
  const begun = {
    ...begin({ readThrough, wholeAt: now }, { deep: false, now }, defaultSettings),
    below: null,
    threads: [parent],
  };
  const more = page('more', parent, '1789998100.000000', '1789998200.999999');
  const range = threadRange(begun, parent, more);
  expect(range).toEqual({ from: '1789998000.000010', below: '1789998201.000000' });
  if (!range) throw new Error('a range');
  const going = threadRead(begun, more, range);
  expect(going.after).toBe('1789998200.999999');
  const end = threadRange(going, parent, page(null, parent, '1789998300.000000'));
  expect(end).toEqual({ from: '1789998201.000000', below: begun.ceiling });
  const late = threadRange(going, parent, page('more', parent, '1799998300.000000'));
  expect(late?.below).toBe(begun.ceiling);
  if (!late) throw new Error('a range');
  expect(isOver(threadRead(going, page('more', parent), late))).toBe(true);
});

test("an instant as Slack's id sorts as text, to the millisecond", () => {
  expect(tsOf(new Date(1_790_000_200_007))).toBe('1790000200.007000');
});

test.each([
  [{ status: 'investigating' }, true, defaultSettings.everyMs],
  [{ status: 'investigating', channelLost: 'left' }, true, defaultSettings.lostEveryMs],
  [{ status: 'resolved', resolvedAt: at('14:00', '2026-01-10') }, true, defaultSettings.endedEveryMs],
  [{ status: 'closed', closedAt: at('14:00', '2026-01-09') }, false, defaultSettings.endedEveryMs],
] as const)('an incident that is %j is read again: %s', (over, watched, pause) => {
  const incident = makeIncident(over);
  expect([isWatched(incident, at('15:00')), pauseOf(incident, defaultSettings)]).toEqual([watched, pause]);
});

import { describe, expect, test } from '@jest/globals';
import { DAY, formatDuration, HOUR, MINUTE, parseDuration, SECOND } from '../../src/lib/duration.ts';
import { instantOf, parseRef, ts } from '../../src/lib/ids.ts';
import { jsonOf, nearest, shorten, storable, storableJson } from '../../src/lib/text.ts';

describe('lengths of time', () => {
  test.each([
    ['15m', 15 * MINUTE],
    ['PT15M', 15 * MINUTE],
    ['90s', 90 * SECOND],
    ['1h30m', 90 * MINUTE],
    ['1 hour 5 min', 65 * MINUTE],
    ['2 hours', 2 * HOUR],
    ['1.5h', 90 * MINUTE],
    ['30', 30 * MINUTE],
    ['P1D', DAY],
    ['3 days', 3 * DAY],
  ])('"%s" is read as %d ms', (text, millis) => {
    expect(parseDuration(text)).toEqual({ ok: true, value: millis });
  });

  test.each(['', '0', '0m', 'soon', '-5m', '5 parsecs', 'PT', 'yesterday 25:00', '1e9h9'])(
    '"%s" is answered with two examples',
    (text) => {
      const read = parseDuration(text);
      expect(read.ok).toBe(false);
      if (!read.ok) expect(read.no.match(/`/g)).toHaveLength(4);
    },
  );

  test.each([
    [30 * SECOND, '30 s'],
    [90 * SECOND, '1 min 30 s'],
    [15 * MINUTE, '15 min'],
    [125 * MINUTE, '2 h 05 min'],
    [3 * DAY + 4 * HOUR, '3 d 4 h'],
    [-5, '0 s'],
  ])('%d ms is said as %s', (millis, said) => {
    expect(formatDuration(millis)).toBe(said);
  });
});

describe('text that must be stored', () => {
  test('NUL and half a surrogate pair are replaced visibly, whole pairs stay', () => {
    expect(storable('a\u0000b\ud83d c\udd25 \ud83d\udd25')).toBe('a\uFFFDb\uFFFD c\uFFFD 🔥');
  });

  test('so is every string of a payload, its keys too', () => {
    expect(storableJson({ 'k\u0000': ['x\u0000', { y: 1, z: null }] })).toEqual({
      'k\uFFFD': ['x\uFFFD', { y: 1, z: null }],
    });
  });

  test('a time within a payload is written as an instant, not as an empty object', () => {
    const at = new Date('2026-11-20T03:04:05.678Z');
    expect(JSON.stringify(storableJson({ promisedAt: at, to: [at] }))).toBe(
      '{"promisedAt":"2026-11-20T03:04:05.678Z","to":["2026-11-20T03:04:05.678Z"]}',
    );
  });

  test.each([
    'plain',
    'x\u0000',
    'half \ud83d of it',
    'the other half \udd25',
    'a whole \u{1F525}',
    'typed as \\u0000 and \\ud83d',
  ])('%j as JSON is what is storable of it', (text) => {
    const value = { [text]: [text, { at: new Date(0) }] };
    expect(jsonOf(value)).toBe(JSON.stringify(storableJson(value)));
  });

  test('shortening never leaves half a pair', () => {
    expect(shorten('ab🔥🔥', 4)).toBe('ab…');
    expect(shorten('abc', 3)).toBe('abc');
  });
});

test.each([
  ['INC-42', 42],
  ['inc 42', 42],
  ['#42', 42],
  ['42', 42],
  ['INC-', null],
  ['banana', null],
])('"%s" names incident %s', (word, id) => {
  expect(parseRef(word)).toBe(id);
});

test("Slack's ts keeps its millisecond", () => {
  expect(instantOf(ts('1790000200.123456')).toISOString()).toBe('2026-09-21T14:16:40.123Z');
});

test.each([
  ['resovle', 'resolve'],
  ['updaet', 'update'],
  ['zzzzzz', null],
])('"%s" is near %s', (typed, word) => {
  expect(nearest(typed, ['resolve', 'update', 'ic', 'status'])).toBe(word);
});

import { expect, test } from '@jest/globals';
import fc from 'fast-check';
import type { Line } from '../../src/postmortems/document.ts';
import { markdown } from '../../src/postmortems/markdown.ts';
import { partsOf, wholeOf } from '../../src/postmortems/parts.ts';
import { parseSection } from '../../src/postmortems/sections.ts';
import { linesOf, newIn, ownLines, sourceOf } from '../../src/postmortems/source.ts';
import { clean, draftOf, facts } from './given.ts';

const line = fc.record({
  as: fc.constantFrom('paragraph' as const, 'item' as const),
  said: fc.array(
    fc.record(
      {
        text: fc.string({ unit: 'grapheme', minLength: 1, maxLength: 40 }),
        href: fc.constant('https://acme.slack.com/archives/C1/p1790000000000100'),
        as: fc.constantFrom('strong' as const, 'unknown' as const),
      },
      { requiredKeys: ['text'] },
    ),
    { minLength: 1, maxLength: 4 },
  ),
});

const shown = (sections: readonly Line[]) =>
  markdown({
    ref: 'INC-1',
    title: 't',
    facts: [],
    measured: [],
    wording: [],
    sections: [{ heading: 'H', body: sections }],
  });

test('a draft that was opened in a form and saved reads as it did', () => {
  const draft = draftOf(clean, facts());
  const saved = { ...draft, sections: draft.sections.map((one) => ({ ...one, body: linesOf(sourceOf(one.body)) })) };
  expect(markdown(saved)).toBe(markdown(draft));
});

test('whatever anybody wrote, saving a section once more changes nothing of it', () => {
  fc.assert(
    fc.property(fc.array(line, { maxLength: 6 }), (body) => {
      const once = linesOf(sourceOf(body));
      expect(shown(linesOf(sourceOf(once)))).toBe(shown(once));
    }),
    { numRuns: 500 },
  );
});

test('what a person types is lists, links and emphasis; all else is text that does nothing', () => {
  const typed =
    '* one\n\n**Users:** see [the graph](https://g.example/d/1), <script> <!channel> ![x](http://e)\n\\- no item\n[x](javascript:alert)';
  expect(shown(linesOf(typed))).toContain(
    '## H\n\n- one\n\n**Users:** see [the graph](https://g.example/d/1), &lt;script&gt; &lt;\\!channel&gt; \\![x](http://e)\n\n\\- no item\n\n\\[x\\](javascript:alert)',
  );
});

test('a section of any length is cut into fields and put together again; what no form holds is not cut short', () => {
  fc.assert(
    fc.property(fc.array(fc.string({ unit: 'grapheme-ascii', maxLength: 900 }), { maxLength: 40 }), (lines) => {
      const text = lines
        .map((one) => one.trim())
        .join('\n')
        .replace(/\n{3,}/g, '\n\n')
        .trim();
      const cut = partsOf(text);
      if (cut === null) return expect(text.length).toBeGreaterThan(16_000);
      expect(cut.parts.every((part) => part.length <= 2_400)).toBe(true);
      const whole = wholeOf(cut.parts, cut.glue);
      expect(whole.replace(/\s/g, '')).toBe(text.replace(/\s/g, ''));
      if (!/\S{800}/.test(text))
        expect(whole.split('\n').map((one) => one.trim())).toEqual(text.split('\n').map((one) => one.trim()));
    }),
    { numRuns: 200 },
  );
  expect(partsOf('a line of words\n'.repeat(10_000))).toBeNull();
  expect(wholeOf(['one', null, 'three'], ['line', 'paragraph'])).toBe('one\n\nthree');
});

test('sections are named by short names, headings and beginnings of headings', () => {
  expect(parseSection('factors')).toEqual({ section: 'factors', rest: '' });
  expect(parseSection('What  went well: the rollback')).toEqual({ section: 'well', rest: 'the rollback' });
  expect(parseSection('where we')).toEqual({ section: 'lucky', rest: '' });
  expect(parseSection('summary\nTwo\nlines')).toEqual({ section: 'summary', rest: 'Two\nlines' });
  expect(parseSection('what went')).toEqual({ section: null, nearest: expect.any(String) });
  expect(parseSection('timline')).toEqual({ section: null, nearest: 'timeline' });
});

test('only what the record says beyond an earlier draft and the words of people is new; what is asked for is no news', () => {
  const before = '- **Users:** slow\n- **Revenue:** *unknown, ask Dana*';
  const now = linesOf('- **Users:** slow\n- **Users:** down\n- 40 min\n- *unknown, ask Omar*: which?');
  expect(newIn(now, before, 'It took long.\n- 40 min')).toEqual(['- **Users:** down']);
  const linked = linesOf('- **Users:** [slow](https://acme.slack.com/archives/C1/p1790000000000100)');
  expect(newIn(linked, before, '')).toEqual([]);
  expect(ownLines('- **Users:** slow\n- change: build 812', before)).toBe('- change: build 812');
});

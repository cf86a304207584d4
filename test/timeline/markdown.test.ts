import { expect, test } from '@jest/globals';
import { inert, quoted } from '../../src/timeline/markdown.ts';

test.each([
  ['*bold* _it_ `code` ~no~', '\\*bold\\* \\_it\\_ \\`code\\` \\~no\\~'],
  ['[x](https://evil.example) ![i](y)', '\\[x\\](https\\://evil.example) \\!\\[i\\](y)'],
  ['<script>&amp;</script>', '&lt;script&gt;&amp;amp;&lt;/script&gt;'],
  ['# not a heading', '\\# not a heading'],
  ['- not a list', '\\- not a list'],
  ['12. not a list', '12\\. not a list'],
  ['> not a quote', '&gt; not a quote'],
  ['=====', '\\====='],
  ['a\nb\r\nc', 'a b c'],
  ['back\\slash', 'back\\\\slash'],
  ['www.evil.example', 'www\\.evil.example'],
  ['@channel', '\\@channel'],
  ['nul \u0000 bell \u0007', 'nul \uFFFD bell \uFFFD'],
])('%j shows itself and does nothing', (foreign, markdown) => {
  expect(inert(foreign)).toBe(markdown);
});

test('a quote keeps its lines, and no line becomes structure', () => {
  expect(quoted('title\n---\n\n    code?\n\\')).toBe(
    '> title\\\n> \\---\n>\n> &nbsp;&nbsp;&nbsp;&nbsp;code?\\\n> \\\\',
  );
});

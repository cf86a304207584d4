import { globSync, readFileSync } from 'node:fs';
import { describe, expect, test } from '@jest/globals';
import { blameRules } from '../../src/postmortems/blame-rules.ts';
import { ALLOWED_OF_LUCK, blameIn, blameNote } from '../../src/postmortems/blameless.ts';
import { QUOTED } from './blameless-corpus.ts';
import { OWN } from './blameless-own.ts';

const people = ['Omar', 'Dana', 'Casey', 'Erin'];
const isNoted = (text: string) => blameIn(text, { people }).length > 0;
const found = (text: string, reading = {}) => blameIn(text, reading).map((one) => one.found);

describe.each([
  ['published postmortems', QUOTED.flatMap((one) => one.blames), QUOTED.flatMap((one) => one.clean)],
  ['our own sentences', OWN.blames, OWN.clean],
])('on %s', (corpus, blames, clean) => {
  test('blame is noted, and what is no blame is left in peace', () => {
    const noted = blames.filter(isNoted).length;
    const wronged = clean.filter(isNoted);
    const [recall, precision] = [noted / blames.length, noted / (noted + wronged.length)];
    process.stdout.write(
      `blameless, ${corpus}: recall ${recall.toFixed(3)} of ${blames.length}, precision ${precision.toFixed(3)} (${wronged.length} of ${clean.length} wrongly)\n`,
    );
    expect(blames.length + clean.length).toBeGreaterThanOrEqual(60);
    expect(precision).toBeGreaterThanOrEqual(0.95);
    expect(recall).toBeGreaterThanOrEqual(0.8);
  });
});

test('every note gives the words, the reason and a better wording', () => {
  expect(blameIn('Root cause: human error.').map(blameNote)).toEqual([
    '“human error”: everybody errs, so it explains nothing and ends the search. Rather: what made the action look right, and what let it reach so far.',
  ]);
});

test('notes come in the order of the text, each wording once', () => {
  expect(found('He forgot it. Human error. She forgot too, human  error again; it should have paged.')).toEqual([
    'forgot',
    'Human error',
    'human  error',
    'should have paged',
  ]);
});

test('a person made the cause is seen by name or mention', () => {
  expect(found('Priya broke checkout')).toEqual([]);
  expect(found('Priya broke checkout', { people: ['Priya Raman'] })).toEqual(['Priya broke']);
  expect(found('<@U024BE7LH> caused the outage')).toEqual(['<@U024BE7LH> caused']);
  expect(found('it will fail to start', { people: ['Will'] })).toEqual([]);
  expect(found('xx (y) caused z', { people: ['xx (y)', '[', '.*', '$& $1', '\\', 'a'.repeat(9_000)] })).toEqual([
    'xx (y) caused',
  ]);
});

test('where luck is asked for, a worse past may be told', () => {
  const luck = 'At 03:00 nobody would have noticed for hours.';
  expect(found(luck)).toEqual(['would have noticed']);
  expect(found(luck, { but: ALLOWED_OF_LUCK })).toEqual([]);
  expect(found('It could have been a lot worse.')).toEqual([]);
});

test('a policy switches rules off and adds words of its own', () => {
  const add = [{ words: 'finger trouble*', why: 'it explains nothing', instead: 'what made it look right' }];
  expect(found('human error', { policy: { off: ['human-error'], add: [] } })).toEqual([]);
  expect(blameIn('Plain finger  troubles.', { policy: { off: blameRules, add } })).toEqual([
    { found: 'finger  troubles', why: 'it explains nothing', instead: 'what made it look right' },
  ]);
});

test('a very long text is read through at once', () => {
  for (const piece of ['a', 'we ', 'should have ', 'the '.repeat(3), '\u{1F525}', "o'", 'if only ', 'fail '])
    expect(blameIn(piece.repeat(40_000), { people }).length).toBeLessThan(10);
});

test('no sentence of the product itself is noted', () => {
  const sources = globSync('src/**/*.ts').filter((path) => !/sandbox|blame-rules|blameless/.test(path));
  const sentences = sources.flatMap((path) => wordsOf(readFileSync(path, 'utf8')));
  const written = ['docs/sitrep.example.yml', 'manifest.yml'].flatMap((path) => readFileSync(path, 'utf8').split('\n'));
  // What a drill left out, and a fault of the code itself; the rest is rules by name.
  const other = /^ *off:|words:|finger|blame-rules|would have escalated to .*a drill|a flush forgot/;
  const said = [...sentences, ...written].filter((one) => !other.test(one));
  expect(sentences.length).toBeGreaterThan(500);
  expect(said.filter((one) => blameIn(one).length > 0)).toEqual([]);
});

/** What stands in quotes, with the pieces of a template between its values; comments are left out. */
function wordsOf(source: string): string[] {
  const code = source.replace(/\/\*[\s\S]*?\*\/|(?<!:)\/\/.*$/gm, '');
  const literals = code.matchAll(/'(?:[^'\\\n]|\\.)*'|"(?:[^"\\\n]|\\.)*"|`(?:[^`\\]|\\.)*`/g);
  return [...literals].map(([text]) => text.slice(1, -1)).filter((text) => /\p{L}+\W+\p{L}+/u.test(text));
}

import { readFileSync } from 'node:fs';
import { expect, test } from '@jest/globals';
import { parse } from 'yaml';
import { cardOf, parseCommand, verbNames } from '../../src/slack/command.ts';
import { manifestWith, readmeWith } from './documents.ts';

const [readme, manifest] = ['README.md', 'manifest.yml'].map((path) => readFileSync(path, 'utf8')) as [string, string];

test('the README and the manifest say what the table of verbs says; `npm run verbs` writes them anew', () => {
  expect(readme).toBe(readmeWith(readme));
  expect(manifest).toBe(manifestWith(manifest));
});

test('the hint behind /incident is short enough to be read while typing', () => {
  const hint: string = parse(manifest).features.slash_commands[0].usage_hint;
  expect(hint).toContain('help [verb]');
  expect(hint.length).toBeLessThanOrEqual(100);
});

test('every example is a command of its own verb, and no word means two verbs', () => {
  for (const verb of verbNames) expect(parseCommand(cardOf(verb).example)).toMatchObject({ kind: 'verb', verb });
  const words = verbNames.flatMap((verb) => [verb, ...cardOf(verb).also]);
  expect(words.filter((word, at) => words.indexOf(word) !== at)).toEqual([]);
});

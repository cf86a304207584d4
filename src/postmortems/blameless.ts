import type { Blameless } from '../policy.ts';
import { BLAME_RULES, type BlameRule, blameRules } from './blame-rules.ts';

/** What a text says in a way that ends the search; a note for whoever writes it, never a refusal. */
export interface Blame {
  /** The words as they stand in the text. */
  readonly found: string;
  readonly why: string;
  readonly instead: string;
}

export interface Reading {
  readonly policy?: Blameless | undefined;
  /** Names of the people of the incident: with them a sentence can be seen to make one of them the cause. */
  readonly people?: Iterable<string>;
  /** Rules that do not hold for this text. */
  readonly but?: readonly BlameRule[];
}

/** "It could easily have been worse" is what is asked for there. */
export const ALLOWED_OF_LUCK: readonly BlameRule[] = ['another-past'];

/** In the order of the text, each wording once. */
export const blameIn = (text: string, reading: Reading = {}): Blame[] => blameReader(reading)(text);

/** For many texts: what is looked for is put together once. */
export function blameReader({ policy, people = [], but = [] }: Reading): (text: string) => Blame[] {
  const person = wordFor(people);
  const off = new Set<BlameRule>([...(policy?.off ?? []), ...but]);
  const ours = blameRules
    .filter((rule) => !off.has(rule))
    .map((rule) => ({
      ...BLAME_RULES[rule],
      patterns: BLAME_RULES[rule].patterns.map((one) => patternOf(one.source, person)),
    }));
  const theirs = (policy?.add ?? []).map((one) => ({ ...one, patterns: [wordsOf(one.words)] }));
  const rules = [...ours, ...theirs];
  return (text) => {
    const seen = new Set<string>();
    return rules
      .flatMap(({ patterns, why, instead }) =>
        patterns.flatMap((pattern) =>
          [...text.matchAll(pattern)].map(({ 0: found, index }) => ({ found, why, instead, index })),
        ),
      )
      .toSorted((a, b) => a.index - b.index)
      .filter(({ found }) => seen.size < seen.add(found.toLowerCase()).size)
      .map(({ found, why, instead }) => ({ found, why, instead }));
  };
}

/** “human error”: everybody errs …; rather: what made … */
export const blameNote = ({ found, why, instead }: Blame): string => `“${found}”: ${why}. Rather: ${instead}.`;

const IRREGULAR =
  'been|known|seen|done|gone|made|run|told|taken|caught|found|thought|kept|built|set|put|held|led|left|let|sent|given|got|gotten|come|become|begun|broken|chosen|driven|fallen|felt|met|paid|shown|spoken|understood|written|lost|hit|cut|shut|brought|read(?! access| only)';
/** `should have dedicated capacity` speaks of what shall be. */
const ADJECTIVES = 'dedicated|limited|unlimited|shared|restricted|automated|detailed|distributed|replicated|need';
const PARTICIPLE = `(?:(?!(?:${ADJECTIVES})\\b)\\w{2,}ed|${IRREGULAR})\\b`;
const ADVERB = '(?:\\w+ly|also|just|then|never|even|still|already|at least)';
/** Who works on systems; not those who use them. */
const WORKERS =
  'engineer|operator|developer|admin|administrator|sysadmin|technician|analyst|contractor|employee|colleague|reviewer|responder|commander|deployer|dba|sre|intern|new hire|on-call';
const PRONOUNS = 'I|we|you|he|she|they|someone|somebody';
const MACHINE =
  'it|which|that|script|job|tool|deploy|deployment|pipeline|automation|process|system|service|change|commit|build';

function wordFor(people: Iterable<string>): string {
  const names = [...people].flatMap((name) => [name.trim(), name.trim().split(/\s+/)[0] ?? '']).filter(isName);
  // As it is written: May and Will are words too.
  const known = [...new Set(names)].map((name) => `(?-i:${literal(name)})`);
  const mention = '<@[UW][A-Z0-9]+(?:\\|[^>]*)?>';
  return `(?:${[mention, `(?:${WORKERS}|team|support|staff)s?`, PRONOUNS, ...known].join('|')})`;
}

/** Slack: a display name holds at most 80 characters. */
const isName = (name: string): boolean => name.length > 2 && name.length <= 80 && /\p{L}{2}/u.test(name);

const patternOf = (source: string, person: string): RegExp =>
  new RegExp(
    source
      .replaceAll('WORKER', `(?:${WORKERS})s?`)
      .replaceAll('PARTICIPLE', PARTICIPLE)
      .replaceAll('ADVERB', ADVERB)
      .replaceAll('MACHINE', MACHINE)
      .replaceAll(' ', '\\s+')
      .replaceAll('\\bPERSON', () => `(?<!\\w)${person}`)
      .replaceAll('PERSON', () => person),
    'gi',
  );

/** A policy's own words: a phrase, `*` for the rest of a word. */
function wordsOf(words: string): RegExp {
  const parts = words.trim().split(/\s+/);
  const pattern = parts.map((word) => literal(word).replaceAll('\\*', '\\w*')).join('\\s+');
  return new RegExp(`(?<!\\w)${pattern}(?!\\w)`, 'gi');
}

const literal = (text: string): string => text.replace(/[.*+?^${}()|[\]\\/-]/g, '\\$&');

import type { SceneName } from './scenes.ts';

/** One way to break a promise of the bot, the tests that must notice, and the round of the soak that must too. */
export interface Sabotage {
  /** What the bot would be doing wrong. */
  readonly name: string;
  readonly edits: readonly Edit[];
  /** Every one of these must go red. */
  readonly red: readonly NamedTest[];
  readonly round: Shouting;
}

export interface Round {
  readonly scene: SceneName;
  /** How Slack's events come; HTTP unless told otherwise. */
  readonly mode?: 'socket';
  /** Of the bot's processes, beside the database's. */
  readonly clock?: 'an hour behind';
}

/** The round, and the rule of the checker that must speak up in it. */
export interface Shouting extends Round {
  readonly rule: string;
}

export interface Edit {
  /** From the project's root. */
  readonly file: string;
  /** Stands in the file exactly once; else the sabotage has rotted and must be written anew. */
  readonly find: string;
  readonly replace: string;
}

export interface NamedTest {
  readonly file: string;
  /** A part of its full name, word for word. */
  readonly name: string;
}

/** The text with the edit made, or a sentence why it cannot be. */
export function edited(text: string, { file, find, replace }: Edit): { text: string } | { rotten: string } {
  const found = text.split(find).length - 1;
  if (found === 1) return { text: text.replace(find, () => replace) };
  const line = find.trim().split('\n')[0];
  return {
    rotten: `${file} holds "${line}" ${found === 0 ? 'no longer' : `${found} times`}, and exactly once is needed: bring test/prove/ up to date with it.`,
  };
}

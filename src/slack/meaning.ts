import { type Block, button } from './blocks.ts';
import { parseCommand, type Verb } from './command.ts';
import { elementLimits } from './limits.ts';
import type { Meaning } from './listeners.ts';

/** A command that may mean two things is said again by a button, which carries it. */
export interface SaidAgain {
  readonly meant: Meaning;
  /** Of the command as it was typed: whichever button is pressed, and however often, it is obeyed once. */
  readonly intent: string;
  readonly words: string;
  readonly verb: Verb;
  readonly rest: string;
}

const ACTIONS: Record<Meaning, string> = { there: 'meant-there', here: 'meant-here', anyway: 'meant-anyway' };

const MEANINGS = Object.keys(ACTIONS) as Meaning[];

/** Null when the words are too long for a button. */
export function meaningButton(
  label: string,
  meant: Meaning,
  { intent, words }: { readonly intent: string; readonly words: string },
): Block | null {
  const value = `${intent} ${words}`;
  return value.length > elementLimits.buttonValue ? null : button(label, ACTIONS[meant], value);
}

/** Null for any other button. */
export function saidAgain(action: string, value: string): SaidAgain | null {
  const meant = MEANINGS.find((one) => ACTIONS[one] === action) ?? null;
  const [, intent, words] = /^(\S+) ([\s\S]+)$/.exec(value) ?? [];
  if (meant === null || intent === undefined || words === undefined) return null;
  const command = parseCommand(words);
  return command.kind === 'verb' ? { meant, intent, words, verb: command.verb, rest: command.rest } : null;
}

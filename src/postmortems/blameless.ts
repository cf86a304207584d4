/**
 * Words the draft never writes of its own accord: each makes a person the cause, or judges the past by what was only
 * known later. Quotes of what people wrote are theirs.
 */
const BLAME: readonly { readonly pattern: RegExp; readonly instead: string }[] = [
  {
    pattern: /\b(?:human|operator|user|pilot) error\b/i,
    instead: 'what made the error possible, likely and far-reaching',
  },
  { pattern: /\b(?:should|could|would|ought to) have\b/i, instead: 'what people knew then and did' },
  { pattern: /\bfail(?:ed|ure|s)? to\b/i, instead: 'what happened, and what made it likely' },
  { pattern: /\b(?:forgot|neglected|ignored|overlooked)\b/i, instead: 'what was visible at that moment' },
  { pattern: /\b(?:careless|negligen\w*|incompeten\w*|sloppy|reckless)\b/i, instead: 'the conditions of the work' },
  { pattern: /\b(?:blame\w*|culprit|at fault|(?:his|her|their) fault|guilty)\b/i, instead: 'contributing factors' },
  { pattern: /\bmistakes?\b/i, instead: 'what made the action look right' },
  { pattern: /\b(?:the )?root causes?\b/i, instead: 'contributing factors, plural' },
  { pattern: /\b(?:obvious(?:ly)?|simply|just needed)\b/i, instead: 'leave it out: it was not obvious then' },
];

export interface Blame {
  readonly found: string;
  readonly instead: string;
}

export const blameIn = (text: string): Blame[] =>
  BLAME.flatMap(({ pattern, instead }) => {
    const found = pattern.exec(text)?.[0];
    return found === undefined ? [] : [{ found, instead }];
  });

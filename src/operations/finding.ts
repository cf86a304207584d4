import { plural } from '../lib/text.ts';

/** One line of the doctor. `mend` is a sentence of what to do; null where there is nothing to do. */
export interface Finding {
  readonly level: 'ok' | 'problem' | 'note';
  readonly what: string;
  readonly mend: string | null;
}

export const fine = (what: string): Finding => ({ level: 'ok', what, mend: null });
export const problem = (what: string, mend: string | null): Finding => ({ level: 'problem', what, mend });
export const note = (what: string, mend: string | null = null): Finding => ({ level: 'note', what, mend });

/** `problem  what — how to mend`, one line each, and the sum. */
export function report(findings: readonly Finding[]): string {
  const lines = findings.map(({ level, what, mend }) => {
    const text = mend === null ? what : `${what} — ${mend}`;
    return `${level.padEnd(WIDTH)}${text.replace(/\s*\n\s*/g, ' ')}`;
  });
  const problems = findings.filter(({ level }) => level === 'problem').length;
  return `${[...lines, '', problems === 0 ? 'No problem found.' : `${plural(problems, 'problem')} found.`].join('\n')}\n`;
}

export const exitCodeOf = (findings: readonly Finding[]): 0 | 1 =>
  findings.some(({ level }) => level === 'problem') ? 1 : 0;

const WIDTH = 'problem  '.length;

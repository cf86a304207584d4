import type { Refusal } from '../incidents/refusals.ts';
import { type Day, dayOf, plusDays } from '../lib/day.ts';
import { HOUR } from '../lib/duration.ts';
import { no, ok, type Result } from '../lib/result.ts';
import { isLikeATime, parseWhen, type Reading } from '../lib/when.ts';

/** What was said of the time of what is declared. */
interface Told {
  readonly title: string;
  readonly startedAt: Date | null;
  readonly overAt: Date | null;
}

/**
 * The times at the end of what is declared: `search was slow from 13:50 to 14:20`, `cards are declined since 14:02`.
 * Words that are no times (`from 5 to 50 percent`) belong to the title.
 */
export function timesIn(title: string, reading: Reading): Result<Told, Refusal> {
  for (const { index, 0: word } of [...title.matchAll(/(?<!\S)\(?(?:from|since)\s+/gi)].reverse()) {
    const rest = title.slice(index + word.length);
    const span = rest.length > LONGEST ? null : spanIn(rest.replace(/[).!]+$/, ''));
    if (span) return told(title.slice(0, index).replace(/[\s,;:–—-]{1,10}$/, ''), span, reading);
  }
  return ok({ title, startedAt: null, overAt: null });
}

/** `2026-11-20T14:05:00.000+01:00 until …`; a title may have 40,000 characters. */
const LONGEST = 80;

/** Which order of them is impossible; null when none is. What went unnoticed may well be noticed when it is over. */
export function outOfOrder(at: Readonly<Record<Stage, Date | null>>): { earlier: Stage; later: Stage } | null {
  for (const [earlier, later] of ORDER) {
    const [one, other] = [at[earlier], at[later]];
    if (one && other && other < one) return { earlier, later };
  }
  return null;
}

export type Stage = 'startedAt' | 'mitigatedAt' | 'overAt';

const ORDER: readonly (readonly [Stage, Stage])[] = [
  ['startedAt', 'mitigatedAt'],
  ['startedAt', 'overAt'],
  ['mitigatedAt', 'overAt'],
];

interface Span {
  readonly from: string;
  readonly to: string | null;
}

/** Null when these are no times. A dash may also stand inside a date. */
function spanIn(words: string): Span | null {
  for (const { index, 0: between } of words.matchAll(/\s+(?:to|till|until)\s+|\s*[-–—]\s*/gi)) {
    const [from, to] = [words.slice(0, index), words.slice(index + between.length)];
    if (!isLikeATime(from)) continue;
    if (/^now$/i.test(to.trim())) return { from, to: null };
    if (isLikeATime(to)) return { from, to };
  }
  return isLikeATime(words) ? { from: words, to: null } : null;
}

function told(title: string, { from, to }: Span, reading: Reading): Result<Told, Refusal> {
  const start = parseWhen(from, reading);
  if (!start.ok) return no({ why: 'not-declared-then', sentence: start.no });
  const end = to === null ? ok(null) : endOf(from.trim(), to.trim(), start.value, reading);
  if (!end.ok) return no({ why: 'not-declared-then', sentence: end.no });
  if (end.value && end.value < start.value) return no({ why: 'over-before-start', from: start.value, to: end.value });
  return ok({ title, startedAt: start.value, overAt: end.value });
}

/** A time alone is of the day that the other one names; `yesterday 23:50 to 0:20` went on past midnight. */
function endOf(from: string, to: string, start: Date, reading: Reading): Result<Date, string> {
  const [day] = /^(?:yesterday|\d{4}-\d{1,2}-\d{1,2})(?=[T\s,])/i.exec(from) ?? [];
  if (day === undefined || !/^\d{1,2}(?!\d)(?!.*ago$)/i.test(to)) return parseWhen(to, reading);
  const same = parseWhen(`${day} ${to}`, reading);
  if (!same.ok || same.value >= start) return same;
  const next = parseWhen(`${dayAfter(start, reading)} ${to}`, reading);
  return next.ok && next.value.getTime() - start.getTime() <= 12 * HOUR ? next : same;
}

const dayAfter = (at: Date, { timezone }: Reading): Day => plusDays(dayOf(at, timezone), 1);

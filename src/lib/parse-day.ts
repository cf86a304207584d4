import { type Day, dayFrom, formatDay, plusDays, weekdayOf } from './day.ts';
import { no, ok, type Result } from './result.ts';
import { shorten } from './text.ts';

/** Why no day was read: a sentence, with two ways of writing one that hold today. */
interface NotADay {
  readonly says: string;
  readonly examples: readonly [string, string];
}

/**
 * A day in words, as of `today`: `friday`, `tomorrow`, `in 2 weeks`, `1 December`, `end of month`, `2026-12-01`. What can
 * mean two days is not guessed at, and what is past is nobody's date.
 */
export function parseDay(typed: string, today: Day): Result<Day, NotADay> {
  return meant(typed, candidates(typed, today), today);
}

/** The same at the start of a sentence, as many words of it as make a day; the rest is what follows. */
export function leadingDay(typed: string, today: Day): Result<{ readonly day: Day; readonly rest: string }, NotADay> {
  const words = typed.trim().split(/\s+/);
  for (let count = Math.min(words.length, LONGEST); count > 0; count -= 1) {
    const said = words
      .slice(0, count)
      .join(' ')
      .replace(/[,;:]+$/, '');
    const read = candidates(said, today);
    if (read.length === 0) continue;
    const day = meant(said, read, today);
    return day.ok ? ok({ day: day.value, rest: words.slice(count).join(' ') }) : day;
  }
  return no(noDay(words[0] ?? '', today));
}

/** Words of a day: `by the end of next month`. */
const LONGEST = 6;

const noDay = (typed: string, today: Day): NotADay =>
  fault(`"${shorten(typed.trim(), 40)}" is not a day.`, usual(today));

function meant(typed: string, read: readonly Day[], today: Day): Result<Day, NotADay> {
  if (read.length === 0) return no(noDay(typed, today));
  // Of two readings the past one was not meant.
  const ahead = read.filter((day) => day >= today);
  const [day, other] = ahead;
  if (day === undefined) return no(fault(`${formatDay(read[0] ?? today)} is past.`, usual(today)));
  if (other !== undefined)
    return no(fault(`"${typed.trim()}" can be ${formatDay(day)} or ${formatDay(other)}.`, [day, other]));
  return day > plusDays(today, FARTHEST)
    ? no(fault(`${formatDay(day)} is more than two years away.`, usual(today)))
    : ok(day);
}

/** Whether somebody meant a day by these words, even if it is none. */
export const isLikeADay = (typed: string): boolean => MEANT.some((form) => form.test(wordsOf(typed)));

/** Misspelt weekdays as well; no word that only begins like one, such as monitoring. */
const NAME =
  '(?:(?:mo|tu|we|th|fr|sa|su)[a-z]*d[a-z]{0,2}y|mon|tues?|wed|thu(?:rs?)?|fri|sat|sun|today|tomorr?ow|yesterday|jan(?:uary)?|feb(?:ruary)?|march|april|may|june|july|aug(?:ust)?|sept?(?:ember)?|oct(?:ober)?|nov(?:ember)?|dec(?:ember)?|eow|eom|weeks?|months?|quarter|years?)';
const MEANT: readonly RegExp[] = [
  new RegExp(`^(?:(?:the|next|last|this|end|of|in|early|late|mid) )*${NAME}(?: [^ ]+){0,2}$`),
  /^\d{1,4}[/.-]\d{1,2}(?:[/.-]\d{1,4})?$/,
  /^(?:the )?\d{1,2}(?:st|nd|rd|th)$/,
  /^(?:in )?(?:\d+|an?|[a-z]{3,5}) ?(?:days?|weeks?|months?|years?)$/,
];

const FARTHEST = 2 * 366;

const fault = (why: string, examples: readonly [string, string]): NotADay => ({
  says: `${why} Write it like \`${examples[0]}\` or \`${examples[1]}\`.`,
  examples,
});

/** On a Friday "friday" would be no example. */
const usual = (today: Day): readonly [string, string] => [
  weekdayOf(today) === 5 ? 'monday' : 'friday',
  plusDays(today, 14),
];

const wordsOf = (typed: string): string =>
  typed
    .toLowerCase()
    .replace(/[\s,]+/g, ' ')
    .trim()
    .replace(/^(?:by|until|on|due) /, '')
    .replace(/[.!]+$/, '');

/** The days it may mean; none when it is no day. */
function candidates(typed: string, today: Day): Day[] {
  const words = wordsOf(typed);
  for (const [form, read] of FORMS) {
    const match = form.exec(words);
    const days = match && read(match.slice(1), today);
    if (days) return days;
  }
  return [];
}

/** Null: not this form after all. */
type Reader = (parts: (string | undefined)[], today: Day) => Day[] | null;

const DAYS = ['monday', 'tuesday', 'wednesday', 'thursday', 'friday', 'saturday', 'sunday'];
const MONTHS = [
  'january',
  'february',
  'march',
  'april',
  'may',
  'june',
  'july',
  'august',
  'september',
  'october',
  'november',
  'december',
];
const NUMBERS = ['a', 'two', 'three', 'four', 'five', 'six', 'seven', 'eight', 'nine', 'ten'];
const WEEKDAY = '(mon|tues?|wed|thu(?:rs?)?|fri|sat|sun|(?:mon|tues|wednes|thurs|fri|satur|sun)day)';

const FORMS: readonly (readonly [RegExp, Reader])[] = [
  [/^(?:today|tonight|eod|end of (?:the )?day)$/, (_, today) => [today]],
  [/^(?:tomorrow|tmrw)$/, (_, today) => [plusDays(today, 1)]],
  [/^yesterday$/, (_, today) => [plusDays(today, -1)]],
  [new RegExp(`^(?:(this|next|last) )?${WEEKDAY}$`), ([which, name = ''], today) => weekday(which, name, today)],
  [new RegExp(`^${WEEKDAY} next week$`), ([name = ''], today) => [inWeek(name, monday(today, 1))]],
  [new RegExp(`^next week ${WEEKDAY}$`), ([name = ''], today) => [inWeek(name, monday(today, 1))]],
  [/^(?:eow|(?:the )?end of (?:the |this )?week)$/, (_, today) => [inWeek('friday', monday(today, 0))]],
  [/^(?:the )?end of next week$/, (_, today) => [inWeek('friday', monday(today, 1))]],
  [/^next week$/, (_, today) => [monday(today, 1), inWeek('friday', monday(today, 1))]],
  [/^(?:eom|(?:the )?end of (?:the |this )?month)$/, (_, today) => [lastOfMonth(today, 0)]],
  [/^(?:the )?end of next month$/, (_, today) => [lastOfMonth(today, 1)]],
  [/^next month$/, (_, today) => [plusDays(lastOfMonth(today, 0), 1), lastOfMonth(today, 1)]],
  [/^(?:the )?end of ([a-z]{3,9})$/, ([name = ''], today) => endOf(name, today)],
  [
    /^(?:in |within )?(\d{1,3}|[a-z]{1,5}) ?(d|days?|w|wks?|weeks?|months?|years?)$/,
    ([count = '', unit = ''], today) => ahead(count, unit, today),
  ],
  [
    /^(\d{4})[-/.](\d{1,2})[-/.](\d{1,2})$/,
    ([year, month, day]) => real(Number(year), Number(month), Number(day)) ?? [],
  ],
  [
    /^(?:the )?(\d{1,2})(?:st|nd|rd|th)?(?: of)? ([a-z]{3,9})\.?(?: (\d{4}))?$/,
    ([day, name = '', year], today) => named(Number(day), name, year, today),
  ],
  [
    /^([a-z]{3,9})\.? (\d{1,2})(?:st|nd|rd|th)?(?: (\d{4}))?$/,
    ([name = '', day, year], today) => named(Number(day), name, year, today),
  ],
  [
    /^(\d{1,2})([/.-])(\d{1,2})(?:\2(\d{4}))?$/,
    ([one, mark, two, year], today) => numeric(Number(one), Number(two), mark === '.', year, today),
  ],
  [/^(?:the )?(\d{1,2})(?:st|nd|rd|th)$/, ([day], today) => dayOfMonth(Number(day), today)],
  [new RegExp(`^${WEEKDAY} (.+)$`), ([name = '', rest = ''], today) => both(name, rest, today)],
];

const monday = (today: Day, weeks: number): Day => plusDays(today, 1 - weekdayOf(today) + 7 * weeks);
const numberOf = (name: string): number => DAYS.findIndex((day) => day.startsWith(name.slice(0, 3)));
const inWeek = (name: string, from: Day): Day => plusDays(from, numberOf(name));

/** On a Friday, "friday" is today or in a week; "next friday" is the coming one to some and the one after it to others. */
function weekday(which: string | undefined, name: string, today: Day): Day[] {
  const coming = plusDays(today, (numberOf(name) + 1 - weekdayOf(today) + 7) % 7);
  const thisWeek = inWeek(name, monday(today, 0));
  const nextWeek = plusDays(thisWeek, 7);
  if (which === 'this') return [thisWeek];
  if (which === 'last') return [plusDays(coming, -7)];
  if (which === 'next') return coming === nextWeek || coming === today ? [nextWeek] : [coming, nextWeek];
  return coming === today ? [today, nextWeek] : [coming];
}

const monthOf = (day: Day): [number, number] => [Number(day.slice(0, 4)), Number(day.slice(5, 7))];

function lastOfMonth(today: Day, months: number): Day {
  const [year, month] = monthOf(today);
  return dayFrom(year, month + months + 1, 0);
}

function endOf(name: string, today: Day): Day[] | null {
  const month = monthNamed(name);
  if (month === null) return null;
  const [year, now] = monthOf(today);
  return [dayFrom(month < now ? year + 1 : year, month + 1, 0)];
}

function ahead(count: string, unit: string, today: Day): Day[] | null {
  const written = /^an|one$/.test(count) ? 'a' : count;
  const n = /^\d/.test(count) ? Number(count) : NUMBERS.indexOf(written) + 1;
  if (n === 0) return null;
  if (unit.startsWith('d')) return [plusDays(today, n)];
  if (unit.startsWith('w')) return [plusDays(today, 7 * n)];
  const [year, month] = monthOf(today);
  const then = month + (unit.startsWith('y') ? 12 * n : n);
  // A month after the 31st of January is the last of February.
  const same = dayFrom(year, then, Number(today.slice(8)));
  const last = dayFrom(year, then + 1, 0);
  return last < same ? [last] : [same];
}

const monthNamed = (name: string): number | null => {
  const at = MONTHS.findIndex(
    (month) => month === name || month.slice(0, 3) === name || (name === 'sept' && month === 'september'),
  );
  return at < 0 ? null : at + 1;
};

/** Null for a day that no calendar has. */
function real(year: number, month: number, day: number): Day[] | null {
  if (month < 1 || month > 12 || day < 1 || year < 1970 || year > 9_999) return null;
  const written = dayFrom(year, month, day);
  return Number(written.slice(8)) === day ? [written] : null;
}

/** The calendar day without a year is the next one; one that has just gone by was meant for this year. */
function nextOf(month: number, day: number, today: Day): Day[] {
  const [year] = monthOf(today);
  const [now, then] = [real(year, month, day)?.[0], real(year + 1, month, day)?.[0]];
  if (now !== undefined && now >= today) return [now];
  return then !== undefined && (now === undefined || then <= plusDays(today, JUST_GONE)) ? [then] : now ? [now] : [];
}

const JUST_GONE = 300;

function named(day: number, name: string, year: string | undefined, today: Day): Day[] | null {
  const month = monthNamed(name);
  if (month === null) return null;
  return year === undefined ? nextOf(month, day, today) : (real(Number(year), month, day) ?? []);
}

/** `1.12.` is the first of December; `12/01` is to some January and to others December. */
function numeric(one: number, two: number, isDotted: boolean, year: string | undefined, today: Day): Day[] {
  const read = (day: number, month: number): Day[] => {
    if (month > 12) return [];
    return year === undefined ? nextOf(month, day, today) : (real(Number(year), month, day) ?? []);
  };
  const dayFirst = read(one, two);
  return isDotted ? dayFirst : [...new Set([...dayFirst, ...read(two, one)])].sort();
}

function dayOfMonth(day: number, today: Day): Day[] {
  const [year, month] = monthOf(today);
  for (let ahead = 0; ahead < 3; ahead += 1) {
    const first = dayFrom(year, month + ahead, 1);
    const found = real(Number(first.slice(0, 4)), Number(first.slice(5, 7)), day)?.[0];
    if (found !== undefined && found >= today) return [found];
  }
  return [];
}

/** `friday 4 december`: where they differ, one of them is wrong, and nobody knows which. */
function both(name: string, rest: string, today: Day): Day[] {
  const days = candidates(rest, today);
  const fits = days.filter((day) => weekdayOf(day) === numberOf(name) + 1);
  if (fits.length > 0 || days.length === 0) return fits;
  return [...new Set([...weekday(undefined, name, today), ...days])].slice(0, 2);
}

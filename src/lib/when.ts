import { tzOffset } from '@date-fns/tz';
import { DAY, HOUR, MINUTE, type Millis, parseDuration } from './duration.ts';
import { no, ok, type Result } from './result.ts';

/** What a time that people type is read against. */
export interface Reading {
  readonly now: Date;
  /** IANA; what carries no offset of its own is meant there. */
  readonly timezone: string;
}

/** An instant of the past as people write it: `14:05`, `yesterday 14:05`, `10 min ago`, `2026-11-20 14:05`. The no is a sentence with two examples. */
export function parseWhen(typed: string, reading: Reading): Result<Date, string> {
  const found = leadingWhen(typed, reading);
  if (!found.ok) return found;
  return found.value.rest === '' ? ok(found.value.at) : no(unreadable(typed.trim()));
}

/** The same at the start of a sentence; the rest is what follows. */
export function leadingWhen(typed: string, { now, timezone }: Reading): Result<{ at: Date; rest: string }, string> {
  const text = typed.trim();
  const read = NOW.exec(text) ?? AGO.exec(text) ?? CLOCK.exec(text);
  if (!read?.groups) return no(unreadable(text));
  const [said, { ago, hour }] = [read[0].trim(), read.groups];
  const at = ago ? before(now, ago) : hour ? onTheClock(said, read.groups, now, timezone) : ok(now);
  if (at === null) return no(unreadable(said));
  if (!at.ok) return at;
  const wrong = outOfRange(at.value, now);
  if (wrong === 'future') return no(`"${said}" has not come yet. Write \`yesterday 14:05\` or \`10 min ago\`.`);
  if (wrong === 'long ago')
    return no(`"${said}" is too long ago to be right. Write \`yesterday 14:05\` or \`10 min ago\`.`);
  return ok({
    at: at.value,
    rest: text
      .slice(read[0].length)
      .replace(/^[,;:]/, '')
      .trim(),
  });
}

/** Whether somebody meant an instant by these words, even one that cannot be: `25:00`. */
export function isLikeATime(typed: string): boolean {
  const text = typed.trim();
  return [AGO, CLOCK].some((form) => form.exec(text)?.[0] === text);
}

/** Nothing is recorded of the future, nor of a time before computers counted it. */
export function outOfRange(at: Date, now: Date): 'future' | 'long ago' | null {
  if (at > now) return 'future';
  return at.getTime() > 0 ? null : 'long ago';
}

const unreadable = (said: string): string =>
  said === ''
    ? 'A time is missing. Write it like `yesterday 14:05` or `10 min ago`.'
    : `"${said.slice(0, 60)}" is not a time. Write it like \`yesterday 14:05\` or \`10 min ago\`.`;

const NOW = /^(?<now>now)(?=[,;:]?(?:\s|$))/i;
const AGO =
  /^(?<ago>an?\s+(?:hour|minute|min|day)|half an hour|\d[\d.]*\s*[a-z]+(?:\s*\d[\d.]*\s*[a-z]+)*)\s+ago(?=[,;:]?(?:\s|$))/i;
const CLOCK =
  /^(?:at\s+)?(?:(?<day>today|yesterday|\d{4}-\d{1,2}-\d{1,2})(?:\s*,?\s+(?:at\s+)?|T))?(?:(?<hour>\d{1,2})(?::(?<minute>\d{2})(?::(?<second>\d{2})(?:\.\d+)?)?\s*(?<half>[ap]m)?|\s*(?<half2>[ap]m)))\s*(?<zone>Z|UTC|GMT|[+-]\d{2}:?\d{2})?(?=[,;:]?(?:\s|$))/i;

type Groups = Readonly<Record<string, string | undefined>>;

function before(now: Date, ago: string): Result<Date, string> | null {
  const words = ago.replace(/^half an hour$/i, '30 min').replace(/^an?\s/i, '1 ');
  const length = parseDuration(words);
  return length.ok && !/^\d+$/.test(words) ? ok(new Date(now.getTime() - length.value)) : null;
}

/** Null: there is no such time. */
function onTheClock(said: string, groups: Groups, now: Date, timezone: string): Result<Date, string> | null {
  const zone = offsetOf(groups.zone);
  const place = zone === null ? timezone : zone;
  const [clock, today] = [clockOf(groups), dayOf(now, place)];
  const day = groups.day === undefined ? today : dayNamed(groups.day, today);
  if (clock === null || day === null) return null;
  const at = instantAt(said, day + clock, place, now);
  if (!at.ok) return at;
  const ahead = at.value.getTime() - now.getTime();
  // Clocks differ by seconds: who writes the minute that is about to begin means now.
  if (ahead > 0 && ahead < MINUTE) return ok(now);
  if (ahead <= 0 || groups.day !== undefined) return at;
  const yesterday = instantAt(said, day - DAY + clock, place, now);
  // Shortly after midnight `23:50` is the evening before.
  if (yesterday.ok && now.getTime() - yesterday.value.getTime() <= 12 * HOUR) return yesterday;
  return no(`${said} has not come yet today. Write \`yesterday ${said.replace(/^at\s+/i, '')}\` or \`10 min ago\`.`);
}

/** Milliseconds since midnight. */
function clockOf({ hour, minute = '0', second = '0', half, half2 }: Groups): Millis | null {
  const suffix = (half ?? half2)?.toLowerCase();
  const [h, m, s] = [Number(hour), Number(minute), Number(second)];
  if (m > 59 || s > 59 || h > 23 || (suffix !== undefined && (h < 1 || h > 12))) return null;
  const hours = suffix === undefined ? h : (h % 12) + (suffix === 'pm' ? 12 : 0);
  return hours * HOUR + m * MINUTE + s * 1_000;
}

/** A day as the instant of its midnight, were its place on UTC. */
function dayOf(now: Date, place: string | Millis): Millis {
  const local = now.getTime() + (typeof place === 'string' ? offsetAt(place, now.getTime()) : place);
  return Math.floor(local / DAY) * DAY;
}

function dayNamed(word: string, today: Millis): Millis | null {
  if (/^today$/i.test(word)) return today;
  if (/^yesterday$/i.test(word)) return today - DAY;
  const [year = 0, month = 0, day = 0] = word.split('-').map(Number);
  const at = new Date(Date.UTC(year, month - 1, day));
  return at.getUTCMonth() === month - 1 && at.getUTCDate() === day && at.getUTCFullYear() === year
    ? at.getTime()
    : null;
}

/**
 * The instant at which clocks there show this. Where they were put forward there is none, where they were put back there
 * are two: a record that guesses would be wrong by an hour.
 */
function instantAt(said: string, wall: Millis, place: string | Millis, now: Date): Result<Date, string> {
  if (typeof place === 'number') return ok(new Date(wall - place));
  const offsets = [...new Set([offsetAt(place, wall - DAY), offsetAt(place, wall + DAY)])];
  const instants = offsets.map((offset) => wall - offset).filter((at) => at + offsetAt(place, at) === wall);
  const [first, second] = instants;
  if (first === undefined) {
    const [later, earlier] = offsets.map((offset) => shown(wall - offset, place));
    return no(
      `${said} does not exist in ${place}: clocks were put forward past it. Write \`${earlier}\` or \`${later}\`.`,
    );
  }
  if (second === undefined || second > now.getTime()) return ok(new Date(first));
  const [one, other] = [first, second].map(
    (at) => `${shown(at, place).replace(' ', 'T')}${offsetShown(offsetAt(place, at))}`,
  );
  return no(
    `${said} came twice in ${place}, as clocks were put back. Write \`${one}\` or, an hour later, \`${other}\`.`,
  );
}

const offsetAt = (timezone: string, at: number): Millis => tzOffset(timezone, new Date(at)) * MINUTE;

function offsetOf(zone: string | undefined): Millis | null {
  if (zone === undefined) return null;
  const [, sign, hours, minutes] = /^([+-])(\d{2}):?(\d{2})$/.exec(zone) ?? [];
  return sign === undefined ? 0 : (Number(hours) * HOUR + Number(minutes) * MINUTE) * (sign === '-' ? -1 : 1);
}

/** `2026-11-20 14:05` */
const shown = (at: number, timezone: string): string =>
  new Date(at + offsetAt(timezone, at)).toISOString().slice(0, 16).replace('T', ' ');

function offsetShown(offset: Millis): string {
  const minutes = Math.abs(offset) / MINUTE;
  const [h, m] = [Math.floor(minutes / 60), minutes % 60].map((part) => String(part).padStart(2, '0'));
  return `${offset < 0 ? '-' : '+'}${h}:${m}`;
}

/** `2026-11-20 14:05`, as `parseWhen` reads it again. */
export const writtenAt = (at: Date, timezone: string): string => shown(at.getTime(), timezone);

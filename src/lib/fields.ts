import { z } from 'zod';
import { DAY, formatDuration, MINUTE, type Millis, parseDuration } from './duration.ts';

/** Fields of settings files: each is read strictly, and says in words what it wants. */

export interface WeeklyHours {
  /** 0 is Sunday. */
  readonly days: readonly number[];
  /** Minutes after midnight. */
  readonly opens: number;
  readonly closes: number;
}

const DAYS = ['Sun', 'Mon', 'Tue', 'Wed', 'Thu', 'Fri', 'Sat'];

export const link = (description?: string) =>
  text(
    'a link that begins with https://',
    (s) => /^https?:$/.test(URL.parse(s)?.protocol ?? '') && s.length <= 3000,
    description,
  );

/** A string by a test; what is wanted is said in our words, not by a regular expression. */
export function text(wanted: string, fits: (value: string) => boolean, description?: string) {
  const schema = z.string().refine(fits, `write ${wanted}`);
  return description === undefined ? schema : schema.meta({ description });
}

export function duration(min: Millis, max: Millis, description = 'A length of time.') {
  const wanted = `write a length of time like 15m, PT15M or 90s, from ${formatDuration(min)} to ${formatDuration(max)}`;
  return z
    .union([z.string(), z.number()], { error: wanted })
    .transform((value, context): Millis => {
      const parsed = parseDuration(String(value));
      if (parsed.ok && parsed.value >= min && parsed.value <= max) return parsed.value;
      context.addIssue({ code: 'custom', message: wanted });
      return z.NEVER;
    })
    .meta({ description, examples: ['15m', 'PT15M', '90s'] });
}

export function hours() {
  return z
    .string()
    .transform((value, context): 'always' | WeeklyHours => {
      const parsed = parseHours(value);
      if (parsed) return parsed;
      context.addIssue({ code: 'custom', message: 'write always, or days and times like "Mon-Fri 09:00-18:00"' });
      return z.NEVER;
    })
    .meta({ description: 'When promises may fall due.', examples: ['always', 'Mon-Fri 09:00-18:00'] });
}

function parseHours(value: string): 'always' | WeeklyHours | null {
  if (value.trim().toLowerCase() === 'always') return 'always';
  const match = /^([a-z,\s-]+?)\s+(\d{1,2}):(\d{2})\s*-\s*(\d{1,2}):(\d{2})$/i.exec(value.trim());
  if (!match) return null;
  const days = match[1]?.split(',').map(daysOf) ?? [];
  const [opens, closes] = [minutes(match[2], match[3]), minutes(match[4], match[5])];
  if (days.includes(null) || opens === null || closes === null || opens >= closes) return null;
  return { days: [...new Set(days.flatMap((d) => d ?? []))].sort(), opens, closes };
}

/** `Mon-Fri`, `Sat`; a range may pass the week's end. */
function daysOf(range: string): number[] | null {
  const ends = range
    .split('-')
    .map((d) => DAYS.findIndex((day) => day.toLowerCase() === d.trim().slice(0, 3).toLowerCase()));
  const [from, to = from] = ends;
  if (from === undefined || to === undefined || ends.length > 2 || ends.includes(-1)) return null;
  return Array.from({ length: ((to - from + 7) % 7) + 1 }, (_, i) => (from + i) % 7);
}

function minutes(hour: string | undefined, minute: string | undefined): number | null {
  const total = Number(hour) * 60 + Number(minute);
  return Number(minute) < 60 && total <= DAY / MINUTE ? total : null;
}

export function isTimezone(name: string): boolean {
  try {
    return new Intl.DateTimeFormat('en', { timeZone: name }) !== null;
  } catch {
    return false;
  }
}

import { no, ok, type Result } from './result.ts';

/** Milliseconds. */
export type Millis = number;

export const SECOND = 1_000;
export const MINUTE = 60 * SECOND;
export const HOUR = 60 * MINUTE;
export const DAY = 24 * HOUR;

const UNIT: Record<string, Millis> = { s: SECOND, m: MINUTE, h: HOUR, d: DAY };
const WORDS = /^\s*(\d+(?:\.\d+)?)\s*(s|m|h|d)(?:ec(?:ond)?s?|in(?:ute)?s?|(?:ou)?rs?|ays?)?/i;
const ISO = /^P(?:(\d+)D)?(?:T(?:(\d+)H)?(?:(\d+)M)?(?:(\d+)S)?)?$/i;

/** `15m`, `1h30m`, `90s`, `2 hours`, `PT15M`; a bare number is minutes. The no is a sentence with two examples. */
export function parseDuration(text: string): Result<Millis, string> {
  const typed = text.trim();
  const wrong = no(`"${typed}" is not a length of time. Write it like \`30m\` or \`1h30m\`.`);
  if (/^\d{1,6}$/.test(typed)) return Number(typed) > 0 ? ok(Number(typed) * MINUTE) : wrong;
  const iso = ISO.exec(typed);
  if (iso && typed.length > 2) {
    const [, d, h, m, s] = iso.map((x) => Number(x ?? 0)) as [number, number, number, number, number];
    const total = d * DAY + h * HOUR + m * MINUTE + s * SECOND;
    return total > 0 ? ok(total) : wrong;
  }
  let rest = typed;
  let total = 0;
  while (rest !== '') {
    const part = WORDS.exec(rest);
    if (!part) return wrong;
    total += Number(part[1]) * (UNIT[(part[2] ?? '').toLowerCase()] ?? 0);
    rest = rest.slice(part[0].length).trim();
  }
  return total > 0 && Number.isFinite(total) ? ok(Math.round(total)) : wrong;
}

/** `2 h 05 min`, `15 min`, `30 s`, `3 d 4 h`: the two largest units, for people. */
export function formatDuration(millis: Millis): string {
  const whole = Math.max(0, Math.round(millis / SECOND));
  const [d, h, m, s] = [
    Math.floor(whole / 86_400),
    Math.floor(whole / 3_600) % 24,
    Math.floor(whole / 60) % 60,
    whole % 60,
  ];
  if (d > 0) return h > 0 ? `${d} d ${h} h` : `${d} d`;
  if (h > 0) return m > 0 ? `${h} h ${String(m).padStart(2, '0')} min` : `${h} h`;
  if (m > 0) return s > 0 && m < 5 ? `${m} min ${s} s` : `${m} min`;
  return `${s} s`;
}

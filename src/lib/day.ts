import { TZDateMini } from '@date-fns/tz';

/** A day of the calendar, `2026-12-01`. Text: days compare as they are written, and a Date would be an instant. */
export type Day = string;

/** Which day it is there at that moment. */
export function dayOf(at: Date, timezone: string): Day {
  const local = new TZDateMini(at.getTime(), timezone);
  return dayFrom(local.getFullYear(), local.getMonth() + 1, local.getDate());
}

/** Months count from 1; the thirteenth is January of the next year, the day 0 the last of the month before. */
export const dayFrom = (year: number, month: number, day: number): Day =>
  new Date(Date.UTC(year, month - 1, day)).toISOString().slice(0, 10);

export const plusDays = (day: Day, days: number): Day =>
  new Date(Date.parse(day) + days * 86_400_000).toISOString().slice(0, 10);

/** Monday is 1, Sunday is 7. */
export const weekdayOf = (day: Day): number => new Date(day).getUTCDay() || 7;

/** That hour of the day by the clocks there. */
export function hourOf(day: Day, hour: number, timezone: string): Date {
  const [year = 0, month = 1, date = 1] = day.split('-').map(Number);
  return new Date(new TZDateMini(year, month - 1, date, hour, timezone).getTime());
}

/** `Tue 1 Dec 2026` */
export const formatDay = (day: Day): string => FORMAT.format(new Date(day)).replace(',', '');

const FORMAT = new Intl.DateTimeFormat('en-GB', {
  timeZone: 'UTC',
  weekday: 'short',
  day: 'numeric',
  month: 'short',
  year: 'numeric',
});

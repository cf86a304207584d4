import { TZDateMini } from '@date-fns/tz';
import type { OfficeHours } from '../policy.ts';

/** The instant itself when the office is open then, else the next opening; wall-clock times of the zone, whatever its offset that day. */
export function nextOpen(at: Date, hours: 'always' | OfficeHours, timezone: string): Date {
  if (hours === 'always' || hours.days.length === 0) return at;
  const local = new TZDateMini(at.getTime(), timezone);
  const [year, month, day] = [local.getFullYear(), local.getMonth(), local.getDate()];
  for (let ahead = 0; ahead <= 7; ahead++) {
    // Noon exists on every day of every zone; midnight does not.
    const weekday = new TZDateMini(year, month, day + ahead, 12, timezone).getDay();
    if (!hours.days.includes(weekday)) continue;
    const opens = new TZDateMini(year, month, day + ahead, 0, hours.opens, timezone).getTime();
    const closes = new TZDateMini(year, month, day + ahead, 0, hours.closes, timezone).getTime();
    if (at.getTime() < closes) return new Date(Math.max(at.getTime(), opens));
  }
  return at;
}

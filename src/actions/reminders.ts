import type { Incident } from '../incidents/incident.ts';
import type { NewJob } from '../jobs/job.ts';
import { dayOf, hourOf, plusDays } from '../lib/day.ts';
import { DAY } from '../lib/duration.ts';
import { type ActionItem, isOpenItem } from './action-item.ts';

/** By the clocks of the policy's time zone. */
const AT_HOUR = 9;
const WEEK = 7;

/**
 * When somebody is reminded of it next: the day before it is due, on the day, then every week until it is done. Without
 * a date every week; without an owner the morning after it was noted. Null for what is over.
 */
export function nextReminderAt(item: ActionItem, timezone: string): Date | null {
  if (!isOpenItem(item)) return null;
  const heard = item.heardAt ?? item.createdAt;
  const on = (day: string) => hourOf(day, AT_HOUR, timezone);
  const dated = item.dueOn === null ? on(plusDays(dayOf(heard, timezone), WEEK)) : nextRung(item.dueOn, heard, on);
  const isNew = item.owner === null && heard <= item.createdAt;
  if (!isNew) return dated;
  const morning = on(plusDays(dayOf(item.createdAt, timezone), 1));
  return new Date(Math.min(morning.getTime(), dated.getTime()));
}

function nextRung(due: string, heard: Date, on: (day: string) => Date): Date {
  const before = [plusDays(due, -1), due].map(on).find((at) => at > heard);
  if (before) return before;
  // Clocks that are changed make a week an hour shorter or longer.
  let weeks = Math.max(1, Math.floor((heard.getTime() - on(due).getTime()) / (WEEK * DAY)));
  while (on(plusDays(due, WEEK * weeks)) <= heard) weeks += 1;
  return on(plusDays(due, WEEK * weeks));
}

/** One timer for all action items of an incident, at the earliest of their times; it goes on when the incident is closed. */
export function itemsTimer(incident: Pick<Incident, 'id'>, items: readonly ActionItem[], timezone: string): NewJob[] {
  const times = items.flatMap((item) => nextReminderAt(item, timezone)?.getTime() ?? []);
  if (times.length === 0) return [];
  const runAt = new Date(times.reduce((least, time) => Math.min(least, time)));
  return [{ job: { kind: 'actions', incident: incident.id }, runAt }];
}

import { type UserId, userId } from '../lib/ids.ts';
import type { Digest } from './digest.ts';
import { isBots } from './messages.ts';

/** Asking for names costs calls; whoever comes after these is shown by id. */
const PEOPLE = 300;

/** The Slack ids a draft may have to name, those nearest to the incident first. */
export function peopleOf({ record: { incident, roles, actionItems, timeline }, voices }: Digest): UserId[] {
  const people = new Set<string>([incident.declaredBy, ...roles.map((held) => held.user)]);
  for (const { owner } of actionItems) if (owner !== null) people.add(owner);
  for (const entry of timeline) if (entry.actor !== null && !isBots(entry)) people.add(entry.actor);
  for (const { user } of voices) people.add(user);
  for (const entry of timeline) {
    if (people.size >= PEOPLE) break;
    for (const [id] of (entry.text ?? '').matchAll(USER_ID)) people.add(id);
  }
  return [...people]
    .filter((id) => ONE_USER_ID.test(id))
    .slice(0, PEOPLE)
    .map(userId);
}

/** In mentions, and bare in what the bot recorded (`Ops lead: U024BE7LH`). Slack's ids hold a digit after the letter. */
export const USER_ID = /\b[UW](?=[A-Z]*\d)[A-Z0-9]{2,}\b/g;
const ONE_USER_ID = /^[UW][A-Z0-9]{1,}$/;

import { type Incident, ref } from '../incidents/incident.ts';
import type { Policy } from '../policy.ts';
import { blameIn, blameNote } from '../postmortems/blameless.ts';
import { type Mrkdwn, md } from '../slack/mrkdwn.ts';
import { ENOUGH_ITEMS } from './action-item.ts';

/** What the words of an item are read with. */
export interface Reading {
  readonly policy: Policy['blameless'];
  /** Of the people of the incident. */
  readonly names: readonly string[];
}

/** What is noted beside what was said; it holds nothing back. */
export function remarks(incident: Incident, what: string, open: number, reading: Reading): Mrkdwn[] {
  return [...onWording(what, reading), ...(open > ENOUGH_ITEMS ? [onNumber(incident, open)] : [])];
}

const MOST_NOTES = 3;

export const onWording = (what: string, { policy, names }: Reading): Mrkdwn[] =>
  blameIn(what, { policy, people: names })
    .slice(0, MOST_NOTES)
    .map((found) => md`:speech_balloon: A note on the wording, ${blameNote(found)}`);

const onNumber = (incident: Incident, open: number): Mrkdwn =>
  md`That makes ${open} open ones, and more than five seldom get done: which matter? \`/incident actions in ${ref(incident)}\` shows them to drop the others.`;

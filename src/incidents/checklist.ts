import type { Message } from '../jobs/job.ts';
import { message, section } from '../slack/blocks.ts';
import { md } from '../slack/mrkdwn.ts';
import type { Incident } from './incident.ts';

/** What tired people forget in the first five minutes, in the card's thread where it bothers nobody. */
export function checklist(incident: Incident): Message {
  return message(md`The first five minutes`, [
    section(md`*The first five minutes*
☐ Acknowledge the alert, so that it stops paging.
☐ Size it: who feels it, and what? \`/incident impact <text>\`
☐ Severity: it is ${incident.severity}. Downgrading is free: \`/incident severity <sev>\`
☐ Someone takes command with *I'm IC*. The IC coordinates and does not debug.
☐ An ops lead digs, a comms lead tells people: *Assign roles*.`),
    section(md`*Stop the bleeding before you understand it*
What changed in the last hour? Roll back the last change · flip the kill switch · shed load · fail over · scale out · restore.
Snapshot evidence only when it takes seconds. Restarts, cache flushes and failovers in haste make the second incident.`),
  ]);
}

import type { NewJob } from '../jobs/job.ts';
import { message, section } from '../slack/blocks.ts';
import { md } from '../slack/mrkdwn.ts';
import { type Incident, ref } from './incident.ts';
import { redraw } from './redraw.ts';

/** All that may be said of a private incident where others read. */
export const privately = (incident: Pick<Incident, 'id'>) =>
  message(md`${ref(incident)} (private)`, [section(md`:lock: *${ref(incident)} (private)*`)]);

/** Somebody made the channel private: what stands outside is edited until it says nothing. */
export const madePrivate = (incident: Incident, outside: readonly string[], now: Date): NewJob[] => [
  ...redraw(incident.id, now),
  { job: { kind: 'redraw-homes', all: true }, runAt: now },
  ...outside.map((as) => ({
    job: { kind: 'edit' as const, incident: incident.id, as, message: privately(incident) },
    runAt: now,
  })),
];

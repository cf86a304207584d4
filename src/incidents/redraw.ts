import type { Message, NewJob, Place } from '../jobs/job.ts';
import type { IncidentId } from '../lib/ids.ts';

/** Everything Slack shows of an incident, drawn again from its rows; the latest drawing wins. */
export const redraw = (incident: IncidentId, now: Date): NewJob[] => [
  { job: { kind: 'draw-card', incident }, runAt: now },
  { job: { kind: 'draw-topic', incident }, runAt: now },
  { job: { kind: 'draw-announcement', incident }, runAt: now },
];

export const post = (incident: IncidentId, to: Place, message: Message, now: Date, as?: string): NewJob => ({
  job: { kind: 'post', incident, to, message, ...(as !== undefined && { as }) },
  runAt: now,
});

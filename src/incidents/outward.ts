import type { Place } from '../jobs/job.ts';
import { type Incident, isPrivate } from './incident.ts';

/** What leaves an incident's channel passes here, and fails closed: nothing of a private incident goes elsewhere. */
export const mayLeave = (incident: Pick<Incident, 'visibility'>, place: Place): boolean =>
  (place !== 'announcements' && place !== 'announcement-thread') || !isPrivate(incident);

import type { Place } from '../jobs/job.ts';
import { type Incident, isPrivate } from './incident.ts';

/** Read by everyone, not only by those in the incident's channel. */
export const isOutside = (place: Place): boolean => place === 'announcements' || place === 'announcement-thread';

/** What leaves an incident's channel passes here, and fails closed: nothing of a private incident goes elsewhere. */
export const mayLeave = (incident: Pick<Incident, 'visibility'>, place: Place): boolean =>
  !isOutside(place) || !isPrivate(incident);

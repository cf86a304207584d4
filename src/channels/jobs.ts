import type { Deps } from '../deps.ts';
import { isOpen } from '../incidents/incident.ts';
import { findIncident } from '../incidents/store.ts';
import type { Handlers } from '../jobs/job.ts';
import { findOffer } from './store.ts';
import { lookAtChannelWhenDue, loseChannel } from './transactions.ts';

/** Channels of ended incidents: asked about when they are quiet, archived when a person said so. */
export const channelJobs = (deps: Deps): Handlers<'offer-archive' | 'archive-channel'> => ({
  'offer-archive': ({ incident }, attempt) =>
    lookAtChannelWhenDue(deps, incident, `${attempt.marker}:${attempt.number}`),
  'archive-channel': async ({ incident: id }) => {
    const incident = await findIncident(deps.db, id);
    const offer = await findOffer(deps.db, id);
    // Reopened since the click.
    if (!incident?.channelId || isOpen(incident) || offer?.answer !== 'archive') return;
    await deps.slack.archiveChannel(incident.channelId);
    await loseChannel(deps, incident.channelId, 'archived');
  },
});

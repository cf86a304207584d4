import type { Deps } from '../deps.ts';
import { type Contact, contactOf, isPerson } from '../incidents/contact.ts';
import { type Incident, isDrill, isPrivate } from '../incidents/incident.ts';
import { findIncident } from '../incidents/store.ts';
import type { Handlers } from '../jobs/job.ts';
import { commandContacts, escalatesNext } from './acknowledge.ts';
import { acknowledgeWhenDue } from './transactions.ts';

/** The timer of an incident without an IC. */
export const roleJobs = (deps: Deps): Handlers<'acknowledge'> => ({
  acknowledge: async ({ incident: id }) => {
    const incident = await findIncident(deps.db, id);
    if (incident) await acknowledgeWhenDue(deps, id, await peopleBehind(deps, incident));
  },
});

/** Only of a private incident: those outside are told another thing than those inside. While Slack is silent the timer comes back. */
async function peopleBehind(deps: Deps, incident: Incident): Promise<Contact[]> {
  if (!isPrivate(incident) || isDrill(incident) || !escalatesNext(incident)) return [];
  const written = commandContacts(incident, deps.policy);
  return Promise.all(
    written.map(async (one) => contactOf(one, isPerson(one) ? null : await deps.slack.userGroup(one))),
  );
}

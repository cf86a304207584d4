import type { Deps } from '../deps.ts';
import { type Contact, contactOf, contactsOf, isPerson } from '../incidents/contact.ts';
import { type Incident, isDrill, isOpen, isPrivate } from '../incidents/incident.ts';
import { findIncident } from '../incidents/store.ts';
import type { Handlers } from '../jobs/job.ts';
import { severityOf } from '../policy.ts';
import { escalateWhenDue } from './transactions.ts';

/** The timer of an incident that lasts. */
export const escalationJobs = (deps: Deps): Handlers<'escalation'> => ({
  escalation: async ({ incident: id, since }, attempt) => {
    const incident = await findIncident(deps.db, id);
    if (!incident) return;
    const contacts = await peopleBehind(deps, incident);
    await escalateWhenDue(deps, id, new Date(since), `${attempt.marker}:${attempt.number}`, contacts);
  },
});

/** Only of a private incident: those outside are told another thing than those inside. While Slack is silent the timer comes back. */
async function peopleBehind(deps: Deps, incident: Incident): Promise<Contact[]> {
  if (!isPrivate(incident) || isDrill(incident) || !isOpen(incident)) return [];
  const written = contactsOf(severityOf(deps.policy, incident.severity), incident.mitigatedAt !== null);
  return Promise.all(
    written.map(async (one) => contactOf(one, isPerson(one) ? null : await deps.slack.userGroup(one))),
  );
}

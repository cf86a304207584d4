import type { Deps } from '../deps.ts';
import { type Contact, contactOf, contactsOf, isPerson } from '../incidents/contact.ts';
import { type Incident, isDrill, isPrivate } from '../incidents/incident.ts';
import { findIncident } from '../incidents/store.ts';
import type { Handlers } from '../jobs/job.ts';
import { severityOf } from '../policy.ts';
import { decideReminder } from './cadence.ts';
import { remindWhenDue } from './transactions.ts';

/** The timer of the promise. */
export function updateJobs(deps: Deps): Handlers<'cadence'> {
  return {
    cadence: async ({ incident: id }, attempt) => {
      const incident = await findIncident(deps.db, id);
      if (!incident) return;
      // The people who are asked for are those of the rung that is fired.
      const asOf = deps.now();
      const contacts = await peopleBehind(deps, incident, asOf);
      await remindWhenDue({ ...deps, now: () => asOf }, id, `${attempt.marker}:${attempt.number}`, contacts);
    },
  };
}

/**
 * Only a private incident must know the people behind a group: those outside are told another thing than those inside.
 * Slack is asked before the transaction; while it does not answer the timer comes back, or the rung would be spent on nobody.
 */
async function peopleBehind(deps: Deps, incident: Incident, now: Date): Promise<Contact[]> {
  const severity = severityOf(deps.policy, incident.severity);
  if (!isPrivate(incident) || isDrill(incident)) return [];
  if (decideReminder(incident, severity, now).fire !== 'full') return [];
  const written = contactsOf(severity, incident.mitigatedAt !== null);
  return Promise.all(
    written.map(async (one) => contactOf(one, isPerson(one) ? null : await deps.slack.userGroup(one))),
  );
}

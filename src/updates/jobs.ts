import type { Deps } from '../deps.ts';
import { type Incident, isDrill, isPrivate } from '../incidents/incident.ts';
import { findIncident } from '../incidents/store.ts';
import type { Handlers } from '../jobs/job.ts';
import { severityOf } from '../policy.ts';
import { decideReminder } from './cadence.ts';
import { type Contact, contactsOf, isPerson, unasked } from './contact.ts';
import { remindWhenDue } from './transactions.ts';

/** The timer of the promise. */
export function updateJobs(deps: Deps): Handlers<'cadence'> {
  return {
    cadence: async ({ incident: id }, attempt) => {
      const incident = await findIncident(deps.db, id);
      if (!incident) return;
      const contacts = await peopleBehind(deps, incident);
      await remindWhenDue(deps, id, `${attempt.marker}:${attempt.number}`, contacts);
    },
  };
}

/**
 * Only a private incident must know the people behind a group: those outside are told another thing than those inside.
 * Slack is asked before the transaction, and its silence does not hold the reminder back.
 */
async function peopleBehind(deps: Deps, incident: Incident): Promise<Contact[]> {
  const severity = severityOf(deps.policy, incident.severity);
  if (!isPrivate(incident) || isDrill(incident)) return [];
  if (decideReminder(incident, severity, deps.now()).fire !== 'full') return [];
  return Promise.all(contactsOf(severity, false).map((written) => expanded(deps, written)));
}

async function expanded(deps: Deps, written: string): Promise<Contact> {
  if (isPerson(written)) return unasked(written);
  try {
    return { written, users: (await deps.slack.userGroup(written))?.users ?? [] };
  } catch (fault) {
    deps.log.warn({ err: fault, group: written }, 'a user group was not answered; its people are not told');
    return unasked(written);
  }
}

import type { Deps } from '../deps.ts';
import { isOpen } from '../incidents/incident.ts';
import type { Handlers } from '../jobs/job.ts';
import { findPerson } from '../people/store.ts';
import { catchUp, namedBy } from './catch-up.ts';
import { mayStillRead, readCatchUp } from './transactions.ts';

/** Where the incident stands, drawn from the rows when it is sent. Bots read nothing. */
export const recordJobs = (deps: Deps): Handlers<'catch-up'> => ({
  'catch-up': async ({ incident: id, user }, attempt) => {
    await deps.names([user]);
    const standing = (await findPerson(deps.db, user))?.standing;
    if (standing === 'bot' || standing === 'deactivated') return;
    const facts = await readCatchUp(deps, id, (await deps.slack.me()).url);
    if (!facts || !isOpen(facts.incident) || !(await mayStillRead(deps, facts.incident, user))) return;
    await deps.slack.directMessage(user, catchUp(facts, await deps.names(namedBy(facts)), deps.policy, true), attempt);
  },
});

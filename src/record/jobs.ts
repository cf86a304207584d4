import type { Deps } from '../deps.ts';
import { isOpen } from '../incidents/incident.ts';
import type { Handlers } from '../jobs/job.ts';
import { findPerson } from '../people/store.ts';
import { saidSlack } from '../slack/errors.ts';
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
    const said = catchUp(facts, await deps.names(namedBy(facts)), deps.policy, true);
    await deps.slack.directMessage(user, said, attempt).catch((fault: unknown) => {
      // Slack: whoever cannot be written to, a bot say. They were not known while Slack did not answer who they are.
      if (!saidSlack(fault, 'user_not_found', 'user_disabled', 'user_not_visible', 'cannot_dm_bot')) throw fault;
    });
  },
});

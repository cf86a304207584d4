import type { Deps } from '../deps.ts';
import type { Handlers } from '../jobs/job.ts';
import { personOf } from './person.ts';
import { recordRecheck } from './transactions.ts';

export const peopleJobs = (deps: Deps): Handlers<'recheck-person'> => ({
  'recheck-person': async (job, attempt) => {
    const [user, me] = [await deps.slack.userInfo(job.user), await deps.slack.me()];
    const person = personOf(user, me.teamId, deps.now());
    if (person.standing !== 'member')
      deps.log.warn({ user: job.user, standing: person.standing, did: job.did }, 'let through unchecked');
    await recordRecheck(deps, person, job.did, attempt.marker);
  },
});

import type { Deps } from '../deps.ts';
import { isPerson } from '../incidents/contact.ts';
import type { Handlers, JobOf } from '../jobs/job.ts';
import type { Right } from './access.ts';
import { personOf } from './person.ts';
import { recordRecheck } from './transactions.ts';

export const peopleJobs = (deps: Deps): Handlers<'recheck-person'> => ({
  'recheck-person': async (job, attempt) => {
    const [user, me] = [await deps.slack.userInfo(job.user), await deps.slack.me()];
    const person = personOf(user, me.teamId, deps.now());
    if (person.standing !== 'member')
      deps.log.warn({ user: job.user, standing: person.standing, did: job.did }, 'let through unchecked');
    await recordRecheck(deps, person, job, await lacks(deps, job), attempt.marker);
  },
});

/** The right that the policy gives to groups in which they turned out not to be. */
async function lacks({ slack, policy }: Deps, { user, right }: JobOf<'recheck-person'>): Promise<Right | null> {
  const audience = right ? policy.access[right] : 'everyone';
  if (right === undefined || typeof audience === 'string' || audience.includes(user)) return null;
  for (const group of audience.filter((one) => !isPerson(one)))
    if (new Set((await slack.userGroup(group))?.users).has(user)) return null;
  return right;
}

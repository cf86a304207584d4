import type { Deps } from '../deps.ts';
import type { Handlers } from '../jobs/job.ts';
import { acknowledgeWhenDue } from './transactions.ts';

export const roleJobs = (deps: Deps): Handlers<'acknowledge'> => ({
  acknowledge: (job) => acknowledgeWhenDue(deps, job.incident),
});

import type { Deps } from '../deps.ts';
import type { Handlers } from '../jobs/job.ts';
import { comeBackWhenDue } from './transactions.ts';

/** The timer of an incident's tasks. */
export const taskJobs = (deps: Deps): Handlers<'tasks'> => ({
  tasks: ({ incident }, attempt) => comeBackWhenDue(deps, incident, `${attempt.marker}:${attempt.number}`),
});

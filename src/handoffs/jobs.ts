import type { Deps } from '../deps.ts';
import type { Handlers } from '../jobs/job.ts';
import { watchCommand } from './transactions.ts';

/** The timer of command: offers that nobody answers, and command that lasts long. */
export const handoffJobs = (deps: Deps): Handlers<'command'> => ({
  command: ({ incident }, attempt) => watchCommand(deps, incident, `${attempt.marker}:${attempt.number}`),
});

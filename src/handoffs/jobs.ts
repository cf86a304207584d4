import type { Deps } from '../deps.ts';
import type { Handlers } from '../jobs/job.ts';
import { commanderLeftUnheard } from '../roles/transactions.ts';
import { watchCommand } from './transactions.ts';

/** The timer of command: offers that nobody answers, command that lasts long, and whose holder was seen to be gone. */
export const handoffJobs = (deps: Deps): Handlers<'command'> => ({
  command: async ({ incident }, attempt) => {
    const run = `${attempt.marker}:${attempt.number}`;
    await commanderLeftUnheard(deps, incident, run);
    await watchCommand(deps, incident, run);
  },
});

import { forgetHeld, pruneHeld } from '../channels/store.ts';
import { askAboutLeftovers } from '../channels/transactions.ts';
import type { Deps } from '../deps.ts';
import { pruneIntents } from '../intents/store.ts';
import type { Handlers } from '../jobs/job.ts';
import { pruneJobs } from '../jobs/store.ts';
import { DAY, HOUR } from '../lib/duration.ts';
import { setTimersAgain, tidyLater } from './transactions.ts';

/** Slack brings events again for a day at most (Delayed Events); a week leaves room. */
const INTENTS_KEPT = 7 * DAY;

export const upkeepJobs = (deps: Deps): Handlers<'prune'> => ({
  prune: async () => {
    await pruneIntents(deps.db, new Date(deps.now().getTime() - INTENTS_KEPT));
    await forgetHeld(deps.db, null);
    await pruneHeld(deps.db, new Date(deps.now().getTime() - 2 * HOUR));
    const dropped = await pruneJobs(deps.db);
    if (dropped > 0) deps.log.warn({ dropped }, 'parked jobs that nobody looked at were dropped');
    const missing = await setTimersAgain(deps);
    if (missing > 0) deps.log.error({ missing }, 'open incidents had lost their timers; they have them again');
    await askAboutLeftovers(deps);
    await tidyLater(deps);
  },
});

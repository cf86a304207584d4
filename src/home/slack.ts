import type { Deps } from '../deps.ts';
import { userId } from '../lib/ids.ts';
import type { Heard, Listeners } from '../slack/listeners.ts';
import { openHome, redrawHomeOf } from './transactions.ts';

/** The Home tab: Slack says it at every opening. Who comes or goes may see more or less than before. */
export function homeListeners(deps: Pick<Deps, 'db' | 'now'>): Listeners {
  const again = async ({ event }: Heard) => {
    if (typeof event.user === 'string') await redrawHomeOf(deps, userId(event.user));
  };
  return {
    events: {
      app_home_opened: async ({ event }) => {
        if (event.tab === 'home' && typeof event.user === 'string') await openHome(deps, userId(event.user));
      },
      member_joined_channel: again,
      member_left_channel: again,
    },
  };
}

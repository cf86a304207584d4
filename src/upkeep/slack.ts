import type { Deps } from '../deps.ts';
import type { Listeners } from '../slack/listeners.ts';

/** The end of the app in this workspace: nothing can be said any more, and the operator must hear of it. */
export const upkeepListeners = ({ log }: Pick<Deps, 'log'>): Listeners => ({
  events: {
    tokens_revoked: async () =>
      log.error(
        'Slack revoked our tokens: reinstall the app, set SLACK_BOT_TOKEN anew and restart; what waits is then done',
      ),
    app_uninstalled: async () =>
      log.error('the app was removed from Slack: nothing more is heard or said until it is installed again'),
  },
});

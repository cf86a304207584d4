import type { Logger } from 'pino';
import type { Db } from './db/tables.ts';
import type { UserId } from './lib/ids.ts';
import type { Policy } from './policy.ts';
import type { SlackApi } from './slack/api.ts';

/** What compose.ts hands to every edge and transaction; each takes only what it uses (`Pick<Deps, 'db' | 'now'>`). */
export interface Deps {
  readonly db: Db;
  readonly slack: SlackApi;
  readonly policy: Policy;
  /** Display names, from the cache or from Slack; who cannot be found is missing. Never throws. */
  readonly names: (users: readonly UserId[]) => Promise<ReadonlyMap<UserId, string>>;
  /** Domain time. Leases and back-off use the database's own clock instead. */
  readonly now: () => Date;
  readonly log: Logger;
}

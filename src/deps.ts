import type { Logger } from 'pino';
import type { Db } from './db/tables.ts';
import type { Message } from './jobs/job.ts';
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
  /**
   * Of people and user groups that are named (`U…`, `S…`, `@handle`), those of whom Slack says that there is none. Asked
   * before a decision about them, which a silent Slack does not hold back. Never throws.
   */
  readonly unknown: <T extends string>(named: readonly T[]) => Promise<ReadonlySet<T>>;
  /** As it stands beside the field of a form, where nothing is mentioned and no markup is shown: people by their names. */
  readonly plain: (said: Message) => Promise<string>;
  /** Domain time. Leases and back-off use the database's own clock instead. */
  readonly now: () => Date;
  readonly log: Logger;
}

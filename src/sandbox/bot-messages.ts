import type { Where } from '../db/connect.ts';
import type { NextTimer } from '../jobs/store.ts';
import type { Policy } from '../policy.ts';

/** What the process of the sandbox and the process of the bot say to each other, over the channel between them alone. */

export interface BotSettings {
  readonly tokens: { readonly bot: string; readonly app: string };
  readonly slackApiUrl: string;
  readonly database: Where & { password?: string };
  readonly policy: Policy;
  readonly logLevel: 'fatal' | 'error' | 'warn' | 'info' | 'debug' | 'trace' | 'silent';
  /** The database's password; the tokens are secret by themselves. */
  readonly secrets: readonly string[];
  /** Milliseconds before real time. */
  readonly aheadMs: number;
}

export type ToBot =
  | { readonly is: 'settings'; readonly settings: BotSettings }
  /** Answered when what has become due is done, or has begun. */
  | { readonly is: 'clock'; readonly aheadMs: number; readonly question: number }
  | { readonly is: 'next-timer'; readonly question: number }
  /** Finish what was begun, then leave. */
  | { readonly is: 'stop' };

export type FromBot =
  /** All is loaded; it waits for its settings. */
  | { readonly is: 'loaded' }
  | { readonly is: 'serving'; readonly origin: string }
  /** It leaves: a sentence with the way out. */
  | { readonly is: 'refused'; readonly why: string }
  | { readonly is: 'answer'; readonly question: number; readonly timer: NextTimer | null };

export type Question = { readonly is: 'clock'; readonly aheadMs: number } | { readonly is: 'next-timer' };

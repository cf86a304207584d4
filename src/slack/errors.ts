/**
 * A Web API call that did not succeed. `outcome` is all the queue needs: `not-done` may be repeated at once, `unknown`
 * only after a look, `never` is parked and said.
 */
export class SlackFault extends Error {
  readonly method: string;
  /** Slack's own word (`name_taken`, `ratelimited`), or `timeout`, `network`, `http_503`. */
  readonly code: string;
  readonly outcome: 'not-done' | 'unknown' | 'never';
  /** Slack as a whole is away or knows our token no more: the same call to it fails whatever it says. */
  readonly isAway: boolean;
  /** Set for 429 only. */
  readonly retryAfterMs?: number;
  /** What the 429 covers: the method, or the method and channel for posts. */
  readonly limit?: string;
  /** For missing_scope: the scope that is needed. */
  readonly needed?: string;

  constructor(fault: {
    method: string;
    code: string;
    outcome: 'not-done' | 'unknown' | 'never';
    retryAfterMs?: number;
    limit?: string;
    needed?: string;
    cause?: unknown;
  }) {
    super(`${fault.method}: ${fault.code}${fault.needed ? ` (needs ${fault.needed})` : ''}`, { cause: fault.cause });
    this.name = 'SlackFault';
    this.method = fault.method;
    this.code = fault.code;
    this.outcome = fault.outcome;
    this.isAway = AWAY.has(fault.code);
    if (fault.retryAfterMs !== undefined) this.retryAfterMs = fault.retryAfterMs;
    if (fault.limit !== undefined) this.limit = fault.limit;
    if (fault.needed !== undefined) this.needed = fault.needed;
  }
}

/** True when Slack answered with one of these words. */
export const saidSlack = (fault: unknown, ...codes: string[]): fault is SlackFault =>
  fault instanceof SlackFault && codes.includes(fault.code);

/** Slack: `internal_error` and `fatal_error` may have half succeeded; `request_timeout` likewise. */
const UNKNOWN = new Set(['internal_error', 'fatal_error', 'request_timeout']);
/** Passing by themselves, or mended by the operator while the job waits: a new token, a granted scope. */
const NOT_DONE = new Set([
  'ratelimited',
  'rate_limited',
  'service_unavailable',
  'team_added_to_org',
  'org_login_required',
  'ekm_access_denied',
  'invalid_auth',
  'token_revoked',
  'token_expired',
  'account_inactive',
  'not_authed',
]);

/** Not `http_500`, `internal_error` or `fatal_error`: Slack was there, and may say it of one message for ever. */
const AWAY = new Set([
  'network',
  'timeout',
  'http_502',
  'http_503',
  'http_504',
  'service_unavailable',
  'team_added_to_org',
  'org_login_required',
  'invalid_auth',
  'token_revoked',
  'token_expired',
  'account_inactive',
  'not_authed',
]);

export function outcomeOf(code: string): SlackFault['outcome'] {
  if (UNKNOWN.has(code)) return 'unknown';
  return NOT_DONE.has(code) ? 'not-done' : 'never';
}

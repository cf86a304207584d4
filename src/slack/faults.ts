import { WebAPIHTTPError, WebAPIPlatformError, WebAPIRateLimitedError, WebAPIRequestError } from '@slack/web-api';
import { outcomeOf, SlackFault } from './errors.ts';

/** What a failed call means, whatever was thrown. Neither token nor request stands in what comes out. */
export function faultOf(method: string, error: unknown, limit: string = method): SlackFault {
  if (error instanceof SlackFault) return error;
  if (error instanceof WebAPIRequestError && error.original instanceof SlackFault) return error.original;
  if (error instanceof WebAPIRateLimitedError) return tooMany(method, limit, error.retryAfter * 1_000);
  if (error instanceof WebAPIPlatformError) return refusalOf(method, limit, error.data);
  if (error instanceof WebAPIHTTPError) return httpFault(method, error.statusCode);
  return networkFault(method, error);
}

export function refusalOf(method: string, limit: string, data: { error: string; needed?: unknown }): SlackFault {
  // What is not JSON comes from WebClient as `error`, whole: a proxy's page says nothing about what Slack did.
  if (!/^[a-z][a-z0-9_]{0,79}$/i.test(data.error)) return unreadable(method);
  if (data.error === 'ratelimited' || data.error === 'rate_limited') return tooMany(method, limit, 1_000);
  const needed = typeof data.needed === 'string' ? { needed: data.needed } : {};
  return new SlackFault({ method, code: data.error, outcome: outcomeOf(data.error), ...needed });
}

/** Only 429 says that nothing was done; what a proxy answers in Slack's place did not reach Slack. */
export function httpFault(method: string, status: number): SlackFault {
  const outcome = status >= 500 || status === 408 || status < 400 ? 'unknown' : 'not-done';
  return new SlackFault({ method, code: `http_${status}`, outcome });
}

export const unreadable = (method: string): SlackFault =>
  new SlackFault({ method, code: 'unreadable_answer', outcome: 'unknown' });

export const tooMany = (method: string, limit: string, retryAfterMs: number): SlackFault =>
  new SlackFault({ method, code: 'ratelimited', outcome: 'not-done', retryAfterMs, limit });

export function networkFault(method: string, error: unknown): SlackFault {
  const chain = causesOf(error);
  if (chain.some((cause) => NEVER_SENT.has(String(cause.code))))
    return new SlackFault({ method, code: 'network', outcome: 'not-done', cause: error });
  const isLate = chain.some((cause) => cause.name === 'TimeoutError' || String(cause.code).endsWith('_TIMEOUT'));
  return new SlackFault({ method, code: isLate ? 'timeout' : 'network', outcome: 'unknown', cause: error });
}

/** No connection stood, so no request can have arrived. */
const NEVER_SENT = new Set([
  'ECONNREFUSED',
  'ENOTFOUND',
  'EAI_AGAIN',
  'EHOSTUNREACH',
  'ENETUNREACH',
  'EADDRNOTAVAIL',
  'UND_ERR_CONNECT_TIMEOUT',
  'ERR_INVALID_URL',
  'ERR_TLS_CERT_ALTNAME_INVALID',
  'CERT_HAS_EXPIRED',
  'DEPTH_ZERO_SELF_SIGNED_CERT',
  'SELF_SIGNED_CERT_IN_CHAIN',
  'UNABLE_TO_GET_ISSUER_CERT_LOCALLY',
  'UNABLE_TO_VERIFY_LEAF_SIGNATURE',
]);

interface Cause {
  name?: unknown;
  code?: unknown;
  cause?: unknown;
  original?: unknown;
  errors?: unknown;
}

/** fetch hides the reason two causes deep, and one per address tried where a name has several. */
function causesOf(error: unknown, depth = 0): Cause[] {
  if (error === null || typeof error !== 'object' || depth > 5) return [];
  const cause = error as Cause;
  const inner = [cause.cause, cause.original, ...(Array.isArray(cause.errors) ? cause.errors : [])];
  return [cause, ...inner.flatMap((one) => causesOf(one, depth + 1))];
}

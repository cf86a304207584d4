import { createHmac, timingSafeEqual } from 'node:crypto';
import { timeLimits } from './limits.ts';

interface SignedRequest {
  /** `X-Slack-Request-Timestamp`, seconds. */
  readonly timestamp: unknown;
  /** `X-Slack-Signature`. */
  readonly signature: unknown;
  readonly rawBody: Buffer;
}

/** Why the request is not Slack's, for the log; null when it is. Bolt's own check lets timestamps of the future pass. */
export function forgeryIn({ timestamp, signature, rawBody }: SignedRequest, secret: string, now: Date): string | null {
  if (typeof timestamp !== 'string' || !/^\d{1,12}$/.test(timestamp)) return 'no timestamp';
  if (typeof signature !== 'string') return 'no signature';
  const ageMs = now.getTime() - Number(timestamp) * 1_000;
  if (Math.abs(ageMs) > timeLimits.signatureSkewMs) return ageMs > 0 ? 'timestamp too old' : 'timestamp in the future';
  const expected = createHmac('sha256', secret).update(`v0:${timestamp}:`).update(rawBody).digest('hex');
  return isEqual(signature, `v0=${expected}`) ? null : 'wrong signature';
}

function isEqual(one: string, other: string): boolean {
  const [a, b] = [Buffer.from(one), Buffer.from(other)];
  return a.length === b.length && timingSafeEqual(a, b);
}

/** Slack's rate limits: a minute's allowance per method, and one post a second per channel. Real time, not the story's. */
export type RateLimits = {
  /** Seconds to wait, or 0 when the call may go. */
  readonly waitFor: (method: string, perMinute: number, channel: string | undefined) => number;
  /** From a scripted 429: calls before then are answered the same. */
  readonly block: (method: string, forSeconds: number) => void;
  readonly blockedFor: (method: string) => number;
};

/** Short bursts are tolerated; their size is not published. */
const POST_BURST = 4;

export function createRateLimits(isOn: boolean): RateLimits {
  const buckets = new Map<string, { tokens: number; at: number }>();
  const blocked = new Map<string, number>();

  const take = (key: string, size: number, perSecond: number): number => {
    const now = performance.now() / 1_000;
    const bucket = buckets.get(key) ?? { tokens: size, at: now };
    bucket.tokens = Math.min(size, bucket.tokens + (now - bucket.at) * perSecond);
    bucket.at = now;
    buckets.set(key, bucket);
    if (bucket.tokens < 1) return Math.ceil((1 - bucket.tokens) / perSecond);
    bucket.tokens -= 1;
    return 0;
  };

  return {
    waitFor: (method, perMinute, channel) => {
      if (!isOn) return 0;
      if (method === 'chat.postMessage') return take(`post ${channel}`, POST_BURST, 1);
      return take(method, Math.max(1, perMinute), perMinute / 60);
    },
    block: (method, forSeconds) => {
      blocked.set(method, performance.now() + forSeconds * 1_000);
    },
    blockedFor: (method) => Math.max(0, Math.ceil(((blocked.get(method) ?? 0) - performance.now()) / 1_000)),
  };
}

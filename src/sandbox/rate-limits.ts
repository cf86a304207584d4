import type { Json } from './world.ts';

/** Slack's rate limits: a minute's allowance per method, and one post a second per channel. Real time, not the story's. */
type RateLimits = {
  /** Seconds to wait, or 0 when the call may go. */
  readonly waitFor: (method: string, perMinute: number, args: Json) => number;
  /** From a 429 on: calls before then are answered the same. */
  readonly block: (method: string, args: Json, forSeconds: number) => void;
  readonly blockedFor: (method: string, args: Json) => number;
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
    waitFor: (method, perMinute, args) => {
      if (!isOn) return 0;
      const key = keyOf(method, args);
      return key === method ? take(key, Math.max(1, perMinute), perMinute / 60) : take(key, POST_BURST, 1);
    },
    block: (method, args, forSeconds) => {
      blocked.set(keyOf(method, args), performance.now() + forSeconds * 1_000);
    },
    blockedFor: (method, args) => {
      const until = blocked.get(keyOf(method, args)) ?? 0;
      return Math.max(0, Math.ceil((until - performance.now()) / 1_000));
    },
  };
}

/** Posts are counted by channel, everything else by method. */
const keyOf = (method: string, args: Json): string =>
  method === 'chat.postMessage' ? `${method} ${String(args.channel)}` : method;

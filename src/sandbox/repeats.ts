import { createHash } from 'node:crypto';
import type { Json } from './world.ts';

/** Failed calls remembered, the oldest forgotten first. */
const REMEMBERED = 1_000;

/** How often the very same call has failed right before this one: Slack's clients do not say that they try again. */
export function createRepeats(): (method: string, args: Json, hasFailed: boolean) => number {
  const failures = new Map<string, number>();
  return (method, args, hasFailed) => {
    if (!hasFailed && failures.size === 0) return 0;
    const key = createHash('sha1').update(method).update(JSON.stringify(args)).digest('base64');
    const before = failures.get(key) ?? 0;
    failures.delete(key);
    if (!hasFailed) return before;
    failures.set(key, before + 1);
    const [oldest] = failures.keys();
    if (failures.size > REMEMBERED && oldest !== undefined) failures.delete(oldest);
    return before;
  };
}

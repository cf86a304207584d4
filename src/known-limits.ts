import type { Db } from './db/tables.ts';
import { limitedUntil, noteLimit } from './jobs/queue.ts';
import type { KnownLimits } from './slack/client.ts';
import type { Log } from './slack/quiet.ts';

/**
 * Slack counts for the whole app, so what one process is told holds for all: it is written down. This process also
 * remembers it itself, since calls it has already begun would otherwise go out while that is being written.
 */
export function knownLimits(db: Db, log: Log): KnownLimits {
  /** Until when, by performance.now(): no step of the clock shortens a wait. */
  const heard = new Map<string, number>();

  function isRemembered(scope: string): boolean {
    const isOn = (heard.get(scope) ?? 0) > performance.now();
    if (!isOn) heard.delete(scope);
    return isOn;
  }

  return {
    async isOn(scope) {
      const written = await limitedUntil(db, scope).catch(() => null);
      return written !== null || isRemembered(scope);
    },
    async met(scope, forMs) {
      heard.set(scope, performance.now() + forMs);
      await noteLimit(db, scope, forMs).catch((fault: unknown) =>
        log.warn({ err: fault, scope }, 'a limit was not noted'),
      );
    },
  };
}

import type { Sitrep } from '../../src/compose.ts';
import type { Millis } from '../../src/lib/duration.ts';

/** The domain's clock in the hands of a story; leases and Slack's patience go on in real time. */
export function movableClock() {
  let ahead = 0;
  const now = () => new Date(Date.now() + ahead);
  return {
    now,
    /** Hours pass at once, and every process looks what is due. */
    async pass(ms: Millis, ...processes: readonly Sitrep[]): Promise<void> {
      ahead += ms;
      for (const sitrep of processes) sitrep.wake();
      for (const sitrep of processes) await sitrep.idle();
    },
  };
}

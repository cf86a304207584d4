import type { Sandbox } from '../../src/sandbox/sandbox.ts';
import type { Json } from '../../src/sandbox/world.ts';

/** Events that Slack keeps to itself until somebody lets them go, however long that is. */
export interface Latecomers {
  /** So many of the next events stay behind. */
  keep(count: number): void;
  /** The oldest come now. */
  letGo(count?: number): void;
  waiting(): number;
}

type Routing = Sandbox['faults']['routesOf'];

export function holdBack({ faults }: Sandbox): Latecomers {
  const kept: { body: Json; release: (body: Json) => void }[] = [];
  let wanted = 0;
  const onward = faults.routesOf;
  (faults as { routesOf: Routing }).routesOf = (body, release) => {
    if (wanted === 0) return onward(body, release);
    wanted -= 1;
    kept.push({ body, release });
    return [];
  };
  return {
    keep: (count) => {
      wanted += count;
    },
    letGo: (count = kept.length) => {
      for (const { body, release } of kept.splice(0, count)) release(body);
    },
    waiting: () => kept.length,
  };
}

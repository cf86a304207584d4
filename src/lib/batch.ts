/** What a flush says of each of its items, in their order. */
export type Settled<R> = { readonly ok: true; readonly value: R } | { readonly ok: false; readonly fault: unknown };

interface Batching<T, R> {
  /** Takes many at once. When it throws, each of them is told so. */
  readonly flush: (items: readonly T[]) => Promise<readonly Settled<R>[]>;
  /** Items in one flush. */
  readonly max: number;
  /** Flushes under way at once; what comes meanwhile waits for the next. */
  readonly atOnce: number;
}

/**
 * Group commit: one that comes alone is flushed at once; those that come while flushes are under way go together in
 * the next. Nobody waits for company, so there is no timer. The answer comes after the item's own flush.
 */
export function batched<T, R>({ flush, max, atOnce }: Batching<T, R>): (item: T) => Promise<R> {
  const waiting: { item: T; resolve: (value: R) => void; reject: (fault: unknown) => void }[] = [];
  let underWay = 0;

  async function next(): Promise<void> {
    if (underWay >= atOnce || waiting.length === 0) return;
    underWay += 1;
    const taken = waiting.splice(0, max);
    try {
      const settled = await flush(taken.map(({ item }) => item));
      taken.forEach(({ resolve, reject }, n) => {
        const one = settled[n];
        if (one?.ok) resolve(one.value);
        else reject(one ? one.fault : new Error('a flush forgot an item'));
      });
    } catch (fault) {
      for (const { reject } of taken) reject(fault);
    } finally {
      underWay -= 1;
    }
    return next();
  }

  return (item) =>
    new Promise((resolve, reject) => {
      waiting.push({ item, resolve, reject });
      // Those that arrive in the same turn of the event loop go together.
      setImmediate(() => void next());
    });
}

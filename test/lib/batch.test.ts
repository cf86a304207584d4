import { expect, test } from '@jest/globals';
import { batched, type Settled } from '../../src/lib/batch.ts';

const good = <T>(value: T): Settled<T> => ({ ok: true, value });

/** A flush that is held until it is let go. */
function held() {
  const flushes: {
    items: readonly number[];
    go: (settled?: readonly Settled<number>[]) => void;
    fail: (fault: Error) => void;
  }[] = [];
  const flush = (items: readonly number[]) =>
    new Promise<readonly Settled<number>[]>((resolve, reject) => {
      flushes.push({ items, go: (settled = items.map((item) => good(item * 10))) => resolve(settled), fail: reject });
    });
  return { flushes, flush };
}
const turn = () => new Promise((resolve) => setImmediate(() => setImmediate(resolve)));

test('one that comes alone is flushed at once; those that come meanwhile go together', async () => {
  const { flushes, flush } = held();
  const add = batched({ flush, max: 100, atOnce: 1 });
  const first = add(1);
  await turn();
  const others = [add(2), add(3), add(4)];
  await turn();
  expect(flushes.map(({ items }) => items)).toEqual([[1]]);
  flushes[0]?.go();
  expect(await first).toBe(10);
  await turn();
  expect(flushes[1]?.items).toEqual([2, 3, 4]);
  flushes[1]?.go();
  expect(await Promise.all(others)).toEqual([20, 30, 40]);
});

test('a flush holds at most so many, and at most so many run at once', async () => {
  const { flushes, flush } = held();
  const add = batched({ flush, max: 2, atOnce: 2 });
  const all = [1, 2, 3, 4, 5].map((n) => add(n));
  await turn();
  expect(flushes.map(({ items }) => items)).toEqual([
    [1, 2],
    [3, 4],
  ]);
  flushes[1]?.go();
  await turn();
  expect(flushes[2]?.items).toEqual([5]);
  flushes[0]?.go();
  flushes[2]?.go();
  expect(await Promise.all(all)).toEqual([10, 20, 30, 40, 50]);
});

test('one item may fail while its company succeeds', async () => {
  const add = batched<number, number>({
    flush: async () => [good(1), { ok: false, fault: new Error('bad row') }],
    max: 10,
    atOnce: 1,
  });
  const [one, two] = await Promise.allSettled([add(1), add(2)]);
  expect(one).toEqual({ status: 'fulfilled', value: 1 });
  expect(two).toMatchObject({ status: 'rejected', reason: { message: 'bad row' } });
});

test('a flush that fails tells each of its items, and the next goes on', async () => {
  const { flushes, flush } = held();
  const add = batched({ flush, max: 10, atOnce: 1 });
  const lost = Promise.allSettled([add(1), add(2)]);
  await turn();
  flushes[0]?.fail(new Error('no database'));
  expect((await lost).map(({ status }) => status)).toEqual(['rejected', 'rejected']);
  const after = add(3);
  await turn();
  flushes[1]?.go();
  expect(await after).toBe(30);
});

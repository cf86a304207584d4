/** The child's end of processes.ts: what it was given, and how it says that it is ready. */
export const given = <T>(): T => JSON.parse(process.env.GIVEN ?? '{}') as T;

/** Stays until it is told to stop, or the parent is gone. */
export function ready(answer: object, stop: () => Promise<unknown>): void {
  const leave = () => void stop().finally(() => process.exit(0));
  process.once('message', leave);
  process.once('disconnect', leave);
  process.send?.(answer);
}

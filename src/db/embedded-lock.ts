import { open } from 'node:fs/promises';
import { setTimeout } from 'node:timers/promises';

/**
 * Does `work` while no other process holds the same file. The lock is the kernel's (SQLite takes it for us), so it is gone
 * with a process that was killed; a lock file with a pid in it would need a guess.
 */
export async function underLock<T>(file: string, work: () => Promise<T>, patience = 120_000): Promise<T> {
  const { DatabaseSync } = await quietly(() => import('node:sqlite'));
  // Whoever may read it could hold it.
  await (await open(file, 'a', 0o600)).close();
  const lock = new DatabaseSync(file, { timeout: 0 });
  try {
    const until = Date.now() + patience;
    while (!isTaken(() => lock.exec('begin exclusive'))) {
      if (Date.now() > until) throw new Error(`Another process has held ${file} for too long: end it and start again.`);
      await setTimeout(25);
    }
    return await work();
  } finally {
    lock.close();
  }
}

const SQLITE_BUSY = 5;

function isTaken(take: () => void): boolean {
  try {
    take();
    return true;
  } catch (fault) {
    if (fault instanceof Error && 'errcode' in fault && fault.errcode === SQLITE_BUSY) return false;
    throw fault;
  }
}

/** Node calls this module experimental in a warning, which would be the first line a newcomer reads. */
async function quietly<T>(load: () => Promise<T>): Promise<T> {
  const emit = process.emitWarning;
  process.emitWarning = () => {};
  try {
    return await load();
  } finally {
    process.emitWarning = emit;
  }
}

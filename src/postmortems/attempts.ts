import type { Status } from '../db/tables.ts';
import type { KeyEntry } from './key-entries.ts';

/** What was called mitigated or resolved, and whether that held. */
export interface Attempt {
  /** Mitigated, resolved, or one after the other; never empty. */
  readonly called: readonly KeyEntry[];
  /** The change of status that took it back; null while it holds. */
  readonly undone: KeyEntry | null;
}

const DONE: readonly unknown[] = ['mitigated', 'resolved'] satisfies Status[];
const AT_WORK: readonly unknown[] = ['investigating', 'identified'] satisfies Status[];

/** In their order; only the last can be one that held. */
export function attemptsOf(key: readonly KeyEntry[]): readonly Attempt[] {
  const attempts: Attempt[] = [];
  let called: KeyEntry[] = [];
  for (const one of key) {
    if (one.entry.kind !== 'status_changed') continue;
    const { to } = one.entry.payload;
    if (DONE.includes(to)) called.push(one);
    if (!AT_WORK.includes(to) || called.length === 0) continue;
    attempts.push({ called, undone: one });
    called = [];
  }
  return called.length > 0 ? [...attempts, { called, undone: null }] : attempts;
}

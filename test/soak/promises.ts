import { sql } from 'kysely';
import type { Db } from '../../src/db/tables.ts';
import { type Policy, severityOf } from '../../src/policy.ts';
import type { PromiseSeen } from './evidence.ts';

/** Looks at the promises that stand, every so often, so that one which nobody reminded of is noticed afterwards. */
interface Lookout {
  readonly seen: () => readonly PromiseSeen[];
  stop(): Promise<void>;
}

const EVERY_MS = 400;

export function watchPromises(db: Db, policy: Policy): Lookout {
  const seen = new Map<string, PromiseSeen>();
  const stopping = new AbortController();

  const look = async () => {
    const at = Date.now();
    const rows = await db
      .selectFrom('incidents')
      .select(['id', 'severity', 'cadenceMs', 'promiseDueAt', 'promiseMadeAt', 'snoozedUntil'])
      .where('promiseDueAt', 'is not', null)
      .where(sql<boolean>`status not in ('resolved', 'closed', 'canceled')`)
      .execute();
    for (const row of rows) {
      const dueAt = row.promiseDueAt?.getTime() ?? 0;
      const key = `${row.id}:${dueAt}`;
      const before = seen.get(key);
      const cadenceMs = row.cadenceMs ?? severityOf(policy, row.severity).updateEvery;
      const snoozed = row.snoozedUntil?.getTime() ?? null;
      seen.set(key, {
        incident: row.id,
        dueAt,
        // A severity may change and leave the time alone: the slower of its cadences is what can be asked for.
        cadenceMs: Math.max(cadenceMs, before?.cadenceMs ?? 0),
        madeAt: row.promiseMadeAt?.getTime() ?? null,
        lastSeen: at,
        snoozedUntil: Math.max(snoozed ?? 0, before?.snoozedUntil ?? 0) || null,
      });
    }
  };

  const watching = (async () => {
    while (!stopping.signal.aborted) {
      // While the database is away there is nothing to be seen.
      await look().catch(() => {});
      await new Promise((resolve) => setTimeout(resolve, EVERY_MS));
    }
  })();

  return {
    seen: () => [...seen.values()],
    stop: async () => {
      stopping.abort();
      await watching;
    },
  };
}

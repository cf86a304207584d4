import { readFileSync } from 'node:fs';
import type { Fleet } from './fleet.ts';

/** At these ages a process is weighed; between them is where growth would be seen. */
const AGES_S = [5, 30, 60, 300, 900, 1_800, 3_600] as const;

export interface MemorySeen {
  /** RSS in bytes of every process that lived so long. */
  readonly byAge: ReadonlyMap<number, readonly number[]>;
  readonly most: number;
}

/** Weighs the fleet's processes once a second; `stop` answers what was seen. Nothing is seen where there is no /proc. */
export function watchMemory(fleet: Pick<Fleet, 'berths'>): { stop(): MemorySeen } {
  const byAge = new Map<number, number[]>(AGES_S.map((age) => [age, []]));
  const born = new Map<number, { at: number; weighed: number }>();
  let most = 0;
  const weigh = () => {
    for (const { pid } of fleet.berths) {
      const [id, rss] = [pid(), rssOf(pid())];
      if (id === null || rss === null) continue;
      most = Math.max(most, rss);
      const life = born.get(id) ?? { at: performance.now(), weighed: 0 };
      born.set(id, life);
      const due = AGES_S[life.weighed];
      if (due === undefined || performance.now() - life.at < due * 1_000) continue;
      byAge.get(due)?.push(rss);
      life.weighed += 1;
    }
  };
  const timer = setInterval(weigh, 1_000);
  return {
    stop: () => {
      clearInterval(timer);
      return { byAge, most };
    },
  };
}

/** `118 MB at 5 s (12), 131 MB at 60 s (4); 160 MB at most`: medians, and of how many processes. */
export function memoryLine({ byAge, most }: MemorySeen): string {
  const told = [...byAge].flatMap(([age, seen]) => {
    const middle = seen.toSorted((a, b) => a - b)[Math.floor(seen.length / 2)];
    return middle === undefined ? [] : [`${megabytes(middle)} at ${age} s (${seen.length})`];
  });
  return most === 0 ? 'not seen here' : [told.join(', '), `${megabytes(most)} at most`].filter(Boolean).join('; ');
}

const megabytes = (bytes: number): string => `${Math.round(bytes / 2 ** 20)} MB`;

function rssOf(pid: number | null): number | null {
  try {
    const kilobytes = /VmRSS:\s+(\d+) kB/.exec(readFileSync(`/proc/${pid}/status`, 'utf8'))?.[1];
    return kilobytes === undefined ? null : Number(kilobytes) * 1024;
  } catch {
    return null;
  }
}

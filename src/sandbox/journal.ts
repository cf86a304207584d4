/** One line of what went over the wire or was done by somebody. `at` is the workspace's clock, `ms` real milliseconds. */
export type Entry = { readonly seq: number; readonly at: Date } & (
  | { kind: 'act'; who: string; what: string }
  | {
      kind: 'call';
      /** With ` [answer lost]` or ` [dropped]` when the app got no answer. */
      method: string;
      args: Record<string, unknown>;
      answer: unknown;
      status: number;
      ms: number;
      /** How often the very same call had failed right before. */
      retry: number;
    }
  | {
      kind: 'delivery';
      what: 'event' | 'command' | 'interactive';
      name: string;
      payload: Record<string, unknown>;
      attempt: number;
      /** `acked`, or why not. */
      outcome: string;
      answer: unknown;
      ms: number;
    }
  | { kind: 'socket' | 'fault' | 'bot' | 'clock' | 'story'; what: string }
  | { kind: 'violation'; what: string }
);

type Draft = Entry extends infer E ? (E extends Entry ? Omit<E, 'seq' | 'at'> : never) : never;

export type Journal = {
  readonly entries: readonly Entry[];
  record: (draft: Draft) => void;
  /** Told once after every batch of changes; the returned function stops it. */
  onChange: (listener: () => void) => () => void;
  changed: () => void;
  clear: () => void;
  /** The last lines for people. */
  tail: (lines?: number) => string;
  calls: (method?: string) => Extract<Entry, { kind: 'call' }>[];
  deliveries: (name?: string) => Extract<Entry, { kind: 'delivery' }>[];
  /** What the app did that Slack forbids or silently ignores. */
  violations: () => string[];
};

/** `keeps`: lines at most, the oldest go first. */
export function createJournal(now: () => Date, keeps = 20_000): Journal {
  const entries: Entry[] = [];
  const listeners = new Set<() => void>();
  let seq = 0;
  let pending = false;
  const changed = () => {
    if (pending) return;
    pending = true;
    setImmediate(() => {
      pending = false;
      for (const listener of [...listeners]) listener();
    });
  };
  return {
    entries,
    changed,
    clear: () => {
      entries.length = 0;
      changed();
    },
    record: (draft) => {
      seq += 1;
      entries.push({ ...draft, seq, at: now() });
      if (entries.length > keeps) entries.splice(0, Math.ceil(keeps / 10));
      changed();
    },
    onChange: (listener) => {
      listeners.add(listener);
      return () => listeners.delete(listener);
    },
    tail: (lines = 25) => entries.slice(-lines).map(lineOf).join('\n'),
    calls: (method) => entries.filter((e) => e.kind === 'call').filter((e) => !method || e.method === method),
    deliveries: (name) => entries.filter((e) => e.kind === 'delivery').filter((e) => !name || e.name === name),
    violations: () => entries.filter((e) => e.kind === 'violation').map((e) => e.what),
  };
}

function lineOf(entry: Entry): string {
  const head = `${String(entry.seq).padStart(5)} ${entry.at.toISOString().slice(11, 23)}`;
  switch (entry.kind) {
    case 'act':
      return `${head} ${entry.who} ${entry.what}`;
    case 'call':
      return `${head} → ${entry.method} ${brief(entry.args)} ⇒ ${entry.status} ${brief(entry.answer)} (${entry.ms} ms)`;
    case 'delivery':
      return `${head} ← ${entry.what} ${entry.name}#${entry.attempt} ${entry.outcome} ${brief(entry.answer)} (${entry.ms} ms)`;
    default:
      return `${head} ${entry.kind}: ${entry.what}`;
  }
}

function brief(value: unknown): string {
  const text = JSON.stringify(value) ?? '';
  return text.length > 220 ? `${text.slice(0, 219)}…` : text;
}

/** What is left of T when it is not falsy. */
export type Truthy<T> = Exclude<T, false | 0 | '' | null | undefined>;

/**
 * Resolves with the first truthy answer of `condition`, asked again upon every change of the workspace (and now and then,
 * for what the workspace cannot see, such as a database). Fails with the journal's last lines.
 */
export function until<T>(
  journal: Journal,
  condition: () => T | Promise<T>,
  { timeoutMs = 10_000, what = condition.toString().slice(0, 200) } = {},
): Promise<Truthy<T>> {
  return new Promise((resolve, reject) => {
    let asking = false;
    let again = false;
    let done = false;
    const end = (settle: () => void) => {
      done = true;
      stop();
      clearInterval(poll);
      clearTimeout(limit);
      settle();
    };
    const ask = async () => {
      if (asking) {
        again = true;
        return;
      }
      asking = true;
      try {
        do {
          again = false;
          const answer = await condition();
          if (answer && !done) end(() => resolve(answer as Truthy<T>));
        } while (again && !done);
      } catch (error) {
        if (!done) end(() => reject(error));
      } finally {
        asking = false;
      }
    };
    const stop = journal.onChange(() => void ask());
    const poll = setInterval(() => void ask(), 200);
    const limit = setTimeout(() => {
      end(() => reject(new Error(`Waited ${timeoutMs} ms for: ${what}\n--- the journal ends with\n${journal.tail()}`)));
    }, timeoutMs);
    void ask();
  });
}

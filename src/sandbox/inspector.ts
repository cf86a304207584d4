import { isJson } from './check.ts';
import type { Inspector, JournalFilter, Line } from './controls.ts';
import type { Entry, Journal } from './journal.ts';

export function createInspector(journal: Journal): Inspector {
  return {
    find: (filter = {}) => found(journal.entries, filter),
    names: () => [...new Set(journal.entries.flatMap((entry) => (isTraffic(entry) ? [nameOf(entry)] : [])))].sort(),
    violations: () => journal.violations().length,
    clear: () => journal.clear(),
  };
}

/** From the end, so that a full journal costs no more than what is shown. */
function found(entries: readonly Entry[], { limit = 200, after = 0, ...filter }: JournalFilter): Line[] {
  const lines: Line[] = [];
  for (let at = entries.length - 1; at >= 0 && lines.length < limit; at -= 1) {
    const entry = entries[at];
    if (!entry || entry.seq <= after) break;
    if (filter.kinds && !filter.kinds.includes(entry.kind)) continue;
    const line = lineFor(entry);
    if (fits(line, filter)) lines.push(line);
  }
  return lines;
}

const fits = (line: Line, { name, channel, failedOnly }: JournalFilter): boolean =>
  (name === undefined || line.name === name) &&
  (channel === undefined || line.channel === channel) &&
  (!failedOnly || line.failed);

function lineFor(entry: Entry): Line {
  const { seq, at, kind } = entry;
  const line = {
    seq,
    at,
    kind,
    name: nameOf(entry),
    channel: null,
    ms: null,
    outcome: '',
    failed: false,
    retry: 0,
    entry,
  };
  if (entry.kind === 'call') {
    const outcome = answered(entry);
    const failed = outcome !== '200 ok';
    return { ...line, channel: channelOfCall(entry), ms: entry.ms, outcome, failed, retry: entry.retry };
  }
  if (entry.kind === 'delivery') {
    const { ms, outcome, attempt: retry, payload } = entry;
    return { ...line, channel: channelOfPayload(payload), ms, outcome, failed: outcome !== 'acked', retry };
  }
  return { ...line, failed: entry.kind === 'violation' };
}

const isTraffic = ({ kind }: Entry): boolean => kind === 'call' || kind === 'delivery';

const LOST = / \[(.+)\]$/;

function nameOf(entry: Entry): string {
  if (entry.kind === 'call') return entry.method.replace(LOST, '');
  if (entry.kind === 'delivery') return entry.name;
  return entry.kind === 'act' ? `${entry.who} ${entry.what}` : entry.what;
}

function answered({ method, status, answer }: Extract<Entry, { kind: 'call' }>): string {
  const lost = LOST.exec(method)?.[1];
  if (lost) return lost;
  if (!isJson(answer)) return `${status} ${String(answer)}`;
  return answer.ok === true ? `${status} ok` : `${status} ${String(answer.error)}`;
}

function channelOfCall({ args, answer }: Extract<Entry, { kind: 'call' }>): string | null {
  const made = isJson(answer) && isJson(answer.channel) ? answer.channel.id : undefined;
  return firstText(args.channel, args.channel_id, made);
}

function channelOfPayload(payload: Record<string, unknown>): string | null {
  const { event, channel, container } = payload;
  const of = (held: unknown, name: string) => (isJson(held) ? held[name] : undefined);
  return firstText(
    payload.channel_id,
    of(channel, 'id'),
    of(container, 'channel_id'),
    of(event, 'channel'),
    of(event, 'channel_id'),
    of(of(event, 'item'), 'channel'),
    of(of(event, 'channel'), 'id'),
  );
}

const firstText = (...values: unknown[]): string | null =>
  values.find((value): value is string => typeof value === 'string' && value !== '') ?? null;

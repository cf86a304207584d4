import { z } from 'zod';
import { instantOf, type Ts, ts } from '../lib/ids.ts';
import type { HistoryPage } from '../slack/api.ts';
import type { ReconcileSettings } from './settings.ts';

const MessageTs = z.string().min(1).transform(ts);

/**
 * One reading of a channel: its history from the newest down to `floor`, then threads, a page at a time. Pages are
 * bounded by message ids, not by Slack's cursors, so that a reading may rest and go on; what lies between two
 * neighbouring bounds was seen whole.
 */
export const Round = z.object({
  /** From end to end, with every thread. */
  deep: z.boolean(),
  /** Everything here is older than this. */
  ceiling: MessageTs,
  /** Null: the beginning of the channel. */
  floor: MessageTs.nullable(),
  /** History has been read down to here; null once it is done. */
  below: MessageTs.nullable(),
  /** Parents whose replies are still to be read. */
  threads: z.array(MessageTs),
  /** The first of them has been read up to here. */
  after: MessageTs.nullable(),
});
export type Round = z.infer<typeof Round>;

/** What is known of the last reading. */
export interface Mark {
  readonly readThrough: Ts | null;
  readonly wholeAt: Date | null;
}

export function begin(
  mark: Mark,
  asked: { deep: boolean; now: Date },
  { settledMs, rereadMs, deepEveryMs }: ReconcileSettings,
): Round {
  const ceiling = tsOf(new Date(asked.now.getTime() - settledMs));
  const isStale = mark.wholeAt === null || asked.now.getTime() - mark.wholeAt.getTime() >= deepEveryMs;
  const deep = asked.deep || isStale || mark.readThrough === null;
  const floor =
    deep || mark.readThrough === null ? null : tsOf(new Date(instantOf(mark.readThrough).getTime() - rereadMs));
  return { deep, ceiling, floor, below: ceiling, threads: [], after: null };
}

/** The range a page of history covers; `from` is in, `below` is out. */
export interface Range {
  readonly from: Ts;
  readonly below: Ts;
}

const BEGINNING = ts('0000000000.000000');

/** Newest first. Null when Slack shows nothing here and yet says that there is more. */
export function historyRange(round: Round, page: HistoryPage): Range | null {
  const below = round.below ?? round.ceiling;
  if (page.nextCursor === null) return { from: round.floor ?? BEGINNING, below };
  const oldest = page.messages.at(-1);
  return oldest ? { from: ts(oldest.ts), below } : null;
}

/** Oldest first, the parent on every page besides. */
export function threadRange(round: Round, parent: Ts, page: HistoryPage): Range | null {
  const from = after(round.after ?? parent);
  if (page.nextCursor === null) return { from, below: round.ceiling };
  const newest = page.messages.findLast((message) => message.ts !== parent);
  if (!newest) return null;
  const read = after(ts(newest.ts));
  if (read > round.ceiling) return { from, below: round.ceiling };
  return { from, below: read };
}

export function historyRead(round: Round, page: HistoryPage, range: Range, parents: readonly Ts[]): Round {
  const threads = [...new Set([...round.threads, ...parents])];
  return { ...round, threads, below: page.nextCursor === null ? null : range.from };
}

export function threadRead(round: Round, page: HistoryPage, range: Range): Round {
  const hasMore = page.nextCursor !== null && range.below < round.ceiling;
  if (hasMore) return { ...round, after: before(range.below) };
  return { ...round, threads: round.threads.slice(1), after: null };
}

export const isOver = (round: Round): boolean => round.below === null && round.threads.length === 0;

/** Slack's message id of an instant. */
export const tsOf = (at: Date): Ts => {
  const whole = Math.floor(at.getTime() / 1_000);
  return ts(`${String(whole).padStart(10, '0')}.${String(at.getTime() % 1_000).padStart(3, '0')}000`);
};

const after = (message: Ts): Ts => shifted(message, 1n);
const before = (message: Ts): Ts => shifted(message, -1n);

/** The neighbouring id; ids are ten digits and six, compared as text. */
function shifted(message: Ts, by: bigint): Ts {
  const [seconds = '0', fraction = ''] = message.split('.');
  const micros = BigInt(seconds) * 1_000_000n + BigInt(fraction.padEnd(6, '0').slice(0, 6)) + by;
  const digits = micros.toString().padStart(16, '0');
  return ts(`${digits.slice(0, -6)}.${digits.slice(-6)}`);
}

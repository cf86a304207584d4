import { createHash } from 'node:crypto';
import { z } from 'zod';
import type { EntryRow } from '../db/tables.ts';
import { instantOf, type Ts, ts } from '../lib/ids.ts';
import { storable } from '../lib/text.ts';
import type { Pinned, SlackMessage } from '../slack/api.ts';
import type { NewEntry } from '../timeline/entry.ts';
import { messageFromHistory, type Self } from '../timeline/message.ts';

/** What the record holds on a message: itself, its edits, its deletion and its marks. */
export type Known = Pick<
  EntryRow,
  'id' | 'identity' | 'kind' | 'occurredAt' | 'actor' | 'text' | 'ts' | 'source' | 'payload'
>;

export interface Reading {
  readonly messages: readonly SlackMessage[];
  /** Everything recorded on these messages. */
  readonly known: readonly Known[];
  /** What is younger may not have been seen by this reading. */
  readonly asOf: Date;
  readonly self: Self;
}

/** What Slack shows and the record lacks: messages, edits, reactions. */
export function differences({ messages, known, asOf, self }: Reading): NewEntry[] {
  const rows: Map<string, Known[]> = Map.groupBy(known, (row): string => row.ts ?? '');
  return messages.flatMap((message) => {
    const held = rows.get(message.ts) ?? [];
    if (held.some((row) => row.kind === 'message_deleted')) return [];
    const identities = new Set(held.map((row) => row.identity));
    const read = messageFromHistory(message, self).filter(
      (entry) => !identities.has(entry.identity) && entry.occurredAt <= asOf,
    );
    const silent = silentEdit(message, held, asOf, self);
    return [...read, ...(silent ? [silent] : []), ...reactions(message, held, asOf)];
  });
}

/**
 * Apps change their messages without Slack calling it an edit, and its event is taken for a link preview. The identity
 * is of the words: found again, it is the same edit.
 */
function silentEdit(message: SlackMessage, held: readonly Known[], asOf: Date, self: Self): NewEntry | null {
  const said = held.filter((row) => row.kind === 'message' || row.kind === 'message_edited');
  const isOurs = message.user === self.userId || message.bot_id === self.botId;
  // An edit Slack knows of carries its time; one we have heard of since makes this reading the older of the two.
  const isKnownEdit = message.edited !== undefined || said.some((row) => row.payload.edited !== undefined);
  if (said.length === 0 || isOurs || isKnownEdit || typeof message.text !== 'string') return null;
  if (message.subtype === 'tombstone' || said.some((row) => row.payload.blanked === true)) return null;
  const last = said.toSorted(byTime).at(-1);
  const text = storable(message.text);
  if (!last || last.text === text || last.occurredAt > asOf) return null;
  const [entry] = messageFromHistory(message, self);
  if (!entry) return null;
  const words = createHash('sha256').update(text).digest('hex').slice(0, 16);
  return {
    ...entry,
    identity: `e:${message.ts}:text:${words}`,
    kind: 'message_edited',
    // Nobody knows when: this is when it was seen.
    occurredAt: asOf,
    payload: { ...entry.payload, at: 'unknown' },
  };
}

const Reactions = z.array(z.object({ name: z.string(), users: z.array(z.string()), count: z.number().optional() }));

/** Differences of state; what happened between two readings and was undone is not to be known. */
function reactions(message: SlackMessage, held: readonly Known[], asOf: Date): NewEntry[] {
  const read = Reactions.safeParse(message.reactions ?? []);
  if (!read.success) return [];
  const last = new Map<string, Known>();
  for (const row of held.toSorted(byTime)) {
    if (row.kind !== 'reaction_added' && row.kind !== 'reaction_removed') continue;
    last.set(`${row.actor} ${row.payload.reaction}`, row);
  }
  const shown = new Set(read.data.flatMap(({ name, users }) => users.map((user) => `${user} ${name}`)));
  // Slack names only some of many.
  const cut = new Set(read.data.flatMap(({ name, users, count }) => ((count ?? 0) > users.length ? [name] : [])));
  const added = [...shown].filter((key) => last.get(key)?.kind !== 'reaction_added');
  const removed = [...last].flatMap(([key, row]) =>
    row.kind === 'reaction_added' && !shown.has(key) && !cut.has(String(row.payload.reaction)) ? [key] : [],
  );
  return [
    ...added.map((key) => ['reaction_added', key] as const),
    ...removed.map((key) => ['reaction_removed', key] as const),
  ].flatMap(([kind, key]) => {
    const before = last.get(key);
    if (before && before.occurredAt > asOf) return [];
    const [user = '', name = ''] = key.split(' ');
    return [mark({ kind, message: ts(message.ts), user, name, before, at: asOf, payload: { reaction: name } })];
  });
}

/** Messages whose pin differs from the record; who and when is Slack's list of pins to say. */
export function pinsThatDiffer({ messages, known, asOf }: Reading): { message: Ts; isPinned: boolean }[] {
  const last = lastPins(known);
  return messages.flatMap((message) => {
    const isPinned = Array.isArray(message.pinned_to) && message.pinned_to.length > 0;
    const before = last.get(message.ts);
    if ((before?.kind === 'pin_added') === isPinned || (before && before.occurredAt > asOf)) return [];
    return [{ message: ts(message.ts), isPinned }];
  });
}

export function pinEntries(
  differing: readonly { message: Ts; isPinned: boolean }[],
  { known, asOf }: Pick<Reading, 'known' | 'asOf'>,
  listed: readonly Pinned[],
): NewEntry[] {
  const last = lastPins(known);
  return differing.map(({ message, isPinned }) => {
    const pin = isPinned ? listed.find((one) => one.ts === message) : undefined;
    return mark({
      kind: isPinned ? 'pin_added' : 'pin_removed',
      message,
      user: pin?.by ?? null,
      name: 'pin',
      before: last.get(message),
      // Slack: in whole seconds, so a pin within the second would stand before its message.
      at: new Date(Math.max((pin?.at ?? asOf).getTime(), instantOf(message).getTime())),
      payload: {},
      isTimeKnown: pin?.at !== undefined && pin.at !== null,
    });
  });
}

function lastPins(known: readonly Known[]): Map<string, Known> {
  const pins = known.filter((row) => row.kind === 'pin_added' || row.kind === 'pin_removed');
  return new Map(pins.toSorted(byTime).map((row) => [row.ts ?? '', row]));
}

/** The last entry about it stands in the identity: the same difference found twice is one. */
function mark(found: {
  kind: 'reaction_added' | 'reaction_removed' | 'pin_added' | 'pin_removed';
  message: Ts;
  user: string | null;
  name: string;
  before: Known | undefined;
  at: Date;
  payload: Record<string, unknown>;
  isTimeKnown?: boolean;
}): NewEntry {
  const { kind, message, user, name, before, at, payload, isTimeKnown = false } = found;
  return {
    identity: `${kind}:${message}:${user ?? ''}:${name}:found:${before?.id ?? 0}`,
    kind,
    occurredAt: at,
    actor: user,
    source: 'history',
    text: name === 'pin' ? null : `:${name}:`,
    ts: message,
    payload: isTimeKnown ? payload : { ...payload, at: 'unknown' },
  };
}

const byTime = (a: Known, b: Known): number => a.occurredAt.getTime() - b.occurredAt.getTime() || a.id - b.id;

/** What is recorded in a range that was read whole, and is not there any more. */
export function vanished(recorded: readonly Ts[], messages: readonly SlackMessage[]): Ts[] {
  const shown = new Set(messages.map((message) => message.ts));
  return recorded.filter((message) => !shown.has(message));
}

/** Nobody knows when it was deleted, so it stands where the message stood, as a tombstone would. */
export const deletionOf = (message: Ts): NewEntry => ({
  identity: `d:${message}`,
  kind: 'message_deleted',
  occurredAt: instantOf(message),
  actor: null,
  source: 'history',
  text: null,
  ts: message,
  payload: { deletedAt: 'unknown' },
});

const Thread = z.object({ ts: z.string(), reply_count: z.number().positive(), latest_reply: z.string().optional() });

/** Parents whose replies are not those recorded, by number or by the latest. */
export function threadsThatDiffer(
  messages: readonly SlackMessage[],
  recorded: readonly { parent: Ts; replies: number; latest: Ts | null }[],
): Ts[] {
  const known = new Map<string, { replies: number; latest: Ts | null }>(recorded.map((one) => [one.parent, one]));
  return messages.flatMap((message) => {
    const read = Thread.safeParse(message);
    if (!read.success) return [];
    const held = known.get(message.ts);
    const isSame = held?.replies === read.data.reply_count && held.latest === (read.data.latest_reply ?? held.latest);
    return isSame ? [] : [ts(message.ts)];
  });
}

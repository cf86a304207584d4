import { z } from 'zod';
import { channelId, instantOf, type Ts, ts as tsOf, type UserId } from '../lib/ids.ts';
import { no, ok, type Result } from '../lib/result.ts';
import type { NewEntry } from './entry.ts';
import { type HeardEntry, SlackTs, type Unheard } from './message.ts';

/** The reaction 📌, which marks a message as key. */
export const PUSHPIN = 'pushpin';

type Marking = 'reaction_added' | 'reaction_removed' | 'pin_added' | 'pin_removed';

/** `reaction_added`, `reaction_removed`. A reaction to a file is no message's. */
export function heardReaction(
  kind: 'reaction_added' | 'reaction_removed',
  event: unknown,
): Result<HeardEntry, Unheard | 'not on a message'> {
  const read = Reaction.safeParse(event);
  if (!read.success) return no(isAboutMessage(event) ? 'unreadable' : 'not on a message');
  const { user, reaction, item, event_ts } = read.data;
  const entry = marking(kind, item.ts, user, reaction, event_ts);
  return ok({ channel: channelId(item.channel), entry: { ...entry, text: `:${reaction}:`, payload: { reaction } } });
}

/** `pin_added`, `pin_removed`. */
export function heardPin(
  kind: 'pin_added' | 'pin_removed',
  event: unknown,
): Result<HeardEntry, Unheard | 'not on a message'> {
  const read = Pin.safeParse(event);
  if (!read.success) return no(isAboutMessage(event) ? 'unreadable' : 'not on a message');
  const { user, channel_id, item, event_ts } = read.data;
  return ok({ channel: channelId(channel_id), entry: marking(kind, item.message.ts, user, 'pin', event_ts) });
}

const marking = (kind: Marking, message: string, user: string, name: string, at: string): NewEntry => ({
  identity: `${kind}:${message}:${user}:${name}:${at}`,
  kind,
  occurredAt: instantOf(tsOf(at)),
  actor: user,
  source: 'slack',
  text: null,
  ts: tsOf(message),
});

/** By the shortcut **Add to timeline**. */
export const marked = (message: Ts, by: UserId, at: Date): NewEntry => ({
  identity: `key:${message}:${by}`,
  kind: 'note',
  occurredAt: at,
  actor: by,
  source: 'sitrep',
  text: null,
  ts: message,
  payload: { marks: 'message' },
});

/** The tombstone of a message whose words are gone for good. */
export const redaction = (message: Ts, by: string, now: Date): NewEntry => ({
  identity: `r:${message}`,
  kind: 'message_deleted',
  occurredAt: now,
  actor: by,
  source: 'sitrep',
  text: null,
  ts: message,
  payload: { redacted: true },
});

export const isMark = ({ kind }: NewEntry): boolean =>
  kind === 'reaction_added' || kind === 'reaction_removed' || kind === 'pin_added' || kind === 'pin_removed';

const isAboutMessage = (event: unknown): boolean => About.safeParse(event).success;
const About = z.object({ item: z.object({ type: z.literal('message') }) });

const Reaction = z.object({
  user: z.string(),
  reaction: z.string(),
  item: z.object({ type: z.literal('message'), channel: z.string(), ts: SlackTs }),
  event_ts: SlackTs,
});

const Pin = z.object({
  user: z.string(),
  channel_id: z.string(),
  item: z.object({ type: z.literal('message'), message: z.object({ ts: SlackTs }) }),
  event_ts: SlackTs,
});

import { createHash } from 'node:crypto';
import { z } from 'zod';
import type { EntryKind } from '../db/tables.ts';
import { type ChannelId, channelId, instantOf, type Ts, ts as tsOf } from '../lib/ids.ts';
import { no, ok, type Result } from '../lib/result.ts';
import { storable } from '../lib/text.ts';
import type { Me, SlackMessage } from '../slack/api.ts';
import type { NewEntry } from './entry.ts';

/** Something said or done in a channel, before anyone knows whether the channel is an incident's. */
export interface HeardEntry {
  readonly channel: ChannelId;
  readonly entry: NewEntry;
}

/** Why an event becomes no entry. Only what is `unreadable` is worth keeping raw. */
export type Unheard = 'unreadable' | 'direct message' | 'unfurl' | 'edit of our own' | 'repeats another event';

export type Self = Pick<Me, 'userId' | 'botId'>;

/** A `message` event of any subtype. Every message becomes exactly one entry `m:<ts>`, with its text as Slack sent it. */
export function heardMessage(event: unknown, self: Self): Result<HeardEntry, Unheard> {
  const envelope = Envelope.safeParse(event);
  if (!envelope.success) return no('unreadable');
  if (envelope.data.channel_type === 'im') return no('direct message');
  const read = entryOfEvent(event, envelope.data, self);
  return read.ok ? ok({ channel: channelId(envelope.data.channel), entry: read.value }) : read;
}

/**
 * A message read from history. One that was edited since is two entries, as it would have been if both had been
 * heard; the first then holds the only text there is, the edited one.
 */
export function messageFromHistory(message: SlackMessage, self: Self): readonly NewEntry[] {
  const read = Posted.safeParse(message);
  if (!read.success) return [];
  if (read.data.subtype === 'tombstone') return [foundDeleted(read.data)].map(recovered);
  const edit = read.data.edited && !isOurs(read.data, self) ? [editOf(read.data, read.data.edited)] : [];
  return [entryOf(read.data), ...edit].map(recovered);
}

/** The parent of a thread whose replies history does not show. */
export const hasReplies = (message: SlackMessage): boolean =>
  typeof message.reply_count === 'number' && message.reply_count > 0;

function entryOfEvent(event: unknown, envelope: Envelope, self: Self): Result<NewEntry, Unheard> {
  if (envelope.subtype === 'message_changed') return changed(event, self);
  if (envelope.subtype === 'message_deleted') return deleted(event);
  // Slack: a reply's own message event comes as well.
  if (envelope.subtype === 'message_replied') return no('repeats another event');
  const posted = Posted.safeParse(event);
  return posted.success ? ok(entryOf(posted.data)) : no('unreadable');
}

/** Slack: unfurls and thread counters also arrive as changes; only an edit carries `edited`. */
function changed(event: unknown, self: Self): Result<NewEntry, Unheard> {
  const read = Changed.safeParse(event);
  if (!read.success) return no('unreadable');
  const { message, previous_message: before, ts } = read.data;
  if (message.subtype === 'tombstone') return ok(deletion(message.ts, ts, before));
  if (isOurs(message, self)) return no('edit of our own');
  return message.edited ? ok(editOf(message, message.edited)) : no('unfurl');
}

function deleted(event: unknown): Result<NewEntry, Unheard> {
  const read = Deleted.safeParse(event);
  if (!read.success) return no('unreadable');
  return ok(deletion(read.data.deleted_ts, read.data.ts, read.data.previous_message));
}

/** The edits of our card and reminders are redraws of rows that the record has already. */
const isOurs = (message: Posted, self: Self): boolean => message.user === self.userId || message.bot_id === self.botId;

function entryOf(message: Posted): NewEntry {
  const ts = tsOf(message.ts);
  return {
    identity: `m:${ts}`,
    kind: KIND_OF_SUBTYPE[message.subtype ?? ''] ?? 'message',
    occurredAt: instantOf(ts),
    actor: message.user ?? message.bot_id ?? null,
    source: 'slack',
    text: message.text ?? '',
    ts,
    threadTs: message.thread_ts ? tsOf(message.thread_ts) : null,
    payload: payloadOf(message),
  };
}

function editOf(message: Posted, edited: { ts: string; user?: string | undefined }): NewEntry {
  const ts = tsOf(message.ts);
  const at = Math.max(instantOf(ts).getTime(), instantOf(tsOf(edited.ts)).getTime());
  return {
    ...entryOf(message),
    identity: editIdentity(ts, edited.ts, message.text ?? ''),
    kind: 'message_edited',
    // Slack: `edited.ts` is in whole seconds, so an edit within the second would stand before its message.
    occurredAt: new Date(at),
    actor: edited.user ?? message.user ?? message.bot_id ?? null,
  };
}

/** Slack: `edited.ts` is in whole seconds, so two edits within one are told apart by their words. */
export const editIdentity = (message: Ts, at: string, text: string): string =>
  `e:${message}:${at}:${createHash('sha256').update(storable(text)).digest('hex').slice(0, 16)}`;

/** Slack does not say who deleted; the author is kept beside, because their deleted message may never have been heard. */
function deletion(of: string, at: string, before: { user?: string | undefined } | undefined): NewEntry {
  const ts = tsOf(of);
  return {
    identity: `d:${ts}`,
    kind: 'message_deleted',
    occurredAt: instantOf(tsOf(at)),
    actor: null,
    source: 'slack',
    text: null,
    ts,
    payload: before?.user ? { author: before.user } : {},
  };
}

/** A parent that was deleted before we read it: nobody knows when, so it stands where the message stood. */
const foundDeleted = (tombstone: Posted): NewEntry => ({
  ...deletion(tombstone.ts, tombstone.ts, undefined),
  payload: { deletedAt: 'unknown' },
});

const recovered = (entry: NewEntry): NewEntry => ({ ...entry, source: 'history' });

/** What a machine needs beside the text. Files by reference only: their private addresses open them to any token. */
function payloadOf(message: Posted): Record<string, unknown> {
  const { subtype, bot_id, app_id, username, edited, files, attachments, blocks } = message;
  const { inviter, topic, purpose, name, old_name } = message;
  const said = {
    subtype,
    bot_id,
    app_id,
    username,
    edited,
    files,
    attachments,
    inviter,
    topic,
    purpose,
    name,
    old_name,
  };
  // People's blocks say the same as the text; an app may post blocks alone.
  return Object.fromEntries(
    Object.entries(message.text ? said : { ...said, blocks }).filter(([, value]) => value !== undefined),
  );
}

/** What a message needs when it is recorded with others: it says something and changes nothing else. */
export const goesTogether = ({ entry }: HeardEntry): boolean =>
  (entry.kind === 'message' || entry.kind === 'message_edited') && !isConversion(entry);

/** Somebody made the channel private; the other way round changes nothing: what was private stays so. */
export const isConversion = ({ payload }: NewEntry): boolean => payload?.subtype === 'channel_convert_to_private';

/** What has words, or takes them back. */
export const isSaid = ({ kind }: NewEntry): boolean =>
  kind === 'message' || kind === 'message_edited' || kind === 'message_deleted' || kind === 'channel_changed';

/** Slack uses `group_…` in private channels. Everything else people and bots post is a message. */
const KIND_OF_SUBTYPE: Readonly<Record<string, EntryKind | undefined>> = {
  channel_join: 'member_joined',
  group_join: 'member_joined',
  channel_leave: 'member_left',
  group_leave: 'member_left',
  channel_topic: 'channel_changed',
  group_topic: 'channel_changed',
  channel_purpose: 'channel_changed',
  group_purpose: 'channel_changed',
  channel_name: 'channel_changed',
  group_name: 'channel_changed',
  channel_archive: 'channel_changed',
  group_archive: 'channel_changed',
  channel_unarchive: 'channel_changed',
  group_unarchive: 'channel_changed',
  channel_convert_to_private: 'channel_changed',
  channel_convert_to_public: 'channel_changed',
  channel_posting_permissions: 'channel_changed',
};

/** `seconds.fraction`; what looks otherwise is no message id. */
export const SlackTs = z.string().regex(/^\d{1,12}\.\d{1,9}$/);

/** A field that is not what we know of it must not cost the message. */
const said = <T extends z.ZodType>(type: T) => type.optional().catch(undefined);
const text = said(z.string());

const File = z.object({
  id: z.string(),
  name: text,
  title: text,
  mimetype: text,
  size: said(z.number()),
  permalink: text,
});
const Attachment = z.object({ fallback: text, pretext: text, title: text, title_link: text, text });

const Posted = z.object({
  ts: SlackTs,
  thread_ts: said(SlackTs),
  subtype: text,
  user: text,
  bot_id: text,
  app_id: text,
  username: text,
  text,
  edited: said(z.object({ user: text, ts: SlackTs })),
  files: said(z.array(File)),
  attachments: said(z.array(Attachment)),
  blocks: said(z.array(z.record(z.string(), z.unknown()))),
  inviter: text,
  topic: text,
  purpose: text,
  name: text,
  old_name: text,
});
type Posted = z.infer<typeof Posted>;

const Envelope = z.object({ channel: z.string().min(1), channel_type: text, subtype: text });
type Envelope = z.infer<typeof Envelope>;

const Before = said(z.object({ user: text }));
const Changed = z.object({ ts: SlackTs, message: Posted, previous_message: Before });
const Deleted = z.object({ ts: SlackTs, deleted_ts: SlackTs, previous_message: Before });

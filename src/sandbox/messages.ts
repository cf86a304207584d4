import { messageJson, repliesOf } from './shapes.ts';
import type { Channel, Json, Message, World } from './world.ts';
import { nextTs, seconds } from './world.ts';

/** What happens to messages: each function changes the workspace and tells the event. */

type Draft = Partial<Omit<Message, 'ts' | 'reactions'>> & { text: string };

export function addMessage(world: World, channel: Channel, draft: Draft): Message {
  const parent = draft.threadTs ? channel.messages.get(draft.threadTs) : undefined;
  const message: Message = {
    blocks: [],
    attachments: [],
    broadcast: false,
    files: [],
    extra: {},
    ...draft,
    ts: nextTs(world),
    reactions: [],
  };
  channel.messages.set(message.ts, message);
  if (parent && !parent.threadTs) parent.threadTs = parent.ts;
  for (const id of message.files) {
    const share = { channel: channel.id, ts: message.ts, ...(message.threadTs ? { threadTs: message.threadTs } : {}) };
    world.files.get(id)?.shares.push(share);
  }
  tellMessage(world, channel, messageJson(world, channel, message, true), message.ts);
  return message;
}

/** A join, a topic, an archive …: a message with a subtype and fields of its own. */
export function addSystemMessage(
  world: World,
  channel: Channel,
  subtype: string,
  user: string,
  text: string,
  extra: Json = {},
): Message {
  return addMessage(world, channel, { subtype, user, text, extra: { ...extra, system: true } });
}

/** `edited` is absent for unfurls and for an app's update of blocks. */
export function changeMessage(
  world: World,
  channel: Channel,
  message: Message,
  change: Partial<Pick<Message, 'text' | 'blocks' | 'attachments' | 'metadata' | 'edited' | 'files'>>,
): void {
  const previous = messageJson(world, channel, message, true);
  Object.assign(message, change);
  const at = nextTs(world);
  tellMessage(world, channel, {
    subtype: 'message_changed',
    hidden: true,
    ts: at,
    message: messageJson(world, channel, message, true),
    previous_message: previous,
  });
}

/** A parent with replies stays behind as a tombstone. */
export function removeMessage(world: World, channel: Channel, message: Message): void {
  if (message.threadTs === message.ts && repliesOf(channel, message.ts).length > 0) {
    const fields = { subtype: 'tombstone', user: 'USLACKBOT', blocks: [], attachments: [], files: [], reactions: [] };
    const previous = messageJson(world, channel, message, true);
    Object.assign(message, fields, { text: 'This message was deleted.' });
    message.extra = {};
    dropPin(channel, message.ts);
    const shown = messageJson(world, channel, message);
    const at = nextTs(world);
    tellMessage(world, channel, {
      subtype: 'message_changed',
      hidden: true,
      ts: at,
      message: shown,
      previous_message: previous,
    });
    return;
  }
  const previous = messageJson(world, channel, message, true);
  channel.messages.delete(message.ts);
  dropPin(channel, message.ts);
  const at = nextTs(world);
  tellMessage(world, channel, {
    subtype: 'message_deleted',
    hidden: true,
    deleted_ts: message.ts,
    ts: at,
    previous_message: previous,
  });
}

/** False when that person had already reacted so. */
export function addReaction(world: World, channel: Channel, message: Message, user: string, name: string): boolean {
  const held = message.reactions.find((r) => r.name === name);
  if (held?.users.includes(user)) return false;
  if (held) held.users.push(user);
  else message.reactions.push({ name, users: [user] });
  tellReaction(world, 'reaction_added', channel, message, user, name);
  return true;
}

export function removeReaction(world: World, channel: Channel, message: Message, user: string, name: string): boolean {
  const held = message.reactions.find((r) => r.name === name);
  if (!held?.users.includes(user)) return false;
  held.users = held.users.filter((u) => u !== user);
  message.reactions = message.reactions.filter((r) => r.users.length > 0);
  tellReaction(world, 'reaction_removed', channel, message, user, name);
  return true;
}

export function addPin(world: World, channel: Channel, message: Message, user: string): boolean {
  if (channel.pins.some((pin) => pin.ts === message.ts)) return false;
  channel.pins.push({ ts: message.ts, by: user, created: seconds(world) });
  tellPin(world, 'pin_added', channel, message, user);
  return true;
}

export function removePin(world: World, channel: Channel, message: Message, user: string): boolean {
  if (!dropPin(channel, message.ts)) return false;
  tellPin(world, 'pin_removed', channel, message, user);
  return true;
}

function dropPin(channel: Channel, ts: string): boolean {
  const at = channel.pins.findIndex((pin) => pin.ts === ts);
  if (at >= 0) channel.pins.splice(at, 1);
  return at >= 0;
}

const CHANNEL_TYPE = { public: 'channel', private: 'group', im: 'im' } as const;

function tellMessage(world: World, channel: Channel, fields: Json, ts = String(fields.ts)): void {
  world.tell(
    { ...fields, type: 'message', channel: channel.id, channel_type: CHANNEL_TYPE[channel.kind], event_ts: ts },
    channel,
  );
}

function tellReaction(
  world: World,
  type: string,
  channel: Channel,
  message: Message,
  user: string,
  reaction: string,
): void {
  world.tell(
    {
      type,
      user,
      reaction,
      item: { type: 'message', channel: channel.id, ts: message.ts },
      ...(message.user ? { item_user: message.user } : {}),
      event_ts: nextTs(world),
    },
    channel,
  );
}

function tellPin(world: World, type: string, channel: Channel, message: Message, user: string): void {
  const created = seconds(world);
  world.tell(
    {
      type,
      user,
      channel_id: channel.id,
      item: {
        type: 'message',
        created,
        created_by: user,
        channel: channel.id,
        message: { ...messageJson(world, channel, message, true), permalink: permalinkOf(world, channel, message) },
      },
      ...(message.user ? { item_user: message.user } : {}),
      pin_count: channel.pins.length,
      ...(type === 'pin_added'
        ? { pinned_info: { channel: channel.id, pinned_by: user, pinned_ts: created } }
        : { has_pins: channel.pins.length > 0 }),
      event_ts: nextTs(world),
    },
    channel,
  );
}

/** Slack's form of it, which a client may also build from auth.test's url. */
export function permalinkOf(world: World, channel: Channel, message: Message): string {
  const base = `${teamUrl(world)}archives/${channel.id}/p${message.ts.replace('.', '')}`;
  const isReply = message.threadTs && message.threadTs !== message.ts;
  return isReply ? `${base}?thread_ts=${message.threadTs}&cid=${channel.id}` : base;
}

/** As auth.test tells it; here it leads back to the sandbox, so that permalinks can be followed. */
export const teamUrl = (world: World): string => `${world.origin}/`;

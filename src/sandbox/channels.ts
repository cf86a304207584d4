import { channelLimits } from '../slack/limits.ts';
import { addSystemMessage } from './messages.ts';
import type { Channel, World } from './world.ts';
import { nextId, nextTs, Refusal, seconds } from './world.ts';

/** What happens to channels: each function changes the workspace and tells the events. */

/** Throws Slack's refusal for a name that cannot be had. */
export function checkName(world: World, name: unknown): string {
  if (typeof name !== 'string' || name === '') throw new Refusal('invalid_name_required');
  if (name.length > channelLimits.name) throw new Refusal('invalid_name_maxlength');
  if (!/^[a-z0-9_-]+$/.test(name)) throw new Refusal('invalid_name_specials');
  if (/^[_-]+$/.test(name)) throw new Refusal('invalid_name_punctuation');
  if (isTaken(world, name)) throw new Refusal('name_taken');
  return name;
}

/** By any channel, archived and invisible ones included, a user group's handle or a reserved word. */
function isTaken(world: World, name: string): boolean {
  if (world.reservedNames.has(name)) return true;
  if ([...world.groups.values()].some((group) => group.handle === name)) return true;
  return [...world.channels.values()].some((channel) => channel.kind !== 'im' && channel.name === name);
}

export function addChannel(
  world: World,
  fields: {
    id?: string;
    name: string;
    kind: 'public' | 'private';
    creator: string;
    general?: boolean;
    shared?: boolean;
  },
): Channel {
  const heading = { value: '', creator: '', last_set: 0 };
  const channel: Channel = {
    id: fields.id ?? nextId(world, 'C'),
    name: fields.name,
    kind: fields.kind,
    creator: fields.creator,
    created: seconds(world),
    updated: world.now().getTime(),
    archived: false,
    general: fields.general ?? false,
    shared: fields.shared ?? false,
    topic: { ...heading },
    purpose: { ...heading },
    previousNames: [],
    members: new Set(),
    messages: new Map(),
    pins: [],
    bookmarks: [],
  };
  world.channels.set(channel.id, channel);
  if (channel.kind === 'public') {
    const { id, name, created, creator } = channel;
    const told = { id, is_channel: true, name, name_normalized: name, created, creator };
    world.tell({ type: 'channel_created', channel: told, event_ts: nextTs(world) }, channel);
  }
  joinChannel(world, channel, fields.creator);
  return channel;
}

/** The direct message between the bot and a person, made when first needed. */
export function directMessage(world: World, user: string): Channel {
  const held = [...world.channels.values()].find((channel) => channel.peer === user);
  if (held) return held;
  const heading = { value: '', creator: '', last_set: 0 };
  const channel: Channel = {
    id: nextId(world, 'D'),
    name: 'directmessage',
    kind: 'im',
    creator: user,
    created: seconds(world),
    updated: world.now().getTime(),
    archived: false,
    general: false,
    shared: false,
    topic: { ...heading },
    purpose: { ...heading },
    previousNames: [],
    members: new Set([user, world.app.botUserId]),
    messages: new Map(),
    pins: [],
    bookmarks: [],
    peer: user,
  };
  world.channels.set(channel.id, channel);
  return channel;
}

/** False when already in. */
export function joinChannel(world: World, channel: Channel, user: string, inviter?: string): boolean {
  if (channel.members.has(user)) return false;
  channel.members.add(user);
  const by = inviter ? { inviter } : {};
  addSystemMessage(world, channel, 'channel_join', user, `<@${user}> has joined the channel`, by);
  tellMembership(world, 'member_joined_channel', channel, user, by);
  return true;
}

/** Told before the membership ends, so that the bot hears of its own leaving. */
export function leaveChannel(world: World, channel: Channel, user: string): boolean {
  if (!channel.members.has(user)) return false;
  tellMembership(world, 'member_left_channel', channel, user);
  if (user === world.app.botUserId) {
    const type = channel.kind === 'private' ? 'group_left' : 'channel_left';
    world.tell({ type, channel: channel.id, actor_id: user, event_ts: nextTs(world) }, channel);
  }
  channel.members.delete(user);
  addSystemMessage(world, channel, 'channel_leave', user, `<@${user}> has left the channel`);
  return true;
}

function tellMembership(world: World, type: string, channel: Channel, user: string, by: object = {}): void {
  const team = world.members.get(user)?.teamId ?? world.team.id;
  const channelType = channel.kind === 'private' ? 'G' : 'C';
  world.tell(
    { type, user, channel: channel.id, channel_type: channelType, team, ...by, event_ts: nextTs(world) },
    channel,
  );
}

export function renameChannel(world: World, channel: Channel, by: string, name: string): void {
  const old = channel.name;
  channel.previousNames.unshift(old);
  channel.name = name;
  touch(world, channel);
  const text = `has renamed the channel from "${old}" to "${name}"`;
  addSystemMessage(world, channel, 'channel_name', by, text, { old_name: old, name });
  const told = {
    id: channel.id,
    is_channel: channel.kind === 'public',
    is_mpim: false,
    name,
    name_normalized: name,
    created: channel.created,
  };
  const type = channel.kind === 'private' ? 'group_rename' : 'channel_rename';
  world.tell({ type, channel: told, event_ts: nextTs(world) }, channel);
}

export function setTopic(world: World, channel: Channel, by: string, topic: string): void {
  channel.topic = { value: topic, creator: by, last_set: seconds(world) };
  touch(world, channel);
  addSystemMessage(world, channel, 'channel_topic', by, `set the channel topic: ${topic}`, { topic });
}

/** The bot loses its membership. */
export function archiveChannel(world: World, channel: Channel, by: string): void {
  addSystemMessage(world, channel, 'channel_archive', by, `<@${by}> archived the channel`);
  tellLifecycle(world, channel, 'archive', by);
  channel.archived = true;
  channel.members.delete(world.app.botUserId);
  touch(world, channel);
}

/** A public channel does not get its members back, but for who opens it. */
export function unarchiveChannel(world: World, channel: Channel, by: string): void {
  channel.archived = false;
  if (channel.kind === 'public') channel.members.clear();
  channel.members.add(by);
  touch(world, channel);
  addSystemMessage(world, channel, 'channel_unarchive', by, `<@${by}> un-archived the channel`);
  tellLifecycle(world, channel, 'unarchive', by);
}

function tellLifecycle(world: World, channel: Channel, what: 'archive' | 'unarchive', by: string): void {
  const type = `${channel.kind === 'private' ? 'group' : 'channel'}_${what}`;
  world.tell({ type, channel: channel.id, user: by, is_moved: 0, event_ts: nextTs(world) }, channel);
}

/** Done by people in Slack's own screens; the id stays. */
export function makePrivate(world: World, channel: Channel, by: string): void {
  channel.kind = 'private';
  touch(world, channel);
  addSystemMessage(world, channel, 'channel_convert_to_private', by, 'made this channel private');
}

/** As when a channel becomes shared with another organisation. */
export function changeId(world: World, channel: Channel, id: string): void {
  const old = channel.id;
  world.channels.delete(old);
  channel.id = id;
  world.channels.set(id, channel);
  world.tell({ type: 'channel_id_changed', old_channel_id: old, new_channel_id: id, event_ts: nextTs(world) }, channel);
}

function touch(world: World, channel: Channel): void {
  channel.updated = world.now().getTime();
}

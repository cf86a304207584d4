import { channelLimits } from '../slack/limits.ts';
import { addPin, addReaction, removePin } from './messages.ts';
import {
  always,
  badArguments,
  byChannel,
  type Methods,
  memberChannel,
  needed,
  seenChannel,
  TIER,
  text,
  workChannel,
} from './method.ts';
import { messageJson } from './shapes.ts';
import type { Channel, Json, Message, World } from './world.ts';
import { nextId, Refusal, seconds } from './world.ts';

/** Pins, bookmarks and reactions. */
export const markMethods: Methods = {
  'pins.add': {
    scopes: always('pins:write'),
    perMinute: TIER.two,
    run: (world, args) => {
      const channel = workChannel(world, args);
      const message = messageAt(channel, args);
      if (message.extra.system) throw new Refusal('not_pinnable');
      if (!addPin(world, channel, message, world.app.botUserId)) throw new Refusal('already_pinned');
      return {};
    },
  },
  'pins.remove': {
    scopes: always('pins:write'),
    perMinute: TIER.two,
    run: (world, args) => {
      const channel = workChannel(world, args);
      if (!removePin(world, channel, messageAt(channel, args), world.app.botUserId)) throw new Refusal('no_pin');
      return {};
    },
  },
  'pins.list': {
    scopes: always('pins:read'),
    perMinute: TIER.two,
    run: (world, args) => {
      const channel = memberChannel(world, args);
      return {
        items: channel.pins.flatMap((pin) => {
          const message = channel.messages.get(pin.ts);
          const item = { type: 'message', created: pin.created, created_by: pin.by, channel: channel.id };
          return message ? [{ ...item, message: messageJson(world, channel, message) }] : [];
        }),
      };
    },
  },
  'reactions.add': {
    scopes: always('reactions:write'),
    perMinute: TIER.three,
    run: (world, args) => {
      const channel = workChannel(world, args);
      const name = needed(args, 'name');
      if (name.includes(':')) throw new Refusal('invalid_name');
      if (!addReaction(world, channel, messageAt(channel, args), world.app.botUserId, name)) {
        throw new Refusal('already_reacted');
      }
      return {};
    },
  },
  'bookmarks.add': {
    scopes: always('bookmarks:write'),
    perMinute: TIER.two,
    run: (world, args) => {
      const channel = bookmarkChannel(world, args);
      if (needed(args, 'type') !== 'link') throw new Refusal('invalid_bookmark_type');
      if (channel.bookmarks.length >= channelLimits.bookmarks) throw new Refusal('too_many_bookmarks');
      const bookmark: Json = {
        id: nextId(world, 'Bk'),
        channel_id: channel.id,
        title: needed(args, 'title'),
        link: linkIn(args),
        emoji: text(args, 'emoji') ?? '',
        icon_url: null,
        type: 'link',
        entity_id: null,
        date_created: seconds(world),
        date_updated: 0,
        rank: 'g',
        last_updated_by_user_id: world.app.botUserId,
        last_updated_by_team_id: world.team.id,
        shortcut_id: null,
        app_id: null,
      };
      channel.bookmarks.push(bookmark);
      return { bookmark: { ...bookmark } };
    },
  },
  'bookmarks.edit': {
    scopes: always('bookmarks:write'),
    perMinute: TIER.two,
    run: (world, args) => {
      const bookmark = bookmarkAt(bookmarkChannel(world, args), args);
      for (const name of ['title', 'emoji']) if (text(args, name) !== undefined) bookmark[name] = args[name];
      if (text(args, 'link') !== undefined) bookmark.link = linkIn(args);
      bookmark.date_updated = seconds(world);
      return { bookmark: { ...bookmark } };
    },
  },
  'bookmarks.remove': {
    scopes: always('bookmarks:write'),
    perMinute: TIER.two,
    run: (world, args) => {
      const channel = bookmarkChannel(world, args);
      channel.bookmarks.splice(channel.bookmarks.indexOf(bookmarkAt(channel, args)), 1);
      return {};
    },
  },
  'bookmarks.list': {
    scopes: byChannel(['bookmarks:read'], ['bookmarks:read'], ['bookmarks:read'], 'channel_id'),
    perMinute: TIER.three,
    run: (world, args) => ({ bookmarks: bookmarkChannel(world, args).bookmarks.map((b) => ({ ...b })) }),
  },
};

function messageAt(channel: Channel, args: Json): Message {
  const timestamp = text(args, 'timestamp');
  if (timestamp === undefined) throw new Refusal('no_item_specified');
  if (!/^\d+\.\d{6}$/.test(timestamp)) throw new Refusal('bad_timestamp');
  const message = channel.messages.get(timestamp);
  if (!message) throw new Refusal('message_not_found');
  return message;
}

/** Bookmarks call it `channel_id`. */
function bookmarkChannel(world: World, args: Json): Channel {
  if (args.channel_id === undefined) throw badArguments('missing required field: channel_id');
  const channel = seenChannel(world, args, 'channel_id');
  if (!channel.members.has(world.app.botUserId)) throw new Refusal('not_in_channel');
  return channel;
}

function bookmarkAt(channel: Channel, args: Json): Json {
  const bookmark = channel.bookmarks.find((b) => b.id === needed(args, 'bookmark_id'));
  if (!bookmark) throw new Refusal('not_found');
  return bookmark;
}

function linkIn(args: Json): string {
  const link = needed(args, 'link');
  if (!/^https?:\/\/[^\s]+$/.test(link)) throw new Refusal('invalid_link');
  return link;
}

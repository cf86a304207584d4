import { messageLimits } from '../slack/limits.ts';
import { directMessage } from './channels.ts';
import { type Content, readContent } from './content.ts';
import { addEphemeral } from './ephemerals.ts';
import { addMessage, changeMessage, permalinkOf, removeMessage } from './messages.ts';
import { always, flag, isIn, type Methods, needed, seenChannel, TIER, text, workChannel } from './method.ts';
import { messageJson } from './shapes.ts';
import type { Channel, Json, Message, World } from './world.ts';
import { nextTs, Refusal } from './world.ts';

export const chatMethods: Methods = {
  'chat.postMessage': {
    scopes: always('chat:write'),
    perMinute: TIER.special,
    run: (world, args) => {
      const channel = postChannel(world, args);
      const content = readContent(world, args);
      const message = addMessage(world, channel, {
        user: world.app.botUserId,
        botId: world.app.botId,
        ...asDraft(content),
        ...thread(channel, args),
      });
      return { channel: channel.id, ts: message.ts, message: messageJson(world, channel, message, true) };
    },
  },
  'chat.update': {
    scopes: always('chat:write'),
    perMinute: TIER.three,
    run: (world, args) => {
      const channel = seenChannel(world, args);
      if (channel.archived) throw new Refusal('is_inactive');
      const message = ownMessage(world, channel, args, 'cant_update_message');
      const content = readContent(world, args);
      if ((content.text?.length ?? 0) > messageLimits.updateText) throw new Refusal('msg_too_long');
      changeMessage(world, channel, message, asChange(world, message, content));
      if (content.metadata === null) delete message.metadata;
      const { ts } = message;
      return { channel: channel.id, ts, text: message.text, message: messageJson(world, channel, message, true) };
    },
  },
  'chat.postEphemeral': {
    scopes: always('chat:write'),
    perMinute: TIER.four,
    run: (world, args) => {
      const channel = workChannel(world, args);
      const user = needed(args, 'user');
      if (!channel.members.has(user)) throw new Refusal('user_not_in_channel');
      const content = readContent(world, args);
      if (content.text === undefined && !content.blocks && !content.attachments) throw new Refusal('no_text');
      if ((content.text?.length ?? 0) > messageLimits.updateText) throw new Refusal('msg_too_long');
      const threadTs = text(args, 'thread_ts');
      const { ts } = addEphemeral(world, {
        to: user,
        channel: channel.id,
        from: 'chat.postEphemeral',
        text: content.text ?? '',
        blocks: content.blocks ?? [],
        ...(threadTs ? { threadTs } : {}),
      });
      return { message_ts: ts };
    },
  },
  'chat.delete': {
    scopes: always('chat:write'),
    perMinute: TIER.three,
    run: (world, args) => {
      const channel = seenChannel(world, args);
      const message = ownMessage(world, channel, args, 'cant_delete_message');
      removeMessage(world, channel, message);
      return { channel: channel.id, ts: message.ts };
    },
  },
  'chat.getPermalink': {
    scopes: always(),
    perMinute: TIER.special,
    run: (world, args) => {
      const channel = seenChannel(world, args);
      const message = channel.messages.get(needed(args, 'message_ts'));
      if (!message) throw new Refusal('message_not_found');
      return { channel: channel.id, permalink: permalinkOf(world, channel, message) };
    },
  },
};

/** An id; a person's id means their direct message; a public channel's name works too. */
function postChannel(world: World, args: Json): Channel {
  const wanted = needed(args, 'channel');
  const channel = findTarget(world, wanted);
  if (!channel || (channel.kind === 'private' && !isIn(world, channel))) throw new Refusal('channel_not_found');
  if (channel.archived) throw new Refusal('is_archived');
  if (channel.kind === 'im' && !world.manifest.messagesTab) throw new Refusal('messages_tab_disabled');
  if (!isIn(world, channel) && !world.manifest.scopes.has('chat:write.public')) throw new Refusal('not_in_channel');
  return channel;
}

function findTarget(world: World, wanted: string): Channel | undefined {
  const person = world.members.get(wanted);
  if (person && person.kind !== 'bot' && !person.deactivated) return directMessage(world, person.id);
  const name = wanted.replace(/^#/, '');
  return (
    world.channels.get(wanted) ??
    [...world.channels.values()].find((channel) => channel.kind === 'public' && channel.name === name)
  );
}

function asDraft(content: Content): Pick<Message, 'text' | 'blocks' | 'attachments'> & Partial<Message> {
  const { text: said, blocks = [], attachments = [], metadata } = content;
  if (said === undefined && blocks.length === 0 && attachments.length === 0) throw new Refusal('no_text');
  const kept = (said ?? '').slice(0, messageLimits.textTruncated);
  return { text: kept, blocks, attachments, ...(metadata ? { metadata } : {}) };
}

function thread(channel: Channel, args: Json): Partial<Message> {
  const threadTs = text(args, 'thread_ts');
  if (threadTs === undefined) return {};
  const parent = channel.messages.get(threadTs);
  if (!parent || parent.extra.system || (parent.threadTs && parent.threadTs !== parent.ts)) {
    throw new Refusal('cannot_reply_to_message');
  }
  const broadcast = flag(args, 'reply_broadcast');
  return { threadTs, broadcast, ...(broadcast ? { subtype: 'thread_broadcast' } : {}) };
}

function ownMessage(world: World, channel: Channel, args: Json, notOurs: string): Message {
  const message = channel.messages.get(needed(args, 'ts'));
  if (!message || message.subtype === 'tombstone') throw new Refusal('message_not_found');
  if (message.botId !== world.app.botId) throw new Refusal(notOurs);
  return message;
}

/** Text without blocks takes the old blocks away; neither keeps them. An update of blocks is not marked as edited. */
function asChange(world: World, message: Message, content: Content): Partial<Message> {
  const says = content.text !== undefined || content.blocks !== undefined;
  if (!says && !content.attachments && content.metadata === undefined) throw new Refusal('no_text');
  const wasText = says && !content.blocks;
  return {
    ...(says ? { text: content.text ?? message.text, blocks: content.blocks ?? [] } : {}),
    ...(content.attachments ? { attachments: content.attachments } : {}),
    ...(content.metadata ? { metadata: content.metadata } : {}),
    ...(wasText ? { edited: { user: world.app.botUserId, ts: nextTs(world) } } : {}),
  };
}

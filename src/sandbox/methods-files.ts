import { channelLimits } from '../slack/limits.ts';
import { readBlocks } from './content.ts';
import { addMessage, changeMessage } from './messages.ts';
import { always, badArguments, isIn, type Methods, needed, nested, objects, TIER, text } from './method.ts';
import { fileJson, sharesJson } from './shapes.ts';
import type { Channel, Json, SlackFile, World } from './world.ts';
import { nextId, Refusal, seconds } from './world.ts';

export const fileMethods: Methods = {
  'files.getUploadURLExternal': {
    scopes: always('files:write'),
    perMinute: TIER.four,
    run: (world, args) => {
      const name = needed(args, 'filename');
      const length = Number(args.length ?? 0);
      if (!length) throw new Refusal('missing_argument');
      if (!Number.isInteger(length) || length < 0) throw badArguments('must be an integer: length');
      const file: SlackFile = {
        id: nextId(world, 'F'),
        user: world.app.botUserId,
        name,
        title: name,
        created: seconds(world),
        length,
        content: null,
        completed: false,
        shares: [],
      };
      world.files.set(file.id, file);
      return { upload_url: `${world.origin}/upload/v1/${file.id}`, file_id: file.id };
    },
  },
  'files.completeUploadExternal': {
    scopes: always('files:write'),
    perMinute: TIER.four,
    run: (world, args) => {
      const wanted = nested(args, 'files').value;
      const files = objects(wanted).map((asked) => uploaded(world, asked));
      if (files.length === 0) throw badArguments('missing required field: files');
      const channels = targets(world, args);
      const threadTs = text(args, 'thread_ts');
      const comment = text(args, 'initial_comment') ?? '';
      const blocks = readBlocks(world, args) ?? [];
      for (const file of files) file.completed = true;
      // Sharing comes after the answer, as in Slack: the ts is in files.info or the event.
      setImmediate(() => {
        for (const channel of channels) {
          addMessage(world, channel, {
            subtype: 'file_share',
            user: world.app.botUserId,
            botId: world.app.botId,
            text: comment,
            blocks,
            files: files.map((file) => file.id),
            ...(threadTs ? { threadTs } : {}),
          });
        }
        world.journal.changed();
      });
      return { files: files.map((file) => ({ id: file.id, title: file.title })) };
    },
  },
  'files.info': {
    scopes: always('files:read'),
    perMinute: TIER.four,
    run: (world, args) => {
      const file = world.files.get(needed(args, 'file'));
      if (!file) throw new Refusal('file_not_found');
      if (file.deleted) throw new Refusal('file_deleted');
      return { file: { ...fileJson(world, file), shares: sharesJson(world, file) } };
    },
  },
  'files.delete': {
    scopes: always('files:write'),
    perMinute: TIER.three,
    run: (world, args) => {
      const file = world.files.get(needed(args, 'file'));
      if (!file?.completed) throw new Refusal('file_not_found');
      if (file.user !== world.app.botUserId) throw new Refusal('cant_delete_file');
      if (file.deleted) throw new Refusal('file_deleted');
      Object.assign(file, { deleted: true, content: null });
      // The messages that shared it stay, and say that it was deleted.
      for (const share of file.shares) {
        const channel = world.channels.get(share.channel);
        const message = channel?.messages.get(share.ts);
        if (channel && message) changeMessage(world, channel, message, {});
      }
      return {};
    },
  },
};

function uploaded(world: World, asked: Json): SlackFile {
  const file = world.files.get(String(asked.id));
  if (!file || file.completed || file.content === null) throw new Refusal('file_not_found');
  if (typeof asked.title === 'string') file.title = asked.title;
  return file;
}

function targets(world: World, args: Json): Channel[] {
  const ids = text(args, 'channels')?.split(',') ?? [text(args, 'channel_id')].flatMap((id) => id ?? []);
  if (ids.length > channelLimits.fileChannels) throw new Refusal('invalid_channel');
  return ids.map((id) => {
    const channel = world.channels.get(id);
    if (!channel || (channel.kind === 'private' && !isIn(world, channel))) throw new Refusal('channel_not_found');
    if (channel.archived) throw new Refusal('is_archived');
    if (!isIn(world, channel)) throw new Refusal('not_in_channel');
    return channel;
  });
}

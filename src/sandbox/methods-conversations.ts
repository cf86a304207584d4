import { channelLimits, pageLimits } from '../slack/limits.ts';
import {
  addChannel,
  archiveChannel,
  checkName,
  directMessage,
  joinChannel,
  leaveChannel,
  renameChannel,
  setTopic,
} from './channels.ts';
import {
  always,
  cursorOf,
  flag,
  isIn,
  limitOf,
  type Methods,
  memberChannel,
  needed,
  readCursor,
  realChannel,
  seenChannel,
  TIER,
  text,
  toManage,
  toRead,
  workChannel,
} from './method.ts';
import { channelJson, imJson } from './shapes.ts';
import type { Channel, Json, World } from './world.ts';
import { Refusal } from './world.ts';

export const conversationMethods: Methods = {
  'conversations.create': {
    scopes: (_, args) => [flag(args, 'is_private') ? 'groups:write' : 'channels:manage'],
    perMinute: TIER.two,
    run: (world, args) => {
      const kind = flag(args, 'is_private') ? 'private' : 'public';
      const channel = addChannel(world, { name: checkName(world, args.name), kind, creator: world.app.botUserId });
      return { channel: channelJson(world, channel) };
    },
  },
  'conversations.invite': {
    scopes: toManage,
    perMinute: TIER.three,
    run: (world, args) => {
      const channel = realChannel(workChannel(world, args));
      return invite(world, channel, needed(args, 'users').split(','), flag(args, 'force'));
    },
  },
  'conversations.join': {
    scopes: always('channels:join'),
    perMinute: TIER.three,
    run: (world, args) => {
      const channel = realChannel(seenChannel(world, args));
      if (channel.kind !== 'public') throw new Refusal('method_not_supported_for_channel_type');
      if (channel.archived) throw new Refusal('is_archived');
      const joined = joinChannel(world, channel, world.app.botUserId);
      const already = { warning: 'already_in_channel', response_metadata: { warnings: ['already_in_channel'] } };
      return { channel: channelJson(world, channel), ...(joined ? {} : already) };
    },
  },
  'conversations.leave': {
    scopes: toManage,
    perMinute: TIER.three,
    run: (world, args) => {
      const channel = realChannel(seenChannel(world, args));
      if (channel.general) throw new Refusal('cant_leave_general');
      if (channel.archived) throw new Refusal('is_archived');
      return leaveChannel(world, channel, world.app.botUserId) ? {} : { not_in_channel: true };
    },
  },
  'conversations.kick': {
    scopes: toManage,
    perMinute: TIER.three,
    run: (world, args) => {
      const channel = realChannel(workChannel(world, args));
      const user = needed(args, 'user');
      if (user === world.app.botUserId) throw new Refusal('cant_kick_self');
      if (channel.general) throw new Refusal('cant_kick_from_general');
      if (!world.members.has(user)) throw new Refusal('user_not_found');
      if (!leaveChannel(world, channel, user)) throw new Refusal('not_in_channel');
      return {};
    },
  },
  'conversations.info': {
    scopes: toRead,
    perMinute: TIER.three,
    run: (world, args) => {
      const channel = seenChannel(world, args);
      if (channel.kind === 'im') return { channel: imJson(world, channel) };
      const count = flag(args, 'include_num_members') ? { num_members: channel.members.size } : {};
      return { channel: { ...channelJson(world, channel), ...count } };
    },
  },
  'conversations.list': {
    scopes: (_, args) => scopesOfTypes(args),
    every: true,
    perMinute: TIER.two,
    run: (world, args) =>
      page(world, args, [...world.channels.values()], (channel) => channel.kind === 'public' || isIn(world, channel)),
  },
  'users.conversations': {
    scopes: (_, args) => scopesOfTypes(args),
    every: true,
    perMinute: TIER.two,
    run: (world, args) => {
      const user = text(args, 'user') ?? world.app.botUserId;
      const theirs = [...world.channels.values()].filter((channel) => channel.members.has(user));
      return page(world, args, theirs, (channel) => channel.kind === 'public' || isIn(world, channel));
    },
  },
  'conversations.members': {
    scopes: toRead,
    perMinute: TIER.four,
    run: (world, args) => {
      const members = [...seenChannel(world, args).members];
      const limit = limitOf(args, pageLimits.list);
      const from = Number(readCursor(args, 'user') ?? 0);
      const next = from + limit < members.length ? cursorOf('user', String(from + limit)) : '';
      return { members: members.slice(from, from + limit), response_metadata: { next_cursor: next } };
    },
  },
  'conversations.setTopic': {
    scopes: toManage,
    perMinute: TIER.two,
    run: (world, args) => {
      const channel = realChannel(workChannel(world, args));
      const topic = String(args.topic ?? '');
      if (topic.length > channelLimits.topic) throw new Refusal('too_long');
      setTopic(world, channel, world.app.botUserId, topic);
      return { channel: channelJson(world, channel) };
    },
  },
  'conversations.rename': {
    scopes: toManage,
    perMinute: TIER.two,
    run: (world, args) => {
      const channel = realChannel(workChannel(world, args));
      if (channel.creator !== world.app.botUserId) throw new Refusal('not_authorized');
      renameChannel(world, channel, world.app.botUserId, checkName(world, args.name));
      return { channel: channelJson(world, channel) };
    },
  },
  'conversations.archive': {
    scopes: toManage,
    perMinute: TIER.two,
    run: (world, args) => {
      const channel = realChannel(seenChannel(world, args));
      if (channel.archived) throw new Refusal('already_archived');
      if (channel.general) throw new Refusal('cant_archive_general');
      archiveChannel(world, memberChannel(world, args), world.app.botUserId);
      return {};
    },
  },
  'conversations.unarchive': {
    scopes: toManage,
    perMinute: TIER.two,
    run: (world, args) => {
      const channel = realChannel(seenChannel(world, args));
      // Documented for user tokens alone; a bot token gets this, as archiving threw the bot out.
      throw new Refusal(channel.archived ? 'not_in_channel' : 'not_archived');
    },
  },
  'conversations.open': {
    scopes: always('im:write'),
    perMinute: TIER.three,
    run: (world, args) => {
      const known = text(args, 'channel');
      const channel = known ? seenChannel(world, args) : directMessage(world, theOne(world, args).id);
      return { channel: flag(args, 'return_im') ? imJson(world, channel) : { id: channel.id } };
    },
  },
};

function theOne(world: World, args: Json) {
  const users = text(args, 'users')?.split(',') ?? [];
  if (users.length === 0) throw new Refusal('users_list_not_supplied');
  if (users.length > 1) throw new Refusal('missing_scope', { needed: 'mpim:write' });
  const member = world.members.get(users[0] ?? '');
  if (!member || member.kind === 'bot') throw new Refusal('user_not_found');
  if (member.deactivated) throw new Refusal('user_disabled');
  return member;
}

/** All or nothing, unless forced: then the good ones come in. */
function invite(world: World, channel: Channel, users: string[], force: boolean): Json {
  if (users.length > channelLimits.inviteUsers) throw badInvite(users.map((user) => [user, 'cant_invite']));
  const refused = users.flatMap((user): [string, string][] => {
    const why = whyNotInvited(world, channel, user);
    return why ? [[user, why]] : [];
  });
  const good = users.filter((user) => !refused.some(([held]) => held === user));
  if (refused.length > 0 && (!force || good.length === 0)) throw badInvite(refused);
  for (const user of good) joinChannel(world, channel, user, world.app.botUserId);
  return { channel: channelJson(world, channel), ...(refused.length > 0 ? { errors: asErrors(refused) } : {}) };
}

const asErrors = (refused: [string, string][]) => refused.map(([user, error]) => ({ user, ok: false, error }));

const badInvite = (refused: [string, string][]): Refusal =>
  new Refusal(refused[0]?.[1] ?? 'no_user', { errors: asErrors(refused) });

function whyNotInvited(world: World, channel: Channel, user: string): string | null {
  const member = world.members.get(user);
  if (user === world.app.botUserId) return 'cant_invite_self';
  if (!member) return 'user_not_found';
  if (member.deactivated) return 'cant_invite';
  if (channel.members.has(user)) return 'already_in_channel';
  if (member.kind === 'stranger' && !channel.shared) return 'org_user_not_in_team';
  const isElsewhere = [...world.channels.values()].some((c) => c.kind !== 'im' && c.members.has(user));
  return member.kind === 'single-channel-guest' && isElsewhere ? 'ura_max_channels' : null;
}

const TYPE_SCOPES: Record<string, string> = {
  public_channel: 'channels:read',
  private_channel: 'groups:read',
  im: 'im:read',
  mpim: 'mpim:read',
};
const KIND_OF_TYPE: Record<string, Channel['kind']> = {
  public_channel: 'public',
  private_channel: 'private',
  im: 'im',
};

const typesOf = (args: Json): string[] =>
  (text(args, 'types') ?? 'public_channel').split(',').map((type) => type.trim());

const scopesOfTypes = (args: Json): string[] => typesOf(args).map((type) => TYPE_SCOPES[type] ?? 'channels:read');

/** The page is cut first and filtered afterwards: it may hold fewer rows than asked, even none. */
function page(world: World, args: Json, rows: Channel[], isVisible: (channel: Channel) => boolean): Json {
  const types = typesOf(args);
  if (types.some((type) => !TYPE_SCOPES[type])) throw new Refusal('invalid_types');
  const kinds = new Set(types.map((type) => KIND_OF_TYPE[type]));
  const limit = limitOf(args, pageLimits.list + 1);
  const at = readCursor(args, 'team');
  const from = at === undefined ? 0 : rows.findIndex((channel) => channel.id === at);
  if (from < 0) throw new Refusal('invalid_cursor');
  const next = rows[from + limit];
  const shown = rows
    .slice(from, from + limit)
    .filter((channel) => kinds.has(channel.kind) && isVisible(channel))
    .filter((channel) => !(flag(args, 'exclude_archived') && channel.archived));
  return {
    channels: shown.map((channel) =>
      channel.kind === 'im'
        ? imJson(world, channel)
        : { ...channelJson(world, channel), num_members: channel.members.size },
    ),
    response_metadata: { next_cursor: next ? cursorOf('team', next.id) : '' },
  };
}

import type { Channel, Ephemeral, Json, Member, Message, SlackFile, UserGroup, View, World } from './world.ts';
import { seconds } from './world.ts';

/** How Slack writes the things of a workspace as JSON. Pure: the workspace in, a fresh object out. */

export function channelJson(world: World, channel: Channel): Json {
  const isPrivate = channel.kind !== 'public';
  return {
    id: channel.id,
    name: channel.name,
    is_channel: channel.kind === 'public',
    is_group: channel.kind === 'private',
    is_im: false,
    is_mpim: false,
    is_private: isPrivate,
    created: channel.created,
    is_archived: channel.archived,
    is_general: channel.general,
    unlinked: 0,
    name_normalized: channel.name,
    is_shared: channel.shared,
    is_frozen: false,
    is_org_shared: false,
    is_pending_ext_shared: false,
    pending_shared: [],
    context_team_id: world.team.id,
    updated: channel.updated,
    parent_conversation: null,
    creator: channel.creator,
    is_ext_shared: channel.shared,
    shared_team_ids: [world.team.id],
    pending_connected_team_ids: [],
    is_member: channel.members.has(world.app.botUserId),
    topic: { ...channel.topic },
    purpose: { ...channel.purpose },
    previous_names: [...channel.previousNames],
  };
}

export function imJson(world: World, channel: Channel): Json {
  return {
    id: channel.id,
    created: channel.created,
    is_archived: false,
    is_im: true,
    is_org_shared: false,
    context_team_id: world.team.id,
    updated: channel.updated,
    user: channel.peer,
    is_user_deleted: world.members.get(channel.peer ?? '')?.deactivated ?? false,
    priority: 0,
  };
}

/** `fullMetadata` as for include_all_metadata: otherwise only the event_type is told. */
export function messageJson(world: World, channel: Channel, message: Message, fullMetadata = false): Json {
  if (message.subtype === 'tombstone') return { ...tombstoneJson(message), ...threadFields(channel, message) };
  const pinned = channel.pins.some((pin) => pin.ts === message.ts);
  return {
    ...(message.clientMsgId ? { client_msg_id: message.clientMsgId } : {}),
    type: 'message',
    ...(message.subtype ? { subtype: message.subtype } : {}),
    ...(message.user ? { user: message.user } : {}),
    ...(message.botId ? botFields(world, message) : {}),
    text: message.text,
    ...(message.user && !message.extra.system ? { team: world.members.get(message.user)?.teamId } : {}),
    ts: message.ts,
    ...(message.blocks.length > 0 ? { blocks: structuredClone(message.blocks) } : {}),
    ...(message.attachments.length > 0 ? { attachments: structuredClone(message.attachments) } : {}),
    ...(message.edited ? { edited: { ...message.edited } } : {}),
    ...(message.metadata ? { metadata: metadataJson(message.metadata, fullMetadata) } : {}),
    ...(message.files.length > 0
      ? { files: message.files.map((id) => fileJson(world, world.files.get(id))), upload: false, display_as_bot: false }
      : {}),
    ...systemFields(message),
    ...(message.reactions.length > 0
      ? { reactions: message.reactions.map((r) => ({ name: r.name, count: r.users.length, users: [...r.users] })) }
      : {}),
    ...(pinned ? { pinned_to: [channel.id] } : {}),
    ...threadFields(channel, message),
  };
}

function systemFields(message: Message): Json {
  const { system: _, ...fields } = message.extra;
  return fields;
}

const metadataJson = (metadata: NonNullable<Message['metadata']>, full: boolean): Json =>
  full ? structuredClone(metadata) : { event_type: metadata.event_type };

const tombstoneJson = (message: Message): Json => ({
  type: 'message',
  subtype: 'tombstone',
  text: 'This message was deleted.',
  user: 'USLACKBOT',
  hidden: true,
  ts: message.ts,
});

function botFields(world: World, message: Message): Json {
  if (message.botId !== world.app.botId) {
    return { bot_id: message.botId, ...(message.username ? { username: message.username } : {}) };
  }
  return { bot_id: world.app.botId, app_id: world.app.id, bot_profile: botProfile(world) };
}

export const botProfile = (world: World): Json => ({
  id: world.app.botId,
  app_id: world.app.id,
  user_id: world.app.botUserId,
  name: world.manifest.botName,
  icons: { image_36: `${world.origin}/icon/36.png`, image_48: `${world.origin}/icon/48.png` },
  deleted: false,
  updated: 1_780_000_000,
  team_id: world.team.id,
});

export const repliesOf = (channel: Channel, parentTs: string): Message[] =>
  [...channel.messages.values()].filter((m) => m.threadTs === parentTs && m.ts !== parentTs);

function threadFields(channel: Channel, message: Message): Json {
  if (message.threadTs && message.threadTs !== message.ts) {
    const parent = channel.messages.get(message.threadTs);
    return {
      thread_ts: message.threadTs,
      ...(parent?.user ? { parent_user_id: parent.user } : {}),
      ...(message.broadcast && parent ? { root: { ...rootJson(parent), ...countReplies(channel, parent) } } : {}),
    };
  }
  return countReplies(channel, message);
}

function countReplies(channel: Channel, message: Message): Json {
  if (message.threadTs !== message.ts) return {};
  const replies = repliesOf(channel, message.ts);
  if (replies.length === 0) return {};
  const users = [...new Set(replies.map((r) => r.user ?? r.botId ?? ''))];
  return {
    thread_ts: message.ts,
    reply_count: replies.length,
    reply_users_count: users.length,
    latest_reply: replies.at(-1)?.ts,
    reply_users: users,
    is_locked: false,
    subscribed: false,
  };
}

const rootJson = (parent: Message): Json => ({
  type: 'message',
  ...(parent.user ? { user: parent.user } : {}),
  text: parent.text,
  ts: parent.ts,
});

export function fileJson(world: World, file: SlackFile | undefined): Json {
  if (!file || file.deleted) return { id: file?.id ?? 'F0GONE', mode: 'tombstone' };
  const path = `${world.team.id}-${file.id}`;
  const extension = file.name.includes('.') ? (file.name.split('.').at(-1) ?? 'text') : 'text';
  return {
    id: file.id,
    created: file.created,
    timestamp: file.created,
    name: file.name,
    title: file.title,
    mimetype: mimetypeOf(extension),
    filetype: extension,
    pretty_type: extension.toUpperCase(),
    user: file.user,
    user_team: world.team.id,
    editable: false,
    size: file.content?.byteLength ?? file.length,
    mode: 'hosted',
    is_external: false,
    external_type: '',
    is_public: file.shares.some((s) => world.channels.get(s.channel)?.kind === 'public'),
    public_url_shared: false,
    display_as_bot: false,
    username: '',
    url_private: `${world.origin}/files-pri/${path}/${encodeURIComponent(file.name)}`,
    url_private_download: `${world.origin}/files-pri/${path}/download/${encodeURIComponent(file.name)}`,
    permalink: `${world.origin}/files/${file.user}/${file.id}/${encodeURIComponent(file.name)}`,
    has_rich_preview: false,
    file_access: 'visible',
  };
}

const MIMETYPES = new Map([
  ['png', 'image/png'],
  ['md', 'text/markdown'],
  ['json', 'application/json'],
  ['txt', 'text/plain'],
]);
const mimetypeOf = (extension: string): string => MIMETYPES.get(extension) ?? 'application/octet-stream';

/** files.info also tells where the file was shared. */
export function sharesJson(world: World, file: SlackFile): Json {
  const byKind: { public: Record<string, Json[]>; private: Record<string, Json[]> } = { public: {}, private: {} };
  for (const share of file.shares) {
    const channel = world.channels.get(share.channel);
    const into = channel?.kind === 'public' ? byKind.public : byKind.private;
    into[share.channel] = [
      ...(into[share.channel] ?? []),
      {
        ts: share.ts,
        ...(share.threadTs ? { thread_ts: share.threadTs } : {}),
        channel_name: channel?.name,
        team_id: world.team.id,
        share_user_id: file.user,
      },
    ];
  }
  return { ...(Object.keys(byKind.public).length ? { public: byKind.public } : {}), ...privateShares(byKind.private) };
}

const privateShares = (shares: Record<string, Json[]>): Json => (Object.keys(shares).length ? { private: shares } : {});

export function memberJson(world: World, member: Member): Json {
  const isBot = member.kind === 'bot';
  const isOurs = member.id === world.app.botUserId;
  const chosen = isBot || world.fullNames ? member.realName : member.handle;
  const profile: Json = {
    real_name: member.realName,
    real_name_normalized: member.realName,
    display_name: chosen,
    display_name_normalized: chosen,
    status_text: '',
    status_emoji: '',
    status_expiration: 0,
    avatar_hash: 'g0',
    image_48: `${world.origin}/icon/48.png`,
    image_72: `${world.origin}/icon/72.png`,
    team: member.teamId,
    ...(isOurs ? { api_app_id: world.app.id, bot_id: world.app.botId, always_active: true } : {}),
  };
  const kind = { is_bot: isBot, is_app_user: false, updated: member.updated };
  if (member.deactivated) {
    return { id: member.id, team_id: member.teamId, name: member.handle, deleted: true, profile, ...kind };
  }
  return {
    id: member.id,
    team_id: member.teamId,
    name: member.handle,
    deleted: false,
    real_name: member.realName,
    color: '9f69e7',
    ...(member.kind === 'stranger' ? { is_stranger: false } : { tz: member.tz, tz_label: member.tz, tz_offset: 0 }),
    profile,
    is_admin: false,
    is_owner: false,
    is_primary_owner: false,
    is_restricted: member.kind === 'guest' || member.kind === 'single-channel-guest',
    is_ultra_restricted: member.kind === 'single-channel-guest',
    ...kind,
    is_email_confirmed: true,
    who_can_share_contact_card: 'EVERYONE',
  };
}

export function groupJson(world: World, group: UserGroup, withUsers: boolean, withCount: boolean): Json {
  return {
    id: group.id,
    team_id: world.team.id,
    is_usergroup: true,
    is_subteam: true,
    name: group.name,
    description: '',
    handle: group.handle,
    is_external: false,
    date_create: 1_770_000_000,
    date_update: 1_770_000_000,
    date_delete: group.disabled ? seconds(world) : 0,
    auto_type: null,
    auto_provision: false,
    enterprise_subteam_id: '',
    created_by: 'USLACKBOT',
    updated_by: 'USLACKBOT',
    deleted_by: null,
    prefs: { channels: [], groups: [] },
    ...(withUsers ? { users: [...group.users] } : {}),
    ...(withCount ? { user_count: group.users.length } : {}),
    channel_count: 0,
  };
}

export function viewJson(world: World, view: View): Json {
  const isHome = view.body.type === 'home';
  return {
    title: isHome ? { type: 'plain_text', text: 'View Title', emoji: true } : null,
    submit: null,
    close: null,
    private_metadata: '',
    callback_id: '',
    notify_on_close: false,
    clear_on_close: false,
    ...structuredClone(view.body),
    id: view.id,
    team_id: world.team.id,
    state: { values: structuredClone(view.values) },
    hash: view.hash,
    root_view_id: view.rootId,
    previous_view_id: view.previousId,
    app_id: world.app.id,
    external_id: view.externalId,
    app_installed_team_id: world.team.id,
    bot_id: world.app.botId,
  };
}

/** An ephemeral's container carries no message body. */
export const ephemeralContainer = (ephemeral: Ephemeral): Json => ({
  type: 'message',
  message_ts: ephemeral.ts,
  channel_id: ephemeral.channel,
  is_ephemeral: true,
});

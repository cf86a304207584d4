const CHANGE_CHANNELS = ['channels:manage', 'groups:write'];
const READ_CHANNELS = ['channels:read', 'groups:read'];
/** Channels, and DMs: what was posted there is looked for before it is posted again. */
const READ_MESSAGES = ['channels:history', 'groups:history', 'im:history'];

/** The bot scopes of every Web API method the bot may call, as it uses them: public and private channels, DMs. */
export const SCOPES_OF_METHOD: Readonly<Record<string, readonly string[]>> = {
  'api.test': [],
  'apps.connections.open': [],
  'auth.test': [],
  'bookmarks.add': ['bookmarks:write'],
  'bookmarks.edit': ['bookmarks:write'],
  'bookmarks.list': ['bookmarks:read'],
  'bookmarks.remove': ['bookmarks:write'],
  'bots.info': ['users:read'],
  'chat.delete': ['chat:write'],
  'chat.getPermalink': [],
  'chat.postEphemeral': ['chat:write'],
  // The announcement channel may be one the bot was never in.
  'chat.postMessage': ['chat:write', 'chat:write.public'],
  'chat.update': ['chat:write'],
  'conversations.archive': CHANGE_CHANNELS,
  'conversations.create': CHANGE_CHANNELS,
  'conversations.history': READ_MESSAGES,
  'conversations.info': READ_CHANNELS,
  'conversations.invite': CHANGE_CHANNELS,
  'conversations.join': ['channels:join'],
  'conversations.list': READ_CHANNELS,
  'conversations.members': READ_CHANNELS,
  'conversations.open': ['im:write'],
  'conversations.rename': CHANGE_CHANNELS,
  'conversations.replies': READ_MESSAGES,
  'conversations.setPurpose': CHANGE_CHANNELS,
  'conversations.setTopic': CHANGE_CHANNELS,
  'files.completeUploadExternal': ['files:write'],
  'files.delete': ['files:write'],
  'files.getUploadURLExternal': ['files:write'],
  'files.info': ['files:read'],
  // Not a method: the name under which the sending of the bytes is counted.
  'files.upload': [],
  'pins.add': ['pins:write'],
  'pins.list': ['pins:read'],
  'pins.remove': ['pins:write'],
  'reactions.add': ['reactions:write'],
  'reactions.get': ['reactions:read'],
  'team.info': ['team:read'],
  'usergroups.list': ['usergroups:read'],
  'usergroups.users.list': ['usergroups:read'],
  'users.conversations': READ_CHANNELS,
  'users.info': ['users:read'],
  'users.list': ['users:read'],
  'users.lookupByEmail': ['users:read.email'],
  'views.open': [],
  'views.publish': [],
  'views.push': [],
  'views.update': [],
};

/** The bot scopes without which Slack silently delivers nothing. */
export const SCOPES_OF_EVENT: Readonly<Record<string, readonly string[]>> = {
  app_home_opened: [],
  app_mention: ['app_mentions:read'],
  app_uninstalled: [],
  channel_archive: ['channels:read'],
  channel_deleted: ['channels:read'],
  channel_id_changed: ['channels:read'],
  channel_left: ['channels:read'],
  channel_rename: ['channels:read'],
  channel_unarchive: ['channels:read'],
  group_archive: ['groups:read'],
  group_deleted: ['groups:read'],
  group_left: ['groups:read'],
  group_rename: ['groups:read'],
  group_unarchive: ['groups:read'],
  member_joined_channel: READ_CHANNELS,
  member_left_channel: READ_CHANNELS,
  'message.channels': ['channels:history'],
  'message.groups': ['groups:history'],
  'message.im': ['im:history'],
  pin_added: ['pins:read'],
  pin_removed: ['pins:read'],
  reaction_added: ['reactions:read'],
  reaction_removed: ['reactions:read'],
  tokens_revoked: [],
  user_change: ['users:read'],
};

/** An event's type as it arrives → the names under which it is subscribed. */
export const SUBSCRIPTIONS_OF: Readonly<Record<string, readonly string[]>> = {
  message: ['message.channels', 'message.groups', 'message.im'],
};

const FAMILIES =
  'api|apps|auth|bookmarks|bots|calls|canvases|chat|conversations|dialog|dnd|emoji|files|pins|reactions|reminders|search|stars|team|usergroups|users|views';

/** Web API methods a source names, as a string or as a call on a client. */
export function methodsIn(source: string): string[] {
  const named = source.matchAll(new RegExp(`['"\`]((?:${FAMILIES})(?:\\.[a-zA-Z]+)+)['"\`]`, 'g'));
  // Three dots spread a list of that name.
  const called = source.matchAll(new RegExp(`(?<!\\.)\\.((?:${FAMILIES})(?:\\.[a-zA-Z]+)+)\\(`, 'g'));
  return [...named, ...called].map((match) => match[1] ?? '');
}

/** The keys of the object that follows `name:` or `name =` in a source, its own level only. */
export function keysOf(name: string, source: string): string[] {
  return [...source.matchAll(new RegExp(`\\b${name}(?::|\\s*=)\\s*\\{`, 'g'))].flatMap((opening) => {
    let depth = 1;
    let own = '';
    for (let i = opening.index + opening[0].length; i < source.length && depth > 0; i++) {
      const sign = source[i] ?? '';
      if ('{(['.includes(sign)) depth++;
      if (depth === 1) own += sign;
      if ('})]'.includes(sign)) depth--;
    }
    const code = own.replace(/\/\*[\s\S]*?\*\/|\/\/[^\n]*/g, '');
    return [...code.matchAll(/(?:^|,|\{)\s*(?:async\s+)?['"]?([\w.]+)['"]?\s*(?=[:,(}]|$)/g)].map(
      (match) => match[1] ?? '',
    );
  });
}

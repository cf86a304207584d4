import type { Channel, Json, World } from './world.ts';
import { nextId, seconds } from './world.ts';

/** Whether the app hears of something, and the wrapper in which it does. */

type Rule = {
  /** The name to subscribe to. */
  readonly name: string;
  /** One of these is needed. */
  readonly scopes: readonly string[];
  /** The bot must be in the channel. */
  readonly member: boolean;
};

/** The reason why the app does not hear it, or null when it does. */
export function whyUnheard(world: World, event: Json, channel?: Channel): string | null {
  if (!world.installed && event.type !== 'app_uninstalled' && event.type !== 'tokens_revoked') return 'not installed';
  const rule = ruleFor(event, channel);
  if (!rule) return 'no such event';
  if (!world.manifest.events.has(rule.name)) return `not subscribed to ${rule.name}`;
  if (rule.scopes.length > 0 && !rule.scopes.some((scope) => world.manifest.scopes.has(scope))) {
    return `missing scope ${rule.scopes.join(' or ')}`;
  }
  const isMember = channel?.members.has(world.app.botUserId) ?? false;
  if (channel && !isMember && (rule.member || channel.kind === 'private')) return 'the bot is not in the channel';
  return null;
}

function ruleFor(event: Json, channel?: Channel): Rule | null {
  const type = String(event.type);
  const isPrivate = channel?.kind === 'private';
  if (type === 'message') return MESSAGE_RULES[channel?.kind ?? 'public'];
  if (type === 'member_joined_channel' || type === 'member_left_channel') {
    return { name: type, scopes: [isPrivate ? 'groups:read' : 'channels:read'], member: true };
  }
  const scope = SCOPE_OF_EVENT.get(type);
  if (scope === undefined) return null;
  return { name: type, scopes: scope ? [scope] : [], member: MEMBERS_ONLY.has(type) };
}

const MESSAGE_RULES: Record<Channel['kind'], Rule> = {
  public: { name: 'message.channels', scopes: ['channels:history'], member: true },
  private: { name: 'message.groups', scopes: ['groups:history'], member: true },
  im: { name: 'message.im', scopes: ['im:history'], member: true },
};

const MEMBERS_ONLY = new Set(['reaction_added', 'reaction_removed', 'pin_added', 'pin_removed', 'app_mention']);

const SCOPE_OF_EVENT = new Map<string, string | null>([
  ['app_mention', 'app_mentions:read'],
  ['reaction_added', 'reactions:read'],
  ['reaction_removed', 'reactions:read'],
  ['pin_added', 'pins:read'],
  ['pin_removed', 'pins:read'],
  ['channel_archive', 'channels:read'],
  ['channel_created', 'channels:read'],
  ['channel_id_changed', 'channels:read'],
  ['channel_left', 'channels:read'],
  ['channel_rename', 'channels:read'],
  ['channel_unarchive', 'channels:read'],
  ['group_archive', 'groups:read'],
  ['group_left', 'groups:read'],
  ['group_rename', 'groups:read'],
  ['group_unarchive', 'groups:read'],
  ['user_change', 'users:read'],
  ['app_home_opened', null],
  ['app_uninstalled', null],
  ['tokens_revoked', null],
]);

/** The outer body: the event_id made here stays the same over every delivery. */
export function wrapEvent(world: World, event: Json, channel?: Channel): Json {
  return {
    token: world.app.verification,
    team_id: world.team.id,
    context_team_id: world.team.id,
    context_enterprise_id: null,
    api_app_id: world.app.id,
    event,
    type: 'event_callback',
    event_id: nextId(world, 'Ev'),
    event_time: seconds(world),
    authorizations: [
      {
        enterprise_id: null,
        team_id: world.team.id,
        user_id: world.app.botUserId,
        is_bot: true,
        is_enterprise_install: false,
      },
    ],
    is_ext_shared_channel: channel?.shared ?? false,
    event_context: `4-${world.counter}`,
  };
}

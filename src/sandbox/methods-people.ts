import { teamUrl } from './messages.ts';
import { always, flag, type Methods, needed, TIER, text } from './method.ts';
import { botProfile, groupJson, memberJson } from './shapes.ts';
import { Refusal } from './world.ts';

export const peopleMethods: Methods = {
  'api.test': {
    scopes: always(),
    perMinute: TIER.four,
    run: (_, args) => {
      const error = text(args, 'error');
      if (error) throw new Refusal(error, { args });
      return { args };
    },
  },
  'auth.test': {
    scopes: always(),
    perMinute: TIER.special,
    run: (world) => ({
      url: teamUrl(world),
      team: world.team.name,
      user: world.manifest.botName,
      team_id: world.team.id,
      user_id: world.app.botUserId,
      bot_id: world.app.botId,
      is_enterprise_install: false,
    }),
  },
  'team.info': {
    scopes: always('team:read'),
    perMinute: TIER.three,
    run: (world) => ({ team: { ...world.team, url: teamUrl(world), email_domain: '' } }),
  },
  'bots.info': {
    scopes: always('users:read'),
    perMinute: TIER.three,
    run: (world, args) => {
      if (needed(args, 'bot') !== world.app.botId) throw new Refusal('bot_not_found');
      return { bot: botProfile(world) };
    },
  },
  'users.info': {
    scopes: always('users:read'),
    perMinute: TIER.four,
    run: (world, args) => {
      const member = world.members.get(needed(args, 'user'));
      if (!member) throw new Refusal('user_not_found');
      return { user: memberJson(world, member) };
    },
  },
  'users.list': {
    scopes: always('users:read'),
    perMinute: TIER.two,
    run: (world) => ({
      members: [...world.members.values()].map((member) => memberJson(world, member)),
      cache_ts: Math.floor(world.now().getTime() / 1_000),
      response_metadata: { next_cursor: '' },
    }),
  },
  'usergroups.list': {
    scopes: always('usergroups:read'),
    perMinute: TIER.two,
    run: (world, args) => ({
      usergroups: [...world.groups.values()]
        .filter((group) => !group.disabled || flag(args, 'include_disabled'))
        .map((group) => groupJson(world, group, flag(args, 'include_users'), flag(args, 'include_count'))),
    }),
  },
  'usergroups.users.list': {
    scopes: always('usergroups:read'),
    perMinute: TIER.two,
    run: (world, args) => {
      const group = world.groups.get(needed(args, 'usergroup'));
      if (!group) throw new Refusal('no_such_subteam');
      return { users: [...group.users] };
    },
  },
};

import { issueHook } from './hooks.ts';
import { ephemeralContainer, messageJson, viewJson } from './shapes.ts';
import { composeCommand } from './typed.ts';
import { issueTrigger } from './views.ts';
import type { Channel, Ephemeral, Json, Member, Message, View, World } from './world.ts';
import { nextTs } from './world.ts';

/** What Slack sends when people do things: one function per payload. Each issues its trigger and response_url. */

/** Where a click happened. */
export type Source =
  | { readonly kind: 'message'; readonly channel: Channel; readonly message: Message }
  | { readonly kind: 'ephemeral'; readonly channel: Channel; readonly ephemeral: Ephemeral }
  | { readonly kind: 'view'; readonly view: View };

export function commandPayload(world: World, by: Member, channel: Channel, command: string, typed: string): Json {
  const { shouldEscape } = world.manifest.commands.get(command) ?? { shouldEscape: false };
  return {
    token: world.app.verification,
    team_id: world.team.id,
    team_domain: world.team.domain,
    channel_id: channel.id,
    channel_name: shownName(channel),
    user_id: by.id,
    user_name: by.handle,
    command,
    text: composeCommand(world, typed, shouldEscape),
    api_app_id: world.app.id,
    is_enterprise_install: 'false',
    response_url: issueHook(world, 'commands', { user: by.id, channel: channel.id }),
    trigger_id: issueTrigger(world, by.id),
  };
}

const SHOWN_NAME = { public: null, private: 'privategroup', im: 'directmessage' } as const;
const shownName = (channel: Channel): string => SHOWN_NAME[channel.kind] ?? channel.name;

export function actionsPayload(world: World, by: Member, source: Source, action: Json, values: Json): Json {
  return {
    type: 'block_actions',
    user: userJson(by),
    api_app_id: world.app.id,
    token: world.app.verification,
    ...sourceFields(world, by, source, values),
    trigger_id: issueTrigger(world, by.id),
    ...installFields(world),
    actions: [{ ...action, action_ts: nextTs(world) }],
  };
}

function sourceFields(world: World, by: Member, source: Source, values: Json): Json {
  if (source.kind === 'view') {
    return { container: { type: 'view', view_id: source.view.id }, view: viewJson(world, source.view) };
  }
  const { channel } = source;
  const original = source.kind === 'message' ? source.message.ts : source.ephemeral.ts;
  const hook = issueHook(world, 'actions', { user: by.id, channel: channel.id, original });
  const about = { channel: { id: channel.id, name: shownName(channel) }, state: { values }, response_url: hook };
  if (source.kind === 'ephemeral') return { container: ephemeralContainer(source.ephemeral), ...about };
  const { message } = source;
  const thread = message.threadTs ? { thread_ts: message.threadTs } : {};
  return {
    container: { type: 'message', message_ts: message.ts, channel_id: channel.id, is_ephemeral: false, ...thread },
    message: messageJson(world, channel, message, true),
    ...about,
  };
}

export function suggestionPayload(
  world: World,
  by: Member,
  view: View,
  block: Json,
  element: Json,
  typed: string,
): Json {
  return {
    type: 'block_suggestion',
    user: userJson(by),
    container: { type: 'view', view_id: view.id },
    api_app_id: world.app.id,
    token: world.app.verification,
    action_id: element.action_id,
    block_id: block.block_id,
    value: typed,
    ...installFields(world),
    view: viewJson(world, view),
  };
}

export function submissionPayload(world: World, by: Member, view: View): Json {
  return {
    type: 'view_submission',
    ...installFields(world),
    user: userJson(by),
    api_app_id: world.app.id,
    token: world.app.verification,
    trigger_id: issueTrigger(world, by.id),
    view: viewJson(world, view),
    response_urls: [],
  };
}

export function closedPayload(world: World, by: Member, view: View, isCleared: boolean): Json {
  return {
    type: 'view_closed',
    ...installFields(world),
    user: userJson(by),
    api_app_id: world.app.id,
    token: world.app.verification,
    view: viewJson(world, { ...view, values: {} }),
    is_cleared: isCleared,
  };
}

export function shortcutPayload(world: World, by: Member, callbackId: string): Json {
  return {
    type: 'shortcut',
    token: world.app.verification,
    action_ts: nextTs(world),
    ...installFields(world),
    user: { id: by.id, username: by.handle, team_id: by.teamId },
    callback_id: callbackId,
    trigger_id: issueTrigger(world, by.id),
  };
}

export function messageActionPayload(
  world: World,
  by: Member,
  callbackId: string,
  channel: Channel,
  message: Message,
): Json {
  return {
    type: 'message_action',
    token: world.app.verification,
    action_ts: nextTs(world),
    ...installFields(world),
    user: userJson(by),
    channel: { id: channel.id, name: shownName(channel) },
    callback_id: callbackId,
    trigger_id: issueTrigger(world, by.id),
    response_url: issueHook(world, 'app', { user: by.id, channel: channel.id }),
    message_ts: message.ts,
    message: messageJson(world, channel, message, true),
  };
}

const userJson = (by: Member): Json => ({ id: by.id, username: by.handle, name: by.handle, team_id: by.teamId });

const installFields = (world: World): Json => ({
  team: { id: world.team.id, domain: world.team.domain },
  enterprise: null,
  is_enterprise_install: false,
});

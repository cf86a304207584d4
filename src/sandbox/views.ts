import { timeLimits, viewLimits } from '../slack/limits.ts';
import { isJson } from './check.ts';
import { elementsOf, faultsInView } from './judge.ts';
import { objects } from './method.ts';
import { fillBlocks } from './normalise.ts';
import type { Json, View, World } from './world.ts';
import { nextId, Refusal, token } from './world.ts';

/** Modals and Home tabs: what the Web API and the answers to a form do to them. */

/** Judged and filled in. Throws Slack's refusal. */
export function readView(value: unknown): Json {
  if (!isJson(value)) throw new Refusal('invalid_arguments', asMessages(['missing required field: view']));
  if (Buffer.byteLength(JSON.stringify(value)) > viewLimits.bytes) throw new Refusal('view_too_large');
  const faults = faultsInView(value);
  if (faults.length > 0) {
    const messages = faults.map((fault) => `${fault.message} [json-pointer:${fault.pointer}]`);
    throw new Refusal('invalid_arguments', asMessages(messages));
  }
  return { ...value, blocks: fillBlocks(objects(value.blocks)) };
}

const asMessages = (messages: string[]): Json => ({
  response_metadata: { messages: messages.map((message) => `[ERROR] ${message}`) },
});

export function issueTrigger(world: World, user: string): string {
  const id = `${world.now().getTime()}.${String(world.counter).padStart(10, '0')}.${token(32)}`;
  world.triggers.set(id, { user, at: performance.now(), used: false });
  return id;
}

/** The person it was issued for. It works once, for three real seconds: the delay is the app's, not the story's. */
export function spendTrigger(world: World, id: string): string {
  if (!/^\d+\.\d+\.[0-9a-f]+$/.test(id)) throw new Refusal('invalid_trigger_id');
  const trigger = world.triggers.get(id);
  if (!trigger) throw new Refusal('invalid_trigger_id');
  if (performance.now() - trigger.at > timeLimits.triggerMs) throw new Refusal('expired_trigger_id');
  if (trigger.used) throw new Refusal('exchanged_trigger_id');
  trigger.used = true;
  return trigger.user;
}

export const stackOf = (world: World, user: string): View[] => world.stacks.get(user) ?? [];

/** A new modal takes the place of whatever was open. */
export function openView(world: World, user: string, body: Json): View {
  const view = makeView(world, user, body, null);
  world.stacks.set(user, [view]);
  return view;
}

export function pushView(world: World, user: string, body: Json): View {
  const stack = stackOf(world, user);
  const below = stack.at(-1);
  if (!below) throw new Refusal('not_found');
  if (stack.length >= viewLimits.stack) throw new Refusal('push_limit_reached');
  const view = makeView(world, user, body, below);
  stack.push(view);
  return view;
}

/** What was typed stays where block_id, action_id and kind stay. */
export function replaceView(world: World, view: View, body: Json): void {
  checkExternalId(world, body, view);
  view.body = body;
  view.hash = newHash(world);
  view.externalId = typeof body.external_id === 'string' ? body.external_id : view.externalId;
  view.errors = {};
  const kept = view.values;
  view.values = initialValues(body);
  for (const [blockId, actions] of Object.entries(view.values)) {
    for (const [actionId, initial] of Object.entries(actions)) {
      const typed = kept[blockId]?.[actionId];
      if (typed && typed.type === initial.type) actions[actionId] = typed;
    }
  }
}

export function publishView(world: World, user: string, body: Json): View {
  const held = world.homes.get(user);
  if (held) replaceView(world, held, body);
  const view = held ?? makeView(world, user, body, null);
  world.homes.set(user, view);
  return view;
}

export const everyView = (world: World): View[] => [...[...world.stacks.values()].flat(), ...world.homes.values()];

function makeView(world: World, user: string, body: Json, below: View | null): View {
  checkExternalId(world, body, null);
  const id = nextId(world, 'V');
  return {
    id,
    user,
    rootId: below?.rootId ?? id,
    previousId: below?.id ?? null,
    hash: newHash(world),
    externalId: typeof body.external_id === 'string' ? body.external_id : '',
    body,
    values: initialValues(body),
    errors: {},
  };
}

function checkExternalId(world: World, body: Json, itself: View | null): void {
  const wanted = body.external_id;
  if (!wanted) return;
  if (everyView(world).some((view) => view !== itself && view.externalId === wanted)) {
    throw new Refusal('duplicate_external_id');
  }
}

const newHash = (world: World): string => `${Math.floor(world.now().getTime() / 1_000)}.${token(8)}`;

/** `state.values` as it stands before anybody touched the view. */
function initialValues(body: Json): View['values'] {
  const values: View['values'] = {};
  for (const block of objects(body.blocks)) {
    for (const element of elementsOf(block)) {
      const initial = initialValue(element);
      if (initial)
        values[String(block.block_id)] = { ...values[String(block.block_id)], [String(element.action_id)]: initial };
    }
  }
  return values;
}

/** Null for what has no state: buttons, overflow menus and images. */
function initialValue(element: Json): Json | null {
  const type = String(element.type);
  const make = EMPTY.get(type);
  return make ? { type, ...make(element) } : null;
}

const one = (key: string, initial: string) => (element: Json) => ({ [key]: element[initial] ?? null });
const many = (key: string, initial: string) => (element: Json) => ({ [key]: element[initial] ?? [] });

const EMPTY = new Map<string, (element: Json) => Json>([
  ['plain_text_input', one('value', 'initial_value')],
  ['email_text_input', one('value', 'initial_value')],
  ['url_text_input', one('value', 'initial_value')],
  ['number_input', one('value', 'initial_value')],
  ['rich_text_input', one('rich_text_value', 'initial_value')],
  ['file_input', many('files', 'initial_files')],
  ['static_select', one('selected_option', 'initial_option')],
  ['external_select', one('selected_option', 'initial_option')],
  ['radio_buttons', one('selected_option', 'initial_option')],
  ['multi_static_select', many('selected_options', 'initial_options')],
  ['multi_external_select', many('selected_options', 'initial_options')],
  ['checkboxes', many('selected_options', 'initial_options')],
  ['users_select', one('selected_user', 'initial_user')],
  ['multi_users_select', many('selected_users', 'initial_users')],
  ['conversations_select', one('selected_conversation', 'initial_conversation')],
  ['multi_conversations_select', many('selected_conversations', 'initial_conversations')],
  ['channels_select', one('selected_channel', 'initial_channel')],
  ['multi_channels_select', many('selected_channels', 'initial_channels')],
  ['datepicker', one('selected_date', 'initial_date')],
  ['timepicker', one('selected_time', 'initial_time')],
  ['datetimepicker', one('selected_date_time', 'initial_date_time')],
]);

import { pageLimits } from '../slack/limits.ts';
import { isJson } from './check.ts';
import type { Channel, Json, World } from './world.ts';
import { Refusal } from './world.ts';

/** One method of the Web API: what it needs, how often it may be called, what it does. */
export type Method = {
  /** Any one of these scopes (all of them with `every`); none needed when empty. */
  readonly scopes: (world: World, args: Json) => readonly string[];
  readonly every?: true;
  /** Calls per minute of its tier. */
  readonly perMinute: number;
  /** Does it and answers what goes beside `ok: true`. Throws a Refusal. */
  readonly run: (world: World, args: Json) => Json;
};

export type Methods = Record<string, Method>;

export const TIER = { one: 1, two: 20, three: 50, four: 100, special: 600 } as const;

export const always =
  (...scopes: string[]) =>
  () =>
    scopes;

/** `channels:read`, `groups:read` … by the kind of the channel in question. */
export const byChannel = (publicScopes: string[], privateScopes: string[], imScopes: string[] = [], name = 'channel') =>
  function scopes(world: World, args: Json): string[] {
    const channel = world.channels.get(String(args[name]));
    if (channel?.kind === 'private') return privateScopes;
    if (channel?.kind === 'im') return imScopes;
    return publicScopes;
  };

export const toRead = byChannel(['channels:read'], ['groups:read'], ['im:read']);
export const toHistory = byChannel(['channels:history'], ['groups:history'], ['im:history']);
export const toManage = byChannel(['channels:manage'], ['groups:write'], ['im:write']);

export function text(args: Json, name: string): string | undefined {
  const value = args[name];
  if (value === undefined || value === null || value === '') return undefined;
  if (Array.isArray(value)) throw new Refusal('invalid_array_arg');
  return String(value);
}

export function needed(args: Json, name: string): string {
  const value = text(args, name);
  if (value === undefined) throw badArguments(`missing required field: ${name}`);
  return value;
}

export const badArguments = (...faults: string[]): Refusal =>
  new Refusal('invalid_arguments', { response_metadata: { messages: faults.map((fault) => `[ERROR] ${fault}`) } });

export const flag = (args: Json, name: string): boolean => ['true', '1'].includes(String(args[name] ?? ''));

/** A nested value: JSON inside a form field, or the value itself in a JSON body. Undefined when it is not JSON. */
export function nested(args: Json, name: string): { given: boolean; value?: unknown } {
  const raw = args[name];
  if (raw === undefined || raw === null || raw === '') return { given: false };
  if (typeof raw !== 'string') return { given: true, value: raw };
  try {
    return { given: true, value: JSON.parse(raw) };
  } catch {
    return { given: true };
  }
}

export const objects = (value: unknown): Json[] => (Array.isArray(value) ? value.filter(isJson) : []);

/** A channel as the bot can see it. */
export function seenChannel(world: World, args: Json, name = 'channel'): Channel {
  const channel = world.channels.get(needed(args, name));
  if (!channel || (channel.kind !== 'public' && !isIn(world, channel))) throw new Refusal('channel_not_found');
  return channel;
}

/** … in which the bot is a member, and which is not archived. */
export function workChannel(world: World, args: Json, name = 'channel'): Channel {
  const channel = seenChannel(world, args, name);
  if (channel.archived) throw new Refusal('is_archived');
  return insist(world, channel);
}

/** … in which the bot is a member. */
export const memberChannel = (world: World, args: Json): Channel => insist(world, seenChannel(world, args));

function insist(world: World, channel: Channel): Channel {
  if (!isIn(world, channel)) throw new Refusal('not_in_channel');
  return channel;
}

/** A channel people talk in: not a direct message. */
export function realChannel(channel: Channel): Channel {
  if (channel.kind === 'im') throw new Refusal('method_not_supported_for_channel_type');
  return channel;
}

export const isIn = (world: World, channel: Channel): boolean => channel.members.has(world.app.botUserId);

export function limitOf(args: Json, largest: number, usual: number = pageLimits.defaultRows): number {
  const given = text(args, 'limit');
  if (given === undefined || given === '0') return usual;
  const limit = Number(given);
  if (!Number.isInteger(limit) || limit < 1 || limit > largest) throw new Refusal('invalid_limit');
  return limit;
}

/** Opaque to callers: base64 of `<kind>:<value>`. */
export const cursorOf = (kind: string, value: string): string => Buffer.from(`${kind}:${value}`).toString('base64');

export function readCursor(args: Json, kind: string): string | undefined {
  const given = text(args, 'cursor');
  if (given === undefined) return undefined;
  const plain = Buffer.from(given, 'base64').toString();
  if (!plain.startsWith(`${kind}:`)) throw new Refusal('invalid_cursor');
  return plain.slice(kind.length + 1);
}

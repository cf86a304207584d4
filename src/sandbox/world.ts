import type { Journal } from './journal.ts';
import type { Manifest } from './manifest.ts';

/** Anything as Slack writes it on the wire. */
export type Json = Record<string, unknown>;

/** What a person is to the workspace. A stranger belongs to another team. */
export type PersonKind = 'member' | 'guest' | 'single-channel-guest' | 'stranger' | 'bot';

export type Member = {
  readonly id: string;
  /** What tests and `@mentions` call them. */
  handle: string;
  realName: string;
  readonly teamId: string;
  readonly kind: PersonKind;
  deactivated: boolean;
  tz: string;
  /** Seconds. */
  updated: number;
};

export type UserGroup = { readonly id: string; handle: string; name: string; users: string[]; disabled: boolean };

type Reaction = { name: string; users: string[] };

export type Message = {
  readonly ts: string;
  /** Absent on a message posted by nobody (a webhook). */
  user?: string;
  botId?: string;
  /** For `bot_message`, which has no user. */
  username?: string;
  subtype?: string;
  text: string;
  blocks: Json[];
  attachments: Json[];
  metadata?: { event_type: string; event_payload: Json };
  threadTs?: string;
  /** A reply also shown in the channel. */
  broadcast: boolean;
  edited?: { user: string; ts: string };
  reactions: Reaction[];
  files: string[];
  clientMsgId?: string;
  /** Fields of a system message: topic, inviter, old_name … */
  extra: Json;
};

type Pin = { ts: string; by: string; created: number };

export type Channel = {
  id: string;
  name: string;
  kind: 'public' | 'private' | 'im';
  readonly creator: string;
  /** Seconds. */
  readonly created: number;
  /** Milliseconds. */
  updated: number;
  archived: boolean;
  readonly general: boolean;
  /** Shared with another organisation. */
  shared: boolean;
  topic: Heading;
  purpose: Heading;
  previousNames: string[];
  readonly members: Set<string>;
  /** By ts, oldest first. */
  readonly messages: Map<string, Message>;
  readonly pins: Pin[];
  readonly bookmarks: Json[];
  /** The person of a direct message with the bot. */
  readonly peer?: string;
};

type Heading = { value: string; creator: string; last_set: number };

/** A message only one person sees, until they reload. */
export type Ephemeral = {
  readonly ts: string;
  readonly to: string;
  readonly channel: string;
  readonly from: 'ack' | 'chat.postEphemeral' | 'response_url' | 'slack';
  text: string;
  blocks: Json[];
  threadTs?: string;
};

export type View = {
  readonly id: string;
  readonly user: string;
  readonly rootId: string;
  readonly previousId: string | null;
  hash: string;
  externalId: string;
  /** As the app sent it, with ids filled in. */
  body: Json;
  /** block_id → action_id → value, as it goes into `state.values`. */
  values: Record<string, Record<string, Json>>;
  /** Block id → what the app found wrong. */
  errors: Record<string, string>;
};

export type SlackFile = {
  readonly id: string;
  readonly user: string;
  readonly name: string;
  readonly created: number;
  /** Of the announced upload. */
  readonly length: number;
  title: string;
  content: Buffer | null;
  completed: boolean;
  /** It is gone; its id is known all the same. */
  deleted?: true;
  shares: { channel: string; ts: string; threadTs?: string }[];
};

/** One right to open a view: 3 s, once. */
type Trigger = { readonly user: string; readonly at: number; used: boolean };

/** A response_url: where it came from decides what `replace_original` means. */
export type Hook = {
  readonly user: string;
  readonly channel: string;
  readonly at: number;
  /** ts of the message or ephemeral it belongs to. */
  readonly original?: string;
  uses: number;
};

/** The whole workspace, and the one app installed in it. */
export type World = {
  readonly team: { id: string; domain: string; name: string };
  readonly app: { id: string; botId: string; botUserId: string; verification: string };
  readonly tokens: { bot: string; app: string; signingSecret: string };
  /** The app is uninstalled: its tokens are dead. */
  installed: boolean;
  readonly manifest: Manifest;
  /** What people chose to be called: their full names, else their handles. */
  fullNames: boolean;
  readonly now: () => Date;
  /** Milliseconds by which `now` has been moved forward; ts must never go back, so it is kept. */
  ahead: number;
  /** Where links of this workspace point: `http://127.0.0.1:port`. */
  origin: string;
  readonly members: Map<string, Member>;
  readonly groups: Map<string, UserGroup>;
  readonly channels: Map<string, Channel>;
  /** Names nobody can see the holder of: `name_taken` all the same. */
  readonly reservedNames: Set<string>;
  readonly files: Map<string, SlackFile>;
  /** Modal stacks by person, the top last. */
  readonly stacks: Map<string, View[]>;
  /** Published Home tabs by person. */
  readonly homes: Map<string, View>;
  readonly ephemerals: Ephemeral[];
  readonly triggers: Map<string, Trigger>;
  readonly hooks: Map<string, Hook>;
  /** What people chose in selects of messages: message ts → person → values. */
  readonly choices: Map<string, Record<string, Record<string, Json>>>;
  readonly journal: Journal;
  /** Hands an event to the delivery, which asks whether the app hears it. */
  tell: (event: Json, about?: Channel) => void;
  lastTs: number;
  /** Of this start, in every id made. */
  readonly run: string;
  counter: number;
};

/** Slack's answer "no": an error name and what goes with it. Thrown by methods, answered by the Web API. */
export class Refusal extends Error {
  readonly code: string;
  readonly more: Json;
  constructor(code: string, more: Json = {}) {
    super(code);
    this.code = code;
    this.more = more;
  }
}

/** A fresh id with Slack's prefix, unlike any of an earlier run: an app's database may remember those. */
export function nextId(world: World, prefix: string): string {
  world.counter += 1;
  return `${prefix}0${world.run}${world.counter.toString(36).toUpperCase().padStart(4, '0')}`;
}

/** The next message id: of this instant, yet above every earlier one. */
export function nextTs(world: World): string {
  world.lastTs = Math.max(world.now().getTime() * 1_000, world.lastTs + 1);
  return asTs(world.lastTs);
}

/** Microseconds as `seconds.6digits`. */
export const asTs = (micros: number): string =>
  `${Math.floor(micros / 1_000_000)}.${String(micros % 1_000_000).padStart(6, '0')}`;

export const seconds = (world: World): number => Math.floor(world.now().getTime() / 1_000);

/** A random-looking token for triggers, hashes and hooks; unique, which is all that matters here. */
export const token = (length = 32): string =>
  Array.from({ length }, () => '0123456789abcdef'.charAt(Math.floor(Math.random() * 16))).join('');

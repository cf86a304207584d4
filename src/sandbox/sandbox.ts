/**
 * A strict local Slack to test against and to try the bot in. It refuses what Slack refuses, with Slack's error names.
 *
 *   const slack = await startSandbox({ manifest: 'manifest.yml', mode: 'socket' });      // or mode: 'http', requestUrl
 *   // start the app with slack.tokens.{bot,app,signingSecret} and slackApiUrl: slack.apiUrl
 *   await slack.connected();                                   // Socket Mode: the app has a connection
 *   const oncall = slack.person('oncall');                     // oncall, commander, comms, exec
 *   const reply = await oncall.slash('/incident declare sev1 checkout is down', { in: 'general' });
 *   reply.outcome;                                             // 'acked' | 'operation_timeout' | 'dispatch_failed'
 *   await slack.until(() => slack.channels().find((c) => c.name.startsWith('inc-')));
 *   await oncall.clicks("I'm IC", { in: 'inc-…' });
 *   const form = await (await oncall.seesModal('Declare incident')).fill({ Title: 'x', Severity: 'SEV2' });
 *   (await form.submit()).errors;                              // by label
 *   await slack.person('exec').sees('SEV1', { in: 'incidents' });
 *   slack.faults.on('chat.postMessage', { loseAnswer: true });
 *   expect(slack.journal.violations()).toEqual([]);
 *   await slack.close();
 */

import { formatDuration } from '../lib/duration.ts';
import type { Stage } from './acts.ts';
import { type ChannelView, viewChannel } from './channel-view.ts';
import { addChannel, changeId, joinChannel } from './channels.ts';
import { channelId, userId } from './choose.ts';
import { createDelivery, type Delivery, type DeliveryOptions, SLACKS_SCHEDULE } from './delivery.ts';
import { whyUnheard, wrapEvent } from './events.ts';
import { createFaults, type Faults } from './faults.ts';
import { createHttpLine, type HttpLine } from './http-line.ts';
import { type Journal, type Truthy, until } from './journal.ts';
import { type Manifest, readManifest } from './manifest.ts';
import { type Memory, recall, remember } from './memory.ts';
import { addMessage, changeMessage } from './messages.ts';
import { allMethods } from './methods.ts';
import { makePerson, type Person } from './person.ts';
import { type Shown, showMessage } from './readable.ts';
import { addMember, emptyWorld, type NewMember, seed, seedOutsiders } from './seeds.ts';
import { createSandboxServer } from './server.ts';
import { memberJson } from './shapes.ts';
import { createSocketLine, type SocketLine } from './socket-line.ts';
import { createWebApi } from './web-api.ts';
import type { Channel, World } from './world.ts';
import { nextId, nextTs } from './world.ts';

export type SandboxOptions = {
  /** Path of the app's manifest, or one already read. */
  readonly manifest: string | Manifest;
  readonly mode: 'socket' | 'http';
  /** HTTP mode: where the app listens; may be told later with `http.pointAt`. */
  readonly requestUrl?: string;
  /** Of the workspace: messages' ts, response_urls. Default: real time. */
  readonly now?: () => Date;
  /** Default: any free one. */
  readonly port?: number;
  /** Slack's tiers and one post a second per channel. Default off, for speed. */
  readonly rateLimits?: boolean;
  /** Shorter waits before retries, for tests. */
  readonly delivery?: Partial<DeliveryOptions>;
  /** A file in which the workspace outlives its process. Default: it begins afresh. */
  readonly memory?: string;
  /** Also a guest and somebody of another organisation, in a channel shared with it. */
  readonly outsiders?: boolean;
  /** People are called by their full names, as the page calls them. Default: by their handles. */
  readonly fullNames?: boolean;
  /** Lines the journal holds at most. Default 20,000, for tests. */
  readonly journalKeeps?: number;
  /** Hears one sentence when that file cannot be used. */
  readonly note?: (sentence: string) => void;
};

export type Sandbox = {
  /** `http://127.0.0.1:port`, and its `/api/` for clients. */
  readonly url: string;
  readonly apiUrl: string;
  readonly tokens: World['tokens'];
  readonly world: World;
  readonly journal: Journal;
  readonly faults: Faults;
  readonly delivery: Delivery;
  /** Socket Mode connections: count, drop, disconnect(reason). */
  readonly sockets: SocketLine;
  readonly http: HttpLine;
  readonly bot: { readonly id: string; readonly handle: string };
  /** The workspace's clock: hand it to the bot as its own. */
  readonly now: () => Date;
  /** Moves it forward by milliseconds, deliveries that wait included; the bot must be told to look. */
  readonly forward: (ms: number) => void;
  readonly person: (handle: string) => Person;
  readonly people: () => Person[];
  readonly channel: (name: string) => ChannelView;
  readonly channels: () => ChannelView[];
  readonly addPerson: (fields: NewMember) => Person;
  readonly addChannel: (
    name: string,
    fields?: { private?: boolean; shared?: boolean; members?: string[] },
  ) => ChannelView;
  readonly addGroup: (handle: string, members: string[]) => string;
  /** `name_taken` from now on, by a holder nobody can find. */
  readonly reserveName: (name: string) => void;
  /** Deactivates an account; `user_change` tells. */
  readonly deactivate: (handle: string) => void;
  /** A bot of another kind posts: `bot_message` without a user. */
  readonly webhook: (channel: string, text: string, username?: string) => Shown;
  /** Slack adds a link preview: message_changed without `edited`. */
  readonly unfurl: (message: { ts: string }, title: string) => void;
  readonly changeId: (channel: string, id: string) => void;
  /** The app is removed: its tokens die, tokens_revoked and app_uninstalled are told. */
  readonly uninstall: () => void;
  readonly until: <T>(
    condition: () => T | Promise<T>,
    options?: { timeoutMs?: number; what?: string },
  ) => Promise<Truthy<T>>;
  /** The app has so many connections (Socket Mode), or answers the challenge (HTTP). */
  readonly connected: (sockets?: number) => Promise<void>;
  /** No event is on its way nor waits for a retry. */
  readonly settled: () => Promise<void>;
  readonly serveAlso: (prefix: string, fetch: (request: Request) => Response | Promise<Response>) => void;
  readonly close: () => Promise<void>;
};

export async function startSandbox(options: SandboxOptions): Promise<Sandbox> {
  const manifest = typeof options.manifest === 'string' ? readManifest(options.manifest) : options.manifest;
  const world = emptyWorld(manifest, options.now ?? (() => new Date()), options.journalKeeps);
  const memory = options.memory ? { path: options.memory, note: options.note ?? console.warn } : null;
  const isKnown = memory !== null && recall(world, memory);
  if (!isKnown) seed(world);
  if (options.outsiders) seedOutsiders(world);
  world.fullNames = options.fullNames ?? false;
  const { journal } = world;
  const faults = createFaults(journal, () => sockets.drop());
  const front = createSandboxServer(world, () => faults);
  const sockets = createSocketLine(world, front.server);
  const http = createHttpLine(world, options.requestUrl);
  const delivery = createDelivery(journal, faults, options.mode === 'socket' ? sockets : http, {
    ...SLACKS_SCHEDULE,
    ...options.delivery,
  });
  let kept: Memory | null = null;
  const stage: Stage = { world, delivery };
  front.routeApi(
    createWebApi(world, faults, allMethods(sockets), {
      rateLimits: options.rateLimits ?? false,
      // What the bot was told happened must still have happened after a kill.
      beforeAnswer: () => kept?.save(),
    }),
  );
  world.tell = (event, channel) => {
    journal.changed();
    kept?.save();
    if (whyUnheard(world, event, channel) === null) delivery.event(wrapEvent(world, event, channel));
  };
  world.origin = await (options.port === undefined && isKnown
    ? listenAgain(front.listen, world.origin)
    : front.listen(options.port ?? 0));
  kept = memory && remember(world, memory);

  const connected = async (count = 1) => {
    if (options.mode === 'socket') {
      await until(journal, () => sockets.count() >= count, { what: `${count} sockets`, timeoutMs: 15_000 });
    } else {
      await until(journal, () => http.verifyUrl(), { what: 'the request URL answers', timeoutMs: 15_000 });
    }
  };

  return {
    url: world.origin,
    apiUrl: `${world.origin}/api/`,
    tokens: world.tokens,
    world,
    journal,
    faults,
    delivery,
    sockets,
    http,
    bot: { id: world.app.botUserId, handle: manifest.botName },
    now: world.now,
    forward: (ms) => {
      if (!(ms >= 0)) throw new Error('The clock only goes forward');
      world.ahead += ms;
      // Before anything is stamped with it.
      kept?.save();
      journal.record({ kind: 'clock', what: `${formatDuration(ms)} forward, it is ${world.now().toISOString()}` });
      delivery.passed(ms);
    },
    ...populated(stage),
    until: (condition, how) => until(journal, condition, how),
    connected,
    settled: () =>
      until(journal, () => delivery.pending() === 0, { what: 'all events are delivered' }).then(() => undefined),
    serveAlso: front.serveAlso,
    close: async () => {
      delivery.stop();
      sockets.close();
      await front.close();
      kept?.close();
    },
  };
}

/** Where it was before if that is free: links which people and databases hold stay good. */
function listenAgain(listen: (port: number) => Promise<string>, origin: string): Promise<string> {
  return listen(Number(new URL(origin).port)).catch(() => listen(0));
}

type Population = Pick<
  Sandbox,
  | 'person'
  | 'people'
  | 'channel'
  | 'channels'
  | 'addPerson'
  | 'addChannel'
  | 'addGroup'
  | 'reserveName'
  | 'deactivate'
  | 'webhook'
  | 'unfurl'
  | 'changeId'
  | 'uninstall'
>;

function populated(stage: Stage): Population {
  const { world } = stage;
  const channelAt = (name: string) => world.channels.get(channelId(world, name)) as Channel;
  const person = (handle: string) => {
    const member = world.members.get(userId(world, handle));
    if (!member) throw new Error(`Nobody is called ${handle}`);
    return makePerson(stage, member);
  };
  const humans = () => [...world.members.values()].filter((member) => member.kind !== 'bot');
  return {
    person,
    people: () => humans().map((member) => makePerson(stage, member)),
    channel: (name) => viewChannel(world, channelAt(name)),
    channels: () =>
      [...world.channels.values()].filter((c) => c.kind !== 'im').map((channel) => viewChannel(world, channel)),
    addPerson: (fields) => makePerson(stage, addMember(world, fields)),
    addChannel: (name, { private: isPrivate = false, shared = false, members = ['oncall'] } = {}) => {
      const [first = 'oncall', ...others] = members;
      const kind = isPrivate ? 'private' : 'public';
      const channel = addChannel(world, { name, kind, shared, creator: userId(world, first) });
      for (const handle of others) joinChannel(world, channel, userId(world, handle), userId(world, first));
      return viewChannel(world, channel);
    },
    addGroup: (handle, members) => {
      const id = nextId(world, 'S');
      const users = members.map((name) => userId(world, name));
      world.groups.set(id, { id, handle, name: handle, users, disabled: false });
      return id;
    },
    reserveName: (name) => {
      world.reservedNames.add(name);
    },
    deactivate: (handle) => {
      const member = world.members.get(userId(world, handle));
      if (!member) return;
      member.deactivated = true;
      const cache = Math.floor(world.now().getTime() / 1_000);
      world.tell({ type: 'user_change', user: memberJson(world, member), cache_ts: cache, event_ts: nextTs(world) });
    },
    webhook: (name, text, username = 'Pager') => {
      const channel = channelAt(name);
      const message = addMessage(world, channel, { subtype: 'bot_message', botId: 'B0PAGER001', username, text });
      return showMessage(world, channel, message);
    },
    unfurl: ({ ts }, title) => {
      for (const channel of world.channels.values()) {
        const message = channel.messages.get(ts);
        if (message) changeMessage(world, channel, message, { attachments: [{ id: 1, title, fallback: title }] });
      }
    },
    changeId: (name, id) => changeId(world, channelAt(name), id),
    uninstall: () => {
      world.installed = false;
      const tokens = { oauth: [], bot: [world.app.botUserId] };
      world.tell({ type: 'tokens_revoked', tokens, event_ts: nextTs(world) });
      world.tell({ type: 'app_uninstalled', event_ts: nextTs(world) });
    },
  };
}

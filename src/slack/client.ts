import { WebAPIPlatformError, WebClient } from '@slack/web-api';
import type { z } from 'zod';
import type { Message } from '../jobs/job.ts';
import { type ChannelId, type Ts, ts, type UserId } from '../lib/ids.ts';
import { shorten } from '../lib/text.ts';
import * as answers from './answers.ts';
import type { Me, Once, SlackApi } from './api.ts';
import { SlackFault, saidSlack } from './errors.ts';
import { faultOf, httpFault, networkFault, refusalOf, tooMany, unreadable } from './faults.ts';
import { channelLimits, pageLimits } from './limits.ts';
import { type Log, quietLogger } from './quiet.ts';

export interface SlackCall {
  readonly method: string;
  readonly outcome: 'ok' | SlackFault['outcome'];
  /** Slack's word, `timeout`, `network`, `http_503`; null when it went well. */
  readonly code: string | null;
  readonly ms: number;
}

interface SlackOptions {
  readonly token: string;
  readonly apiUrl: string;
  readonly log: Log;
  readonly observe: (call: SlackCall) => void;
  readonly requestTimeoutMs?: number;
  /** What Slack's 429s said to any process. Without it only the job that met one waits. */
  readonly limits?: KnownLimits;
}

/** Neither rejects: while nobody can be asked, Slack says it itself. */
export interface KnownLimits {
  isOn(scope: string): Promise<boolean>;
  met(scope: string, forMs: number): Promise<void>;
}

/** A trigger is gone after 3 s, and an answer must follow the form that did not open. */
const OPEN_VIEW_TIMEOUT_MS = 1_500;
/** Before an uncertain attempt, to cover clocks that differ. */
const LOOK_BACK_MS = 5 * 60_000;
const PAGE = 200;
const BOTH_KINDS = { types: 'public_channel,private_channel', exclude_archived: true };

export function createSlack({ token, apiUrl, log, observe, limits, requestTimeoutMs = 5_000 }: SlackOptions): SlackApi {
  const clients = new Map<number, WebClient>();
  let known: Promise<Me> | null = null;

  /** A WebClient has one time-out for all its calls, so there is one per time-out. */
  function clientFor(timeout: number): WebClient {
    const existing = clients.get(timeout);
    if (existing) return existing;
    const client = new WebClient(token, {
      slackApiUrl: apiUrl,
      timeout,
      retryConfig: { retries: 0 },
      rejectRateLimitedCalls: true,
      logger: quietLogger(log),
      fetch: fetchForWebClient,
    });
    clients.set(timeout, client);
    return client;
  }

  async function call<S extends z.ZodType>(
    method: string,
    args: Record<string, unknown>,
    schema: S,
    how: { timeoutMs?: number; limit?: string; refusal?: z.ZodType } = {},
  ): Promise<z.output<S>> {
    return observed(method, how.limit, async () => {
      const answer = await clientFor(how.timeoutMs ?? requestTimeoutMs)
        .apiCall(method, args)
        .catch((error: unknown) => {
          if (how.refusal && error instanceof WebAPIPlatformError && how.refusal.safeParse(error.data).success)
            return error.data;
          throw error;
        });
      const read = schema.safeParse(answer);
      if (!read.success) throw unreadable(method);
      return read.data;
    });
  }

  async function observed<T>(method: string, limit: string = method, work: () => Promise<T>): Promise<T> {
    if (await limits?.isOn(limit)) throw new SlackFault({ method, code: 'ratelimited', outcome: 'not-done', limit });
    const began = performance.now();
    const report = (outcome: SlackCall['outcome'], code: string | null) =>
      observe({ method, outcome, code, ms: performance.now() - began });
    try {
      const result = await work();
      report('ok', null);
      return result;
    } catch (error) {
      const fault = faultOf(method, error, limit);
      // Whoever asks who we are is then told that Slack does not know any more.
      if (fault.isAway && fault.outcome === 'not-done') known = null;
      if (fault.limit && fault.retryAfterMs !== undefined) await limits?.met(fault.limit, fault.retryAfterMs);
      report(fault.outcome, fault.code);
      throw fault;
    }
  }

  /** Walks the pages until `pick` finds something. Slack: an empty page with a cursor is normal. */
  async function seek<P extends answers.Page, T>(
    method: string,
    args: Record<string, unknown>,
    schema: z.ZodType<P>,
    pick: (page: P) => T | undefined,
  ): Promise<T | null> {
    for (let cursor: string | null = null; ; ) {
      const page: P = await call(method, cursor ? { ...args, cursor } : args, schema);
      const found = pick(page);
      if (found !== undefined) return found;
      cursor = answers.cursorIn(page);
      if (!cursor) return null;
    }
  }

  async function me(): Promise<Me> {
    known ??= askWhoWeAre();
    try {
      return await known;
    } catch (fault) {
      known = null;
      throw fault;
    }
  }

  async function askWhoWeAre(): Promise<Me> {
    const us = await call('auth.test', {}, answers.WhoWeAre);
    return { teamId: us.team_id, userId: us.user_id, botId: us.bot_id, url: us.url };
  }

  async function findPost(channel: ChannelId, once: Once, since: Date, thread?: Ts): Promise<Ts | null> {
    const us = await me();
    const oldest = answers.tsOf(new Date(since.getTime() - LOOK_BACK_MS));
    const where = thread ? { channel, ts: thread } : { channel };
    return seek(
      thread ? 'conversations.replies' : 'conversations.history',
      { ...where, oldest, limit: PAGE, include_all_metadata: true },
      answers.Messages,
      ({ messages }) => {
        const ours = messages.find((message) => answers.carries(message, once.marker, us));
        return ours && ts(ours.ts);
      },
    );
  }

  async function post(channel: ChannelId, message: Message, once: Once, thread?: Ts): Promise<Ts> {
    const found = once.uncertainSince && (await findPost(channel, once, once.uncertainSince, thread));
    if (found) return found;
    stillMine(once, 'chat.postMessage');
    const posted = await call(
      'chat.postMessage',
      {
        channel,
        ...message,
        thread_ts: thread,
        metadata: answers.markerOf(once.marker),
        unfurl_links: false,
        unfurl_media: false,
      },
      answers.Posted,
      { limit: `chat.postMessage:${channel}` },
    );
    return posted.ts;
  }

  /** The name alone could be someone else's channel, and a public one must never stand in for a private one. */
  async function findOwnChannel(name: string, isPrivate: boolean) {
    const us = await me();
    const where = { ...BOTH_KINDS, limit: PAGE };
    return seek('users.conversations', where, answers.Channels, ({ channels }) =>
      channels.find((one) => one.name === name && one.creator === us.userId && one.is_private === isPrivate),
    );
  }

  async function inviteSome(channel: ChannelId, users: readonly UserId[]): Promise<{ user: UserId; error: string }[]> {
    try {
      const args = { channel, users: users.join(','), force: true };
      const said = await call('conversations.invite', args, INVITED, { refusal: answers.InviteRefusals });
      return said.errors ?? [];
    } catch (fault) {
      if (!saidSlack(fault, ...ABOUT_ONE_PERSON)) throw fault;
      if (users[0] && users.length === 1) return [{ user: users[0], error: fault.code }];
      const alone: { user: UserId; error: string }[] = [];
      for (const user of users) alone.push(...(await inviteSome(channel, [user])));
      return alone;
    }
  }

  async function sendRaw(method: string, url: string, init: RequestInit): Promise<void> {
    await observed(method, method, async () => {
      // An address that cannot be read would stand in fetch's own error, and it is a secret.
      if (!URL.canParse(url)) throw refusalOf(method, method, { error: 'invalid_url' });
      const signal = AbortSignal.timeout(requestTimeoutMs);
      const response = await fetch(url, { method: 'POST', redirect: 'error', ...init, signal }).catch(
        (error: unknown) => {
          throw networkFault(method, error);
        },
      );
      const text = await response.text().catch(() => '');
      if (response.status === 429)
        throw tooMany(method, method, Number(response.headers.get('retry-after') ?? 1) * 1_000);
      const word = /"error":"([a-z_]+)"/.exec(text)?.[1];
      if (!response.ok && word) throw refusalOf(method, method, { error: word });
      if (!response.ok) throw httpFault(method, response.status);
    });
  }

  return {
    me,
    post,

    async createChannel(name, isPrivate, once) {
      const found = once.uncertainSince && (await findOwnChannel(name, isPrivate));
      if (found) return { id: found.id, name: found.name };
      stillMine(once, 'conversations.create');
      const made = await call('conversations.create', { name, is_private: isPrivate }, answers.OneChannel);
      return made.channel;
    },

    async findChannelByName(name) {
      const wanted = name.replace(/^#/, '');
      const where = { ...BOTH_KINDS, limit: pageLimits.list };
      const found = await seek('conversations.list', where, answers.Channels, ({ channels }) =>
        channels.find((one) => one.name === wanted),
      );
      return found && { id: found.id, isMember: found.is_member };
    },

    async joinChannel(channel) {
      await call('conversations.join', { channel }, answers.Done);
    },

    async archiveChannel(channel) {
      await call('conversations.archive', { channel }, answers.Done).catch(unless('already_archived', 'is_archived'));
    },

    async invite(channel, users) {
      const refused: { user: UserId; error: string }[] = [];
      for (let from = 0; from < users.length; from += channelLimits.inviteUsers)
        refused.push(...(await inviteSome(channel, users.slice(from, from + channelLimits.inviteUsers))));
      return refused.filter(({ error }) => error !== 'already_in_channel' && error !== 'cant_invite_self');
    },

    async setTopic(channel, topic) {
      const wanted = shorten(topic, channelLimits.topic);
      // Slack: every call posts a message about the topic, also one that leaves it as it was.
      const { channel: now } = await call('conversations.info', { channel }, answers.Topic);
      if (now.topic?.value === wanted) return;
      await call('conversations.setTopic', { channel, topic: wanted }, answers.Done);
    },

    async pin(channel, message) {
      await call('pins.add', { channel, timestamp: message }, answers.Done).catch(unless('already_pinned'));
    },

    async bookmark(channel, title, link) {
      const { bookmarks } = await call('bookmarks.list', { channel_id: channel }, answers.Bookmarks);
      if (bookmarks.some((one) => one.link === link)) return;
      await call('bookmarks.add', { channel_id: channel, title, type: 'link', link }, answers.Done);
    },

    async update(channel, message, to) {
      await call('chat.update', { channel, ts: message, ...to }, answers.Done);
    },

    async directMessage(user, message, once) {
      const { channel } = await call('conversations.open', { users: user }, answers.OneDm);
      return { channel: channel.id, ts: await post(channel.id, message, once) };
    },

    async respond(responseUrl, message, inPlace = false) {
      const body = JSON.stringify({ response_type: 'ephemeral', replace_original: inPlace, ...message });
      await sendRaw('response_url', responseUrl, { headers: { 'content-type': 'application/json' }, body });
    },

    async openView(triggerId, view) {
      const timeoutMs = Math.min(OPEN_VIEW_TIMEOUT_MS, requestTimeoutMs);
      const opened = await call('views.open', { trigger_id: triggerId, view }, answers.OpenedView, { timeoutMs });
      return { viewId: opened.view.id };
    },

    async updateView(viewId, view) {
      await call('views.update', { view_id: viewId, view }, answers.Done);
    },

    async publishHome(user, blocks, over = null) {
      const args = { user_id: user, view: { type: 'home', blocks }, ...(over !== null && { hash: over }) };
      return (await call('views.publish', args, answers.PublishedView)).view?.hash ?? null;
    },

    async history(channel, page) {
      const args = { channel, ...page, limit: PAGE, include_all_metadata: true };
      const said = await call('conversations.history', args, answers.Messages);
      return answers.pageOf(said);
    },

    async pins(channel) {
      return answers.pinnedIn(await call('pins.list', { channel }, answers.Pins));
    },

    async replies(channel, parent, page) {
      const args = { channel, ts: parent, ...page, limit: PAGE, include_all_metadata: true };
      const said = await call('conversations.replies', args, answers.Messages);
      return answers.pageOf(said);
    },

    async userInfo(user, timeoutMs = requestTimeoutMs) {
      return answers.personOf(await call('users.info', { user }, answers.Person, { timeoutMs }));
    },

    async userGroup(handleOrId) {
      const wanted = handleOrId.replace(/^@/, '');
      const { usergroups } = await call('usergroups.list', { include_users: true }, answers.Groups);
      const group = usergroups.find((one) => one.id === wanted || one.handle === wanted);
      if (!group) return null;
      const users =
        group.users ?? (await call('usergroups.users.list', { usergroup: group.id }, answers.GroupMembers)).users;
      return { id: group.id, handle: group.handle, users };
    },

    async uploadFile(name, content) {
      const bytes = Buffer.from(content);
      const args = { filename: name, length: bytes.length };
      const place = await call('files.getUploadURLExternal', args, answers.UploadPlace);
      await sendRaw('files.upload', place.upload_url, { body: bytes });
      return { fileId: place.file_id };
    },

    async completeUpload(fileId, title, channel, once, comment) {
      const shared = once.uncertainSince && (await isShared(fileId, channel));
      if (shared) return;
      stillMine(once, 'files.completeUploadExternal');
      const files = [{ id: fileId, title }];
      const args = { files, channel_id: channel, initial_comment: comment };
      await call('files.completeUploadExternal', args, answers.Done);
    },

    async deleteFile(fileId) {
      await call('files.delete', { file: fileId }, answers.Done).catch(unless('file_deleted', 'file_not_found'));
    },
  };

  /** A file that was never completed is not found. */
  async function isShared(fileId: string, channel: ChannelId): Promise<boolean> {
    const info = await call('files.info', { file: fileId }, answers.FileInfo).catch(unless('file_not_found'));
    return info ? answers.isSharedIn(info, channel) : false;
  }
}

/** A process that slept longer than its lease wakes into a world where another one does its job. */
function stillMine(once: Once, method: string): void {
  if (once.isStillMine?.() === false) throw new SlackFault({ method, code: 'taken over', outcome: 'not-done' });
}

const INVITED = answers.InviteRefusals.partial();
/** Refusals of conversations.invite that are about who is invited, not about the channel or us. */
const ABOUT_ONE_PERSON = [
  'already_in_channel',
  'cant_invite',
  'cant_invite_self',
  'user_not_found',
  'no_user',
  'user_is_restricted',
  'ura_max_channels',
  'invitee_cant_see_channel',
  'org_user_not_in_team',
  'no_external_invite_permission',
];

const unless =
  (...codes: string[]) =>
  (fault: unknown): undefined => {
    if (!saidSlack(fault, ...codes)) throw fault;
  };

/**
 * WebClient makes no rate-limit error of a 429 that does not say how long, and keeps only the words of a network
 * fault that comes from another realm: both are settled here, before it sees them.
 */
const fetchForWebClient: typeof fetch = async (input, init) => {
  const response = await fetch(input, init).catch((error: unknown) => {
    throw networkFault(String(input).split('/').at(-1) ?? '', error);
  });
  if (response.status !== 429 || Number.parseInt(response.headers.get('retry-after') ?? '', 10) >= 0) return response;
  return new Response(null, { status: 429, headers: { 'retry-after': '1' } });
};

import type { Message } from '../jobs/job.ts';
import type { ChannelId, Ts, UserId } from '../lib/ids.ts';

/**
 * What the bot asks of Slack's Web API. Each method is one call or, where an effect must happen once, a look and a
 * call; each throws SlackFault and nothing else. No method retries: the job queue does.
 */
export interface SlackApi {
  /** Who we are; asked once and kept, asked again after a failure (never cached as failed). */
  me(): Promise<Me>;

  /** Creates the channel, or finds the one we created under exactly this name when `once.uncertainSince` says an earlier attempt may have. */
  createChannel(name: string, isPrivate: boolean, once: Once): Promise<{ id: ChannelId; name: string }>;
  /** Ids of channels we are in, by exact name; null when there is none or we are not in it. */
  findChannelByName(name: string): Promise<{ id: ChannelId; isMember: boolean } | null>;
  joinChannel(channel: ChannelId): Promise<void>;
  /** Takes us out as well; a channel that is archived already stays so. */
  archiveChannel(channel: ChannelId): Promise<void>;
  /** Invites with `force`, ≤ 100 a call. Already being there is success; the rest comes back with Slack's word for why. */
  invite(channel: ChannelId, users: readonly UserId[]): Promise<{ user: UserId; error: string }[]>;
  /** Looks first: a topic that stays as it is would be told of in the channel once more. */
  setTopic(channel: ChannelId, topic: string): Promise<void>;
  pin(channel: ChannelId, message: Ts): Promise<void>;
  /** Adds the link unless a bookmark with this link exists. */
  bookmark(channel: ChannelId, title: string, link: string): Promise<void>;

  /** Posts once: after an unknown outcome it looks in the channel's (or thread's) history for `once.marker` first. */
  post(channel: ChannelId, message: Message, once: Once, thread?: Ts): Promise<Ts>;
  update(channel: ChannelId, message: Ts, to: Message): Promise<void>;
  /** Opens (or finds) the DM and posts once into it. */
  directMessage(user: UserId, message: Message, once: Once): Promise<{ channel: ChannelId; ts: Ts }>;
  /** Ephemeral answer by response_url; best effort, at most once. `inPlace`: of the message whose button was clicked. */
  respond(responseUrl: string, message: Message, inPlace?: boolean): Promise<void>;

  /** `views.open` with a 1.5 s time-out: the trigger is gone after 3 s. */
  openView(triggerId: string, view: View): Promise<{ viewId: string }>;
  updateView(viewId: string, view: View): Promise<void>;
  /**
   * The person's Home tab, replaced whole; answers its hash. With the hash of the one that is meant, Slack refuses
   * (`hash_conflict`) when there is a newer one.
   */
  publishHome(user: UserId, blocks: readonly Record<string, unknown>[], over?: string | null): Promise<string | null>;

  /** One page, newest first as Slack gives it, thread parents carrying reply_count and latest_reply. */
  history(channel: ChannelId, page: { oldest?: Ts; latest?: Ts; cursor?: string }): Promise<HistoryPage>;
  /** Pinned messages, and who pinned them when; older than the oldest shown may be hidden. */
  pins(channel: ChannelId): Promise<Pinned[]>;
  replies(channel: ChannelId, parent: Ts, page: { oldest?: Ts; cursor?: string }): Promise<HistoryPage>;

  userInfo(user: UserId, timeoutMs?: number): Promise<SlackUser>;
  /** Members of a user group by handle (`@leads`) or id (`S…`); null when there is no such group. */
  userGroup(handleOrId: string): Promise<{ id: string; handle: string; users: UserId[] } | null>;

  /** Reserves an upload and sends the bytes; the id is to be stored before completing. */
  uploadFile(name: string, content: string): Promise<{ fileId: string }>;
  /** Shares the uploaded file once: after an unknown outcome it looks at the file's shares first. */
  completeUpload(fileId: string, title: string, channel: ChannelId, once: Once, comment?: string): Promise<void>;
  /** Takes a file of ours out of Slack, wherever it is shared; one that is gone already is success. */
  deleteFile(fileId: string): Promise<void>;
}

/** What a call needs to happen once; see jobs/job.ts Attempt. */
export interface Once {
  readonly marker: string;
  readonly uncertainSince: Date | null;
  /** False when another process has taken the job over meanwhile: nothing is sent any more. */
  readonly isStillMine?: () => boolean;
}

export interface Me {
  readonly teamId: string;
  readonly userId: UserId;
  readonly botId: string;
  /** `https://acme.slack.com/`: permalinks are built from it. */
  readonly url: string;
}

export interface View {
  readonly type: 'modal';
  readonly callback_id: string;
  readonly title: { type: 'plain_text'; text: string };
  readonly submit?: { type: 'plain_text'; text: string };
  readonly close?: { type: 'plain_text'; text: string };
  readonly private_metadata?: string;
  readonly blocks: readonly Record<string, unknown>[];
}

/** A message as history gives it: Slack's fields as they came. */
export type SlackMessage = { readonly ts: string; readonly [field: string]: unknown };

export interface HistoryPage {
  readonly messages: readonly SlackMessage[];
  readonly nextCursor: string | null;
  /** Slack's plan hides older messages: what is not shown may still be there. */
  readonly isLimited?: boolean;
}

export interface Pinned {
  readonly ts: string;
  readonly by: string | null;
  readonly at: Date | null;
}

export interface SlackUser {
  readonly id: UserId;
  readonly teamId: string | null;
  readonly name: string;
  readonly isBot: boolean;
  readonly isGuest: boolean;
  readonly isDeactivated: boolean;
  /** IANA, null for people of other organisations. */
  readonly timezone: string | null;
}

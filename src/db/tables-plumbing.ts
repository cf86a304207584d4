import type { ColumnType, Generated } from 'kysely';
import type { ChannelId, IncidentId, Ts, UserId } from '../lib/ids.ts';

/** What the bot keeps to do its work; what is told of an incident stands in tables.ts. */

/** jsonb: bound as text (`JSON.stringify`), read as a value. Arrays must be stringified or the driver sends a Postgres array. */
export type Json<T> = ColumnType<T, string, string>;

export interface PostsTable {
  incidentId: IncidentId;
  purpose: string;
  channelId: ChannelId;
  ts: Ts;
}

export interface IntentsTable {
  identity: string;
  incidentId: IncidentId | null;
  userId: UserId;
  words: string | null;
  answer: Json<unknown>;
  at: Date;
  answeredLateAt: Date | null;
}

export interface ChannelMembersTable {
  incidentId: IncidentId;
  userId: UserId;
}

export interface KnownChannelsTable {
  name: string;
  channelId: ChannelId;
}

export interface WatermarksTable {
  incidentId: IncidentId;
  readThrough: Ts | null;
  readAt: Date | null;
  /** The reading under way; see reconcile/round.ts. */
  round: ColumnType<unknown, string | null | undefined, string | null>;
  wholeAt: Date | null;
  threadAt: Ts | null;
  gapsFound: Generated<number>;
  entriesRecovered: Generated<number>;
  foundAt: Date | null;
  trouble: string | null;
}

/** Heard in a channel that nobody knew while one was being opened; see migrations/0004_held_events.sql. */
export interface HeldEventsTable {
  id: Generated<number>;
  channelId: ChannelId;
  entry: Json<unknown>;
  heldAt: Date;
}

export interface QuarantineTable {
  id: Generated<number>;
  identity: string;
  reason: string;
  payload: string;
  at: Date;
}

/** What waits to be done: effects in Slack and timers. See migrations/0002_jobs.sql. */
export interface JobsTable {
  id: Generated<number>;
  marker: Generated<string>;
  kind: string;
  payload: Json<unknown>;
  lane: string | null;
  key: string | null;
  priority: number;
  /** Domain time; every other instant of a job is the database's clock. */
  runAt: Date;
  notBefore: Date | null;
  attempts: Generated<number>;
  failingSince: Date | null;
  uncertainSince: Date | null;
  lastError: string | null;
  worker: number | null;
  startedAt: Date | null;
  leaseUntil: Date | null;
  fence: Generated<number>;
  parkedAt: Date | null;
}

export interface RateLimitsTable {
  scope: string;
  /** Database clock. */
  until: Date;
}

import type { EntryKind, Kind, Status, Visibility } from '../db/tables.ts';
import type { ChannelId, Ts, UserId } from '../lib/ids.ts';

/**
 * Everything held on one incident, in the shape `sitrep export --format json` prints and the postmortem is drafted
 * from. Instants are ISO 8601 UTC with milliseconds; people and channels are Slack ids.
 */
export interface IncidentRecord {
  readonly incident: {
    readonly ref: string;
    readonly number: number;
    readonly title: string;
    readonly summary: string | null;
    readonly impact: string | null;
    readonly resolution: string | null;
    readonly severity: string;
    readonly status: Status;
    readonly visibility: Visibility;
    readonly kind: Kind;
    readonly services: readonly string[];
    readonly links: readonly { url: string; name: string }[];
    readonly declaredBy: UserId;
    readonly channel: { readonly id: ChannelId | null; readonly name: string };
  };
  readonly clock: Clock;
  readonly roles: readonly { role: string; user: UserId; from: Instant; to: Instant | null }[];
  readonly updates: readonly RecordedUpdate[];
  readonly timeline: readonly RecordedEntry[];
  readonly actionItems: readonly {
    what: string;
    owner: UserId | null;
    due: string | null;
    status: string;
    /** mitigate, prevent, detect, process. */
    type: string | null;
    ticket: string | null;
    /** Why it was dropped. */
    reason: string | null;
    createdBy: UserId;
    createdAt: Instant;
    endedBy: UserId | null;
    endedAt: Instant | null;
    /** Of the message whose words these are. */
    permalink: string | null;
  }[];
  readonly postmortem: RecordedPostmortem | null;
  readonly audit: readonly { at: Instant; actor: string; what: string; detail: unknown }[];
}

/** `2026-11-20T03:04:05.678Z` */
export type Instant = string;

export interface Clock {
  readonly impactStartedAt: Instant | null;
  readonly detectedAt: Instant | null;
  readonly declaredAt: Instant;
  readonly acknowledgedAt: Instant | null;
  readonly mitigatedAt: Instant | null;
  readonly resolvedAt: Instant | null;
  readonly closedAt: Instant | null;
}

export interface RecordedUpdate {
  readonly text: string;
  readonly audienceText: string | null;
  readonly author: UserId;
  readonly status: Status;
  readonly severity: string;
  readonly postedAt: Instant;
  readonly promisedAt: Instant | null;
  readonly nextPromiseAt: Instant | null;
  /** Null when nothing was promised before it. */
  readonly kept: boolean | null;
  readonly lateBySeconds: number | null;
}

/** What people said about an entry afterwards. The entry itself stays as it was recorded. */
export interface Afterthought {
  /** It does not belong to the story: kept, and quoted nowhere. */
  readonly struck?: { readonly by: string | null; readonly at: Instant; readonly why: string | null };
  /** When it happened, as it was corrected last. */
  readonly correctedAt?: Instant;
}

export interface RecordedEntry extends Afterthought {
  /** Its number, by which a correction or a strike names it in `payload.entry`. */
  readonly id: number;
  readonly kind: EntryKind;
  readonly occurredAt: Instant;
  readonly recordedAt: Instant;
  readonly actor: string | null;
  readonly text: string | null;
  readonly ts: Ts | null;
  readonly threadTs: Ts | null;
  /** Null for entries without a message and while there is no channel. */
  readonly permalink: string | null;
  /** Marked by people (pin, 📌, note) or a change of state. */
  readonly key: boolean;
  /** Found again in history, not heard live. */
  readonly recovered: boolean;
  readonly payload: Readonly<Record<string, unknown>>;
}

export interface RecordedPostmortem {
  readonly status: string;
  readonly markdown: string;
  readonly owner: UserId | null;
  readonly dueAt: Instant | null;
  readonly publishedAt: Instant | null;
  readonly publishedBy: UserId | null;
  /** Every wording that people gave a section, also those that others took the place of. */
  readonly revisions: readonly {
    section: string;
    revision: number;
    author: UserId;
    writtenAt: Instant;
    text: string;
    /** False: written on an older one than stood by then, and kept beside it. */
    stands: boolean;
  }[];
  readonly reviews: readonly {
    reviewer: UserId;
    askedBy: UserId;
    askedAt: Instant;
    answer: 'confirmed' | 'perspective' | null;
    answeredAt: Instant | null;
    perspective: string | null;
  }[];
}

import type { EntryKind } from '../db/tables.ts';
import type { Ts, UserId } from '../lib/ids.ts';

/** What a decision adds to the timeline; change.ts gives it its identity and its times. */
export interface StateEntry {
  readonly kind: EntryKind;
  readonly actor: UserId | null;
  /** Plain text for people; what a machine needs stands in the payload. */
  readonly text: string;
  readonly payload?: Readonly<Record<string, unknown>>;
  /** When it happened, if not now (a correction, a past start). */
  readonly occurredAt?: Date;
}

/** An entry as it is stored. Append-only: an edit of a message is a new entry, never a change of the old one. */
export interface NewEntry {
  /** Unique within the incident, the same from the live event and from history: `m:<ts>`, `e:<ts>:<edited.ts>`, `d:<ts>` … */
  readonly identity: string;
  readonly kind: EntryKind;
  readonly occurredAt: Date;
  readonly actor: string | null;
  /** `history`: found again, not heard live. */
  readonly source: 'slack' | 'sitrep' | 'history';
  readonly text: string | null;
  readonly ts?: Ts | null;
  readonly threadTs?: Ts | null;
  readonly payload?: Readonly<Record<string, unknown>>;
}

const FROM_SLACK: ReadonlySet<EntryKind> = new Set<EntryKind>([
  'message',
  'message_edited',
  'member_joined',
  'member_left',
  'channel_changed',
]);

/** Whether the text is kept as Slack sent it (`&lt;`, `<@U…>`); what the bot wrote down is plain text. */
export const isFromSlack = (kind: EntryKind): boolean => FROM_SLACK.has(kind);

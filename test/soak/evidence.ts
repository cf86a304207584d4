import type { IncidentRecord } from '../../src/timeline/record.ts';

/** Everything the checker judges by, as plain values: what people did, what Slack holds, what the database holds. */
export interface Evidence {
  readonly bot: { readonly userId: string; readonly botId: string };
  readonly announceChannel: string;
  /** Whether all history was read again at the end. */
  readonly reread: boolean;
  readonly asked: readonly Asked[];
  readonly told: readonly Told[];
  readonly slack: {
    readonly channels: readonly SlackChannel[];
    readonly files: readonly SharedFile[];
    /** What one person alone was shown: ephemeral answers and Home tabs. */
    readonly whispers: readonly Whisper[];
  };
  readonly incidents: readonly Held[];
  readonly intents: readonly IntentRow[];
  readonly jobs: readonly JobRow[];
  readonly quarantined: readonly string[];
  readonly promises: readonly PromiseSeen[];
  /** A rung is climbed within this, while somebody could. */
  readonly graceMs: number;
  /** How far the clocks of two processes may have been apart. */
  readonly skewMs: number;
  /** When nothing could remind: no process served, or no database. */
  readonly outages: readonly Span[];
  readonly kills: readonly number[];
  readonly violations: readonly { readonly at: number; readonly what: string }[];
  readonly logs: readonly string[];
  readonly secrets: readonly string[];
  /** What went wrong beside the record: a process that ended by itself, work that never came to rest. */
  readonly mishaps: readonly string[];
}

/** Milliseconds since the epoch. */
export interface Span {
  readonly from: number;
  readonly to: number;
}

/** One thing a person asked of the bot, and what they were answered. */
export interface Asked {
  readonly n: number;
  readonly at: number;
  readonly who: string;
  readonly what: string;
  readonly by: 'command' | 'click' | 'form';
  /** trigger_id, or view id and hash: null when nothing was sent. */
  readonly identity: string | null;
  /** `acked`, or that Slack heard nothing in time. */
  readonly outcome: 'acked' | 'lost';
  /** What a command was answered, or the field errors of a form. */
  readonly answer: string;
  /** What the form did: `close` and `update` mean yes. */
  readonly action: string | null;
  /** How a "yes" reads, as a regular expression; null: it changes nothing. */
  readonly yes: string | null;
}

/** What happened in a channel, as the workspace knows it; `acked`: the bot said that it heard. */
export interface Told {
  readonly at: number;
  readonly kind:
    | 'message'
    | 'text'
    | 'edit'
    | 'delete'
    | 'reaction_added'
    | 'reaction_removed'
    | 'pin_added'
    | 'pin_removed';
  readonly channel: string;
  readonly ts: string;
  readonly user: string | null;
  readonly text: string;
  /** Of a reaction. */
  readonly name: string | null;
  /** Of an edit. */
  readonly editedTs: string | null;
  readonly byBot: boolean;
  /** Whether the bot was in the channel. */
  readonly heard: boolean;
  readonly acked: boolean;
}

export interface SlackChannel {
  readonly id: string;
  readonly name: string;
  readonly kind: 'public' | 'private' | 'im';
  readonly creator: string;
  /** The person of a direct message. */
  readonly peer: string | null;
  readonly members: readonly string[];
  /** Everyone who ever was in it. */
  readonly insiders: readonly string[];
  /** When people kept the bot out of it. */
  readonly closed: readonly Span[];
  readonly topic: string;
  readonly pins: readonly { readonly ts: string; readonly by: string }[];
  readonly messages: readonly SlackPost[];
}

export interface SlackPost {
  readonly ts: string;
  readonly threadTs: string | null;
  readonly user: string | null;
  readonly byBot: boolean;
  readonly text: string;
  /** As it was when it was posted. */
  readonly firstText: string;
  /** Text of all blocks. */
  readonly shown: string;
  readonly marker: string | null;
  /** Whom it notifies: ids, and `!channel` and the like. */
  readonly pings: readonly string[];
  readonly buttons: readonly string[];
  readonly reactions: readonly { readonly name: string; readonly users: readonly string[] }[];
}

interface Whisper {
  readonly to: string;
  readonly channel: string | null;
  readonly text: string;
}

interface SharedFile {
  readonly id: string;
  readonly name: string;
  readonly user: string;
  readonly channels: readonly string[];
}

/** An incident in the database. */
export interface Held {
  readonly record: IncidentRecord;
  readonly entries: readonly { readonly identity: string; readonly kind: string; readonly source: string }[];
  readonly cardTs: string | null;
  readonly announcementTs: string | null;
  readonly promiseDueAt: number | null;
  /** What its views must say now. */
  readonly drawn: { readonly card: string; readonly topic: string; readonly announcement: string };
}

export interface IntentRow {
  readonly identity: string;
  readonly incident: number | null;
  readonly user: string;
  readonly answer: string | null;
  readonly answeredLate: boolean;
}

export interface JobRow {
  readonly kind: string;
  /** Of a post that is edited later, such as a reminder. */
  readonly as: string | null;
  readonly incident: number | null;
  readonly parked: boolean;
  /** Due or being done although everything should rest. */
  readonly due: boolean;
  readonly lastError: string | null;
}

/** A promise as it was seen to stand, from first to last look. */
export interface PromiseSeen {
  readonly incident: number;
  readonly dueAt: number;
  readonly cadenceMs: number;
  readonly madeAt: number | null;
  readonly lastSeen: number;
  readonly snoozedUntil: number | null;
}

/** One thing that is not as promised, for people. */
export interface Finding {
  readonly rule: string;
  readonly what: string;
}

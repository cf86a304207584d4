import type { Result } from '../lib/result.ts';
import type { Entry } from './journal.ts';

/**
 * What whoever tries the bot holds in hand beside the people of the workspace: the bot as a process, the clock, bad days, a
 * story, and a look at all that goes over the wire. The page gets one and draws it; everything can be read at any moment,
 * and every change is told through `sandbox.journal.onChange`, as every change of the workspace is.
 *
 *   sandboxPages(sandbox, controls)        // null: the bot is run by somebody else, no controls are shown
 */
export interface Controls {
  readonly bot: BotControl;
  readonly clock: ClockControl;
  readonly badDays: BadDays;
  readonly story: StoryControl;
  readonly inspector: Inspector;
}

/** A sentence for whoever pressed, on the page: nothing happened, and why. */
export type Done = Result<void, string>;

/** The bot in a process of its own, which really is killed. */
export interface BotControl {
  readonly state: BotState;
  /** Resolves when it serves, or could not. */
  start(): Promise<Done>;
  /** SIGTERM's way: what was begun is finished, within 10 s. */
  stop(): Promise<Done>;
  /** kill -9, in the middle of whatever it does; it stays down. */
  kill(): Promise<Done>;
  /** kill -9 and start. */
  restart(): Promise<Done>;
}

export type BotState =
  | { readonly is: 'starting' | 'stopping'; readonly since: Date }
  | { readonly is: 'running'; readonly since: Date; readonly pid: number }
  /** `why` is a sentence: "It was killed by hand.", "It ended by itself (code 1): …" */
  | { readonly is: 'down'; readonly since: Date; readonly why: string };

/** One clock for the workspace and the bot. It only goes forward, survives both, and leases do not hang on it. */
export interface ClockControl {
  now(): Date;
  /** Milliseconds before the real time of this machine. */
  readonly aheadMs: number;
  /** Resolves when the bot has looked what is due; while it is down the workspace alone goes on. */
  forward(ms: number): Promise<Done>;
  /** To the next thing the bot will do by itself. The no says that there is none, or that the bot is down. */
  toNextReminder(): Promise<Result<NextReminder, string>>;
}

export interface NextReminder {
  /** What waits, for people: `the reminder of INC-3`. */
  readonly what: string;
  readonly at: Date;
}

export type SwitchName = 'duplicates' | 'late' | 'held' | 'rate-limits' | 'lost-answers' | 'slack-down';

export interface Switch {
  readonly name: SwitchName;
  /** `Duplicate deliveries` */
  readonly title: string;
  /** One sentence: what happens while it is on. */
  readonly says: string;
  readonly isOn: boolean;
  /** Workspace time. */
  readonly since: Date | null;
  /** What it has done since then: `3 events held back`. Empty when off. */
  readonly sofar: string;
}

export interface BadDays {
  /** In the order to be shown. */
  readonly switches: readonly Switch[];
  /** Switching `held` off releases what was held back, in order. */
  set(name: SwitchName, on: boolean): void;
  allOff(): void;
  /** Asks for new connections and closes the old ones, as Slack does every few hours. */
  refreshSockets(): void;
  /** Breaks every connection without a word. */
  dropSockets(): void;
}

/** "Checkout is down", played by the people of the workspace. Whoever watches may do any of it before they do. */
export interface StoryControl {
  readonly state: StoryState;
  readonly steps: readonly StoryStep[];
  /** From the beginning with a new incident; only when none is being played. */
  start(): Done;
  pause(): Done;
  /** Goes on by itself after a pause. */
  resume(): Done;
  /** The next step at once; works while playing and while paused. */
  next(): Promise<Done>;
  /** All that is left, without waiting between the steps. */
  finish(): Promise<Done>;
}

export interface StoryStep {
  /** `Chandra takes command` */
  readonly title: string;
  /** What to look at, one sentence. */
  readonly look: string;
  readonly state: 'to come' | 'being played' | 'done' | 'skipped';
  /** Why it was skipped: somebody had done it already. */
  readonly note: string;
}

export interface StoryState {
  readonly is: 'not started' | 'playing' | 'paused' | 'done';
  /** How many steps are behind it. */
  readonly at: number;
  /** Id of the incident's channel once it stands. */
  readonly channel: string | null;
  /** What keeps it from going on, with the way out; empty when nothing does. It pauses then. */
  readonly problem: string;
}

/** The journal, as somebody looks through it. */
export interface Inspector {
  /** Newest first. */
  find(filter?: JournalFilter): readonly Line[];
  /** All names among deliveries and calls held now, sorted, for a list to choose from. */
  names(): readonly string[];
  /** What the bot did that Slack forbids; hopefully none. */
  violations(): number;
  clear(): void;
}

export interface JournalFilter {
  readonly kinds?: readonly Entry['kind'][];
  /** Method or delivery: `chat.postMessage`, `/incident`, `message`. */
  readonly name?: string;
  /** Id of a channel. */
  readonly channel?: string;
  readonly failedOnly?: boolean;
  /** Default 200. */
  readonly limit?: number;
  /** Only what came after this line. */
  readonly after?: number;
}

/** One line of the journal, ready to be drawn; `entry` holds payload and answer for whoever unfolds it. */
export interface Line {
  readonly seq: number;
  /** Workspace time. */
  readonly at: Date;
  readonly kind: Entry['kind'];
  /** `chat.postMessage`, `/incident`, `message.message_changed`, or the words of an act, a fault, a socket. */
  readonly name: string;
  readonly channel: string | null;
  /** From sent to acked or answered, in real milliseconds. */
  readonly ms: number | null;
  /** `acked`, `200 ok`, `429 ratelimited`, `http_timeout` … Empty for acts. */
  readonly outcome: string;
  readonly failed: boolean;
  /** 0: the first time; else the how-manieth repeat of a delivery or of a call that failed before. */
  readonly retry: number;
  readonly entry: Entry;
}

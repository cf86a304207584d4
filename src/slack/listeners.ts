import type { Message } from '../jobs/job.ts';
import type { ChannelId, Ts, UserId } from '../lib/ids.ts';
import type { View } from './api.ts';
import type { Choice } from './blocks.ts';
import type { Verb } from './command.ts';

/**
 * What a slice hears, free of Bolt: app.ts parses, times, guards, acknowledges and words the faults for all of them
 * alike. A listener returns after its transaction committed; only then is Slack acknowledged.
 */
export interface Listeners {
  readonly verbs?: Partial<Record<Verb, (call: Call) => Promise<Answer>>>;
  /** `/incident` alone. */
  readonly bare?: (call: Call) => Promise<Answer>;
  /** A word that is no verb, with the nearest one. */
  readonly unknown?: (call: Call, word: string, nearest: Verb | null) => Promise<Answer>;
  /** Buttons and selects by action_id. */
  readonly clicks?: Record<string, (click: Click) => Promise<Answer>>;
  /** Modal submissions by callback_id. */
  readonly forms?: Record<string, (form: Submission) => Promise<FormAnswer>>;
  /** What a select offers for what is typed into it, by action_id; nothing but what whoever sees the select may see. */
  readonly options?: Record<string, (typed: string) => readonly Choice[]>;
  /** Shortcuts by callback_id. */
  readonly shortcuts?: Record<string, (shortcut: Shortcut) => Promise<Answer>>;
  /** Events by type (`message`, `reaction_added`, …). */
  readonly events?: Record<string, (heard: Heard) => Promise<void>>;
}

interface Asked {
  readonly user: UserId;
  /** The team of the person, which is another one in Slack Connect; null when Slack did not say. */
  readonly team: string | null;
  /** Identity of the intent, the same on every delivery: trigger_id, or view id and hash. */
  readonly intent: string;
  readonly triggerId: string;
  /** A secret: neither logged nor exported, dropped after use. Null in modals opened without one. */
  readonly responseUrl: string | null;
}

export interface Call extends Asked {
  /** What follows the verb, as Slack sent it (`& < >` escaped, mentions as `<@U…|name>`). */
  readonly rest: string;
  /** The whole text as typed. */
  readonly words: string;
  readonly channel: ChannelId;
  /** What words that can mean two things mean, once the asker has pressed a button for it. */
  readonly meant?: Meaning;
}

/** There or here: where `in INC-42` sends it. Anyway: another incident, though one like it is open. */
export type Meaning = 'there' | 'here' | 'anyway';

export interface Click extends Asked {
  readonly action: string;
  /** The button's value, or what was selected. */
  readonly value: string;
  /** Null in views. */
  readonly channel: ChannelId | null;
  readonly message: Ts | null;
  readonly view: { id: string; privateMetadata: string } | null;
}

export interface Submission extends Asked {
  readonly callback: string;
  readonly viewId: string;
  readonly privateMetadata: string;
  /** `view.state.values`, parsed by the form's own schema (form.ts). */
  readonly values: Record<string, Record<string, unknown>>;
}

export interface Shortcut extends Asked {
  readonly callback: string;
  /** Set for message shortcuts. */
  readonly on: { channel: ChannelId; message: { ts: Ts; text: string; user: string | null } } | null;
}

type From = Call | Click | Submission | Shortcut;
export const isCall = (from: From): from is Call => 'words' in from;
export const isClick = (from: From): from is Click => 'action' in from;
export const isSubmission = (from: From): from is Submission => 'viewId' in from;

export interface Heard {
  /** Null for bodies without one. */
  readonly eventId: string | null;
  readonly type: string;
  /** Slack's event object as it came. */
  readonly event: Readonly<Record<string, unknown>>;
}

/**
 * What a person gets back, privately. `silent`: the effect is the answer (a modal opened, the card changes).
 * `late` is what a DM says when the acknowledgement left later than 2.5 s. `inPlace`: instead of the private message whose
 * button was clicked.
 */
export type Answer =
  | { readonly say: Message; readonly inPlace?: true }
  | { readonly silent: true; readonly late?: string };

export type FormAnswer =
  | { readonly close: true; readonly late?: string }
  /** By block id: faults beside the fields. */
  | { readonly errors: Record<string, string> }
  | { readonly update: View; readonly late?: string };

/** Whether this person may do this; a message is the refusal, private to the asker. */
export type Gate = (asked: {
  user: UserId;
  team: string | null;
  reading: boolean;
  /** The verb, action or callback. */
  what: string;
  from: Call | Click | Submission | Shortcut;
}) => Promise<Message | null>;

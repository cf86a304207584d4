import type { Millis } from '../lib/duration.ts';
import type { Said } from './said.ts';

/** A postmortem as it is told, before it is Markdown or messages. */
export interface Document {
  readonly ref: string;
  readonly title: string;
  /** What a reader looks up: severity, dates, roles, owner, due. */
  readonly facts: readonly Fact[];
  /** What was measured: the gaps of the clock, silence, promises. */
  readonly measured: readonly Fact[];
  readonly sections: readonly Section[];
}

export interface Fact {
  readonly name: string;
  readonly said: Said;
}

export interface Section {
  readonly heading: string;
  readonly body: readonly Line[];
}

export interface Line {
  /** `day` stands above the lines of one day. */
  readonly as: 'paragraph' | 'item' | 'day';
  readonly said: Said;
  /** Where not all lines fit, those with the smallest number stay. */
  readonly rank?: number;
}

/** What the record does not hold. */
export interface DraftFacts {
  /** Names by Slack id; an id without a name is shown as it is. */
  readonly people: ReadonlyMap<string, string>;
  /** Names of roles by id. */
  readonly roles: ReadonlyMap<string, string>;
  /** IANA. */
  readonly timezone: string;
  readonly owed: 'required' | 'optional' | 'none';
  readonly dueAt: Date | null;
  /** What the policy allows between declaration and someone holding IC; null when it says nothing. */
  readonly acknowledgeWithin: Millis | null;
  /** The severity's cadence; null when it has none. */
  readonly updateEvery: Millis | null;
  /** Stands for the end while the incident is open, and dates the draft. */
  readonly draftedAt: Date;
}

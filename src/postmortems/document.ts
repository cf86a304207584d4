import type { Millis } from '../lib/duration.ts';
import type { UserId } from '../lib/ids.ts';
import type { Blameless } from '../policy.ts';
import { type Said, said } from './said.ts';

/** A postmortem as it is told, before it is Markdown or messages. */
export interface Document {
  readonly ref: string;
  readonly title: string;
  /** What a reader looks up: severity, dates, roles, owner, due. */
  readonly facts: readonly Fact[];
  /** What was measured: the gaps of the clock, silence, promises. */
  readonly measured: readonly Fact[];
  readonly sections: readonly Section[];
  /** Notes on the wording of what people wrote, for whoever edits it; not published. */
  readonly wording: readonly Line[];
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

/** A section of its own at the end, when there is something to say. */
export const wordingOf = ({ wording }: Document): Section[] =>
  wording.length === 0
    ? []
    : [
        {
          heading: 'Wording',
          body: [
            { as: 'paragraph', said: said('Notes for whoever edits this; nothing is held back by them.') },
            ...wording,
          ],
        },
      ];

/** What the record does not hold. */
export interface DraftFacts {
  /** Names by Slack id; an id without a name is shown as it is. */
  readonly people: ReadonlyMap<string, string>;
  /** Of those the accounts that are deactivated: they cannot be asked. */
  readonly gone?: ReadonlySet<string>;
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
  readonly blameless?: Blameless;
  /** Stands for the end while the incident is open, and dates the draft. */
  readonly draftedAt: Date;
}

export interface Drafted {
  readonly document: Document;
  readonly dueAt: Date | null;
  readonly draftedAt: Date;
  readonly askedBy: UserId | null;
}

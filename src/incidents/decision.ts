import type { Message, NewJob } from '../jobs/job.ts';
import type { StateEntry } from '../timeline/entry.ts';
import type { IncidentChange } from './incident.ts';

/** What a rule decided: the new state, what the timeline says of it, and what is to be done about it in Slack. */
export interface Decision {
  readonly change?: IncidentChange;
  readonly entries?: readonly StateEntry[];
  readonly jobs?: readonly NewJob[];
  /** What is written into the audit beside the timeline. */
  readonly audit?: { readonly what: string; readonly detail?: Record<string, unknown> };
  /** The private answer to who asked; null when the effect is the answer. */
  readonly answer?: Message | null;
}

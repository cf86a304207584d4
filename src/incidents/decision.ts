import type { Message, NewJob } from '../jobs/job.ts';
import { type Block, message, section } from '../slack/blocks.ts';
import { type Mrkdwn, md } from '../slack/mrkdwn.ts';
import type { StateEntry } from '../timeline/entry.ts';
import { type Incident, type IncidentChange, ref } from './incident.ts';

/** What a rule decided: the new state, what the timeline says of it, and what is to be done about it in Slack. */
export interface Decision {
  readonly change?: IncidentChange;
  readonly entries?: readonly StateEntry[];
  readonly jobs?: readonly NewJob[];
  /** What is written into the audit beside the timeline. */
  readonly audit?: { readonly what: string; readonly detail?: Record<string, unknown> };
  /** The private answer to who asked; null when the effect is the answer. */
  readonly answer?: Message | null;
  /** The same for who asked in the incident's own channel, where a public line says what was done. */
  readonly answerBeside?: Message;
}

/**
 * The private answer to what a public line tells. Whoever reads that line is not told it a second time: only what follows
 * for them, or how to take it back. `next` gets what makes a command mean this incident from wherever they are; with
 * `below`, the buttons for it, the answer is in blocks.
 */
export const receipt = (
  incident: Pick<Incident, 'id'>,
  done: Mrkdwn,
  next: (there: string) => Mrkdwn,
  below: readonly Block[] | null = null,
): Required<Pick<Decision, 'answer' | 'answerBeside'>> => ({
  answer: withBelow(md`${done} ${next(` in ${ref(incident)}`)}`, below),
  answerBeside: withBelow(md`Done. ${next('')}`, below),
});

const withBelow = (said: Mrkdwn, below: readonly Block[] | null): Message =>
  below ? message(said, [section(said), ...below]) : message(said);

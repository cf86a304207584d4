import { isDatabaseFault } from '../db/faults.ts';
import type { Message } from '../jobs/job.ts';
import type { View } from './api.ts';
import { SlackFault } from './errors.ts';
import { type Mrkdwn, md } from './mrkdwn.ts';

/** What a person is told when the bot could not do, or cannot know whether it did, what was asked. */
export const PERHAPS_DONE: Mrkdwn = md`It may have been recorded: check with \`/incident list\`.`;
export const NO_SUCH_BUTTON: Mrkdwn = md`That no longer does anything: it belongs to another version of Sitrep. \`/incident\` shows what is current.`;

export const notOurCommand = (commandName: string): Mrkdwn =>
  md`Sitrep listens to \`${commandName}\` only. Try \`${commandName} help\`.`;

export const nothingDone = (fault: unknown): Mrkdwn => md`Nothing was recorded: ${reasonOf(fault)}. Try again.`;
export const NOT_BEGUN: Mrkdwn = md`Nothing was recorded: it took too long to look up who you are. Try again.`;

/** Duck-typed: the class lives with the database. */
export const isOutcomeUnknown = (fault: unknown): boolean => fault instanceof Error && fault.name === 'OutcomeUnknown';

function reasonOf(fault: unknown): string {
  if (fault instanceof SlackFault) return `Slack did not do its part (${fault.code})`;
  return isDatabaseFault(fault) ? 'the database did not answer' : 'Sitrep met a fault of its own, now in its log';
}

export const said = (words: Mrkdwn): Message => ({ text: words.text });

/** The bodies of an acknowledgement. */
export const ephemeral = (message: Message) => ({ response_type: 'ephemeral', ...message });
export const fieldErrors = (errors: Record<string, string>) => ({ response_action: 'errors', errors });
export const otherView = (view: View) => ({ response_action: 'update', view });

/** Beside a field only plain text can stand. */
export const plainly = (message: Message): string =>
  message.text.replaceAll('`', '').replaceAll('&lt;', '<').replaceAll('&gt;', '>').replaceAll('&amp;', '&');

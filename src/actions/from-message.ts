import type { Ts } from '../lib/ids.ts';
import { shorten } from '../lib/text.ts';
import { plainOf } from '../slack/mrkdwn.ts';

/** What the record holds of one message: itself, its edits, its deletion. */
export interface Wording {
  readonly kind: string;
  readonly text: string | null;
  readonly threadTs: Ts | null;
  readonly payload: Readonly<Record<string, unknown>>;
}

/** The last words of it, as Slack sent them; null when they were taken back or there were none. */
export function saidIn(wordings: readonly Wording[]): string | null {
  const isGone = wordings.some(({ kind, payload }) => kind === 'message_deleted' || payload.blanked === true);
  return isGone ? null : (wordings.at(-1)?.text ?? null);
}

/** The parent, when it stands in a thread. */
export const threadOf = (wordings: readonly Wording[]): Ts | null =>
  wordings.find(({ threadTs }) => threadTs !== null)?.threadTs ?? null;

/** A message as one line of plain words. */
export const whatOf = (
  slackText: string | null,
  max: number,
  nameOf: (user: string) => string | undefined = () => undefined,
): string =>
  shorten(
    plainOf(slackText ?? '', nameOf)
      .replace(/\s+/g, ' ')
      .trim(),
    max,
  );

import type { Logger as SlackLogger } from '@slack/bolt';
import type { Logger } from 'pino';

export type Log = Pick<Logger, 'debug' | 'info' | 'warn' | 'error'>;

/**
 * The SDKs' logger on ours. Their debug and info lines hold request bodies, tokens' neighbours and what people wrote,
 * so only warnings and errors pass, and of those only words.
 */
export function quietLogger(log: Log): SlackLogger {
  const said = (words: unknown[]) => ({ sdk: words.map(wordsOf).join(' ').slice(0, 300) });
  return {
    debug: () => undefined,
    info: () => undefined,
    warn: (...words) => log.warn(said(words), 'the Slack SDK warns'),
    error: (...words) => log.error(said(words), 'the Slack SDK reports an error'),
    setLevel: () => undefined,
    getLevel: () => WARN as ReturnType<SlackLogger['getLevel']>,
    setName: () => undefined,
  };
}

const WARN = 'warn';
const wordsOf = (word: unknown): string => (word instanceof Error ? `${word.name}: ${word.message}` : String(word));

/** A fault for the log. pg puts whole rows into `detail` and `where`, titles of private incidents among them: left out. */
export function faultFields(fault: unknown): Record<string, unknown> {
  if (!(fault instanceof Error)) return { fault: typeof fault };
  const { code, severity, constraint, table } = fault as Error & Record<string, unknown>;
  const from = fault.cause instanceof Error ? { cause: wordsOf(fault.cause) } : {};
  return { fault: wordsOf(fault), code, severity, constraint, table, ...from, at: placesOf(fault) };
}
const placesOf = (fault: Error): string[] =>
  (fault.stack ?? '')
    .split('\n')
    .filter((line) => /^\s+at /.test(line))
    .slice(0, 6)
    .map((line) => line.trim());

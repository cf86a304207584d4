import type { Ts } from '../lib/ids.ts';

/**
 * A draft without what it quotes of these messages: their words go, that something was said there and when stays. Every
 * quote stands in one line with the link to its message. What a quote holds is foreign, so it ends at the line's last mark.
 */
export function withoutMessages(markdown: string, messages: readonly Ts[]): string {
  const links = messages.map((ts) => `/p${ts.replace('.', '')}`);
  const quotes = (line: string) => links.some((link) => new RegExp(`${link}(?!\\d)`).test(line));
  return markdown
    .split('\n')
    .map((line) => (quotes(line) ? line.replace(/“.*”/, '(redacted)') : line))
    .join('\n');
}

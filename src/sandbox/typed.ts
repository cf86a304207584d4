import type { World } from './world.ts';

/** What Slack makes of what a person types. */

const escapeText = (text: string): string =>
  text.replaceAll('&', '&amp;').replaceAll('<', '&lt;').replaceAll('>', '&gt;');

/** A message: escaped; `@name`, `#channel`, `@here` and links become Slack's tokens, as the composer makes them. */
export function composeMessage(world: World, typed: string): string {
  return replaceTokens(world, escapeText(typed), { labels: false, broadcasts: true });
}

/** A slash command's text: escaped; names become `<@U…|name>` only when the manifest says should_escape. */
export function composeCommand(world: World, typed: string, shouldEscape: boolean): string {
  const escaped = escapeText(typed).trim();
  return shouldEscape ? replaceTokens(world, escaped, { labels: true, broadcasts: false }) : escaped;
}

const TOKEN = /(https?:\/\/[^\s<>|]+)|(^|[\s(])([@#])([\p{L}\d][\p{L}\d._-]*)/gu;

type Flavour = { labels: boolean; broadcasts: boolean };

function replaceTokens(world: World, text: string, flavour: Flavour): string {
  return text.replace(TOKEN, (all: string, url?: string, before = '', sigil?: string, word = '') => {
    if (url) return `<${url}>`;
    const name = word.replace(/[._-]+$/, '');
    const rest = word.slice(name.length);
    const made = sigil === '@' ? mention(world, name, flavour) : channelLink(world, name, flavour);
    return made ? `${before}${made}${rest}` : all;
  });
}

function mention(world: World, name: string, { labels, broadcasts }: Flavour): string | null {
  if (broadcasts && ['here', 'channel', 'everyone'].includes(name)) return `<!${name}>`;
  for (const member of world.members.values()) {
    if (member.handle === name) return labels ? `<@${member.id}|${member.handle}>` : `<@${member.id}>`;
  }
  for (const group of world.groups.values()) {
    if (group.handle === name) return `<!subteam^${group.id}|@${group.handle}>`;
  }
  return null;
}

function channelLink(world: World, name: string, { labels }: Flavour): string | null {
  for (const channel of world.channels.values()) {
    if (channel.kind !== 'im' && channel.name === name) {
      return labels ? `<#${channel.id}|${channel.name}>` : `<#${channel.id}>`;
    }
  }
  return null;
}

/** Everybody a text would notify: `!channel`, `!here`, `!everyone`, user and user-group ids. */
export function pingsIn(texts: readonly string[]): string[] {
  const found = texts.flatMap((text) =>
    [...text.matchAll(/<(?:@([UW][A-Z0-9]+)|!(channel|here|everyone)|!subteam\^(S[A-Z0-9]+))(?:\|[^>]*)?>/g)].map(
      (m) => m[1] ?? (m[2] ? `!${m[2]}` : (m[3] ?? '')),
    ),
  );
  return [...new Set(found)];
}

/** The rich_text block Slack adds to what people write. */
export const richText = (text: string): Record<string, unknown> => ({
  type: 'rich_text',
  block_id: 'rt',
  elements: [{ type: 'rich_text_section', elements: [{ type: 'text', text }] }],
});

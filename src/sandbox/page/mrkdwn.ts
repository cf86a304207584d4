import { html, raw } from 'hono/html';
import type { Member, World } from '../world.ts';
import { permalinked } from './address.ts';
import { withEmoji } from './emoji.ts';
import { type Html, instant, NOTHING } from './html.ts';

/** Slack's markup as HTML. Nothing foreign gets through as markup: text is escaped, links are http(s) or mail only. */

/** Who reads it: names in mentions and addresses of links depend on that. */
export type Reader = { readonly world: World; readonly me: Member; readonly base: string };

export function mrkdwn(text: string, reader: Reader): Html {
  const parts = withoutMarks(text).split(/```/);
  // An odd one out is a fence nobody closed: text.
  const closed = parts.length % 2 === 1 ? parts.length : parts.length - 1;
  return html`${parts.map((part, i) => {
    if (i % 2 === 0 || i >= closed) return lines(i > 0 && i >= closed ? `\`\`\`${part}` : part, reader);
    return html`<pre>${unescaped(part.replace(/<([^<>]+)>/g, '$1')).replace(/^\n|\n$/g, '')}</pre>`;
  })}`;
}

export const plainText = (text: string): string => withEmoji(unescaped(text));

function lines(text: string, reader: Reader): Html {
  if (text === '') return NOTHING;
  const runs: { quoted: boolean; lines: string[] }[] = [];
  for (const line of text.split('\n')) {
    const quoted = /^(&gt;|>)/.test(line);
    const last = runs.at(-1);
    const words = quoted ? line.replace(/^(&gt;|>) ?/, '') : line;
    if (last?.quoted === quoted) last.lines.push(words);
    else runs.push({ quoted, lines: [words] });
  }
  return html`${runs.map((run) => {
    const said = run.lines.map((line, i) => html`${i > 0 ? raw('<br>') : ''}${inline(line, reader)}`);
    return run.quoted ? html`<blockquote>${said}</blockquote>` : said;
  })}`;
}

/** Marks of our own stand for what is made already, while stars and underscores around it are looked for. */
const MADE = /\uE000(\d+)\uE001/g;
const withoutMarks = (text: string): string => text.replace(/[\uE000\uE001]/g, '');

function inline(line: string, reader: Reader): Html {
  const made: Html[] = [];
  const keep = (what: Html) => `\uE000${made.push(what) - 1}\uE001`;
  const marked = line
    .replace(/`([^`]+)`/g, (_, code: string) =>
      keep(html`<code>${unescaped(code.replace(/<([^<>]+)>/g, '$1'))}</code>`),
    )
    .replace(/<([^<>]+)>/g, (_, token: string) => keep(tokenHtml(token, reader)));
  const dressed = escapeHtml(plainText(marked))
    .replace(emphasis('\\*'), '<strong>$1</strong>')
    .replace(emphasis('_'), '<em>$1</em>')
    .replace(emphasis('~'), '<s>$1</s>');
  const pieces = dressed.split(MADE);
  return html`${pieces.map((piece, i) => (i % 2 === 0 ? raw(piece) : (made[Number(piece)] ?? NOTHING)))}`;
}

const emphasis = (sign: string): RegExp =>
  new RegExp(`(?<![\\p{L}\\p{N}${sign}])${sign}(?!\\s)([^${sign}\\n]+?)(?<!\\s)${sign}(?![\\p{L}\\p{N}${sign}])`, 'gu');

function tokenHtml(token: string, reader: Reader): Html {
  const [target = '', label] = split(token);
  if (target.startsWith('@')) return mention(target.slice(1), label, reader);
  if (target.startsWith('#')) return channel(target.slice(1), label, reader);
  if (target.startsWith('!date^')) return dateToken(target, label, reader);
  if (target.startsWith('!')) return html`<span class="mention">${special(target.slice(1), label, reader)}</span>`;
  return anchor(target, label ?? unescaped(target), reader);
}

function split(token: string): [string, string | undefined] {
  const bar = token.indexOf('|');
  return bar < 0 ? [token, undefined] : [token.slice(0, bar), unescaped(token.slice(bar + 1))];
}

function mention(id: string, label: string | undefined, { world, me }: Reader): Html {
  const name = world.members.get(id)?.realName ?? label ?? id;
  return html`<span class="mention${id === me.id ? ' me' : ''}">@${name}</span>`;
}

function channel(id: string, label: string | undefined, { world, me, base }: Reader): Html {
  const found = world.channels.get(id);
  if (!found) return html`#${label ?? id}`;
  const isSeen = found.kind === 'public' || found.members.has(me.id);
  return isSeen
    ? html`<a href="${base}/${id}">#${found.name}</a>`
    : html`<span class="mention">🔒 private channel</span>`;
}

function special(target: string, label: string | undefined, { world }: Reader): string {
  const [kind = '', id = ''] = target.split('^');
  if (kind === 'subteam') return label ?? `@${world.groups.get(id)?.handle ?? id}`;
  return `@${kind}`;
}

/** `!date^1790000000^{date_short_pretty} {time}^link|fallback` */
function dateToken(target: string, label: string | undefined, reader: Reader): Html {
  const [, seconds = '', format = '', link] = target.split('^');
  const at = new Date(Number(seconds) * 1_000);
  if (!/^\d+$/.test(seconds) || Number.isNaN(at.getTime())) return html`${label ?? ''}`;
  const shown = instant(at, unescaped(format), label);
  return link ? anchor(link, shown, reader) : shown;
}

export function anchor(target: string, label: string | Html, reader: Reader): Html {
  const href = unescaped(target);
  if (!/^(https?:\/\/|mailto:)/i.test(href)) return html`${label}`;
  const inside = localAddress(href, reader);
  return inside
    ? html`<a href="${inside}">${label}</a>`
    : html`<a href="${href}" target="_blank" rel="noopener noreferrer">${label}</a>`;
}

/** A permalink of this workspace, of this start or an earlier one, leads to the page: to its message, which no redirect would carry along. */
function localAddress(href: string, { world, me, base }: Reader): string | null {
  const [, channelId = '', p = '', query = ''] =
    /^http:\/\/127\.0\.0\.1:\d+\/archives\/([A-Z0-9]+)(?:\/(p\d+)(\?.*)?)?$/.exec(href) ?? [];
  if (!world.channels.has(channelId)) return null;
  const thread = new URLSearchParams(query).get('thread_ts');
  return permalinked(world, me, channelId, p, thread) ?? `${base}/archives/${channelId}`;
}

/** What Slack escapes, and only that. */
export const unescaped = (text: string): string =>
  text.replaceAll('&lt;', '<').replaceAll('&gt;', '>').replaceAll('&amp;', '&');

const ENTITIES: Record<string, string> = { '&': '&amp;', '<': '&lt;', '>': '&gt;', '"': '&quot;', "'": '&#39;' };
export const escapeHtml = (text: string): string => text.replace(/[&<>"']/g, (char) => ENTITIES[char] ?? char);

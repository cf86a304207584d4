import type { ChannelId, Ts, UserId } from '../lib/ids.ts';

/** Text that is safe to send as mrkdwn. Made only here: foreign text is escaped, so nothing of it pings or formats a link. */
export class Mrkdwn {
  readonly text: string;
  private constructor(text: string) {
    this.text = text;
  }
  /** For this module and templates of ours; foreign text goes through `escaped`. */
  static trusted(text: string): Mrkdwn {
    return new Mrkdwn(text);
  }
}

/**
 * md`*${title}*`: what stands in the template is ours, what is put in is escaped unless it is Mrkdwn already. A
 * placeholder of ours (`<why>`) is shown as it stands; Slack would take it for a link.
 */
export function md(ours: TemplateStringsArray, ...values: readonly (string | number | Mrkdwn)[]): Mrkdwn {
  const parts = ours.map((part) => part.replace(/<([a-z][\w ]*)>/g, '&lt;$1&gt;'));
  return Mrkdwn.trusted(parts.reduce((text, part, i) => text + (i === 0 ? '' : safe(values[i - 1] ?? '')) + part, ''));
}

const safe = (value: string | number | Mrkdwn): string =>
  value instanceof Mrkdwn ? value.text : escaped(String(value)).text;

/** Slack: only these three are escaped, nothing else. */
export const escaped = (foreign: string): Mrkdwn =>
  Mrkdwn.trusted(foreign.replaceAll('&', '&amp;').replaceAll('<', '&lt;').replaceAll('>', '&gt;'));

export const joined = (parts: readonly Mrkdwn[], between = '\n'): Mrkdwn =>
  Mrkdwn.trusted(parts.map((part) => part.text).join(between));

/**
 * Mentions a person. In a channel that wakes them, so only whom the words ask to do something, or give something to do,
 * are mentioned there. In a private answer, a direct message or an edit it wakes nobody else and leads to who is meant.
 */
export const mention = (user: UserId): Mrkdwn => Mrkdwn.trusted(`<@${user}>`);
/**
 * Names a person and wakes nobody: everybody else of whom a channel is told. The name is put in when the message is sent,
 * so only what a job sends may hold it.
 */
export const quietly = (user: UserId): Mrkdwn => Mrkdwn.trusted(`<!name^${user}>`);
export const mentionGroup = (group: string): Mrkdwn => Mrkdwn.trusted(`<!subteam^${group}>`);
export const channelLink = (channel: ChannelId): Mrkdwn => Mrkdwn.trusted(`<#${channel}>`);

/** A link; Slack: a label must hold neither `|` nor `>`. Only http(s), everything else is shown as text. */
export function link(url: string, label: string): Mrkdwn {
  if (!/^https?:\/\/[^\s|<>]+$/i.test(url)) return escaped(`${label} (${url})`);
  return Mrkdwn.trusted(`<${escaped(url).text}|${escaped(label.replaceAll('|', '¦')).text}>`);
}

/** An instant in the reader's own time zone, with a fallback in UTC for clients that cannot. */
export function date(at: Date, format = '{date_short_pretty} at {time}'): Mrkdwn {
  const fallback = `${at.toISOString().slice(0, 16).replace('T', ' ')} UTC`;
  return Mrkdwn.trusted(`<!date^${Math.floor(at.getTime() / 1000)}^${format}|${fallback}>`);
}

/** `https://acme.slack.com/archives/C1/p1790000000000100`: Slack builds permalinks the same way. */
export function permalink(workspaceUrl: string, channel: ChannelId, message: Ts, thread?: Ts | null): string {
  const base = `${workspaceUrl.replace(/\/$/, '')}/archives/${channel}/p${message.replace('.', '')}`;
  return thread && thread !== message ? `${base}?thread_ts=${thread}&cid=${channel}` : base;
}

const TOKEN = /<([@#!]?)([^<>|]*)(?:\|([^<>]*))?>/g;

/**
 * What a person would read: Slack's tokens become names and addresses, entities become characters. `nameOf` answers
 * for mentions that carry no label.
 */
export function plainOf(slackText: string, nameOf: (user: string) => string | undefined = () => undefined): string {
  return slackText
    .replace(TOKEN, (_, sigil: string, target: string, label: string | undefined) => {
      if (sigil === '@') return `@${label || nameOf(target) || target}`;
      if (sigil === '#') return `#${label || target}`;
      if (sigil === '!') return specialName(target, label);
      return label && label !== target ? `${label} (${target})` : target;
    })
    .replaceAll('&lt;', '<')
    .replaceAll('&gt;', '>')
    .replaceAll('&amp;', '&');
}

function specialName(target: string, label: string | undefined): string {
  if (target.startsWith('date^') || target.startsWith('subteam^')) return label ?? '';
  return label ?? `@${target}`;
}

/** The people mentioned in escaped command text, in order: `<@U123|olivia>`. Display text is never parsed for names. */
export const mentionsIn = (slackText: string): UserId[] =>
  [...slackText.matchAll(/<@([UW][A-Z0-9]+)(?:\|[^<>]*)?>/g)].map((match) => match[1] as UserId);

/** At most `max` characters, cut between tokens and entities, never inside one. */
export function cutMrkdwn(said: Mrkdwn, max: number): Mrkdwn {
  if (said.text.length <= max) return said;
  let cut = '';
  for (const [piece] of said.text.matchAll(/<[^<>]*>|&(?:amp|lt|gt);|[\uD800-\uDBFF][\uDC00-\uDFFF]|[\s\S]/g)) {
    if (cut.length + piece.length > max - 1) break;
    cut += piece;
  }
  return Mrkdwn.trusted(`${cut}…`);
}

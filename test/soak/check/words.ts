import type { Evidence, Finding, Held, JobRow, SlackChannel, SlackPost, Told } from '../evidence.ts';

/** Small words the rules share. */

export const finding = (rule: string, what: string): Finding => ({ rule, what });

export const refOf = (held: Held): string => held.record.incident.ref;

export const channelOf = (evidence: Evidence, held: Held): SlackChannel | undefined =>
  evidence.slack.channels.find((channel) => channel.id === held.record.incident.channel.id);

export const announcements = (evidence: Evidence): SlackChannel | undefined =>
  evidence.slack.channels.find((channel) => channel.id === evidence.announceChannel);

/** What the bot said there, by how it read when it was posted. */
export const saidByBot = (channel: SlackChannel | undefined, pattern: RegExp): SlackPost[] =>
  (channel?.messages ?? []).filter((post) => post.byBot && pattern.test(unmarked(post)));

/** How it read when it was posted, but for the word that it is only a drill. */
export const unmarked = ({ firstText }: SlackPost): string => firstText.replace(/^DRILL:? /, '');

export const isPrivate = (held: Held): boolean => held.record.incident.visibility === 'private';
/** Since when it is private though it was public before; null for any other. What was said outside by then is emptied. */
export function turnedPrivateAt({ record }: Held): number | null {
  const turned = record.audit.find(({ what }) => what === 'made private');
  return turned ? Date.parse(turned.at) : null;
}

/** How often it may stand outside: so often as wanted, never when it is private, perhaps when it was so only later. */
export function wantedOutside(held: Held, found: number, wanted: number): number {
  if (!isPrivate(held)) return wanted;
  return turnedPrivateAt(held) === null ? 0 : Math.min(found, wanted);
}

/** In milliseconds. */
export const saidAt = ({ ts }: SlackPost): number => Number(ts) * 1_000;

/** A reminder for a channel that people closed to the bot: who must know hears it by DM. */
export const isToldInstead = ({ parked, as, lastError }: JobRow): boolean =>
  parked &&
  /^(reminder:|ask for IC)/.test(as ?? '') &&
  /not_in_channel|channel_not_found|is_archived|is_inactive/.test(lastError ?? '');

/** A rule of numbers: so many are there, so many were promised. */
export function exactly(rule: string, what: string, found: number, wanted: number): Finding[] {
  return found === wanted ? [] : [finding(rule, `${what}: ${found}, and ${wanted} promised`)];
}

/** As Slack wants foreign text to be written. */
export const escaped = (text: string): string =>
  text.replaceAll('&', '&amp;').replaceAll('<', '&lt;').replaceAll('>', '&gt;');

export const toldIn = (evidence: Evidence, channel: string): Told[] =>
  evidence.told.filter((one) => one.channel === channel);

export const short = (text: string): string => (text.length > 120 ? `${text.slice(0, 119)}…` : text);

import type { Evidence, Finding, Held, SlackChannel, SlackPost, Told } from '../evidence.ts';

/** Small words the rules share. */

export const finding = (rule: string, what: string): Finding => ({ rule, what });

export const refOf = (held: Held): string => held.record.incident.ref;

export const channelOf = (evidence: Evidence, held: Held): SlackChannel | undefined =>
  evidence.slack.channels.find((channel) => channel.id === held.record.incident.channel.id);

export const announcements = (evidence: Evidence): SlackChannel | undefined =>
  evidence.slack.channels.find((channel) => channel.id === evidence.announceChannel);

/** What the bot said there, by how it read when it was posted. */
export const saidByBot = (channel: SlackChannel | undefined, pattern: RegExp): SlackPost[] =>
  (channel?.messages ?? []).filter((post) => post.byBot && pattern.test(post.firstText));

export const isPrivate = (held: Held): boolean => held.record.incident.visibility === 'private';
export const isDrill = (held: Held): boolean => held.record.incident.kind === 'drill';

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

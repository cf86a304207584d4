import type { Evidence, Finding, Held, SlackChannel, SlackPost } from '../evidence.ts';
import { channelOf, finding, isPrivate, refOf, saidAt, short, turnedPrivateAt } from './words.ts';

/** What is private stays among its members: not in another channel, a stranger's direct message, or a log. */
export function checkPrivacy(evidence: Evidence): Finding[] {
  return evidence.incidents.filter(isPrivate).flatMap((held) => checkOne(evidence, held));
}

function checkOne(evidence: Evidence, held: Held): Finding[] {
  const channel = channelOf(evidence, held);
  const secrets = secretsOf(evidence, held);
  const insiders = new Set([held.record.incident.declaredBy, ...(channel?.insiders ?? [])]);
  const elsewhere = evidence.slack.channels.filter(
    (one) => one.id !== channel?.id && !(one.kind === 'im' && one.peer !== null && insiders.has(one.peer as never)),
  );
  const ref = refOf(held);
  const leaks = (text: string) => secrets.find((secret) => text.includes(secret));
  return [
    ...elsewhere.flatMap((one) =>
      leaksIn(one, leaks, turnedPrivateAt(held) ?? 0).map((what) =>
        finding('privacy', `${ref} in ${one.name}: ${what}`),
      ),
    ),
    ...evidence.slack.whispers
      .filter(({ to }) => !insiders.has(to as never))
      .filter(({ text }) => leaks(text) !== undefined)
      .map(({ to, text }) => finding('privacy', `${ref} was shown to ${to}: "${short(text)}"`)),
    ...evidence.logs
      .filter((line) => leaks(line) !== undefined)
      .map((line) => finding('privacy', `${ref} in the log: ${short(line)}`)),
    ...announced(evidence, held),
  ];
}

/** `since`: what was said before was public then, and may only not stand there any more. */
function leaksIn(channel: SlackChannel, leaks: (text: string) => string | undefined, since: number): string[] {
  const posts = channel.messages.filter((post) => post.byBot);
  const said = (post: SlackPost) => `${saidAt(post) < since ? '' : post.firstText} ${post.text} ${post.shown}`;
  return [
    ...posts.filter((post) => leaks(said(post)) !== undefined).map((post) => `"${short(post.text)}"`),
    ...(leaks(channel.topic) === undefined ? [] : [`its topic "${channel.topic}"`]),
  ];
}

/** Not even its number. */
function announced({ slack, announceChannel, bot }: Evidence, held: Held): Finding[] {
  const ref = refOf(held);
  const since = turnedPrivateAt(held) ?? 0;
  const named = new RegExp(`\\b${ref}\\b`);
  const open = slack.channels.filter(
    ({ id, kind, creator }) => id === announceChannel || (kind === 'public' && creator !== bot.userId),
  );
  return open.flatMap((channel) =>
    channel.messages
      .filter((post) => post.byBot && saidAt(post) >= since && named.test(`${post.firstText} ${post.shown}`))
      .map((post) => finding('privacy', `${ref} is named in #${channel.name}: "${short(post.firstText)}"`)),
  );
}

/** Words that only stand in it: titles, what was said, what was reported; those that others say as well tell nothing. */
function secretsOf(evidence: Evidence, held: Held): string[] {
  const { title, impact } = held.record.incident;
  const own = [
    title,
    impact ?? '',
    ...held.record.updates.map(({ text }) => text),
    ...evidence.told
      .filter((one) => one.kind === 'message' && one.channel === held.record.incident.channel.id && !one.byBot)
      .map(({ text }) => text),
  ];
  return [...new Set(own.filter((text) => UNIQUE.test(text)))];
}

/** The people of a soak put a number into what they mean to be told apart. */
const UNIQUE = /\bq\d+x\b/;

import type { Evidence, Finding, Held, SlackChannel } from '../evidence.ts';
import { announcements, channelOf, exactly, finding, refOf, wantedOutside } from './words.ts';

/** One channel per incident, as private as it was declared, with one card that is pinned; one announcement or none. */
export function checkChannels(evidence: Evidence): Finding[] {
  return [...evidence.incidents.flatMap((held) => checkOne(evidence, held)), ...orphans(evidence)];
}

function checkOne(evidence: Evidence, held: Held): Finding[] {
  const channel = channelOf(evidence, held);
  if (!channel) return [finding('one channel', `${refOf(held)} has no channel`)];
  const wanted = held.record.incident.visibility;
  return [
    ...(channel.kind === wanted
      ? []
      : [finding('privacy', `${refOf(held)} is ${wanted}, #${channel.name} is ${channel.kind}`)]),
    ...(channel.members.includes(held.record.incident.declaredBy)
      ? []
      : [
          finding(
            'the declarer is invited',
            `${held.record.incident.declaredBy} is not in the channel of ${refOf(held)}`,
          ),
        ]),
    ...(evidence.reread && held.record.incident.channel.name !== channel.name
      ? [finding('Slack is a view', `${refOf(held)} knows #${channel.name} as #${held.record.incident.channel.name}`)]
      : []),
    ...checkCard(evidence, held, channel),
    ...checkAnnouncement(evidence, held),
    ...checkLink(evidence, held),
  ];
}

function checkCard({ bot }: Evidence, held: Held, channel: SlackChannel): Finding[] {
  const start = new RegExp(`^${refOf(held)} SEV\\d: `);
  const cards = channel.messages.filter((post) => post.byBot && post.threadTs === null && start.test(post.firstText));
  const threaded = channel.messages.filter(
    (post) => post.byBot && post.threadTs === post.ts && start.test(post.firstText),
  );
  const all = [...cards, ...threaded];
  const card = all.find((post) => post.ts === held.cardTs);
  const pinned = channel.pins.filter((pin) => pin.by === bot.userId);
  const isStale = card !== undefined && card.text !== held.drawn.card;
  return [
    ...exactly('one card', `cards of ${refOf(held)}`, all.length, 1),
    ...(card ? [] : [finding('one card', `the card of ${refOf(held)} on record is not in its channel`)]),
    ...exactly('one card', `pins of the bot in the channel of ${refOf(held)}`, pinned.length, 1),
    ...(isStale
      ? [finding('Slack is a view', `the card of ${refOf(held)} says "${card.text}", not "${held.drawn.card}"`)]
      : []),
    ...(channel.topic === held.drawn.topic
      ? []
      : [finding('Slack is a view', `the topic of ${refOf(held)} is "${channel.topic}", not "${held.drawn.topic}"`)]),
  ];
}

function checkAnnouncement(evidence: Evidence, held: Held): Finding[] {
  const start = new RegExp(`^(DRILL )?${refOf(held)} SEV\\d \\w+: `);
  const posts = (announcements(evidence)?.messages ?? []).filter(
    (post) => post.byBot && (post.threadTs === null || post.threadTs === post.ts) && start.test(post.firstText),
  );
  const post = posts.find((one) => one.ts === held.announcementTs);
  const isStale = post !== undefined && post.text !== held.drawn.announcement;
  return [
    ...exactly(
      'one announcement',
      `announcements of ${refOf(held)}`,
      posts.length,
      wantedOutside(held, posts.length, 1),
    ),
    ...(isStale
      ? [
          finding(
            'Slack is a view',
            `the announcement of ${refOf(held)} says "${post.text}", not "${held.drawn.announcement}"`,
          ),
        ]
      : []),
  ];
}

/** Told to whoever declared it, at most once: such an answer may be lost, but not doubled. */
function checkLink({ slack }: Evidence, held: Held): Finding[] {
  const start = `${refOf(held)}: its channel is `;
  const links = slack.whispers.filter(({ text }) => text.startsWith(start));
  return links.length > 1 ? exactly('an answer once', `"${start}…"`, links.length, 1) : [];
}

function orphans(evidence: Evidence): Finding[] {
  const known = new Map<string, string[]>();
  for (const held of evidence.incidents) {
    const id = held.record.incident.channel.id;
    if (id !== null) known.set(id, [...(known.get(id) ?? []), refOf(held)]);
  }
  const strays = evidence.slack.channels.filter(
    (channel) =>
      channel.kind !== 'im' &&
      channel.creator === evidence.bot.userId &&
      channel.id !== evidence.announceChannel &&
      !known.has(channel.id),
  );
  return [
    ...strays.map((channel) => finding('one channel', `#${channel.name} was made for no incident`)),
    ...[...known.values()]
      .filter((refs) => refs.length > 1)
      .map((refs) => finding('one channel', `${refs.join(' and ')} share a channel`)),
  ];
}

import { named } from '../incidents/contact.ts';
import { type Incident, isPrivate, ref } from '../incidents/incident.ts';
import type { Message, NewJob } from '../jobs/job.ts';
import { formatDuration } from '../lib/duration.ts';
import type { UserId } from '../lib/ids.ts';
import { actions, type Block, message, section } from '../slack/blocks.ts';
import { channelLink, date, joined, type Mrkdwn, md, mention, quietly } from '../slack/mrkdwn.ts';
import { onIt, postsOf, type Raised } from './raised.ts';

/** What is said about escalations. People are mentioned where they are called; afterwards they are only named. */

type Called = Pick<Raised, 'contacts' | 'raisedAt' | 'why'>;

/** The words that call, with the button that answers. */
export const asking = (incident: Incident, escalation: string, said: Mrkdwn): Message =>
  message(said, [section(said), actions(postsOf(escalation), [onIt(incident, escalation)])]);

export const calledAgain = (incident: Incident, raised: Called, them: Mrkdwn, aside: Mrkdwn, now: Date): Mrkdwn =>
  md`:rotating_light: *Nobody is on ${ref(incident)} yet.* ${them}, you were called ${ago(raised, now)}${because(raised)}.${aside}`;

export const calledFurther = (incident: Incident, raised: Called, them: Mrkdwn, aside: Mrkdwn, now: Date): Mrkdwn =>
  md`:rotating_light: *Nobody answered for ${ref(incident)}*: ${who(raised)} ${were(raised)} called twice, first ${ago(raised, now)}${because(raised)}. ${them}: please see whether it needs you.${aside}`;

/** Nobody is left to be called. */
export const nobodyLeft = (incident: Incident, raised: Called, now: Date): Mrkdwn =>
  md`:rotating_light: *Nobody answered for ${ref(incident)}*: ${who(raised)} ${were(raised)} called twice, first ${ago(raised, now)}${because(raised)}. ${mention(incident.declaredBy)}, ${incident.severity} has no further contacts: reach them another way, or name someone with \`/incident escalate @someone why\`.`;

/** The same for everyone to read. */
export function nobodyLeftOutside(incident: Incident, raised: Called, now: Date): Mrkdwn {
  const where = incident.channelId ? md` in ${channelLink(incident.channelId)}` : md``;
  return md`:rotating_light: *Nobody answered for ${ref(incident)}* (${incident.severity})${where}: ${who(raised)} ${were(raised)} called twice, first ${ago(raised, now)}. ${quietly(incident.declaredBy)} needs someone to take it up.`;
}

export const isOnIt = (incident: Incident, raised: Called, by: UserId, now: Date): Message =>
  message(md`:raised_hand: *${quietly(by)} is on it.* ${ref(incident)} was escalated ${ago(raised, now)}.`);

/** What becomes of the posts that called when nobody needs to answer them any more. */
export type Over = { readonly by: UserId } | 'ended' | 'seen to';

export function edits(
  incident: Incident,
  raised: Called,
  posts: readonly { readonly purpose: string; readonly channelId: string }[],
  over: Over,
  now: Date,
): NewJob[] {
  return posts.map(({ purpose, channelId }) => ({
    job: {
      kind: 'edit' as const,
      incident: incident.id,
      as: purpose,
      message: afterwards(incident, raised, over, channelId === incident.channelId),
    },
    runAt: now,
  }));
}

function afterwards(incident: Incident, raised: Called, over: Over, inside: boolean): Message {
  const why = inside ? because(raised) : md``;
  const head =
    inside || !isPrivate(incident)
      ? md`${ref(incident)} was escalated to ${who(raised)} ${date(raised.raisedAt)}${why}.`
      : md`${ref(incident)} (private).`;
  const said = md`${head} ${outcome(over)}`;
  return message(said, [section(said)]);
}

function outcome(over: Over): Mrkdwn {
  if (over === 'ended') return md`The incident has ended: nobody needs to be on it.`;
  if (over === 'seen to') return md`It has been seen to.`;
  return md`:raised_hand: ${quietly(over.by)} is on it.`;
}

/** The line on the card. */
export function cardLine(raised: Raised, names: ReadonlyMap<UserId, string>): Block {
  const called = raised.contacts.map((one) => names.get(one as UserId) ?? nameless(one));
  const head = md`*Escalated* to ${called.join(', ')} ${date(raised.raisedAt)}`;
  const by = raised.acknowledgedBy;
  return section(by ? md`${head} · ${names.get(by) ?? by} is on it` : md`${head} · nobody is on it yet`);
}

const nameless = (contact: string): string => (contact.startsWith('S') ? 'a user group' : contact);
/** Nobody is woken once more. */
const who = ({ contacts }: Called): Mrkdwn => joined(contacts.map(named), ', ');
const were = ({ contacts }: Called): string => (contacts.length > 1 ? 'were' : 'was');
const because = ({ why }: Called): Mrkdwn => (why ? md`: ${why}` : md``);
const ago = ({ raisedAt }: Called, now: Date): string =>
  `${formatDuration(Math.max(0, now.getTime() - raisedAt.getTime()))} ago`;

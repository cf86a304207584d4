import { type Around, contactOf, isPerson, shown } from '../incidents/contact.ts';
import { isPrivate } from '../incidents/incident.ts';
import type { NewJob } from '../jobs/job.ts';
import { listed } from '../lib/text.ts';
import { joined, type Mrkdwn, md, mention } from '../slack/mrkdwn.ts';
import { type CallIn, needed, page, SINKS } from './sinks.ts';

/** How contacts are brought in. */
interface BroughtIn {
  /** Whom the words in the channel name. */
  readonly named: Mrkdwn;
  /** What those words add; begins with a space, or is empty. */
  readonly aside: Mrkdwn;
  /** To be enqueued after the words. */
  readonly jobs: readonly NewJob[];
}

/** By every sink; of a private incident members alone are mentioned, and others learn only that they are needed. */
export function bringIn(call: CallIn, around: Around): BroughtIn {
  if (isPrivate(call.incident)) return privately(call, around);
  const reached = SINKS.map((sink) => sink(call));
  return {
    named: joined(
      reached.flatMap(({ named }) => named ?? []),
      ' ',
    ),
    aside: md``,
    jobs: reached.flatMap(({ jobs }) => jobs ?? []),
  };
}

function privately(call: CallIn, around: Around): BroughtIn {
  const { incident, written, now } = call;
  const known = written.flatMap((one) => {
    const asked = around.contacts.find((contact) => contact.written === one);
    return asked ? [asked] : isPerson(one) ? [contactOf(one, null)] : [];
  });
  // Groups Slack was not asked about: the job asks, and tells each of their people what they may know.
  const unasked = written.filter((one) => !known.some((contact) => contact.written === one));
  const people = [...new Set(known.flatMap((contact) => contact.users ?? []))];
  const missing = known.filter((contact) => contact.users === null).map((contact) => contact.written);
  const inside = people.filter((user) => around.members.has(user));
  const told = [...inside.map(mention), ...unasked.map(shown)];
  return {
    named: joined(told.length > 0 ? told : [mention(incident.declaredBy)], ' '),
    aside: md` Contacts outside this channel are told only that they are needed.${missing.length > 0 ? ` Slack knows no user group ${listed(missing)}: nobody of it was told.` : ''}`,
    jobs: [
      ...people.filter((user) => !around.members.has(user)).map((user) => needed(incident, around, user, now)),
      ...unasked.map((one) => page(call, one)),
    ],
  };
}

import { type Incident, ref } from '../incidents/incident.ts';
import type { Message, NewJob } from '../jobs/job.ts';
import { formatDuration, type Millis } from '../lib/duration.ts';
import type { UserId } from '../lib/ids.ts';
import { never } from '../lib/result.ts';
import { actions, button, message, section } from '../slack/blocks.ts';
import { channelLink, date, type Mrkdwn, md, mention } from '../slack/mrkdwn.ts';
import { briefBlocks, type Drawing } from './brief-blocks.ts';
import { copyDm, type Offer, offerDm, offerValue } from './offer.ts';

/** To the one who is asked to take command. */
export function offered(offer: Offer, drawing: Drawing): Message {
  const { incident } = drawing;
  const head = md`${mention(offer.fromUser)} offers you command of *${ref(incident)}*. Until you accept, they hold it.${edited(offer)}`;
  return message(head, [
    section(head),
    ...briefBlocks(offer.brief, drawing),
    actions('handoff', [
      button('Accept', 'handoff-accept', offerValue(offer), 'primary'),
      button('Decline', 'handoff-decline', offerValue(offer)),
      editBrief(offer),
    ]),
  ]);
}

/** To the one who offers: the same brief. */
export function copied(offer: Offer, drawing: Drawing): Message {
  const { incident } = drawing;
  const head = md`You offered command of *${ref(incident)}* to ${mention(offer.toUser)}. You hold it until they accept.${edited(offer)}`;
  return message(head, [section(head), ...briefBlocks(offer.brief, drawing), actions('handoff', [editBrief(offer)])]);
}

const editBrief = (offer: Offer) => button('Edit brief', 'handoff-edit', offerValue(offer));

const edited = ({ editedBy, editedAt }: Offer): Mrkdwn =>
  editedBy && editedAt ? md` _The brief was edited by ${mention(editedBy)} ${date(editedAt)}._` : md``;

/** Both messages lose their buttons when there is nothing left to answer. */
export const closed = (offer: Offer, incident: Incident, now: Date): NewJob[] =>
  [offerDm(offer), copyDm(offer)].map((as) => ({
    job: { kind: 'edit', incident: incident.id, as, message: over(offer, incident) },
    runAt: now,
  }));

/** Says nothing of the incident but its number: who reads it may have left since. */
function over(offer: Offer, incident: Incident): Message {
  const said = md`Command of *${ref(incident)}*: ${outcome(offer)}`;
  return message(said, [section(said)]);
}

function outcome({ outcome: how, fromUser, toUser, endedBy, endedAt }: Offer): Mrkdwn {
  const at = endedAt ? md` ${date(endedAt)}` : md``;
  switch (how) {
    case 'accepted':
      return md`${mention(toUser)} took it over from ${mention(fromUser)}${at}.`;
    case 'declined':
      return md`${mention(toUser)} declined it${at}; ${mention(fromUser)} kept it.`;
    case 'replaced':
      return md`${mention(fromUser)} offered it to someone else${at}.`;
    case 'overtaken':
      return md`it changed hands another way${endedBy ? md`: ${mention(endedBy)} has it now` : ''}; this offer is over.`;
    case 'ended':
      return md`the incident ended${at}; this offer is over.`;
    case null:
      return md`offered to ${mention(toUser)}.`;
    default:
      return never(how);
  }
}

export const declinedNotice = (offer: Offer, incident: Incident): Message =>
  message(
    md`${mention(offer.toUser)} declined command of *${ref(incident)}*. You still hold it; offer it to someone else: \`/incident handoff @someone in ${ref(incident)}\`.`,
  );

/** In the channel, once: nobody answers. */
export function unanswered(offer: Offer, incident: Incident, waited: Millis): Message {
  const said = md`:hourglass: ${mention(offer.toUser)} has not answered the offer of command of *${ref(incident)}* for ${formatDuration(waited)}. ${mention(offer.fromUser)} still has command: ask again, or offer it to someone else with \`/incident handoff @someone\`.`;
  return message(said);
}

/** In private, once for each holding: people tire before they notice. */
export const longCommand = (incident: Incident, held: Millis): Message =>
  message(
    md`You have had command of *${ref(incident)}*${where(incident)} for ${formatDuration(held)}. A fresh head decides better: \`/incident handoff @someone in ${ref(incident)}\` writes the brief for you.`,
  );

export const offeredAnswer = (offer: Offer, before: UserId | null): Message =>
  message(
    md`${mention(offer.toUser)} is asked in private, with a brief from the record${before ? md`; ${mention(before)} is no longer asked` : ''}. You have command until they accept. The brief is in your messages with Sitrep: *Edit brief*.`,
  );

const where = (incident: Incident): Mrkdwn => (incident.channelId ? md` in ${channelLink(incident.channelId)}` : md``);

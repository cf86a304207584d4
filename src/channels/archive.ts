import type { ArchiveOfferRow } from '../db/tables.ts';
import type { Decision } from '../incidents/decision.ts';
import { type Incident, isOpen, ref, resolutionKnownAt } from '../incidents/incident.ts';
import { post } from '../incidents/redraw.ts';
import type { Message, NewJob } from '../jobs/job.ts';
import { formatDuration, MINUTE, type Millis } from '../lib/duration.ts';
import type { UserId } from '../lib/ids.ts';
import { no, ok, type Result } from '../lib/result.ts';
import { actions, button, message, section } from '../slack/blocks.ts';
import { type Mrkdwn, md, quietly } from '../slack/mrkdwn.ts';
import type { ArchiveRefusal } from './refusals.ts';

/** Whether the channel of an ended incident may be archived: people are asked once for each ending, and nothing happens without their click. */

export type Offer = ArchiveOfferRow;

/** What a look at an ended incident's channel needs to know. */
export interface Quiet {
  readonly offer: Offer | null;
  /** When somebody spoke in the channel last. */
  readonly lastSaidAt: Date | null;
  /** When the channel was last read from end to end. */
  readonly wholeAt: Date | null;
  /** Null: channels are left alone. */
  readonly archiveAfter: Millis | null;
}

interface Look {
  /** What becomes of the offer's row. */
  readonly offer: 'made' | 'withdrawn' | null;
  readonly decision: Decision;
}

/** The one post that asks, edited to what came of it. */
const OFFER = 'archive offer';

/** Looked at again when the record is read. */
const READING = MINUTE;

const NOTHING: Look = { offer: null, decision: {} };

/** Waking early or twice is harmless. An open incident's channel is never offered, and an offer ends when it is reopened. */
export function lookAtChannel(incident: Incident, quiet: Quiet, now: Date): Look {
  const { offer, archiveAfter } = quiet;
  if (isOpen(incident))
    return offer
      ? { offer: 'withdrawn', decision: { jobs: [edit(incident, md`It was reopened: its channel stays.`, now)] } }
      : NOTHING;
  if (!incident.channelId || incident.channelLost) return NOTHING;
  if (offer) return offer.answer === 'archive' ? archiveWhenRead(incident, offer, quiet, now) : NOTHING;
  if (archiveAfter === null) return NOTHING;
  const quietAt = Math.max(endOf(incident).getTime(), quiet.lastSaidAt?.getTime() ?? 0) + archiveAfter;
  if (quietAt > now.getTime()) return { offer: null, decision: { jobs: [lookAgain(incident, new Date(quietAt))] } };
  return {
    offer: 'made',
    decision: {
      entries: [
        {
          kind: 'reminder_sent',
          actor: null,
          text: 'asked whether its channel may be archived',
          payload: { about: 'archive', to: [] },
        },
      ],
      jobs: [post(incident.id, 'channel', asking(incident, archiveAfter), now, OFFER)],
    },
  };
}

/** Archiving takes the bot out, so everything said is read first. */
function archiveWhenRead(incident: Incident, offer: Offer, { wholeAt }: Quiet, now: Date): Look {
  const since = offer.answeredAt ?? offer.offeredAt;
  if (wholeAt !== null && wholeAt >= since)
    return {
      offer: null,
      decision: { jobs: [{ job: { kind: 'archive-channel', incident: incident.id }, runAt: now }] },
    };
  return {
    offer: null,
    decision: {
      jobs: [
        { job: { kind: 'reconcile', incident: incident.id, deep: true }, runAt: now },
        lookAgain(incident, new Date(now.getTime() + READING)),
      ],
    },
  };
}

/** Somebody clicked: `archive` goes on when the record is read, `keep` is the end of it. */
export function answerOffer(
  incident: Incident,
  offer: Offer | null,
  how: 'archive' | 'keep',
  by: UserId,
  now: Date,
): Result<Decision, ArchiveRefusal> {
  if (isOpen(incident)) return no({ why: 'is-open', incident });
  if (incident.channelLost) return no({ why: 'channel-closed', incident });
  if (!offer) return no({ why: 'no-offer', incident });
  if (offer.answer && offer.answeredBy && offer.answeredAt)
    return no({ why: 'answered', answer: offer.answer, by: offer.answeredBy, at: offer.answeredAt });
  const said =
    how === 'archive'
      ? md`${quietly(by)} archives this channel. What was said here is read to the end first; the record of ${ref(incident)} stays.`
      : md`${quietly(by)} keeps this channel.`;
  return ok({
    entries: [
      {
        kind: 'archive_answered',
        actor: by,
        text: how === 'archive' ? 'archives the channel' : 'keeps the channel',
        payload: { answer: how },
      },
    ],
    audit: { what: how === 'archive' ? 'channel archived on request' : 'channel kept' },
    jobs: [edit(incident, said, now), ...(how === 'archive' ? [lookAgain(incident, now)] : [])],
    answer: message(
      how === 'archive'
        ? md`The channel of ${ref(incident)} is archived as soon as it is read to the end.`
        : md`The channel of ${ref(incident)} stays. Nobody is asked again.`,
    ),
  });
}

/** When an ended incident's channel is looked at first; none where the policy leaves channels alone. */
export const offerTimer = (incident: Pick<Incident, 'id'>, archiveAfter: Millis | null, now: Date): NewJob[] =>
  archiveAfter === null ? [] : [lookAgain(incident, new Date(now.getTime() + archiveAfter))];

export const lookAgain = ({ id }: Pick<Incident, 'id'>, runAt: Date): NewJob => ({
  job: { kind: 'offer-archive', incident: id },
  runAt,
});

const endOf = (incident: Incident): Date => resolutionKnownAt(incident) ?? incident.closedAt ?? incident.declaredAt;

function asking(incident: Incident, quietFor: Millis): Message {
  const said = md`:file_cabinet: ${ref(incident)} is ${incident.status}, and nobody has written here for ${formatDuration(quietFor)}. *May this channel be archived?* Its record stays; an archived channel can still be read and searched. Bringing it back takes a person: Slack lets no bot do it.`;
  return message(said, [
    section(said),
    actions(OFFER, [
      button('Archive', 'archive-channel', String(incident.id)),
      button('Keep', 'keep-channel', String(incident.id)),
    ]),
  ]);
}

function edit(incident: Incident, said: Mrkdwn, now: Date): NewJob {
  return {
    job: { kind: 'edit', incident: incident.id, as: OFFER, message: message(said, [section(said)]) },
    runAt: now,
  };
}

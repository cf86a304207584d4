import type { Decision } from '../incidents/decision.ts';
import { type Holder, type Incident, isOpen } from '../incidents/incident.ts';
import { post } from '../incidents/redraw.ts';
import type { NewJob } from '../jobs/job.ts';
import { HOUR, MINUTE, type Millis } from '../lib/duration.ts';
import type { UserId } from '../lib/ids.ts';
import type { StateEntry } from '../timeline/entry.ts';
import { closed, longCommand, unanswered } from './messages.ts';
import { commanderOf, lapsed, type Offer, type OfferChange } from './offer.ts';

/** An offer that is not answered for so long is spoken of in the channel. */
const PATIENCE: Millis = 5 * MINUTE;

/** Command held for so long is suggested to be handed over. */
const LONG: Millis = 4 * HOUR;

/** Who has command, and whether they were told that it is long. */
export interface Holding {
  readonly userId: UserId;
  readonly fromAt: Date;
  readonly handoverSuggestedAt: Date | null;
}

/** What the transaction writes beside the decision. */
interface Watched {
  readonly offer: OfferChange | null;
  /** The holder was told, and is not told again. */
  readonly suggested: boolean;
  readonly decision: Decision;
}

/** The timer of command woke, perhaps late, twice or in vain. */
export function watch(
  incident: Incident,
  holders: readonly Holder[],
  holding: Holding | null,
  offer: Offer | null,
  now: Date,
): Watched {
  const ofOffer = offer === null ? NOTHING : watchOffer(incident, holders, offer, now);
  const ofHolding = holding === null || !isOpen(incident) ? NOTHING : watchHolding(incident, holding, now);
  const times = [ofOffer.next, ofHolding.next].flatMap((at) => at?.getTime() ?? []);
  return {
    offer: ofOffer.change,
    suggested: ofHolding.said,
    decision: {
      entries: [...ofOffer.entries, ...ofHolding.entries],
      jobs: [...ofOffer.jobs, ...ofHolding.jobs, ...wakeUp(incident, times)],
    },
  };
}

interface Step {
  readonly change: OfferChange | null;
  readonly said: boolean;
  readonly entries: readonly StateEntry[];
  readonly jobs: readonly NewJob[];
  readonly next: Date | null;
}
const NOTHING: Step = { change: null, said: false, entries: [], jobs: [], next: null };

function watchOffer(incident: Incident, holders: readonly Holder[], offer: Offer, now: Date): Step {
  const why = lapsed(incident, holders, offer);
  if (why !== null) {
    const endedBy = why === 'overtaken' ? (commanderOf(holders)?.userId ?? null) : null;
    const change = { outcome: why, endedAt: now, endedBy };
    return { ...NOTHING, change, jobs: closed({ ...offer, ...change }, incident, now) };
  }
  const dueAt = plus(offer.offeredAt, PATIENCE);
  if (offer.toldAt !== null) return NOTHING;
  if (dueAt > now) return { ...NOTHING, next: dueAt };
  const waited = now.getTime() - offer.offeredAt.getTime();
  return {
    change: { toldAt: now },
    said: false,
    entries: [
      {
        kind: 'reminder_sent',
        actor: null,
        text: `${offer.toUser} has not answered the offer of command`,
        payload: { about: 'handoff', offer: offer.id, to: [offer.toUser] },
      },
    ],
    jobs: [post(incident.id, 'channel', unanswered(offer, incident, waited), now)],
    next: null,
  };
}

/** Counted from when they took command, or from when the incident was reopened under them. */
function watchHolding(incident: Incident, holding: Holding, now: Date): Step {
  if (holding.handoverSuggestedAt !== null) return NOTHING;
  const since = Math.max(holding.fromAt.getTime(), incident.acknowledgeAskedAt?.getTime() ?? 0);
  const dueAt = new Date(since + LONG);
  if (dueAt > now) return { ...NOTHING, next: dueAt };
  const message = longCommand(incident, now.getTime() - since);
  return {
    ...NOTHING,
    said: true,
    entries: [
      {
        kind: 'reminder_sent',
        actor: null,
        text: 'suggested to hand over command after a long time',
        payload: { about: 'long command', to: [holding.userId] },
      },
    ],
    jobs: [{ job: { kind: 'dm', user: holding.userId, message, incident: incident.id }, runAt: now }],
  };
}

/** Of a fresh offer. The timer is one for each incident, and looks after long command again when it wakes. */
export const offerTimer = (incident: Incident, offer: Offer): NewJob[] =>
  wakeUp(incident, [plus(offer.offeredAt, PATIENCE).getTime()]);

const wakeUp = (incident: Pick<Incident, 'id'>, times: readonly number[]): NewJob[] =>
  times.length === 0 ? [] : [{ job: { kind: 'command', incident: incident.id }, runAt: new Date(Math.min(...times)) }];

const plus = (from: Date, ms: Millis): Date => new Date(from.getTime() + ms);

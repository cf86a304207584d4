import type { HandoffRow } from '../db/tables.ts';
import { type Holder, type Incident, isOpen } from '../incidents/incident.ts';
import type { Brief } from './brief.ts';

/** Command offered to one person, as every rule sees it: its row. */
export type Offer = Omit<HandoffRow, 'brief'> & { readonly brief: Brief };

export type OfferChange = Partial<Pick<Offer, 'outcome' | 'endedBy' | 'endedAt' | 'toldAt'>>;

/** Who has command, since when. */
export const commanderOf = (holders: readonly Holder[]): Holder | null =>
  holders.find((holder) => holder.role === 'ic') ?? null;

/**
 * Why an offer that nobody answered is worth nothing any more: the incident has ended, or the one who offers does not
 * hold command as they did then.
 */
export function lapsed(incident: Incident, holders: readonly Holder[], offer: Offer): 'ended' | 'overtaken' | null {
  if (!isOpen(incident)) return 'ended';
  const ic = commanderOf(holders);
  const same = ic?.userId === offer.fromUser && ic.fromAt.getTime() === offer.heldSince.getTime();
  return same ? null : 'overtaken';
}

/** The names under which the two direct messages of an offer are edited. */
export const offerDm = (offer: Pick<Offer, 'id'>): string => `handoff:${offer.id}:to`;
export const copyDm = (offer: Pick<Offer, 'id'>): string => `handoff:${offer.id}:from`;

export const offerValue = (offer: Pick<Offer, 'incidentId' | 'id'>): string => `${offer.incidentId}:${offer.id}`;

/** The offer a button carries; null when anything else wrote it. */
export function readOfferValue(value: string): number | null {
  const match = /^\d{1,9}:(\d{1,15})$/.exec(value);
  return match ? Number(match[1]) : null;
}

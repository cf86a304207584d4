import { transact } from '../db/connect.ts';
import type { Trx } from '../db/tables.ts';
import type { Deps } from '../deps.ts';
import { type Changed, changeIncident } from '../incidents/change.ts';
import { type Holder, type Incident, isOpen, isPrivate } from '../incidents/incident.ts';
import { holdersOf, lastEntryOf } from '../incidents/store.ts';
import type { Intent } from '../intents/store.ts';
import type { IncidentId, UserId } from '../lib/ids.ts';
import { no, ok, type Result } from '../lib/result.ts';
import { findPeople, findPerson } from '../people/store.ts';
import { assign } from '../roles/role.ts';
import { endAssignment, startAssignment } from '../roles/store.ts';
import { openTasks } from '../tasks/store.ts';
import { membersOf } from '../updates/store.ts';
import { type Brief, draftBrief, spokenBy } from './brief.ts';
import type { Drawing } from './brief-blocks.ts';
import * as handoff from './handoff.ts';
import type { Offer } from './offer.ts';
import type { HandoffRefusal, Last } from './refusals.ts';
import * as store from './store.ts';
import { watch } from './watch.ts';

type Needs = Pick<Deps, 'db' | 'now' | 'policy'>;
type Done = Promise<Result<Changed, HandoffRefusal>>;

/** A new offer takes the place of the one before; the brief is written from the record as it is now. */
export function offerCommand(
  deps: Needs,
  id: IncidentId,
  intent: Intent,
  to: UserId,
  by: UserId,
  unknown: ReadonlySet<UserId> = new Set(),
): Done {
  return changeIncident<HandoffRefusal>(deps, id, intent, async (incident, trx, now) => {
    const holders = await holdersOf(trx, id);
    const before = (await store.findOpenOffer(trx, id)) ?? null;
    const last = await lastOf(trx, id, 'status_changed');
    const person = unknown.has(to) ? ('nobody' as const) : ((await findPerson(trx, to)) ?? null);
    const asked = { to, by, person };
    const refused = handoff.mayNotOffer(incident, holders, asked, await membersOf(trx, id), before, last);
    if (refused) return no(refused);
    const replaced =
      before && (await store.updateOffer(trx, before.id, { outcome: 'replaced', endedBy: by, endedAt: now }));
    const heldSince = holders.find(({ role }) => role === 'ic')?.fromAt ?? now;
    const brief = await written(trx, deps, incident, holders, now);
    const row = { incidentId: id, fromUser: by, toUser: to, heldSince, offeredAt: now, brief };
    const offer = await store.insertOffer(trx, row);
    return ok(handoff.offered(offer, replaced, await drawing(trx, deps, incident, holders, now)));
  });
}

export function acceptCommand(deps: Needs, id: IncidentId, intent: Intent, offerId: number, by: UserId): Done {
  return changeIncident<HandoffRefusal>(deps, id, intent, async (incident, trx, now) => {
    const found = await answerable(trx, incident, offerId, by);
    if (!found.ok) return found;
    const { offer, holders } = found.value;
    // The brief stands under the change of hands, so it names who holds what from now on.
    const after = holders.map((holder) => (holder.role === 'ic' ? { ...holder, userId: by } : holder));
    const drawn = await drawing(trx, deps, incident, after, now);
    const assigned = assign(incident, holders, deps.policy, {
      wishes: [{ role: 'ic', user: by }],
      by,
      now,
      polite: false,
      handedOver: handoff.handedOver(offer, drawn),
    });
    if (!assigned.ok) throw new Error(`an offer that holds was refused: ${assigned.no.why}`);
    await endAssignment(trx, id, 'ic', now);
    await startAssignment(trx, { incidentId: id, role: 'ic', userId: by, assignedBy: offer.fromUser, fromAt: now });
    const ended = await store.updateOffer(trx, offer.id, { outcome: 'accepted', endedBy: by, endedAt: now });
    return ok(handoff.accepted({ ...ended, brief: offer.brief }, assigned.value.decision, incident, now));
  });
}

export function declineCommand(deps: Needs, id: IncidentId, intent: Intent, offerId: number, by: UserId): Done {
  return changeIncident<HandoffRefusal>(deps, id, intent, async (incident, trx, now) => {
    const found = await answerable(trx, incident, offerId, by);
    if (!found.ok) return found;
    const { offer } = found.value;
    const ended = await store.updateOffer(trx, offer.id, { outcome: 'declined', endedBy: by, endedAt: now });
    return ok(handoff.declined(ended, incident, now));
  });
}

export function editBrief(deps: Needs, id: IncidentId, intent: Intent, offerId: number, edited: handoff.Edited): Done {
  return changeIncident<HandoffRefusal>(deps, id, intent, async (incident, trx, now) => {
    const found = await open(trx, incident, offerId);
    if (!found.ok) return found;
    const { offer, holders } = found.value;
    if (!handoff.mayEdit(offer, edited.by)) return no({ why: 'not-yours', offer });
    if (offer.briefVersion !== edited.version) return no({ why: 'edited-meanwhile', offer });
    // Whoever left a private incident since is shown no more of it.
    if (isPrivate(incident) && !(await membersOf(trx, id)).has(offer.toUser))
      return no({ why: 'not-inside', incident, user: offer.toUser });
    const rewritten = await store.rewriteBrief(
      trx,
      offer.id,
      { ...edited.brief, quoted: offer.brief.quoted },
      edited.by,
      now,
    );
    return ok(handoff.redrawn(rewritten, await drawing(trx, deps, incident, holders, now)));
  });
}

/** Said before a person is asked for; null while there is command to hand over. */
export async function hasEnded({ db }: Pick<Deps, 'db'>, incident: Incident): Promise<HandoffRefusal | null> {
  if (isOpen(incident)) return null;
  return transact(db, async (trx) => ({
    why: 'has-ended',
    incident,
    last: await lastOf(trx, incident.id, 'status_changed'),
  }));
}

/** What the form shows, or why it does not open. */
export function briefToEdit(
  { db }: Pick<Deps, 'db'>,
  incident: Incident,
  offerId: number,
  by: UserId,
): Promise<Result<Offer, HandoffRefusal>> {
  return transact(db, async (trx) => {
    const found = await open(trx, incident, offerId);
    if (!found.ok) return found;
    const { offer } = found.value;
    return handoff.mayEdit(offer, by) ? ok(offer) : no({ why: 'not-yours' as const, offer });
  });
}

/** The timer woke, perhaps late, twice or in vain; `run` names this run of it. */
export async function watchCommand(deps: Needs, id: IncidentId, run: string): Promise<void> {
  await changeIncident<never>(deps, id, { identity: `command:${run}`, by: null }, async (incident, trx, now) => {
    const holders = await holdersOf(trx, id);
    const holding = (await store.findHolding(trx, id)) ?? null;
    const offer = (await store.findOpenOffer(trx, id)) ?? null;
    const watched = watch(incident, holders, holding, offer, now);
    if (offer && watched.offer) await store.updateOffer(trx, offer.id, watched.offer);
    if (watched.suggested) await store.noteSuggested(trx, id, now);
    return ok(watched.decision);
  });
}

/** The offer, when it is this person's to answer and still worth an answer. */
async function answerable(trx: Trx, incident: Incident, offerId: number, by: UserId) {
  const found = await open(trx, incident, offerId);
  if (!found.ok) return found;
  return by === found.value.offer.toUser ? found : no({ why: 'not-yours' as const, offer: found.value.offer });
}

async function open(
  trx: Trx,
  incident: Incident,
  offerId: number,
): Promise<Result<{ offer: Offer; holders: Holder[] }, HandoffRefusal>> {
  const offer = await store.findOffer(trx, incident.id, offerId);
  if (!offer) return no({ why: 'no-such-offer', incident });
  const holders = await holdersOf(trx, incident.id);
  const status = await lastOf(trx, incident.id, 'status_changed');
  const role = await lastOfCommand(trx, incident.id);
  const late = handoff.tooLate(incident, holders, offer, { status, role });
  return late ? no(late) : ok({ offer, holders });
}

const lastOf = async (trx: Trx, id: IncidentId, kind: 'status_changed' | 'role_assigned' | 'role_released') =>
  (await lastEntryOf(trx, id, kind)) ?? null;

async function lastOfCommand(trx: Trx, id: IncidentId): Promise<Last> {
  const [taken, freed] = [await lastOf(trx, id, 'role_assigned'), await lastOf(trx, id, 'role_released')];
  if (taken === null || freed === null) return taken ?? freed;
  return taken.at >= freed.at ? taken : freed;
}

async function written(
  trx: Trx,
  { policy }: Needs,
  incident: Incident,
  holders: readonly Holder[],
  now: Date,
): Promise<Brief> {
  const entries = await store.latestEntries(trx, incident.id);
  const people = await findPeople(trx, [...spokenBy(entries), ...holders.map(({ userId }) => userId)]);
  return draftBrief({
    incident,
    holders,
    policy,
    entries,
    followUps: await store.openFollowUps(trx, incident.id),
    updates: await store.promisesOf(trx, incident.id),
    names: new Map(people.map(({ userId, name }) => [userId, name])),
    now,
  });
}

async function drawing(
  trx: Trx,
  { policy }: Needs,
  incident: Incident,
  holders: readonly Holder[],
  now: Date,
): Promise<Drawing> {
  const tasks = await openTasks(trx, incident.id);
  const people = await findPeople(trx, [
    ...holders.map(({ userId }) => userId),
    ...tasks.map(({ assignee }) => assignee),
  ]);
  const names = new Map(people.map(({ userId, name }) => [userId, name]));
  return { incident, holders, tasks, names, policy, now };
}

import { sql } from 'kysely';
import type { Trx } from '../db/tables.ts';
import type { IncidentId, Ts, UserId } from '../lib/ids.ts';
import { storableJson } from '../lib/text.ts';
import { isNotStruck } from '../timeline/rows.ts';
import { type Brief, type Entry, SPENT } from './brief.ts';
import type { Offer, OfferChange } from './offer.ts';
import type { Holding } from './watch.ts';

/** The one that nobody has answered. */
export function findOpenOffer(trx: Trx, id: IncidentId): Promise<Offer | undefined> {
  return trx
    .selectFrom('handoffs')
    .selectAll()
    .where('incidentId', '=', id)
    .where('outcome', 'is', null)
    .executeTakeFirst();
}

export function findOffer(trx: Trx, id: IncidentId, offer: number): Promise<Offer | undefined> {
  return trx.selectFrom('handoffs').selectAll().where('incidentId', '=', id).where('id', '=', offer).executeTakeFirst();
}

export function insertOffer(
  trx: Trx,
  row: Pick<Offer, 'incidentId' | 'fromUser' | 'toUser' | 'heldSince' | 'offeredAt' | 'brief'>,
): Promise<Offer> {
  return trx
    .insertInto('handoffs')
    .values({ ...row, brief: JSON.stringify(storableJson(row.brief)) })
    .returningAll()
    .executeTakeFirstOrThrow();
}

/** With its outcome an offer loses its brief: it stands where it was said. */
export function updateOffer(trx: Trx, offer: number, change: OfferChange): Promise<Offer> {
  const spent = change.outcome ? { brief: JSON.stringify(SPENT) } : {};
  return trx
    .updateTable('handoffs')
    .set({ ...change, ...spent })
    .where('id', '=', offer)
    .returningAll()
    .executeTakeFirstOrThrow();
}

export function rewriteBrief(trx: Trx, offer: number, brief: Brief, by: UserId, at: Date): Promise<Offer> {
  return trx
    .updateTable('handoffs')
    .set((set) => ({
      brief: JSON.stringify(storableJson(brief)),
      briefVersion: set('briefVersion', '+', 1),
      editedBy: by,
      editedAt: at,
    }))
    .where('id', '=', offer)
    .returningAll()
    .executeTakeFirstOrThrow();
}

/** Who has command now. */
export function findHolding(trx: Trx, id: IncidentId): Promise<Holding | undefined> {
  return trx
    .selectFrom('roleAssignments')
    .select(['userId', 'fromAt', 'handoverSuggestedAt'])
    .where('incidentId', '=', id)
    .where('role', '=', 'ic')
    .where('toAt', 'is', null)
    .executeTakeFirst();
}

export async function noteSuggested(trx: Trx, id: IncidentId, at: Date): Promise<void> {
  await trx
    .updateTable('roleAssignments')
    .set({ handoverSuggestedAt: at })
    .where('incidentId', '=', id)
    .where('role', '=', 'ic')
    .where('toAt', 'is', null)
    .execute();
}

/** The latest of what was said and decided, oldest first; a brief looks no further back. */
export async function latestEntries(trx: Trx, id: IncidentId): Promise<Entry[]> {
  const rows = await trx
    .selectFrom('timelineEntries')
    .select(['kind', 'occurredAt', 'actor', 'text', 'ts', 'payload'])
    .where('incidentId', '=', id)
    .where('kind', 'in', [
      'message',
      'message_edited',
      'message_deleted',
      'note',
      'update_posted',
      'status_changed',
      'escalated',
    ])
    .where(isNotStruck)
    .orderBy('occurredAt', 'desc')
    .orderBy('id', 'desc')
    .limit(400)
    .execute();
  return rows.reverse();
}

export async function openFollowUps(trx: Trx, id: IncidentId): Promise<string[]> {
  const rows = await trx
    .selectFrom('actionItems')
    .select('what')
    .where('incidentId', '=', id)
    .where('status', '=', 'open')
    .orderBy('createdAt')
    .limit(5)
    .execute();
  return rows.map(({ what }) => what);
}

/** How many updates were promised, and how many of them came late. */
export async function promisesOf(trx: Trx, id: IncidentId): Promise<{ promised: number; late: number }> {
  const row = await trx
    .selectFrom('updates')
    .select([
      sql<number>`count(*) filter (where promised_at is not null)::int`.as('promised'),
      sql<number>`count(*) filter (where kept = false)::int`.as('late'),
    ])
    .where('incidentId', '=', id)
    .executeTakeFirstOrThrow();
  return row;
}

/** A message that an open brief quotes was taken back. A form that shows it no longer overwrites the brief. */
export async function takeOutOfBrief(trx: Trx, id: IncidentId, messages: readonly Ts[]): Promise<void> {
  await sql`
    update handoffs set brief = brief || ${JSON.stringify({ tried: 'A message quoted here was taken back: ask again.' })}::jsonb,
      brief_version = brief_version + 1
    where incident_id = ${id} and outcome is null and brief -> 'quoted' ?| ${messages}::text[]`.execute(trx);
}

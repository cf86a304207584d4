import { sql } from 'kysely';
import type { ArchiveOfferRow, Db, Trx } from '../db/tables.ts';
import type { ChannelId, IncidentId, UserId } from '../lib/ids.ts';
import { storableJson } from '../lib/text.ts';
import type { NewEntry } from '../timeline/entry.ts';
import type { HeardEntry } from '../timeline/message.ts';

/** Jobs that parked because the channel was closed, in the order they were promised; drawings and reminders are made anew. */
export async function listShutOut(trx: Trx, id: IncidentId): Promise<number[]> {
  const { rows } = await sql<{ id: number }>`
    select id from jobs
    where parked_at is not null and (payload -> 'incident')::int = ${id}
      and kind in ('invite', 'post', 'edit', 'post-card', 'pin-card', 'bookmark', 'upload-draft', 'backfill')
      and last_error ~ 'is_archived|is_inactive|not_in_channel|channel_not_found'
      and (kind = 'edit' or coalesce(payload ->> 'as', '') !~ '^(reminder:|ask for IC)')
      and coalesce(payload ->> 'to', '') not in ('announcements', 'announcement-thread')
    order by id`.execute(trx);
  return rows.map((row) => row.id);
}

/** What waits in the lanes of this incident's channel, in its order. */
export async function listWaiting(trx: Trx, id: IncidentId): Promise<number[]> {
  const { rows } = await sql<{ id: number }>`
    select id from jobs where lane in (${`say:${id}`}, ${`do:${id}`}) and worker is null and parked_at is null order by id`.execute(
    trx,
  );
  return rows.map((row) => row.id);
}

/** Slack's events come in any order, and late. */
export async function hasJoinedSince(trx: Trx, id: IncidentId, user: UserId, at: Date): Promise<boolean> {
  const { rows } = await sql`
    select from timeline_entries
    where incident_id = ${id} and kind = 'member_joined' and actor = ${user} and occurred_at >= ${at} limit 1`.execute(
    trx,
  );
  return rows.length > 0;
}

/** The latest renaming on record, and when it was. */
export async function latestRenaming(trx: Trx, id: IncidentId): Promise<{ name: string; at: Date } | null> {
  const { rows } = await sql<{ name: string; at: Date }>`
    select payload ->> 'name' as name, occurred_at as at from timeline_entries
    where incident_id = ${id} and kind = 'channel_changed' and payload ->> 'subtype' in ('channel_name', 'group_name')
      and payload ->> 'name' <> ''
    order by occurred_at desc, ts desc limit 1`.execute(trx);
  return rows[0] ?? null;
}

/** To the end of its lane, with its marker: what may have been done is looked for first. */
export async function revive(trx: Trx, job: number): Promise<void> {
  await sql`
    update jobs p set id = default, parked_at = null, failing_since = null, not_before = null, attempts = 0, fence = fence + 1
    where id = ${job} and not exists (select 1 from jobs w where w.key = p.key and w.worker is null and w.parked_at is null)`.execute(
    trx,
  );
}

export async function moveToTheEnd(trx: Trx, job: number): Promise<void> {
  await sql`update jobs set id = default where id = ${job} and worker is null`.execute(trx);
}

/** A channel's id stands in more places than in its incident: announcements, posts of ours, channels known by name. */
export async function moveChannel(trx: Trx, from: ChannelId, to: ChannelId): Promise<void> {
  await trx.updateTable('posts').set({ channelId: to }).where('channelId', '=', from).execute();
  await trx.updateTable('knownChannels').set({ channelId: to }).where('channelId', '=', from).execute();
  await trx
    .updateTable('incidents')
    .set({ announcementChannelId: to })
    .where('announcementChannelId', '=', from)
    .execute();
}

/** Of these channels, those whose events are not nobody's: incidents have them, or one is being opened and may be any of the others. */
export async function listAwaited(db: Db, channels: readonly ChannelId[]): Promise<ChannelId[]> {
  const { rows } = await sql<{ channel: ChannelId }>`
    select channel from unnest(${channels as ChannelId[]}::text[]) as heard(channel)
    where exists (select from incidents where channel_id = channel) or ${isOpening()}`.execute(db);
  return rows.map((row) => row.channel);
}

/** Until the transaction ends none of these channels gets its incident. */
export async function keepUnopened(trx: Trx, channels: readonly ChannelId[]): Promise<void> {
  for (const channel of channels) await sql`select pg_advisory_xact_lock_shared(${lockOf(channel)})`.execute(trx);
}

/** Until the transaction ends nothing is held for this channel: what was, is there. */
export async function lockOpening(trx: Trx, channel: ChannelId): Promise<void> {
  await sql`select pg_advisory_xact_lock(${lockOf(channel)})`.execute(trx);
}

const lockOf = (channel: ChannelId) => sql`hashtextextended('opening ' || ${channel}, 0)`;

/** Keeps what may belong to a channel that is being opened; answers the places of what was kept. */
export async function holdEvents(trx: Trx, heard: readonly HeardEntry[], heldAt: Date): Promise<number[]> {
  const rows = heard.map(({ channel, entry }, place) => ({ place, channel, entry: storableJson(entry) }));
  const { rows: kept } = await sql<{ place: number }>`
    with heard as (
      select * from jsonb_to_recordset(${JSON.stringify(rows)}::jsonb) as r(place int, channel text, entry jsonb)
      where ${isOpening()}
        and not exists (select from incidents where channel_id = r.channel)
        and not exists (select from known_channels where channel_id = r.channel)
        and (select count(*) from (select from held_events limit ${MOST_HELD}) held) < ${MOST_HELD}
    ), kept as (
      insert into held_events (channel_id, entry, held_at)
      select channel, entry, ${heldAt}::timestamptz from heard order by place
    )
    select place from heard`.execute(trx);
  return kept.map((row) => row.place);
}

/** A flood in some other channel Sitrep is in must not fill the disk; what goes beyond is read from history. */
const MOST_HELD = 10_000;

/**
 * Slack may have a channel whose id is not on record: its making is being asked for, or nobody knows how that ended. For
 * an hour; one that cannot be opened must not keep what is said elsewhere.
 */
const isOpening = (but: IncidentId | null = null) => sql<boolean>`exists (
  select from jobs where kind = 'open-channel' and parked_at is null and (payload -> 'incident')::int is distinct from ${but}::int
    and (worker is not null or uncertain_since > clock_timestamp() - interval '1 hour'))`;

/** In the order they were heard. */
export async function listHeld(db: Db, channel: ChannelId): Promise<{ id: number; entry: NewEntry }[]> {
  const { rows } = await sql<{ id: number; entry: NewEntry & { occurredAt: string } }>`
    select id, entry from held_events where channel_id = ${channel} order by id`.execute(db);
  return rows.map(({ id, entry }) => ({ id, entry: { ...entry, occurredAt: new Date(entry.occurredAt) } }));
}

export async function dropHeld(db: Db, id: number): Promise<void> {
  await db.deleteFrom('heldEvents').where('id', '=', id).execute();
}

/** What is held for no incident goes as soon as no channel but this one's is being opened. */
export async function forgetHeld(db: Db | Trx, opened: IncidentId | null): Promise<void> {
  await sql`
    delete from held_events h
    where not exists (select from incidents where channel_id = h.channel_id) and not ${isOpening(opened)}`.execute(db);
}

/** What was held before this time: no channel takes that long to be opened. */
export async function pruneHeld(db: Db, before: Date): Promise<void> {
  await db.deleteFrom('heldEvents').where('heldAt', '<', before).execute();
}

export function findOffer(db: Db | Trx, id: IncidentId): Promise<ArchiveOfferRow | undefined> {
  return db.selectFrom('archiveOffers').selectAll().where('incidentId', '=', id).executeTakeFirst();
}

/** Once, until it is withdrawn. */
export async function insertOffer(trx: Trx, incidentId: IncidentId, offeredAt: Date): Promise<void> {
  await trx
    .insertInto('archiveOffers')
    .values({ incidentId, offeredAt })
    .onConflict((again) => again.doNothing())
    .execute();
}

export async function answerOffered(
  trx: Trx,
  id: IncidentId,
  answered: Pick<ArchiveOfferRow, 'answer' | 'answeredBy' | 'answeredAt'>,
): Promise<void> {
  await trx.updateTable('archiveOffers').set(answered).where('incidentId', '=', id).execute();
}

export async function deleteOffer(trx: Trx, id: IncidentId): Promise<void> {
  await trx.deleteFrom('archiveOffers').where('incidentId', '=', id).execute();
}

/** When somebody wrote in the channel last; what the bot says does not count. */
export async function lastSaidAt(trx: Trx, id: IncidentId, us: UserId | null): Promise<Date | null> {
  const row = await trx
    .selectFrom('timelineEntries')
    .select('occurredAt')
    .where('incidentId', '=', id)
    .where('kind', '=', 'message')
    .where('actor', 'is not', null)
    .where(sql<boolean>`actor is distinct from ${us}`)
    .orderBy('occurredAt', 'desc')
    .limit(1)
    .executeTakeFirst();
  return row?.occurredAt ?? null;
}

/** When the channel was last read from end to end. */
export async function wholeReadAt(trx: Trx, id: IncidentId): Promise<Date | null> {
  const row = await trx.selectFrom('watermarks').select('wholeAt').where('incidentId', '=', id).executeTakeFirst();
  return row?.wholeAt ?? null;
}

/** Channels of ended incidents that nobody was asked about, and which nothing waits to ask about; the latest first. */
export async function listUnasked(db: Db | Trx, limit: number): Promise<IncidentId[]> {
  const { rows } = await sql<{ id: IncidentId }>`
    select i.id from incidents i
    where i.status in ('resolved', 'closed', 'canceled') and i.channel_id is not null and i.channel_lost is null
      and not exists (select from archive_offers o where o.incident_id = i.id)
      and not exists (select from jobs j where j.key = 'offer-archive:' || i.id and j.parked_at is null)
    order by i.id desc limit ${limit}`.execute(db);
  return rows.map((row) => row.id);
}

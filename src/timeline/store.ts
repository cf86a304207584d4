import { type Selectable, sql } from 'kysely';
import type { AuditTable, Db, EntryRow, RoleAssignmentRow, Trx, UpdateRow } from '../db/tables.ts';
import type { ChannelId, IncidentId, Ts } from '../lib/ids.ts';
import { storable } from '../lib/text.ts';
import type { NewEntry } from './entry.ts';
import { PUSHPIN } from './mark.ts';
import { adding, addingFrom, asJson, FIELDS } from './rows.ts';
import type { ActionItemOf, SaidRow } from './story.ts';

/** Adds what is not recorded yet; answers how many entries were new. */
export async function appendEntries(
  trx: Trx,
  incidentId: IncidentId,
  entries: readonly NewEntry[],
  recordedAt: Date,
): Promise<number> {
  if (entries.length === 0) return 0;
  const { rows } = await adding(entries.map((entry) => ({ incidentId, entry, recordedAt }))).execute(trx);
  return rows.length;
}

export interface Found {
  /** In what was handed in; of two that are the same, the first. */
  readonly place: number;
  readonly incidentId: IncidentId;
  /** Recorded now, not before. */
  readonly isNew: boolean;
}

/** The same for entries of whichever incidents have these channels; answers those that belong to one. */
export async function appendHeard(
  db: Db | Trx,
  heard: readonly { readonly channel: ChannelId; readonly entry: NewEntry }[],
  recordedAt: Date,
): Promise<Found[]> {
  const json = asJson(heard.map(({ channel, entry }, place) => ({ ...entry, place, channel, recordedAt })));
  // In one order everywhere: two processes that hear the same messages must not wait for each other crosswise.
  const { rows } = await sql<Found>`
    /* heard */ with heard as (
      select i.id as "incidentId", r.* from jsonb_to_recordset(${json}::jsonb) as r(place int, channel text, ${FIELDS})
      join incidents i on i.channel_id = r.channel
      order by i.id, r.identity, r.place
    ), added as (${addingFrom(sql`heard`)})
    select distinct on (h."incidentId", h.identity) h.place, h."incidentId", added.identity is not null as is_new
    from heard h left join added on added.incident_id = h."incidentId" and added.identity = h.identity
    order by h."incidentId", h.identity, h.place`.execute(db);
  return rows;
}

/**
 * Waits for entries of this incident that are being written and keeps new ones waiting: each of them holds a key lock
 * on the incident's row until it commits.
 */
export async function lockTimeline(trx: Trx, channel: ChannelId): Promise<void> {
  await trx.selectFrom('incidents').select('id').where('channelId', '=', channel).forUpdate().execute();
}

/** Which of these messages were redacted or deleted. */
export async function findTombstones(
  db: Db | Trx,
  messages: readonly { readonly incidentId: IncidentId; readonly ts: Ts }[],
): Promise<{ incidentId: IncidentId; ts: Ts }[]> {
  const ids = messages.flatMap(({ incidentId }) => [incidentId, incidentId]);
  const identities = messages.flatMap(({ ts }) => [`d:${ts}`, `r:${ts}`]);
  // The order leaves the planner no index but the right one, even while the table is too young to be known.
  const { rows } = await sql<{ incidentId: IncidentId; ts: Ts }>`
    /* tombstones */ select t.incident_id, e.ts
    from unnest(${ids}::int[], ${identities}::text[]) as t(incident_id, identity)
    cross join lateral (
      select identity, ts from timeline_entries
      where incident_id = t.incident_id and identity >= t.identity order by identity limit 1
    ) e
    where e.identity = t.identity`.execute(db);
  return rows;
}

/**
 * The one change a timeline row may see: what was said in these messages and their edits goes, if they were redacted
 * or, unless deletions are kept, deleted. Answers which messages held something, and what, one for each row.
 */
export async function blankDeleted(
  trx: Trx,
  incidentId: IncidentId,
  messages: readonly Ts[],
  keepDeletions: boolean,
): Promise<{ ts: Ts; was: string | null }[]> {
  const tombstones = messages.flatMap((ts) => (keepDeletions ? [`r:${ts}`] : [`r:${ts}`, `d:${ts}`]));
  // Each tombstone is looked up by its identity: the planner, left a choice, may read the whole timeline for them.
  const { rows } = await sql<{ ts: Ts; was: string | null }>`
    update timeline_entries e
    set text = null,
        payload = (e.payload - '{files,attachments,blocks,topic,purpose,name,old_name,username}'::text[]) || '{"blanked": true}'
    from timeline_entries before
    where before.id = e.id and e.incident_id = ${incidentId}
      and e.ts = any(array(
        select d.ts from unnest(${tombstones}::text[]) as tombstone(identity)
        cross join lateral (
          select ts from timeline_entries where incident_id = ${incidentId} and identity = tombstone.identity limit 1
        ) d
      ))
      and (e.kind in ('message', 'message_edited', 'channel_changed') or e.kind = 'note' and e.text is not null)
      and not e.payload ? 'blanked'
    returning e.ts, before.text as was`.execute(trx);
  return rows;
}

/** Messages with a tombstone, of which some words still stand. Reads the whole timeline. */
export async function listLeftOver(trx: Trx, incidentId: IncidentId): Promise<Ts[]> {
  const { rows } = await sql<{ ts: Ts }>`
    select distinct d.ts from timeline_entries d join timeline_entries e on e.incident_id = d.incident_id and e.ts = d.ts
    where d.incident_id = ${incidentId} and d.kind = 'message_deleted'
      and (e.kind in ('message', 'message_edited', 'channel_changed') or e.kind = 'note' and e.text is not null)
      and not e.payload ? 'blanked'`.execute(trx);
  return rows.map((row) => row.ts);
}

/** A note stands in the channel as a post of ours: what that message loses, the note loses. True when it said something. */
export async function blankNote(trx: Trx, incidentId: IncidentId, message: Ts): Promise<boolean> {
  const { numAffectedRows } = await sql`
    update timeline_entries set text = null, payload = payload || '{"blanked": true}'
    where incident_id = ${incidentId} and kind = 'note' and text is not null and identity = (
      select purpose || ':0' from posts
      where incident_id = ${incidentId} and ts = ${message} and purpose like 'note:%' limit 1
    )`.execute(trx);
  return numAffectedRows === 1n;
}

export async function hasMessage(trx: Trx, incidentId: IncidentId, message: Ts): Promise<boolean> {
  const row = await trx
    .selectFrom('timelineEntries')
    .select('id')
    .where('incidentId', '=', incidentId)
    .where('ts', '=', message)
    .where('kind', 'in', ['message', 'message_edited', 'channel_changed', 'member_joined', 'member_left'])
    .limit(1)
    .executeTakeFirst();
  return row !== undefined;
}

/** A page of the timeline in its order, after the entry handed in. */
export function listEntries(
  db: Db | Trx,
  incidentId: IncidentId,
  after: Pick<EntryRow, 'occurredAt' | 'ts' | 'id'> | null,
  limit: number,
): Promise<EntryRow[]> {
  // Slack: ts are compared as text of equal length.
  const place = sql`(occurred_at, coalesce(ts, '') collate "C", id)`;
  return db
    .selectFrom('timelineEntries')
    .selectAll()
    .where('incidentId', '=', incidentId)
    .$if(after !== null, (q) =>
      q.where(
        sql<boolean>`${place} > (${after?.occurredAt}::timestamptz, ${after?.ts ?? ''}::text, ${after?.id}::bigint)`,
      ),
    )
    .orderBy('occurredAt')
    .orderBy(sql`coalesce(ts, '') collate "C"`)
    .orderBy('id')
    .limit(limit)
    .execute();
}

/**
 * What was said, a page of it: each message with its edits, its deletion and the 📌 on it, one message after the other,
 * after the row handed in. Without files and blocks, which can be long. Instants come as text: to read them as such costs half as much
 * as all the rest.
 */
export async function listSaid(
  trx: Trx,
  incidentId: IncidentId,
  after: Pick<SaidRow, 'ts' | 'id'> | null,
  limit: number,
): Promise<SaidRow[]> {
  const iso = (instant: string) =>
    sql`to_char(${sql.ref(instant)} at time zone 'UTC', 'YYYY-MM-DD"T"HH24:MI:SS.MS"Z"')`;
  const { rows } = await sql<SaidRow>`
    select id, kind, ${iso('occurred_at')} as "occurredAt", ${iso('recorded_at')} as "recordedAt", actor, text, ts,
      thread_ts as "threadTs", source = 'history' as recovered,
      payload - '{files,attachments,blocks}'::text[] as payload
    from timeline_entries
    where incident_id = ${incidentId} and ts is not null
      and (kind in ('message', 'message_edited', 'message_deleted')
        or kind in ('reaction_added', 'reaction_removed') and payload ->> 'reaction' = ${PUSHPIN})
      and (ts, id) > (${after?.ts ?? ''}::text, ${after?.id ?? 0}::bigint)
    order by ts, id limit ${limit}`.execute(trx.withoutPlugins());
  return rows;
}

/** What was decided and noted, in the timeline's order: few among what was said, and found without it (`timeline_by_kind`). */
export async function listDone(trx: Trx, incidentId: IncidentId): Promise<EntryRow[]> {
  const { rows } = await sql<EntryRow>`
    select * from timeline_entries
    where incident_id = ${incidentId}
      and kind not in ('message', 'message_edited', 'message_deleted', 'reaction_added', 'reaction_removed')
      and kind not in ('member_joined', 'member_left', 'channel_changed')
    order by occurred_at, coalesce(ts, '') collate "C", id`.execute(trx);
  return rows;
}

/** They joined at `at`, unless the record knows that they left later: Slack's events come in any order. */
export async function addMember(db: Db | Trx, channel: ChannelId, user: string, at: Date): Promise<void> {
  await sql`
    insert into channel_members (incident_id, user_id)
    select i.id, ${storable(user)} from incidents i
    where i.channel_id = ${channel}
      and not exists (
        select from timeline_entries e
        where e.incident_id = i.id and e.kind = 'member_left' and e.actor = ${user} and e.occurred_at > ${at}
      )
    on conflict do nothing`.execute(db);
}

/** They left at `at`, unless the record knows that they came back later. */
export async function removeMember(db: Db | Trx, channel: ChannelId, user: string, at: Date): Promise<void> {
  await sql`
    delete from channel_members m using incidents i
    where i.channel_id = ${channel} and m.incident_id = i.id and m.user_id = ${user}
      and not exists (
        select from timeline_entries e
        where e.incident_id = i.id and e.kind = 'member_joined' and e.actor = ${user} and e.occurred_at > ${at}
      )`.execute(db);
}

/** Keeps raw what could not be recorded, once, if its channel is an incident's. True when it was kept now. */
export async function quarantine(
  db: Db,
  channel: ChannelId,
  kept: { identity: string; reason: string; payload: string; at: Date },
): Promise<boolean> {
  const { numAffectedRows } = await sql`
    insert into quarantine (identity, reason, payload, at)
    select ${storable(kept.identity)}, ${storable(kept.reason)}, ${storable(kept.payload)}, ${kept.at}
    from incidents where channel_id = ${channel}
    on conflict (identity) do nothing`.execute(db);
  return numAffectedRows === 1n;
}

/** Up to where the channel's history has been read. */
export async function setWatermark(
  db: Db,
  incidentId: IncidentId,
  readThrough: Ts | null,
  readAt: Date,
): Promise<void> {
  await db
    .insertInto('watermarks')
    .values({ incidentId, readThrough, readAt })
    .onConflict((again) => again.column('incidentId').doUpdateSet({ readThrough, readAt }))
    .execute();
}

/** History held so many entries that were not heard: a gap. */
export async function countGap(trx: Trx, incidentId: IncidentId, entries: number, at: Date): Promise<void> {
  await sql`
    insert into watermarks as w (incident_id, gaps_found, entries_recovered, found_at) values (${incidentId}, 1, ${entries}, ${at})
    on conflict (incident_id) do update set gaps_found = w.gaps_found + 1,
      entries_recovered = w.entries_recovered + excluded.entries_recovered, found_at = excluded.found_at`.execute(trx);
}

/**
 * Whether a reading of history has already told of this mark: it stands there without Slack's time, and the event
 * comes late. The reading saw whatever was there when it was recorded, not only what is older than the time it gave the
 * mark. Clocks may differ by some seconds.
 */
export async function isFoundMark(trx: Trx, channel: ChannelId, entry: NewEntry): Promise<boolean> {
  const { kind, ts, occurredAt } = entry;
  const { actor, reaction } = markOf(entry);
  const opposite = kind.endsWith('_added') ? kind.replace('_added', '_removed') : kind.replace('_removed', '_added');
  const isPin = kind.startsWith('pin_');
  const same = (alias: string) => sql`
    ${sql.ref(`${alias}.incidentId`)} = i.id and ${sql.ref(`${alias}.ts`)} = ${ts ?? null}
    and (${isPin}::boolean or ${sql.ref(`${alias}.actor`)} = ${actor})
    and ${sql.ref(`${alias}.payload`)} ->> 'reaction' is not distinct from ${reaction}::text`;
  const { rows } = await sql`
    select from incidents i join timeline_entries f on ${same('f')}
    where i.channel_id = ${channel} and f.kind = ${kind} and f.source = 'history'
      and f.recorded_at >= ${occurredAt}::timestamptz - interval '10 seconds'
      and not exists (
        select from timeline_entries o
        where ${same('o')} and o.kind = ${opposite} and o.occurred_at > f.occurred_at and o.occurred_at < ${occurredAt}
      )
    limit 1`.execute(trx);
  return rows.length > 0;
}

/** Marks a reading found, of which something was heard while it was compared: that was the older look. */
export async function overtakenMarks(
  trx: Trx,
  incidentId: IncidentId,
  entries: readonly NewEntry[],
): Promise<Set<string>> {
  const overtaken = new Set<string>();
  for (const entry of entries) {
    const { identity, kind, ts } = entry;
    const { actor, reaction } = markOf(entry);
    const base = /:found:(\d+)$/.exec(identity)?.[1];
    if (base === undefined) continue;
    const kinds = kind.startsWith('pin_') ? ['pin_added', 'pin_removed'] : ['reaction_added', 'reaction_removed'];
    const { rows } = await sql`
      select from timeline_entries
      where incident_id = ${incidentId} and ts = ${ts ?? null} and kind = any(${kinds}::text[]) and id > ${base}::bigint
        and (${kind.startsWith('pin_')}::boolean or actor = ${actor})
        and payload ->> 'reaction' is not distinct from ${reaction}::text
      limit 1`.execute(trx);
    if (rows.length > 0) overtaken.add(identity);
  }
  return overtaken;
}

const markOf = ({ actor, payload }: NewEntry) => ({
  actor: actor === null ? null : storable(actor),
  reaction: typeof payload?.reaction === 'string' ? storable(payload.reaction) : null,
});

/** Posts of ours outside the incident's channel get a name under which nobody edits them any more; answers the new names. */
export async function retirePosts(
  trx: Trx,
  incident: { id: IncidentId; channelId: ChannelId | null },
): Promise<string[]> {
  const { rows } = await sql<{ purpose: string }>`
    update posts set purpose = 'outside:' || purpose
    where incident_id = ${incident.id} and channel_id is distinct from ${incident.channelId} and channel_id not like 'D%'
      and purpose not like 'outside:%'
    returning purpose`.execute(trx);
  return rows.map((row) => row.purpose);
}

/** Posts of ours move with their channel when Slack gives it another id. */
export async function movePosts(trx: Trx, incidentId: IncidentId, from: ChannelId, to: ChannelId): Promise<void> {
  await trx
    .updateTable('posts')
    .set({ channelId: to })
    .where('incidentId', '=', incidentId)
    .where('channelId', '=', from)
    .execute();
}

export function listAssignments(trx: Trx, incidentId: IncidentId): Promise<RoleAssignmentRow[]> {
  return trx
    .selectFrom('roleAssignments')
    .selectAll()
    .where('incidentId', '=', incidentId)
    .orderBy('fromAt')
    .orderBy('id')
    .execute();
}

export function listUpdates(db: Db | Trx, incidentId: IncidentId): Promise<UpdateRow[]> {
  return db
    .selectFrom('updates')
    .selectAll()
    .where('incidentId', '=', incidentId)
    .orderBy('postedAt')
    .orderBy('id')
    .execute();
}

export function listActionItems(trx: Trx, incidentId: IncidentId): Promise<ActionItemOf[]> {
  return trx
    .selectFrom('actionItems as a')
    .leftJoin('timelineEntries as m', (join) =>
      join.onRef('m.incidentId', '=', 'a.incidentId').on(sql`m.identity`, '=', sql`'m:' || a.message_ts`),
    )
    .selectAll('a')
    .select('m.threadTs as messageThreadTs')
    .where('a.incidentId', '=', incidentId)
    .orderBy('a.id')
    .execute();
}

export function listAudit(trx: Trx, incidentId: IncidentId): Promise<Selectable<AuditTable>[]> {
  return trx.selectFrom('audit').selectAll().where('incidentId', '=', incidentId).orderBy('at').orderBy('id').execute();
}

/** How much is kept raw, for metrics and doctor. */
export async function countQuarantined(db: Db): Promise<number> {
  const { n } = await db
    .selectFrom('quarantine')
    .select((q) => q.fn.countAll<number>().as('n'))
    .executeTakeFirstOrThrow();
  return n;
}

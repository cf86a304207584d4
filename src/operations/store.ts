import { sql } from 'kysely';
import type { Db } from '../db/tables.ts';
import type { ChannelId, IncidentId } from '../lib/ids.ts';
import type { RefusedOutside } from './system-findings.ts';

/** The latest first. */
export async function latestIncidents(db: Db, limit: number): Promise<IncidentId[]> {
  const rows = await db.selectFrom('incidents').select('id').orderBy('id', 'desc').limit(limit).execute();
  return rows.map((row) => row.id);
}

export interface OpenChannel {
  readonly id: IncidentId;
  readonly channelId: ChannelId | null;
  readonly channelName: string;
}

/** Where the bot must be: the channels of what is open, private ones included. */
export function listOpenChannels(db: Db): Promise<OpenChannel[]> {
  return db
    .selectFrom('incidents')
    .select(['id', 'channelId', 'channelName'])
    .where('status', 'not in', ['resolved', 'closed', 'canceled'])
    .orderBy('id')
    .execute();
}

/** Ended incidents whose channel stands since before, of which nobody was asked whether it may be archived. */
export async function listLeftovers(db: Db, endedBefore: Date): Promise<IncidentId[]> {
  const { rows } = await sql<{ id: IncidentId }>`
    select i.id from incidents i
    where i.status in ('resolved', 'closed', 'canceled') and i.channel_id is not null and i.channel_lost is null
      and greatest(coalesce(i.closed_at, i.resolved_at), i.declared_at) < ${endedBefore}
      and not exists (select from archive_offers o where o.incident_id = i.id)
    order by i.id`.execute(db);
  return rows.map((row) => row.id);
}

export function listQuarantined(db: Db, limit: number): Promise<{ identity: string; reason: string; at: Date }[]> {
  return db.selectFrom('quarantine').select(['identity', 'reason', 'at']).orderBy('id', 'desc').limit(limit).execute();
}

/** Refusals that belong to no incident, so that no export shows them; the latest first. */
export async function refusedOutside(db: Db, since: Date, limit: number): Promise<RefusedOutside> {
  const { rows } = await sql<RefusedOutside['latest'][number] & { total: number }>`
    select actor, detail ->> 'did' as did, detail ->> 'why' as why, at, count(*) over ()::int as total
    from audit where incident_id is null and what = 'refused' and at >= ${since}
    order by at desc, id desc limit ${limit}`.execute(db);
  return { total: rows[0]?.total ?? 0, latest: rows.map(({ total: _, ...one }) => one) };
}

/** As the server names itself: `17.2 (Debian …)`. */
export async function serverVersion(db: Db): Promise<string> {
  const { rows } = await sql<{ version: string }>`select current_setting('server_version') as version`.execute(db);
  return rows[0]?.version ?? 'unknown';
}

/** Names of the migrations the database was built with; empty before the first. */
export async function listMigrations(db: Db): Promise<string[]> {
  const book = await sql<{ book: string | null }>`select to_regclass('migrations')::text as book`.execute(db);
  if (!book.rows[0]?.book) return [];
  const { rows } = await sql<{ name: string }>`select name from migrations order by name collate "C"`.execute(db);
  return rows.map((row) => row.name);
}

/** Errors of what failed and waits for its next attempt, the most frequent first. */
export async function listFailing(db: Db): Promise<{ kind: string; jobs: number; lastError: string | null }[]> {
  const { rows } = await sql<{ kind: string; jobs: number; lastError: string | null }>`
    select kind, count(*) as jobs, max(last_error) as last_error from jobs
    where worker is null and parked_at is null and failing_since is not null
    group by kind order by count(*) desc, kind`.execute(db);
  return rows;
}

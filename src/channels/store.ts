import { sql } from 'kysely';
import type { Trx } from '../db/tables.ts';
import type { ChannelId, IncidentId } from '../lib/ids.ts';

/** Jobs that parked because the channel was closed, in the order they were promised; drawings and reminders are made anew. */
export async function listShutOut(trx: Trx, id: IncidentId): Promise<number[]> {
  const { rows } = await sql<{ id: number }>`
    select id from jobs
    where parked_at is not null and (payload -> 'incident')::int = ${id}
      and kind in ('invite', 'post', 'post-card', 'pin-card', 'bookmark', 'upload-draft', 'backfill')
      and last_error ~ 'is_archived|not_in_channel|channel_not_found' and coalesce(payload ->> 'as', '') !~ '^(reminder:|ask for IC)'
      and coalesce(payload ->> 'to', '') not in ('announcements', 'announcement-thread')
    order by id`.execute(trx);
  return rows.map((row) => row.id);
}

/** To the end of its lane, with its marker: what may have been done is looked for first. */
export async function revive(trx: Trx, job: number): Promise<void> {
  await sql`
    update jobs p set id = default, parked_at = null, failing_since = null, not_before = null, attempts = 0, fence = fence + 1
    where id = ${job} and not exists (select 1 from jobs w where w.key = p.key and w.worker is null and w.parked_at is null)`.execute(
    trx,
  );
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

import { type RawBuilder, sql } from 'kysely';
import type { Db, Trx } from '../db/tables.ts';
import type { Message } from '../jobs/job.ts';
import type { ChannelId, IncidentId, UserId } from '../lib/ids.ts';
import { jsonOf } from '../lib/text.ts';

/** What a person wants, once. Slack may deliver it again; its identity stays. */
export interface Intent {
  /** trigger_id of a command or click, view id and hash of a form, or a name of our own for timers. */
  readonly identity: string;
  /** Null for timers: they leave no row, the state they check is their guard. */
  readonly by: UserId | null;
  /** What was typed, so that the same words after a late answer find the same incident. */
  readonly words?: string;
  /** Where it was said, when it was said in a channel. */
  readonly channel?: ChannelId | null;
}

/** What came of an intent: the incident and the private answer. */
export interface Came {
  readonly incidentId: IncidentId | null;
  readonly answer: Message | null;
}

/** What came of it the first time; null when it is new. */
export async function findIntent(db: Db | Trx, intent: Intent): Promise<Came | null> {
  if (intent.by === null) return null;
  const row = await db
    .selectFrom('intents')
    .select(['incidentId', 'answer'])
    .where('identity', '=', intent.identity)
    .executeTakeFirst();
  return row ? { incidentId: row.incidentId, answer: row.answer as Message | null } : null;
}

/**
 * Writes the intent in the transaction that accepts it. False when another delivery of it committed meanwhile: the
 * caller must roll back and answer with what came of that one.
 */
export async function acceptIntent(trx: Trx, intent: Intent, came: Came, at: Date): Promise<boolean> {
  if (intent.by === null) return true;
  const { rows } = await accepting([{ intent, came, at }]).execute(trx);
  return rows.length === 1;
}

/** The same for several people's, as part of a statement that returns those that were new. */
export const accepting = (
  accepted: readonly { readonly intent: Intent; readonly came: Came; readonly at: Date }[],
): RawBuilder<unknown> => sql`
  insert into intents (identity, incident_id, user_id, words, answer, at)
  select identity, "incidentId", by, words, coalesce(answer, 'null'), at
  from jsonb_to_recordset(${jsonOf(accepted.map(({ intent, came, at }) => ({ ...intent, ...came, at })))}::jsonb)
    as accepted(identity text, "incidentId" int, by text, words text, answer jsonb, at timestamptz)
  on conflict (identity) do nothing
  returning identity`;

/** What this person said, for as long as it is kept; null when it is not. */
export async function findWords(db: Db | Trx, identity: string, by: UserId): Promise<string | null> {
  const row = await db
    .selectFrom('intents')
    .select('words')
    .where('identity', '=', identity)
    .where('userId', '=', by)
    .executeTakeFirst();
  return row?.words ?? null;
}

/** The answer reached the person late or not at all; they may say the same again. */
export async function markAnsweredLate(db: Db | Trx, identity: string, at: Date): Promise<Came | null> {
  const row = await db
    .updateTable('intents')
    .set({ answeredLateAt: at })
    .where('identity', '=', identity)
    .returning(['incidentId', 'answer'])
    .executeTakeFirst();
  return row ? { incidentId: row.incidentId, answer: row.answer as Message | null } : null;
}

/**
 * What came of each of these intents, or of the same words of the same person whose answer left late since `since`; null
 * for what is new.
 */
export async function findSaidBefore(trx: Trx, intents: readonly Intent[], since: Date): Promise<(Came | null)[]> {
  const said = intents.map(({ identity, by, words }, place) => ({ place, identity, by, words }));
  const { rows } = await sql<Came & { place: number }>`
    select said.place, before.incident_id, before.answer
    from jsonb_to_recordset(${jsonOf(said)}::jsonb) as said(place int, identity text, by text, words text)
    cross join lateral (
      select incident_id, answer, 1 as choice, at from intents where identity = said.identity
      union all
      select incident_id, answer, 2, answered_late_at from intents
      where user_id = said.by and words = said.words and answered_late_at >= ${since}::timestamptz
      order by choice, at desc limit 1
    ) before`.execute(trx);
  const before = new Map(rows.map(({ place, incidentId, answer }) => [place, { incidentId, answer }]));
  return intents.map((_, place) => before.get(place) ?? null);
}

/** Intents older than Slack's longest redelivery are no longer needed. */
export async function pruneIntents(db: Db, before: Date): Promise<void> {
  await db.deleteFrom('intents').where('at', '<', before).execute();
}

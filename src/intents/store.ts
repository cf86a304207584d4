import type { Db, Trx } from '../db/tables.ts';
import type { Message } from '../jobs/job.ts';
import type { IncidentId, UserId } from '../lib/ids.ts';
import { storable, storableJson } from '../lib/text.ts';

/** What a person wants, once. Slack may deliver it again; its identity stays. */
export interface Intent {
  /** trigger_id of a command or click, view id and hash of a form, or a name of our own for timers. */
  readonly identity: string;
  /** Null for timers: they leave no row, the state they check is their guard. */
  readonly by: UserId | null;
  /** What was typed, so that the same words after a late answer find the same incident. */
  readonly words?: string;
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
export async function acceptIntent(trx: Trx, intent: Intent, came: Came, now: Date): Promise<boolean> {
  if (intent.by === null) return true;
  const { numInsertedOrUpdatedRows } = await trx
    .insertInto('intents')
    .values({
      identity: intent.identity,
      userId: intent.by,
      words: intent.words === undefined ? null : storable(intent.words),
      incidentId: came.incidentId,
      answer: JSON.stringify(storableJson(came.answer)),
      at: now,
      answeredLateAt: null,
    })
    .onConflict((conflict) => conflict.column('identity').doNothing())
    .executeTakeFirst();
  return numInsertedOrUpdatedRows === 1n;
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

/** What came of this intent, or of the same words of the same person whose answer left late since `since`; in one look. */
export async function findSaidBefore(trx: Trx, intent: Intent, since: Date): Promise<Came | null> {
  if (intent.by === null) return null;
  const words = intent.words === undefined ? null : storable(intent.words);
  const row = await trx
    .selectFrom('intents')
    .select(['incidentId', 'answer'])
    .where((where) =>
      where.or([
        where('identity', '=', intent.identity),
        where.and([where('userId', '=', intent.by), where('words', '=', words), where('answeredLateAt', '>=', since)]),
      ]),
    )
    .orderBy((order) => order('identity', '=', intent.identity), 'desc')
    .orderBy('answeredLateAt', 'desc')
    .limit(1)
    .executeTakeFirst();
  return row ? { incidentId: row.incidentId, answer: row.answer as Message | null } : null;
}

/** Intents older than Slack's longest redelivery are no longer needed. */
export async function pruneIntents(db: Db, before: Date): Promise<void> {
  await db.deleteFrom('intents').where('at', '<', before).execute();
}

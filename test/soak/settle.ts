import { sql } from 'kysely';
import type { Db } from '../../src/db/tables.ts';
import { reconcileAllAt } from '../../src/reconcile/transactions.ts';
import type { Sandbox } from '../../src/sandbox/sandbox.ts';
import { pause } from './actor.ts';
import type { Crowd } from './crowd.ts';
import { YES } from './deeds.ts';
import { unfinished } from './gather.ts';

interface Scene {
  readonly slack: Sandbox;
  readonly db: Db;
  readonly crowd: Crowd;
}

const REST_WITHIN_MS = 150_000;
/** Slack's tier allows some fifty pages a minute for all channels together, and each is read with its threads. */
const READ_WITHIN_MS = { atLeast: 300_000, perIncident: 3_000 };
/** Nothing may have been due for so long. */
const QUIET_MS = 1_200;
/** What is younger than this is left by a reading of history for the next. */
const SETTLED_MS = 62_000;

/** Every event is heard and every job done. `rereads`: history is read again from end to end, for what no event brought. */
export async function rest(
  { slack, db }: Scene,
  {
    rereads = false,
    settledMs = SETTLED_MS,
    withinMs = REST_WITHIN_MS,
  }: { rereads?: boolean; settledMs?: number; withinMs?: number | undefined } = {},
): Promise<void> {
  await quiet(slack, db, withinMs);
  if (!rereads) return;
  await pause(settledMs);
  await reconcileAllAt({ db, now: () => new Date() }, new Date(), 'always');
  // Readings are spread out and go on page by page, each with its own time to run.
  const timeoutMs = Math.max(READ_WITHIN_MS.atLeast, (await incidents(db)) * READ_WITHIN_MS.perIncident);
  await slack.until(async () => (await reading(db)) === 0, { timeoutMs, what: 'all history is read' });
  await quiet(slack, db, withinMs);
}

async function quiet(slack: Sandbox, db: Db, timeoutMs: number): Promise<void> {
  let since = 0;
  let waiting: string[] = [];
  const isQuiet = async () => {
    waiting = await unfinished(db);
    if (waiting.length > 0 || slack.delivery.pending() > 0) since = 0;
    else since ||= Date.now();
    return since !== 0 && Date.now() - since >= QUIET_MS;
  };
  await slack.until(isQuiet, { timeoutMs, what: 'nothing is due' }).catch(() => {
    throw new Error(`${waiting.join('; ')}; ${slack.delivery.pending()} events on their way`);
  });
}

const counted = sql<string>`count(*)`.as('count');

async function incidents(db: Db): Promise<number> {
  const { count } = await db.selectFrom('incidents').select(counted).executeTakeFirstOrThrow();
  return Number(count);
}

/** Readings that are promised for soon. */
async function reading(db: Db): Promise<number> {
  const { count } = await db
    .selectFrom('jobs')
    .select(counted)
    .where('kind', 'in', ['reconcile', 'reconcile-all'])
    .where('parkedAt', 'is', null)
    .where('runAt', '<', new Date(Date.now() + 5 * 60_000))
    .executeTakeFirstOrThrow();
  return Number(count);
}

/** Somebody of each open incident takes command and slows the promises down, so that no reminder is due while it is counted. */
export async function calm({ db, crowd, slack }: Scene): Promise<void> {
  const open = await db
    .selectFrom('incidents')
    .select(['id', 'channelId', 'declaredBy'])
    .where('status', 'not in', ['resolved', 'closed', 'canceled'])
    .execute();
  for (const { id, channelId, declaredBy } of open) {
    if (channelId === null) throw new Error(`INC-${id} has no channel`);
    const actor = crowd.speaker(declaredBy);
    if (!slack.world.channels.get(channelId)?.members.has(actor.person.id))
      throw new Error(`${declaredBy} is not in the channel of INC-${id}`);
    await actor.type('/incident ic', channelId, YES.role);
    await insist(() => actor.type('/incident cadence 6h', channelId, YES.cadence), YES.cadence, `INC-${id}`);
  }
}

/** A busy machine may answer too late; people say it again. */
async function insist(say: () => Promise<{ text: string } | null>, yes: string, who: string): Promise<void> {
  let answer = '';
  for (let tries = 0; tries < 5; tries += 1) {
    answer = (await say())?.text ?? 'nothing';
    if (new RegExp(yes).test(answer)) return;
  }
  throw new Error(`${who} does not answer with yes: ${answer}`);
}

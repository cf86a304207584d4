import { sql } from 'kysely';
import type { Db } from '../../src/db/tables.ts';
import { announcement } from '../../src/incidents/announcement.ts';
import { card } from '../../src/incidents/card.ts';
import { topic } from '../../src/incidents/topic.ts';
import { readForDrawing } from '../../src/incidents/transactions.ts';
import { incidentId, type UserId } from '../../src/lib/ids.ts';
import type { Policy } from '../../src/policy.ts';
import { readable, showMessage } from '../../src/sandbox/readable.ts';
import type { Sandbox } from '../../src/sandbox/sandbox.ts';
import type { Channel, Json, Message, World } from '../../src/sandbox/world.ts';
import { readRecord } from '../../src/timeline/transactions.ts';
import type { Evidence, Held, IntentRow, JobRow, SlackChannel, SlackPost } from './evidence.ts';
import type { Tap } from './tap.ts';

type FromSlack = Pick<Evidence, 'bot' | 'announceChannel' | 'told' | 'slack' | 'violations'>;

/** Slack's side, as everybody in the workspace together could see it. */
export function gatherSlack({ world, bot }: Sandbox, tap: Tap, announceChannel: string): FromSlack {
  const first = new Map(
    tap.told.filter(({ kind }) => kind === 'message').map((one) => [`${one.channel} ${one.ts}`, one.text]),
  );
  return {
    bot: { userId: bot.id, botId: world.app.botId },
    announceChannel,
    told: tap.told,
    violations: tap.violations,
    slack: {
      channels: [...world.channels.values()].map((channel) => channelOf(world, channel, tap, first)),
      files: [...world.files.values()].map(({ id, name, user, shares }) => ({
        id,
        name,
        user,
        channels: shares.map(({ channel }) => channel),
      })),
      whispers: [
        ...world.ephemerals.map(({ to, channel, text, blocks }) => ({ to, channel, text: readable(text, blocks) })),
        ...[...world.homes].map(([to, view]) => ({
          to,
          channel: null,
          text: readable('', view.body.blocks as Json[]),
        })),
      ],
    },
  };
}

function channelOf(world: World, channel: Channel, tap: Tap, first: ReadonlyMap<string, string>): SlackChannel {
  return {
    id: channel.id,
    name: channel.name,
    kind: channel.kind,
    creator: channel.creator,
    peer: channel.peer ?? null,
    members: [...channel.members],
    insiders: [...new Set([...channel.members, ...tap.insidersOf(channel.id)])],
    closed: tap.closedOf(channel.id),
    topic: channel.topic.value,
    pins: channel.pins.map(({ ts, by }) => ({ ts, by })),
    messages: [...channel.messages.values()]
      .filter(({ extra }) => !extra.system)
      .map((message) => postOf(world, channel, message, first.get(`${channel.id} ${message.ts}`))),
  };
}

function postOf(world: World, channel: Channel, message: Message, firstText = message.text): SlackPost {
  const marker = message.metadata?.event_payload.job;
  return {
    ts: message.ts,
    threadTs: message.threadTs ?? null,
    user: message.user ?? null,
    byBot: message.user === world.app.botUserId,
    text: message.text,
    firstText,
    shown: readable(message.text, message.blocks),
    marker: typeof marker === 'string' ? marker : null,
    pings: showMessage(world, channel, message).pings,
    buttons: [],
    reactions: message.reactions.map(({ name, users }) => ({ name, users: [...users] })),
  };
}

type FromDatabase = Pick<Evidence, 'incidents' | 'intents' | 'jobs' | 'quarantined'>;

/** The database's side, through the road by which it is exported too. */
export async function gatherDatabase(db: Db, policy: Policy, workspaceUrl: string): Promise<FromDatabase> {
  const names = new Map(
    (await db.selectFrom('people').select(['userId', 'name']).execute()).map((row) => [row.userId as UserId, row.name]),
  );
  const ids = await db.selectFrom('incidents').select('id').orderBy('id').execute();
  const incidents: Held[] = [];
  for (const { id } of ids) incidents.push(await heldOf(db, policy, workspaceUrl, id, names));
  const quarantined = await db.selectFrom('quarantine').select(['identity', 'reason']).execute();
  return {
    incidents,
    intents: await intentsOf(db),
    jobs: await jobsOf(db),
    quarantined: quarantined.map(({ identity, reason }) => `${identity}: ${reason}`),
  };
}

async function heldOf(
  db: Db,
  policy: Policy,
  workspaceUrl: string,
  id: number,
  names: ReadonlyMap<UserId, string>,
): Promise<Held> {
  const own = incidentId(id);
  const [record, drawing] = [await readRecord({ db }, own, workspaceUrl), await readForDrawing({ db }, own)];
  if (!record || !drawing) throw new Error(`INC-${id} vanished`);
  const { incident, holders } = drawing;
  const entries = await db
    .selectFrom('timelineEntries')
    .select(['identity', 'kind', 'source'])
    .where('incidentId', '=', own)
    .execute();
  return {
    record,
    entries,
    cardTs: incident.cardTs,
    announcementTs: incident.announcementTs,
    promiseDueAt: incident.promiseDueAt?.getTime() ?? null,
    drawn: {
      card: card(incident, holders, names, policy).text,
      topic: topic(incident, holders, names),
      announcement: announcement(incident, holders, names, policy).text,
    },
  };
}

async function intentsOf(db: Db): Promise<IntentRow[]> {
  const rows = await db.selectFrom('intents').selectAll().execute();
  return rows.map((row) => ({
    identity: row.identity,
    incident: row.incidentId,
    user: row.userId,
    answer: textOf(row.answer),
    answeredLate: row.answeredLateAt !== null,
  }));
}

const textOf = (answer: unknown): string | null => {
  const { text } = (answer ?? {}) as { text?: unknown };
  return typeof text === 'string' ? text : null;
};

/** They may come due while the last process stops, and wait for the next. */
const TIMERS = ['cadence', 'acknowledge', 'close', 'prune', 'reconcile', 'reconcile-all'];

async function jobsOf(db: Db): Promise<JobRow[]> {
  const { rows } = await sql<JobRow>`
    select kind, payload ->> 'as' as "as", (payload ->> 'incident')::int as incident, parked_at is not null as parked, last_error as "lastError",
      parked_at is null and (worker is not null or (run_at <= ${new Date()} and not (kind = any(${TIMERS}::text[])))) as due
    from jobs`.execute(db);
  return rows;
}

/** What one effect promises for the next seconds, a Home tab's drawing say, belongs to it. */
const ABOUT_TO_MS = 3_000;

/** Jobs that should be done by now, and effects that are due in a moment, in words. */
export async function unfinished(db: Db): Promise<string[]> {
  const { rows } = await sql<{ what: string }>`
    select kind || ' of INC-' || coalesce(payload ->> 'incident', '?') || ' (' || attempts || ' attempts, ' || coalesce(last_error, 'no error') || ')' as what
    from jobs where parked_at is null and (worker is not null or
      run_at <= case when kind = any(${TIMERS}::text[]) then ${new Date()}::timestamptz else ${new Date(Date.now() + ABOUT_TO_MS)} end) limit 20`.execute(
    db,
  );
  return rows.map(({ what }) => what);
}

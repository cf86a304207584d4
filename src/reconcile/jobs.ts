import { loseChannel, regainChannel, renameChannel } from '../channels/transactions.ts';
import type { Deps } from '../deps.ts';
import type { Incident } from '../incidents/incident.ts';
import { findIncident } from '../incidents/store.ts';
import type { Handlers, JobOf } from '../jobs/job.ts';
import { limitedUntil } from '../jobs/queue.ts';
import { DAY, HOUR } from '../lib/duration.ts';
import { type ChannelId, instantOf, type Ts, ts } from '../lib/ids.ts';
import type { HistoryPage } from '../slack/api.ts';
import { SlackFault, saidSlack } from '../slack/errors.ts';
import { blankLeftOver, recover } from '../timeline/transactions.ts';
import * as differ from './differences.ts';
import * as rounds from './round.ts';
import { isWatched, pauseOf, type ReconcileSettings } from './settings.ts';
import * as store from './store.ts';
import { endRound, keepRound, reconcileAllAt, reconcileAt, spreadOut } from './transactions.ts';

type Reading = Pick<Deps, 'db' | 'now' | 'policy' | 'log' | 'slack'>;
type Place = { readonly incident: Incident; readonly channel: ChannelId };

interface Options {
  readonly settings: ReconcileSettings;
  /** Called once for every page that held something the record lacked. */
  readonly onFound: (entries: number) => void;
}

/** Reads what was said again and again, slowly, and records what was not heard. */
export function reconcileJobs(deps: Reading, options: Options): Handlers<'reconcile' | 'reconcile-all'> {
  return {
    reconcile: (job) => reconcile(deps, options, job),
    'reconcile-all': async (job) => {
      await spreadOut(deps, job.deep, new Date(deps.now().getTime() - 7 * DAY), options.settings);
      // The net under the timers of single incidents.
      await reconcileAllAt(deps, new Date(deps.now().getTime() + HOUR));
    },
  };
}

async function reconcile(deps: Reading, options: Options, job: JobOf<'reconcile'>): Promise<void> {
  const incident = await findIncident(deps.db, job.incident);
  if (!incident?.channelId || !(await isToBeRead(deps, incident, job))) return;
  const place = { incident, channel: incident.channelId };
  try {
    if (incident.channelLost === 'archived') await comeBack(deps, place);
    const isOver = await readSome(deps, options, place, job.deep ?? false);
    // Who can read is in again, whether or not that was told; what follows is read from end to end.
    if (incident.channelLost) return void (await regainChannel(deps, place.channel));
    await later(deps, incident, isOver ? pauseOf(incident, options.settings) : options.settings.pauseMs);
  } catch (fault) {
    if (!(fault instanceof SlackFault) || fault.outcome !== 'never') throw fault;
    await store.noteTrouble(deps.db, incident.id, fault.code);
    if (!saidSlack(fault, 'not_in_channel', 'channel_not_found', 'is_archived')) throw fault;
    await loseChannel(deps, place.channel, saidSlack(fault, 'is_archived') ? 'archived' : 'left');
    await later(deps, incident, options.settings.lostEveryMs);
  }
}

/** What is asked for by name is read however long ago the incident ended, and read to its end. */
async function isToBeRead(deps: Reading, incident: Incident, job: JobOf<'reconcile'>): Promise<boolean> {
  if (job.deep || isWatched(incident, deps.now())) return true;
  return ((await store.findMark(deps.db, incident.id))?.round ?? null) !== null;
}

const later = (deps: Reading, { id }: Incident, inMs: number): Promise<void> =>
  reconcileAt(deps, id, new Date(deps.now().getTime() + inMs));

/** Slack: archiving throws the bot out, and a public channel opened again does not bring it back. */
async function comeBack({ slack }: Reading, { incident, channel }: Place): Promise<void> {
  if (incident.visibility === 'public') await slack.joinChannel(channel);
}

/** A few calls' worth of the reading under way, or the begin of one. True when it is over. */
async function readSome(deps: Reading, options: Options, place: Place, isAnew: boolean): Promise<boolean> {
  const { settings } = options;
  const { id } = place.incident;
  const mark = await store.findMark(deps.db, id);
  const begun = isAnew ? null : rounds.Round.safeParse(mark?.round);
  const known = { readThrough: mark?.readThrough ?? null, wholeAt: mark?.wholeAt ?? null };
  let round = begun?.success ? begun.data : rounds.begin(known, { deep: isAnew, now: deps.now() }, settings);
  let threadAt = mark?.threadAt ?? null;
  for (let call = 0; call < settings.callsPerRun; call += 1) {
    const parent = round.threads[0];
    if (round.below === null && parent === undefined) break;
    const next =
      round.below === null && parent
        ? readThread(deps, options, place, round, parent)
        : readHistory(deps, options, place, round);
    const read = await next;
    if (read.below === null && round.below !== null)
      ({ round: round, threadAt } = await withThreads(deps, place, read, threadAt));
    else round = read;
    await keepRound(deps, id, round);
  }
  if (!rounds.isOver(round)) return false;
  if (round.deep) await blankLeftOver(deps, id);
  await endRound(deps, id, round, threadAt);
  return true;
}

/** History does not show replies: those that differ are read, and in rotation some that seem not to. */
async function withThreads(deps: Reading, { incident }: Place, round: rounds.Round, at: Ts | null) {
  if (round.deep) {
    const all = await store.listThreads(deps.db, incident.id, null, 10_000);
    return { round: { ...round, threads: [...new Set([...round.threads, ...all])] }, threadAt: null };
  }
  const some = await store.listThreads(deps.db, incident.id, at, IN_ROTATION);
  const threadAt = some.length < IN_ROTATION ? null : (some.at(-1) ?? null);
  return { round: { ...round, threads: [...new Set([...round.threads, ...some])] }, threadAt };
}

const IN_ROTATION = 2;

async function readHistory(deps: Reading, options: Options, place: Place, round: rounds.Round): Promise<rounds.Round> {
  const bounds = { latest: round.below ?? round.ceiling, ...(round.floor && { oldest: round.floor }) };
  const read = () =>
    wholePage(deps, 'conversations.history', (cursor) => deps.slack.history(place.channel, { ...bounds, ...cursor }));
  const page = await read();
  const range = rounds.historyRange(round, page);
  if (!range) throw new Error('Slack has more and shows nothing');
  await compare(deps, options, place, round, { page, range, parent: null, read });
  await followName(deps, place, page);
  const parents = page.messages.map((message) => ts(message.ts));
  const differing = differ.threadsThatDiffer(
    page.messages,
    await store.countReplies(deps.db, place.incident.id, parents),
  );
  return rounds.historyRead(round, page, range, differing);
}

async function readThread(
  deps: Reading,
  options: Options,
  place: Place,
  round: rounds.Round,
  parent: Ts,
): Promise<rounds.Round> {
  const bounds = round.after ? { oldest: round.after } : {};
  const read = () =>
    wholePage(deps, 'conversations.replies', (cursor) =>
      deps.slack.replies(place.channel, parent, { ...bounds, ...cursor }),
    );
  const page = await read().catch((fault: unknown) => {
    if (!saidSlack(fault, 'thread_not_found')) throw fault;
    return null;
  });
  // A parent without replies that is gone: history is where that is seen.
  if (!page) return { ...round, threads: round.threads.slice(1), after: null };
  const range = rounds.threadRange(round, parent, page);
  if (!range) return { ...round, threads: round.threads.slice(1), after: null };
  const replies = {
    ...page,
    messages: page.messages.filter((message) => message.ts !== parent && message.ts < round.ceiling),
  };
  await compare(deps, options, place, round, { page: replies, range, parent, read });
  return rounds.threadRead(round, page, range);
}

/** Slack: an empty page may still have a cursor. Its limits are looked at first: they are for urgent calls as well. */
async function wholePage(
  deps: Reading,
  method: string,
  read: (cursor: { cursor?: string }) => Promise<HistoryPage>,
): Promise<HistoryPage> {
  for (let cursor: string | null = null, tries = 0; ; tries += 1) {
    if (await limitedUntil(deps.db, method))
      throw new SlackFault({ method, code: 'ratelimited', outcome: 'not-done', limit: method });
    const page: HistoryPage = await read(cursor === null ? {} : { cursor });
    if (page.messages.length > 0 || page.nextCursor === null || tries === EMPTY_PAGES) return page;
    cursor = page.nextCursor;
  }
}

const EMPTY_PAGES = 20;

interface Seen {
  readonly page: HistoryPage;
  readonly range: rounds.Range;
  readonly parent: Ts | null;
  /** The same page once more. */
  readonly read: () => Promise<HistoryPage>;
}

async function compare(
  deps: Reading,
  { onFound }: Options,
  { incident, channel }: Place,
  round: rounds.Round,
  seen: Seen,
): Promise<void> {
  const { messages } = seen.page;
  const recorded = await store.listRecorded(deps.db, incident.id, seen.range, seen.parent, MOST);
  const known = await store.listKnown(
    deps.db,
    incident.id,
    messages.map((message) => ts(message.ts)),
  );
  const reading = { messages, known, asOf: instantOf(round.ceiling), self: await deps.slack.me() };
  const pins = differ.pinsThatDiffer(reading);
  const listed = pins.some((one) => one.isPinned) ? await deps.slack.pins(channel) : [];
  const entries = [
    ...differ.differences(reading),
    ...differ.pinEntries(pins, reading, listed),
    ...(await gone(recorded, seen)).map(differ.deletionOf),
  ];
  if (entries.length === 0) return;
  const added = await recover(deps, incident.id, channel, entries, 'gap');
  if (added === 0) return;
  onFound(added);
  deps.log.warn({ incident: incident.id, found: added, thread: seen.parent !== null }, 'found what was not heard');
}

const MOST = 5_000;

/**
 * Deleted is only what two readings of the same whole range do not show, and never where Slack hides what is old. A
 * page that shows nothing at all of a long record is a fault rather than a purge.
 */
async function gone(recorded: readonly Ts[], { page, read }: Seen): Promise<Ts[]> {
  const missing = differ.vanished(recorded, page.messages);
  if (missing.length === 0 || page.isLimited || recorded.length === MOST) return [];
  if (page.messages.length === 0 && recorded.length >= SUSPICIOUS) return [];
  const again = await read();
  return again.isLimited ? [] : differ.vanished(missing, again.messages);
}

const SUSPICIOUS = 20;

/** A renaming that was not heard stands in history. */
async function followName(deps: Reading, { channel }: Place, { messages }: HistoryPage): Promise<void> {
  if (messages.some(({ subtype }) => subtype === 'channel_name' || subtype === 'group_name'))
    await renameChannel(deps, channel, null);
}

import type pg from 'pg';
import { notedAsActions } from '../actions/noted.ts';
import { takeOutOfItems } from '../actions/store.ts';
import { transact } from '../db/connect.ts';
import { isDataFault } from '../db/faults.ts';
import type { EntryRow, Trx } from '../db/tables.ts';
import type { Deps } from '../deps.ts';
import { takeOutOfBrief } from '../handoffs/store.ts';
import { type Incident, isPrivate } from '../incidents/incident.ts';
import { madePrivate } from '../incidents/made-private.ts';
import { appendAudit, findIncident, findIncidentByChannel, lockIncident, updateIncident } from '../incidents/store.ts';
import { enqueue } from '../jobs/queue.ts';
import type { Settled } from '../lib/batch.ts';
import type { ChannelId, IncidentId, Ts, UserId } from '../lib/ids.ts';
import { no, ok, type Result } from '../lib/result.ts';
import { removingFiles } from '../postmortems/drawing.ts';
import { factorsOf } from '../postmortems/publishing.ts';
import { type SaidOnce, withoutQuotes } from '../postmortems/redacted.ts';
import * as postmortems from '../postmortems/store.ts';
import { afterTakingBack, isShownAnew } from '../postmortems/taken-back.ts';
import type { Work } from '../postmortems/work.ts';
import type { NewEntry } from './entry.ts';
import { isMark, marked, redaction } from './mark.ts';
import { type HeardEntry, isConversion, isSaid } from './message.ts';
import type { IncidentRecord, RecordedEntry } from './record.ts';
import {
  addMember,
  appendEntries,
  appendHeard,
  blankDeleted,
  blankNote,
  countGap,
  type Found,
  findTombstones,
  hasMessage,
  isFoundMark,
  listActionItems,
  listAssignments,
  listAudit,
  listEntries,
  listLeftOver,
  listUpdates,
  lockTimeline,
  overtakenMarks,
  quarantine,
  removeMember,
  retirePosts,
  setWatermark,
} from './store.ts';
import { entryOf, recordOf } from './story.ts';

type Hearing = Pick<Deps, 'db' | 'now' | 'policy' | 'log'>;

/** `nothing`: of no incident, or recorded before. `quarantined`: Postgres refused it for its own data; kept raw. */
type Recorded = 'new' | 'nothing' | 'quarantined';

/**
 * Records what was said or done in a channel. Committed when it returns; throws when the database cannot be had, so
 * that Slack brings it again. `raw` is Slack's event.
 */
export async function hear(deps: Hearing, heard: HeardEntry, raw: unknown): Promise<Recorded> {
  try {
    return await transact(deps.db, (trx) => record(trx, deps, heard));
  } catch (fault) {
    if (!isDataFault(fault)) throw fault;
    return await keepRaw(deps, heard.channel, heard.entry.identity, reasonOf(fault), raw);
  }
}

async function record(trx: Trx, deps: Hearing, { channel, entry }: HeardEntry): Promise<Recorded> {
  if (entry.kind === 'message_deleted' || isMark(entry) || isConversion(entry)) await lockTimeline(trx, channel);
  if (isMark(entry) && (await isFoundMark(trx, channel, entry))) return 'nothing';
  const [found] = await appendHeard(trx, [{ channel, entry }], deps.now());
  if (!found?.isNew) return 'nothing';
  await settle(trx, deps, found.incidentId, channel, [entry]);
  return 'new';
}

/**
 * Group commit: what many people say at once is recorded by one statement. One row that Postgres refuses for its data
 * does not cost the others: each is then recorded alone.
 */
export async function hearTogether(
  deps: Hearing,
  items: readonly { readonly heard: HeardEntry; readonly raw: unknown }[],
): Promise<readonly Settled<Recorded>[]> {
  try {
    const heard = items.map((item) => item.heard);
    const found = await appendHeard(deps.db, heard, deps.now());
    await blankHeard(deps, heard, found);
    const fresh = new Set(found.flatMap(({ place, isNew }) => (isNew ? [place] : [])));
    return items.map((_, place) => ({ ok: true, value: fresh.has(place) ? 'new' : 'nothing' }));
  } catch (fault) {
    if (!isDataFault(fault)) throw fault;
    const alone = await Promise.allSettled(items.map(({ heard, raw }) => hear(deps, heard, raw)));
    return alone.map((one) =>
      one.status === 'fulfilled' ? { ok: true, value: one.value } : { ok: false, fault: one.reason },
    );
  }
}

/**
 * What was deleted before it was recorded. Looked for after the commit, and for repeats as well: should we die in
 * between, the event was not acknowledged and comes again, or the next reading from end to end finds it.
 */
async function blankHeard(deps: Hearing, heard: readonly HeardEntry[], found: readonly Found[]): Promise<void> {
  const said = found.flatMap(({ place, incidentId }) => {
    const one = heard[place];
    return one?.entry.ts ? [{ incidentId, ts: one.entry.ts, one }] : [];
  });
  if (said.length === 0) return;
  for (const gone of await findTombstones(deps.db, said)) {
    const { one } = said.find(({ incidentId, ts }) => incidentId === gone.incidentId && ts === gone.ts) ?? {};
    if (one) await transact(deps.db, (trx) => settle(trx, deps, gone.incidentId, one.channel, [one.entry]));
  }
}

/** What was read from history, oldest or newest first alike; answers how many entries were not known. */
export async function recover(
  deps: Hearing,
  incidentId: IncidentId,
  channel: ChannelId,
  entries: readonly NewEntry[],
  /** `gap`: it should have been heard, so it is counted. */
  as: 'gap' | 'first reading' = 'first reading',
): Promise<number> {
  try {
    return await recordAll(deps, incidentId, channel, entries, as);
  } catch (fault) {
    if (!isDataFault(fault)) throw fault;
    return await recoverOneByOne(deps, incidentId, channel, entries, as);
  }
}

type As = 'gap' | 'first reading';

function recordAll(deps: Hearing, id: IncidentId, channel: ChannelId, entries: readonly NewEntry[], as: As) {
  return transact(deps.db, async (trx) => {
    const isDelicate = (entry: NewEntry) => entry.kind === 'message_deleted' || isMark(entry) || isConversion(entry);
    if (entries.some(isDelicate)) await lockIncident(trx, id);
    const overtaken = await overtakenMarks(trx, id, entries);
    const fresh = entries.filter((entry) => !overtaken.has(entry.identity));
    const added = await appendEntries(trx, id, fresh, deps.now());
    await settle(trx, deps, id, channel, fresh);
    if (as === 'gap' && added > 0) await countGap(trx, id, added, deps.now());
    // Whoever has command may be gone since.
    if (added > 0 && fresh.some(({ kind }) => kind === 'member_left'))
      await enqueue(trx, [{ job: { kind: 'command', incident: id }, runAt: deps.now() }]);
    return added;
  });
}

/** One bad row must not cost the page. */
async function recoverOneByOne(
  deps: Hearing,
  id: IncidentId,
  channel: ChannelId,
  entries: readonly NewEntry[],
  as: As,
) {
  let added = 0;
  for (const entry of entries) {
    try {
      added += await recordAll(deps, id, channel, [entry], as);
    } catch (fault) {
      if (!isDataFault(fault)) throw fault;
      await keepRaw(deps, channel, entry.identity, reasonOf(fault), entry);
    }
  }
  return added;
}

/**
 * What entries bring with them. Runs after they are written: from then on a deletion of the same message waits for
 * us, or has committed and is seen, so that no order of events leaves a deleted text standing.
 */
async function settle(
  trx: Trx,
  deps: Hearing,
  incidentId: IncidentId,
  channel: ChannelId,
  entries: readonly NewEntry[],
): Promise<void> {
  const { now } = deps;
  const touched = entries.flatMap((entry) => (entry.ts && isSaid(entry) ? [entry.ts] : []));
  await blank(trx, deps, incidentId, touched);
  const deleted = entries.flatMap(({ kind, ts }) => (kind === 'message_deleted' && ts ? [ts] : []));
  // What the record keeps is quoted nowhere all the same.
  if (deps.policy.deletedMessages === 'keep' && deleted.length > 0)
    await takeOutOfDraft(trx, incidentId, { messages: deleted, words: [] }, now());
  if (entries.some(isConversion)) await becomePrivate(trx, incidentId, now());
  await enqueue(trx, notedAsActions(incidentId, entries, now()));
  for (const entry of entries) {
    if (entry.actor === null) continue;
    if (entry.kind === 'member_joined') await addMember(trx, channel, entry.actor, entry.occurredAt);
    if (entry.kind === 'member_left') await removeMember(trx, channel, entry.actor, entry.occurredAt);
  }
}

/** Of these messages, what those said that were deleted. */
async function blank(trx: Trx, { policy, now }: Hearing, incidentId: IncidentId, said: readonly Ts[]): Promise<void> {
  if (said.length === 0) return;
  const blanked = await blankDeleted(trx, incidentId, said, policy.deletedMessages === 'keep');
  if (blanked.length === 0) return;
  const messages = [...new Set(blanked.map(({ ts }) => ts))];
  await takeOutOfDraft(trx, incidentId, { messages, words: blanked.flatMap(({ was }) => was ?? []) }, now());
  const detail = { messages, rows: blanked.length };
  await appendAudit(trx, { incidentId, at: now(), actor: 'slack', what: 'deleted text blanked', detail });
}

/**
 * A message whose deletion was known may stand with its words: we died between the two steps of `hearTogether`, and
 * Slack did not bring it again.
 */
export function blankLeftOver(deps: Hearing, incidentId: IncidentId): Promise<void> {
  return transact(deps.db, async (trx) => blank(trx, deps, incidentId, await listLeftOver(trx, incidentId)));
}

/** With the message that says so: from here on nothing of it leaves the channel, and what stands outside loses its words. */
async function becomePrivate(trx: Trx, id: IncidentId, now: Date): Promise<void> {
  const incident = await lockIncident(trx, id);
  if (!incident || isPrivate(incident)) return;
  await updateIncident(trx, id, { visibility: 'private' });
  await appendAudit(trx, { incidentId: id, at: now, actor: 'slack', what: 'made private', detail: {} });
  const outside = await retirePosts(trx, incident);
  const files = await postmortems.unwantFiles(trx, id, 'became private', 'announcements');
  await enqueue(trx, [
    ...madePrivate(incident, outside, now),
    ...(files.length > 0 ? removingFiles(incident, now) : []),
  ]);
}

/** Slack's membership events; the join or leave itself stands in the timeline as the message of it. */
export async function noteMember(
  { db }: Pick<Deps, 'db'>,
  channel: ChannelId,
  user: string,
  did: 'join' | 'leave',
  at: Date,
): Promise<void> {
  await (did === 'join' ? addMember : removeMember)(db, channel, user, at);
}

/** What we could not even read, if it belongs to an incident. */
export function keepUnreadable(deps: Hearing, channel: ChannelId, eventId: string, raw: unknown): Promise<Recorded> {
  return keepRaw(deps, channel, eventId, 'not what we know of such an event', raw);
}

async function keepRaw(deps: Hearing, channel: ChannelId, identity: string, reason: string, raw: unknown) {
  const kept = {
    identity: `${channel}:${identity.slice(0, 200)}`,
    reason,
    payload: JSON.stringify(raw),
    at: deps.now(),
  };
  if (!(await quarantine(deps.db, channel, kept))) return 'nothing';
  deps.log.error({ quarantined: kept.identity, reason }, 'quarantined');
  return 'quarantined';
}

/** Without the server's message: it may quote what was said. */
const reasonOf = (fault: pg.DatabaseError): string => `Postgres refused it (${fault.code})`;

/** The shortcut **Add to timeline**: once per message and person; null where there is no incident. */
export function markKey(
  { db, now }: Pick<Deps, 'db' | 'now'>,
  channel: ChannelId,
  message: Ts,
  by: UserId,
): Promise<IncidentId | null> {
  const at = now();
  return transact(db, async (trx) => {
    const incident = await findIncidentByChannel(trx, channel);
    if (!incident) return null;
    await appendEntries(trx, incident.id, [marked(message, by, at)], at);
    return incident.id;
  });
}

/**
 * `sitrep redact`: what a message and its edits said goes for good, whatever the policy on deletions; the tombstone
 * says that it was redacted and by whom. Doing it again changes nothing.
 */
export function redact(
  deps: Pick<Deps, 'db' | 'now'>,
  incidentId: IncidentId,
  message: Ts,
  by: string,
): Promise<Result<{ blanked: number }, 'no-such-incident' | 'no-such-message'>> {
  const now = deps.now();
  return transact(deps.db, async (trx) => {
    if (!(await lockIncident(trx, incidentId))) return no('no-such-incident');
    if (!(await hasMessage(trx, incidentId, message))) return no('no-such-message');
    const added = await appendEntries(trx, incidentId, [redaction(message, by, now)], now);
    const blanked = await blankDeleted(trx, incidentId, [message], true);
    await takeOutOfDraft(trx, incidentId, { messages: [message], words: blanked.flatMap(({ was }) => was ?? []) }, now);
    // A draft names a note by no message: it is made anew.
    if (await blankNote(trx, incidentId, message)) {
      await postmortems.unwantFiles(trx, incidentId, 'quotes what was taken back');
      const draft = { job: { kind: 'draft' as const, incident: incidentId }, runAt: now };
      await enqueue(trx, [...removingFiles({ id: incidentId }, now), draft]);
    }
    const detail = { message, rows: blanked.length };
    if (added > 0) await appendAudit(trx, { incidentId, at: now, actor: by, what: 'message redacted', detail });
    return ok({ blanked: blanked.length });
  });
}

/** What the record may no longer say, the draft, the brief and the action items made from it may not either. */
async function takeOutOfDraft(
  trx: Trx,
  incidentId: IncidentId,
  { messages, words }: SaidOnce,
  now: Date,
): Promise<void> {
  await takeOutOfBrief(trx, incidentId, messages);
  await takeOutOfItems(trx, incidentId, messages);
  const before = await workOf(trx, incidentId);
  if (!before) return;
  const { postmortem: draft, revisions, reviews } = before;
  const reworded = withoutQuotes(draft, revisions, reviews, { messages, words });
  if (reworded) {
    await postmortems.rewordDraft(trx, incidentId, reworded);
    if (reworded.reviews.length > 0) await postmortems.saveReviews(trx, reworded.reviews);
    for (const revision of reworded.revisions) await postmortems.rewordRevision(trx, revision);
  }
  const isReworded = reworded !== null;
  const copiedIn = reworded?.copiedIn ?? [];
  const files =
    copiedIn.length > 0
      ? await postmortems.unwantFiles(trx, incidentId, 'quotes what was taken back')
      : await postmortems.unwantQuoting(trx, incidentId, messages, isReworded);
  if (!isReworded && files.length === 0) return;
  const isAnew = isShownAnew(draft, files, isReworded);
  const revision = isAnew ? await postmortems.updatePostmortem(trx, incidentId, {}, 'revised') : null;
  const [incident, work] = [await findIncident(trx, incidentId), await workOf(trx, incidentId)];
  const told = { files, isReworded, copiedIn, revision };
  // They are the words of a section as it was published last.
  if (work && reworded) await postmortems.saveFactors(trx, incidentId, factorsOf(work));
  if (incident && work) await enqueue(trx, afterTakingBack(incident, work, told, now));
}

/**
 * Everything held on an incident, as it was at one instant. Hand in a pool with a time limit for long reads: the one
 * that answers Slack gives a statement 1.8 s.
 */
export async function readRecord(
  { db }: Pick<Deps, 'db'>,
  incidentId: IncidentId,
  workspaceUrl: string | null,
): Promise<IncidentRecord | null> {
  const snapshot = db.transaction().setIsolationLevel('repeatable read').setAccessMode('read only');
  return await snapshot.execute(async (trx) => {
    const incident = await findIncident(trx, incidentId);
    if (!incident) return null;
    const held = {
      incident,
      workspaceUrl,
      roles: await listAssignments(trx, incidentId),
      updates: await listUpdates(trx, incidentId),
      told: await tellAll(trx, incident, workspaceUrl),
      actionItems: await listActionItems(trx, incidentId),
      postmortem: await workOf(trx, incidentId),
      audit: await listAudit(trx, incidentId),
    };
    return recordOf(held);
  });
}

async function workOf(trx: Trx, incidentId: IncidentId): Promise<Work | null> {
  const postmortem = await postmortems.findDraft(trx, incidentId);
  if (!postmortem) return null;
  return {
    postmortem,
    revisions: await postmortems.revisionsOf(trx, incidentId),
    reviews: await postmortems.reviewsOf(trx, incidentId),
  };
}

/** In pages, so that no statement grows with the incident; the next is fetched while one is told. */
async function tellAll(trx: Trx, incident: Incident, workspaceUrl: string | null): Promise<RecordedEntry[]> {
  const told: RecordedEntry[] = [];
  for (let next: Promise<EntryRow[]> | null = listEntries(trx, incident.id, null, PAGE); next; ) {
    const page: EntryRow[] = await next;
    next = page.length < PAGE ? null : listEntries(trx, incident.id, page.at(-1) ?? null, PAGE);
    for (const row of page) told.push(entryOf(row, incident, workspaceUrl));
  }
  return told;
}

const PAGE = 1_000;

/** History has been read through up to this message. */
export async function markRead(
  { db, now }: Pick<Deps, 'db' | 'now'>,
  incidentId: IncidentId,
  readThrough: Ts | null,
): Promise<void> {
  await setWatermark(db, incidentId, readThrough, now());
}

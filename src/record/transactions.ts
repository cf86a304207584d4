import { transact } from '../db/connect.ts';
import type { EntryRow, Trx } from '../db/tables.ts';
import type { Deps } from '../deps.ts';
import { openFollowUps } from '../handoffs/store.ts';
import { type Changed, changeIncident } from '../incidents/change.ts';
import type { Decision } from '../incidents/decision.ts';
import type { Incident } from '../incidents/incident.ts';
import { findIncident, findIncidentByChannel, holdersOf, isMember } from '../incidents/store.ts';
import type { Intent } from '../intents/store.ts';
import { enqueue } from '../jobs/queue.ts';
import { SECOND } from '../lib/duration.ts';
import type { ChannelId, IncidentId, UserId } from '../lib/ids.ts';
import { no, ok, type Result } from '../lib/result.ts';
import type { Reading } from '../lib/when.ts';
import { statusOf } from '../postmortems/store.ts';
import { followsRecord } from '../postmortems/work.ts';
import { openTasks } from '../tasks/store.ts';
import { afterthoughts } from '../timeline/corrected.ts';
import { entryOf } from '../timeline/story.ts';
import { type Facts, owesCatchUp } from './catch-up.ts';
import { type ClockAsked, correctClock } from './clock.ts';
import { type KeyLine, keyLines } from './key-list.ts';
import { note } from './note.ts';
import type { RecordRefusal } from './refusals.ts';
import { findEntry, findLastUpdate, hasNews, insertCatchUp, listKeyRows, listMessages, listRemarks } from './store.ts';
import { type Moved, moveEntry, restore, type Standing, strike } from './strike.ts';

type Needs = Pick<Deps, 'db' | 'now' | 'policy'>;
type Done = Promise<Result<Changed, RecordRefusal>>;

export const noteDown = (deps: Needs, id: IncidentId, intent: Intent, text: string, by: UserId): Done =>
  changeIncident<RecordRefusal>(deps, id, intent, (incident, _, now) =>
    ok(note(incident, text, by, intent.identity, now)),
  );

export const correctClockOf = (deps: Needs, id: IncidentId, intent: Intent, asked: ClockAsked, by: UserId): Done =>
  changeIncident<RecordRefusal>(deps, id, intent, (incident, trx, now) =>
    andDraft(trx, id, now, correctClock(incident, asked, by, reading(deps, now))),
  );

export const strikeEntry = (
  deps: Needs,
  id: IncidentId,
  intent: Intent,
  asked: { entry: number; why: string; by: UserId },
): Done =>
  ofEntry(deps, id, intent, asked, (incident, standing, now) => strike(incident, standing, asked.why, asked.by, now));

export const restoreEntry = (deps: Needs, id: IncidentId, intent: Intent, asked: { entry: number; by: UserId }): Done =>
  ofEntry(deps, id, intent, asked, (incident, standing, now) => restore(incident, standing, asked.by, now));

export const correctEntryTime = (
  deps: Needs,
  id: IncidentId,
  intent: Intent,
  asked: Moved & { entry: number; by: UserId },
): Done =>
  ofEntry(deps, id, intent, asked, (incident, standing, now) =>
    moveEntry(incident, standing, asked, asked.by, reading(deps, now)),
  );

const ofEntry = (
  deps: Needs,
  id: IncidentId,
  intent: Intent,
  { entry }: { readonly entry: number },
  decide: (incident: Incident, standing: Standing, now: Date) => Result<Decision, RecordRefusal>,
): Done =>
  changeIncident<RecordRefusal>(deps, id, intent, async (incident, trx, now) => {
    const standing = await standingOf(trx, id, entry);
    if (!standing) return no({ why: 'no-such-entry', incident });
    return andDraft(trx, id, now, decide(incident, standing, now));
  });

/**
 * A draft was made from the record as it was: it is made anew, in place, as nobody asked for one. What people put into
 * words stays theirs.
 */
async function andDraft(
  trx: Trx,
  incident: IncidentId,
  now: Date,
  decided: Result<Decision, RecordRefusal>,
): Promise<Result<Decision, RecordRefusal>> {
  if (!decided.ok || !followsRecord(await statusOf(trx, incident))) return decided;
  const drafting = { job: { kind: 'draft' as const, incident }, runAt: now };
  return ok({ ...decided.value, jobs: [...(decided.value.jobs ?? []), drafting] });
}

const reading = ({ policy }: Needs, now: Date): Reading => ({ now, timezone: policy.timezone });

/** An entry as a form shows it. */
export const findStanding = ({ db }: Pick<Deps, 'db'>, id: IncidentId, entry: number): Promise<Standing | null> =>
  transact(db, (trx) => standingOf(trx, id, entry));

async function standingOf(trx: Trx, id: IncidentId, number: number): Promise<Standing | null> {
  const [incident, entry] = [await findIncident(trx, id), await findEntry(trx, id, number)];
  if (!incident || !entry) return null;
  const remarks = await listRemarks(trx, id, number);
  const since = afterthoughts(remarks.map((row) => entryOf(row, incident, null))).get(number) ?? {};
  return { entry, since };
}

/** The key entries as of one moment. */
export const readKeyLines = (
  { db }: Pick<Deps, 'db'>,
  incident: Incident,
  workspaceUrl: string | null,
): Promise<KeyLine[]> => transact(db, (trx) => keyOf(trx, incident, workspaceUrl));

async function keyOf(trx: Trx, incident: Incident, workspaceUrl: string | null): Promise<KeyLine[]> {
  const rows = await listKeyRows(trx, incident.id);
  const marked = [...new Set(rows.flatMap(({ ts }) => ts ?? []))];
  const messages = marked.length > 0 ? await listMessages(trx, incident.id, marked) : [];
  return keyLines([...rows, ...messages].sort(inOrder), incident, workspaceUrl);
}

/** The order of the record: by time, then as Slack numbers messages, then as they came. */
const inOrder = (a: EntryRow, b: EntryRow): number =>
  a.occurredAt.getTime() - b.occurredAt.getTime() || compare(a.ts ?? '', b.ts ?? '') || a.id - b.id;
const compare = (a: string, b: string): number => (a < b ? -1 : a > b ? 1 : 0);

/** What a late joiner is told; null when the incident is gone. */
export function readCatchUp(
  { db }: Pick<Deps, 'db'>,
  id: IncidentId,
  workspaceUrl: string | null,
): Promise<Facts | null> {
  return transact(db, async (trx) => {
    const incident = await findIncident(trx, id);
    if (!incident) return null;
    return {
      incident,
      holders: await holdersOf(trx, id),
      lastUpdate: (await findLastUpdate(trx, id)) ?? null,
      tasks: await openTasks(trx, id),
      followUps: await openFollowUps(trx, id),
      key: await keyOf(trx, incident, workspaceUrl),
    };
  });
}

/** Somebody joined a channel: whoever comes late to a running incident is told once where it stands. */
export async function catchUpJoiner(
  deps: Needs,
  channel: ChannelId,
  joiner: { user: UserId; at: Date },
): Promise<void> {
  const found = await findIncidentByChannel(deps.db, channel);
  if (!found) return;
  const now = deps.now();
  await transact(deps.db, async (trx) => {
    const around = { holders: await holdersOf(trx, found.id), hasNews: await hasNews(trx, found.id) };
    if (!owesCatchUp(found, joiner, around, now)) return;
    if (!(await insertCatchUp(trx, found.id, joiner.user, joiner.at))) return;
    // By then their membership is on record as well, which the same event tells.
    const runAt = new Date(now.getTime() + 3 * SECOND);
    await enqueue(trx, [{ job: { kind: 'catch-up', incident: found.id, user: joiner.user }, runAt }]);
  });
}

/** Whether this person may still be told: they may have left a private incident meanwhile. */
export const mayStillRead = async ({ db }: Pick<Deps, 'db'>, incident: Incident, user: UserId): Promise<boolean> =>
  incident.visibility === 'public' || (await isMember(db, incident.id, user));

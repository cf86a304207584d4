import { transact } from '../db/connect.ts';
import type { ChannelLost, Trx } from '../db/tables.ts';
import type { Deps } from '../deps.ts';
import { changeIncident, write } from '../incidents/change.ts';
import { findIncidentByChannel, holdersOf, lockIncident } from '../incidents/store.ts';
import type { Intent } from '../intents/store.ts';
import type { Job } from '../jobs/job.ts';
import { enqueue } from '../jobs/queue.ts';
import type { ChannelId, IncidentId, UserId } from '../lib/ids.ts';
import { ok } from '../lib/result.ts';
import type { HeardEntry } from '../timeline/message.ts';
import { instead, isInChannel, lose, loseAsTold, lostIn, regain } from './lost.ts';
import { hasJoinedSince, holdEvents, keepUnopened, listShutOut, moveChannel, revive } from './store.ts';

type Needs = Pick<Deps, 'db' | 'now'>;

/** People closed the channel to Sitrep, which Slack told of with its time; who commands and who declared are told, once. */
export async function loseChannel(
  deps: Needs,
  channel: ChannelId,
  why: ChannelLost,
  told: { readonly us: UserId; readonly at: Date } | null = null,
): Promise<void> {
  const found = await findIncidentByChannel(deps.db, channel);
  if (!found) return;
  await changeIncident<never>(deps, found.id, ours('lost', found.id, deps.now()), async (incident, trx, now) => {
    if (told && (await hasJoinedSince(trx, incident.id, told.us, told.at))) return ok({});
    return ok((told ? loseAsTold : lose)(incident, await holdersOf(trx, incident.id), why, now));
  });
}

/** Sitrep is in the channel again. False when it is no incident's. */
export async function regainChannel(deps: Needs, channel: ChannelId): Promise<boolean> {
  const found = await findIncidentByChannel(deps.db, channel);
  if (!found) return false;
  await changeIncident<never>(deps, found.id, ours('back', found.id, deps.now()), async (incident, trx, now) => {
    if (incident.channelLost) for (const job of await listShutOut(trx, incident.id)) await revive(trx, job);
    return ok(regain(incident, now));
  });
  return true;
}

/** A public channel was opened again, without us: the next reading joins it first. */
export async function reopenChannel(deps: Needs, channel: ChannelId): Promise<void> {
  const found = await findIncidentByChannel(deps.db, channel);
  if (!found) return;
  await changeIncident<never>(deps, found.id, ours('reopened', found.id, deps.now()), (incident, _, now) =>
    ok({
      change: incident.channelLost ? {} : { channelLost: 'archived' },
      jobs: [{ job: { kind: 'reconcile', incident: incident.id, deep: true }, runAt: now }],
    }),
  );
}

/**
 * In the transaction that parks a job: when it parked because the channel is closed, that is what is told, and a
 * reminder goes to a person instead. False when it parked for another reason.
 */
export async function channelParked(deps: Pick<Deps, 'now'>, trx: Trx, job: Job, reason: string): Promise<boolean> {
  const why = lostIn(reason);
  if (why === null || !('incident' in job) || job.incident === undefined || !isInChannel(job)) return false;
  const incident = await lockIncident(trx, job.incident);
  if (!incident?.channelId) return false;
  const now = deps.now();
  const holders = await holdersOf(trx, incident.id);
  await write(trx, incident, ours('lost', incident.id, now), lose(incident, holders, why, now), now);
  await enqueue(trx, instead(incident, holders, job, now));
  return true;
}

/**
 * What else bears the id of a channel that got another one; its incident follows by itself. What was told under the new
 * id before we knew it was nobody's, so it is read at `readAt`.
 */
export function followElsewhere({ db }: Pick<Deps, 'db'>, from: ChannelId, to: ChannelId, readAt: Date): Promise<void> {
  return transact(db, async (trx) => {
    await moveChannel(trx, from, to);
    const incident = (await findIncidentByChannel(trx, from)) ?? (await findIncidentByChannel(trx, to));
    if (!incident) return;
    await enqueue(trx, [{ job: { kind: 'reconcile', incident: incident.id, deep: true }, runAt: readAt }]);
  });
}

/**
 * Of no incident when they were heard, while a channel is being opened: they are kept until its id is on record. False,
 * by place, for what was not kept: its channel may have got its incident meanwhile.
 */
export function hold({ db, now }: Needs, heard: readonly HeardEntry[]): Promise<readonly boolean[]> {
  return transact(db, async (trx) => {
    // In one order everywhere: two processes must not wait for each other crosswise.
    await keepUnopened(trx, [...new Set(heard.map(({ channel }) => channel))].toSorted());
    const kept = new Set(await holdEvents(trx, heard, now()));
    return heard.map((_, place) => kept.has(place));
  });
}

const ours = (what: string, id: IncidentId, now: Date): Intent => ({
  identity: `channel-${what}:${id}:${now.getTime()}`,
  by: null,
});

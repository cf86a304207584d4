import pg from 'pg';
import { transact } from '../db/connect.ts';
import type { ChannelLost, Trx } from '../db/tables.ts';
import type { Deps } from '../deps.ts';
import { type Changed, changeIncident, write } from '../incidents/change.ts';
import { findIncidentByChannel, holdersOf, lockIncident } from '../incidents/store.ts';
import type { Intent } from '../intents/store.ts';
import type { Job } from '../jobs/job.ts';
import { enqueue } from '../jobs/queue.ts';
import type { Millis } from '../lib/duration.ts';
import type { ChannelId, IncidentId, UserId } from '../lib/ids.ts';
import { ok, type Result } from '../lib/result.ts';
import type { HeardEntry } from '../timeline/message.ts';
import { movePosts } from '../timeline/store.ts';
import { answerOffer, lookAgain, lookAtChannel } from './archive.ts';
import { instead, isInChannel, lose, loseAsTold, lostIn, reading, regain } from './lost.ts';
import type { ArchiveRefusal } from './refusals.ts';
import {
  answerOffered,
  deleteOffer,
  findOffer,
  hasJoinedSince,
  holdEvents,
  insertOffer,
  keepUnopened,
  lastSaidAt,
  latestRenaming,
  listShutOut,
  listUnasked,
  listWaiting,
  moveChannel,
  moveToTheEnd,
  revive,
  wholeReadAt,
} from './store.ts';

type Needs = Pick<Deps, 'db' | 'now'>;

/**
 * People closed the channel to Sitrep, which Slack told of with its time; who commands and who declared are told, once.
 * Out of it, and told late, Sitrep may be back already: then a reading shows how it is.
 */
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
    if (told && why === 'left' && now.getTime() - told.at.getTime() > PROMPT)
      return ok({ jobs: [reading(incident, now)] });
    return ok((told ? loseAsTold : lose)(incident, await holdersOf(trx, incident.id), why, now));
  });
}

/** Nobody takes Sitrep out of a channel and in again within less. */
const PROMPT: Millis = 500;

/** Sitrep is in the channel again. False when it is no incident's. */
export async function regainChannel(deps: Needs, channel: ChannelId): Promise<boolean> {
  const found = await findIncidentByChannel(deps.db, channel);
  if (!found) return false;
  await changeIncident<never>(deps, found.id, ours('back', found.id, deps.now()), async (incident, trx, now) => {
    if (incident.channelLost) await takeUpAgain(trx, incident.id);
    return ok(regain(incident, now));
  });
  return true;
}

/** What was shut out comes before what has waited behind it: words keep their order. */
async function takeUpAgain(trx: Trx, id: IncidentId): Promise<void> {
  const waiting = await listWaiting(trx, id);
  for (const job of await listShutOut(trx, id)) await revive(trx, job);
  for (const job of waiting) await moveToTheEnd(trx, job);
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
 * Somebody renamed the channel: Slack told so, or a reading found it. The latest name holds, in whatever order they are
 * told; one that another incident has reserved stays with that one.
 */
export async function renameChannel(
  deps: Needs & Pick<Deps, 'log'>,
  channel: ChannelId,
  told: { readonly name: string; readonly at: Date } | null,
): Promise<void> {
  const found = await findIncidentByChannel(deps.db, channel);
  if (!found) return;
  const intent = ours(told ? `renamed to ${told.name}` : 'renamed', found.id, deps.now());
  try {
    await changeIncident<never>(deps, found.id, intent, async (incident, trx) => {
      const latest = await latestRenaming(trx, incident.id);
      const name = told && (latest === null || latest.at <= told.at) ? told.name : latest?.name;
      return ok(name === undefined || name === incident.channelName ? {} : { change: { channelName: name } });
    });
  } catch (fault) {
    if (!(fault instanceof pg.DatabaseError) || fault.code !== UNIQUE_VIOLATION) throw fault;
    deps.log.warn({ incident: found.id }, 'channel name is reserved by another incident');
  }
}

const UNIQUE_VIOLATION = '23505';

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

/** The timer of an ended incident's channel; `run` names this run of it. */
export async function lookAtChannelWhenDue(
  deps: Pick<Deps, 'db' | 'now' | 'policy' | 'slack'>,
  id: IncidentId,
  run: string,
): Promise<void> {
  const us = (await deps.slack.me()).userId;
  await changeIncident<never>(deps, id, { identity: `offer-archive:${run}`, by: null }, async (incident, trx, now) => {
    const quiet = {
      offer: (await findOffer(trx, id)) ?? null,
      lastSaidAt: await lastSaidAt(trx, id, us),
      wholeAt: await wholeReadAt(trx, id),
      archiveAfter: deps.policy.archiveAfter,
    };
    const { offer, decision } = lookAtChannel(incident, quiet, now);
    if (offer === 'made') await insertOffer(trx, id, now);
    if (offer === 'withdrawn') await deleteOffer(trx, id);
    return ok(decision);
  });
}

/** Somebody says whether the channel goes or stays. */
export const answerArchive = (
  deps: Needs,
  id: IncidentId,
  intent: Intent,
  how: 'archive' | 'keep',
  by: UserId,
): Promise<Result<Changed, ArchiveRefusal>> =>
  changeIncident<ArchiveRefusal>(deps, id, intent, async (incident, trx, now) => {
    const answered = answerOffer(incident, (await findOffer(trx, id)) ?? null, how, by, now);
    if (answered.ok) await answerOffered(trx, id, { answer: how, answeredBy: by, answeredAt: now });
    return answered;
  });

/** Channels nobody was asked about, say from before the policy asked at all; a few at a time. */
export async function askAboutLeftovers({ db, now, policy }: Pick<Deps, 'db' | 'now' | 'policy'>): Promise<void> {
  if (policy.archiveAfter === null) return;
  await transact(db, async (trx) => {
    const unasked = await listUnasked(trx, AT_A_TIME);
    await enqueue(
      trx,
      unasked.map((id) => lookAgain({ id }, now())),
    );
  });
}

const AT_A_TIME = 20;

const ours = (what: string, id: IncidentId, now: Date): Intent => ({
  identity: `channel-${what}:${id}:${now.getTime()}`,
  by: null,
});

/** Slack gave the channel another id: its incident and our posts follow. False when it is no incident's. */
export async function followChannel(deps: Pick<Deps, 'db' | 'now'>, from: ChannelId, to: ChannelId): Promise<boolean> {
  const found = await findIncidentByChannel(deps.db, from);
  if (!found) return false;
  const intent = { identity: `channel:${from}:${to}`, by: null };
  await changeIncident<never>(deps, found.id, intent, async (incident, trx) => {
    if (incident.channelId !== from) return ok({});
    await movePosts(trx, incident.id, from, to);
    const moved = { kind: 'channel_changed', actor: null, text: 'Slack gave the channel another id.' } as const;
    return ok({ change: { channelId: to }, entries: [{ ...moved, payload: { from, to } }] });
  });
  return true;
}

import { forgetHeld, lockOpening } from '../channels/store.ts';
import { transact } from '../db/connect.ts';
import type { Status, Trx } from '../db/tables.ts';
import type { Deps } from '../deps.ts';
import { raisedBy } from '../escalations/raised.ts';
import { findLastRaised, insertRaised } from '../escalations/store.ts';
import { acceptIntent, type Intent } from '../intents/store.ts';
import type { JobOf, NewJob } from '../jobs/job.ts';
import { enqueue } from '../jobs/queue.ts';
import { type ChannelId, type IncidentId, incidentId, refOf, type Ts, type UserId, userId } from '../lib/ids.ts';
import { no, ok, type Result } from '../lib/result.ts';
import { findPerson } from '../people/store.ts';
import type { Severity } from '../policy.ts';
import { cardOf, type Verb } from '../slack/command.ts';
import type { Call } from '../slack/listeners.ts';
import { openTasks } from '../tasks/store.ts';
import { membersOf } from '../updates/store.ts';
import type { Beside } from './card.ts';
import { type Changed, changeIncident } from './change.ts';
import { channelDay, nameAfter, stemOf } from './channel-name.ts';
import type { Decision } from './decision.ts';
import { addLink, type Correction, correct } from './edit.ts';
import { type Ending, stillOpen } from './ending.ts';
import { type Escalation, escalate } from './escalate.ts';
import { closesAt, closing, followMove, followSeverity } from './follow.ts';
import { type Holder, type Incident, type IncidentChange, isOpen, isPrivate } from './incident.ts';
import { afterOpening } from './opening.ts';
import { redraw } from './redraw.ts';
import type { Refusal } from './refusals.ts';
import { endedSince, regradedSince, type Seen } from './seen.ts';
import { changeSeverity } from './severity.ts';
import { move } from './status.ts';
import * as store from './store.ts';
import { trailingRef } from './target.ts';

type Needs = Pick<Deps, 'db' | 'now' | 'policy'>;

/** Who acts when nobody does. */
const SITREP = userId('sitrep');

/** Slack says the name is taken, by whomever: the next free one is reserved before Slack is asked again. */
export function reserveAnotherName(deps: Needs, id: IncidentId, taken: string): Promise<Incident> {
  return transact(deps.db, async (trx) => {
    const incident = await lock(trx, id);
    if (incident.channelId !== null || incident.channelName !== taken) return incident;
    const stem = stemOf(incident, channelDay(incident.declaredAt, deps.policy.timezone));
    const names = await store.reservedNames(trx, stem ?? taken);
    return store.updateIncident(trx, id, { channelName: nameAfter(taken, stem ?? taken, names) });
  });
}

/** The channel stands: its id is recorded with everything that follows, once. */
export function channelOpened(
  deps: Needs,
  job: JobOf<'open-channel'>,
  channel: { id: ChannelId; name: string },
): Promise<void> {
  return transact(deps.db, async (trx) => {
    await lockOpening(trx, channel.id);
    const incident = await lock(trx, job.incident);
    if (incident.channelId !== null) return;
    const opened = await store.updateIncident(trx, incident.id, { channelId: channel.id, channelName: channel.name });
    await enqueue(trx, afterOpening(opened, await store.holdersOf(trx, incident.id), job, deps.policy, deps.now()));
    await forgetHeld(trx, incident.id);
  });
}

/** A post that the bot edits from now on; what changed while it was being posted is drawn at once. A card is pinned. */
export function posted(
  deps: Needs,
  drawn: Incident,
  change: Pick<IncidentChange, 'cardTs' | 'announcementTs' | 'announcementChannelId'>,
  redrawing: NewJob['job'],
  /** An earlier attempt may have posted it, as things stood then. */
  isUncertain: boolean,
): Promise<void> {
  return transact(deps.db, async (trx) => {
    const before = await lock(trx, drawn.id);
    await store.updateIncident(trx, drawn.id, change);
    if (change.cardTs) await enqueue(trx, [{ job: { kind: 'pin-card', incident: drawn.id }, runAt: deps.now() }]);
    if (isUncertain || before.version !== drawn.version) await enqueue(trx, [{ job: redrawing, runAt: deps.now() }]);
  });
}

/** Somebody deleted the card: its buttons are how people work, so there is a new one, once. */
export function cardDeleted({ db, now }: Needs, id: IncidentId, deleted: Ts): Promise<void> {
  return transact(db, async (trx) => {
    if ((await lock(trx, id)).cardTs !== deleted) return;
    await store.updateIncident(trx, id, { cardTs: null });
    await enqueue(trx, [{ job: { kind: 'post-card', incident: id }, runAt: now() }]);
  });
}

/** More effects for an incident, without a change of it; once, however often the job that wants them runs. */
export function promiseEffects(deps: Needs, id: IncidentId, marker: string, jobs: readonly NewJob[]): Promise<void> {
  return transact(deps.db, async (trx) => {
    const intent: Intent = { identity: `effects:${marker}`, by: SITREP };
    const fresh = await acceptIntent(trx, intent, { incidentId: id, answer: null }, deps.now());
    if (fresh) await enqueue(trx, jobs);
  });
}

interface MoveAsked {
  readonly to: Status;
  readonly by: UserId;
  readonly why: string | null;
  /** `already-open` refuses a move that is only for ended incidents, and the other way round. */
  readonly only?: 'open' | 'ended';
  readonly resolution?: string;
  /** A correction of it, unless it is left alone. */
  readonly impact?: string | null;
  /** For customers; the template's words where none are given. */
  readonly audience?: string | null;
  /** How it stood when the form was opened that asks for this. */
  readonly seen?: Seen | null;
}

export function moveIncident(
  deps: Needs,
  id: IncidentId,
  intent: Intent,
  asked: MoveAsked,
): Promise<Result<Changed, Refusal>> {
  return changeIncident(deps, id, intent, async (incident, trx, now) => {
    const last = (await store.lastEntryOf(trx, id, 'status_changed')) ?? null;
    const refused = refusedMove(incident, asked, last);
    if (refused) return no(refused);
    const moved = move(incident, { to: asked.to, by: asked.by, why: asked.why, now, last });
    if (!moved.ok) return moved;
    const change = {
      ...moved.value.change,
      ...(asked.to === 'resolved' && { resolution: asked.resolution ?? asked.why ?? incident.resolution }),
    };
    const said = asked.audience ?? null;
    const whole = followMove(
      { ...moved.value, change },
      incident,
      deps.policy,
      await store.lastUpdateAt(trx, id),
      now,
      said,
    );
    if (asked.impact === undefined) return ok(whole);
    return ok(together(correct(incident, { impact: asked.impact }, asked.by, deps.policy, now), whole));
  });
}

/** Two decisions as one, with the answer of the second. */
const together = (one: Decision, other: Decision): Decision => ({
  ...other,
  change: { ...one.change, ...other.change },
  entries: [...(one.entries ?? []), ...(other.entries ?? [])],
  jobs: [...(one.jobs ?? []), ...(other.jobs ?? [])],
});

function refusedMove(
  incident: Incident,
  asked: MoveAsked,
  last: { by: UserId | null; at: Date } | null,
): Refusal | null {
  const facts = { incident, by: last?.by ?? null, at: last?.at ?? null };
  if (asked.only === 'ended' && isOpen(incident)) return { why: 'still-open', ...facts };
  if (asked.only === 'open' && !isOpen(incident) && incident.status !== asked.to) return { why: 'has-ended', ...facts };
  return endedSince(incident, asked.seen ?? null, last);
}

export function changeSeverityOf(
  deps: Needs,
  id: IncidentId,
  intent: Intent,
  asked: { to: Severity; by: UserId; why: string | null; seen?: Seen | null },
): Promise<Result<Changed, Refusal>> {
  return changeIncident(deps, id, intent, async (incident, trx, now) => {
    const last = (await store.lastEntryOf(trx, id, 'severity_changed')) ?? null;
    const seen = asked.seen ?? null;
    const ended = (await store.lastEntryOf(trx, id, 'status_changed')) ?? null;
    const late = endedSince(incident, seen, ended) ?? regradedSince(incident, seen, last);
    if (late) return no(late);
    const changed = changeSeverity(incident, asked.to, asked.by, asked.why, now, last);
    if (!changed.ok) return changed;
    return ok(followSeverity(changed.value, incident, deps.policy, await store.lastUpdateAt(trx, id), now));
  });
}

export const correctIncident = (deps: Needs, id: IncidentId, intent: Intent, by: UserId, correction: Correction) =>
  changeIncident<Refusal>(deps, id, intent, (incident, _, now) =>
    ok(correct(incident, correction, by, deps.policy, now)),
  );

export const linkIncident = (
  deps: Needs,
  id: IncidentId,
  intent: Intent,
  by: UserId,
  url: string,
  name: string | null,
) => changeIncident<Refusal>(deps, id, intent, (incident, _, now) => addLink(incident, url, name, by, now));

export const escalateIncident = (
  deps: Needs,
  id: IncidentId,
  intent: Intent,
  asked: Pick<Escalation, 'to' | 'why' | 'by'>,
) =>
  changeIncident<Refusal>(deps, id, intent, async (incident, trx, now) => {
    if (!isOpen(incident)) {
      const last = await store.lastEntryOf(trx, id, 'status_changed');
      return no({ why: 'has-ended', incident, by: last?.by ?? null, at: last?.at ?? null });
    }
    const around = {
      policy: deps.policy,
      holders: await store.holdersOf(trx, id),
      contacts: [],
      members: await membersOf(trx, id),
    };
    const decided = escalate(incident, around, { ...asked, now, before: await store.escalationsOf(trx, id) });
    if (decided.ok) await insertRaised(trx, raisedBy(incident, decided.value, now));
    return decided;
  });

/** A while after it was resolved, when no postmortem is owed and nobody reopened it. */
export async function closeWhenDue(deps: Needs, id: IncidentId): Promise<void> {
  const by = 'timer';
  await changeIncident<'not due'>(
    deps,
    id,
    { identity: `close:${id}:${deps.now().getTime()}`, by: null },
    (incident, _, now) => {
      const dueAt = closesAt(incident, deps.policy);
      if (dueAt === null) return no('not due');
      if (dueAt > now) return ok({ jobs: closing(incident, deps.policy) });
      const decision: Decision = {
        change: { status: 'closed', closedAt: now },
        entries: [
          {
            kind: 'status_changed',
            actor: null,
            text: 'resolved → closed: no postmortem is owed',
            payload: { from: 'resolved', to: 'closed', by },
          },
        ],
        jobs: redraw(id, now),
      };
      return ok(decision);
    },
  );
}

/** The incident a command is about: the one it names, else the one whose channel it was typed in. */
export async function locate(
  deps: Pick<Deps, 'db'>,
  call: Pick<Call, 'channel' | 'user' | 'rest' | 'words' | 'intent' | 'meant'>,
  verb: Verb,
): Promise<Result<{ incident: Incident; rest: string }, Refusal>> {
  const here = await store.findIncidentByChannel(deps.db, call.channel);
  const named = call.meant === 'here' ? null : trailingRef(call.rest);
  if (here && (!named || named.ref === here.id)) return ok({ incident: here, rest: named?.rest ?? call.rest });
  if (!named) return no({ why: 'not-an-incident-channel', verb, open: await openTo(deps, call.user) });
  const there = await findVisible(deps, named.ref, call.user);
  // Inside another incident's channel it may be ordinary text: only who typed it knows. A look does no harm.
  const isClear = !here || call.meant === 'there' || cardOf(verb).reads;
  if (here && !isClear) return no({ why: 'which-incident', call, here, named: refOf(named.ref), there });
  return there ? ok({ incident: there, rest: named.rest }) : no(await cannotSee(deps, refOf(named.ref), call.user));
}

/** The incident of a button, whose value starts with its number; the button may be as old as the incident. */
export async function clickedOn(
  deps: Pick<Deps, 'db'>,
  click: { readonly value: string; readonly user: UserId },
): Promise<Result<Incident, Refusal>> {
  const number = Number.parseInt(click.value, 10) || 0;
  const incident = await findVisible(deps, incidentId(number), click.user);
  return incident ? ok(incident) : no(await cannotSee(deps, `INC-${number}`, click.user));
}

/** The refusal of what does not exist, or is private to others. */
export const cannotSee = async (deps: Pick<Deps, 'db'>, ref: string, reader: UserId): Promise<Refusal> => ({
  why: 'no-such-incident',
  ref,
  open: await openTo(deps, reader),
});

/** Null for whom Slack has not named yet: a command of theirs is let through, but nothing is shown. */
export const openTo = async ({ db }: Pick<Deps, 'db'>, reader: UserId): Promise<Incident[] | null> =>
  (await findPerson(db, reader))?.standing === 'member' ? store.listOpenIncidents(db, reader) : null;

/** Null both for what does not exist and for what is private to others: the difference would tell. */
export async function findVisible(deps: Pick<Deps, 'db'>, id: IncidentId, reader: UserId): Promise<Incident | null> {
  // Buttons and forms carry numbers that anything may have written.
  if (!Number.isInteger(id) || id < 1 || id > MOST_INCIDENTS) return null;
  const incident = await store.findIncident(deps.db, id);
  if (!incident) return null;
  if (!isPrivate(incident) || incident.declaredBy === reader) return incident;
  if ((await findPerson(deps.db, reader))?.seesPrivate) return incident;
  const holders: readonly Holder[] = await store.holdersOf(deps.db, id);
  const inside = holders.some((holder) => holder.userId === reader) || (await store.isMember(deps.db, id, reader));
  return inside ? incident : null;
}

/** What an integer of the database holds. */
const MOST_INCIDENTS = 2 ** 31 - 1;

/** What is drawn beside the incident's own row. */
type Drawn = { readonly holders: readonly Holder[] } & Omit<Beside, 'workspaceUrl'>;

/** Everything a drawing needs, as of one moment. */
export function readForDrawing(
  deps: Pick<Deps, 'db'>,
  id: IncidentId,
): Promise<({ incident: Incident } & Drawn) | null> {
  return transact(deps.db, async (trx) => {
    const incident = await store.findIncident(trx, id);
    return incident ? { incident, ...(await beside(trx, incident)) } : null;
  });
}

/** The same of an incident that was read just now. */
export const readBeside = (deps: Pick<Deps, 'db'>, incident: Incident): Promise<Drawn> =>
  transact(deps.db, (trx) => beside(trx, incident));

async function beside(trx: Trx, incident: Incident): Promise<Drawn> {
  const { id } = incident;
  return {
    holders: await store.holdersOf(trx, id),
    tasks: await openTasks(trx, id),
    raised: (await findLastRaised(trx, id)) ?? null,
    ending: isOpen(incident) ? stillOpen : await endingOf(trx, incident),
  };
}

async function endingOf(trx: Trx, { id, status }: Incident): Promise<Ending> {
  if (status === 'canceled') return { ...stillOpen, whyCanceled: await store.whyCanceled(trx, id) };
  const found = await store.findPostmortem(trx, id);
  if (!found) return stillOpen;
  const { channelId, ts, ...postmortem } = found;
  return { ...stillOpen, postmortem: { ...postmortem, post: channelId && ts ? { channelId, ts } : null } };
}

async function lock(trx: Trx, id: IncidentId): Promise<Incident> {
  const incident = await store.lockIncident(trx, id);
  if (!incident) throw new Error(`incident ${id} does not exist`);
  return incident;
}

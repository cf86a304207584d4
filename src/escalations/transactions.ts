import type { Trx } from '../db/tables.ts';
import type { Deps } from '../deps.ts';
import { type Changed, changeIncident } from '../incidents/change.ts';
import type { Around, Contact } from '../incidents/contact.ts';
import type { Decision } from '../incidents/decision.ts';
import { type Incident, isOpen } from '../incidents/incident.ts';
import { escalationsOf, holdersOf } from '../incidents/store.ts';
import type { Intent } from '../intents/store.ts';
import type { IncidentId, UserId } from '../lib/ids.ts';
import { no, ok, type Result } from '../lib/result.ts';
import { membersOf } from '../updates/store.ts';
import { type Posted, takeUp } from './answer.ts';
import { escalateByPolicy } from './escalation.ts';
import { raisedBy } from './raised.ts';
import type { EscalationRefusal } from './refusals.ts';
import { findRaised, insertRaised, listChain, listPostsOf, listUntaken, updateRaised } from './store.ts';
import { callAgain, endCalls, type Untaken } from './unanswered.ts';

type Needs = Pick<Deps, 'db' | 'now' | 'policy'>;

/** The timer of an incident that lasts, or has just ended; `run` names this run of it. */
export async function escalateWhenDue(
  deps: Needs,
  id: IncidentId,
  since: Date,
  run: string,
  contacts: readonly Contact[],
): Promise<void> {
  const intent = { identity: `escalation:${run}`, by: null };
  await changeIncident<'nothing to say'>(deps, id, intent, async (incident, trx, now) => {
    if (!isOpen(incident)) return ok(await endedCalls(trx, incident, now));
    const around = await surroundings(deps, trx, id, contacts);
    const decision = escalateByPolicy(incident, since, await escalationsOf(trx, id), around, now);
    if (!decision) return no('nothing to say');
    await insertRaised(trx, raisedBy(incident, decision, now));
    return ok(decision);
  });
}

async function endedCalls(trx: Trx, incident: Incident, now: Date): Promise<Decision> {
  const untaken = await listUntaken(trx, incident.id);
  const waiting = untaken.filter(({ endedAt }) => endedAt === null).map(({ key }) => key);
  await updateRaised(trx, incident.id, waiting, { outcome: 'ended', endedAt: now });
  const calls: Untaken[] = [];
  for (const raised of untaken) calls.push({ raised, posts: await listPostsOf(trx, incident.id, raised.key) });
  return endCalls(incident, calls, now);
}

/** The timer of an escalation that nobody answered; `run` names this run of it. */
export async function callAgainWhenDue(
  deps: Needs,
  id: IncidentId,
  key: string,
  run: string,
  contacts: readonly Contact[],
): Promise<void> {
  const intent = { identity: `unanswered:${run}`, by: null };
  await changeIncident<'nothing to say'>(deps, id, intent, async (incident, trx, now) => {
    const raised = await findRaised(trx, id, key);
    const told = new Set((await escalationsOf(trx, id)).flatMap(({ to }) => to));
    const posts = await listPostsOf(trx, id, key);
    const around = await surroundings(deps, trx, id, contacts);
    const step = raised && callAgain(incident, raised, { told, posts }, around, now);
    if (!step) return no('nothing to say');
    await updateRaised(trx, id, [key], step.change);
    await insertRaised(trx, raisedBy(incident, step.decision, now));
    return ok(step.decision);
  });
}

/** Somebody pressed the button of an escalation: whatever followed from the same call is answered with it. */
export const beOnIt = (
  deps: Needs,
  id: IncidentId,
  intent: Intent,
  key: string | null,
  by: UserId,
): Promise<Result<Changed, EscalationRefusal>> =>
  changeIncident<EscalationRefusal>(deps, id, intent, async (incident, trx, now) => {
    const pressed = key === null ? undefined : await findRaised(trx, id, key);
    const chain = pressed ? await listChain(trx, id, pressed.chain) : [];
    const posts = new Map<string, readonly Posted[]>();
    for (const one of chain) posts.set(one.key, await listPostsOf(trx, id, one.key));
    const taken = takeUp(incident, chain, posts, by, now);
    if (!taken.ok) return taken;
    await updateRaised(
      trx,
      id,
      chain.map((one) => one.key),
      taken.value.change,
    );
    return ok(taken.value.decision);
  });

async function surroundings(
  { policy }: Needs,
  trx: Trx,
  id: IncidentId,
  contacts: readonly Contact[],
): Promise<Around> {
  return { policy, holders: await holdersOf(trx, id), contacts, members: await membersOf(trx, id) };
}

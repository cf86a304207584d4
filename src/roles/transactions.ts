import type { Deps } from '../deps.ts';
import { raisedBy } from '../escalations/raised.ts';
import { insertRaised } from '../escalations/store.ts';
import { type Changed, changeIncident } from '../incidents/change.ts';
import type { Contact } from '../incidents/contact.ts';
import { findIncidentByChannel, findPost, holdersOf, isMember } from '../incidents/store.ts';
import type { Intent } from '../intents/store.ts';
import type { ChannelId, IncidentId, UserId } from '../lib/ids.ts';
import { no, ok, type Result } from '../lib/result.ts';
import { findPeople } from '../people/store.ts';
import { membersOf } from '../updates/store.ts';
import { absentPost, commanderBack, commanderGone, type Gone } from './absent.ts';
import { askForCommand } from './acknowledge.ts';
import type { RoleRefusal } from './refusals.ts';
import { type Asked, assign, mayNotHold } from './role.ts';
import { endAssignment, findUnaskedAbsence, startAssignment } from './store.ts';

type Needs = Pick<Deps, 'db' | 'now' | 'policy'>;

export function assignRoles(
  deps: Needs,
  id: IncidentId,
  intent: Intent,
  asked: Omit<Asked, 'now'>,
  /** Of those who are named, those of whom Slack says that there is none. */
  unknown: ReadonlySet<UserId> = new Set(),
): Promise<Result<Changed, RoleRefusal>> {
  return changeIncident(deps, id, intent, async (incident, trx, now) => {
    const holders = await holdersOf(trx, id);
    const wished = new Set(asked.wishes.flatMap(({ user }) => user ?? []));
    const known = await findPeople(trx, [...wished, ...holders.map(({ userId }) => userId)]);
    const unreachable = new Set(known.filter((one) => one.standing === 'deactivated').map((one) => one.userId));
    const back = asked.gone && !unreachable.has(asked.gone) && (await isMember(trx, id, asked.gone));
    const gone = back ? null : (asked.gone ?? null);
    const assigned = assign(incident, holders, deps.policy, { ...asked, now, gone, unreachable });
    if (!assigned.ok) return assigned;
    const outsider = mayNotHold(assigned.value.changes, known, unknown);
    if (outsider) return no(outsider);
    for (const { role, user } of assigned.value.changes) {
      await endAssignment(trx, id, role, now);
      if (user) await startAssignment(trx, { incidentId: id, role, userId: user, assignedBy: asked.by, fromAt: now });
    }
    return ok(assigned.value.decision);
  });
}

/** The timer of an incident without an IC. */
export async function acknowledgeWhenDue(deps: Needs, id: IncidentId, contacts: readonly Contact[]): Promise<void> {
  const intent = { identity: `acknowledge:${id}:${deps.now().getTime()}`, by: null };
  await changeIncident<'nothing to say'>(deps, id, intent, async (incident, trx, now) => {
    const around = {
      policy: deps.policy,
      holders: await holdersOf(trx, id),
      contacts,
      members: await membersOf(trx, id),
    };
    const decision = askForCommand(incident, around, now);
    if (!decision) return no('nothing to say');
    await insertRaised(trx, raisedBy(incident, decision, now));
    return ok(decision);
  });
}

/** Somebody left the channel of an incident: if they have command, others are asked to take it. Once for each leaving. */
export async function commanderLeft(deps: Needs, channel: ChannelId, user: UserId, at: string): Promise<void> {
  const found = await findIncidentByChannel(deps.db, channel);
  if (found) await gone(deps, found.id, user, 'left', `left:${channel}:${user}:${at}`);
}

/** The account of somebody who has command was closed. Once for each incident and account. */
export const commanderDeactivated = (deps: Needs, id: IncidentId, user: UserId): Promise<void> =>
  gone(deps, id, user, 'deactivated', `deactivated:${id}:${user}`);

async function gone(deps: Needs, id: IncidentId, user: UserId, why: Gone, identity: string): Promise<void> {
  await changeIncident<'nothing to say'>(deps, id, { identity, by: user }, async (incident, trx, now) => {
    const decision = commanderGone(incident, await holdersOf(trx, id), user, why, now);
    return decision ? ok(decision) : no('nothing to say');
  });
}

/** The same for a leaving that was read from history; `run` names this run of the timer. */
export async function commanderLeftUnheard(deps: Needs, id: IncidentId, run: string): Promise<void> {
  await changeIncident<'nothing to say'>(
    deps,
    id,
    { identity: `absent:${run}`, by: null },
    async (incident, trx, now) => {
      const user = await findUnaskedAbsence(trx, id);
      const decision = user && commanderGone(incident, await holdersOf(trx, id), user, 'left', now);
      return decision ? ok(decision) : no('nothing to say');
    },
  );
}

/** They are in the channel again: nobody needs to take over. */
export async function commanderReturned(deps: Needs, channel: ChannelId, user: UserId, at: string): Promise<void> {
  const found = await findIncidentByChannel(deps.db, channel);
  const ic = found && (await holdersOf(deps.db, found.id)).find(({ role }) => role === 'ic');
  if (!found || ic?.userId !== user || !(await findPost(deps.db, found.id, absentPost(ic)))) return;
  const intent = { identity: `returned:${channel}:${user}:${at}`, by: user };
  await changeIncident<never>(deps, found.id, intent, (incident, _, now) => ok(commanderBack(incident, ic, now)));
}

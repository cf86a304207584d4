import type { Deps } from '../deps.ts';
import { type Changed, changeIncident } from '../incidents/change.ts';
import type { Contact } from '../incidents/contact.ts';
import { holdersOf } from '../incidents/store.ts';
import type { Intent } from '../intents/store.ts';
import type { IncidentId } from '../lib/ids.ts';
import { no, ok, type Result } from '../lib/result.ts';
import { findPeople } from '../people/store.ts';
import { membersOf } from '../updates/store.ts';
import { askForCommand } from './acknowledge.ts';
import type { RoleRefusal } from './refusals.ts';
import { type Asked, assign } from './role.ts';
import { endAssignment, startAssignment } from './store.ts';

type Needs = Pick<Deps, 'db' | 'now' | 'policy'>;

export function assignRoles(
  deps: Needs,
  id: IncidentId,
  intent: Intent,
  asked: Omit<Asked, 'now'>,
): Promise<Result<Changed, RoleRefusal>> {
  return changeIncident(deps, id, intent, async (incident, trx, now) => {
    const named = await findPeople(
      trx,
      asked.wishes.flatMap(({ user }) => user ?? []),
    );
    const outsider = named.find(({ standing }) => standing !== 'member');
    if (outsider) return no({ why: 'may-not-command', user: outsider.userId });
    const assigned = assign(incident, await holdersOf(trx, id), deps.policy, { ...asked, now });
    if (!assigned.ok) return assigned;
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
    return decision ? ok(decision) : no('nothing to say');
  });
}

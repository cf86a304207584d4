import type { Deps } from '../deps.ts';
import { changeIncident } from '../incidents/change.ts';
import type { Contact } from '../incidents/contact.ts';
import { escalationsOf, holdersOf } from '../incidents/store.ts';
import type { IncidentId } from '../lib/ids.ts';
import { no, ok } from '../lib/result.ts';
import { membersOf } from '../updates/store.ts';
import { escalateByPolicy } from './escalation.ts';

/** The timer of an incident that lasts; `run` names this run of it. */
export async function escalateWhenDue(
  deps: Pick<Deps, 'db' | 'now' | 'policy'>,
  id: IncidentId,
  since: Date,
  run: string,
  contacts: readonly Contact[],
): Promise<void> {
  const intent = { identity: `escalation:${run}`, by: null };
  await changeIncident<'nothing to say'>(deps, id, intent, async (incident, trx, now) => {
    const around = {
      policy: deps.policy,
      holders: await holdersOf(trx, id),
      contacts,
      members: await membersOf(trx, id),
    };
    const decision = escalateByPolicy(incident, since, await escalationsOf(trx, id), around, now);
    return decision ? ok(decision) : no('nothing to say');
  });
}

import { isPerson } from '../incidents/contact.ts';
import { type Holder, holderOf, type Incident, isPrivate } from '../incidents/incident.ts';
import type { UserId } from '../lib/ids.ts';
import type { Standing } from '../people/person.ts';
import { type Policy, severityOf } from '../policy.ts';

/** What choosing an owner needs to know beside the incident. */
export interface Owners {
  readonly policy: Policy;
  readonly holders: readonly Holder[];
  /** Who is in the incident's channel. */
  readonly members: ReadonlySet<UserId>;
  /** As far as Slack told. */
  readonly standings: ReadonlyMap<UserId, Standing>;
}

/** Null: nothing stands against their being the owner. */
export function mayNotOwn(
  incident: Incident,
  user: UserId,
  { members, standings }: Pick<Owners, 'members' | 'standings'>,
): 'not-inside' | Exclude<Standing, 'member'> | null {
  const standing = standings.get(user) ?? 'member';
  if (standing !== 'member') return standing;
  return isPrivate(incident) && !members.has(user) && user !== incident.declaredBy ? 'not-inside' : null;
}

/** Who is asked first: whoever had command, whoever declared it, the people among the severity's contacts. Null: nobody can be. */
export function chooseOwner(incident: Incident, owners: Owners): UserId | null {
  return candidates(incident, owners).find((user) => mayNotOwn(incident, user, owners) === null) ?? null;
}

/** Whose standing has to be known for it. */
export function candidates(incident: Incident, { policy, holders }: Pick<Owners, 'policy' | 'holders'>): UserId[] {
  const ic = holderOf(holders, 'ic');
  const contacts = severityOf(policy, incident.severity).escalate.flatMap(({ to }) => to.filter(isPerson));
  return [...new Set([...(ic ? [ic] : []), incident.declaredBy, ...(contacts as UserId[])])];
}

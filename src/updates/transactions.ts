import { transact } from '../db/connect.ts';
import type { Trx } from '../db/tables.ts';
import type { Deps } from '../deps.ts';
import { raisedBy } from '../escalations/raised.ts';
import { insertRaised } from '../escalations/store.ts';
import { type Changed, changeIncident, changeIncidents } from '../incidents/change.ts';
import type { Contact } from '../incidents/contact.ts';
import { type Incident, isPrivate } from '../incidents/incident.ts';
import { holdersOfAll, lastEntryOf, lastUpdateAt } from '../incidents/store.ts';
import type { Intent } from '../intents/store.ts';
import type { IncidentId, UserId } from '../lib/ids.ts';
import { ok, type Result } from '../lib/result.ts';
import { type CadenceAsked, changeCadence, type SnoozeAsked, snooze } from './cadence-change.ts';
import { ended, type Last, type UpdateRefusal } from './refusals.ts';
import { remind } from './reminder.ts';
import { insertUpdate, membersOfAll } from './store.ts';
import { postUpdate, type Said } from './update.ts';

type Needs = Pick<Deps, 'db' | 'now' | 'policy'>;
type Done = Promise<Result<Changed, UpdateRefusal>>;

/** The update with its verdict, the state it changes, the next promise and its posts. */
export function sayUpdate(deps: Needs, id: IncidentId, intent: Intent, said: Said, by: UserId): Done {
  return changeIncident(deps, id, intent, async (incident, trx, now) => {
    const posted = postUpdate(incident, deps.policy, said, by, await lastMove(trx, id), now);
    if (!posted.ok) return posted;
    await insertUpdate(trx, posted.value.row);
    return ok(posted.value.decision);
  });
}

export function setCadence(deps: Needs, id: IncidentId, intent: Intent, asked: CadenceAsked, by: UserId): Done {
  return changeIncident(deps, id, intent, async (incident, trx, now) => {
    const said = await lastUpdateAt(trx, id);
    return changeCadence(incident, deps.policy, asked, by, said, await lastMove(trx, id), now);
  });
}

export function snoozeReminder(deps: Needs, id: IncidentId, intent: Intent, asked: SnoozeAsked): Done {
  return changeIncident(deps, id, intent, async (incident, trx, now) => {
    const said = await lastUpdateAt(trx, id);
    return snooze(incident, deps.policy, asked, await lastMove(trx, id), said, now);
  });
}

/** A timer that rang; the people behind contacts, where Slack had to be asked. */
export interface Rang {
  readonly id: IncidentId;
  readonly identity: string;
  readonly at: Date;
  readonly contacts: readonly Contact[];
}

/**
 * Timers woke, perhaps late, twice or in vain: whoever holds an incident's lock decides, and what was fired is seen by
 * the next. `identity` names the run of a timer; two runs may both have something to record.
 */
export function remindWhenDue(deps: Pick<Deps, 'db' | 'policy'>, rang: readonly Rang[]): Promise<void> {
  return changeIncidents(deps, rang, async (incidents, trx) => {
    const holders = await holdersOfAll(
      trx,
      incidents.map(({ id }) => id),
    );
    const inside = await membersOfAll(
      trx,
      incidents.filter(isPrivate).map(({ id }) => id),
    );
    const timers = new Map(rang.map((one) => [one.id, one]));
    const decided = new Map(
      incidents.map((incident) => {
        const { contacts = [], at = incident.declaredAt } = timers.get(incident.id) ?? {};
        const around = {
          policy: deps.policy,
          holders: holders.get(incident.id) ?? [],
          contacts,
          members: inside.get(incident.id) ?? new Set<UserId>(),
        };
        const decision = remind(incident, around, at);
        return [incident.id, { decision, raised: raisedBy(incident, decision, at) }];
      }),
    );
    await insertRaised(
      trx,
      [...decided.values()].flatMap(({ raised }) => raised),
    );
    return ({ id }) => decided.get(id)?.decision ?? {};
  });
}

/** Who ended it and when, for the one who comes too late. */
export const whyEnded = (deps: Pick<Deps, 'db'>, incident: Incident): Promise<UpdateRefusal> =>
  transact(deps.db, async (trx) => ended(incident, await lastMove(trx, incident.id)).no);

const lastMove = async (trx: Trx, id: IncidentId): Promise<Last> =>
  (await lastEntryOf(trx, id, 'status_changed')) ?? null;

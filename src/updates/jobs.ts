import { isDatabaseAway } from '../db/faults.ts';
import type { Deps } from '../deps.ts';
import { type Contact, contactOf, contactsOf, isPerson } from '../incidents/contact.ts';
import { type Incident, isDrill, isPrivate } from '../incidents/incident.ts';
import { findIncidents } from '../incidents/store.ts';
import type { Handlers } from '../jobs/job.ts';
import { batched, type Settled } from '../lib/batch.ts';
import type { IncidentId } from '../lib/ids.ts';
import { severityOf } from '../policy.ts';
import { decideReminder } from './cadence.ts';
import { type Rang, remindWhenDue } from './transactions.ts';

/** The timer of the promise. Many promises fall due at the same moment, the full hour say, and are decided together. */
export function updateJobs(deps: Deps): Handlers<'cadence'> {
  const find = batched({ flush: (ids: readonly IncidentId[]) => findAll(deps, ids), ...TOGETHER });
  const remind = batched({ flush: (rang: readonly Rang[]) => remindAll(deps, rang), ...TOGETHER });
  return {
    cadence: async ({ incident: id }, attempt) => {
      const incident = await find(id);
      if (!incident) return;
      // The people who are asked for are those of the rung that is fired.
      const at = deps.now();
      const contacts = await peopleBehind(deps, incident, at);
      await remind({ id, identity: `cadence:${attempt.marker}:${attempt.number}`, at, contacts });
    },
  };
}

/** Enough for a full hour, and few enough that those who wait for one of these locks do not notice. */
const TOGETHER = { max: 100, atOnce: 2 };

async function findAll({ db }: Deps, ids: readonly IncidentId[]): Promise<Settled<Incident | undefined>[]> {
  const found = new Map((await findIncidents(db, ids)).map((incident) => [incident.id, incident]));
  return ids.map((id) => ({ ok: true, value: found.get(id) }));
}

/** One of each incident together; one that cannot be recorded costs nobody else theirs, and the second of an incident sees the first. */
async function remindAll(deps: Deps, rang: readonly Rang[]): Promise<Settled<void>[]> {
  const first = new Map(rang.map((one) => [one.id, one]));
  const together = await settled(remindWhenDue(deps, [...first.values()]));
  if (!together.ok && isDatabaseAway(together.fault)) return rang.map(() => together);
  const each: Settled<void>[] = [];
  for (const one of rang)
    each.push(together.ok && first.get(one.id) === one ? together : await settled(remindWhenDue(deps, [one])));
  return each;
}

const settled = (work: Promise<void>): Promise<Settled<void>> =>
  work.then(
    (value) => ({ ok: true, value }),
    (fault: unknown) => ({ ok: false, fault }),
  );

/**
 * Only a private incident must know the people behind a group: those outside are told another thing than those inside.
 * Slack is asked before the transaction; while it does not answer the timer comes back, or the rung would be spent on nobody.
 */
async function peopleBehind(deps: Deps, incident: Incident, now: Date): Promise<Contact[]> {
  const severity = severityOf(deps.policy, incident.severity);
  if (!isPrivate(incident) || isDrill(incident)) return [];
  if (decideReminder(incident, severity, now).fire !== 'full') return [];
  const written = contactsOf(severity, incident.mitigatedAt !== null);
  return Promise.all(
    written.map(async (one) => contactOf(one, isPerson(one) ? null : await deps.slack.userGroup(one))),
  );
}

import type { Deps } from '../deps.ts';
import { type Contact, contactOf, contactsOf, isPerson } from '../incidents/contact.ts';
import { type Incident, isDrill, isOpen, isPrivate } from '../incidents/incident.ts';
import { NOTICE } from '../incidents/parked.ts';
import { post } from '../incidents/redraw.ts';
import { findIncident, holdersOf, isMember } from '../incidents/store.ts';
import { promiseEffects } from '../incidents/transactions.ts';
import type { Attempt, Handlers, JobOf, NewJob } from '../jobs/job.ts';
import { severityOf } from '../policy.ts';
import { message } from '../slack/blocks.ts';
import { md } from '../slack/mrkdwn.ts';
import { called, needed } from './sinks.ts';
import { findRaised } from './store.ts';
import { callAgainWhenDue, escalateWhenDue } from './transactions.ts';

/** The timers of an incident that lasts and of escalations nobody answers, and the calling of a group's people. */
export const escalationJobs = (deps: Deps): Handlers<'escalation' | 'unanswered' | 'page'> => ({
  escalation: async ({ incident: id, since }, attempt) => {
    const incident = await findIncident(deps.db, id);
    if (!incident) return;
    const contacts = await peopleBehind(deps, incident, []);
    await escalateWhenDue(deps, id, new Date(since), runOf(attempt), contacts);
  },
  unanswered: async ({ incident: id, escalation }, attempt) => {
    const incident = await findIncident(deps.db, id);
    const raised = incident && (await findRaised(deps.db, id, escalation));
    if (!raised) return;
    const contacts = await peopleBehind(deps, incident, raised.contacts);
    await callAgainWhenDue(deps, id, escalation, runOf(attempt), contacts);
  },
  page: (job, attempt) => callGroup(deps, job, attempt),
});

const runOf = ({ marker, number }: Attempt): string => `${marker}:${number}`;

/** Only of a private incident: those outside are told another thing than those inside. While Slack is silent the timer comes back. */
async function peopleBehind(deps: Deps, incident: Incident, also: readonly string[]): Promise<Contact[]> {
  if (!isPrivate(incident) || isDrill(incident) || !isOpen(incident)) return [];
  const written = contactsOf(severityOf(deps.policy, incident.severity), incident.mitigatedAt !== null);
  return Promise.all(
    [...new Set([...also, ...written])].map(async (one) =>
      contactOf(one, isPerson(one) ? null : await deps.slack.userGroup(one)),
    ),
  );
}

/** A group larger than this is mentioned and invited, which Slack tells its people by itself. */
const MOST_CALLED = 30;

/** The people of a group, each by direct message; who came too late for that is not called any more. */
async function callGroup(deps: Deps, job: JobOf<'page'>, attempt: Attempt): Promise<void> {
  const incident = await findIncident(deps.db, job.incident);
  const raised = incident && (await findRaised(deps.db, job.incident, job.escalation));
  if (!raised || raised.acknowledgedAt !== null || !isOpen(incident)) return;
  const now = deps.now();
  const group = await deps.slack.userGroup(job.group);
  if (group === null) {
    if (isPrivate(incident))
      await promiseEffects(deps, incident.id, attempt.marker, [unknown(incident, job.group, now)]);
    return;
  }
  const call = { incident, escalation: job.escalation, again: job.again ?? false, now };
  const around = { holders: await holdersOf(deps.db, incident.id) };
  const effects: NewJob[] = [];
  const { users: people } = group;
  for (const user of people.slice(0, MOST_CALLED)) {
    const mayKnow = !isPrivate(incident) || (await isMember(deps.db, incident.id, user));
    effects.push(mayKnow ? called(call, user) : needed(incident, around, user, now));
  }
  await promiseEffects(deps, incident.id, attempt.marker, effects);
}

/** Where people are invited, the invitation says it. */
const unknown = (incident: Incident, group: string, now: Date): NewJob =>
  post(incident.id, 'channel', message(md`Slack knows no user group ${group}: nobody of it was told.`), now, NOTICE);

import type { Deps } from '../deps.ts';
import { notYet } from '../jobs/fault.ts';
import type { Attempt, Handlers, JobOf } from '../jobs/job.ts';
import { refusalFor } from '../people/person.ts';
import { findPerson } from '../people/store.ts';
import { mentionsIn } from '../slack/mrkdwn.ts';
import { saidIn } from './from-message.ts';
import { wordedAction } from './refusals.ts';
import { wordingsOf } from './store.ts';
import { addFromMessage, remindWhenDue } from './transactions.ts';

export const actionJobs = (deps: Deps): Handlers<'actions' | 'action-from'> => ({
  actions: ({ incident }, attempt) => remindWhenDue(deps, incident, `${attempt.marker}:${attempt.number}`),
  'action-from': (job, attempt) => fromMessage(deps, job, attempt),
});

/** How often the record is looked into for a message that Slack told us a reaction of, but not yet the message. */
const LOOKS = 6;

async function fromMessage(deps: Deps, job: JobOf<'action-from'>, attempt: Attempt): Promise<void> {
  const wordings = await wordingsOf(deps.db, job.incident, job.message);
  if (wordings.length === 0 && attempt.number < LOOKS) throw notYet('the message is not recorded yet');
  const mentioned = mentionsIn(saidIn(wordings) ?? '');
  const names = await deps.names([job.by, ...mentioned]);
  // Whoever may not command may not add to what others have to do.
  const person = await findPerson(deps.db, job.by);
  if (person && refusalFor(person.standing)) {
    deps.log.info({ incident: job.incident, standing: person.standing }, 'a mark of somebody who may not command');
    return;
  }
  const intent = { identity: `action-from:${job.incident}:${job.message}`, by: job.by };
  const done = await addFromMessage(deps, job.incident, intent, {
    message: job.message,
    by: job.by,
    nameOf: (user) => names.get(user as typeof job.by),
  });
  if (!done.ok && done.no.why !== 'noted-before')
    await deps.slack.directMessage(job.by, wordedAction(done.no), attempt);
}

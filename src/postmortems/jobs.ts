import type { Deps } from '../deps.ts';
import { findIncident } from '../incidents/store.ts';
import { notYet } from '../jobs/fault.ts';
import type { Attempt, Handlers, JobOf } from '../jobs/job.ts';
import { type ChannelId, refOf, type UserId } from '../lib/ids.ts';
import { findPeople } from '../people/store.ts';
import { saidSlack } from '../slack/errors.ts';
import { readRecord } from '../timeline/transactions.ts';
import { fileText } from './file-text.ts';
import { markdown } from './markdown.ts';
import { draftMessages } from './message.ts';
import { peopleOf } from './people.ts';
import { policyFacts } from './policy-facts.ts';
import { draftPostmortem } from './postmortem.ts';
import { type Draft, findDraft, setFile } from './store.ts';
import { recordDraft } from './transactions.ts';

type Needs = Pick<Deps, 'db' | 'slack' | 'policy' | 'names' | 'now' | 'log'>;

/** Drafts and their files. They go to the incident's own channel and nowhere else, private or not. */
export function postmortemJobs(deps: Needs): Handlers<'draft' | 'upload-draft'> {
  return {
    draft: (job, attempt) => draft(deps, job, attempt),
    'upload-draft': (job, attempt) => uploadDraft(deps, job, attempt),
  };
}

async function draft(deps: Needs, job: JobOf<'draft'>, attempt: Attempt): Promise<void> {
  const record = await readRecord(deps, job.incident, (await deps.slack.me()).url);
  if (!record || (!job.askedBy && !isOver(record.incident.status))) return;
  const draftedAt = deps.now();
  const known = await findDraft(deps.db, job.incident);
  const facts = policyFacts(record, deps.policy);
  const people = peopleOf(record);
  const document = draftPostmortem(record, {
    ...facts,
    dueAt: known?.dueAt ?? facts.dueAt,
    people: await deps.names(people),
    gone: await deactivated(deps, people),
    draftedAt,
  });
  const revision = await recordDraft(deps, job.incident, attempt.marker, {
    markdown: markdown(document),
    messages: draftMessages(document),
    dueAt: facts.dueAt,
    draftedAt,
    askedBy: job.askedBy ?? null,
  });
  deps.log.info({ incident: job.incident, revision, entries: record.timeline.length }, 'drafted');
}

/** Of those who are known: they are not sent to be asked. */
async function deactivated({ db }: Needs, people: readonly UserId[]): Promise<ReadonlySet<string>> {
  const known = await findPeople(db, people);
  return new Set(known.filter(({ standing }) => standing === 'deactivated').map(({ userId }) => userId));
}

/** Reopened or called off since it was resolved: that draft is no longer wanted. Who asks for one gets it any time. */
const isOver = (status: string): boolean => status === 'resolved' || status === 'closed';

async function uploadDraft(deps: Needs, job: JobOf<'upload-draft'>, attempt: Attempt): Promise<void> {
  const known = await findDraft(deps.db, job.incident);
  const channel = (await findIncident(deps.db, job.incident))?.channelId;
  // A newer revision has its own job.
  if (known?.revision !== job.revision) return;
  if (!channel) throw notYet('the channel is not open yet');
  const file = known.fileId ?? (await upload(deps, known));
  if (file !== null) await share(deps, known, file, channel, attempt);
}

/** The id is stored before the file is shared: a repeat shares the same file. Null when a newer draft came in between. */
async function upload(deps: Needs, known: Draft): Promise<string | null> {
  const { fileId } = await deps.slack.uploadFile(nameOf(known), fileText(known.markdown));
  return (await setFile(deps.db, known, fileId)) ? fileId : null;
}

async function share(deps: Needs, known: Draft, file: string, channel: ChannelId, attempt: Attempt): Promise<void> {
  const says = `The whole draft of ${refOf(known.incidentId)}, revision ${known.revision}.`;
  const complete = (id: string) => deps.slack.completeUpload(id, nameOf(known), channel, attempt, says);
  try {
    await complete(file);
  } catch (fault) {
    // Slack: an upload that was not completed in time is gone. It was shared nowhere, so another one is no repeat.
    if (!saidSlack(fault, 'file_not_found') || known.fileId === null) throw fault;
    const another = await upload(deps, known);
    if (another !== null) await complete(another);
  }
}

const nameOf = ({ incidentId, revision }: Draft): string => `${refOf(incidentId)}-postmortem-draft-${revision}.md`;

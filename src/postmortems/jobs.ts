import type { Deps } from '../deps.ts';
import { type Contact, contactOf, isPerson } from '../incidents/contact.ts';
import { isDrill, isPrivate } from '../incidents/incident.ts';
import { findIncident, findPost } from '../incidents/store.ts';
import { notYet } from '../jobs/fault.ts';
import type { Attempt, Handlers, JobOf } from '../jobs/job.ts';
import { type ChannelId, type IncidentId, refOf, type UserId } from '../lib/ids.ts';
import { findPeople } from '../people/store.ts';
import { saidSlack } from '../slack/errors.ts';
import { groupsToAsk } from './due.ts';
import { fileText } from './file-text.ts';
import { markdown } from './markdown.ts';
import { isOver } from './owed.ts';
import { peopleOf } from './people.ts';
import { policyFacts } from './policy-facts.ts';
import { draftPostmortem } from './postmortem.ts';
import { ANNOUNCED } from './publishing.ts';
import { findDraft, unwantedFiles } from './store.ts';
import {
  comeBackWhenDue,
  fileRemoved,
  fileUploaded,
  peopleAround,
  readForDraft,
  readWork,
  recordDraft,
  redraw,
} from './transactions.ts';
import { type Postmortem, peopleIn, whole } from './work.ts';

type Needs = Pick<Deps, 'db' | 'slack' | 'policy' | 'names' | 'now' | 'log'>;

/** Drafts, their messages, their files and their reminders. */
export function postmortemJobs(
  deps: Needs,
): Handlers<'draft' | 'draw-postmortem' | 'upload-draft' | 'remove-files' | 'postmortem'> {
  return {
    draft: (job, attempt) => draft(deps, job, attempt),
    'draw-postmortem': async ({ incident }) => redraw(deps, incident, await namesIn(deps, incident)),
    'upload-draft': (job, attempt) => uploadDraft(deps, job, attempt),
    'remove-files': ({ incident }) => removeFiles(deps, incident),
    postmortem: async ({ incident }, attempt) => {
      const contacts = await peopleBehind(deps, incident);
      await comeBackWhenDue(deps, incident, `${attempt.marker}:${attempt.number}`, contacts);
    },
  };
}

async function draft(deps: Needs, job: JobOf<'draft'>, attempt: Attempt): Promise<void> {
  const draftedAt = deps.now();
  const digest = await readForDraft(deps, job.incident, (await deps.slack.me()).url, draftedAt);
  const known = await findDraft(deps.db, job.incident);
  // Reopened or called off since it was resolved: that draft is no longer wanted. Who asks for one gets it any time, and
  // one that stands is kept true.
  if (!digest || (!job.askedBy && !isOver(digest.record.incident) && !known?.document)) return;
  const facts = policyFacts(digest.record, deps.policy);
  const people = peopleOf(digest);
  const document = draftPostmortem(digest, {
    ...facts,
    dueAt: known?.dueAt ?? facts.dueAt,
    people: await deps.names(people),
    gone: await deactivated(deps, people),
    draftedAt,
  });
  const askedBy = job.askedBy ?? null;
  const drafted = { document, dueAt: facts.dueAt, draftedAt, askedBy };
  const revision = await recordDraft(deps, job.incident, attempt.marker, drafted);
  deps.log.info({ incident: job.incident, revision, entries: digest.entries }, 'drafted');
}

/** Of those who are known: they are not sent to be asked. */
async function deactivated({ db }: Needs, people: readonly UserId[]): Promise<ReadonlySet<string>> {
  const known = await findPeople(db, people);
  return new Set(known.filter(({ standing }) => standing === 'deactivated').map(({ userId }) => userId));
}

async function namesIn(deps: Needs, id: IncidentId): Promise<ReadonlyMap<string, string>> {
  const found = await readWork(deps, id);
  return found ? deps.names(peopleIn(found.work)) : new Map();
}

/** Slack is asked only when they are told with this look; while it is silent the timer comes back. */
async function peopleBehind(deps: Needs, id: IncidentId): Promise<Contact[]> {
  const found = await readWork(deps, id);
  const written = found ? groupsToAsk(found.incident, found.work.postmortem, deps, deps.now()) : [];
  return Promise.all(
    written.map(async (one) => contactOf(one, isPerson(one) ? null : await deps.slack.userGroup(one))),
  );
}

async function uploadDraft(deps: Needs, job: JobOf<'upload-draft'>, attempt: Attempt): Promise<void> {
  const known = await findDraft(deps.db, job.incident);
  // A newer revision has its own job.
  if (!known || known.revision !== job.revision) return;
  const place = await placeOf(deps, job);
  if (place === null) return;
  const file = known[place.stored] ?? (await upload(deps, known, place));
  if (file !== null) await share(deps, known, file, place, attempt);
}

/** Where the file goes, and the column its id stands in; the id is stored before the file is shared, so that a repeat shares the same. */
interface FilePlace {
  readonly channel: ChannelId;
  readonly stored: 'fileId' | 'announcedFileId';
  /** What stands before the words beside it. */
  readonly mark: string;
}

/** Null: nowhere. What is private stays in its own channel. */
async function placeOf({ db }: Needs, job: JobOf<'upload-draft'>): Promise<FilePlace | null> {
  const incident = await findIncident(db, job.incident);
  if (!incident) return null;
  const mark = isDrill(incident) ? 'DRILL: ' : '';
  if (job.to === undefined) {
    if (!incident.channelId) throw notYet('the channel is not open yet');
    return { channel: incident.channelId, stored: 'fileId', mark };
  }
  if (isPrivate(incident)) return null;
  const announced = await findPost(db, job.incident, ANNOUNCED);
  if (!announced) throw notYet('the postmortem is not announced yet');
  return { channel: announced.channelId, stored: 'announcedFileId', mark };
}

/** Null when there is a newer revision by now. */
async function upload(deps: Needs, known: Postmortem, { stored }: FilePlace): Promise<string | null> {
  const document = await documentNow(deps, known);
  if (document === null) return null;
  const { text, whole } = document;
  const { fileId } = await deps.slack.uploadFile(nameOf(known), text);
  return (await fileUploaded(deps, known, { fileId, place: PLACES[stored] }, whole)) ? fileId : null;
}

const PLACES = { fileId: 'channel', announcedFileId: 'announcements' } as const;

/** What is uploaded, and all it may quote. */
async function documentNow(
  deps: Needs,
  { incidentId, revision }: Postmortem,
): Promise<{ text: string; whole: string } | null> {
  const found = await readWork(deps, incidentId);
  if (found?.work.postmortem.revision !== revision) return null;
  const shown = {
    names: await deps.names(peopleIn(found.work)),
    timezone: deps.policy.timezone,
    reading: { policy: deps.policy.blameless, people: await peopleAround(deps, found.incident.id) },
  };
  const document = whole(found.work, shown);
  const as = found.work.postmortem.status === 'published' ? 'published' : 'draft';
  return document && { text: fileText(document, as), whole: markdown(document, as) };
}

async function share(deps: Needs, known: Postmortem, file: string, place: FilePlace, attempt: Attempt): Promise<void> {
  const what = known.status === 'published' ? 'postmortem' : 'draft';
  const says = `${place.mark}The whole ${what} of ${refOf(known.incidentId)}, revision ${known.revision}.`;
  const complete = (id: string) => deps.slack.completeUpload(id, nameOf(known), place.channel, attempt, says);
  try {
    await complete(file);
  } catch (fault) {
    // Slack: an upload that was not completed in time is gone. It was shared nowhere, so another one is no repeat.
    if (!saidSlack(fault, 'file_not_found') || known[place.stored] === null) throw fault;
    const another = await upload(deps, known, place);
    if (another !== null) await complete(another);
  }
}

/** One that cannot be removed keeps none of the others. */
async function removeFiles(deps: Needs, id: IncidentId): Promise<void> {
  const faults: unknown[] = [];
  for (const { fileId } of await unwantedFiles(deps.db, id)) {
    try {
      await deps.slack.deleteFile(fileId);
      await fileRemoved(deps, id, fileId);
    } catch (fault) {
      faults.push(fault);
    }
  }
  if (faults.length > 0) throw faults[0];
}

const nameOf = ({ incidentId, revision, status }: Postmortem): string =>
  `${refOf(incidentId)}-postmortem-${status === 'published' ? '' : 'draft-'}${revision}.md`;

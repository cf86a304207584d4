import { type Incident, ref } from '../incidents/incident.ts';
import type { NewJob } from '../jobs/job.ts';
import { listed } from '../lib/text.ts';
import { type Mrkdwn, md } from '../slack/mrkdwn.ts';
import { announcedFile, drawAgain, removingFiles } from './drawing.ts';
import { dm } from './ownership.ts';
import { announceAgain } from './publishing.ts';
import type { Postmortem, Work } from './work.ts';

/** A file of ours in Slack. */
export interface UploadedFile {
  readonly fileId: string;
  readonly place: 'channel' | 'announcements';
}

/** Files outlive the draft they show: one that was uploaded long ago goes, and nothing takes its place. */
export const isShownAnew = (
  before: Pick<Postmortem, 'fileId' | 'announcedFileId'>,
  files: readonly UploadedFile[],
  isReworded: boolean,
): boolean => isReworded || files.some(({ fileId }) => fileId === before.fileId || fileId === before.announcedFileId);

interface TakenBack {
  readonly files: readonly UploadedFile[];
  readonly isReworded: boolean;
  /** Where people had put the words of it without a link. */
  readonly copiedIn: readonly string[];
  /** Null: what stands in Slack says what it said before. */
  readonly revision: number | null;
}

/**
 * What the postmortem, its files or its announcement quoted was taken back: what stands in Slack goes, and what it says
 * by now takes its place.
 */
export function afterTakingBack(
  incident: Incident,
  work: Work,
  { files, isReworded, copiedIn, revision }: TakenBack,
  now: Date,
): NewJob[] {
  const { owner } = work.postmortem;
  const isPublished = work.postmortem.status === 'published';
  const wasAnnounced = isReworded || files.some(({ place }) => place === 'announcements');
  return [
    ...(files.length > 0 ? removingFiles(incident, now) : []),
    ...(revision === null ? [] : drawAgain(incident, revision, now, now)),
    ...(revision !== null && isPublished ? [announcedFile(incident, revision, now)] : []),
    ...(wasAnnounced ? announceAgain(incident, work, now) : []),
    ...(owner !== null && copiedIn.length > 0 ? [dm(incident, owner, copies(incident, copiedIn), now)] : []),
  ];
}

const copies = (incident: Incident, where: readonly string[]): Mrkdwn =>
  md`A message of ${ref(incident)} was deleted or redacted, and its words stood in the postmortem as well, under ${listed([...where])}. They are *(redacted)* there now, in every wording that is kept. What else was meant can be written again with *Edit a section*.`;

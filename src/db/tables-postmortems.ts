import type { ColumnType, Generated, Selectable } from 'kysely';
import type { IncidentId, UserId } from '../lib/ids.ts';

export interface PostmortemsTable {
  incidentId: IncidentId;
  status: 'draft' | 'in review' | 'published';
  markdown: string;
  revision: number;
  draftedAt: Date;
  dueAt: Date | null;
  fileId: string | null;
  /** Null while nobody can be. */
  owner: UserId | null;
  /** The resolution the due date is counted from. */
  owedSince: Date | null;
  /** The last reminder since then. */
  reminded: string | null;
  /** What was computed last, see postmortems/document.ts; null until it is drafted. */
  document: ColumnType<unknown, string | null | undefined, string | null>;
  /** A print of each message as it was drawn last, by its name. */
  drawn: ColumnType<Record<string, string>, string | undefined, string>;
  /** The first time since the resolution; it stays while a correction is a draft. */
  publishedAt: Date | null;
  publishedBy: UserId | null;
  /** Since when what was published is a draft again. */
  takenBackAt: Date | null;
  announced: Generated<boolean>;
  announcedFileId: string | null;
  /** Who gave it another due date than the policy's. */
  dueMovedBy: UserId | null;
  dueMovedWhy: string | null;
}

/** A file that stands in Slack until it is removed there; see migrations/0014_files_and_due_dates.sql. */
export interface PostmortemFilesTable {
  fileId: string;
  incidentId: IncidentId;
  place: 'channel' | 'announcements';
  uploadedAt: Date;
  quotes: string[] | null;
  unwanted: string | null;
  removedAt: Date | null;
}

/** A wording that a person gave a section; see migrations/0011_working_on_postmortems.sql. */
export interface PostmortemRevisionsTable {
  incidentId: IncidentId;
  section: string;
  number: number;
  author: UserId;
  writtenAt: Date;
  text: string;
  stands: boolean;
  drafted: string;
  proposed: string | null;
  proposedAt: Date | null;
}

export interface PostmortemReviewsTable {
  incidentId: IncidentId;
  reviewer: UserId;
  askedBy: UserId;
  askedAt: Date;
  answer: 'confirmed' | 'perspective' | null;
  answeredAt: Date | null;
  perspective: string | null;
}

export interface PostmortemFactorsTable {
  incidentId: IncidentId;
  position: number;
  class: string;
  text: string;
}

export type PostmortemRow = Selectable<PostmortemsTable>;
export type RevisionRow = Selectable<PostmortemRevisionsTable>;
export type ReviewRow = Selectable<PostmortemReviewsTable>;

import type { UserId } from '../lib/ids.ts';
import type { Review, Revision, Work } from './work.ts';

/** A postmortem in the shape `sitrep export` prints. Instants are ISO 8601 UTC with milliseconds. */
export interface RecordedPostmortem {
  readonly status: string;
  readonly markdown: string;
  readonly owner: UserId | null;
  readonly dueAt: string | null;
  readonly publishedAt: string | null;
  readonly publishedBy: UserId | null;
  /** Every wording that people gave a section, also those that others took the place of. */
  readonly revisions: readonly {
    section: string;
    revision: number;
    author: UserId;
    writtenAt: string;
    text: string;
    /** False: written on an older one than stood by then, and kept beside it. */
    stands: boolean;
  }[];
  readonly reviews: readonly {
    reviewer: UserId;
    askedBy: UserId;
    askedAt: string;
    answer: 'confirmed' | 'perspective' | null;
    answeredAt: string | null;
    perspective: string | null;
  }[];
}

/** Null until it is drafted. */
export function recordedPostmortem({ postmortem, revisions, reviews }: Work): RecordedPostmortem | null {
  if (postmortem.revision === 0) return null;
  return {
    status: postmortem.status,
    markdown: postmortem.markdown,
    owner: postmortem.owner,
    dueAt: instant(postmortem.dueAt),
    publishedAt: instant(postmortem.publishedAt),
    publishedBy: postmortem.publishedBy,
    revisions: revisions.map(revisionOf),
    reviews: reviews.map(reviewOf),
  };
}

const revisionOf = ({ section, number, author, writtenAt, text, stands }: Revision) => ({
  section,
  revision: number,
  author,
  writtenAt: writtenAt.toISOString(),
  text,
  stands,
});

const reviewOf = ({ reviewer, askedBy, askedAt, answer, answeredAt, perspective }: Review) => ({
  reviewer,
  askedBy,
  askedAt: askedAt.toISOString(),
  answer,
  answeredAt: instant(answeredAt),
  perspective,
});

const instant = (at: Date | null): string | null => at?.toISOString() ?? null;

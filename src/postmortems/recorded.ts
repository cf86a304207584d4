import type { RecordedPostmortem } from '../timeline/record.ts';
import type { Review, Revision, Work } from './work.ts';

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

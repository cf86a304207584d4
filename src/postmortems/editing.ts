import type { Decision } from '../incidents/decision.ts';
import { type Incident, ref } from '../incidents/incident.ts';
import type { UserId } from '../lib/ids.ts';
import { no, ok, type Result } from '../lib/result.ts';
import { message } from '../slack/blocks.ts';
import { date, joined, md, mention } from '../slack/mrkdwn.ts';
import type { StateEntry } from '../timeline/entry.ts';
import { ALLOWED_OF_LUCK, type Blame, blameIn, blameNote, type Reading } from './blameless.ts';
import type { PostmortemRefusal } from './refusals.ts';
import { SECTIONS, type SectionId } from './sections.ts';
import { ownLines, sourceOf } from './source.ts';
import { draftedOf, nextNumber, type Revision, standing, textOf, type Work } from './work.ts';

export interface Wording {
  readonly section: SectionId;
  readonly text: string;
  /** The wording the person saw, 0 for the computed one; null when they typed without seeing any. */
  readonly base: number | null;
  readonly by: UserId;
  readonly now: Date;
}

/** What the transaction writes beside the decision. */
export interface Worded {
  readonly revision: Revision;
  readonly decision: Decision;
}

/**
 * A section gets a person's words. What was there before stays as a revision; what was written on an older wording than
 * stands by now is kept beside that, and whoever wrote it is told.
 */
export function reword(incident: Incident, work: Work, asked: Wording): Result<Worded, PostmortemRefusal> {
  const refused = mayNotEdit(incident, work);
  if (refused) return no(refused);
  const { section, base, by, now } = asked;
  const text = asked.text.replaceAll(/\r\n?/g, '\n').trim();
  if (text === '') return no({ why: 'no-words', section });
  const before = standing(work, section);
  if (text === textOf(work, section)) return no({ why: 'same-words', section });
  const revision: Revision = {
    ...fresh(incident, work, section),
    author: by,
    writtenAt: now,
    text,
    stands: base === null || base === (before?.number ?? 0),
  };
  return ok({
    revision,
    decision: { entries: [entry(revision)], answer: message(answered(incident, revision, before)) },
  });
}

/** A next wording; it takes note of what the one before took note of. */
export function fresh(incident: Incident, work: Work, section: SectionId) {
  const before = standing(work, section);
  const { document } = work.postmortem;
  return {
    incidentId: incident.id,
    section,
    number: nextNumber(work, section),
    drafted: before?.drafted ?? (document ? sourceOf(draftedOf(document, section)) : ''),
    proposed: before?.proposed ?? null,
    proposedAt: before?.proposedAt ?? null,
  };
}

export function mayNotEdit(incident: Incident, { postmortem }: Pick<Work, 'postmortem'>): PostmortemRefusal | null {
  if (postmortem.document === null) return { why: 'no-draft', incident };
  return postmortem.status === 'published' ? { why: 'published', incident, postmortem } : null;
}

const entry = ({ section, number, author, stands }: Revision): StateEntry => ({
  kind: 'postmortem',
  actor: author,
  text: `${SECTIONS[section as SectionId]} ${stands ? 'put into words' : 'written at the same time as someone else, kept beside it'}`,
  payload: { did: 'edited', section, revision: number, stands },
});

function answered(incident: Incident, { section, stands }: Revision, before: Revision | null) {
  const name = SECTIONS[section as SectionId];
  if (!stands && before)
    return md`"${name}" was saved by ${mention(before.author)} ${date(before.writtenAt)} while you wrote. Theirs stands and yours is kept; \`/incident postmortem edit ${section}\` shows both.`;
  const replaced = before
    ? md` It replaces the wording of ${mention(before.author)}, ${date(before.writtenAt)}, which is kept.`
    : '';
  return md`"${name}" of ${ref(incident)}'s postmortem is saved.${replaced}`;
}

/** Notes on the words people gave a section; what the draft said is not theirs. */
export const notesOn = (section: SectionId, text: string, drafted: string, reading: Reading): Blame[] =>
  blameIn(ownLines(text, drafted), { ...reading, but: section === 'lucky' ? ALLOWED_OF_LUCK : [] });

const NOTES = 8;

/** Beside what was saved: nothing is held back by them. */
export const notesText = (notes: readonly Blame[]) =>
  joined([
    md`*A note on the wording* (it is saved as it is):`,
    ...notes.slice(0, NOTES).map((note) => md`• ${blameNote(note)}`),
  ]);

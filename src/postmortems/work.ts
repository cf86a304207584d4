import type { PostmortemRow, ReviewRow, RevisionRow } from '../db/tables-postmortems.ts';
import type { UserId } from '../lib/ids.ts';
import { ALLOWED_OF_LUCK, type Reading } from './blameless.ts';
import type { Document, Fact, Line, Section } from './document.ts';
import { localTime } from './local-time.ts';
import { item } from './names.ts';
import { oneLine, strong } from './said.ts';
import { PERSPECTIVES, SECTIONS, type SectionId, sectionIds } from './sections.ts';
import { linesOf, ownLines, sourceOf } from './source.ts';
import { standingNotes } from './wording.ts';

/** A postmortem that is worked on: its row, what people wrote, and who was asked, the oldest first. */
export interface Work {
  readonly postmortem: Postmortem;
  readonly revisions: readonly Revision[];
  readonly reviews: readonly Review[];
}

export type Postmortem = Omit<PostmortemRow, 'document'> & { readonly document: Document | null };
export type Revision = RevisionRow;
export type Review = ReviewRow;

export type PostmortemChange = Partial<
  Pick<
    Postmortem,
    | 'status'
    | 'owner'
    | 'dueAt'
    | 'dueMovedBy'
    | 'dueMovedWhy'
    | 'owedSince'
    | 'reminded'
    | 'publishedAt'
    | 'publishedBy'
    | 'takenBackAt'
    | 'announced'
  >
>;

/** The wording that holds; null as long as nobody gave the section one. */
export const standing = (work: Pick<Work, 'revisions'>, section: SectionId): Revision | null =>
  work.revisions.findLast((one) => one.section === section && one.stands) ?? null;

/** What was written beside the wording that holds, and not taken into it yet. */
export function aside(work: Pick<Work, 'revisions'>, section: SectionId): Revision[] {
  const after = standing(work, section)?.number ?? 0;
  return work.revisions.filter((one) => one.section === section && !one.stands && one.number > after);
}

/** The number the next wording of the section has. */
export const nextNumber = (work: Pick<Work, 'revisions'>, section: SectionId): number =>
  work.revisions.reduce((most, one) => (one.section === section ? Math.max(most, one.number) : most), 0) + 1;

/** What was computed of a section. */
export const draftedOf = (document: Document, section: SectionId): readonly Line[] =>
  document.sections.find(({ heading }) => heading === SECTIONS[section])?.body ?? [];

/** A section as it stands, as people edit it. */
export const textOf = (work: Work, section: SectionId): string =>
  standing(work, section)?.text ??
  (work.postmortem.document ? sourceOf(draftedOf(work.postmortem.document, section)) : '');

export interface Shown {
  readonly names: ReadonlyMap<string, string>;
  /** IANA. */
  readonly timezone: string;
  /** By which notes on the wording are made. */
  readonly reading?: Reading;
}

/** The postmortem as it stands: people's words in place of the computed ones, perspectives below. Null before it is drafted. */
export function whole(work: Work, { names, timezone, reading = {} }: Shown): Document | null {
  const { document, owner, dueAt, dueMovedBy, status } = work.postmortem;
  if (document === null) return null;
  const nameOf = (user: UserId) => oneLine(names.get(user) ?? '') || user;
  const moved = dueMovedBy === null ? '' : `, as ${nameOf(dueMovedBy)} set it`;
  const facts: Readonly<Record<string, string | null>> = {
    Owner: owner === null ? null : nameOf(owner),
    Due: dueAt === null ? null : `${localTime(timezone).full(dueAt.getTime())}${moved}`,
  };
  return {
    ...document,
    facts: document.facts.flatMap((fact) => {
      const known = facts[fact.name];
      const now = known ? { ...fact, said: [{ text: known }] } : fact;
      return fact.name === 'Owner' ? [now, ...reviewed(work, nameOf)] : [now];
    }),
    sections: [...sectionsOf(work, document), ...perspectives(work.reviews, nameOf)],
    wording: status === 'published' ? [] : wordingOf(work, document, nameOf, reading),
  };
}

function wordingOf(work: Work, document: Document, nameOf: (user: UserId) => string, reading: Reading): Line[] {
  const edited = editedSections(work);
  const headings = new Set<string>(edited.map(({ section }) => SECTIONS[section]));
  const parts = Object.groupBy(document.sections, ({ heading }) => (headings.has(heading) ? 'replaced' : 'left'));
  const theirs = [
    ...edited.map(({ section, revision: { text, drafted } }) => ({
      where: SECTIONS[section],
      text: ownLines(sourceOf(linesOf(text)), drafted),
      but: section === 'lucky' ? ALLOWED_OF_LUCK : [],
    })),
    ...work.reviews.flatMap(({ reviewer, perspective }) =>
      perspective === null ? [] : [{ where: `Perspective of ${nameOf(reviewer)}`, text: perspective }],
    ),
  ];
  return standingNotes(document.wording, { replaced: parts.replaced ?? [], left: parts.left ?? [] }, theirs, reading);
}

const ANSWERED = { confirmed: 'confirmed it', perspective: 'added a perspective' } as const;

/** Many are asked of a large incident; the message with the state counts the rest. */
const REVIEWERS = 30;

/** Whoever confirmed it has not seen what people wrote since. */
export const isOutlived = ({ revisions }: Pick<Work, 'revisions'>, { answer, answeredAt }: Review): boolean =>
  answer === 'confirmed' &&
  answeredAt !== null &&
  revisions.some(({ stands, writtenAt }) => stands && writtenAt > answeredAt);

function reviewed(work: Work, nameOf: (user: UserId) => string): Fact[] {
  const each = work.reviews.slice(0, REVIEWERS).map((one) => {
    const said = one.answer ? ANSWERED[one.answer] : 'was asked';
    return `${nameOf(one.reviewer)} ${said}${isOutlived(work, one) ? ' before the last edit' : ''}`;
  });
  return each.length > 0 ? [{ name: 'Review', said: [{ text: each.join(', ') }] }] : [];
}

/** As they stand: people's words in place of the computed ones. */
export const sectionsOf = (work: Pick<Work, 'revisions'>, document: Document): Section[] =>
  sectionIds.flatMap((id): Section[] => {
    const computed = document.sections.find(({ heading }) => heading === SECTIONS[id]);
    const words = standing(work, id);
    if (words) return [{ heading: SECTIONS[id], body: linesOf(words.text) }];
    return computed ? [computed] : [];
  });

function perspectives(reviews: readonly Review[], nameOf: (user: UserId) => string): Section[] {
  const given = reviews.flatMap(({ reviewer, perspective }): Line[] => {
    const [first, ...rest] = perspective === null ? [] : linesOf(perspective);
    return first ? [item(strong(`${nameOf(reviewer)}: `), first.said), ...rest] : [];
  });
  return given.length > 0 ? [{ heading: PERSPECTIVES, body: given }] : [];
}

/** How many things are still asked for. */
export const unknownsIn = ({ sections }: Document): number =>
  sections
    .flatMap(({ body }) => body)
    .filter(({ said }) => said.some((piece) => piece.as === 'unknown' && /^unknown, ask\b/i.test(piece.text))).length;

/** What is drafted changes with what is known; what is published stays as it is until it is taken back. */
export const followsRecord = (status: Postmortem['status'] | null): boolean =>
  status !== null && status !== 'published';

/** Whoever the postmortem may have to name. */
export const peopleIn = ({ postmortem, revisions, reviews }: Work): UserId[] => [
  ...new Set([
    ...(postmortem.owner ? [postmortem.owner] : []),
    ...(postmortem.publishedBy ? [postmortem.publishedBy] : []),
    ...(postmortem.dueMovedBy ? [postmortem.dueMovedBy] : []),
    ...revisions.map(({ author }) => author),
    ...reviews.map(({ reviewer }) => reviewer),
  ]),
];

/** The sections people gave words to, each with its latest wording. */
export const editedSections = (work: Work): { readonly section: SectionId; readonly revision: Revision }[] =>
  sectionIds.flatMap((section) => {
    const revision = standing(work, section);
    return revision ? [{ section, revision }] : [];
  });

import { z } from 'zod';
import { type Incident, ref } from '../incidents/incident.ts';
import { type Day, plusDays } from '../lib/day.ts';
import { type IncidentId, incidentId, userId } from '../lib/ids.ts';
import type { View } from '../slack/api.ts';
import {
  type Block,
  context,
  input,
  modal,
  peopleMultiSelect,
  peopleSelect,
  section,
  textInput,
} from '../slack/blocks.ts';
import { blockLimits } from '../slack/limits.ts';
import { date, joined, type Mrkdwn, md, mention } from '../slack/mrkdwn.ts';
import { AT_HOUR, LONGEST_WHY } from './due-date.ts';
import { factorClasses } from './factors.ts';
import { FIELD, type Glue, type Parts } from './parts.ts';
import { isSection, SECTIONS, type SectionId } from './sections.ts';
import type { Postmortem, Review, Revision } from './work.ts';

export const SECTION_FORM = 'postmortem-section';
export const OWNER_FORM = 'postmortem-owner';
export const DUE_FORM = 'postmortem-due';
export const REVIEW_FORM = 'postmortem-review';
export const PERSPECTIVE_FORM = 'postmortem-perspective';

export interface Opened {
  readonly incident: IncidentId;
  readonly section: SectionId;
  /** The number of the wording that was shown, 0 for the computed one. */
  readonly base: number;
  readonly glue: readonly Glue[];
}

interface SectionShown {
  readonly section: SectionId;
  readonly parts: Parts;
  readonly base: Revision | null;
  /** Wordings kept beside the one that stands. */
  readonly aside: readonly Revision[];
}

export const sectionModal = (incident: Incident, shown: SectionShown): View =>
  form(incident, shown, `Edit ${ref(incident)}`, 'Save', [
    ...(shown.base ? [context(md`The wording of ${mention(shown.base.author)}, ${date(shown.base.writtenAt)}.`)] : []),
    ...shown.aside
      .slice(-ASIDE)
      .flatMap((one) => [
        context(md`Kept beside it: the wording of ${mention(one.author)}, ${date(one.writtenAt)}.`),
        ...quoted(one.text),
      ]),
  ]);

/** What a second person sees who saved meanwhile: the first's words, and their own, which are kept whatever they do. */
export const meanwhileModal = (incident: Incident, shown: SectionShown, first: Revision): View =>
  form(incident, shown, 'Saved meanwhile', 'Save mine instead', [
    section(
      md`${mention(first.author)} saved "${SECTIONS[shown.section]}" ${date(first.writtenAt)} while you wrote. *Theirs stands, yours is kept beside it.* Put both together below, or close this and leave it so. Theirs:`,
    ),
    ...quoted(first.text),
  ]);

/** Slack: a form takes 100 blocks; so many wordings, and so much of each, leave room for the fields. */
const ASIDE = 3;
const SHOWN = 5;

function form(incident: Incident, shown: SectionShown, title: string, submit: string, above: readonly Block[]): View {
  const { section: id, parts, base } = shown;
  const opened: Opened = { incident: incident.id, section: id, base: base?.number ?? 0, glue: parts.glue };
  return modal({
    callback: SECTION_FORM,
    title,
    submit,
    close: 'Cancel',
    metadata: JSON.stringify(opened),
    blocks: [
      ...above,
      ...parts.parts.map((part, n) => {
        const of = parts.parts.length > 1 ? ` (${n + 1} of ${parts.parts.length})` : '';
        const field = textInput({ multiline: true, max: FIELD, initial: part });
        return input(`part${n}`, `${SECTIONS[id]}${of}`, field, { optional: true, ...(n === 0 && { hint: hint(id) }) });
      }),
    ],
  });
}

const hint = (id: SectionId): string =>
  id === 'factors'
    ? `One on each line, its class in front ("- change: a client without a timeout"): ${factorClasses.join(', ')}.`
    : 'Lines that begin with - are a list. [words](https://…) is a link, **words** are strong.';

/** As it was written, in as many blocks as it needs. */
function quoted(text: string): Block[] {
  const pieces = text.match(new RegExp(`[\\s\\S]{1,${blockLimits.sectionText / 2}}`, 'g')) ?? [];
  const more =
    pieces.length > SHOWN ? [context(md`… the rest stands in the record: \`sitrep export\` prints it.`)] : [];
  return [...pieces.slice(0, SHOWN).map((piece) => section(md`${piece}`)), ...more];
}

const OpenedOn = z.object({
  incident: z.int().positive(),
  section: z.string(),
  base: z.int().min(0),
  glue: z.array(z.enum(['line', 'paragraph', 'space'])),
});

/** What the form was opened on; null when the metadata is not ours. */
export function openedOn(metadata: string): Opened | null {
  try {
    const { incident, section: id, base, glue } = OpenedOn.parse(JSON.parse(metadata));
    return isSection(id) ? { incident: incidentId(incident), section: id, base, glue } : null;
  } catch {
    return null;
  }
}

/** The fields in their order, however many the section needed. */
export const SectionForm = z.record(z.string(), z.string().nullable()).transform((fields) =>
  Object.entries(fields)
    .flatMap(([name, text]) => (/^part\d{1,2}$/.test(name) ? [{ n: Number(name.slice(4)), text }] : []))
    .toSorted((a, b) => a.n - b.n)
    .map(({ text }) => text),
);

/** After saving: notes on the wording, which changed nothing. */
export const notesView = (incident: Incident, id: SectionId | null, notes: Mrkdwn): View =>
  modal({
    callback: 'postmortem-notes',
    title: id === null ? `Saved, ${ref(incident)}` : `Saved in ${ref(incident)}`,
    close: 'Good',
    blocks: [section(joined([...(id === null ? [] : [md`*${SECTIONS[id]}* is saved.`]), notes]))],
  });

export const ownerModal = (incident: Incident, { owner }: Postmortem): View =>
  modal({
    callback: OWNER_FORM,
    title: `Postmortem ${ref(incident)}`,
    submit: 'Change owner',
    close: 'Cancel',
    metadata: String(incident.id),
    blocks: [
      input('owner', 'Who sees to it?', peopleSelect(owner), {
        hint: 'They are told, and reminded until it is published.',
      }),
    ],
  });

export const OwnerForm = z.object({ owner: z.string('Choose someone.').transform(userId) });

export const dueModal = (incident: Incident, { dueAt }: Postmortem, today: Day): View =>
  modal({
    callback: DUE_FORM,
    title: `Postmortem ${ref(incident)}`,
    submit: 'Change due date',
    close: 'Cancel',
    metadata: String(incident.id),
    blocks: [
      ...(dueAt === null ? [] : [context(md`It is due ${date(dueAt)}.`)]),
      input('due', 'Due', textInput({ max: 40, placeholder: `friday, in 2 weeks, ${plusDays(today, 14)}` }), {
        hint: `Until ${AT_HOUR}:00 of that day. The owner is told, and the reminders go by it.`,
      }),
      input('why', 'Why?', textInput({ max: LONGEST_WHY }), { optional: true }),
    ],
  });

export const DueForm = z.object({
  due: z.string('Say until when: `friday`, `in 2 weeks`.'),
  why: z.string().nullable().default(null),
});

export const reviewModal = (incident: Incident, who: readonly string[]): View =>
  modal({
    callback: REVIEW_FORM,
    title: `Review of ${ref(incident)}`,
    submit: 'Ask',
    close: 'Cancel',
    metadata: String(incident.id),
    blocks: [
      input('reviewers', 'Who was there?', peopleMultiSelect(who), {
        hint: 'Each is asked to confirm it, or to add how they saw it.',
      }),
    ],
  });

export const ReviewForm = z.object({ reviewers: z.array(z.string().transform(userId)).min(1, 'Choose someone.') });

export const perspectiveModal = (incident: Incident, review: Review | null): View =>
  modal({
    callback: PERSPECTIVE_FORM,
    title: `Postmortem ${ref(incident)}`,
    submit: 'Add',
    close: 'Cancel',
    metadata: String(incident.id),
    blocks: [
      input(
        'perspective',
        'How did you see it?',
        textInput({ multiline: true, initial: review?.perspective ?? null }),
        { hint: 'What you knew at the time, what made sense then, what was hard. It stands under your name.' },
      ),
    ],
  });

export const PerspectiveForm = z.object({ perspective: z.string('Say how you saw it; a line is enough.') });

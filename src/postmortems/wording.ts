import { blameNote, blameReader, type Reading } from './blameless.ts';
import type { Line, Section } from './document.ts';
import { item, type Telling } from './names.ts';
import { oneLine, plainText, strong } from './said.ts';

/** So many are shown: the first ones teach the rest. */
const NOTES = 12;

/**
 * Notes beside what people wrote that becomes a part of the postmortem. Nothing is changed or held back: quotes are
 * evidence, and messages of the channel are not looked at.
 */
export function wording(telling: Telling): Line[] {
  const { record, facts, quote } = telling;
  const { incident, actionItems, updates, timeline } = record;
  // Quoted as what was said of the cause, or of what was done about it.
  const reasons = timeline.flatMap(({ kind, struck, payload: { to, why } }) =>
    kind === 'status_changed' && !struck && typeof why === 'string' && why !== incident.resolution
      ? [[`Why it was ${to}`, why] as const]
      : [],
  );
  const texts: (readonly [string, string | null])[] = [
    ['Title', incident.title],
    ['Summary', incident.summary],
    ['Impact', incident.impact],
    ['What fixed it', incident.resolution],
    ...reasons,
    ['What customers were told last', updates.findLast((update) => update.audienceText)?.audienceText ?? null],
    ...actionItems.flatMap(({ what, reason }) => [
      ['Action item', what] as const,
      ['Why an action item was dropped', reason] as const,
    ]),
  ];
  const blame = blameReader({ policy: facts.blameless, people: facts.people.values() });
  const notes = texts.flatMap(([where, text]) =>
    blame(text ?? '').map((found) => item(strong(`${where}: `), quote(blameNote(found)))),
  );
  return notes.slice(0, NOTES);
}

/** What a person wrote, and where it stands. */
export interface Words {
  readonly where: string;
  readonly text: string;
  readonly but?: Reading['but'];
}

/** The same beside a postmortem that people gave their words: on what stands in it now, not on what they replaced. */
export function standingNotes(
  drafted: readonly Line[],
  { replaced, left }: { readonly replaced: readonly Section[]; readonly left: readonly Section[] },
  people: readonly Words[],
  reading: Reading,
): Line[] {
  const [gone, here] = [textOf(replaced), textOf(left)];
  const stands = ({ said }: Line): boolean => {
    const [, found = ''] = /“(.*?)”: /.exec(plainText(said)) ?? [];
    return !gone.includes(found) || here.includes(found);
  };
  const theirs = people.flatMap(({ where, text, but = [] }) =>
    blameReader({ ...reading, but })(text).map((found) => item(strong(`${where}: `), oneLine(blameNote(found)))),
  );
  return [...drafted.filter(stands), ...theirs].slice(0, NOTES);
}

const textOf = (sections: readonly Section[]): string =>
  sections.flatMap(({ body }) => body.map(({ said }) => plainText(said))).join('\n');

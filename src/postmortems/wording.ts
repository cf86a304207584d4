import { blameNote, blameReader } from './blameless.ts';
import type { Line } from './document.ts';
import { item, type Telling } from './names.ts';
import { strong } from './said.ts';

/** So many are shown: the first ones teach the rest. */
const NOTES = 12;

/**
 * Notes beside what people wrote that becomes a part of the postmortem. Nothing is changed or held back: quotes are
 * evidence, and messages of the channel are not looked at.
 */
export function wording(telling: Telling): Line[] {
  const { record, facts, quote } = telling;
  const { incident, actionItems, updates } = record;
  const texts: (readonly [string, string | null])[] = [
    ['Title', incident.title],
    ['Summary', incident.summary],
    ['Impact', incident.impact],
    ['What fixed it', incident.resolution],
    ['What customers were told last', updates.findLast((update) => update.audienceText)?.audienceText ?? null],
    ...actionItems.map(({ what }) => ['Action item', what] as const),
  ];
  const blame = blameReader({ policy: facts.blameless, people: facts.people.values() });
  const notes = texts.flatMap(([where, text]) =>
    blame(text ?? '').map((found) => item(strong(`${where}: `), quote(blameNote(found)))),
  );
  return notes.slice(0, NOTES);
}

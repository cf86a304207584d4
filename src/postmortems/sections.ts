import { nearest } from '../lib/text.ts';

/** The sections of a postmortem, in their order; what a factor's heading is, people never have to type. */
export const SECTIONS = {
  summary: 'Summary',
  impact: 'Impact',
  timeline: 'Timeline',
  detection: 'Detection',
  factors: 'Contributing factors',
  mitigation: 'Mitigation and resolution',
  well: 'What went well',
  poorly: 'What went poorly',
  lucky: 'Where we got lucky',
  actions: 'Action items',
  lessons: 'Lessons learned',
} as const;

export type SectionId = keyof typeof SECTIONS;

export const sectionIds = Object.keys(SECTIONS) as SectionId[];

export const isSection = (word: string): word is SectionId => Object.hasOwn(SECTIONS, word);

/** Below them, under the names of those who gave them. */
export const PERSPECTIVES = 'Perspectives';

/**
 * The section that typed words begin with, and what follows: its short name, its heading, or the heading's beginning
 * when that is all there is. `nearest` is what may have been meant.
 */
export function parseSection(
  typed: string,
): { readonly section: SectionId; readonly rest: string } | { readonly section: null; readonly nearest: SectionId } {
  const said = typed.trim().replace(/\s+/g, ' ').toLowerCase();
  for (const id of sectionIds.toSorted((a, b) => SECTIONS[b].length - SECTIONS[a].length)) {
    const heading = SECTIONS[id].toLowerCase();
    for (const name of [heading, id])
      if (said === name || said.startsWith(`${name} `) || said.startsWith(`${name}:`))
        return { section: id, rest: afterWords(typed, name) };
  }
  const begun = sectionIds.filter((id) => said !== '' && SECTIONS[id].toLowerCase().startsWith(said));
  if (begun.length === 1 && begun[0]) return { section: begun[0], rest: '' };
  const word = said.split(' ')[0] ?? '';
  return { section: null, nearest: (nearest(word, sectionIds) as SectionId | null) ?? 'summary' };
}

function afterWords(typed: string, name: string): string {
  const words = name.split(' ').map((word) => `${word}\\s*`);
  return typed.trim().replace(new RegExp(`^${words.join('')}:?\\s*`, 'i'), '');
}

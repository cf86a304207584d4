import type { Line } from './document.ts';
import type { KeyEntry, KeyRule } from './key-entries.ts';
import { item, paragraph, quoted, type Telling } from './names.ts';
import { linked, type Said, said, strong } from './said.ts';

/** The words in front of what was recorded, by why it stands here. */
const CALLED: Record<KeyRule, string> = {
  state: '',
  role: '',
  escalation: 'Escalated: ',
  update: 'Update',
  note: 'Note',
  marked: '📌',
  remedy: '',
  recovery: '',
};

/** State first, then words: what a shortened timeline keeps. */
const RANK: Record<KeyRule, number> = {
  state: 0,
  escalation: 1,
  remedy: 1,
  marked: 2,
  note: 2,
  recovery: 3,
  update: 4,
  role: 5,
};

export function timeline(telling: Telling): Line[] {
  const { evidence, local } = telling;
  let day = '';
  const lines = evidence.key.flatMap((key): Line[] => {
    const today = local.day(key.at);
    const line: Line = {
      ...item(linked(local.time(key.at), key.permalink), ' ', told(telling, key)),
      rank: RANK[key.rule],
    };
    if (today === day) return [line];
    day = today;
    return [{ as: 'day', said: said(strong(today)) }, line];
  });
  return lines.length > 0
    ? lines
    : [paragraph(telling.unknown('ic', 'declarer'), ': the record holds no key entries.')];
}

function told(telling: Telling, { entry, rule, text, remedy }: KeyEntry): Said {
  const who = entry.actor === null ? null : telling.nameOf(entry.actor);
  switch (rule) {
    case 'state':
    case 'role':
    case 'escalation': {
      const words = text === null ? '(deleted since)' : telling.quote(text);
      return said(CALLED[rule], words, who === null || words.includes(who) ? '' : ` (${who})`);
    }
    case 'update':
    case 'note':
      return said(
        strong(entry.kind === 'action_item' ? 'Follow-up' : CALLED[rule]),
        who === null ? ': ' : ` by ${who}: `,
        quoted(telling, text),
      );
    case 'marked':
    case 'remedy':
    case 'recovery':
      return said(
        rule === 'marked' ? `${CALLED.marked} ` : '',
        `${who ?? 'Someone'}: `,
        quoted(telling, text),
        remedy === null ? '' : ` (first mention of ${remedy})`,
      );
  }
}

import { never } from '../lib/result.ts';
import type { Line } from './document.ts';
import type { KeyEntry, KeyRule } from './key-entries.ts';
import { item, paragraph, quoted, type Telling } from './names.ts';
import { USER_ID } from './people.ts';
import { linked, type Said, said, strong } from './said.ts';

/** The words in front of what was recorded, by why it stands here. */
const CALLED: Record<KeyRule, string> = {
  state: '',
  role: '',
  escalation: 'Escalation: ',
  update: 'Update',
  note: 'Note',
  marked: '📌 ',
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

function told(telling: Telling, key: KeyEntry): Said {
  const { entry, rule, text, remedy } = key;
  const who = entry.actor === null ? null : telling.nameOf(entry.actor);
  switch (rule) {
    case 'state':
    case 'role':
    case 'escalation': {
      const words = recorded(telling, key);
      return said(CALLED[rule], words, who === null || words.includes(who) ? '' : ` (${who})`);
    }
    case 'update':
    case 'note': {
      const called = entry.kind === 'action_item' ? 'Follow-up' : CALLED[rule];
      return said(strong(called), who === null ? ': ' : ` by ${who}: `, quoted(telling, text, entry.kind));
    }
    case 'marked':
    case 'remedy':
    case 'recovery':
      return said(
        CALLED[rule],
        `${who ?? 'Someone'}: `,
        quoted(telling, text, entry.kind),
        remedy === null ? '' : ` (first mention of ${remedy})`,
      );
    default:
      return never(rule);
  }
}

/** What the bot itself wrote down, with names where it keeps ids. */
function recorded({ nameOf, quote, facts }: Telling, { entry, text }: KeyEntry): string {
  const { role, user, from } = entry.payload;
  if (typeof role !== 'string') return quote(text ?? '').replace(USER_ID, nameOf);
  const name = facts.roles.get(role) ?? role;
  const before = typeof from === 'string' && from !== user ? ` (before: ${nameOf(from)})` : '';
  return `${name}: ${typeof user === 'string' ? nameOf(user) : 'nobody'}${before}`;
}

import { OF_A_MESSAGE } from '../actions/action-item.ts';
import { formatDuration } from '../lib/duration.ts';
import { never } from '../lib/result.ts';
import { listed } from '../lib/text.ts';
import type { Line } from './document.ts';
import { longSilences } from './facts.ts';
import type { KeyEntry, KeyRule } from './key-entries.ts';
import { item, paragraph, quoted, type Telling } from './names.ts';
import { USER_ID } from './people.ts';
import { linked, type Said, said, strong } from './said.ts';
import type { Silence } from './silence.ts';

/** The words in front of what was recorded, by why it stands here. */
const CALLED: Record<KeyRule, string> = {
  state: '',
  role: '',
  escalation: 'Escalation: ',
  update: 'Update',
  note: 'Note',
  task: 'Task ',
  marked: '📌 ',
  remedy: '',
  cause: '',
  recovery: '',
};

/** State first, then words: what a shortened timeline keeps. */
const RANK: Record<KeyRule, number> = {
  state: 0,
  escalation: 1,
  remedy: 1,
  cause: 1,
  marked: 2,
  note: 2,
  task: 3,
  recovery: 3,
  update: 4,
  role: 5,
};

export function timeline(telling: Telling): Line[] {
  const { local } = telling;
  let day = '';
  const lines = moments(telling).flatMap(({ at, line }): Line[] => {
    const today = local.day(at);
    if (today === day) return [line];
    day = today;
    return [{ as: 'day', said: said(strong(today)) }, line];
  });
  return lines.length > 0
    ? lines
    : [paragraph(telling.unknown('ic', 'declarer'), ': the record holds no key entries.')];
}

interface Moment {
  readonly at: number;
  readonly line: Line;
}

/** Key entries, and between them the long silences: each stands where it began. */
function moments(telling: Telling): Moment[] {
  const entries = telling.evidence.key.map((key) => ({ at: key.at, line: entryLine(telling, key) }));
  const silences = longSilences(telling).map((silence) => ({
    at: silence.from.at,
    line: silenceLine(telling, silence),
  }));
  // Sorting keeps what is of one moment in this order: a silence comes after what it followed.
  return silences.length === 0 ? entries : [...entries, ...silences].sort((a, b) => a.at - b.at);
}

const entryLine = (telling: Telling, key: KeyEntry): Line => ({
  ...item(linked(telling.local.time(key.at), key.permalink), ' ', told(telling, key)),
  rank: RANK[key.rule],
});

const silenceLine = ({ local, evidence }: Telling, { from, to, millis }: Silence): Line => ({
  ...item(
    linked(local.time(from.at), from.entry && evidence.permalinkOf(from.entry)),
    ` Nobody said or did anything for ${formatDuration(millis)}, until `,
    linked(local.time(to.at), to.entry && evidence.permalinkOf(to.entry)),
    '.',
  ),
  rank: 3,
});

function told(telling: Telling, key: KeyEntry): Said {
  const { entry, rule, text } = key;
  const who = entry.actor === null ? null : telling.nameOf(entry.actor);
  switch (rule) {
    case 'state':
    case 'role':
    case 'task':
    case 'escalation': {
      const words = recorded(telling, key);
      if (entry.kind === 'escalation_acknowledged') return said(CALLED[rule], `${who ?? 'someone'} ${words}`);
      return said(CALLED[rule], words, who === null || words.includes(who) ? '' : ` (${who})`);
    }
    case 'update':
    case 'note': {
      const called = entry.kind === 'action_item' ? 'Follow-up' : CALLED[rule];
      if (entry.kind === 'action_item' && text === OF_A_MESSAGE)
        return said(strong(called), ' noted from a message', who === null ? '' : ` by ${who}`);
      return said(strong(called), who === null ? ': ' : ` by ${who}: `, quoted(telling, text, entry.kind));
    }
    case 'marked':
    case 'remedy':
    case 'cause':
    case 'recovery':
      return said(CALLED[rule], `${who ?? 'Someone'}: `, quoted(telling, text, entry.kind), firstsOf(key));
    default:
      return never(rule);
  }
}

const firstsOf = ({ remedy, cause }: KeyEntry): string => {
  const firsts = [remedy, cause ? 'what was later called the cause' : null].filter((one) => one !== null);
  return firsts.length === 0 ? '' : ` (first mention of ${listed(firsts)})`;
};

/** What the bot itself wrote down, with names where it keeps ids. */
function recorded({ nameOf, quote, facts }: Telling, { entry, text }: KeyEntry): string {
  const { role, user, from, to } = entry.payload;
  // The brief stands with the handoff; what it says of the update before stands above.
  if (entry.kind === 'handoff' && typeof from === 'string' && typeof to === 'string' && entry.payload.declined !== true)
    return `command handed over by ${nameOf(from)} to ${nameOf(to)}`;
  if (typeof role !== 'string') return quote(text ?? '').replace(USER_ID, nameOf);
  const name = facts.roles.get(role) ?? role;
  const before = typeof from === 'string' && from !== user ? ` (before: ${nameOf(from)})` : '';
  return `${name}: ${typeof user === 'string' ? nameOf(user) : 'nobody'}${before}`;
}

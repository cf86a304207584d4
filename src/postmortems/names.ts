import type { EntryKind } from '../db/tables.ts';
import { listed } from '../lib/text.ts';
import { plainOf } from '../slack/mrkdwn.ts';
import { isFromSlack } from '../timeline/entry.ts';
import type { IncidentRecord } from '../timeline/record.ts';
import { millisOf } from './clock-gaps.ts';
import type { DraftFacts, Line } from './document.ts';
import type { Evidence } from './evidence.ts';
import { type LocalTime, localTime } from './local-time.ts';
import { cutText, oneLine, type Part, type Piece, type Said, said } from './said.ts';

/** What every section is told from. */
export interface Telling extends Teller {
  readonly record: IncidentRecord;
  readonly evidence: Evidence;
  readonly facts: DraftFacts;
}

/** Who likely held a piece of knowledge. */
type Knower = 'ic' | 'ops' | 'comms' | 'declarer';

interface Teller {
  readonly local: LocalTime;
  readonly nameOf: (id: string) => string;
  /** What someone wrote, as one line of plain text; `kind` tells whether it is kept as Slack sent it. */
  readonly quote: (text: string, kind?: EntryKind) => string;
  /** `unknown, ask Dana`: by name, those of them who are known; else who had command, else who declared. */
  readonly unknown: (...whom: readonly Knower[]) => Piece;
  readonly holderOf: (role: string) => string | null;
}

/** Longer words are cut in the draft; their link leads to the whole. */
const QUOTE = 3_000;

export function teller(record: IncidentRecord, facts: DraftFacts): Teller {
  // A name is foreign text too: a line break in it would break the draft's lines.
  const nameOf = (id: string) => oneLine(facts.people.get(id) ?? id) || id;
  const isThere = (id: string) => facts.gone?.has(id) !== true;
  const holderOf = (role: string) => longestHolder(record, role, facts.draftedAt.getTime());
  return {
    local: localTime(facts.timezone),
    nameOf,
    quote: (text, kind) => cutText(oneLine(kind && isFromSlack(kind) ? plainOf(text, nameOf) : text), QUOTE),
    holderOf,
    unknown: (...whom) => {
      const known = whom.map((one) => (one === 'declarer' ? record.incident.declaredBy : holderOf(one)));
      const first = known.filter((one) => one !== null);
      const last = [holderOf('ic'), record.incident.declaredBy].filter((one) => one !== null);
      // Who left cannot be asked; when nobody else is known, the name is still the trace to follow.
      const asked = [first, last].map((some) => some.filter(isThere)).find((some) => some.length > 0);
      const names = [...new Set(asked ?? [...first, ...last].slice(0, 1))].map(
        (id) => `${nameOf(id)}${isThere(id) ? '' : ' (deactivated)'}`,
      );
      return { text: `unknown, ask ${listed(names)}`, as: 'unknown' };
    },
  };
}

/** Who held the role for most of the time; they saw most. */
function longestHolder({ roles }: IncidentRecord, role: string, now: number): string | null {
  const held = new Map<string, number>();
  for (const one of roles.filter((each) => each.role === role)) {
    const from = millisOf(one.from) ?? now;
    const length = Math.max(0, (millisOf(one.to) ?? now) - from);
    held.set(one.user, (held.get(one.user) ?? 0) + length);
  }
  const longest = [...held].sort((a, b) => b[1] - a[1])[0];
  return longest?.[0] ?? null;
}

export const paragraph = (...parts: Part[]): Line => ({ as: 'paragraph', said: said(...parts) });
export const item = (...parts: Part[]): Line => ({ as: 'item', said: said(...parts) });

/** “…”, or what stands for words that are not to be quoted again. */
export const quoted = (telling: Teller, words: string | null, kind?: EntryKind): Said =>
  words === null ? said('(deleted since)') : said(`“${telling.quote(words, kind)}”`);

import type { EntryKind } from '../db/tables.ts';
import { type Holder, holderOf, type Incident } from '../incidents/incident.ts';
import { formatDuration, HOUR, MINUTE } from '../lib/duration.ts';
import type { Ts, UserId } from '../lib/ids.ts';
import { plural, shorten } from '../lib/text.ts';
import type { Policy } from '../policy.ts';
import { localTime } from '../postmortems/local-time.ts';
import { isBots, lastWording } from '../postmortems/messages.ts';
import { listener } from '../postmortems/remedies.ts';
import { plainOf } from '../slack/mrkdwn.ts';
import type { RecordedEntry } from '../timeline/record.ts';

/** What the next commander must know, in words that people may change. What is true by itself is drawn beside it. */
export interface Brief {
  readonly stands: string;
  readonly tried: string;
  readonly pending: string;
  readonly risks: string;
  /** The messages it quotes: what is taken back in Slack leaves the brief as well. */
  readonly quoted: readonly Ts[];
}

/** Of an offer that is over nothing needs to be kept. */
export const SPENT: Brief = { stands: '', tried: '', pending: '', risks: '', quoted: [] };

export const BRIEF_FIELDS = ['stands', 'tried', 'pending', 'risks'] as const satisfies readonly (keyof Brief)[];
export type BriefField = (typeof BRIEF_FIELDS)[number];
export const LONGEST_PART = 1_500;

/** Something that was said or decided, as the record holds it. */
export type Entry = Pick<RecordedEntry, 'kind' | 'actor' | 'text' | 'ts' | 'payload'> & { readonly occurredAt: Date };

/** What the brief is written from. */
export interface Facts {
  readonly incident: Incident;
  readonly holders: readonly Holder[];
  readonly policy: Policy;
  /** The latest, oldest first. */
  readonly entries: readonly Entry[];
  /** Action items that are open. */
  readonly followUps: readonly string[];
  readonly updates: { readonly promised: number; readonly late: number };
  readonly names: ReadonlyMap<string, string>;
  readonly now: Date;
}

/** The brief as the record alone gives it: nothing is invented, and what the record lacks is said to be lacking. */
export function draftBrief(facts: Facts): Brief {
  const read = reading(facts);
  const tried = triedIn(facts, read);
  return {
    stands: capped(standsIn(facts, read), 'No update was posted and no note was made yet.'),
    tried: capped(
      tried.map(({ line }) => line),
      'Nothing that was tried is on record.',
    ),
    pending: capped(pendingIn(facts, read), 'Nothing is on record as pending.'),
    risks: capped(risksIn(facts, tried), 'None that the record shows.'),
    quoted: tried.flatMap(({ ts }) => ts ?? []),
  };
}

/** How an entry is quoted: its last wording on one line, with the time and who said it; null when it was taken back. */
function reading({ entries, policy, names }: Facts) {
  const wording = lastWording(entries);
  const local = localTime(policy.timezone);
  return (entry: Entry, isSlacks: boolean): string | null => {
    const text = wording(entry);
    if (text === null) return null;
    const plain = isSlacks ? plainOf(text, (user) => names.get(user)) : text.replace(USER, (id) => names.get(id) ?? id);
    const who = entry.actor === null ? undefined : names.get(entry.actor);
    const quoted = shorten(plain.replace(/\s+/g, ' ').trim(), 200);
    return quoted === '' ? null : `${local.time(entry.occurredAt.getTime())} ${who ? `${who}: ` : ''}${quoted}`;
  };
}
type Read = ReturnType<typeof reading>;
const USER = /\b[UW](?=[A-Z]*\d)[A-Z0-9]{2,}\b/g;

/** The last update, and the notes since. */
function standsIn({ entries }: Facts, read: Read): string[] {
  const last = entries.findLast(({ kind }) => kind === 'update_posted');
  const notes = entries.filter(({ kind, text }) => kind === 'note' && text !== null);
  return [...(last ? [last] : []), ...notes.slice(-3)].flatMap((entry) => read(entry, false) ?? []);
}

interface Tried {
  readonly line: string;
  readonly at: Date;
  readonly ts: Ts | null;
}

/** The first mention of each mitigation, and what is said to have mitigated it; the latest when there are many. */
function triedIn({ entries }: Facts, read: Read): Tried[] {
  const ears = listener();
  const wording = lastWording(entries);
  const spoken = entries.filter((entry) => {
    if (entry.kind === 'status_changed') return entry.payload.to === 'mitigated' && entry.payload.why !== null;
    if (entry.kind !== 'message' || isBots(entry)) return false;
    return ears.hears(wording(entry) ?? '', false).remedy !== null;
  });
  return spoken.slice(-6).flatMap((entry) => {
    const line = read(entry, entry.kind === 'message');
    return line === null ? [] : [{ line, at: entry.occurredAt, ts: entry.ts }];
  });
}

const CALLED_FOR: readonly EntryKind[] = ['escalated'];

function pendingIn({ incident, entries, followUps }: Facts, read: Read): string[] {
  const called = entries.filter(({ kind }) => CALLED_FOR.includes(kind)).slice(-2);
  const users =
    incident.mitigatedAt === null
      ? 'Users still feel it: nothing has mitigated it.'
      : 'Users are relieved; that the cause is fixed is not verified.';
  return [
    users,
    ...called.flatMap((entry) => {
      const line = read(entry, false);
      return line === null ? [] : [`Escalated ${line}`];
    }),
    ...followUps.slice(0, 5).map((what) => `Action item: ${shorten(what, 150)}`),
  ];
}

const HASTE = 30 * MINUTE;

function risksIn({ incident, holders, policy, updates, now }: Facts, tried: readonly Tried[]): string[] {
  const free = policy.roles.filter(({ id }) => (id === 'ops' || id === 'comms') && holderOf(holders, id) === null);
  const ic = holderOf(holders, 'ic');
  const lasts = now.getTime() - incident.declaredAt.getTime();
  const recent = tried.filter(({ at }) => now.getTime() - at.getTime() < HASTE).length;
  return [
    ...(free.length > 0 ? [`Nobody is ${free.map(({ name }) => name).join(' or ')}.`] : []),
    ...(ic !== null && holderOf(holders, 'ops') === ic ? ['IC and ops lead are one person.'] : []),
    ...(incident.mitigatedAt === null && lasts >= HOUR ? [`Not mitigated after ${formatDuration(lasts)}.`] : []),
    ...(recent > 1 ? [`${plural(recent, 'mitigation')} in the last half hour: beware of the second incident.`] : []),
    ...(updates.late > 0
      ? [`${updates.late} of ${plural(updates.promised, 'promised update')} came late: people will ask.`]
      : []),
    ...(incident.cadenceOffReason === null ? [] : [`No updates are promised: ${incident.cadenceOffReason}`]),
    ...(incident.severityChosen ? [] : [`Nobody chose ${incident.severity}: it is the default.`]),
  ];
}

/** Whole lines, as many as fit. */
function capped(lines: readonly string[], none: string): string {
  const kept: string[] = [];
  for (const line of lines.map((one) => shorten(one, 400))) {
    if ([...kept, line].join('\n').length > LONGEST_PART) break;
    kept.push(line);
  }
  return kept.join('\n') || none;
}

/** Who may be named in it. */
export const spokenBy = (entries: readonly Entry[]): UserId[] => [
  ...new Set(entries.flatMap(({ actor }) => (actor === null ? [] : [actor as UserId]))),
];

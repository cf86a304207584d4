import type { EntryKind, EntryRow } from '../db/tables.ts';
import { type Incident, ref } from '../incidents/incident.ts';
import type { Message } from '../jobs/job.ts';
import { type UserId, userId } from '../lib/ids.ts';
import { no, ok, type Result } from '../lib/result.ts';
import { shorten } from '../lib/text.ts';
import { lastWording } from '../postmortems/messages.ts';
import { USER_ID } from '../postmortems/people.ts';
import { actions, button, context, message, overflow, section } from '../slack/blocks.ts';
import { messageLimits } from '../slack/limits.ts';
import { cutMrkdwn, date, link, type Mrkdwn, md, plainOf } from '../slack/mrkdwn.ts';
import { isFromSlack } from '../timeline/entry.ts';
import { inHindsight } from '../timeline/known-later.ts';
import type { Afterthought } from '../timeline/record.ts';
import { entryOf } from '../timeline/story.ts';
import type { RecordRefusal } from './refusals.ts';

/** A key entry as it is told: with its last wording, at its corrected time. */
export interface KeyLine {
  readonly id: number;
  readonly at: Date;
  readonly kind: EntryKind;
  readonly actor: UserId | null;
  /** Null: taken back by who said it, or redacted. */
  readonly text: string | null;
  readonly permalink: string | null;
  readonly struck: NonNullable<Afterthought['struck']> | null;
  readonly isMoved: boolean;
}

/** From rows that may make or mark the story, in the order of the record; the order of the answer is that of what happened. */
export function keyLines(rows: readonly EntryRow[], incident: Incident, workspaceUrl: string | null): KeyLine[] {
  const told = inHindsight(
    rows.map((row) => entryOf(row, incident, workspaceUrl)),
    incident.cardTs,
  );
  const wording = lastWording(told);
  return told
    .filter(({ key, kind, payload }) => key && !(kind === 'clock_corrected' && payload.entry !== undefined))
    .map(({ struck, ...entry }) => ({
      id: entry.id,
      at: new Date(entry.correctedAt ?? entry.occurredAt),
      kind: entry.kind,
      actor: entry.actor === null ? null : userId(entry.actor),
      text: plain(entry.kind, wording(entry)),
      permalink: entry.permalink,
      struck: struck ?? null,
      isMoved: entry.correctedAt !== undefined,
    }))
    .sort((a, b) => a.at.getTime() - b.at.getTime() || a.id - b.id);
}

const plain = (kind: EntryKind, text: string | null): string | null =>
  text === null ? null : (isFromSlack(kind) ? plainOf(text) : text).replace(/\s+/g, ' ').trim();

/** Whom these lines name. */
export const namedIn = (lines: readonly KeyLine[]): UserId[] => [
  ...new Set(
    lines.flatMap(({ actor, text, struck }) => [
      ...(actor ? [actor] : []),
      ...(struck?.by ? [userId(struck.by)] : []),
      ...[...(text ?? '').matchAll(USER_ID)].map(([id]) => userId(id)),
    ]),
  ),
];

export type Named = ReadonlyMap<UserId, string>;

const PER_PAGE = 10;
/** What fits into one message with room for long entries. */
const MOST = 20;

export interface Page {
  readonly size: number;
  /** Place of the first; null: so that the last is on the page. */
  readonly from: number | null;
}

/** What was typed after `/incident timeline`. */
export function parsePage(rest: string): Result<Page, RecordRefusal> {
  const word = rest.trim().toLowerCase();
  if (word === 'all') return ok({ size: MOST, from: 0 });
  if (word === '') return ok({ size: PER_PAGE, from: null });
  if (!/^\d{1,6}$/.test(word) || Number(word) === 0) return no({ why: 'not-a-count', word: rest.trim() });
  return ok({ size: Math.min(MOST, Number(word)), from: null });
}

/** `<incident>:<size>:<from>`, as the paging buttons carry it. */
export function readPage(value: string): Page | null {
  const [, size, from] = /^\d{1,9}:(\d{1,2}):(\d{1,6})$/.exec(value) ?? [];
  return size === undefined ? null : { size: Math.min(MOST, Math.max(1, Number(size))), from: Number(from) };
}

/** `<incident>:<entry>:<what>`, as the choices of an entry carry it. */
export function readChoice(value: string): { entry: number; what: 'strike' | 'restore' | 'move' } | null {
  const [, entry, what] = /^\d{1,9}:(\d{1,15}):(strike|restore|move)$/.exec(value) ?? [];
  return entry === undefined ? null : { entry: Number(entry), what: what as 'strike' | 'restore' | 'move' };
}

export const ENTRY_CHOICE = 'timeline-entry';

/** The lines a page shows. */
export function linesOn(lines: readonly KeyLine[], { size, from }: Page): { from: number; shown: readonly KeyLine[] } {
  const start = Math.max(0, Math.min(from ?? lines.length - size, lines.length - 1));
  return { from: start, shown: lines.slice(start, start + size) };
}

/** `/incident timeline` */
export function keyList(incident: Incident, lines: readonly KeyLine[], page: Page, names: Named): Message {
  if (lines.length === 0)
    return message(
      md`The timeline of ${ref(incident)} has no key entry yet. Mark a message with :pushpin:, or write one: \`/incident note <text>\`.`,
    );
  const { from, shown } = linesOn(lines, page);
  const to = from + shown.length;
  const head = md`*${ref(incident)}*: key entries ${from + 1}–${to} of ${lines.length}`;
  const turn = (label: string, action: string, start: number) =>
    button(label, action, `${incident.id}:${page.size}:${start}`);
  const buttons = [
    ...(from > 0 ? [turn('Earlier', 'timeline-earlier', Math.max(0, from - page.size))] : []),
    ...(to < lines.length ? [turn('Later', 'timeline-later', to)] : []),
  ];
  return message(head, [
    context(head),
    ...shown.map((line) =>
      section(
        cutMrkdwn(told(line, names), Math.floor(ROOM / shown.length)),
        overflow(ENTRY_CHOICE, choices(incident, line)),
      ),
    ),
    ...(buttons.length > 0 ? [actions('timeline', buttons)] : []),
  ]);
}

/** For the entries of a page together, their choices left out: what a page counts, it shows. */
const ROOM = messageLimits.blocksTextBudget - 1_200;

const choices = (incident: Incident, { id, struck }: KeyLine) => [
  struck
    ? { text: 'Put back', value: `${incident.id}:${id}:restore` }
    : { text: 'Strike out', value: `${incident.id}:${id}:strike` },
  { text: 'Correct the time', value: `${incident.id}:${id}:move` },
];

/** One entry on one line. */
export function told(line: KeyLine, names: Named, max = 300): Mrkdwn {
  const { at, actor, text, permalink, struck, isMoved } = line;
  const who = actor ? md` *${names.get(actor) ?? actor}*` : md``;
  const words = text === null ? md`_taken back_` : md`${shorten(withNames(line.kind, text, names), max)}`;
  const where = permalink ? md` · ${link(permalink, 'in Slack')}` : md``;
  const moved = isMoved ? md` · _time corrected_` : md``;
  const head = md`${date(at)}${who} ${LABEL[line.kind] ?? ''}`;
  if (!struck) return md`${head}${words}${where}${moved}`;
  const by = struck.by ? ` by ${names.get(userId(struck.by)) ?? struck.by}` : '';
  return md`${head}~${words}~${where}${moved}\n_Struck out${by}: ${shorten(struck.why ?? 'no reason given', 200)}_`;
}

function withNames(kind: EntryKind, text: string, names: Named): string {
  const named = text.replace(USER_ID, (id) => names.get(userId(id)) ?? id);
  return ESCALATING.has(kind) ? named.replace(GROUP_ID, 'a user group') : named;
}

/** What the bot wrote of those who were called; elsewhere the letters may be anything. */
const ESCALATING: ReadonlySet<EntryKind> = new Set(['escalated', 'escalation_acknowledged', 'reminder_sent']);
const GROUP_ID = /\bS(?=[A-Z]*\d)[A-Z0-9]{7,}\b/g;

const LABEL: Partial<Record<EntryKind, string>> = {
  note: 'noted: ',
  update_posted: 'update: ',
  action_item: 'action item: ',
  escalated: 'escalation: ',
  task_asked: 'task: ',
  task_done: 'task ',
  task_stuck: 'task ',
};

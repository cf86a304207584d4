import { createHash } from 'node:crypto';
import type { Decision } from '../incidents/decision.ts';
import { type Incident, ref } from '../incidents/incident.ts';
import { post } from '../incidents/redraw.ts';
import type { Message, NewJob } from '../jobs/job.ts';
import { MINUTE, type Millis } from '../lib/duration.ts';
import { message } from '../slack/blocks.ts';
import { md } from '../slack/mrkdwn.ts';
import { BOARD, board } from './board.ts';
import { markdown } from './markdown.ts';
import { draftMessages } from './message.ts';
import { type PostmortemChange, type Shown, type Work, whole } from './work.ts';

/** Who edits several sections is done with all of them before the whole goes up as a file. */
const FILE_SETTLES: Millis = 10 * MINUTE;

/** What people edit goes up when they are done; the rest with the next file that somebody asks for. */
export type Settling = 'when it settles' | 'when somebody asks';

/** After a change of the postmortem: its messages are drawn again, and the file follows. */
export const drawAgain = (
  { id: incident }: Pick<Incident, 'id'>,
  revision: number,
  now: Date,
  file: Date | Settling,
): NewJob[] => [
  { job: { kind: 'draw-postmortem', incident }, runAt: now },
  ...(file === 'when somebody asks'
    ? []
    : [
        {
          job: { kind: 'upload-draft' as const, incident, revision },
          runAt: file === 'when it settles' ? new Date(now.getTime() + FILE_SETTLES) : file,
        },
      ]),
];

/** What a decision about a postmortem changes beside the incident. */
export interface Working {
  readonly decision: Decision;
  readonly change?: PostmortemChange;
  /** Whether it reads differently now, and when the file of it follows; null: it does not. */
  readonly revised: 'at once' | Settling | 'everywhere' | null;
  /** Not before. */
  readonly filesAt?: Date;
}

/** What follows in Slack. */
export function shownAgain(
  incident: Pick<Incident, 'id'>,
  revision: number,
  { revised, filesAt }: Working,
  now: Date,
): NewJob[] {
  const at = filesAt ?? now;
  const isLater = revised === 'when it settles' || revised === 'when somebody asks';
  const [draw, ...file] = drawAgain(incident, revision, now, isLater ? revised : at);
  return [
    ...(draw ? [draw] : []),
    ...(revised ? file : []),
    ...(revised === 'everywhere' ? [announcedFile(incident, revision, at)] : []),
  ];
}

/** The file that goes with the announcement. */
export const announcedFile = ({ id: incident }: Pick<Incident, 'id'>, revision: number, runAt: Date): NewJob => ({
  job: { kind: 'upload-draft', incident, revision, to: 'announcements' },
  runAt,
});

/** Those that are marked as unwanted by then. */
export const removingFiles = ({ id: incident }: Pick<Incident, 'id'>, now: Date): NewJob[] => [
  { job: { kind: 'remove-files', incident }, runAt: now },
];

export interface Drawing {
  /** A print of each message by its name, to be compared at the next drawing. */
  readonly drawn: Readonly<Record<string, string>>;
  readonly markdown: string;
  readonly jobs: readonly NewJob[];
}

/**
 * The postmortem as it stands in the channel: its messages, then the one with its state and its buttons. Each is posted
 * once and edited from then on, when what it says is another thing than before. Null before it is drafted.
 */
export function drawing(incident: Incident, work: Work, shown: Shown, now: Date): Drawing | null {
  const { status, drawn: before } = work.postmortem;
  const document = whole(work, shown);
  if (document === null) return null;
  const as = status === 'published' ? 'published' : 'draft';
  const pages = draftMessages(document, as).map((said, n): readonly [string, Message] => [page(n + 1), said]);
  const names = new Set(pages.map(([name]) => name));
  const surplus = Object.keys(before)
    .filter((name) => name !== BOARD && !names.has(name))
    .map((name): readonly [string, Message] => [name, emptied(incident)]);
  const boardNow = board(incident, work, shown.names, now);
  const all: (readonly [string, Message])[] = [...pages, ...surplus, [BOARD, boardNow]];
  // The card says how it stands; where it begins is known once that is posted.
  const isNews = before[BOARD] !== undefined && before[BOARD] !== print(boardNow);
  const onCard: NewJob[] = isNews ? [{ job: { kind: 'draw-card', incident: incident.id }, runAt: now }] : [];
  return {
    drawn: Object.fromEntries(all.map(([name, said]) => [name, print(said)])),
    markdown: markdown(document, as),
    jobs: [...all.flatMap(([name, said]) => jobOf(incident, name, said, before[name], now)), ...onCard],
  };
}

function page(n: number): string {
  return `postmortem:page:${n}`;
}

/** The name of the message it begins with, to which the incident's card leads. */
export const FIRST_PAGE = page(1);

function jobOf({ id }: Incident, name: string, said: Message, before: string | undefined, now: Date): NewJob[] {
  if (before === undefined) return [post(id, 'channel', said, now, name)];
  if (before === print(said)) return [];
  return [{ job: { kind: 'edit', incident: id, as: name, message: said }, runAt: now }];
}

const emptied = (incident: Incident): Message =>
  message(md`_The postmortem of ${ref(incident)} is shorter by now and ends above._`);

const print = (said: Message): string => createHash('sha256').update(JSON.stringify(said)).digest('hex').slice(0, 16);

import { type Decision, receipt } from '../incidents/decision.ts';
import { type Incident, ref } from '../incidents/incident.ts';
import type { Message } from '../jobs/job.ts';
import { shorten } from '../lib/text.ts';
import { context, message, section } from '../slack/blocks.ts';
import { date, escaped, joined, type Mrkdwn, md } from '../slack/mrkdwn.ts';
import type { Verdict } from './cadence.ts';
import { came } from './reminder-messages.ts';

/** What an update says beside its text. */
interface State {
  readonly before: Pick<Incident, 'status' | 'severity'>;
  readonly after: Pick<Incident, 'status' | 'severity' | 'cadenceOffReason'>;
  readonly dueAt: Date | null;
  /** The words themselves say when the next one comes: it is not said twice, by two clocks. */
  readonly saysNext?: boolean;
  readonly postedAt: Date;
  readonly timezone: string;
}

/** Room for the heading within Slack's 3,000 characters of a section. */
const SECTION = 2_900;
/** Slack fails messages whose blocks hold more than about 13,000 characters together. */
const SECTIONS_PER_MESSAGE = 3;

/** `[UPDATE 14:35] …` with status, severity and the next time; as many messages as the text needs, none of it cut. */
export function updateMessages(text: string, state: State): Message[] {
  const pieces = split(text, SECTION);
  const messages = Array.from({ length: Math.ceil(pieces.length / SECTIONS_PER_MESSAGE) }, (_, n) =>
    pieces.slice(n * SECTIONS_PER_MESSAGE, (n + 1) * SECTIONS_PER_MESSAGE),
  );
  return messages.map((own, n) => {
    const heading = headingOf(state, n + 1, messages.length);
    const sections = own.map((piece, i) => section(i === 0 ? md`${heading} ${piece}` : escaped(piece)));
    const brief = shorten(own[0] ?? '', 1_500);
    if (n > 0) return message(md`${heading} ${brief}`, sections);
    return message(md`${heading} ${brief}\n${stateLine(state)}`, [...sections, context(stateLine(state))]);
  });
}

function headingOf({ postedAt, timezone }: State, part: number, of: number): Mrkdwn {
  return md`[UPDATE ${timeIn(timezone, postedAt)}${of > 1 && part > 1 ? `, part ${part} of ${of}` : ''}]`;
}

function stateLine({ before, after, dueAt, saysNext = false }: State): Mrkdwn {
  const next = dueAt
    ? md`*Next update* by ${date(dueAt)}`
    : md`*Next update* none promised: ${after.cadenceOffReason ?? 'it is over'}`;
  return joined(
    [
      md`*Status* ${changed(before.status, after.status)}`,
      md`*Severity* ${changed(before.severity, after.severity)}`,
      ...(saysNext && dueAt ? [] : [next]),
    ],
    ' · ',
  );
}

const changed = (before: string, after: string): string => (before === after ? after : `${before} → ${after}`);

/** `14:35` on the organisation's wall clock. */
const timeIn = (timezone: string, at: Date): string =>
  new Intl.DateTimeFormat('en-GB', { timeZone: timezone, hour: '2-digit', minute: '2-digit', hourCycle: 'h23' }).format(
    at,
  );

/** Pieces of at most `max` characters once escaped, broken at a line's end or a space where there is one in the second half. */
function split(text: string, max: number): string[] {
  const pieces: string[] = [];
  let rest = text.trim();
  while (escaped(rest).text.length > max) {
    const fits = fitting(rest, max);
    const head = rest.slice(0, fits);
    const line = head.lastIndexOf('\n');
    const space = Math.max(head.lastIndexOf(' '), line);
    const at = line > fits / 2 ? line : space > fits / 2 ? space : fits;
    pieces.push(rest.slice(0, at).trimEnd());
    rest = rest.slice(at).trimStart();
  }
  return rest === '' && pieces.length > 0 ? pieces : [...pieces, rest];
}

/** How many UTF-16 units from the start fit once escaped; never half a surrogate pair. */
function fitting(text: string, max: number): number {
  let length = 0;
  let units = 0;
  for (const character of text) {
    length += escaped(character).text.length;
    if (length > max) break;
    units += character.length;
  }
  return units;
}

/** The private answer to who posted it: what became of the promise stands nowhere else. */
export function postedAnswer(
  after: Incident,
  verdict: Verdict,
  dueAt: Date | null,
): Pick<Decision, 'answer' | 'answerBeside'> {
  const next = dueAt ? md`the next one is due ${date(dueAt)}` : md`no next one is promised`;
  return receipt(after, md`Update of ${ref(after)} posted; ${next}.`, () =>
    verdict.kept === null ? md`No update had been promised.` : md`The promised update ${came(verdict)}.`,
  );
}

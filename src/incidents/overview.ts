import type { Message } from '../jobs/job.ts';
import { formatDuration } from '../lib/duration.ts';
import type { ChannelId } from '../lib/ids.ts';
import { shorten } from '../lib/text.ts';
import type { Policy } from '../policy.ts';
import { actions, type Block, button, context, header, message, section, textIn } from '../slack/blocks.ts';
import { cardOf, VERBS, type Verb, verbNames } from '../slack/command.ts';
import { messageLimits } from '../slack/limits.ts';
import { channelLink, date, joined, type Mrkdwn, md } from '../slack/mrkdwn.ts';
import { type Beside, card, type Names } from './card.ts';
import { type Holder, type Incident, isDrill, isOverdue, isPrivate, ref } from './incident.ts';

/** Lines on one page; the room for their text is what usually ends it. */
const LINES = 40;
/** What else a page says: its header, where the rest is, Declare. */
const BESIDE = 500;

/** Open incidents, worst first, a page at a time (counted from 1; past the end is the last); the empty state says how to declare. */
export function list(
  open: readonly Incident[],
  policy: Pick<Policy, 'severities'>,
  now: Date,
  wanted: number = 1,
): Message {
  const declare = actions('list', [button('Declare', 'declare', 'new', 'primary')]);
  if (open.length === 0)
    return message(md`No incident is open.`, [
      section(md`No incident is open. Declaring early is cheap, and calling it off is one command.`),
      declare,
    ]);
  const pages = inPages(worstFirst(open, policy).map((one) => section(line(one, now))));
  const page = Math.min(Math.max(wanted, 1), pages.length);
  return message(md`${open.length} open`, [
    header(`${open.length} open`),
    ...(pages[page - 1] ?? []),
    ...(pages.length > 1 ? [context(where(page, pages.length))] : []),
    declare,
  ]);
}

const where = (page: number, pages: number): Mrkdwn =>
  page < pages
    ? md`Page ${page} of ${pages}; it goes on with \`/incident list ${page + 1}\``
    : md`Page ${page} of ${pages}; back to the worst: \`/incident list\``;

/** Slack refuses a message with too much text in its blocks: a page holds what fits, and drops nothing. */
function inPages(lines: readonly Block[]): Block[][] {
  const pages: Block[][] = [];
  let room = 0;
  for (const one of lines) {
    const page = pages.at(-1);
    room -= textIn(one);
    if (page && room >= 0 && page.length < LINES) page.push(one);
    else {
      pages.push([one]);
      room = messageLimits.blocksTextBudget - BESIDE - textIn(one);
    }
  }
  return pages;
}

export function worstFirst(open: readonly Incident[], { severities }: Pick<Policy, 'severities'>): Incident[] {
  const rank = new Map(severities.map((severity, n) => [severity.id, n]));
  return open.toSorted((a, b) => (rank.get(a.severity) ?? 99) - (rank.get(b.severity) ?? 99));
}

function line(incident: Incident, now: Date): Mrkdwn {
  const marks = `${isDrill(incident) ? 'drill · ' : ''}${isPrivate(incident) ? 'private · ' : ''}`;
  const age = formatDuration(now.getTime() - incident.declaredAt.getTime());
  const channel = incident.channelId ? channelLink(incident.channelId) : md`(opening its channel)`;
  return md`*${ref(incident)}* ${incident.severity} ${shorten(incident.title, 150)}\n${marks}${incident.status} · declared ${age} ago · ${channel}${promised(incident)}`;
}

function promised(incident: Incident): Mrkdwn {
  if (incident.promiseDueAt === null) return md``;
  const at = date(incident.promiseDueAt);
  return isOverdue(incident) ? md` · *next update overdue since ${at}*` : md` · next update by ${at}`;
}

/** One incident for who asks: the card, and its channel where they are not in it. */
export function show(
  incident: Incident,
  holders: readonly Holder[],
  names: Names,
  policy: Parameters<typeof card>[3],
  beside: Beside,
  askedIn: ChannelId,
): Message {
  const drawn = card(incident, holders, names, policy, beside);
  const { channelId } = incident;
  const channel = channelId && channelId !== askedIn ? [context(md`Its channel: ${channelLink(channelId)}`)] : [];
  return { text: drawn.text, blocks: [...(drawn.blocks ?? []), ...channel] };
}

/** Written from the table of verbs, like README and manifest. */
export function help(verb: Verb | null): Message {
  if (verb) {
    const { usage, does, also, example } = cardOf(verb);
    const words = also.length > 0 ? md`\nAlso: ${also.join(', ')}` : md``;
    return message(md`*\`/incident ${usage}\`*\n${does}${words}\nFor example: \`/incident ${example}\``);
  }
  return message(md`What Sitrep understands`, [
    header('What Sitrep understands'),
    ...inGroups(verbNames, PER_SECTION).map((names) =>
      section(joined(names.map((name) => md`\`/incident ${VERBS[name].usage}\` ${VERBS[name].does}`))),
    ),
    context(
      md`End a command with \`in INC-42\` to use it outside the channels of incidents. \`/incident help <verb>\` says more.`,
    ),
  ]);
}

/** Some 100 characters each; a section holds 3,000. */
const PER_SECTION = 12;

const inGroups = <T>(all: readonly T[], size: number): T[][] =>
  Array.from({ length: Math.ceil(all.length / size) }, (_, n) => all.slice(n * size, (n + 1) * size));

/** Whoever says so wants to turn one into the other, and a drill called nobody when it was declared. */
const KINDS: ReadonlyMap<string, Mrkdwn> = new Map([
  [
    'real',
    md`A drill stays a drill: nobody was called for it. If it is real, \`/incident declare\` in its channel opens the form with what is known; then end the drill with \`/incident cancel it became real\`.`,
  ],
  [
    'drill',
    md`A drill is declared as one: \`/incident declare drill sev2 <title>\`. What was declared as real stays real, as people were called for it: end it with \`/incident cancel it was a drill\`.`,
  ],
]);

export function unknownVerb(word: string, nearest: Verb | null): Message {
  const kind = KINDS.get(word.split(/\s/)[0]?.toLowerCase() ?? '');
  if (kind) return message(kind);
  const guess = nearest ? md` Did you mean \`/incident ${cardOf(nearest).example}\`?` : md``;
  return message(
    md`"${word.slice(0, 80)}" is not something Sitrep does.${guess} \`/incident help\` lists everything; \`/incident declare <title>\` declares an incident.`,
  );
}

import { formatDay } from '../lib/day.ts';
import { formatDuration, MINUTE, type Millis } from '../lib/duration.ts';
import { millisOf } from './clock-gaps.ts';
import type { Line } from './document.ts';
import { longSilences, silenceText } from './facts.ts';
import { findsNobody } from './key-entries.ts';
import { item, paragraph, type Telling } from './names.ts';
import { USER_ID } from './people.ts';
import { didNotCome, type Late, worstOf } from './promises.ts';
import { linked, type Part, type Piece, said, strong } from './said.ts';
import { endOf, reopens } from './silence.ts';
import { stampLink, updateLink } from './stamp-links.ts';

/** What the numbers say, and what only people can say. Nothing stands under "well" or "poorly" that was not computed. */

export function wentWell(telling: Telling): Line[] {
  const { evidence, facts, record, unknown, nameOf, local } = telling;
  const { gaps, promises, handoffs } = evidence;
  const { acknowledgeWithin } = facts;
  const [mitigatedAt, resolvedAt] = [millisOf(record.clock.mitigatedAt), millisOf(record.clock.resolvedAt)];
  return [
    ...(gaps.acknowledge && acknowledgeWithin !== null && gaps.acknowledge.millis <= acknowledgeWithin
      ? [
          item(
            'Command was taken ',
            linked(afterDeclaring(gaps.acknowledge.millis), stampLink(telling, 'acknowledgedAt')),
            ` (policy: within ${formatDuration(acknowledgeWithin)}).`,
          ),
        ]
      : []),
    ...(promises.promised > 0 && promises.kept === promises.promised
      ? [
          item(
            promises.promised === 1
              ? 'The one promised update was '
              : `${promises.promised === 2 ? 'Both' : `All ${promises.promised}`} promised updates were `,
            linked('posted in time', lastUpdate(telling)),
            '.',
          ),
        ]
      : []),
    ...(mitigatedAt !== null && resolvedAt !== null && resolvedAt - mitigatedAt >= MINUTE
      ? [
          item(
            'Mitigation came first: users were ',
            linked('relieved', stampLink(telling, 'mitigatedAt')),
            ` ${formatDuration(resolvedAt - mitigatedAt)} before the incident was `,
            linked('resolved', stampLink(telling, 'resolvedAt')),
            '.',
          ),
        ]
      : []),
    ...handoffs.map(({ at, permalink, entry }) =>
      item(
        'Command was handed over formally at ',
        linked(local.time(at), permalink),
        entry.actor === null ? '.' : `, accepted by ${nameOf(entry.actor)}.`,
      ),
    ),
    item(unknown('ic', 'declarer'), ': what else is worth doing again?'),
  ];
}

/** The last of those that were kept shows how it went on. */
function lastUpdate(telling: Telling): string | null {
  const last = telling.record.updates.at(-1);
  return last ? updateLink(telling, last.postedAt) : null;
}

const afterDeclaring = (millis: Millis): string =>
  millis < MINUTE ? 'as soon as it was declared' : `${formatDuration(millis)} after the declaration`;

export function wentPoorly(telling: Telling): Line[] {
  const { evidence, unknown, local, record } = telling;
  const reopened = evidence.key.filter(({ entry }) => reopens(entry));
  // Of what was over when it was declared, nobody could take command, nor say anything in its channel.
  const wasOver =
    (millisOf(record.clock.resolvedAt) ?? Number.POSITIVE_INFINITY) <= Date.parse(record.clock.declaredAt);
  return [
    ...(wasOver ? [] : [...command(telling), ...updates(telling), ...quiet(telling)]),
    ...crowd(telling),
    ...alone(telling),
    ...reopened.map(({ at, permalink }) => item('It was reopened at ', linked(local.time(at), permalink), '.')),
    item(unknown('ic', 'ops'), ': what else made it harder or longer than it had to be?'),
  ];
}

function command(telling: Telling): Line[] {
  const { evidence, facts, record, local } = telling;
  const taken = evidence.gaps.acknowledge;
  const within = facts.acknowledgeWithin;
  if (within === null) return [];
  const policy = `(policy: within ${formatDuration(within)})`;
  if (taken && taken.millis > within) {
    const when = linked(afterDeclaring(taken.millis), stampLink(telling, 'acknowledgedAt'));
    return [item('Command was taken ', when, ` ${policy}.`)];
  }
  if (record.clock.acknowledgedAt !== null) return [];
  const asked = evidence.key.find(({ entry }) => findsNobody(entry) && entry.payload.about === 'ic');
  const when = asked ? said(', asked for at ', linked(local.time(asked.at), asked.permalink)) : '';
  return [item('Nobody held the role of Incident Commander ', policy, when, '.')];
}

function updates(telling: Telling): Line[] {
  const { promises } = telling.evidence;
  const { promised, late, missed, posted } = promises;
  const subject = (n: number) => (promised === 1 ? 'The one promised update' : `${n} of ${promised} promised updates`);
  const sum = (what: string, how: string, which: readonly Late[]): Line[] => {
    if (which.length === 0) return [];
    const longest = which.length > 1 ? `the longest by ${formatDuration(worstOf(which))}` : '';
    const beside = [how, longest].filter((words) => words !== '').join(', ');
    const were = which.length === 1 ? 'was' : 'were';
    return [
      item(
        `${subject(which.length)} ${were} ${what}${beside === '' ? '' : ` (${beside})`}: `,
        ...dueTimes(telling, which),
        '.',
      ),
    ];
  };
  const quiet =
    posted === 0 && promised === 0 && wasLong(telling)
      ? [item('No update was posted while the incident was open.')]
      : [];
  const came = late.filter((one) => !didNotCome(one));
  const yet = endOf(telling.record) === null ? 'has not come yet' : 'did not come';
  const none = late.filter(didNotCome).map((one) => item(`${subject(1)} ${yet}: due `, dueTime(telling, one), '.'));
  return [...sum('late', '', came), ...none, ...sum('missed', 'a whole cadence late or more', missed), ...quiet];
}

const TIMES = 8;

/** `due 14:35, came 12 min later`; the link leads to the update. */
function dueTimes(telling: Telling, late: readonly Late[]) {
  const { evidence, record, local } = telling;
  const posts = new Map(
    record.timeline.filter((one) => one.kind === 'update_posted').map((one) => [one.occurredAt, one]),
  );
  const shown = late.slice(0, TIMES).flatMap((one, n) => {
    const { promisedAt, update, by } = one;
    const post = update ? posts.get(update.postedAt) : undefined;
    const came = update
      ? said(
          `${local.time(promisedAt)}, `,
          linked(`came ${formatDuration(by)} later`, post ? evidence.permalinkOf(post) : null),
        )
      : said(dueTime(telling, one), ', did not come');
    return said(n > 0 ? '; due ' : 'due ', came);
  });
  return late.length > TIMES ? said(shown, `; and ${late.length - TIMES} more`) : shown;
}

/** When it was due, leading to where that was said. */
const dueTime = ({ evidence, local }: Telling, { promisedAt, entry }: Late): Piece =>
  linked(local.time(promisedAt), entry ? evidence.permalinkOf(entry) : null);

const wasLong = ({ evidence, facts }: Telling): boolean =>
  facts.updateEvery !== null && (evidence.gaps.resolve?.millis ?? 0) > facts.updateEvery;

function quiet(telling: Telling): Line[] {
  if (telling.evidence.voices.length === 0)
    return [item('Nobody wrote in the channel: what was said elsewhere is not in this record.')];
  if (longSilences(telling).length === 0) return [];
  return [item('The longest silence in the channel was ', silenceText(telling), '.')];
}

/** Beyond it, leads of parts of the work keep command possible. */
const SPAN_OF_CONTROL = 7;

function crowd({ evidence, local }: Telling): Line[] {
  const fullest = evidence.hours.reduce((most, one) => (one.people > most.people ? one : most), { from: 0, people: 0 });
  if (fullest.people <= SPAN_OF_CONTROL) return [];
  return [
    item(
      `In the hour from ${local.time(fullest.from)} ${fullest.people} people wrote; one person can coordinate about ${SPAN_OF_CONTROL} (span of control).`,
    ),
  ];
}

/** Calls for help that had nowhere to go, one line for each kind. */
function alone({ evidence, local, quote, nameOf }: Telling): Line[] {
  const found = evidence.key.filter(({ entry }) => findsNobody(entry) && entry.payload.about !== 'ic');
  const byKind = Map.groupBy(found, ({ entry }) => (entry.text ?? '').split(':')[0] ?? '');
  return [...byKind].map(([kind, all]) => {
    const first = all[0];
    const rest = quote(first?.text ?? '')
      .replace(USER_ID, nameOf)
      .slice(kind.length);
    const times = all
      .slice(0, TIMES)
      .flatMap(({ at, permalink }, n) => said(n > 0 ? ', ' : '', linked(local.time(at), permalink)));
    const more = all.length > TIMES ? `, and ${all.length - TIMES} more` : '';
    const what = all.length === 1 ? rest : '';
    return item(`${ENDS[kind] ?? kind} at `, times, more, what, '.');
  });
}

const ENDS: Readonly<Record<string, string>> = {
  'nobody to escalate to': 'There was nobody to escalate to',
  'nobody answered': 'Nobody answered a call for help',
};

export function lucky({ unknown }: Telling): Line[] {
  return [
    item(
      unknown('ic', 'ops', 'comms'),
      ': what could easily have been worse, and what kept it from being so (the hour, who was around, a limit nobody set on purpose)?',
    ),
  ];
}

export function actionItems(telling: Telling): Line[] {
  const { record, nameOf, quote, unknown } = telling;
  // Of what is over nobody is asked any more.
  const known = (name: string, value: string | null, status: string): Part[] =>
    value === null && status !== 'open' ? [] : [name, value ?? unknown('ic')];
  const items = record.actionItems.map((one) =>
    item(
      // The words of a message stand with their link, so that they go from here when they are taken back there.
      one.permalink === null ? quote(one.what) : said(`“${quote(one.what)}” `, linked('in Slack', one.permalink)),
      ...known(' · owner: ', one.owner && nameOf(one.owner), one.status),
      ...known(' · due: ', one.due && formatDay(one.due), one.status),
      one.type === null ? '' : ` · ${one.type}`,
      one.ticket === null ? '' : said(' · ', linked('ticket', one.ticket)),
      one.status === 'open' ? '' : ` · ${one.status}${one.reason === null ? '' : `: ${quote(one.reason)}`}`,
    ),
  );
  const ask = items.length === 0 ? ': none is recorded yet. ' : ': is that all, and will all of it happen? ';
  return [
    ...items,
    paragraph(
      unknown('ic', 'ops'),
      ask,
      'Three to five that will be done; each with an owner, a due date and a link to its ticket.',
    ),
  ];
}

export function lessons({ unknown }: Telling): Line[] {
  return [
    item(unknown('ic', 'ops', 'comms'), ': what do you know now that you did not know before?'),
    item(strong('Who else needs to hear it: '), unknown('ic')),
  ];
}

import { formatDuration } from '../lib/duration.ts';
import type { Clock } from '../timeline/record.ts';
import { isIdentified } from './cause-words.ts';
import { millisOf } from './clock-gaps.ts';
import type { Line } from './document.ts';
import { factorClasses } from './factors.ts';
import { hasDetection } from './facts.ts';
import type { KeyEntry } from './key-entries.ts';
import { item, paragraph, quoted, type Telling } from './names.ts';
import { linked, type Part, type Said, said, strong } from './said.ts';
import { sourceOf, spokenAt, stampLink, updateLink } from './stamp-links.ts';

/** What happened, told from the record alone: the sections of facts. */

export function summary(telling: Telling): Line[] {
  const { record, facts, local, nameOf, quote, unknown } = telling;
  const { incident, clock } = record;
  const declaredAt = millisOf(clock.declaredAt) ?? facts.draftedAt.getTime();
  const course = isOne(clock)
    ? sinceDeclared(telling, 'mitigated and resolved', 'resolvedAt')
    : [...sinceDeclared(telling, 'mitigated', 'mitigatedAt'), ...sinceDeclared(telling, 'resolved', 'resolvedAt')];
  const drill = incident.kind === 'drill' ? ' It was a drill.' : '';
  return [
    incident.summary
      ? paragraph(quote(incident.summary), spokenAt(telling, sourceOf(telling, 'summary')))
      : paragraph(unknown('ic', 'declarer'), ': what happened, in two sentences a newcomer understands.'),
    paragraph(
      `${incident.ref} (${quote(incident.severity)}) was declared by ${nameOf(incident.declaredBy)} at `,
      linked(local.full(declaredAt), stampLink(telling, 'declaredAt')),
      ...course.map((what, n) => said(n > 0 ? ' and ' : ', ', what)),
      `.${standing(incident.status)}${drill}`,
    ),
  ];
}

/** Resolving what was not mitigated before stamps both. */
const isOne = ({ mitigatedAt, resolvedAt }: Clock): boolean => mitigatedAt !== null && mitigatedAt === resolvedAt;

function sinceDeclared(telling: Telling, name: string, stamp: 'mitigatedAt' | 'resolvedAt'): Said[] {
  const [declaredAt, at] = [millisOf(telling.record.clock.declaredAt), millisOf(telling.record.clock[stamp])];
  if (declaredAt === null || at === null || at < declaredAt) return [];
  return [said(`${name} `, linked(`${formatDuration(at - declaredAt)} later`, stampLink(telling, stamp)))];
}

function standing(status: string): string {
  if (status === 'canceled') return ' It was canceled as a false alarm.';
  return status === 'resolved' || status === 'closed' ? '' : ` It is still open (${status}).`;
}

export function impact(telling: Telling): Line[] {
  const { record, unknown, quote, local } = telling;
  const { incident, updates } = record;
  const told = updates.findLast((update) => update.audienceText);
  return [
    item(
      strong('Users: '),
      ...(incident.impact
        ? [quote(incident.impact), spokenAt(telling, sourceOf(telling, 'impact'))]
        : [unknown('comms', 'declarer')]),
    ),
    item(strong('Duration: '), duration(telling)),
    item(strong('Requests: '), unknown('ops'), ': how many were refused, slow or wrong, and of how many?'),
    item(strong('Error budget: '), unknown('ops'), ': how much of it went?'),
    item(strong('Revenue: '), unknown('ic'), ': what did it cost, or is it known to be none?'),
    ...(told
      ? [
          item(
            strong('What customers were told last: '),
            quoted(telling, told.audienceText),
            ' (',
            linked(local.time(millisOf(told.postedAt) ?? 0), updateLink(telling, told.postedAt)),
            ')',
          ),
        ]
      : []),
  ];
}

function duration(telling: Telling): Said {
  const { record, local, unknown } = telling;
  const { clock } = record;
  const end = stampLink(telling, clock.mitigatedAt === null ? 'resolvedAt' : 'mitigatedAt');
  const [from, to] = [millisOf(clock.impactStartedAt), millisOf(clock.mitigatedAt ?? clock.resolvedAt)];
  const declaredAt = millisOf(clock.declaredAt);
  if (from !== null && to !== null && to >= from)
    return said(
      `${formatDuration(to - from)}, `,
      linked(local.full(from), stampLink(telling, 'impactStartedAt')),
      ' to ',
      linked(local.full(to), end),
    );
  if (from === null && to !== null && declaredAt !== null && to >= declaredAt)
    return said(
      'at least ',
      linked(formatDuration(to - declaredAt), end),
      ' since the declaration; when users first felt it: ',
      unknown('ops', 'declarer'),
    );
  return said(
    unknown('ops', 'ic'),
    from === null ? ': when did it start, when did it end for users?' : ': when did it end for users?',
  );
}

export function detection(telling: Telling): Line[] {
  const { record, evidence, local, unknown } = telling;
  const { gaps } = evidence;
  const declared = millisOf(record.clock.declaredAt) ?? 0;
  return [
    ...(gaps.detect
      ? [
          item(
            'Users felt it for ',
            linked(formatDuration(gaps.detect.millis), stampLink(telling, 'impactStartedAt')),
            ' before anything in the record shows that it was noticed.',
          ),
        ]
      : []),
    gaps.declare && hasDetection(record.clock)
      ? item(
          'It was declared ',
          linked(formatDuration(gaps.declare.millis), stampLink(telling, 'declaredAt')),
          ' after it was ',
          linked('detected', stampLink(telling, 'detectedAt')),
          '.',
        )
      : item(
          'Nothing earlier than the declaration (',
          linked(local.full(declared), stampLink(telling, 'declaredAt')),
          ') is recorded as its detection.',
        ),
    item(strong('How it was noticed: '), unknown('declarer'), ': an alert, a customer, a colleague?'),
    item(strong('How it could be noticed sooner: '), unknown('ops', 'declarer')),
  ];
}

/** The last words on it are what people knew best. */
const CALLED_IDENTIFIED = 5;

export function contributing(telling: Telling): Line[] {
  const { evidence, unknown, local } = telling;
  const identified = evidence.key
    .filter(({ entry }) => isIdentified(entry))
    .slice(-CALLED_IDENTIFIED)
    .flatMap((key) => {
      const why = whyOf(telling, key);
      return why === null ? [] : [{ key, why }];
    });
  const witnessed = identified.map(({ key, why }) =>
    item(
      'The cause was called identified at ',
      linked(local.time(key.at), key.permalink),
      ', in the words ',
      quoted(telling, why),
      '.',
    ),
  );
  return [
    ...witnessed,
    ...spokenOf(telling),
    item(
      unknown('ops', 'ic'),
      ': which conditions came together? Several, each alone was not enough; one on each line, its class in front: ',
      `${factorClasses.join(', ')}.`,
    ),
    item(
      unknown('ops'),
      ': what changed in the hour before it started (deploys, configuration, flags, traffic, dependencies)?',
    ),
    item(unknown('ic', 'ops'), ': what made it possible, what made it likely, and what let it reach so far?'),
  ];
}

/** What the channel spoke of before it was mitigated. That it was spoken of is proven, that it contributed is not. */
function spokenOf(telling: Telling): Line[] {
  const { evidence, local } = telling;
  const cause = evidence.key.find((key) => key.cause);
  const words = (of: Pick<KeyEntry, 'at' | 'permalink' | 'entry' | 'text'>): Part[] => [
    linked(local.time(of.at), of.permalink),
    of.entry.actor === null ? ': ' : ` by ${telling.nameOf(of.entry.actor)}: `,
    quoted(telling, of.text, of.entry.kind),
  ];
  return [
    ...(cause ? [item('It was first spoken of at ', ...words(cause))] : []),
    ...evidence.factors
      .filter(({ entry }) => entry !== cause?.entry)
      .map((one) => item(`Spoken of before it was mitigated (${one.class}?) at `, ...words(one))),
  ];
}

/** The reason given with a change of status; one folded into an update has the update's words. */
function whyOf({ record }: Telling, key: KeyEntry | undefined): string | null {
  const { why } = key?.entry.payload ?? {};
  if (typeof why === 'string' && why !== '') return why;
  return record.updates.find(({ postedAt }) => postedAt === key?.entry.occurredAt)?.text ?? null;
}

export function mitigation(telling: Telling): Line[] {
  const { record, evidence, local, quote, unknown } = telling;
  const { clock, incident } = record;
  const reached = (status: string): KeyEntry | undefined =>
    evidence.key.findLast(({ entry }) => entry.kind === 'status_changed' && entry.payload.to === status);
  const line = (name: string, stamp: string | null, key: KeyEntry | undefined): Line[] => {
    const at = millisOf(stamp);
    if (at === null) return [];
    const why = whyOf(telling, key);
    return [
      item(
        strong(`${name} `),
        linked(local.full(at), key?.permalink ?? null),
        // What fixed it stands in a line of its own.
        why === null || why === incident.resolution ? '' : said(': ', quoted(telling, why)),
      ),
    ];
  };
  return [
    ...remedyLine(telling),
    ...(isOne(clock) ? [] : line('Mitigated', clock.mitigatedAt, reached('mitigated') ?? reached('resolved'))),
    ...line(isOne(clock) ? 'Mitigated and resolved' : 'Resolved', clock.resolvedAt, reached('resolved')),
    item(
      strong('What fixed it: '),
      ...(incident.resolution
        ? [quote(incident.resolution), spokenAt(telling, reached('resolved') ?? null)]
        : [unknown('ops', 'ic')]),
    ),
    ...triedLines(telling),
  ];
}

function remedyLine(telling: Telling): Line[] {
  const { evidence, local } = telling;
  if (evidence.remedy === null) return [];
  const { first, doneAt, after, done, undone } = evidence.remedy;
  const mention: Part[] = [
    `The first mention of a mitigation (${first.remedy}) stands at `,
    linked(local.time(first.at), first.permalink),
    ': ',
    quoted(telling, first.text, first.entry.kind),
  ];
  if (doneAt === null || after === null) return [item(...mention, '. No mitigation is recorded as done.')];
  return [
    item(
      ...mention,
      `. The incident was ${undone ? `called ${statusOf(done)}` : 'mitigated'} at `,
      linked(local.time(doneAt), done?.permalink ?? stampLink(telling, 'mitigatedAt')),
      `, ${formatDuration(after)} later`,
      undone ? said(', and open again at ', linked(local.time(undone.at), undone.permalink)) : '',
      '; whether by that, ',
      telling.unknown('ops'),
      '.',
    ),
  ];
}

const statusOf = (key: KeyEntry | null): string =>
  typeof key?.entry.payload.to === 'string' ? key.entry.payload.to : 'mitigated';

/** What was called done and did not hold is proven; what else was tried, people say. */
function triedLines(telling: Telling): Line[] {
  const { evidence, local, unknown } = telling;
  const undone = evidence.attempts.flatMap(({ called, undone: back }) => (back ? [{ called, back }] : []));
  const lines = undone.map(({ called, back }) =>
    item(
      strong('What was tried without lasting effect: '),
      ...called.map((key, n) =>
        said(
          `${n > 0 ? ', ' : ''}called ${statusOf(key)} at `,
          linked(local.time(key.at), key.permalink),
          reason(telling, key),
        ),
      ),
      '; open again at ',
      linked(local.time(back.at), back.permalink),
      reason(telling, back),
    ),
  );
  const name = lines.length === 0 ? 'What was tried without effect: ' : 'What else was tried without effect: ';
  return [...lines, item(strong(name), unknown('ops'))];
}

function reason(telling: Telling, key: KeyEntry): Part {
  const why = whyOf(telling, key);
  return why === null ? '' : said(' (', quoted(telling, why), ')');
}

import { formatDuration, MINUTE } from '../lib/duration.ts';
import { listed, plural } from '../lib/text.ts';
import type { Clock, Instant } from '../timeline/record.ts';
import { type Gap, millisOf } from './clock-gaps.ts';
import type { Fact } from './document.ts';
import type { Telling } from './names.ts';
import { didNotCome, worstOf } from './promises.ts';
import { linked, type Part, type Said, said } from './said.ts';
import type { Silence } from './silence.ts';
import { lastOf, roleLink, sourceOf, stampLink, updateLink } from './stamp-links.ts';

const fact = (name: string, ...parts: Part[]): Fact => ({ name, said: said(...parts) });

const STAMPS = {
  impactStartedAt: 'Impact started',
  detectedAt: 'Detected',
  declaredAt: 'Declared',
  acknowledgedAt: 'Command taken',
  mitigatedAt: 'Mitigated',
  resolvedAt: 'Resolved',
} as const satisfies Partial<Record<keyof Clock, string>>;

export function headerFacts(telling: Telling): Fact[] {
  const { record, evidence, facts, local, nameOf, quote } = telling;
  const { incident, clock } = record;
  const marks = [incident.kind === 'drill' ? 'drill' : null, incident.visibility === 'private' ? 'private' : null];
  const stamps = Object.entries(STAMPS).flatMap(([stamp, name]) => {
    if (stamp === 'detectedAt' && !hasDetection(clock)) return [];
    const at = millisOf(clock[stamp as keyof typeof STAMPS]);
    const by = stamp === 'declaredAt' ? ` by ${nameOf(incident.declaredBy)}` : '';
    const set = stampLink(telling, stamp as keyof typeof STAMPS);
    return at === null ? [] : [fact(name, linked(local.full(at), set), by)];
  });
  return [
    fact(
      'Severity',
      linked(quote(incident.severity), lastOf(evidence, 'severity_changed', 'declared')?.permalink ?? null),
    ),
    fact(
      'Status',
      linked(incident.status, lastOf(evidence, 'status_changed', 'declared')?.permalink ?? null),
      ...marks.flatMap((mark) => (mark === null ? [] : [`, ${mark}`])),
    ),
    ...stamps,
    ...(incident.services.length > 0
      ? [
          fact(
            'Services',
            linked(
              listed(incident.services.map((one) => quote(one))),
              sourceOf(telling, 'services')?.permalink ?? null,
            ),
          ),
        ]
      : []),
    ...rolesOf(telling),
    ...(evidence.voices.length > 0 ? [fact('Wrote in the channel', voices(telling))] : []),
    ...(incident.links.length > 0 ? [fact('Links', ...linksOf(telling))] : []),
    fact('Owner', `${nameOf(telling.holderOf('ic') ?? incident.declaredBy)}, until someone else takes it`),
    fact('Due', due(telling)),
    fact(
      'Drafted',
      `${local.full(facts.draftedAt.getTime())} from ${plural(evidence.entries, 'entry', 'entries')} of the record`,
    ),
  ];
}

function rolesOf({ record, evidence, facts, local, nameOf }: Telling): Fact[] {
  const byRole = Map.groupBy(record.roles, (held) => held.role);
  return [...byRole].map(([role, holders]) => {
    const when = (word: string, instant: Instant | null): Said => {
      const at = millisOf(instant);
      return at === null ? said() : said(word, linked(local.time(at), roleLink(evidence, instant)));
    };
    const held = holders.flatMap(({ user, from, to }, n) =>
      said(n > 0 ? ', ' : '', `${nameOf(user)} (`, when('from ', from), when(' to ', to), ')'),
    );
    return fact(facts.roles.get(role) ?? role, held);
  });
}

const VOICES = 15;

function voices({ evidence, nameOf }: Telling): string {
  const first = evidence.voices.slice(0, VOICES).map(({ user, messages }) => `${nameOf(user)} ${messages}`);
  const others = evidence.voices.length - first.length;
  return others > 0 ? `${first.join(', ')}, and ${plural(others, 'other')}` : first.join(', ');
}

const linksOf = ({ record, quote }: Telling): Said =>
  record.incident.links.flatMap(({ url, name }, n) => said(n > 0 ? ', ' : '', linked(quote(name) || url, url)));

function due({ facts, local }: Telling): string {
  const by = facts.dueAt === null ? '' : local.full(facts.dueAt.getTime());
  switch (facts.owed) {
    case 'required':
      return by || 'owed; the due date follows from the resolution';
    case 'optional':
      return by ? `optional, best by ${by}` : 'optional';
    case 'none':
      return 'not owed at this severity';
  }
}

const BASE: Partial<Record<keyof Clock, string>> = {
  impactStartedAt: 'from the start of the impact',
  detectedAt: 'from detection',
  declaredAt: 'from the declaration',
};

export function measuredFacts(telling: Telling): Fact[] {
  const { gaps } = telling.evidence;
  const detected = hasDetection(telling.record.clock);
  const told = (gap: Gap | null) => gapText(telling, gap);
  return [
    fact(
      'Time to detect',
      gaps.detect === null ? undetected(telling.record.clock) : told(gaps.detect),
      gaps.detect && !detected ? ' to the declaration, the earliest sign in the record' : '',
    ),
    fact(
      'Time to declare',
      detected ? told(gaps.declare) : 'not known: nothing before the declaration is recorded as its detection',
    ),
    fact(
      'Time to take command',
      telling.record.clock.acknowledgedAt === null ? 'nobody took command' : told(gaps.acknowledge),
    ),
    fact('Time to mitigate', told(gaps.mitigate)),
    fact('Time to resolve', told(gaps.resolve)),
    ...remedyFact(telling),
    fact('Longest silence', silenceText(telling)),
    fact('Updates', updatesText(telling)),
    ...handoffsFact(telling),
    ...hoursFact(telling),
  ];
}

/** A fresh incident counts as detected when it is declared; that alone is no evidence of how it was noticed. */
export const hasDetection = (clock: Clock): boolean =>
  clock.detectedAt !== null && clock.detectedAt !== clock.declaredAt;

function undetected({ impactStartedAt, detectedAt }: Clock): string {
  if (impactStartedAt !== null && detectedAt !== null) return 'none: it was noticed before users felt it';
  return `not known: when ${impactStartedAt === null ? 'users first felt it' : 'it was noticed'} is not recorded`;
}

/** It leads to where its end was set. */
const gapText = (telling: Telling, gap: Gap | null): Said =>
  gap === null
    ? said('not known')
    : said(linked(formatDuration(gap.millis), stampLink(telling, gap.to)), ` ${BASE[gap.from] ?? ''}`.trimEnd());

/** `a rollback first mentioned 14:15, mitigated 14:55: 40 min later` */
function remedyFact(telling: Telling): Fact[] {
  const { evidence, local } = telling;
  const { remedy } = evidence;
  if (remedy === null) return [];
  const { first, doneAt, after, done, undone } = remedy;
  const called = undone && done?.entry.payload.to === 'resolved' ? 'called resolved ' : 'mitigated ';
  const ended =
    doneAt === null
      ? said('no mitigation recorded')
      : said(called, linked(local.time(doneAt), done?.permalink ?? stampLink(telling, 'mitigatedAt')));
  const later = after === null ? '' : `: ${formatDuration(after)} later`;
  const back = undone ? said('; open again ', linked(local.time(undone.at), undone.permalink)) : '';
  return [
    fact(
      'From idea to mitigation',
      `${first.remedy} first mentioned `,
      linked(local.time(first.at), first.permalink),
      ', ',
      ended,
      later,
      back,
    ),
  ];
}

function handoffsFact({ evidence: { handoffs }, local }: Telling): Fact[] {
  const times = handoffs.flatMap(({ at, permalink }, n) => said(n > 0 ? ', ' : '', linked(local.time(at), permalink)));
  return handoffs.length > 0 ? [fact('Handoffs', `${handoffs.length}, at `, times)] : [];
}

const HOURS = 24;

/** How many one person coordinated. */
function hoursFact({ evidence: { hours }, local }: Telling): Fact[] {
  const shown = hours.slice(0, HOURS).map(({ from, people }) => `${local.time(from)} ${people}`);
  const more = hours.length > HOURS ? `, and ${plural(hours.length - HOURS, 'more hour')}` : '';
  return hours.length > 0 ? [fact('People writing, by hour', `${shown.join(', ')}${more}`)] : [];
}

/** A silence longer than the cadence is one in which an update was due. */
export function longSilences({ record, evidence, facts }: Telling): readonly Silence[] {
  const set = record.timeline.findLast((entry) => entry.kind === 'cadence_changed')?.payload.cadenceMs;
  const bearable = typeof set === 'number' ? set : (facts.updateEvery ?? 30 * MINUTE);
  return evidence.silences.filter(({ millis }) => millis > bearable);
}

/** Both ends of the silence lead to what was said there. */
export function silenceText({ evidence, local }: Telling): Said {
  const { silence, permalinkOf } = evidence;
  if (silence === null) return said('nobody wrote in the channel');
  const ends = [silence.from, silence.to].map(({ at, entry }) =>
    linked(local.time(at), entry === null ? null : permalinkOf(entry)),
  );
  return said(`${formatDuration(silence.millis)}, from `, ends[0] ?? null, ' to ', ends[1] ?? null);
}

/** The count leads to the last of them. */
function updatesText(telling: Telling): Said {
  const { posted, promised, kept, late, missed } = telling.evidence.promises;
  const last = telling.record.updates.at(-1);
  const count = linked(`${posted} posted`, last ? updateLink(telling, last.postedAt) : null);
  if (promised === 0) return posted === 0 ? said('none posted') : said(count, ', none promised beforehand');
  const came = late.filter((one) => !didNotCome(one));
  const behind = [...came, ...missed];
  const by = formatDuration(worstOf(behind));
  const longest = behind.length === 0 ? '' : behind.length === 1 ? ` (by ${by})` : ` (the longest by ${by})`;
  const rest = came.length === late.length ? '' : `; ${late.length - came.length} not posted`;
  return said(
    count,
    `; of ${plural(promised, 'promise')} ${kept} kept, ${came.length} late, ${missed.length} missed${longest}${rest}`,
  );
}

import type { Kind, Visibility } from '../db/tables.ts';
import { escalationTimer } from '../escalations/escalation.ts';
import type { NewJob } from '../jobs/job.ts';
import { instantOf, type Ts, type UserId } from '../lib/ids.ts';
import { storable } from '../lib/text.ts';
import { findSeverity, type Policy, type Severity, severityOf } from '../policy.ts';
import { message } from '../slack/blocks.ts';
import { date, joined, type Mrkdwn, md } from '../slack/mrkdwn.ts';
import type { StateEntry } from '../timeline/entry.ts';
import type { Decision } from './decision.ts';
import { afterwards } from './follow.ts';
import { type Incident, isDrill, isOpen, isPrivate, ref, wasOver } from './incident.ts';
import { leadingCode } from './severity.ts';

export interface Declaration {
  readonly title: string;
  readonly severity: string;
  /** False when nobody chose it. */
  readonly severityChosen: boolean;
  /** A word alias (critical, high) sets the severity and stays in the title; the answer says so. */
  readonly fromWord: string | null;
  readonly services: readonly string[];
  readonly impact: string | null;
  readonly startedAt: Date | null;
  /** Null: when it is declared, or nobody knows. */
  readonly noticedAt: Date | null;
  /** When users stopped feeling it, and when it was over, of what is declared afterwards. */
  readonly mitigatedAt: Date | null;
  readonly overAt: Date | null;
  readonly visibility: Visibility;
  readonly kind: Kind;
  /** The message it was declared on. */
  readonly from: { readonly ts: Ts; readonly link: string; readonly text: string } | null;
}

/** What a declaration in one line does not tell, and an empty form neither. */
export const unsaid = {
  services: [],
  impact: null,
  startedAt: null,
  noticedAt: null,
  mitigatedAt: null,
  overAt: null,
  from: null,
} satisfies Partial<Declaration>;

/**
 * `sev1 checkout is down`: a leading SEVn or Pn is taken off the title, a leading word alias stays in it. `drill` and
 * `private` go with the code, see `leadingMarks`.
 */
export function declarationOf(text: string, policy: Policy): Declaration {
  const before = leadingMarks(storable(text).trim(), policy);
  const words = before.rest;
  const first = words.split(/\s/)[0] ?? '';
  const code = leadingCode(words);
  const severity = findSeverity(policy, code?.code ?? first);
  const coded = startsWithCode(words, policy) && severity !== null;
  const title = coded ? (code?.rest ?? words.slice(first.length).trim()) : words;
  const behind = coded ? leadingMarks(title, null) : { marks: [], rest: title };
  const marks: readonly Mark[] = [...before.marks, ...behind.marks];
  return {
    title: behind.rest,
    severity: severity?.id ?? policy.defaultSeverity,
    severityChosen: severity !== null,
    fromWord: severity !== null && !coded ? first : null,
    ...unsaid,
    visibility: marks.includes('private') ? 'private' : 'public',
    kind: marks.includes('drill') ? 'drill' : 'real',
  };
}

/** A code that names no severity (`sev7 …`) is a slip of the finger, not a title; null when there is none. */
export function unknownCode(text: string, policy: Policy): string | null {
  const code = leadingCode(leadingMarks(storable(text).trim(), policy).rest);
  return code && !findSeverity(policy, code.code) ? code.code : null;
}

type Mark = 'drill' | 'private';

/**
 * `drill` and `private`, one or both, right before a severity code, before a colon, or with nothing behind them. Before
 * any other word they belong to the title: "private API is down" is about an API, and everybody is to see it. Behind the
 * code (no `policy`) it takes the colon.
 */
function leadingMarks(text: string, policy: Policy | null): { marks: readonly Mark[]; rest: string } {
  const marks: Mark[] = [];
  let sure: { marks: readonly Mark[]; rest: string } = { marks: [], rest: text };
  for (let rest = text; ; ) {
    const [whole = '', word = '', colon] = /^(drill|private)(?:\s*(:)\s*|[\s,]+|$)/i.exec(rest) ?? [];
    if (whole === '') return sure;
    rest = rest.slice(whole.length);
    marks.push(word.toLowerCase() === 'drill' ? 'drill' : 'private');
    if (colon || rest === '' || (policy && startsWithCode(rest, policy))) sure = { marks: [...marks], rest };
  }
}

/** SEVn and Pn, known or not, and the policy's own ids. */
const startsWithCode = (words: string, policy: Policy): boolean => {
  const first = words.split(/\s/)[0] ?? '';
  return leadingCode(words) !== null || findSeverity(policy, first)?.id.toLowerCase() === first.toLowerCase();
};

/** How it stands when it is declared: what is over is resolved, what users no longer feel is mitigated. */
export function standingOf(declaration: Declaration, now: Date): Pick<Incident, 'status' | Stamp> {
  const { startedAt, noticedAt, mitigatedAt, overAt } = declaration;
  return {
    status: overAt ? 'resolved' : mitigatedAt ? 'mitigated' : 'investigating',
    impactStartedAt: startedAt,
    // Of what is long over, the declaration says nothing about when it was noticed.
    detectedAt: noticedAt ?? (overAt ? null : now),
    mitigatedAt: mitigatedAt ?? overAt,
    resolvedAt: overAt,
  };
}

type Stamp = 'impactStartedAt' | 'detectedAt' | 'mitigatedAt' | 'resolvedAt';

/** Who waits for the link to the channel. */
export interface Waiting {
  readonly responseUrl?: string;
  readonly view?: string;
}

/** What a fresh row sets off; the promise is started by the transaction. */
export function declared(
  incident: Incident,
  declaration: Declaration,
  waiting: Waiting,
  policy: Policy,
  now: Date,
): Decision {
  const severity = severityOf(policy, incident.severity);
  return {
    entries: [
      {
        kind: 'declared',
        actor: incident.declaredBy,
        text: `${ref(incident)} declared ${incident.severity}: ${incident.title}`,
        payload: {
          severity: incident.severity,
          severityChosen: incident.severityChosen,
          services: incident.services,
          visibility: incident.visibility,
          kind: incident.kind,
          impact: incident.impact,
        },
      },
      ...moves(incident),
      ...(declaration.from ? [messageEntry(declaration.from, incident.declaredBy)] : []),
    ],
    jobs: [
      { job: { kind: 'open-channel', incident: incident.id, ...waiting }, runAt: now },
      ...(isOpen(incident) ? whileOpen(incident, severity, now) : afterwards(incident, policy, now)),
    ],
    answer: message(answer(incident, declaration)),
  };
}

const whileOpen = (incident: Incident, severity: Severity, now: Date): NewJob[] => [
  {
    job: { kind: 'acknowledge', incident: incident.id },
    runAt: new Date(now.getTime() + severity.acknowledgeWithin),
  },
  ...escalationTimer(incident, severity, now),
];

/** What happened before it was declared, each at its own time. */
function moves({ mitigatedAt, resolvedAt, declaredBy }: Incident): StateEntry[] {
  const isOne = mitigatedAt?.getTime() === resolvedAt?.getTime();
  const stages = [
    ...(mitigatedAt && !isOne ? [{ to: 'mitigated', at: mitigatedAt }] : []),
    ...(resolvedAt ? [{ to: 'resolved', at: resolvedAt }] : []),
  ];
  return stages.map(({ to, at }, n) => {
    const from = stages[n - 1]?.to ?? 'investigating';
    return {
      kind: 'status_changed',
      actor: declaredBy,
      text: `${from} → ${to}: before it was declared`,
      occurredAt: at,
      payload: { from, to, why: null, cleared: [] },
    };
  });
}

/** The message somebody declared on, or added from elsewhere: at its own time, with where it stands. */
export const messageEntry = (from: NonNullable<Declaration['from']>, by: UserId): StateEntry => ({
  kind: 'note',
  actor: by,
  text: from.text,
  occurredAt: instantOf(from.ts),
  payload: { link: from.link },
});

function answer(incident: Incident, { fromWord, severityChosen }: Declaration): Mrkdwn {
  const drill = isDrill(incident) ? md`, a drill: nobody is paged` : md``;
  const opening = md`*${ref(incident)} declared* (${incident.severity}${drill}), opening its ${isPrivate(incident) ? 'private ' : ''}channel.`;
  const said = md`${opening} ${past(incident) ?? md`Thank you for saying it early.`}`;
  if (fromWord !== null)
    return md`${said} "${fromWord}" was read as ${incident.severity} and stays in the title; \`/incident severity <sev>\` corrects it.`;
  return severityChosen
    ? said
    : md`${said} Nobody chose a severity, so it is ${incident.severity}; \`/incident severity <sev>\` changes it.`;
}

/** What was said of times, so that a slip is seen; null when nothing was. */
function past({ impactStartedAt, mitigatedAt, resolvedAt }: Incident): Mrkdwn | null {
  if (resolvedAt)
    return md`It was over ${date(resolvedAt)}, so it is resolved: nobody is called or reminded. Still going on? Say \`/incident reopen <why>\` there.`;
  const started = impactStartedAt ? [md`started ${date(impactStartedAt)}`] : [];
  const mitigated = mitigatedAt ? [md`is mitigated since ${date(mitigatedAt)}`] : [];
  const both = [...started, ...mitigated];
  return both.length > 0 ? md`It ${joined(both, ' and ')}; \`/incident clock\` corrects it.` : null;
}

/** Who is invited when the channel stands: declarer, role holders, and those the services name, unless it was over. */
export function invitees(incident: Incident, holders: readonly { userId: UserId }[], policy: Policy): string[] {
  const people = wasOver(incident) ? [] : servicesPeople(incident.services, policy);
  return [...new Set([incident.declaredBy, ...holders.map((holder) => holder.userId), ...people])];
}

/** People and groups that these services name, each once. */
export const servicesPeople = (services: readonly string[], policy: Pick<Policy, 'services'>): string[] => [
  ...new Set(policy.services.filter(({ id }) => services.includes(id)).flatMap(({ invite }) => invite)),
];

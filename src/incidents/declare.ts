import type { Kind, Visibility } from '../db/tables.ts';
import { escalationTimer } from '../escalations/escalation.ts';
import { instantOf, type Ts, type UserId } from '../lib/ids.ts';
import { storable } from '../lib/text.ts';
import { findSeverity, type Policy, severityOf } from '../policy.ts';
import { message } from '../slack/blocks.ts';
import { type Mrkdwn, md } from '../slack/mrkdwn.ts';
import type { StateEntry } from '../timeline/entry.ts';
import type { Decision } from './decision.ts';
import { type Incident, isPrivate, ref } from './incident.ts';
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
  readonly visibility: Visibility;
  readonly kind: Kind;
  /** The message it was declared on. */
  readonly from: { readonly ts: Ts; readonly link: string; readonly text: string } | null;
}

/** `sev1 checkout is down`: a leading SEVn or Pn is taken off the title, a leading word alias stays in it. */
export function declarationOf(text: string, policy: Policy): Declaration {
  const words = storable(text).trim();
  const first = words.split(/\s/)[0] ?? '';
  const code = leadingCode(words);
  const severity = findSeverity(policy, code?.code ?? first);
  const coded = severity !== null && (code !== null || first.toLowerCase() === severity.id.toLowerCase());
  return {
    title: coded ? (code?.rest ?? words.slice(first.length).trim()) : words,
    severity: severity?.id ?? policy.defaultSeverity,
    severityChosen: severity !== null,
    fromWord: severity !== null && !coded ? first : null,
    services: [],
    impact: null,
    startedAt: null,
    visibility: 'public',
    kind: 'real',
    from: null,
  };
}

/** A code that names no severity (`sev7 …`) is a slip of the finger, not a title; null when there is none. */
export function unknownCode(text: string, policy: Policy): string | null {
  const code = leadingCode(storable(text).trim());
  return code && !findSeverity(policy, code.code) ? code.code : null;
}

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
      ...(declaration.from ? [messageEntry(declaration.from, incident.declaredBy)] : []),
    ],
    jobs: [
      { job: { kind: 'open-channel', incident: incident.id, ...waiting }, runAt: now },
      {
        job: { kind: 'acknowledge', incident: incident.id },
        runAt: new Date(now.getTime() + severity.acknowledgeWithin),
      },
      ...escalationTimer(incident, severity, now),
    ],
    answer: message(answer(incident, declaration)),
  };
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
  const said = md`*${ref(incident)} declared* (${incident.severity}), opening its ${isPrivate(incident) ? 'private ' : ''}channel. Thank you for saying it early.`;
  if (fromWord !== null)
    return md`${said} "${fromWord}" was read as ${incident.severity} and stays in the title; \`/incident severity <sev>\` corrects it.`;
  return severityChosen
    ? said
    : md`${said} Nobody chose a severity, so it is ${incident.severity}; \`/incident severity <sev>\` changes it.`;
}

/** Who is invited when the channel stands: declarer, role holders, and those the services name. */
export function invitees(incident: Incident, holders: readonly { userId: UserId }[], policy: Policy): string[] {
  const services = policy.services.filter((service) => incident.services.includes(service.id));
  return [
    ...new Set([
      incident.declaredBy,
      ...holders.map((holder) => holder.userId),
      ...services.flatMap((service) => service.invite),
    ]),
  ];
}

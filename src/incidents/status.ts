import type { Status } from '../db/tables.ts';
import type { UserId } from '../lib/ids.ts';
import { no, ok, type Result } from '../lib/result.ts';
import { nearest } from '../lib/text.ts';
import { message } from '../slack/blocks.ts';
import { joined, type Mrkdwn, md, quietly } from '../slack/mrkdwn.ts';
import { type Decision, receipt } from './decision.ts';
import { type Incident, type IncidentChange, isOpen, ref } from './incident.ts';
import { post, redraw } from './redraw.ts';
import type { Refusal } from './refusals.ts';

export const STATUSES = ['investigating', 'identified', 'mitigated', 'resolved', 'closed', 'canceled'] as const;

/** The statuses `/incident status` takes; a false alarm has its own verb because it needs a reason. */
const SAYABLE = STATUSES.filter((status) => status !== 'canceled');

/** Only what is meant without a doubt: a misspelling is answered with what it may have been. */
export function parseStatus(word: string): Result<Exclude<Status, 'canceled'>, Refusal> {
  const said = word.toLowerCase();
  const exact = SAYABLE.find((status) => status === said) ?? SPELLINGS[said];
  if (exact) return ok(exact);
  if (/^cancel/.test(said)) return no({ why: 'words-missing', verb: 'cancel', what: 'a reason' });
  return no({ why: 'unknown-status', word, known: SAYABLE, nearest: nearest(said, [...SAYABLE]) });
}

const SPELLINGS: Record<string, Exclude<Status, 'canceled'>> = {
  mitigate: 'mitigated',
  fixed: 'resolved',
  resolve: 'resolved',
  open: 'investigating',
};

export interface Move {
  readonly to: Status;
  readonly by: UserId;
  readonly why: string | null;
  readonly now: Date;
  /** Who moved it last and when, for the one who is late. */
  readonly last: { readonly by: UserId | null; readonly at: Date } | null;
}

/**
 * A move between statuses, both ways. Mitigated and resolved stamp the clock (resolving an unmitigated incident stamps
 * both); going back clears the stamps that no longer hold and says so. The promise follows in the transaction.
 */
export function move(incident: Incident, { to, by, why, now, last }: Move): Result<Decision, Refusal> {
  if (incident.status === to)
    return no({ why: 'already', incident, status: to, by: last?.by ?? null, at: last?.at ?? null });
  const change: IncidentChange = { status: to, ...stamps(incident, to, now) };
  const said = line(incident, change, { to, by, why });
  return ok({
    change,
    entries: [
      {
        kind: 'status_changed',
        actor: by,
        text: `${incident.status} → ${to}${why ? `: ${why}` : ''}`,
        payload: { from: incident.status, to, why, cleared: cleared(incident, change) },
      },
    ],
    jobs: [post(incident.id, 'channel', message(said), now), ...redraw(incident.id, now)],
    ...receipt(
      incident,
      md`${ref(incident)} is ${to} now.`,
      (there) => md`${isReopened(incident, to) ? `It was ${incident.status} and is reopened. ` : ''}${NEXT[to](there)}`,
    ),
  });
}

function stamps(incident: Incident, to: Status, now: Date): IncidentChange {
  switch (to) {
    case 'investigating':
    case 'identified':
      return { mitigatedAt: null, resolvedAt: null, closedAt: null };
    case 'mitigated':
      return { mitigatedAt: incident.mitigatedAt ?? now, resolvedAt: null, closedAt: null };
    case 'resolved':
      return { mitigatedAt: incident.mitigatedAt ?? now, resolvedAt: incident.resolvedAt ?? now, closedAt: null };
    case 'closed':
      return { mitigatedAt: incident.mitigatedAt ?? now, resolvedAt: incident.resolvedAt ?? now, closedAt: now };
    case 'canceled':
      return { closedAt: now };
  }
}

const STAMPS = ['mitigatedAt', 'resolvedAt', 'closedAt'] as const;

const cleared = (incident: Incident, change: IncidentChange): string[] =>
  STAMPS.filter((stamp) => incident[stamp] !== null && change[stamp] === null);

const back = (there: string): Mrkdwn => md`if it comes back: \`/incident reopen <why>${there}\`.`;

/** What the one who moved it may want next. */
const NEXT: Record<Status, (there: string) => Mrkdwn> = {
  investigating: (there) =>
    md`Once the cause is known: \`/incident status identified <cause>${there}\`; once users no longer feel it: \`/incident mitigated <how>${there}\`.`,
  identified: (there) => md`Once users no longer feel it: \`/incident mitigated <how>${there}\`.`,
  mitigated: (there) =>
    md`Updates stay promised until it is over: \`/incident resolve <how>${there}\`. Not relieved after all: \`/incident status investigating <why>${there}\`.`,
  resolved: (there) => md`No more updates are owed; ${back(there)}`,
  closed: (there) => md`Nothing more is asked about it; ${back(there)}`,
  canceled: (there) =>
    md`Updates, tasks and postmortem end with it; was it real after all: \`/incident reopen <why>${there}\`.`,
};

const SAID: Record<Status, string> = {
  investigating: 'is being investigated',
  identified: 'has its cause identified',
  mitigated: 'is mitigated: users should no longer feel it',
  resolved: 'is resolved',
  closed: 'is closed',
  canceled: 'was a false alarm and is canceled',
};

const isReopened = (incident: Incident, to: Status): boolean => !isOpen(incident) && isOpen({ status: to });

function line(incident: Incident, change: IncidentChange, { to, by, why }: Pick<Move, 'to' | 'by' | 'why'>): Mrkdwn {
  const gone = cleared(incident, change).map((stamp) => stamp.replace('At', ''));
  return joined([
    md`*${ref(incident)} ${isReopened(incident, to) ? 'is reopened and ' : ''}${SAID[to]}* (${quietly(by)})${why ? `: ${why}` : ''}`,
    ...(gone.length > 0 ? [md`_The clock's ${gone.join(' and ')} time was cleared; it stays in the timeline._`] : []),
  ]);
}

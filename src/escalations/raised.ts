import type { EscalationRow } from '../db/tables.ts';
import type { Decision } from '../incidents/decision.ts';
import type { Incident } from '../incidents/incident.ts';
import type { NewJob } from '../jobs/job.ts';
import type { Millis } from '../lib/duration.ts';
import type { UserId } from '../lib/ids.ts';
import { type Policy, severityOf } from '../policy.ts';
import type { Block } from '../slack/blocks.ts';
import { button } from '../slack/blocks.ts';

/** An escalation that was raised: who was called, and whether somebody is on it. As every rule sees it: its row. */
export type Raised = EscalationRow;
export type NewRaised = Omit<Raised, 'repeatedAt' | 'endedAt' | 'outcome' | 'acknowledgedBy' | 'acknowledgedAt'>;
export type RaisedChange = Partial<
  Pick<Raised, 'repeatedAt' | 'endedAt' | 'outcome' | 'acknowledgedBy' | 'acknowledgedAt'>
>;

/** The same cause at the same moment is the same escalation. */
export const keyOf = (how: Raised['how'], now: Date): string => `${how}:${now.getTime()}`;

/** What an entry of an escalation that can be answered carries. */
interface RaisedPayload {
  readonly to: readonly string[];
  readonly by: Raised['how'];
  readonly why?: string | null;
  /** Its key. */
  readonly escalation: string;
  /** The one nobody answered, from which it follows. */
  readonly chain?: string;
}

/** The escalations that a decision's entries tell of: written in its transaction. */
export function raisedBy(incident: Pick<Incident, 'id'>, { entries = [] }: Decision, now: Date): NewRaised[] {
  return entries.flatMap((entry) => {
    const told = entry.payload as Partial<RaisedPayload> | undefined;
    if (entry.kind !== 'escalated' || !told?.escalation || !told.by || !told.to?.length) return [];
    return [
      {
        incidentId: incident.id,
        key: told.escalation,
        chain: told.chain ?? told.escalation,
        how: told.by,
        contacts: [...told.to],
        why: told.why ?? null,
        raisedBy: entry.actor,
        raisedAt: now,
      },
    ];
  });
}

/** How long those who were called have before they are called again. */
export const patienceOf = (incident: Pick<Incident, 'severity'>, policy: Policy): Millis =>
  severityOf(policy, incident.severity).acknowledgeWithin;

/** When the bot looks next whether somebody is on it. */
export const answerTimer = (incident: Incident, escalation: string, policy: Policy, now: Date): NewJob => ({
  job: { kind: 'unanswered', incident: incident.id, escalation },
  runAt: new Date(now.getTime() + patienceOf(incident, policy)),
});

export const ON_IT = "I'm on it";

/** The key stands in it, so that it is known which of several was answered. */
export const onIt = (incident: Pick<Incident, 'id'>, escalation: string): Block =>
  button(ON_IT, 'escalation-on-it', `${incident.id}:${escalation}`, 'primary');

/** What the button carries; null when anything else wrote it. */
export const readOnIt = (value: string): string | null =>
  /^\d{1,9}:((?:hand|policy|cadence|timer):\d{1,15})$/.exec(value)?.[1] ?? null;

/** The posts of an escalation begin with this, in the channel and elsewhere; being promises, they find a way round a closed channel. */
export const postsOf = (escalation: string): string => `reminder:escalation:${escalation}`;

/** Whose names are said of it; groups are named as they are written. */
export const peopleNamed = ({ contacts, acknowledgedBy }: Raised): UserId[] => [
  ...(contacts.filter((one) => /^[UW]/.test(one)) as UserId[]),
  ...(acknowledgedBy ? [acknowledgedBy] : []),
];

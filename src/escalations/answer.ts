import { type Decision, receipt } from '../incidents/decision.ts';
import { type Incident, isOpen, ref } from '../incidents/incident.ts';
import { post } from '../incidents/redraw.ts';
import type { UserId } from '../lib/ids.ts';
import { no, ok, type Result } from '../lib/result.ts';
import { listed } from '../lib/text.ts';
import { md } from '../slack/mrkdwn.ts';
import { edits, isOnIt } from './messages.ts';
import type { Raised, RaisedChange } from './raised.ts';
import type { EscalationRefusal } from './refusals.ts';

/** A post of ours that can be edited. */
export interface Posted {
  readonly purpose: string;
  readonly channelId: string;
}

export interface Answered {
  /** Of every escalation of the chain: nobody of them is called again. */
  readonly change: RaisedChange;
  readonly decision: Decision;
}

/** Somebody is on it: said publicly, and nobody is called any more. `chain`: what followed from one another, the first first. */
export function takeUp(
  incident: Incident,
  chain: readonly Raised[],
  posts: ReadonlyMap<string, readonly Posted[]>,
  by: UserId,
  now: Date,
): Result<Answered, EscalationRefusal> {
  if (!isOpen(incident)) return no({ why: 'has-ended', incident });
  const first = chain[0];
  if (!first) return no({ why: 'no-such-escalation', incident });
  const { acknowledgedBy, acknowledgedAt } = first;
  if (acknowledgedBy && acknowledgedAt)
    return no({ why: 'answered-already', by: acknowledgedBy, at: acknowledgedAt, isYou: acknowledgedBy === by });
  const after = Math.max(0, now.getTime() - first.raisedAt.getTime());
  return ok({
    change: { outcome: 'acknowledged', endedAt: now, acknowledgedBy: by, acknowledgedAt: now },
    decision: {
      entries: [
        {
          kind: 'escalation_acknowledged',
          actor: by,
          text: `is on it: escalated to ${listed(chain.flatMap(({ contacts }) => contacts))}`,
          payload: { escalation: first.key, how: first.how, afterMs: after },
        },
      ],
      jobs: [
        post(incident.id, 'channel', isOnIt(incident, first, by, now), now),
        ...chain.flatMap((one) => edits(incident, one, posts.get(one.key) ?? [], { by }, now)),
        { job: { kind: 'draw-card', incident: incident.id }, runAt: now },
      ],
      ...receipt(
        incident,
        md`You are on it: the channel of ${ref(incident)} knows.`,
        () => md`Nobody is called for this any more.`,
      ),
    },
  });
}

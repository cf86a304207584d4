import { type Around, contactsOf } from '../incidents/contact.ts';
import type { Decision } from '../incidents/decision.ts';
import { holderOf, type Incident, isDrill, isOpen, isPrivate } from '../incidents/incident.ts';
import { post } from '../incidents/redraw.ts';
import type { NewJob } from '../jobs/job.ts';
import { listed } from '../lib/text.ts';
import { type Policy, severityOf } from '../policy.ts';
import { message } from '../slack/blocks.ts';
import type { Posted } from './answer.ts';
import { bringIn } from './bring-in.ts';
import * as say from './messages.ts';
import { answerTimer, keyOf, patienceOf, postsOf, type Raised, type RaisedChange } from './raised.ts';

/** What the transaction writes beside the decision; null: nothing is to be done any more. */
interface Unanswered {
  readonly change: RaisedChange;
  readonly decision: Decision;
}

/** What stands around an escalation. */
export interface Since {
  /** Everybody called since the incident was opened the last time. */
  readonly told: ReadonlySet<string>;
  readonly posts: readonly Posted[];
}

/**
 * Its time to be answered is over, perhaps long ago: its contacts are called once more, then those of the next entry of
 * the policy, and when none is left everyone is told. Waking early or twice is harmless.
 */
export function callAgain(
  incident: Incident,
  raised: Raised,
  since: Since,
  around: Around,
  now: Date,
): Unanswered | null {
  if (raised.endedAt !== null) return null;
  const over = whyOver(incident, raised, around);
  if (over) return end(incident, raised, since, over, now);
  const dueAt = (raised.repeatedAt ?? raised.raisedAt).getTime() + patienceOf(incident, around.policy);
  if (dueAt > now.getTime()) return { change: {}, decision: { jobs: [again(incident, raised, new Date(dueAt))] } };
  return raised.repeatedAt === null
    ? repeat(incident, raised, around, now)
    : further(incident, raised, since, around, now);
}

/** What it was raised for is no longer so. */
function whyOver(incident: Incident, raised: Raised, { holders, policy }: Around): 'ended' | 'seen to' | null {
  if (!isOpen(incident) || isDrill(incident)) return 'ended';
  if (raised.how === 'hand') return null;
  if (raised.how === 'timer' && holderOf(holders, 'ic') !== null) return 'seen to';
  // Every update, and every change of the promise, begins one that was made later than this call.
  if (raised.how === 'cadence' && (incident.promiseMadeAt === null || incident.promiseMadeAt > raised.raisedAt))
    return 'seen to';
  const spared =
    incident.mitigatedAt !== null && !raised.contacts.some((one) => wanted(incident, policy).includes(one));
  return spared ? 'seen to' : null;
}

/** A call that nobody took up, with its posts. */
export interface Untaken {
  readonly raised: Raised;
  readonly posts: readonly Posted[];
}

/** The incident has ended: of no call that nobody took up a button is left, not even where nobody was called any more. */
export const endCalls = (incident: Incident, calls: readonly Untaken[], now: Date): Decision => ({
  jobs: calls.flatMap(({ raised, posts }) => say.edits(incident, raised, posts, 'ended', now)),
});

const wanted = (incident: Incident, policy: Policy): string[] =>
  contactsOf(severityOf(policy, incident.severity), incident.mitigatedAt !== null);

const end = (
  incident: Incident,
  raised: Raised,
  { posts }: Since,
  over: 'ended' | 'seen to',
  now: Date,
): Unanswered => ({
  change: { outcome: over === 'ended' ? 'ended' : 'overtaken', endedAt: now },
  decision: { jobs: [...say.edits(incident, raised, posts, over, now), card(incident, now)] },
});

function repeat(incident: Incident, raised: Raised, around: Around, now: Date): Unanswered {
  const call = { incident, written: raised.contacts, escalation: raised.key, again: true, now };
  const { named, aside, jobs } = bringIn(call, around);
  const said = say.asking(incident, raised.key, say.calledAgain(incident, raised, named, aside, now));
  return {
    change: { repeatedAt: now },
    decision: {
      entries: [
        {
          kind: 'escalated',
          actor: null,
          text: `called again: ${listed(raised.contacts)}, nobody is on it`,
          payload: { to: raised.contacts, by: 'repeat', of: raised.key },
        },
      ],
      jobs: [
        post(incident.id, 'channel', said, now, `${postsOf(raised.key)}:again:channel`),
        ...jobs,
        answerTimer(incident, raised.key, around.policy, now),
      ],
    },
  };
}

/** The next entry of the policy that names anybody new. */
function further(incident: Incident, raised: Raised, since: Since, around: Around, now: Date): Unanswered {
  const rungs = severityOf(around.policy, incident.severity).escalate.toSorted((a, b) => a.after - b.after);
  const rung = rungs.find((one) => contactsOf({ escalate: [one] }, incident.mitigatedAt !== null).some(isNew));
  if (!rung) return announce(incident, raised, now);
  const fresh = rung.to.filter(isNew);
  const key = keyOf('policy', now);
  const { named, aside, jobs } = bringIn({ incident, written: fresh, escalation: key, now }, around);
  const said = say.asking(incident, key, say.calledFurther(incident, raised, named, aside, now));
  return {
    change: { outcome: 'further', endedAt: now },
    decision: {
      change: { escalatedAfterMs: Math.max(rung.after, incident.escalatedAfterMs ?? 0) },
      entries: [
        {
          kind: 'escalated',
          actor: null,
          text: `to ${listed(fresh)}: ${listed(raised.contacts)} did not answer`,
          payload: { to: fresh, by: 'policy', after: rung.after, escalation: key, chain: raised.chain, of: raised.key },
        },
      ],
      jobs: [
        post(incident.id, 'channel', said, now, `${postsOf(key)}:channel`),
        ...jobs,
        answerTimer(incident, key, around.policy, now),
        card(incident, now),
      ],
    },
  };

  function isNew(one: string): boolean {
    return !since.told.has(one);
  }
}

/** Nobody is left: whoever could set it right reads the announcement channel, but not of what is private. */
function announce(incident: Incident, raised: Raised, now: Date): Unanswered {
  const here = message(say.nobodyLeft(incident, raised, now));
  const outside = message(say.nobodyLeftOutside(incident, raised, now));
  return {
    change: { outcome: 'announced', endedAt: now },
    decision: {
      entries: [
        {
          kind: 'reminder_sent',
          actor: null,
          text: `nobody answered: ${listed(raised.contacts)} were called twice, and nobody else is left to call`,
          payload: { about: 'escalation', of: raised.key, to: [incident.declaredBy] },
        },
      ],
      jobs: [
        post(incident.id, 'channel', here, now, `${postsOf(raised.key)}:nobody`),
        ...(isPrivate(incident)
          ? []
          : [post(incident.id, 'announcements', outside, now, `${postsOf(raised.key)}:outside`)]),
      ],
    },
  };
}

const again = (incident: Incident, { key }: Raised, runAt: Date): NewJob => ({
  job: { kind: 'unanswered', incident: incident.id, escalation: key },
  runAt,
});

const card = (incident: Incident, now: Date): NewJob => ({
  job: { kind: 'draw-card', incident: incident.id },
  runAt: now,
});

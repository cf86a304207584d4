import { type Contact, contactsOf, mentioned } from '../incidents/contact.ts';
import type { Decision } from '../incidents/decision.ts';
import { type Incident, isPrivate, ref, resolutionKnownAt } from '../incidents/incident.ts';
import { post } from '../incidents/redraw.ts';
import type { Message, NewJob } from '../jobs/job.ts';
import { formatDuration } from '../lib/duration.ts';
import type { UserId } from '../lib/ids.ts';
import { plural } from '../lib/text.ts';
import { severityOf } from '../policy.ts';
import { actions, button, message, section } from '../slack/blocks.ts';
import { channelLink, date, joined, type Mrkdwn, md, mention } from '../slack/mrkdwn.ts';
import type { StateEntry } from '../timeline/entry.ts';
import { editSelect, publishButton } from './board.ts';
import { correctionDueAt, dueAt, isOver, nextRungAt, owes, rungNow } from './owed.ts';
import { chooseOwner, mayNotOwn, type Owners } from './owner.ts';
import { dm, sentences, tellOwner } from './ownership.ts';
import { correctionRung, reminderName } from './publishing.ts';
import { type Postmortem, type PostmortemChange, unknownsIn, type Work } from './work.ts';

export interface Around extends Owners {
  /** The severity's contacts as far as their people are known. */
  readonly contacts: readonly Contact[];
}

export interface CameBack {
  readonly change: PostmortemChange;
  readonly decision: Decision;
}

/**
 * The timer of a postmortem woke, perhaps late, twice or in vain: what became owed gets an owner and a date, an owner
 * who is gone a successor, and each reminder is sent once until it is published.
 */
export function comeBack(incident: Incident, work: Work, around: Around, now: Date): CameBack {
  const { postmortem } = work;
  if (!isOver(incident) || owes(incident, around.policy) === 'none') return notOwed(postmortem);
  const counted = countedAnew(incident, postmortem, around);
  const fresh: Postmortem = { ...postmortem, ...counted };
  if (fresh.status === 'published') return { change: counted, decision: {} };
  const owned = withOwner(incident, fresh, around, now);
  const after: Postmortem = { ...fresh, ...owned.change };
  const reminded = remind(incident, { ...work, postmortem: after }, around, now);
  const whole: Postmortem = { ...after, ...reminded.change };
  return {
    change: { ...counted, ...owned.change, ...reminded.change },
    decision: {
      entries: [...owned.entries, ...reminded.entries],
      jobs: [...undrafted(incident, whole, now), ...owned.jobs, ...reminded.jobs, ...timer(incident, whole, now)],
    },
  };
}

/** Resolving drafts; whoever closes it without resolving gets the draft this way. */
const undrafted = ({ id: incident, status }: Incident, { document }: Postmortem, now: Date): NewJob[] =>
  document === null && status === 'closed' ? [{ job: { kind: 'draft', incident }, runAt: now }] : [];

/** It looks again by itself when the next reminder is due. */
export function timer({ id: incident }: Pick<Incident, 'id'>, postmortem: Postmortem, now: Date): NewJob[] {
  const runAt = postmortem.status === 'published' ? null : nextLook(postmortem, now);
  return runAt ? [{ job: { kind: 'postmortem', incident }, runAt }] : [];
}

function nextLook({ owedSince, dueAt: due, takenBackAt }: Postmortem, now: Date): Date | null {
  if (takenBackAt) return correctionDueAt(takenBackAt) > now ? correctionDueAt(takenBackAt) : null;
  return owedSince && due ? nextRungAt(owedSince, due, now) : null;
}

/** Open again, or a false alarm: nothing is due. What people wrote stays. */
function notOwed({ dueAt: due, owedSince }: Postmortem): CameBack {
  const isCounted = due !== null || owedSince !== null;
  return { change: isCounted ? { ...NOT_MOVED, dueAt: null, owedSince: null, reminded: null } : {}, decision: {} };
}

const NOT_MOVED = { dueMovedBy: null, dueMovedWhy: null } as const satisfies PostmortemChange;

/**
 * A resolution that was not counted yet: what was published of the time before is a draft again. A date that somebody
 * gave it holds until then, whatever the policy says.
 */
function countedAnew(incident: Incident, postmortem: Postmortem, { policy }: Around): PostmortemChange {
  const due = dueAt(incident, policy);
  const since = resolutionKnownAt(incident);
  const again = postmortem.owedSince?.getTime() !== since?.getTime();
  if (!again && (postmortem.dueMovedBy !== null || postmortem.dueAt?.getTime() === due?.getTime())) return {};
  return {
    ...NOT_MOVED,
    owedSince: since,
    dueAt: due,
    // What is corrected was told before.
    reminded: !again && postmortem.takenBackAt ? postmortem.reminded : null,
    ...(again && postmortem.publishedAt && { ...NOT_PUBLISHED, status: whenAgain(postmortem) }),
  };
}

const NOT_PUBLISHED = { publishedAt: null, publishedBy: null, takenBackAt: null } as const satisfies PostmortemChange;

const whenAgain = ({ status }: Postmortem): Postmortem['status'] => (status === 'published' ? 'draft' : status);

interface Step {
  readonly change: PostmortemChange;
  readonly entries: readonly StateEntry[];
  readonly jobs: readonly NewJob[];
}

const nothing: Step = { change: {}, entries: [], jobs: [] };

/** Of an owed one the owner is told; who is deactivated, or left a private incident, owns it no more. */
function withOwner(incident: Incident, postmortem: Postmortem, around: Around, now: Date): Step {
  const before = postmortem.owner;
  const against = before === null ? null : mayNotOwn(incident, before, around);
  const isNew = postmortem.owedSince !== null && postmortem.dueAt !== null && postmortem.reminded === null;
  const owner = before !== null && against === null ? before : chooseOwner(incident, around);
  // Told with the first look after each resolution: the reminders begin there.
  if (owner === before)
    return isNew ? { ...nothing, change: { reminded: TOLD }, jobs: told(incident, postmortem, md``, now) } : nothing;
  const why =
    before === null
      ? md``
      : md`${mention(before)} ${against === 'not-inside' ? 'left the channel' : 'can no longer see to it'}.`;
  return {
    change: { owner, ...(isNew && { reminded: TOLD }) },
    entries: [
      {
        kind: 'postmortem',
        actor: null,
        text: owner === null ? 'nobody owns the postmortem any more' : `the postmortem's owner is ${owner}`,
        payload: { did: 'owner', owner, from: before },
      },
    ],
    jobs: postmortem.dueAt === null && before === null ? [] : told(incident, { ...postmortem, owner }, why, now),
  };
}

/** Stands in `reminded` before the first rung. */
export const TOLD = 'told';

function told(incident: Incident, postmortem: Postmortem, why: Mrkdwn, now: Date): NewJob[] {
  const job = tellOwner(incident, postmortem, why, now);
  if (job) return [job];
  const take = md`Whoever can see to it, take it: \`/incident postmortem owner @you\`.`;
  const said = sentences(md`*Nobody owns the postmortem of ${ref(incident)}.*`, why, take);
  return [post(incident.id, 'channel', message(said), now, reminderName('nobody'))];
}

function remind(incident: Incident, work: Work, around: Around, now: Date): Step {
  if (work.postmortem.takenBackAt)
    return remindOfCorrection(incident, work.postmortem, work.postmortem.takenBackAt, now);
  const { owedSince, dueAt: due, reminded, owner } = work.postmortem;
  const rung = owedSince && due ? rungNow(owedSince, due, reminded, now) : null;
  if (rung === null || due === null) return nothing;
  const to = owner === null ? [] : [toOwner(incident, owner, reminder(incident, work, due, now), rung, now)];
  const escalated = rung === 'escalated' ? escalate(incident, work.postmortem, due, around, now) : [];
  return sent(rung, rung, owner, [...to, ...escalated]);
}

/** It was published in time or not, and what is announced stands: its owner alone hears that it waits, once. */
function remindOfCorrection(incident: Incident, { owner, reminded }: Postmortem, since: Date, now: Date): Step {
  const rung = correctionRung(since);
  if (owner === null || reminded === rung || now < correctionDueAt(since)) return nothing;
  const said = md`*The postmortem of ${ref(incident)}* was published and is a draft again since ${date(since)}. *Publish* makes what was corrected stand where it was announced.`;
  const words = message(said, [
    section(said),
    actions('postmortem', [editSelect(incident.id), publishButton(incident)]),
  ]);
  return sent(rung, 'taken back', owner, [toOwner(incident, owner, words, rung, now)]);
}

const sent = (reminded: string, rung: string, owner: UserId | null, jobs: readonly NewJob[]): Step => ({
  change: { reminded },
  entries: [
    {
      kind: 'reminder_sent',
      actor: null,
      text: `reminded of the postmortem (${rung})`,
      payload: { about: 'postmortem', rung, to: owner === null ? [] : [owner] },
    },
  ],
  jobs,
});

const toOwner = (incident: Incident, user: UserId, said: Message, rung: string, now: Date): NewJob => ({
  job: { kind: 'dm', user, message: said, incident: incident.id, as: reminderName(rung) },
  runAt: now,
});

function reminder(incident: Incident, { postmortem, reviews }: Work, due: Date, now: Date): Message {
  const left = due.getTime() - now.getTime();
  const time =
    left > 0 ? md`is due *${date(due)}*, in ${formatDuration(left)}` : md`was due *${date(due)}* and is not published`;
  const waiting = reviews.filter(({ answer }) => answer === null).map(({ reviewer }) => mention(reviewer));
  const unknown = postmortem.document === null ? 0 : unknownsIn(postmortem.document);
  const said = joined([
    md`*The postmortem of ${ref(incident)}* ${time}.${incident.channelId ? md` It stands in ${channelLink(incident.channelId)}.` : ''}`,
    ...(unknown > 0
      ? [
          md`${plural(unknown, 'thing')} the record could not know ${unknown === 1 ? 'was' : 'were'} asked for in the draft.`,
        ]
      : []),
    ...(waiting.length > 0 ? [md`Not answered yet: ${joined(waiting.slice(0, 10), ', ')}.`] : []),
  ]);
  return message(said, [
    section(said),
    actions('postmortem', [
      editSelect(incident.id),
      button('Change owner', 'postmortem-owner', String(incident.id)),
      button('Change due date', 'postmortem-due', String(incident.id)),
      publishButton(incident),
    ]),
  ]);
}

/** The severity's contacts are asked to see to it; outside a private incident they learn only that they are needed. */
function escalate(incident: Incident, { owner }: Postmortem, due: Date, around: Around, now: Date): NewJob[] {
  const severity = severityOf(around.policy, incident.severity);
  const written = contactsOf(severity, false);
  const users = [...new Set(around.contacts.flatMap((contact) => contact.users ?? []))].filter((one) => one !== owner);
  const whose = owner === null ? md`Nobody owns it.` : md`It is ${mention(owner)}'s.`;
  const overdue = md`*The postmortem of ${ref(incident)} was due ${date(due)} and is not published.* ${whose}`;
  if (written.length === 0)
    return [
      toChannel(
        incident,
        md`${overdue} ${incident.severity} has no contacts to tell: set \`severities[${severity.id}].escalate\` in sitrep.yml.`,
        now,
      ),
    ];
  const inside = isPrivate(incident)
    ? users.filter((one) => around.members.has(one)).map(mention)
    : written.map(mentioned);
  const named =
    inside.length > 0 ? md`${joined(inside, ' ')}: please see that it gets written.` : md`Its contacts are told.`;
  return [
    toChannel(incident, md`${overdue} ${named}`, now),
    ...users.slice(0, MOST).map((user) => contact(incident, user, owner, overdue, around, now)),
  ];
}

/** Of a large group not everybody is written to; the channel names the group. */
const MOST = 20;

const toChannel = (incident: Incident, said: Mrkdwn, now: Date): NewJob => {
  const buttons = [button('Change owner', 'postmortem-owner', String(incident.id)), publishButton(incident)];
  const words = message(said, [section(said), actions('postmortem', buttons)]);
  return post(incident.id, 'channel', words, now, `${reminderName('escalated')}:channel`);
};

function contact(
  incident: Incident,
  user: UserId,
  owner: UserId | null,
  overdue: Mrkdwn,
  { members }: Around,
  now: Date,
): NewJob {
  if (isPrivate(incident) && !members.has(user))
    return dm(
      incident,
      user,
      md`${ref(incident)} (private) needs you, ask ${mention(owner ?? incident.declaredBy)}`,
      now,
    );
  const where = incident.channelId ? md` ${channelLink(incident.channelId)}` : md``;
  return dm(incident, user, md`${overdue} Please see that it gets written.${where}`, now);
}

/** Whose people the timer has to ask Slack for; empty unless they are told with this look. */
export function groupsToAsk(
  incident: Incident,
  postmortem: Postmortem,
  { policy }: Pick<Owners, 'policy'>,
  now: Date,
): string[] {
  const since = resolutionKnownAt(incident);
  const isCounted = postmortem.owedSince?.getTime() === since?.getTime();
  const due = isCounted && postmortem.dueMovedBy !== null ? postmortem.dueAt : dueAt(incident, policy);
  if (due === null || since === null || postmortem.status === 'published') return [];
  if (isCounted && postmortem.takenBackAt) return [];
  const reminded = isCounted ? postmortem.reminded : null;
  return rungNow(since, due, reminded, now) === 'escalated'
    ? contactsOf(severityOf(policy, incident.severity), false)
    : [];
}

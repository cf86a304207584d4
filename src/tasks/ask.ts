import { type Decision, receipt } from '../incidents/decision.ts';
import { type Incident, isOpen, isPrivate, ref } from '../incidents/incident.ts';
import { post } from '../incidents/redraw.ts';
import type { NewJob } from '../jobs/job.ts';
import { formatDuration, type Millis } from '../lib/duration.ts';
import type { UserId } from '../lib/ids.ts';
import type { Person } from '../people/person.ts';
import { date, md, mention } from '../slack/mrkdwn.ts';
import { inChannel, toAssignee } from './messages.ts';
import type { TaskRefusal } from './refusals.ts';
import { askDm, plus, type Task, taskPost, taskTimer } from './task.ts';

export interface AskedTask {
  readonly what: string;
  readonly who: UserId;
  readonly by: UserId;
  readonly lengthMs: Millis;
}

/** Null: nothing stands against asking this person. */
export function mayNotAsk(
  incident: Incident,
  { who, by }: AskedTask,
  /** Null while Slack does not say who it is, which holds nothing back; `nobody` when it says that there is none. */
  person: Person | 'nobody' | null,
  members: ReadonlySet<UserId>,
): TaskRefusal | null {
  if (!isOpen(incident)) return { why: 'has-ended', incident };
  if (who === by) return null;
  if (person === 'nobody') return { why: 'unknown-person', user: who };
  if (person && person.standing !== 'member') return { why: 'cannot-be-asked', user: who, standing: person.standing };
  return isPrivate(incident) && !members.has(who) ? { why: 'not-inside', incident, user: who } : null;
}

/** What one takes on oneself needs no acceptance. */
export const newTask = (incident: Incident, asked: AskedTask, now: Date): Omit<Task, 'id'> => ({
  incidentId: incident.id,
  what: asked.what,
  assignee: asked.who,
  askedBy: asked.by,
  askedAt: now,
  lengthMs: asked.lengthMs,
  dueAt: plus(now, asked.lengthMs),
  status: asked.who === asked.by ? 'accepted' : 'asked',
  checkedAt: null,
  toldAt: null,
  endedBy: null,
  endedAt: null,
});

/** Said in the channel, asked in private, looked after when its time is over. */
export function asked(incident: Incident, task: Task, others: readonly Task[], now: Date): Decision {
  const own = task.assignee === task.askedBy;
  return {
    entries: [
      {
        kind: 'task_asked',
        actor: task.askedBy,
        text: `${own ? 'takes on' : `asks ${task.assignee} to`}: ${task.what} (${formatDuration(task.lengthMs)})`,
        payload: { task: task.id, what: task.what, who: task.assignee, dueAt: task.dueAt, lengthMs: task.lengthMs },
      },
    ],
    jobs: [
      ...(own ? [] : invited(incident, task, now)),
      post(incident.id, 'channel', inChannel(task), now, taskPost(task)),
      ...(own ? [] : [toPerson(incident, task, now)]),
      { job: { kind: 'draw-card', incident: incident.id }, runAt: now },
      ...taskTimer(incident, [...others, task]),
    ],
    ...(own ? taken(incident, task) : toldAsker(incident, task)),
  };
}

const taken = (incident: Incident, task: Task) =>
  receipt(
    incident,
    md`This task of ${ref(incident)} is yours until ${date(task.dueAt)}.`,
    (there) =>
      md`Sitrep asks how it went when the time is over; before that, \`/incident tasks${there}\` has its *Done*.`,
  );

const toldAsker = (incident: Incident, task: Task) =>
  receipt(
    incident,
    md`${mention(task.assignee)} is asked in the channel of ${ref(incident)} and by message.`,
    () =>
      md`The ${formatDuration(task.lengthMs)} count from *Accept*; whoever runs the incident hears if they cannot, are stuck or do not answer.`,
  );

const invited = (incident: Incident, task: Task, now: Date): NewJob[] =>
  isPrivate(incident) ? [] : [{ job: { kind: 'invite', incident: incident.id, who: [task.assignee] }, runAt: now }];

const toPerson = (incident: Incident, task: Task, now: Date): NewJob => ({
  job: {
    kind: 'dm',
    user: task.assignee,
    message: toAssignee(incident, task),
    incident: incident.id,
    as: askDm(task),
  },
  runAt: now,
});

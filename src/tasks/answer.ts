import type { EntryKind } from '../db/tables.ts';
import { type Decision, receipt } from '../incidents/decision.ts';
import { holderOf, type Incident, isOpen, ref } from '../incidents/incident.ts';
import { post } from '../incidents/redraw.ts';
import type { Message, NewJob } from '../jobs/job.ts';
import { formatDuration } from '../lib/duration.ts';
import type { UserId } from '../lib/ids.ts';
import { never, no, ok, type Result } from '../lib/result.ts';
import { message } from '../slack/blocks.ts';
import { date, md } from '../slack/mrkdwn.ts';
import { type Around, tellKeeper } from './keeper.ts';
import { doneLine, inChannel, movedOn, stuckLine, toAssignee } from './messages.ts';
import type { TaskRefusal } from './refusals.ts';
import { askDm, checkDm, isOpenTask, plus, type Task, type TaskChange, taskPost, taskTimer } from './task.ts';

export type How = 'accept' | 'cant' | 'done' | 'more' | 'stuck';

export interface Answering {
  readonly how: How;
  readonly by: UserId;
  /** The time box the button belongs to, in milliseconds. */
  readonly dueAt: number;
  readonly now: Date;
}

/** What the transaction writes: the task's row beside the decision. */
interface TaskDecision {
  readonly change: TaskChange;
  readonly decision: Decision;
}

/** A button was pressed: the task moves once, whoever comes later is told how it stands. */
export function answer(
  incident: Incident,
  task: Task,
  others: readonly Task[],
  asked: Answering,
  around: Around,
): Result<TaskDecision, TaskRefusal> {
  const refused = refusal(incident, task, asked, around);
  if (refused) return no(refused);
  const { how, by, now } = asked;
  const change = CHANGES[how](task, asked);
  const after: Task = { ...task, ...change };
  const { kind, text } = ENTRIES[how];
  return ok({
    change,
    decision: {
      entries: [
        {
          kind,
          actor: by,
          text: `${text}: ${task.what}${how === 'more' ? ` (${formatDuration(task.lengthMs)})` : ''}`,
          payload: {
            task: task.id,
            what: task.what,
            who: task.assignee,
            ...(isOpenTask(after) && { dueAt: after.dueAt }),
          },
        },
      ],
      jobs: [
        ...publicly(incident, after, how, by, now),
        ...redrawn(incident, task, after, now),
        ...privately(incident, after, how, around, now),
        ...taskTimer(incident, [...others, after]),
      ],
      ...answered(incident, after, how),
    },
  });
}

function refusal(
  incident: Incident,
  task: Task,
  { how, by, dueAt }: Answering,
  { holders }: Around,
): TaskRefusal | null {
  const mayCallDone = how === 'done' && (by === task.askedBy || by === holderOf(holders, 'ic'));
  if (by !== task.assignee && !mayCallDone) return { why: 'not-yours', task };
  if (!isOpenTask(task)) return { why: 'task-over', task };
  if (!isOpen(incident)) return { why: 'has-ended', incident };
  if (how === 'accept' && task.status !== 'asked') return { why: 'accepted-already', task };
  if (how === 'stuck' && task.status === 'stuck') return { why: 'stuck-already', task };
  return how === 'more' && dueAt !== task.dueAt.getTime() ? { why: 'has-more-time', task } : null;
}

/** The time box starts when it is accepted, and anew with more time. */
const again = (task: Task, { now }: Answering): TaskChange => ({
  status: 'accepted',
  dueAt: plus(now, task.lengthMs),
  checkedAt: null,
  toldAt: null,
});

const CHANGES: Record<How, (task: Task, asked: Answering) => TaskChange> = {
  accept: again,
  more: again,
  cant: (_, { by, now }) => ({ status: 'declined', endedBy: by, endedAt: now }),
  done: (_, { by, now }) => ({ status: 'done', endedBy: by, endedAt: now }),
  stuck: () => ({ status: 'stuck' }),
};

const ENTRIES: Record<How, { kind: EntryKind; text: string }> = {
  accept: { kind: 'task_accepted', text: 'accepted' },
  cant: { kind: 'task_declined', text: 'cannot' },
  done: { kind: 'task_done', text: 'done' },
  more: { kind: 'task_extended', text: 'needs more time' },
  stuck: { kind: 'task_stuck', text: 'stuck' },
};

function publicly(incident: Incident, task: Task, how: How, by: UserId, now: Date): NewJob[] {
  if (how === 'done') return [post(incident.id, 'channel', doneLine(task, by), now)];
  return how === 'stuck' ? [post(incident.id, 'channel', stuckLine(task), now)] : [];
}

/** The post, the messages to the person and the card show how it stands. */
export function redrawn(incident: Incident, before: Task, after: Task, now: Date): NewJob[] {
  const edit = (as: string, said: Message): NewJob => ({
    job: { kind: 'edit', incident: incident.id, as, message: said },
    runAt: now,
  });
  const isSameBox = before.dueAt.getTime() === after.dueAt.getTime();
  return [
    edit(taskPost(after), inChannel(after)),
    ...(before.assignee === before.askedBy ? [] : [edit(askDm(after), toAssignee(incident, after))]),
    // Another time box has its own question.
    ...(before.checkedAt === null
      ? []
      : [edit(checkDm(before), isSameBox ? toAssignee(incident, after) : movedOn(incident, after))]),
    { job: { kind: 'draw-card', incident: incident.id }, runAt: now },
  ];
}

function privately(incident: Incident, task: Task, how: How, around: Around, now: Date): NewJob[] {
  if (how === 'cant') return tellKeeper(incident, task, 'declined', around, now);
  return how === 'stuck' ? tellKeeper(incident, task, 'stuck', around, now) : [];
}

function answered(incident: Incident, task: Task, how: How): Pick<Decision, 'answer' | 'answerBeside'> {
  switch (how) {
    case 'accept':
      return { answer: message(md`Yours until ${date(task.dueAt)}.`) };
    case 'more':
      return { answer: message(md`You have until ${date(task.dueAt)}.`) };
    case 'cant':
      return { answer: message(md`Thank you for saying so; who runs the incident is told.`) };
    case 'done':
      return receipt(
        incident,
        md`Said in the channel of ${ref(incident)}.`,
        () => md`It is off the card, and nobody asks about it any more.`,
      );
    case 'stuck':
      return { answer: message(md`Said in the channel; help is asked for.`) };
    default:
      return never(how);
  }
}

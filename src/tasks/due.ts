import type { Decision } from '../incidents/decision.ts';
import { type Incident, isOpen, isPrivate } from '../incidents/incident.ts';
import { post } from '../incidents/redraw.ts';
import type { NewJob } from '../jobs/job.ts';
import type { StateEntry } from '../timeline/entry.ts';
import { redrawn } from './answer.ts';
import { type Around, tellKeeper } from './keeper.ts';
import { droppedLine, timeIsOver } from './messages.ts';
import { checkDm, nextLookAt, type Task, type TaskChange, taskTimer } from './task.ts';

/** What the transaction writes beside the decision. */
export interface CameBack {
  readonly changes: readonly { readonly id: number; readonly change: TaskChange }[];
  readonly decision: Decision;
}

/**
 * The timer of an incident's tasks woke, perhaps late, twice or in vain: each person whose time is over is asked how it
 * went, who runs the incident hears of those who never answered, and what an ended incident leaves open ends with it.
 */
export function comeBack(incident: Incident, open: readonly Task[], around: Around, now: Date): CameBack {
  if (!isOpen(incident)) return dropped(incident, open, now);
  const steps = open.map((task) => step(incident, task, around, now));
  return {
    changes: steps.flatMap(({ task, change }) => (change ? [{ id: task.id, change }] : [])),
    decision: {
      entries: steps.flatMap(({ entry }) => (entry ? [entry] : [])),
      jobs: [
        ...steps.flatMap(({ jobs }) => jobs),
        ...taskTimer(
          incident,
          steps.map(({ task, change }) => ({ ...task, ...change })),
        ),
      ],
    },
  };
}

interface Step {
  readonly task: Task;
  readonly change: TaskChange | null;
  readonly entry: StateEntry | null;
  readonly jobs: readonly NewJob[];
}

function step(incident: Incident, task: Task, around: Around, now: Date): Step {
  const at = nextLookAt(task);
  if (at === null || at > now) return { task, change: null, entry: null, jobs: [] };
  const reminded = (text: string, to: string): StateEntry => ({
    kind: 'reminder_sent',
    actor: null,
    text: `${text}: ${task.what}`,
    payload: { about: 'task', task: task.id, to: [to] },
  });
  // Whoever left a private incident is not told of it any more.
  if (isPrivate(incident) && !around.members.has(task.assignee))
    return {
      task,
      change: { checkedAt: task.checkedAt ?? now, toldAt: now },
      entry: reminded('its person left the channel', 'keeper'),
      jobs: tellKeeper(incident, task, 'left', around, now),
    };
  if (task.checkedAt === null)
    return {
      task,
      change: { checkedAt: now },
      entry: reminded('asked how it went', task.assignee),
      jobs: [
        {
          job: {
            kind: 'dm',
            user: task.assignee,
            message: timeIsOver(incident, task),
            incident: incident.id,
            as: checkDm(task),
          },
          runAt: now,
        },
        { job: { kind: 'draw-card', incident: incident.id }, runAt: now },
      ],
    };
  return {
    task,
    change: { toldAt: now },
    entry: reminded('no answer', 'keeper'),
    jobs: tellKeeper(incident, task, 'no answer', around, now),
  };
}

function dropped(incident: Incident, open: readonly Task[], now: Date): CameBack {
  if (open.length === 0) return { changes: [], decision: {} };
  const change = { status: 'dropped', endedAt: now } as const;
  return {
    changes: open.map(({ id }) => ({ id, change })),
    decision: {
      entries: open.map((task) => ({
        kind: 'task_dropped',
        actor: null,
        text: `ended with the incident: ${task.what}`,
        payload: { task: task.id, what: task.what, who: task.assignee },
      })),
      jobs: [
        post(incident.id, 'channel', droppedLine(incident, open), now),
        ...open.flatMap((task) => redrawn(incident, task, { ...task, ...change }, now)),
      ],
    },
  };
}

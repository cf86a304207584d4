import type { TaskRow } from '../db/tables.ts';
import type { Incident } from '../incidents/incident.ts';
import type { NewJob } from '../jobs/job.ts';
import type { Millis } from '../lib/duration.ts';

/** One thing that one person is asked to do by a time, as every rule sees it: its row. */
export type Task = TaskRow;

/** What an answer or the timer may change of it. */
export type TaskChange = Partial<
  Pick<Task, 'status' | 'dueAt' | 'checkedAt' | 'toldAt' | 'endedBy' | 'endedAt' | 'lengthMs'>
>;

type OpenTask = Task & { readonly endedAt: null };
export const isOpenTask = (task: Task): task is OpenTask => task.endedAt === null;

export const LONGEST_TASK = 500;

/** The name under which the task's post in the channel is edited. */
export const taskPost = (task: Pick<Task, 'id'>): string => `task:${task.id}`;

/** The direct messages about it: the asking, and the coming back of each time box. */
export const askDm = (task: Pick<Task, 'id'>): string => `task:${task.id}:ask`;
export const checkDm = (task: Pick<Task, 'id' | 'dueAt'>): string => `task:${task.id}:check:${task.dueAt.getTime()}`;

/** The time box stands in it, so that a click on the buttons of an earlier one is told apart. */
export const taskValue = (task: Pick<Task, 'incidentId' | 'id' | 'dueAt'>): string =>
  `${task.incidentId}:${task.id}:${task.dueAt.getTime()}`;

/** What a button carries; null when anything else wrote it. */
export function readTaskValue(value: string): { task: number; dueAt: number } | null {
  const match = /^\d{1,9}:(\d{1,15}):(\d{1,15})$/.exec(value);
  return match ? { task: Number(match[1]), dueAt: Number(match[2]) } : null;
}

/** When the bot has something to do about it next: at its time, then as long again without an answer. */
export function nextLookAt(task: Task): Date | null {
  if (!isOpenTask(task) || task.status === 'stuck' || task.toldAt !== null) return null;
  return task.checkedAt === null ? task.dueAt : plus(task.checkedAt, task.lengthMs);
}

/** One timer for all tasks of an incident, at the earliest of their times. */
export function taskTimer(incident: Pick<Incident, 'id'>, tasks: readonly Task[]): NewJob[] {
  const times = tasks.flatMap((task) => nextLookAt(task)?.getTime() ?? []);
  if (times.length === 0) return [];
  return [{ job: { kind: 'tasks', incident: incident.id }, runAt: new Date(Math.min(...times)) }];
}

export const plus = (from: Date, ms: Millis): Date => new Date(from.getTime() + ms);

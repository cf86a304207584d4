import type { Db, Trx } from '../db/tables.ts';
import type { IncidentId, UserId } from '../lib/ids.ts';
import { storable } from '../lib/text.ts';
import type { Task, TaskChange } from './task.ts';

/** Those that are neither done nor given back, the oldest first. */
export function openTasks(db: Db | Trx, id: IncidentId): Promise<Task[]> {
  return db
    .selectFrom('tasks')
    .selectAll()
    .where('incidentId', '=', id)
    .where('endedAt', 'is', null)
    .orderBy('askedAt')
    .orderBy('id')
    .execute();
}

/** Those a person was asked for, over all incidents; what they may see of them is the caller's business. */
export function openTasksOf(db: Db | Trx, user: UserId): Promise<Task[]> {
  return db
    .selectFrom('tasks')
    .selectAll()
    .where('assignee', '=', user)
    .where('endedAt', 'is', null)
    .orderBy('dueAt')
    .orderBy('id')
    .limit(100)
    .execute();
}

export function findTask(trx: Trx, id: IncidentId, task: number): Promise<Task | undefined> {
  return trx.selectFrom('tasks').selectAll().where('incidentId', '=', id).where('id', '=', task).executeTakeFirst();
}

export function insertTask(trx: Trx, task: Omit<Task, 'id'>): Promise<Task> {
  return trx
    .insertInto('tasks')
    .values({ ...task, what: storable(task.what) })
    .returningAll()
    .executeTakeFirstOrThrow();
}

export async function updateTask(trx: Trx, task: number, change: TaskChange): Promise<void> {
  await trx.updateTable('tasks').set(change).where('id', '=', task).execute();
}

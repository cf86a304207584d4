import { type Holder, holderOf, type Incident, isPrivate } from '../incidents/incident.ts';
import type { NewJob } from '../jobs/job.ts';
import type { UserId } from '../lib/ids.ts';
import { type Notice, toKeeper } from './messages.ts';
import type { Task } from './task.ts';

export interface Around {
  readonly holders: readonly Holder[];
  /** Who is in the incident's channel. */
  readonly members: ReadonlySet<UserId>;
}

/** Who hears how a task goes: the IC, else who asked, else who declared; never the one it is about, nobody outside a private incident. */
export function keeperOf(incident: Incident, task: Task, { holders, members }: Around): UserId | null {
  const wanted = [holderOf(holders, 'ic'), task.askedBy, incident.declaredBy];
  const may = (user: UserId | null): user is UserId =>
    user !== null && user !== task.assignee && (!isPrivate(incident) || members.has(user));
  return wanted.find(may) ?? null;
}

export function tellKeeper(incident: Incident, task: Task, notice: Notice, around: Around, now: Date): NewJob[] {
  const user = keeperOf(incident, task, around);
  if (user === null) return [];
  return [{ job: { kind: 'dm', user, message: toKeeper(incident, task, notice), incident: incident.id }, runAt: now }];
}

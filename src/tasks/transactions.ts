import type { Deps } from '../deps.ts';
import { type Changed, changeIncident } from '../incidents/change.ts';
import { holdersOf } from '../incidents/store.ts';
import type { Intent } from '../intents/store.ts';
import type { IncidentId, UserId } from '../lib/ids.ts';
import { no, ok, type Result } from '../lib/result.ts';
import { findPerson } from '../people/store.ts';
import { membersOf } from '../updates/store.ts';
import { type Answering, answer } from './answer.ts';
import { type AskedTask, asked as askedFor, mayNotAsk, newTask } from './ask.ts';
import { comeBack } from './due.ts';
import type { TaskRefusal } from './refusals.ts';
import { findTask, insertTask, openTasks, updateTask } from './store.ts';

type Needs = Pick<Deps, 'db' | 'now'>;
type Done = Promise<Result<Changed, TaskRefusal>>;

/** `unknown`: of whom Slack says that there is no such person. */
export function askTask(
  deps: Needs,
  id: IncidentId,
  intent: Intent,
  asked: AskedTask,
  unknown: ReadonlySet<UserId> = new Set(),
): Done {
  return changeIncident<TaskRefusal>(deps, id, intent, async (incident, trx, now) => {
    const person = unknown.has(asked.who) ? 'nobody' : ((await findPerson(trx, asked.who)) ?? null);
    const refused = mayNotAsk(incident, asked, person, await membersOf(trx, id));
    if (refused) return no(refused);
    const others = await openTasks(trx, id);
    return ok(askedFor(incident, await insertTask(trx, newTask(incident, asked, now)), others, now));
  });
}

export function answerTask(
  deps: Needs,
  id: IncidentId,
  intent: Intent,
  task: number,
  asked: Omit<Answering, 'now'>,
): Done {
  return changeIncident<TaskRefusal>(deps, id, intent, async (incident, trx, now) => {
    const found = await findTask(trx, id, task);
    if (!found) return no({ why: 'no-such-task', incident });
    const others = (await openTasks(trx, id)).filter((one) => one.id !== task);
    const around = { holders: await holdersOf(trx, id), members: await membersOf(trx, id) };
    const answered = answer(incident, found, others, { ...asked, now }, around);
    if (!answered.ok) return answered;
    await updateTask(trx, task, answered.value.change);
    return ok(answered.value.decision);
  });
}

/** The timer woke, perhaps late, twice or in vain; `run` names this run of it. */
export async function comeBackWhenDue(deps: Needs, id: IncidentId, run: string): Promise<void> {
  await changeIncident<never>(deps, id, { identity: `tasks:${run}`, by: null }, async (incident, trx, now) => {
    const around = { holders: await holdersOf(trx, id), members: await membersOf(trx, id) };
    const { changes, decision } = comeBack(incident, await openTasks(trx, id), around, now);
    for (const { id: task, change } of changes) await updateTask(trx, task, change);
    return ok(decision);
  });
}

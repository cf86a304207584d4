import type { Deps } from '../deps.ts';
import { FORM_LOST, formIncident } from '../incidents/forms.ts';
import { type Incident, isOpen } from '../incidents/incident.ts';
import { worded } from '../incidents/refusals.ts';
import { clickedOn, findVisible, locate } from '../incidents/transactions.ts';
import { message } from '../slack/blocks.ts';
import type { Verb } from '../slack/command.ts';
import { readForm } from '../slack/form.ts';
import type { Answer, Call, Click, FormAnswer, Listeners, Submission } from '../slack/listeners.ts';
import { md, plainOf } from '../slack/mrkdwn.ts';
import type { How } from './answer.ts';
import { list } from './messages.ts';
import { parseLength, parseTask } from './parse.ts';
import { type TaskRefusal, wordedTask } from './refusals.ts';
import { openTasks } from './store.ts';
import { readTaskValue } from './task.ts';
import { TASK, TaskForm, taskModal } from './task-modal.ts';
import { answerTask, askTask } from './transactions.ts';

type Found = { readonly incident: Incident; readonly rest: string };

/** What is heard about tasks: parse, call down, answer. */
export function taskListeners(deps: Deps): Listeners {
  const on = (verb: Verb, act: (call: Call, found: Found) => Promise<Answer>) => async (call: Call) => {
    const found = await locate(deps, call, verb);
    return found.ok ? act(call, found.value) : { say: worded(found.no) };
  };
  const clicked = (how: How) => (click: Click) => answered(deps, click, how);
  return {
    verbs: {
      task: on('task', (call, found) => task(deps, call, found)),
      tasks: on('tasks', (_, { incident }) => tasks(deps, incident)),
    },
    clicks: {
      'task-accept': clicked('accept'),
      'task-cant': clicked('cant'),
      'task-done': clicked('done'),
      'task-more': clicked('more'),
      'task-stuck': clicked('stuck'),
    },
    forms: { [TASK]: (form) => askByForm(deps, form) },
  };
}

const refuse = (refusal: TaskRefusal): Answer => ({ say: wordedTask(refusal) });

async function task(deps: Deps, call: Call, { incident, rest }: Found): Promise<Answer> {
  if (rest.trim() === '') return openForm(deps, call, incident);
  const wanted = parseTask(rest);
  if (!wanted.ok) return refuse(wanted.no);
  const { what, who, lengthMs } = wanted.value;
  // Who is not known yet is asked of Slack before the transaction.
  const unknown = await deps.unknown(who === null ? [] : [who]);
  const intent = { identity: call.intent, by: call.user, channel: call.channel };
  const asked = { what, who: who ?? call.user, by: call.user, lengthMs };
  const done = await askTask(deps, incident.id, intent, asked, unknown);
  return done.ok ? { say: done.value.answer ?? message(md`Asked.`) } : refuse(done.no);
}

async function openForm(deps: Deps, call: Call, incident: Incident): Promise<Answer> {
  if (!isOpen(incident)) return refuse({ why: 'has-ended', incident });
  try {
    await deps.slack.openView(call.triggerId, taskModal(incident));
    return { silent: true };
  } catch (fault) {
    deps.log.warn({ err: fault, view: TASK }, 'a form did not open');
    return { say: message(md`The form did not open; type \`/incident task <what> @someone 15m\`.`) };
  }
}

async function askByForm(deps: Deps, form: Submission): Promise<FormAnswer> {
  const id = formIncident(form.privateMetadata);
  if (id === null || !(await findVisible(deps, id, form.user))) return { errors: { what: FORM_LOST } };
  const read = readForm(TaskForm, form.values);
  if (!read.ok) return { errors: read.no };
  const { what, who, within } = read.value;
  const lengthMs = parseLength(within);
  if (!lengthMs.ok) return { errors: { within: plainOf(wordedTask(lengthMs.no).text) } };
  const unknown = await deps.unknown(who === null ? [] : [who]);
  const intent = { identity: form.intent, by: form.user };
  const asked = { what, who: who ?? form.user, by: form.user, lengthMs: lengthMs.value };
  const done = await askTask(deps, id, intent, asked, unknown);
  if (done.ok) return { close: true, ...(done.value.answer && { late: done.value.answer.text }) };
  const field = done.no.why === 'has-ended' ? 'what' : 'who';
  return { errors: { [field]: await deps.plain(wordedTask(done.no)) } };
}

async function tasks(deps: Deps, incident: Incident): Promise<Answer> {
  const open = isOpen(incident) ? await openTasks(deps.db, incident.id) : [];
  return { say: list(incident, open, await deps.names(open.map((one) => one.assignee))) };
}

async function answered(deps: Deps, click: Click, how: How): Promise<Answer> {
  const found = await clickedOn(deps, click);
  if (!found.ok) return { say: worded(found.no) };
  const value = readTaskValue(click.value);
  if (value === null) return refuse({ why: 'no-such-task', incident: found.value });
  const intent = { identity: click.intent, by: click.user, channel: click.channel };
  const asked = { how, by: click.user, dueAt: value.dueAt };
  const done = await answerTask(deps, found.value.id, intent, value.task, asked);
  return done.ok ? { say: done.value.answer ?? message(md`Noted.`) } : refuse(done.no);
}

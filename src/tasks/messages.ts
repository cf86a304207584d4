import { type Incident, isOpen, isPrivate, ref } from '../incidents/incident.ts';
import type { Message } from '../jobs/job.ts';
import { formatDuration } from '../lib/duration.ts';
import type { UserId } from '../lib/ids.ts';
import { never } from '../lib/result.ts';
import { shorten } from '../lib/text.ts';
import { actions, type Block, button, context, message, section } from '../slack/blocks.ts';
import { channelLink, date, joined, type Mrkdwn, md, mention, quietly } from '../slack/mrkdwn.ts';
import { type Task, taskPost, taskValue } from './task.ts';

/** What is said about tasks. People are mentioned where they are asked, and named everywhere else. */

type Named = ReadonlyMap<UserId, string>;

/** The post in the channel, drawn anew whenever the task changes; an edit wakes nobody. */
export const inChannel = (task: Task): Message => message(md`${asking(task)}${what(task)}\n${state(task)}`);

const asking = (task: Task): Mrkdwn =>
  task.assignee === task.askedBy
    ? md`:stopwatch: ${quietly(task.assignee)} takes: `
    : md`:stopwatch: ${mention(task.assignee)}, please: `;

function state(task: Task): Mrkdwn {
  const asked = task.assignee === task.askedBy ? md`` : md` · asked by ${quietly(task.askedBy)}`;
  switch (task.status) {
    case 'asked':
      return md`_${length(task)}${asked}, not accepted yet_`;
    case 'accepted':
      return md`_until ${date(task.dueAt)}${asked}${asked.text === '' ? '' : ', accepted'}_`;
    case 'stuck':
      return md`:sos: _stuck${asked}_`;
    case 'done':
      return md`:white_check_mark: _done ${ended(task)}_`;
    case 'declined':
      return md`:no_entry_sign: _${quietly(task.assignee)} cannot${asked}_`;
    case 'dropped':
      return md`:white_circle: _ended with the incident_`;
    default:
      return never(task.status);
  }
}

/** The message to the person, as it stands now; its buttons are what can still be answered. */
export function toAssignee(incident: Incident, task: Task): Message {
  const said = md`*${ref(incident)}*${where(incident)}: ${what(task)}\n${stateForAssignee(task)}`;
  const buttons = BUTTONS[task.status].map((name) => make(name, task));
  return message(said, [section(said), ...(buttons.length > 0 ? [actions(taskPost(task), buttons)] : [])]);
}

function stateForAssignee(task: Task): Mrkdwn {
  switch (task.status) {
    case 'asked':
      return md`${mention(task.askedBy)} asks you for this within ${length(task)}.`;
    case 'accepted':
      return md`Yours until ${date(task.dueAt)}; then Sitrep asks how it went.`;
    case 'stuck':
      return md`The channel knows that you are stuck.`;
    case 'done':
      return md`:white_check_mark: Done ${ended(task)}.`;
    case 'declined':
      return md`You cannot; who runs the incident is told.`;
    case 'dropped':
      return md`The incident has ended, and the task with it. Thank you.`;
    default:
      return never(task.status);
  }
}

/** The time is over: how did it go? */
export function timeIsOver(incident: Incident, task: Task): Message {
  const unheard = task.status === 'asked' ? md` You have not answered yet.` : md``;
  const said = md`:alarm_clock: *${ref(incident)}*${where(incident)}: the ${length(task)} are over for "${what(task)}".${unheard} How is it?`;
  return message(said, [
    section(said),
    actions(taskPost(task), [make('Done', task), make('More time', task), make('Stuck', task)]),
  ]);
}

/** What the question becomes when there is more time; the next one comes then. */
export const movedOn = (incident: Incident, task: Task): Message => {
  const said = md`*${ref(incident)}*: ${what(task)}\nYou have until ${date(task.dueAt)}; then Sitrep asks again.`;
  return message(said, [section(said)]);
};

const LABELS = {
  Accept: 'task-accept',
  "Can't": 'task-cant',
  Done: 'task-done',
  'More time': 'task-more',
  Stuck: 'task-stuck',
} as const;
type Label = keyof typeof LABELS;

const BUTTONS: Record<Task['status'], readonly Label[]> = {
  asked: ['Accept', "Can't"],
  accepted: ['Done', 'Stuck'],
  stuck: ['Done', 'More time'],
  done: [],
  declined: [],
  dropped: [],
};

const make = (label: Label, task: Task): Block =>
  button(label, LABELS[label], taskValue(task), label === 'Accept' || label === 'Done' ? 'primary' : undefined);

/** The public lines. */
export const doneLine = (task: Task, by: UserId): Message =>
  message(
    md`:white_check_mark: *Done:* ${what(task)} (${quietly(task.assignee)}${by === task.assignee ? '' : md`, said by ${quietly(by)}`})`,
  );

export const stuckLine = (task: Task): Message =>
  message(md`:sos: ${quietly(task.assignee)} is *stuck*: ${what(task)}. Who can help?`);

export function droppedLine(incident: Incident, tasks: readonly Task[]): Message {
  const lines = tasks.slice(0, 10).map((task) => md`• ${what(task)} (${quietly(task.assignee)})`);
  const more = tasks.length > 10 ? [md`… and ${tasks.length - 10} more`] : [];
  return message(
    md`${ref(incident)} is ${incident.status}; what was still asked ends with it:\n${joined([...lines, ...more])}\nWhat must happen all the same is an action item: \`/incident action <what>\`.`,
  );
}

/** What who runs the incident hears in private. */
export type Notice = 'declined' | 'stuck' | 'no answer' | 'left';

export function toKeeper(incident: Incident, task: Task, notice: Notice): Message {
  const head = md`*${ref(incident)}*${where(incident)}: `;
  return message(
    md`${head}${noticed(task, notice)} \`/incident task <what> @someone in ${ref(incident)}\` asks someone else.`,
  );
}

function noticed(task: Task, notice: Notice): Mrkdwn {
  const who = mention(task.assignee);
  switch (notice) {
    case 'declined':
      return md`${who} cannot do "${what(task)}".`;
    case 'stuck':
      return md`${who} is stuck with "${what(task)}". Ask what is missing.`;
    case 'no answer':
      return md`${who} has not answered about "${what(task)}", ${task.checkedAt ? md`asked ${date(task.checkedAt)}` : 'though its time is over'}.`;
    case 'left':
      return md`${who} is no longer in the channel, and "${what(task)}" is still open.`;
    default:
      return never(notice);
  }
}

/** How many stand on the card and in a brief. */
const SHOWN = 5;

/** Open tasks for the card and the brief, the most urgent first. */
export function taskLines(tasks: readonly Task[], names: Named): Mrkdwn[] {
  const sorted = tasks.toSorted((a, b) => rank(a) - rank(b));
  const lines = sorted.slice(0, SHOWN).map((task) => md`• ${shorten(task.what, 150)}: ${briefly(task, names)}`);
  return tasks.length > SHOWN ? [...lines, md`… and ${tasks.length - SHOWN} more: \`/incident tasks\``] : lines;
}

const rank = (task: Task): number => (task.status === 'stuck' ? 0 : task.dueAt.getTime());

function briefly(task: Task, names: Named): Mrkdwn {
  const who = names.get(task.assignee) ?? task.assignee;
  if (task.status === 'stuck') return md`${who}, *stuck*`;
  const since = task.status === 'asked' ? ', not accepted yet' : '';
  // By then the person was asked how it is.
  const box = task.checkedAt === null ? 'until' : 'time over since';
  return md`${who}, ${box} ${date(task.dueAt)}${since}`;
}

const LISTED = 20;

/** `/incident tasks` */
export function list(incident: Incident, tasks: readonly Task[], names: Named): Message {
  if (!isOpen(incident))
    return message(
      md`${ref(incident)} is ${incident.status} and has no open tasks: what was still asked ended with it. What must happen all the same is an action item: \`/incident action <what>\`.`,
    );
  if (tasks.length === 0)
    return message(
      md`No task of ${ref(incident)} is open. Ask for something: \`/incident task check the logs @casey 15m\`.`,
    );
  const head = md`${tasks.length} open ${tasks.length === 1 ? 'task' : 'tasks'} of ${ref(incident)}`;
  const sorted = tasks.toSorted((a, b) => rank(a) - rank(b));
  return message(head, [
    section(md`*${head}*`),
    ...sorted.slice(0, LISTED).map((task) => section(md`${what(task)}\n_${briefly(task, names)}_`, make('Done', task))),
    ...(tasks.length > LISTED ? [context(md`… and ${tasks.length - LISTED} more`)] : []),
  ]);
}

const what = (task: Task): string => task.what;
const length = (task: Task): string => formatDuration(task.lengthMs);
const ended = (task: Task): Mrkdwn => (task.endedAt ? date(task.endedAt) : md``);

/** A private incident's channel is no secret to those who are in it, and nobody else is written to. */
const where = (incident: Incident): Mrkdwn =>
  incident.channelId ? md` in ${channelLink(incident.channelId)}${isPrivate(incident) ? ' (private)' : ''}` : md``;

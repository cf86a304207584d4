import { type Incident, ref } from '../incidents/incident.ts';
import type { Message } from '../jobs/job.ts';
import { formatDuration, type Millis } from '../lib/duration.ts';
import type { UserId } from '../lib/ids.ts';
import { never } from '../lib/result.ts';
import type { Standing } from '../people/person.ts';
import { message } from '../slack/blocks.ts';
import { date, joined, type Mrkdwn, md, mention } from '../slack/mrkdwn.ts';
import type { Task } from './task.ts';

/** Why nothing was asked, or an answer changes nothing. */
export type TaskRefusal =
  | { readonly why: 'no-words' }
  | { readonly why: 'task-too-long'; readonly length: number; readonly max: number }
  | { readonly why: 'several-people'; readonly people: readonly UserId[] }
  | { readonly why: 'a-group' }
  | { readonly why: 'not-a-time'; readonly typed: string }
  | { readonly why: 'time-out-of-range'; readonly asked: Millis; readonly least: Millis; readonly most: Millis }
  | { readonly why: 'cannot-be-asked'; readonly user: UserId; readonly standing: Exclude<Standing, 'member'> }
  | { readonly why: 'unknown-person'; readonly user: UserId }
  | { readonly why: 'not-inside'; readonly incident: Incident; readonly user: UserId }
  | { readonly why: 'has-ended'; readonly incident: Incident }
  | { readonly why: 'no-such-task'; readonly incident: Incident }
  | { readonly why: 'not-yours'; readonly task: Task }
  | { readonly why: 'task-over'; readonly task: Task }
  | { readonly why: 'accepted-already'; readonly task: Task }
  | { readonly why: 'stuck-already'; readonly task: Task }
  | { readonly why: 'has-more-time'; readonly task: Task };

export const wordedTask = (refusal: TaskRefusal): Message => message(sentence(refusal));

function sentence(refusal: TaskRefusal): Mrkdwn {
  switch (refusal.why) {
    case 'no-words':
      return md`A task needs words for what is to be done: \`/incident task roll back build 812 @casey 15m\`.`;
    case 'task-too-long':
      return md`The task has ${refusal.length} characters, at most ${refusal.max} fit. Nobody was asked; put the details into the channel and ask in one line.`;
    case 'several-people':
      return md`A task has one person, and this names ${joined(refusal.people.map(mention), ' and ')}. Nobody was asked; give each their own.`;
    case 'a-group':
      return md`A task is asked of one person, not of a group: nobody was asked. Mention someone: \`/incident task check the logs @casey 15m\`.`;
    case 'not-a-time':
      return md`"${refusal.typed.slice(0, 60)}" is not a time for a task. Nobody was asked; end with one like \`15m\` or \`1h30m\`.`;
    case 'time-out-of-range':
      return md`${formatDuration(refusal.asked)} is no time for a task: it can have ${formatDuration(refusal.least)} to ${formatDuration(refusal.most)}. Nobody was asked.`;
    case 'cannot-be-asked':
      return md`${mention(refusal.user)} ${STANDS[refusal.standing]} and cannot answer for a task. Nobody was asked; name a member of this workspace.`;
    case 'unknown-person':
      return md`Slack knows nobody in this workspace as ${mention(refusal.user)}. Nobody was asked; mention someone who is here.`;
    case 'not-inside':
      return md`${mention(refusal.user)} is not in the channel of ${ref(refusal.incident)}, which is private. Nobody was asked; \`/invite\` them there first.`;
    case 'has-ended':
      return md`${ref(refusal.incident)} is ${refusal.incident.status}, so nobody is asked to do anything for it; its tasks ended with it. If it is back: \`/incident reopen <why>\`.`;
    case 'no-such-task':
      return md`${ref(refusal.incident)} has no such task. \`/incident tasks\` shows the open ones.`;
    case 'not-yours':
      return md`That is asked of ${mention(refusal.task.assignee)}, who alone can answer it; who asked and the IC may call it done with \`/incident tasks\`. Nothing was changed.`;
    case 'task-over':
      return over(refusal.task);
    case 'accepted-already':
      return md`You have accepted this already; its time runs until ${date(refusal.task.dueAt)}.`;
    case 'stuck-already':
      return md`The channel knows already that this is stuck. Say there what you need, or press *Done* when it is.`;
    case 'has-more-time':
      return md`This was given more time already, until ${date(refusal.task.dueAt)}; the newest message has the buttons.`;
    default:
      return never(refusal);
  }
}

const STANDS: Record<Exclude<Standing, 'member'>, string> = {
  guest: 'is a guest',
  stranger: 'is of another organisation',
  bot: 'is a bot',
  deactivated: 'has a deactivated account',
};

function over({ status, endedBy, endedAt }: Task): Mrkdwn {
  const by = endedBy ? md` by ${mention(endedBy)}` : md``;
  const at = endedAt ? md` ${date(endedAt)}` : md``;
  if (status === 'dropped') return md`This task ended with its incident${at}. Nothing was changed.`;
  return md`This task was ${status === 'done' ? 'done' : 'declined'} already${by}${at}. Nothing was changed.`;
}

import { type Holder, type Incident, isOverdue, isPrivate, ref } from '../incidents/incident.ts';
import { formatDuration } from '../lib/duration.ts';
import type { UserId } from '../lib/ids.ts';
import { never } from '../lib/result.ts';
import { shorten } from '../lib/text.ts';
import type { Policy } from '../policy.ts';
import { type Block, section } from '../slack/blocks.ts';
import { channelLink, cutMrkdwn, date, joined, type Mrkdwn, md } from '../slack/mrkdwn.ts';
import { taskLines } from '../tasks/messages.ts';
import type { Task } from '../tasks/task.ts';
import { BRIEF_FIELDS, type Brief, type BriefField } from './brief.ts';

/** What stands beside the words of a brief, drawn from the rows whenever it is shown. */
export interface Drawing {
  readonly incident: Incident;
  readonly holders: readonly Holder[];
  readonly tasks: readonly Task[];
  readonly names: ReadonlyMap<UserId, string>;
  readonly policy: Pick<Policy, 'roles'>;
  readonly now: Date;
}

/** The facts first, then what people wrote of them. Each part keeps within its share, so that no button falls off. */
export const briefBlocks = (brief: Brief, drawing: Drawing): Block[] => [
  section(cutMrkdwn(factsOf(drawing), SHARE)),
  ...BRIEF_FIELDS.map((field) => section(cutMrkdwn(md`*${label(field)}*\n${brief[field]}`, SHARE))),
];

/** A fifth of what the blocks of a message may hold, less what stands around them. */
const SHARE = 1_850;

export function label(field: BriefField): string {
  switch (field) {
    case 'stands':
      return 'Where it stands';
    case 'tried':
      return 'What was tried';
    case 'pending':
      return 'What is pending';
    case 'risks':
      return 'Risks';
    default:
      return never(field);
  }
}

function factsOf({ incident, holders, tasks, names, policy, now }: Drawing): Mrkdwn {
  const secret = isPrivate(incident) ? 'private · ' : '';
  const age = formatDuration(now.getTime() - incident.declaredAt.getTime());
  const where = incident.channelId ? md` · ${channelLink(incident.channelId)}` : md``;
  const held = policy.roles.flatMap((role) => {
    const holder = holders.find((one) => one.role === role.id);
    return holder ? [`${role.name} ${names.get(holder.userId) ?? holder.userId}`] : [];
  });
  const open = taskLines(tasks, names);
  return joined([
    md`*${ref(incident)} ${shorten(incident.title, 150)}*`,
    md`${secret}*${incident.severity}* · *${incident.status}* · open for ${age}${where}`,
    md`*What users feel* ${shorten(incident.impact ?? 'not said yet', 300)}`,
    md`*Next update* ${promised(incident)}`,
    ...(held.length > 0 ? [md`*Roles* ${held.join(' · ')}`] : []),
    ...(open.length > 0 ? [md`*Open tasks*`, ...open] : [md`*Open tasks* none`]),
  ]);
}

function promised(incident: Incident): Mrkdwn {
  const { cadenceOffReason, promiseDueAt } = incident;
  if (cadenceOffReason !== null) return md`none promised: ${shorten(cadenceOffReason, 200)}`;
  if (promiseDueAt === null) return md`not promised`;
  return isOverdue(incident) ? md`*overdue since ${date(promiseDueAt)}*` : md`by ${date(promiseDueAt)}`;
}

import type { Status } from '../db/tables.ts';
import type { Message } from '../jobs/job.ts';
import { type Block, context, message, section } from '../slack/blocks.ts';
import { channelLink, date, type Mrkdwn, md } from '../slack/mrkdwn.ts';
import { type Ear, filledMrkdwn, momentOf, templateOf, type Worded } from '../updates/wording.ts';
import type { Names } from './card.ts';
import { type Holder, holderOf, type Incident, isDrill, isOpen, isOverdue, isPrivate, ref } from './incident.ts';
import { privately } from './made-private.ts';

/** The one post in the announcement channel, edited in place. Never made for private incidents, and emptied when one becomes private. Names, not mentions: it wakes nobody. */
export function announcement(incident: Incident, holders: readonly Holder[], names: Names, policy: Worded): Message {
  // Its channel was made private after it was announced.
  if (isPrivate(incident)) return privately(incident);
  const drill = isDrill(incident) ? 'DRILL ' : '';
  const ic = holderOf(holders, 'ic');
  const headline = md`${mark(incident)} ${drill}*${ref(incident)} ${incident.severity}* ${incident.title}`;
  return message(md`${drill}${ref(incident)} ${incident.severity} ${incident.status}: ${incident.title}`, [
    section(headline),
    ...words(incident, policy),
    context(
      md`*${incident.status}*${since(incident)}`,
      ...(ic ? [md`IC ${names.get(ic) ?? ic}`] : isOpen(incident) ? [md`no IC yet`] : []),
      md`declared ${date(incident.declaredAt)}`,
      ...promise(incident),
      ...(incident.channelId ? [channelLink(incident.channelId)] : []),
    ),
  ]);
}

/** When it came to be what it is. */
function since({ status, mitigatedAt, resolvedAt, closedAt }: Incident): Mrkdwn {
  const moments: Partial<Record<Status, Date | null>> = {
    mitigated: mitigatedAt,
    resolved: resolvedAt,
    closed: closedAt,
    canceled: closedAt,
  };
  const moment = moments[status];
  return moment ? md` ${date(moment)}` : md``;
}

function promise(incident: Incident): Mrkdwn[] {
  const { promiseDueAt: due } = incident;
  if (!isOpen(incident) || due === null) return [];
  return [isOverdue(incident) ? md`*next update overdue since ${date(due)}*` : md`next update by ${date(due)}`];
}

/** The words of the moment, and those that may be passed on to customers as they are. */
function words(incident: Incident, policy: Worded): Block[] {
  const moment = momentOf(incident.status);
  if (moment === null) return [section(md`It was a false alarm: nothing is wrong.`)];
  const { promiseDueAt: due } = incident;
  // A time that has passed is passed on to nobody.
  const next = isOverdue(incident) ? md`shortly` : due ? md`by ${date(due)}` : md`when there is news`;
  const said = (ear: Ear) => filledMrkdwn(templateOf(policy, incident.severity, moment, ear), incident, ear, next);
  const inside = said('internal');
  return [
    ...(inside.text.trim() === '' ? [] : [section(inside)]),
    ...(isDrill(incident) ? [] : [section(md`*For customers* ${said('audience')}`)]),
  ];
}

function mark(incident: Incident) {
  if (incident.status === 'canceled') return md`:white_circle:`;
  if (!isOpen(incident)) return md`:white_check_mark:`;
  if (isDrill(incident)) return md`:large_blue_circle:`;
  return incident.status === 'mitigated' ? md`:large_yellow_circle:` : md`:red_circle:`;
}

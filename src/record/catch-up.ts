import type { UpdateRow } from '../db/tables.ts';
import { markedAsDrill } from '../incidents/drill-mark.ts';
import { type Holder, holderOf, type Incident, isOpen, isOverdue, isPrivate, ref } from '../incidents/incident.ts';
import type { Message } from '../jobs/job.ts';
import { HOUR, MINUTE } from '../lib/duration.ts';
import type { UserId } from '../lib/ids.ts';
import { shorten } from '../lib/text.ts';
import type { Policy } from '../policy.ts';
import { type Block, context, header, message, section } from '../slack/blocks.ts';
import { channelLink, date, joined, link, type Mrkdwn, md } from '../slack/mrkdwn.ts';
import { taskLines } from '../tasks/messages.ts';
import type { Task } from '../tasks/task.ts';
import { type KeyLine, type Named, namedIn, told } from './key-list.ts';

/** What a late joiner is told, as of one moment. */
export interface Facts {
  readonly incident: Incident;
  readonly holders: readonly Holder[];
  readonly lastUpdate: Pick<UpdateRow, 'text' | 'author' | 'postedAt'> | null;
  readonly tasks: readonly Task[];
  readonly followUps: readonly string[];
  readonly key: readonly KeyLine[];
}

/** Where it stands: what a person needs before they say their first word. Private to them. */
export function catchUp(
  facts: Facts,
  names: Named,
  policy: Pick<Policy, 'roles' | 'bridge'>,
  isJoiner: boolean,
): Message {
  const { incident, tasks, followUps } = facts;
  const title = `${ref(incident)} ${incident.severity}: ${incident.title}`;
  const head = isJoiner ? md`You joined ${ref(incident)}. Where it stands:` : md`Where ${ref(incident)} stands`;
  const said = message(md`${head} ${incident.status}, ${incident.severity}: ${shorten(incident.title, 200)}`, [
    ...(isJoiner ? [section(head)] : []),
    header(title),
    section(joined([state(incident), md`*What users feel* ${shorten(incident.impact ?? 'not said yet', 600)}`])),
    section(joined([...roles(facts, names, policy)])),
    section(joined(news(facts, names))),
    ...story(facts, names),
    ...(tasks.length > 0 && isOpen(incident) ? [section(joined([md`*Open tasks*`, ...taskLines(tasks, names)]))] : []),
    ...(followUps.length > 0
      ? [section(joined([md`*Action items*`, ...followUps.map((what) => md`• ${shorten(what, 150)}`)]))]
      : []),
    ...links(incident, policy),
    context(md`More: \`/incident timeline all\`. Private to you.`),
  ]);
  return markedAsDrill(incident, said);
}

/** Everybody it names. */
export const namedBy = ({ holders, lastUpdate, tasks, key }: Facts): UserId[] => [
  ...new Set([
    ...holders.map(({ userId }) => userId),
    ...(lastUpdate ? [lastUpdate.author] : []),
    ...tasks.map(({ assignee }) => assignee),
    ...namedIn(lately(key)),
  ]),
];

function state(incident: Incident): Mrkdwn {
  const secret = isPrivate(incident) ? ' · private: nothing of it leaves its channel' : '';
  const channel = incident.channelId ? md` · ${channelLink(incident.channelId)}` : md``;
  const { declaredAt, mitigatedAt, resolvedAt } = incident;
  const mitigated = mitigatedAt ? md` · mitigated ${date(mitigatedAt)}` : md``;
  const resolved = resolvedAt ? md` · resolved ${date(resolvedAt)}` : md``;
  return md`*${incident.status}* · declared ${date(declaredAt)}${mitigated}${resolved}${channel}${secret}`;
}

function roles({ incident, holders }: Facts, names: Named, policy: Pick<Policy, 'roles'>): Mrkdwn[] {
  const held = policy.roles.flatMap(({ id, name }) => {
    const user = holderOf(holders, id);
    return user === null ? [] : [md`*${name}* ${names.get(user) ?? user}`];
  });
  if (holderOf(holders, 'ic') !== null) return held;
  return [
    isOpen(incident) ? md`*Nobody has command yet*: \`/incident ic\` takes it` : md`*Nobody had command at its end*`,
    ...held,
  ];
}

function news({ incident, lastUpdate }: Facts, names: Named): Mrkdwn[] {
  const last = lastUpdate
    ? md`*Last update* ${date(lastUpdate.postedAt)} by ${names.get(lastUpdate.author) ?? lastUpdate.author}: ${shorten(lastUpdate.text, 600)}`
    : md`*No update was posted yet*`;
  if (!isOpen(incident)) return [last];
  if (incident.cadenceOffReason)
    return [last, md`*Next update* none promised: ${shorten(incident.cadenceOffReason, 200)}`];
  const due = incident.promiseDueAt;
  if (due === null) return [last, md`*Next update* not promised`];
  return [last, md`*Next update* ${isOverdue(incident) ? md`*overdue since ${date(due)}*` : md`by ${date(due)}`}`];
}

const SHOWN = 6;
/** Its last wording stands above them. */
const lately = (key: readonly KeyLine[]): readonly KeyLine[] =>
  key.filter(({ struck, text, kind }) => !struck && text !== null && kind !== 'update_posted').slice(-SHOWN);

function story({ key }: Facts, names: Named): Block[] {
  const lines = lately(key);
  return lines.length > 0
    ? [section(joined([md`*What happened*`, ...lines.map((line) => md`• ${told(line, names, 200)}`)]))]
    : [];
}

function links(incident: Incident, policy: Pick<Policy, 'bridge'>): Block[] {
  const all = [...(policy.bridge ? [{ url: policy.bridge, name: 'Call' }] : []), ...incident.links];
  return all.length > 0 ? [context(...all.slice(0, 10).map((one) => link(one.url, shorten(one.name, 80))))] : [];
}

/** So long after the declaration people gather; who comes then has missed nothing. */
const GATHERING = 5 * MINUTE;
/** Whoever has been there for so long has read it by now: Slack brings some events late. */
const FRESH = HOUR;

/**
 * Whether somebody who joined is told where it stands: of a running incident, once they come late or something has been
 * decided already. Who declared it knows; who takes a role while people gather is told their duties.
 */
export function owesCatchUp(
  incident: Incident,
  joiner: { readonly user: UserId; readonly at: Date },
  around: { readonly holders: readonly Holder[]; readonly hasNews: boolean },
  now: Date,
): boolean {
  if (!isOpen(incident) || joiner.user === incident.declaredBy) return false;
  if (now.getTime() - joiner.at.getTime() > FRESH) return false;
  const isGathering = joiner.at.getTime() - incident.declaredAt.getTime() < GATHERING;
  return !isGathering || (around.hasNews && !around.holders.some(({ userId }) => userId === joiner.user));
}

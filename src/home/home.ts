import { homeItems, type OwnItems } from '../actions/list.ts';
import { type Holder, type Incident, isDrill, isPrivate, ref } from '../incidents/incident.ts';
import { worstFirst } from '../incidents/overview.ts';
import type { Day } from '../lib/day.ts';
import { type IncidentId, refOf, type UserId } from '../lib/ids.ts';
import { listed, shorten } from '../lib/text.ts';
import type { Policy } from '../policy.ts';
import type { Outstanding } from '../postmortems/owed.ts';
import { actions, type Block, button, context, divider, header, linkButton, section } from '../slack/blocks.ts';
import type { Verb } from '../slack/command.ts';
import { channelLink, date, joined, type Mrkdwn, md, mention } from '../slack/mrkdwn.ts';
import { type Task, taskValue } from '../tasks/task.ts';
import { keeperOf } from '../updates/reminder-messages.ts';

/** What the Home tab shows one person; all of it is theirs to see. */
export interface Facts {
  readonly user: UserId;
  /** Open incidents. */
  readonly open: readonly Incident[];
  readonly holders: ReadonlyMap<IncidentId, readonly Holder[]>;
  /** Asked of this person. */
  readonly tasks: readonly Task[];
  readonly drafts: readonly OwedDraft[];
  readonly items: OwnItems;
  /** Postmortems that others owe and that are this person's to ask for. */
  readonly outstanding: { readonly items: readonly Outstanding[]; readonly total: number };
}

export interface OwedDraft {
  readonly id: IncidentId;
  readonly title: string;
  readonly channelId: Incident['channelId'];
  readonly status: 'draft' | 'in review';
  readonly dueAt: Date;
  /** Of one that is corrected: it is late no more. */
  readonly publishedAt: Date | null;
}

/** Lengths that keep the tab within Slack's hundred blocks: what is left out is counted, and `/incident` has it. */
const MINE = 12;
const TASKS = 10;
const DRAFTS = 5;
const OPEN = 40;

/**
 * The Home tab: **Declare**, what this person holds and owes, then what is open, worst first. Says nothing that changes by
 * itself as time passes, so that it is true for as long as nothing happens.
 */
export function home(
  facts: Facts,
  policy: Pick<Policy, 'severities' | 'roles'>,
  now: Date,
  today: Day,
  workspaceUrl: string | null,
): Block[] {
  const open = worstFirst(facts.open, policy);
  const link = (incident: Pick<Incident, 'id' | 'channelId'>) => channelButton(incident, workspaceUrl);
  const declare = actions('list', [button('Declare', 'declare', 'new', 'primary')]);
  return [
    // Whoever comes to declare is in a hurry, and must not look for it below forty incidents.
    declare,
    ...mine(facts, open, policy, now, today, link),
    ...outstanding(facts, now, link),
    divider,
    header(open.length > 0 ? `${open.length} open` : 'All is quiet'),
    ...(open.length > 0
      ? open.slice(0, OPEN).map((one) => section(line(one, now), link(one)))
      : [section(md`No incident is open. Declaring early is cheap, and calling it off is one command.`)]),
    ...counted(open.length - OPEN, '/incident list'),
  ];
}

type Link = (incident: Pick<Incident, 'id' | 'channelId'>) => Block | undefined;

function mine(
  facts: Facts,
  open: readonly Incident[],
  policy: Pick<Policy, 'roles'>,
  now: Date,
  today: Day,
  link: Link,
): Block[] {
  const parts = [
    ...roles(facts, open, policy, now, link),
    ...tasks(facts),
    ...drafts(facts, now, link),
    ...homeItems(facts.items, today),
  ];
  return parts.length > 0
    ? [header('Yours'), ...parts]
    : [section(md`*Nothing waits for you.* Roles, tasks, drafts and follow-ups of yours will stand here.`)];
}

/** Where the person has a role, or owes the next update without one. */
function roles(
  { user, holders }: Facts,
  open: readonly Incident[],
  policy: Pick<Policy, 'roles'>,
  now: Date,
  link: Link,
): Block[] {
  const held = open.flatMap((incident) => {
    const of = holders.get(incident.id) ?? [];
    const names = policy.roles
      .filter(({ id }) => of.some((one) => one.role === id && one.userId === user))
      .map(({ name }) => name);
    const owes = incident.promiseDueAt !== null && keeperOf(incident, of) === user;
    return names.length > 0 || owes ? [{ incident, names, owes }] : [];
  });
  return [
    ...held.slice(0, MINE).map(({ incident, names, owes }) => {
      const title = md`*${ref(incident)}* ${incident.severity} ${shorten(incident.title, 150)}`;
      const as = names.length > 0 ? md`*${names.join(', ')}* of ${title}` : md`You declared ${title}`;
      const due = owes ? md`\nThe next update is yours: ${promised(incident, now)}` : md``;
      const where = incident.channelId ? md` · ${channelLink(incident.channelId)}` : md``;
      return section(
        md`${as}${where}${due}`,
        owes ? button('Post update', 'post-update', String(incident.id), 'primary') : link(incident),
      );
    }),
    ...counted(held.length - MINE, '/incident list'),
  ];
}

function tasks({ tasks: asked }: Facts): Block[] {
  return [
    ...asked.slice(0, TASKS).map((task) => {
      const until =
        task.status === 'asked'
          ? md`asked of you, not accepted yet`
          : md`${task.status === 'stuck' ? 'stuck' : 'yours'}, ${task.checkedAt === null ? 'until' : 'time over since'} ${date(task.dueAt)}`;
      const answer =
        task.status === 'asked'
          ? button('Accept', 'task-accept', taskValue(task), 'primary')
          : button('Done', 'task-done', taskValue(task));
      return section(md`:stopwatch: *${refOf(task.incidentId)}* ${shorten(task.what, 200)}: ${until}`, answer);
    }),
    ...countedOf(
      asked.slice(TASKS).map((task) => task.incidentId),
      'tasks',
    ),
  ];
}

function drafts({ drafts: owed }: Facts, now: Date, link: Link): Block[] {
  return [
    ...owed.slice(0, DRAFTS).map((draft) => {
      const due = draft.publishedAt
        ? md`published ${date(draft.publishedAt)} before`
        : draft.dueAt < now
          ? md`*overdue since ${date(draft.dueAt)}*`
          : md`due ${date(draft.dueAt)}`;
      return section(
        md`:memo: *Postmortem of ${refOf(draft.id)}* ${shorten(draft.title, 150)}: ${draft.status}, ${due}`,
        link(draft),
      );
    }),
    ...countedOf(
      owed.slice(DRAFTS).map((draft) => draft.id),
      'postmortem',
    ),
  ];
}

/** Of incidents they commanded, or whose severity's contact they are. */
function outstanding({ outstanding: of }: Facts, now: Date, link: Link): Block[] {
  if (of.total === 0) return [];
  return [
    header('Postmortems not written'),
    ...of.items.map((one) => {
      const due = one.dueAt < now ? md`*overdue since ${date(one.dueAt)}*` : md`due ${date(one.dueAt)}`;
      const owner = one.owner === null ? md`nobody owns it` : md`owner ${mention(one.owner)}`;
      const state = one.isDrafted ? owner : md`${owner}, not drafted`;
      return section(md`:memo: *${refOf(one.id)}* ${shorten(one.title, 150)}: ${due}, ${state}`, link(one));
    }),
    ...(of.total > of.items.length
      ? [context(md`… and ${of.total - of.items.length} more, due later: they come up here as these are published`)]
      : []),
  ];
}

function line(incident: Incident, now: Date): Mrkdwn {
  const marks = `${isDrill(incident) ? 'drill · ' : ''}${isPrivate(incident) ? 'private · ' : ''}`;
  const channel = incident.channelId ? channelLink(incident.channelId) : md`(opening its channel)`;
  return joined([
    md`*${ref(incident)}* ${incident.severity} ${shorten(incident.title, 200)}`,
    md`${marks}${incident.status} · declared ${date(incident.declaredAt, '{ago}')} · ${channel} · ${nextUpdate(incident, now)}`,
  ]);
}

function nextUpdate(incident: Incident, now: Date): Mrkdwn {
  if (incident.cadenceOffReason !== null) return md`no updates promised`;
  return incident.promiseDueAt ? md`next update ${promised(incident, now)}` : md`no update promised`;
}

/** Slack renders the time that is left anew at every look. */
function promised({ promiseDueAt: due }: Incident, now: Date): Mrkdwn {
  if (due === null) return md`not promised`;
  return due < now ? md`*overdue since ${date(due)}*` : md`by ${date(due)} (${date(due, '{ago}')})`;
}

const counted = (more: number, command: string): Block[] =>
  more > 0 ? [context(md`… and ${more} more: \`${command}\``)] : [];

/** Of several incidents: no one command shows them all, and here is no incident's channel to type it in. */
function countedOf(left: readonly IncidentId[], verb: Verb): Block[] {
  const [first, ...others] = [...new Set(left)].map(refOf);
  if (first === undefined) return [];
  const also = others.length > 0 ? md`, likewise for ${listed(others.slice(0, NAMED))}` : md``;
  return [context(md`… and ${left.length} more: \`/incident ${verb} in ${first}\`${also}`)];
}

const NAMED = 5;

/** Slack opens the channel by itself. */
function channelButton(
  { id, channelId }: Pick<Incident, 'id' | 'channelId'>,
  workspaceUrl: string | null,
): Block | undefined {
  if (channelId === null || workspaceUrl === null) return undefined;
  return linkButton('Open channel', `open-channel-${id}`, `${workspaceUrl.replace(/\/$/, '')}/archives/${channelId}`);
}

import { cardLine } from '../escalations/messages.ts';
import { peopleNamed, type Raised } from '../escalations/raised.ts';
import type { Message } from '../jobs/job.ts';
import { formatDuration } from '../lib/duration.ts';
import type { UserId } from '../lib/ids.ts';
import { shorten } from '../lib/text.ts';
import { type Policy, type RoleCard, severityOf } from '../policy.ts';
import { actions, type Block, button, context, fields, header, message, section } from '../slack/blocks.ts';
import { blockLimits } from '../slack/limits.ts';
import { date, joined, link, type Mrkdwn, md } from '../slack/mrkdwn.ts';
import { taskLines } from '../tasks/messages.ts';
import type { Task } from '../tasks/task.ts';
import { contactsOf } from './contact.ts';
import { type Ending, endingBlocks, stillOpen, wayBack } from './ending.ts';
import { type Holder, holderOf, type Incident, isDrill, isOpen, isOverdue, isPrivate, ref } from './incident.ts';

export type Names = ReadonlyMap<UserId, string>;

/** What stands on the card beside the incident's own row. */
export interface Beside {
  readonly tasks: readonly Task[];
  readonly raised: Raised | null;
  readonly ending: Ending;
  /** Without it nothing leads anywhere. */
  readonly workspaceUrl: string | null;
}

/** Whose names the card may need. */
export const peopleOn = (
  holders: readonly Holder[],
  { tasks, raised, ending }: Omit<Beside, 'workspaceUrl'>,
): UserId[] => [
  ...holders.map(({ userId }) => userId),
  ...tasks.map(({ assignee }) => assignee),
  ...(raised ? peopleNamed(raised) : []),
  ...(ending.postmortem?.owner ? [ending.postmortem.owner] : []),
];

/** The pinned card: what a person who just came in must see. Drawn from rows alone, at any time, as often as wanted. */
export function card(
  incident: Incident,
  holders: readonly Holder[],
  names: Names,
  policy: Pick<Policy, 'roles' | 'bridge' | 'services' | 'severities' | 'defaultSeverity'>,
  { tasks = [], raised = null, ending = stillOpen, workspaceUrl = null }: Partial<Beside> = {},
): Message {
  const title = `${ref(incident)} ${incident.severity}: ${incident.title}`;
  return message(md`${title} (${incident.status})`, [
    header(`${isDrill(incident) ? 'DRILL · ' : ''}${title}`),
    fields([
      md`*Severity*\n${incident.severity}`,
      md`*Status*\n${incident.status}${isPrivate(incident) ? ' · private' : ''}`,
      ...shownRoles(policy, holders, incident).map((role) => md`*${role.name}*\n${held(holders, role.id, names)}`),
    ]),
    ...(isOpen(incident) ? otherRoles(policy, holders, incident) : []),
    ...impact(incident),
    ...endingBlocks(incident, ending, names, workspaceUrl),
    section(clock(incident)),
    ...(raised && isOpen(incident) ? [cardLine(raised, names)] : []),
    ...openTasks(incident, tasks, names),
    ...links(incident, policy),
    ...services(incident, policy),
    ...(isDrill(incident) && isOpen(incident) ? [context(IF_REAL)] : []),
    ...buttons(incident, holders, policy),
  ]);
}

/** Nobody was called and no clock was meant: what is real begins anew, with what is known. */
const IF_REAL = md`Is it real after all? \`/incident declare\` here declares the real one, with what is known filled in.`;

/** Of a false alarm nobody felt anything. */
function impact(incident: Incident): Block[] {
  if (incident.status === 'canceled' && incident.impact === null) return [];
  const name = isOpen(incident) ? 'What users feel' : 'What users felt';
  return [section(md`*${name}*\n${incident.impact ?? 'Not said yet: `/incident impact <text>`'}`)];
}

/**
 * Beside severity and status a block has room for eight: command, then what somebody holds, then what nobody does. Once
 * it has ended nobody needs to be found.
 */
function shownRoles({ roles }: Pick<Policy, 'roles'>, holders: readonly Holder[], incident: Incident): RoleCard[] {
  if (!isOpen(incident)) return roles.filter(({ id }) => holderOf(holders, id)).slice(0, ROLES_SHOWN);
  const weight = ({ id }: RoleCard) => (id === 'ic' ? 0 : holderOf(holders, id) ? 1 : 2);
  const first = roles.toSorted((a, b) => weight(a) - weight(b)).slice(0, ROLES_SHOWN);
  return roles.filter((role) => first.includes(role));
}

const ROLES_SHOWN = blockLimits.sectionFields - 2;

function otherRoles(policy: Pick<Policy, 'roles'>, holders: readonly Holder[], incident: Incident): Block[] {
  const shown = shownRoles(policy, holders, incident);
  const left = policy.roles.length - shown.length;
  const held = policy.roles.filter((role) => !shown.includes(role) && holderOf(holders, role.id)).length;
  return left > 0 ? [context(md`… and ${left} more roles, ${held || 'none'} of them assigned`)] : [];
}

const held = (holders: readonly Holder[], role: string, names: Names): Mrkdwn => {
  const user = holderOf(holders, role);
  return user ? md`${names.get(user) ?? user}` : md`_Not assigned_`;
};

/** In the order in which it happened: what was over before it was declared says so. */
function clock(incident: Incident): Mrkdwn {
  const began = incident.impactStartedAt ?? incident.declaredAt;
  const lines = happened(incident)
    .toSorted((a, b) => a.at.getTime() - b.at.getTime())
    .map(({ what, at }) => md`*${what}* ${date(at)}${at === began ? elapsed(incident, began) : ''}`);
  return joined([...lines, ...(isOpen(incident) ? [md`*Next update* ${promise(incident)}`] : [])]);
}

function happened(incident: Incident): { readonly what: string; readonly at: Date }[] {
  const { impactStartedAt, declaredAt, mitigatedAt, resolvedAt, closedAt, status } = incident;
  const known = (what: string, at: Date | null) => (at ? [{ what, at }] : []);
  return [
    ...known('Started', impactStartedAt),
    ...known('Declared', declaredAt),
    ...known('Mitigated', mitigatedAt),
    ...known('Resolved', resolvedAt),
    ...(status === 'canceled' ? known('Canceled', closedAt) : []),
  ];
}

/** Slack renders `{ago}` anew at every look, so an open incident's card needs no redraw to stay true. */
function elapsed(incident: Incident, began: Date): Mrkdwn {
  if (isOpen(incident)) return md` · ${date(began, '{ago}')}`;
  const end = incident.resolvedAt;
  return end && end > began ? md` · lasted ${formatDuration(end.getTime() - began.getTime())}` : md``;
}

function promise(incident: Incident): Mrkdwn {
  const { cadenceOffReason, promiseDueAt: due } = incident;
  if (cadenceOffReason) return md`none promised: ${shorten(cadenceOffReason, 300)}`;
  if (due === null) return md`not promised`;
  const [at, ago] = [date(due), date(due, '{ago}')];
  return isOverdue(incident) ? md`*overdue since ${at}* · ${ago}` : md`by ${at} · ${ago}`;
}

/** What people are asked to do right now; nothing of it once the incident has ended. */
const openTasks = (incident: Incident, tasks: readonly Task[], names: Names): Block[] =>
  isOpen(incident) && tasks.length > 0 ? [section(joined([md`*Open tasks*`, ...taskLines(tasks, names)]))] : [];

/** An element each: what is too long hides nothing but itself. Nobody needs to call in once it is over. */
function links(incident: Incident, policy: Pick<Policy, 'bridge'>): Block[] {
  const all = [...(policy.bridge && isOpen(incident) ? [{ url: policy.bridge, name: 'Call' }] : []), ...incident.links];
  const said = all.slice(0, 20).map((one) => link(one.url, shorten(one.name, 80)));
  return [said.slice(0, 10), said.slice(10)].filter((part) => part.length > 0).map((part) => context(...part));
}

/** Whose the services are, and how they are run. */
function services(incident: Incident, policy: Pick<Policy, 'services'>): Block[] {
  const said = policy.services
    .filter((one) => incident.services.includes(one.id) && (one.owner || one.runbook))
    .map((one) => {
      const name = one.owner ? md`${one.name}, ${one.owner}` : md`${one.name}`;
      return one.runbook ? md`${name}: ${link(one.runbook, 'runbook')}` : name;
    });
  return said.length > 0 ? [context(...said.slice(0, 5))] : [];
}

/** Buttons that no longer apply go away; a click on an old copy is answered with who did it and when. */
function buttons(incident: Incident, holders: readonly Holder[], policy: Severities): Block[] {
  const id = String(incident.id);
  if (!isOpen(incident)) return [wayBack(incident)];
  return [
    actions('card', [
      ...(holderOf(holders, 'ic') ? [] : [button("I'm IC", 'take-ic', id, 'primary')]),
      button('Assign roles', 'assign-roles', id),
      button('Post update', 'post-update', id, isOverdue(incident) ? 'primary' : undefined),
      button('Change severity', 'change-severity', id),
      ...(incident.status === 'mitigated' ? [] : [button('Mitigated', 'mitigated', id)]),
      button('Resolve', 'resolve', id),
      button('Escalate', 'escalate', id, 'danger', {
        title: 'Escalate?',
        text: whatEscalatingDoes(incident, policy),
        confirm: 'Escalate',
        deny: 'Not yet',
      }),
    ]),
  ];
}

type Severities = Pick<Policy, 'severities' | 'defaultSeverity'>;

function whatEscalatingDoes(incident: Incident, policy: Severities): string {
  const { severity } = incident;
  const contacts = contactsOf(severityOf(policy, severity), false);
  if (contacts.length === 0)
    return `${severity} has no contacts in sitrep.yml, so nobody is told. Name someone: /incident escalate @someone why`;
  const isSaid = contacts.every((one) => one.startsWith('@'));
  const who = isSaid ? shorten(contacts.join(', '), 150) : `the contacts of ${severity}`;
  if (isDrill(incident)) return `A drill, so nobody is called. In a real incident: ${who}.`;
  return isPrivate(incident)
    ? `Called: ${who}. Those outside this channel learn only that they are needed.`
    : `Called: ${who}. They are mentioned here, written to and invited.`;
}

import { cardLine } from '../escalations/messages.ts';
import type { Raised } from '../escalations/raised.ts';
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
import { type Holder, holderOf, type Incident, isDrill, isOpen, isPrivate, ref } from './incident.ts';

export type Names = ReadonlyMap<UserId, string>;

/** The pinned card: what a person who just came in must see. Drawn from rows alone, at any time, as often as wanted. */
export function card(
  incident: Incident,
  holders: readonly Holder[],
  names: Names,
  policy: Pick<Policy, 'roles' | 'bridge' | 'services' | 'severities' | 'defaultSeverity'>,
  tasks: readonly Task[] = [],
  raised: Raised | null = null,
): Message {
  const title = `${ref(incident)} ${incident.severity}: ${incident.title}`;
  return message(md`${title} (${incident.status})`, [
    header(`${isDrill(incident) ? 'DRILL · ' : ''}${title}`),
    fields([
      md`*Severity*\n${incident.severity}`,
      md`*Status*\n${incident.status}${isPrivate(incident) ? ' · private' : ''}`,
      ...shownRoles(policy, holders).map((role) => md`*${role.name}*\n${held(holders, role.id, names)}`),
    ]),
    ...otherRoles(policy, holders),
    section(md`*What users feel*\n${incident.impact ?? 'Not said yet: `/incident impact <text>`'}`),
    ...(incident.resolution && !isOpen(incident) ? [section(md`*What fixed it*\n${incident.resolution}`)] : []),
    section(clock(incident)),
    ...(raised && isOpen(incident) ? [cardLine(raised, names)] : []),
    ...openTasks(incident, tasks, names),
    ...links(incident, policy),
    ...services(incident, policy),
    ...buttons(incident, holders, policy),
  ]);
}

/** Beside severity and status a block has room for eight: command, then what somebody holds, then what nobody does. */
function shownRoles({ roles }: Pick<Policy, 'roles'>, holders: readonly Holder[]): RoleCard[] {
  const weight = ({ id }: RoleCard) => (id === 'ic' ? 0 : holderOf(holders, id) ? 1 : 2);
  const first = roles.toSorted((a, b) => weight(a) - weight(b)).slice(0, blockLimits.sectionFields - 2);
  return roles.filter((role) => first.includes(role));
}

function otherRoles(policy: Pick<Policy, 'roles'>, holders: readonly Holder[]): Block[] {
  const shown = shownRoles(policy, holders);
  const left = policy.roles.length - shown.length;
  const held = policy.roles.filter((role) => !shown.includes(role) && holderOf(holders, role.id)).length;
  return left > 0 ? [context(md`… and ${left} more roles, ${held || 'none'} of them assigned`)] : [];
}

const held = (holders: readonly Holder[], role: string, names: Names): Mrkdwn => {
  const user = holderOf(holders, role);
  return user ? md`${names.get(user) ?? user}` : md`_Not assigned_`;
};

function clock(incident: Incident): Mrkdwn {
  const lines = [md`*Declared* ${date(incident.declaredAt)}${elapsed(incident)}`];
  if (incident.mitigatedAt) lines.push(md`*Mitigated* ${date(incident.mitigatedAt)}`);
  if (incident.resolvedAt) lines.push(md`*Resolved* ${date(incident.resolvedAt)}`);
  if (isOpen(incident)) lines.push(promise(incident));
  return joined(lines);
}

/** Slack renders `{ago}` anew at every look, so an open incident's card needs no redraw to stay true. */
function elapsed(incident: Incident): Mrkdwn {
  const end = incident.resolvedAt ?? incident.closedAt;
  if (end) return md` · lasted ${formatDuration(end.getTime() - incident.declaredAt.getTime())}`;
  return isOpen(incident) ? md` · ${date(incident.declaredAt, '{ago}')}` : md``;
}

function promise(incident: Incident): Mrkdwn {
  if (incident.cadenceOffReason) return md`*Next update* none promised: ${shorten(incident.cadenceOffReason, 300)}`;
  return incident.promiseDueAt ? md`*Next update* by ${date(incident.promiseDueAt)}` : md`*Next update* not promised`;
}

/** What people are asked to do right now; nothing of it once the incident has ended. */
const openTasks = (incident: Incident, tasks: readonly Task[], names: Names): Block[] =>
  isOpen(incident) && tasks.length > 0 ? [section(joined([md`*Open tasks*`, ...taskLines(tasks, names)]))] : [];

/** An element each: what is too long hides nothing but itself. */
function links(incident: Incident, policy: Pick<Policy, 'bridge'>): Block[] {
  const all = [...(policy.bridge ? [{ url: policy.bridge, name: 'Call' }] : []), ...incident.links];
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
  if (!isOpen(incident)) return [context(md`It is ${incident.status}. If it is back: \`/incident reopen <why>\``)];
  return [
    actions('card', [
      ...(holderOf(holders, 'ic') ? [] : [button("I'm IC", 'take-ic', id, 'primary')]),
      button('Assign roles', 'assign-roles', id),
      button('Post update', 'post-update', id),
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
  if (contactsOf(severityOf(policy, severity), false).length === 0)
    return `${severity} has no contacts in sitrep.yml, so nobody is told. Name someone: /incident escalate @someone why`;
  if (isDrill(incident)) return `A drill: the contacts of ${severity} are named here and not called.`;
  return isPrivate(incident)
    ? `The contacts of ${severity} are called; those outside this channel learn only that they are needed.`
    : `The contacts of ${severity} are mentioned here, written to and invited.`;
}

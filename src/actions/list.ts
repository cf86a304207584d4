import type { Incident } from '../incidents/incident.ts';
import type { Message } from '../jobs/job.ts';
import type { Day } from '../lib/day.ts';
import type { IncidentId, UserId } from '../lib/ids.ts';
import { refOf } from '../lib/ids.ts';
import { plural, shorten } from '../lib/text.ts';
import { actions, type Block, button, header, message, section } from '../slack/blocks.ts';
import { joined, type Mrkdwn, md } from '../slack/mrkdwn.ts';
import type { ActionItem } from './action-item.ts';
import { fitting, itemBlocks, stateOf } from './messages.ts';

/** Whose items: of the person, of all incidents they may see, of those the late ones; or all of one incident. */
export type Scope = 'mine' | 'all' | 'overdue' | IncidentId;

/** An item in a list of several incidents. */
export type Listed = ActionItem & Pick<Incident, 'visibility' | 'kind'>;

/** A page of a list, and how many it holds in all. */
export interface Page {
  readonly items: readonly Listed[];
  readonly total: number;
}

type Named = ReadonlyMap<UserId, string>;

/** `/incident actions …`, from the item at `from` on. */
export function list(scope: Scope, { items, total }: Page, from: number, names: Named, today: Day): Message {
  if (total === 0) return message(EMPTY[wordOf(scope)](scope));
  const nameOf = (user: UserId) => md`${names.get(user) ?? user}`;
  const shown = fitting(items.map((item) => itemBlocks(item, today, { before: marks(item, scope), nameOf })));
  const to = from + shown.length;
  const title = `${TITLES[wordOf(scope)](scope)}: ${from > 0 || to < total ? `${from + 1}–${to} of ` : ''}${total}`;
  const pages = [
    ...(to < total && shown.length > 0 ? [button('More', 'actions-page', `${scope}:${to}`)] : []),
    ...(from > 0 ? [button('From the start', 'actions-first', `${scope}:0`)] : []),
  ];
  return message(md`${title}`, [
    header(title),
    ...shown.flat(),
    ...(pages.length > 0 ? [actions('actions-page', pages)] : []),
  ]);
}

const marks = (item: Listed, scope: Scope): Mrkdwn => {
  const drill = item.kind === 'drill' ? 'drill, ' : '';
  const secret = item.visibility === 'private' ? 'private, ' : '';
  const said = `${drill}${secret}`.replace(/, $/, '');
  if (typeof scope === 'number') return md``;
  return md`*${refOf(item.incidentId)}*${said === '' ? '' : ` (${said})`} `;
};

/** What a paging button carries; null when anything else wrote it. */
export function readPage(value: string): { scope: Scope; from: number } | null {
  const match = /^(mine|all|overdue|\d{1,9}):(\d{1,6})$/.exec(value);
  if (!match) return null;
  const [, scope = '', from = ''] = match;
  return { scope: /^\d/.test(scope) ? (Number(scope) as IncidentId) : (scope as Scope), from: Number(from) };
}

type Word = 'mine' | 'all' | 'overdue' | 'incident';
const wordOf = (scope: Scope): Word => (typeof scope === 'number' ? 'incident' : scope);
const refIn = (scope: Scope): string => (typeof scope === 'number' ? refOf(scope) : 'INC-42');

const TITLES: Record<Word, (scope: Scope) => string> = {
  mine: () => 'Your action items',
  all: () => 'Open action items',
  overdue: () => 'Overdue action items',
  incident: (scope) => `Action items of ${refIn(scope)}`,
};

const EMPTY: Record<Word, (scope: Scope) => Mrkdwn> = {
  mine: () => md`You own no open action item. \`/incident actions all\` shows everybody's.`,
  all: () =>
    md`No action item is open. In an incident's channel: \`/incident action raise the pool size @casey by friday\`.`,
  overdue: () => md`No action item is overdue.`,
  incident: (scope) =>
    md`${refIn(scope)} has no action item yet. Three to five that will be done: \`/incident action raise the pool size @casey by friday\`, or :dart: on a message.`,
};

/** What the Home tab says of a person's own items. */
export interface OwnItems extends Page {
  readonly overdue: number;
}

export function homeItems(own: OwnItems, today: Day): Block[] {
  if (own.total === 0) return [];
  const late = own.overdue > 0 ? md`, *${own.overdue} overdue*` : md``;
  const lines = own.items.slice(0, 5).map((item) => {
    const state = stateOf(item, today, () => md`you`);
    return md`• *${refOf(item.incidentId)}* ${shorten(item.what, 150)}: ${state}`;
  });
  const all = button('My action items', 'actions-page', 'mine:0');
  return [section(joined([md`*${plural(own.total, 'action item')} of yours*${late}`, ...lines]), all)];
}

/** For a message about the postmortem. */
export const addButton = (incident: Pick<Incident, 'id'>): Block =>
  button('Add action item', 'action-add', String(incident.id));

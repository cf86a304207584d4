import { expect, test } from '@jest/globals';
import fc from 'fast-check';
import * as items from '../../src/actions/forms.ts';
import * as itemLists from '../../src/actions/list.ts';
import { askedFirst } from '../../src/declarations/duplicates.ts';
import { blank, declareModal, fromMessage } from '../../src/declarations/form.ts';
import { briefModal } from '../../src/handoffs/brief-modal.ts';
import { home } from '../../src/home/home.ts';
import { announcement } from '../../src/incidents/announcement.ts';
import { card } from '../../src/incidents/card.ts';
import { stillOpen } from '../../src/incidents/ending.ts';
import { editModal, resolveModal, severityModal, whyModal } from '../../src/incidents/forms.ts';
import { help, list, show } from '../../src/incidents/overview.ts';
import { servicesFor } from '../../src/incidents/services.ts';
import { topic } from '../../src/incidents/topic.ts';
import type { Message } from '../../src/jobs/job.ts';
import { channelId, incidentId, ts, type UserId, userId } from '../../src/lib/ids.ts';
import { storable } from '../../src/lib/text.ts';
import type { Policy } from '../../src/policy.ts';
import {
  dueModal,
  meanwhileModal,
  ownerModal,
  perspectiveModal,
  reviewModal,
  sectionModal,
} from '../../src/postmortems/forms.ts';
import { PART } from '../../src/postmortems/parts.ts';
import { catchUp } from '../../src/record/catch-up.ts';
import { clockModal, moveModal, strikeModal } from '../../src/record/forms.ts';
import { type KeyLine, keyList } from '../../src/record/key-list.ts';
import { rolePicker } from '../../src/roles/role-picker.ts';
import { faultsInBlocks, faultsInView, textIn } from '../../src/sandbox/judge.ts';
import type { Block } from '../../src/slack/blocks.ts';
import { suggested } from '../../src/slack/blocks.ts';
import { channelLimits, elementLimits, messageLimits, viewLimits } from '../../src/slack/limits.ts';
import { taskModal } from '../../src/tasks/task-modal.ts';
import { updateModal } from '../../src/updates/update-modal.ts';
import { at, casey, makeIncident, makeTask, policy } from '../support/given.ts';
import { runs, text } from './given.ts';

/** Words as long and as bad as a field takes them and the database keeps them. */
const long = text()
  .map((some) => storable(some) || '&')
  .map((some) => some.repeat(Math.ceil(3_000 / Math.max(1, some.length))).slice(0, 3_000));

const worlds = fc
  .record({ words: long, services: fc.integer({ min: 200, max: 500 }), isListed: fc.boolean(), isDrill: fc.boolean() })
  .map(({ words, services, isListed, isDrill }) => worst(words, isListed ? 100 : services, isDrill));

type World = ReturnType<typeof worst>;

function worst(words: string, services: number, isDrill: boolean) {
  const some = (count: number) => Array.from({ length: count }, (_, n) => n + 1);
  const said = (n: number) => `${n} ${words}`;
  const name = (n: number, max: number) => said(n).slice(0, max);
  const given: Policy = {
    ...policy,
    bridge: `https://meet.example/${'b'.repeat(2_000)}`,
    roles: some(40).map((n) => ({
      id: n === 1 ? 'ic' : `role-${n}`.padEnd(20, 'x'),
      name: name(n, 40),
      description: name(n, 150),
      duties: [],
    })),
    severities: some(10).map((n) => ({
      ...(policy.severities[0] as Policy['severities'][number]),
      id: `SEV${n}`,
      criteria: name(n, 300),
    })),
    services: some(services).map((n) => ({
      id: `service-${n}`.padEnd(40, 'x'),
      name: name(n, 75),
      owner: name(n, 80),
      runbook: `https://wiki.example/${'r'.repeat(1_900)}`,
      invite: [],
    })),
  };
  const open = some(60).map((n) =>
    makeIncident({
      id: incidentId(900_000_000 + n),
      title: words,
      impact: words,
      summary: words,
      kind: isDrill ? 'drill' : 'real',
      services: given.services.map(({ id }) => id),
      links: some(40).map((m) => ({ url: `https://x.example/${m}${'l'.repeat(1_900)}`, name: words })),
      channelId: channelId(`C${n}`.padEnd(11, '0')),
      cadenceOffReason: n % 2 ? words : null,
      promiseDueAt: n % 2 ? null : at('14:10'),
      resolution: words,
    }),
  );
  const users = some(40).map((n) => userId(`U${n}`.padEnd(11, 'X')));
  const holders = given.roles.map((role, n) => ({ role: role.id, userId: users[n] as UserId, fromAt: at('14:00') }));
  const names = new Map(users.map((user, n) => [user, name(n, 80)]));
  const incident = open[0] as (typeof open)[number];
  const tasks = some(60).map((n) =>
    makeTask({ id: n, incidentId: incident.id, what: name(n, 500), assignee: users[0] as UserId }),
  );
  return {
    words,
    given,
    open,
    incident,
    ended: { ...incident, status: 'resolved' as const, resolvedAt: at('15:00') },
    holders,
    names,
    users,
    tasks,
    some,
    name,
  };
}

const key = ({ words, users, some }: World): KeyLine[] =>
  some(60).map((n) => ({
    id: n,
    at: at('14:05'),
    kind: 'note',
    actor: users[0] ?? null,
    text: words,
    permalink: `https://acme.slack.com/archives/C1/p${n}`,
    struck: n % 2 ? null : { by: users[0] ?? null, at: at('14:06').toISOString(), why: words },
    isMoved: true,
  })) as KeyLine[];

const actionItems = ({ name, incident, some }: World): itemLists.Listed[] =>
  some(60).map((n) => ({
    id: n,
    incidentId: incident.id,
    what: name(n, 500),
    owner: null,
    dueOn: '2026-01-01',
    status: 'open',
    type: 'prevent',
    ticket: `https://tickets.example/${'t'.repeat(270)}`,
    visibility: 'private',
    kind: 'drill',
  })) as unknown as itemLists.Listed[];

function messages(world: World): Record<string, Message> {
  const { open, incident, ended, holders, names, given, tasks, words } = world;
  const lines = key(world);
  const owner = holders[0]?.userId ?? null;
  const postmortem = { status: 'in review', owner, dueAt: at('15:00'), publishedAt: null, post: null } as const;
  const listed = actionItems(world);
  const page = { items: listed, total: 900 };
  const facts = { incident, holders, tasks, followUps: lines.map(() => words), key: lines };
  const lastUpdate = { text: words, author: casey, postedAt: at('14:05') };
  return {
    card: card(incident, holders, names, given, { tasks }),
    'card without an IC': card(incident, [], names, given, { tasks }),
    'card of an ended one': card(ended, holders, names, given, { ending: { whyCanceled: words, postmortem } }),
    'card of a false alarm': card({ ...ended, status: 'canceled' }, holders, names, given, {
      ending: { whyCanceled: words, postmortem: null },
    }),
    overview: show(
      incident,
      holders,
      names,
      given,
      { tasks, raised: null, ending: stillOpen, workspaceUrl: null },
      channelId('C0ELSEWHERE'),
    ),
    list: list(open, given, at('15:00')),
    help: help(null),
    announcement: announcement(incident, holders, names, given),
    summary: catchUp({ ...facts, lastUpdate }, names, given, true),
    timeline: keyList(incident, lines, { size: 20, from: 20 }, names),
    'action items': itemLists.list('all', page, 20, names, '2026-01-16'),
    'action items of one': itemLists.list(incident.id, page, 0, names, '2026-01-16'),
    duplicates: askedFirst(open.slice(0, 3), {
      type: 'button',
      action_id: 'anyway',
      value: 'x',
      text: { type: 'plain_text', text: 'Declare anyway' },
    }),
  };
}

function views(world: World): Record<string, unknown> {
  const { open, incident, holders, given, words, some, tasks, users } = world;
  const item = actionItems(world)[0] as itemLists.Listed;
  const edited = { ...item, changedAt: null, createdAt: at('14:00') };
  const standing = { entry: { id: 1, occurredAt: at('14:00') }, since: {} };
  const revision = { author: casey, writtenAt: at('14:00'), text: words.repeat(10), number: 7 };
  const section = {
    section: 'factors',
    parts: { parts: some(20).map(() => words.slice(0, PART)), glue: some(19).map(() => 'paragraph') },
    base: revision,
    aside: some(9).map(() => revision),
  };
  const offer = { id: 1, briefVersion: 1, brief: { stands: words, tried: words, pending: words, risks: words } };
  const from = fromMessage({ ts: ts('1.1'), text: words }, `https://acme.slack.com/archives/C1/p1`);
  const draft = { ...blank, ...from, impact: words, services: given.services.map(({ id }) => id) };
  const home60 = home(
    {
      user: users[0] as UserId,
      open,
      outstanding: {
        items: open.slice(0, 5).map(({ id, title, channelId }) => ({
          id,
          title,
          channelId,
          dueAt: at('14:00'),
          owner: casey,
          isDrafted: false,
        })),
        total: 60,
      },
      holders: new Map(open.map(({ id }) => [id, holders.map((one) => ({ ...one, userId: users[0] as UserId }))])),
      tasks,
      drafts: open.map(({ id, title }) => ({
        id,
        title,
        channelId: null,
        status: 'draft' as const,
        publishedAt: null,
        dueAt: at('14:00'),
      })),
      items: { items: actionItems(world), total: 900, overdue: 60 },
    },
    given,
    at('14:20'),
    '2026-01-16',
    'https://acme.slack.com/',
  );
  return {
    home: { type: 'home', blocks: home60 },
    declare: declareModal(given, draft, { found: open.slice(0, 3) }),
    'declare from a message': declareModal(given, draft, { running: open }),
    edit: editModal(incident, given),
    resolve: resolveModal(incident, given),
    severity: severityModal(incident, given),
    reopen: whyModal(incident, 'reopen'),
    update: updateModal(incident, given),
    roles: rolePicker(incident, holders, given),
    brief: briefModal(incident, offer as never),
    task: taskModal(incident),
    strike: strikeModal(incident, standing),
    move: moveModal(incident, standing, given.timezone),
    clock: clockModal(incident, given.timezone),
    'add item': items.addModal(incident, '2026-01-16', { message: ts('1.1'), what: words }),
    'edit item': items.editModal(edited, '2026-01-16'),
    'drop item': items.dropModal(edited),
    'assign item': items.assignModal(edited, '2026-01-16'),
    'postpone item': items.postponeModal(edited, '2026-01-16'),
    section: sectionModal(incident, section as never),
    meanwhile: meanwhileModal(incident, section as never, revision as never),
    owner: ownerModal(incident, { owner: casey } as never),
    due: dueModal(incident, { dueAt: at('14:00') } as never, '2026-01-16'),
    reviewers: reviewModal(incident, users),
    perspective: perspectiveModal(incident, { perspective: words } as never),
  };
}

test('whatever people write, and however much of it there is, Slack takes every message and every form', () => {
  fc.assert(
    fc.property(worlds, (world) => {
      const found: string[] = [];
      const hold = (name: string, faults: readonly unknown[]) =>
        found.push(...faults.map((fault) => `${name}: ${JSON.stringify(fault)}`));
      for (const [name, { text: said, blocks = [] }] of Object.entries(messages(world))) {
        hold(name, faultsInBlocks(blocks));
        if (textIn(blocks) > messageLimits.blocksTextBudget) found.push(`${name}: ${textIn(blocks)} characters`);
        if (said.length > messageLimits.updateText) found.push(`${name}: a text of ${said.length}`);
        if (name === 'timeline' && blocks.filter(({ type }) => type === 'section').length < 20)
          found.push('timeline: entries are missing that it counts');
        if (hasLostItsButtons(name, blocks)) found.push(`${name}: has lost its buttons`);
      }
      for (const [name, view] of Object.entries(views(world))) {
        hold(name, faultsInView(view));
        const bytes = Buffer.byteLength(JSON.stringify(view));
        if (bytes > viewLimits.bytes) found.push(`${name}: ${bytes} bytes`);
      }
      const offered = suggested(servicesFor(world.given, '')).options as unknown[];
      if (offered.length > elementLimits.selectOptions) found.push(`${offered.length} options`);
      const { length } = topic(world.incident, world.holders, world.names);
      if (length > channelLimits.topic) found.push(`a topic of ${length}`);
      expect(found).toEqual([]);
    }),
    runs(12),
  );
});

/** What falls off the end of a message is what one would do next. */
const WITH_BUTTONS = ['card', 'card without an IC', 'overview', 'list', 'timeline', 'action items', 'duplicates'];
const hasLostItsButtons = (name: string, blocks: readonly Block[]): boolean =>
  WITH_BUTTONS.includes(name) && !blocks.some(({ type }) => type === 'actions');

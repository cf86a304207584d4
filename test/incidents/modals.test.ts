import { expect, test } from '@jest/globals';
import type { ActionItem } from '../../src/actions/action-item.ts';
import * as items from '../../src/actions/forms.ts';
import { addedView, blank, declaredView, declareModal, fromDrill, fromMessage } from '../../src/declarations/form.ts';
import { briefModal } from '../../src/handoffs/brief-modal.ts';
import type { Offer } from '../../src/handoffs/offer.ts';
import { editModal, resolveModal, severityModal, whyModal } from '../../src/incidents/forms.ts';
import { ts } from '../../src/lib/ids.ts';
import * as postmortems from '../../src/postmortems/forms.ts';
import type { Postmortem, Review, Revision } from '../../src/postmortems/work.ts';
import { clockModal, moveModal, strikeModal } from '../../src/record/forms.ts';
import { rolePicker } from '../../src/roles/role-picker.ts';
import type { View } from '../../src/slack/api.ts';
import { md } from '../../src/slack/mrkdwn.ts';
import { taskModal } from '../../src/tasks/task-modal.ts';
import { updateModal } from '../../src/updates/update-modal.ts';
import { at, casey, makeIncident, olivia, policy, promised } from '../support/given.ts';

/** Every form as people read it. After a change on purpose: `-- -u`, and read what came of it. */

const services = ['Checkout', 'Search'].map((name) => ({
  id: name.toLowerCase(),
  name,
  owner: null,
  runbook: null,
  invite: [],
}));
const known = { ...policy, services };
const open = promised({ impact: '4 in 10 payments fail', services: ['checkout'], impactStartedAt: at('13:40') });
const mitigated = { ...open, status: 'mitigated', mitigatedAt: at('14:30') } as const;
const resolved = { ...mitigated, status: 'resolved', resolvedAt: at('15:00'), resolution: 'rolled back' } as const;
const holders = [{ role: 'ic', userId: olivia, fromAt: at('14:02') }];
const TODAY = '2026-01-16';
const carried = { ts: ts('1768571000.000100'), text: 'cards are declined\nsee the graph' };

/** Of rows only what their form shows. */
const offer = {
  id: 3,
  briefVersion: 2,
  brief: {
    stands: 'SEV1, 4 in 10 payments fail',
    tried: 'a restart',
    pending: 'the rollback',
    risks: 'none',
    quoted: [],
  },
} as unknown as Offer;
const item = {
  id: 7,
  incidentId: open.id,
  what: 'raise the pool size',
  owner: casey,
  dueOn: '2026-01-23',
  type: 'prevent',
  ticket: 'https://tickets.example/812',
  createdAt: at('15:10'),
  changedAt: null,
} as unknown as ActionItem;
const standing = { entry: { id: 9, occurredAt: at('14:05') }, since: {} };
const wording = { author: casey, writtenAt: at('16:00'), text: 'Checkout failed for an hour.', number: 2 };
const first = wording as Revision;
const section = {
  section: 'summary',
  parts: { parts: ['Checkout was down.'], glue: [] },
  base: first,
  aside: [{ ...first, author: olivia, text: 'It was down.' }],
} as const;
const postmortem = { owner: olivia, dueAt: at('15:00', '2026-01-18') } as Postmortem;

const forms: Record<string, View> = {
  declare: declareModal(known, blank),
  'declare, on a message, with something open': declareModal(
    known,
    { ...blank, ...fromMessage(carried, 'https://acme.slack.com/archives/C1/p1') },
    { running: [open] },
  ),
  'declare, when it may be open already': declareModal(known, { ...blank, title: 'checkout down' }, { found: [open] }),
  'declare, in the channel of a drill': declareModal(
    known,
    { ...blank, ...fromDrill(open) },
    { drill: { ...open, kind: 'drill' } },
  ),
  declared: declaredView(open),
  'declared, before its private channel stands': declaredView(makeIncident({ channelId: null, visibility: 'private' })),
  'a message added': addedView(open),
  roles: rolePicker(open, holders, known),
  update: updateModal(open, known),
  'update, once mitigated': updateModal(mitigated, known),
  'update, without a promise': updateModal(makeIncident({ cadenceOffReason: 'waiting for the vendor' }), known),
  resolve: resolveModal(mitigated, known),
  severity: severityModal(open, known),
  edit: editModal(open, known),
  reopen: whyModal(resolved, 'reopen'),
  cancel: whyModal(open, 'cancel'),
  'brief of a handoff': briefModal(open, offer),
  task: taskModal(open),
  'strike out an entry': strikeModal(open, standing),
  'correct the time of an entry': moveModal(open, standing, 'Europe/London'),
  clock: clockModal(mitigated, 'Europe/London'),
  'action item': items.addModal(resolved, TODAY),
  'action item, from a message': items.addModal(resolved, TODAY, { message: carried.ts, what: 'add an alert' }),
  'edit an action item': items.editModal(item, TODAY),
  'postpone it': items.postponeModal(item, TODAY),
  'drop it': items.dropModal(item),
  'assign it': items.assignModal(item, TODAY),
  'section of a postmortem': postmortems.sectionModal(resolved, section),
  'the same, saved meanwhile by somebody else': postmortems.meanwhileModal(resolved, section, first),
  'section of a postmortem, saved': postmortems.notesView(resolved, 'summary', md`_Nothing to note._`),
  'owner of a postmortem': postmortems.ownerModal(resolved, postmortem),
  'due date of a postmortem': postmortems.dueModal(resolved, postmortem, TODAY),
  'reviewers of a postmortem': postmortems.reviewModal(resolved, []),
  'perspective on a postmortem': postmortems.perspectiveModal(resolved, { perspective: 'I saw nothing' } as Review),
};

test.each(Object.entries(forms))('the form: %s', (_, view) => {
  expect(shown(view)).toMatchSnapshot();
});

type Part = Readonly<Record<string, unknown>>;

function shown({ title, submit, close, blocks }: View): string {
  return [`# ${words(title)}`, ...blocks.map(block), `${submit ? `[${words(submit)}] ` : ''}[${words(close)}]`]
    .join('\n')
    .replace(/<!date\^\d+\^[^|]*\|([^>]*)>/g, '$1');
}

function block(part: Part): string {
  if (part.type === 'context') return (part.elements as Part[]).map((one) => `  (${words(one)})`).join('\n');
  if (part.type !== 'input') return [words(part.text), ...field(part.accessory)].join('\n');
  const mark = part.optional === true ? '' : '*';
  return [
    `${words(part.label)}${mark}`,
    ...field(part.element),
    ...(part.hint ? [`  (${words(part.hint)})`] : []),
  ].join('\n');
}

/** What it holds at first, else what stands there in grey; and what can be chosen. */
function field(element: unknown): string[] {
  if (!element) return [];
  const one = element as Part;
  if (one.type === 'button') return [`  [${words(one.text)}]`];
  const held = Object.entries(one).find(([key]) => key.startsWith('initial_'))?.[1];
  const options = (one.options ?? []) as Part[];
  const isHeld = (option: Part) => JSON.stringify(held ?? '').includes(`"value":${JSON.stringify(option.value)}`);
  if (options.length > 0) return options.map((option) => `  ${isHeld(option) ? '◉' : '○'} ${words(option.text)}`);
  const lines = one.multiline === true ? ' …' : '';
  return [`  ${String(one.type)}${lines}: ${held === undefined ? `(${words(one.placeholder)})` : value(held)}`];
}

const value = (held: unknown): string =>
  typeof held === 'number' ? new Date(held * 1_000).toISOString() : String(held).replaceAll('\n', '\n  ');

const words = (text: unknown): string =>
  typeof text === 'object' && text !== null && 'text' in text ? String(text.text) : '';

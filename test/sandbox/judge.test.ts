import { expect, test } from '@jest/globals';
import { faultsInBlocks, faultsInView } from '../../src/sandbox/judge.ts';

type Json = Record<string, unknown>;

const plain = (text: string) => ({ type: 'plain_text', text });
const mrkdwn = (text: string) => ({ type: 'mrkdwn', text });
const long = (length: number) => 'x'.repeat(length);
const many = <T>(count: number, make: (i: number) => T): T[] => Array.from({ length: count }, (_, i) => make(i));
const option = (i: number | string) => ({ text: plain(`option ${i}`), value: `o${i}` });
const actions = (...elements: Json[]) => ({ type: 'actions', elements });
const button = (fields: Json = {}) => ({ type: 'button', text: plain('Go'), ...fields });
const input = (element: Json, fields: Json = {}) => ({ type: 'input', label: plain('Label'), element, ...fields });
const select = (fields: Json = {}) => ({ type: 'static_select', options: [option(1)], ...fields });
const confirm = (fields: Json = {}) => ({
  title: plain('Sure?'),
  text: plain('x'),
  confirm: plain('Yes'),
  deny: plain('No'),
  ...fields,
});

const sound: [string, Json][] = [
  ['a section of 3,000 characters', { type: 'section', text: mrkdwn(long(3_000)) }],
  ['ten fields of 2,000', { type: 'section', fields: many(10, () => mrkdwn(long(2_000))) }],
  ['a header of 150', { type: 'header', text: plain(long(150)) }],
  ['a context of ten', { type: 'context', elements: many(10, () => mrkdwn('x')) }],
  ['25 buttons', actions(...many(25, (i) => button({ action_id: `a${i}` })))],
  ['a button at its limits', actions(button({ text: plain(long(75)), value: long(2_000), url: long(3_000) }))],
  ['100 options', actions(select({ options: many(100, option) }))],
  ['an option at its limits', actions(select({ options: [{ text: plain(long(75)), value: long(150) }] }))],
  ['five overflow options', actions({ type: 'overflow', options: many(5, option) })],
  ['ten checkboxes', actions({ type: 'checkboxes', options: many(10, option) })],
  ['a text input in an input block', input({ type: 'plain_text_input', max_length: 3_000, multiline: true })],
  ['a divider', { type: 'divider' }],
  ['rich text', { type: 'rich_text', elements: [] }],
  ['a confirm dialog', actions(button({ confirm: confirm({ text: plain(long(300)) }) }))],
];

test.each(sound)('Slack takes %s', (_, block) => {
  expect(faultsInBlocks([block])).toEqual([]);
});

const broken: [string, Json, string, string][] = [
  [
    'a section of 3,001',
    { type: 'section', text: mrkdwn(long(3_001)) },
    '/0/text/text',
    'must be less than 3001 characters',
  ],
  ['an empty text', { type: 'section', text: mrkdwn('') }, '/0/text/text', 'must be more than 0 characters'],
  ['a section without text and fields', { type: 'section' }, '/0', 'missing required field: text'],
  [
    'eleven fields',
    { type: 'section', fields: many(11, () => mrkdwn('x')) },
    '/0/fields',
    'no more than 10 items allowed',
  ],
  ['a mrkdwn header', { type: 'header', text: mrkdwn('x') }, '/0/text/type', 'must be one of: plain_text'],
  ['a header of 151', { type: 'header', text: plain(long(151)) }, '/0/text/text', 'must be less than 151 characters'],
  ['an empty context', { type: 'context', elements: [] }, '/0/elements', 'no fewer than 1 items allowed'],
  [
    '26 buttons',
    actions(...many(26, (i) => button({ action_id: `a${i}` }))),
    '/0/elements',
    'no more than 25 items allowed',
  ],
  [
    'a button text of 76',
    actions(button({ text: plain(long(76)) })),
    '/0/elements/0/text/text',
    'must be less than 76 characters',
  ],
  ['an unknown style', actions(button({ style: 'loud' })), '/0/elements/0/style', 'must be one of: primary, danger'],
  [
    'two buttons with one action_id',
    actions(button({ action_id: 'a' }), button({ action_id: 'a' })),
    '/0',
    'action_id must be unique within a block',
  ],
  ['an unknown block', { type: 'paragraph' }, '/0/type', 'unsupported type: paragraph'],
  ['a block without type', {}, '/0', 'missing required field: type'],
  ['a misspelt property', { type: 'divider', color: 'red' }, '/0', 'invalid additional property: color'],
  [
    '101 options',
    actions(select({ options: many(101, option) })),
    '/0/elements/0/options',
    'no more than 100 items allowed',
  ],
  [
    'an option value of 151',
    actions(select({ options: [{ text: plain('x'), value: long(151) }] })),
    '/0/elements/0/options/0/value',
    'must be less than 151 characters',
  ],
  [
    'options and groups at once',
    actions(select({ option_groups: [{ label: plain('x'), options: [option(1)] }] })),
    '/0/elements/0',
    'must have either options or option_groups',
  ],
  [
    'a foreign initial option',
    actions(select({ initial_option: option('z') })),
    '/0/elements/0',
    'initial_option must match one of the options',
  ],
  [
    'a text input among actions',
    actions({ type: 'plain_text_input' }),
    '/0/elements/0/type',
    'unsupported type: plain_text_input',
  ],
  ['a button in an input block', input(button()), '/0/element/type', 'unsupported type: button'],
  [
    'a max_length of 3,001',
    input({ type: 'plain_text_input', max_length: 3_001 }),
    '/0/element/max_length',
    'must be between 1 and 3000',
  ],
  [
    'a confirm title of 101',
    actions(button({ confirm: confirm({ title: plain(long(101)) }) })),
    '/0/elements/0/confirm/title/text',
    'must be less than 101 characters',
  ],
];

test.each(broken)('Slack refuses %s', (_, block, at, message) => {
  expect(faultsInBlocks([block])).toContainEqual({ pointer: `/blocks${at}`, message });
});

test('Slack refuses 51 blocks, and two blocks with one id', () => {
  const divider = { type: 'divider' };
  expect(faultsInBlocks(many(50, () => divider))).toEqual([]);
  expect(faultsInBlocks(many(51, () => divider))).toEqual([
    { pointer: '/blocks', message: 'no more than 50 items allowed' },
  ]);
  const twins = [
    { type: 'divider', block_id: 'b' },
    { type: 'divider', block_id: 'b' },
  ];
  expect(faultsInBlocks(twins)).toEqual([{ pointer: '/blocks/1', message: 'block_id b already exists' }]);
});

const modal = (fields: Json = {}) => ({
  type: 'modal',
  title: plain('Title'),
  blocks: [{ type: 'divider' }],
  ...fields,
});
const views: [string, Json, string, string][] = [
  ['a title of 25', modal({ title: plain(long(25)) }), '/view/title/text', 'must be less than 25 characters'],
  ['no title', { type: 'modal', blocks: [] }, '/view', 'missing required field: title'],
  [
    '101 blocks',
    modal({ blocks: many(101, () => ({ type: 'divider' })) }),
    '/view/blocks',
    'no more than 100 items allowed',
  ],
  [
    'inputs without submit',
    modal({ blocks: [input({ type: 'plain_text_input' })] }),
    '/view',
    'missing required field: submit',
  ],
  [
    'private_metadata of 3,001',
    modal({ private_metadata: long(3_001) }),
    '/view/private_metadata',
    'must be less than 3001 characters',
  ],
  [
    'a markdown block',
    modal({ blocks: [{ type: 'markdown', text: 'x' }] }),
    '/view/blocks/0/type',
    'unsupported type: markdown',
  ],
  [
    'a Home tab with a title',
    { type: 'home', title: plain('x'), blocks: [] },
    '/view',
    'invalid additional property: title',
  ],
];

test.each(views)('Slack refuses a view with %s', (_, view, pointer, message) => {
  expect(faultsInView(view)).toContainEqual({ pointer, message });
});

test('Slack takes a whole modal', () => {
  const blocks = [input({ type: 'plain_text_input', action_id: 'title' }, { block_id: 'title', optional: true })];
  expect(faultsInView(modal({ blocks, submit: plain('Go'), close: plain('Cancel'), notify_on_close: true }))).toEqual(
    [],
  );
});

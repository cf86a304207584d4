import { expect, test } from '@jest/globals';
import { ts, userId } from '../../src/lib/ids.ts';
import {
  deletionOf,
  differences,
  type Known,
  pinEntries,
  pinsThatDiffer,
  threadsThatDiffer,
  vanished,
} from '../../src/reconcile/differences.ts';
import type { SlackMessage } from '../../src/slack/api.ts';
import { editIdentity } from '../../src/timeline/message.ts';

const self = { userId: userId('U0BOT'), botId: 'B0BOT' };
const TS = ts('1790000200.000600');
const asOf = new Date('2026-09-21T16:00:00.000Z');
const at = (minute: number) => new Date(Date.UTC(2026, 8, 21, 15, minute));

const shown = (more: Partial<SlackMessage> = {}): SlackMessage => ({ ts: TS, user: 'U1', text: 'hi', ...more });
let ids = 0;
const known = (more: Partial<Known>): Known => {
  ids += 1;
  return {
    id: ids,
    identity: `m:${TS}`,
    kind: 'message',
    occurredAt: at(0),
    actor: 'U1',
    text: 'hi',
    ts: TS,
    source: 'slack',
    payload: {},
    ...more,
  };
};
const message = known({});
const reaction = (kind: 'reaction_added' | 'reaction_removed', minute: number, name = 'eyes') =>
  known({
    identity: `${kind}:${minute}`,
    kind,
    occurredAt: at(minute),
    actor: 'U2',
    text: null,
    payload: { reaction: name },
  });
const eyes = (users: string[], count = users.length) => ({ reactions: [{ name: 'eyes', users, count }] });

const found = (messages: SlackMessage[], rows: Known[]) =>
  differences({ messages, known: rows, asOf, self }).map((entry) => [entry.kind, entry.actor, entry.text]);

const edited = { edited: { user: 'U1', ts: '1790000210.000000' } };

test.each<[string, SlackMessage, Known[], unknown[]]>([
  ['nothing, when all is known', shown(), [message], []],
  ['a message that was not heard', shown(), [], [['message', 'U1', 'hi']]],
  ['an edit', shown({ text: 'ho', ...edited }), [message], [['message_edited', 'U1', 'ho']]],
  [
    'both, when neither was heard',
    shown({ text: 'ho', ...edited }),
    [],
    [
      ['message', 'U1', 'ho'],
      ['message_edited', 'U1', 'ho'],
    ],
  ],
  [
    'no edit that is known',
    shown({ text: 'ho', ...edited }),
    [message, known({ identity: editIdentity(TS, '1790000210.000000', 'ho'), kind: 'message_edited', text: 'ho' })],
    [],
  ],
  [
    'no edit that is younger than the reading',
    shown({ text: 'ho', edited: { user: 'U1', ts: '1790999999.000000' } }),
    [message],
    [],
  ],
  [
    "an app's change that Slack does not call an edit",
    shown({ text: 'ho', bot_id: 'B1' }),
    [message],
    [['message_edited', 'U1', 'ho']],
  ],
  ['no change of our own posts', shown({ text: 'ho', user: 'U0BOT' }), [message], []],
  [
    'no older text after an edit that was heard',
    shown({ text: 'hi' }),
    [message, known({ identity: 'e:x', kind: 'message_edited', text: 'ho', payload: edited })],
    [],
  ],
  ['nothing of a blanked message', shown(), [known({ text: null, payload: { blanked: true } })], []],
  [
    'nothing of a deleted message',
    shown({ text: 'ho', ...edited }),
    [message, known({ identity: `d:${TS}`, kind: 'message_deleted' })],
    [],
  ],
  ['no difference in what Postgres cannot hold', shown({ text: 'a\u0000' }), [known({ text: 'a\uFFFD' })], []],
  ['a tombstone', shown({ subtype: 'tombstone', user: 'USLACKBOT' }), [message], [['message_deleted', null, null]]],
  ['a reaction', shown(eyes(['U2'])), [message], [['reaction_added', 'U2', ':eyes:']]],
  ['no reaction that is known', shown(eyes(['U2'])), [message, reaction('reaction_added', 1)], []],
  ['a reaction taken back', shown(), [message, reaction('reaction_added', 1)], [['reaction_removed', 'U2', ':eyes:']]],
  [
    'no reaction taken back that is known',
    shown(),
    [message, reaction('reaction_added', 1), reaction('reaction_removed', 2)],
    [],
  ],
  [
    'no end of a reaction that Slack only counts',
    shown(eyes(['U3'], 60)),
    [message, reaction('reaction_added', 1)],
    [['reaction_added', 'U3', ':eyes:']],
  ],
  [
    'no reaction about which something younger is known',
    shown(),
    [message, known({ ...reaction('reaction_added', 1), occurredAt: new Date(asOf.getTime() + 1) })],
    [],
  ],
  ['nothing of reactions that are no list', shown({ reactions: 'many' }), [message], []],
])('a reading finds %s', (_, one, rows, entries) => {
  expect(found([one], rows)).toEqual(entries);
});

test('a difference found twice has one identity, and another one after something new was heard', () => {
  const identity = (rows: Known[]) =>
    differences({ messages: [shown(eyes(['U2']))], known: rows, asOf, self })[0]?.identity;
  const gone = reaction('reaction_removed', 5);
  expect(identity([message])).toBe(identity([message]));
  expect(identity([message, gone])).not.toBe(identity([message]));
  const silent = (text: string) =>
    differences({ messages: [shown({ text, bot_id: 'B1' })], known: [message], asOf, self })[0]?.identity;
  expect(silent('ho')).toBe(silent('ho'));
  expect(silent('ho')).not.toBe(silent('he'));
});

test('what is found says that it was found, and not when it happened where nobody knows', () => {
  const entries = differences({ messages: [shown(eyes(['U2']))], known: [], asOf, self });
  expect(entries.map((entry) => [entry.source, entry.occurredAt, entry.payload])).toEqual([
    ['history', new Date(1790000200000), {}],
    ['history', asOf, { reaction: 'eyes', at: 'unknown' }],
  ]);
  expect(deletionOf(TS)).toMatchObject({
    identity: `d:${TS}`,
    payload: { deletedAt: 'unknown' },
    occurredAt: new Date(1790000200000),
  });
});

test('a pin is told with who and when by the list of pins, its end by nobody', () => {
  const pinned = { messages: [shown({ pinned_to: ['C1'] })], known: [message], asOf, self };
  const pins = pinsThatDiffer(pinned);
  expect(pins).toEqual([{ message: TS, isPinned: true }]);
  const listed = [{ ts: TS, by: 'U3', at: at(30) }];
  expect(pinEntries(pins, pinned, listed)).toMatchObject([
    { kind: 'pin_added', actor: 'U3', occurredAt: at(30), payload: {} },
  ]);
  expect(pinEntries(pins, pinned, [])).toMatchObject([{ kind: 'pin_added', actor: null, payload: { at: 'unknown' } }]);
  const was = known({ kind: 'pin_added', actor: 'U3' });
  expect(pinsThatDiffer({ ...pinned, known: [message, was] })).toEqual([]);
  expect(pinsThatDiffer({ ...pinned, messages: [shown()], known: [message, was] })).toEqual([
    { message: TS, isPinned: false },
  ]);
});

test('what is recorded in a range and not shown has vanished', () => {
  expect(vanished([TS, ts('1790000200.000700')], [shown()])).toEqual(['1790000200.000700']);
});

test.each<[string, Record<string, unknown>, { replies: number; latest: string } | null, boolean]>([
  ['no thread', {}, null, false],
  ['a thread nobody heard of', { reply_count: 1, latest_reply: '3.1' }, null, true],
  ['a thread that is known', { reply_count: 2, latest_reply: '3.1' }, { replies: 2, latest: '3.1' }, false],
  ['a reply more', { reply_count: 3, latest_reply: '3.1' }, { replies: 2, latest: '3.1' }, true],
  ['one deleted and one new', { reply_count: 2, latest_reply: '4.1' }, { replies: 2, latest: '3.1' }, true],
])('%s is read: %j against %j', (_, fields, held, isRead) => {
  const recorded = held ? [{ parent: TS, replies: held.replies, latest: ts(held.latest) }] : [];
  expect(threadsThatDiffer([shown(fields)], recorded)).toEqual(isRead ? [TS] : []);
});

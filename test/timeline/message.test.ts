import { expect, test } from '@jest/globals';
import { type ChannelId, ts, userId } from '../../src/lib/ids.ts';
import { heardPin, heardReaction } from '../../src/timeline/mark.ts';
import { editIdentity, hasReplies, heardMessage, messageFromHistory } from '../../src/timeline/message.ts';

const self = { userId: userId('U0BOT'), botId: 'B0BOT' };
const C = 'C0INC' as ChannelId;
const said = { type: 'message', channel: C, channel_type: 'channel', user: 'U1', text: 'hi', ts: '1790000200.000600' };

const entryOf = (event: object) => {
  const read = heardMessage(event, self);
  return read.ok ? read.value.entry : read.no;
};

test.each([
  ['a plain message', said, {}, {}],
  ['a reply in a thread', { ...said, thread_ts: '1790000100.000100' }, { threadTs: '1790000100.000100' }, {}],
  [
    'a reply also sent to the channel',
    { ...said, subtype: 'thread_broadcast', thread_ts: '1790000100.000100', root: { ts: '1790000100.000100' } },
    { threadTs: '1790000100.000100' },
    { subtype: 'thread_broadcast' },
  ],
  [
    'a post of our own',
    { ...said, user: 'U0BOT', bot_id: 'B0BOT', app_id: 'A0', blocks: [{ type: 'header' }] },
    { actor: 'U0BOT' },
    { bot_id: 'B0BOT', app_id: 'A0' },
  ],
  [
    'an alert of a webhook without a user',
    {
      ...said,
      user: undefined,
      subtype: 'bot_message',
      bot_id: 'B9',
      username: 'Pager',
      attachments: [{ id: 1, color: 'f00', fallback: 'ALERT' }],
    },
    { actor: 'B9' },
    { subtype: 'bot_message', bot_id: 'B9', username: 'Pager', attachments: [{ fallback: 'ALERT' }] },
  ],
  ['a /me message', { ...said, subtype: 'me_message' }, {}, { subtype: 'me_message' }],
  [
    'a file without words',
    {
      ...said,
      text: '',
      subtype: 'file_share',
      files: [{ id: 'F1', name: 'a.png', size: 3, url_private: 'https://files.example/x', created: 1 }],
    },
    { text: '' },
    { subtype: 'file_share', files: [{ id: 'F1', name: 'a.png', size: 3 }] },
  ],
  ['a file of another organisation', { ...said, files: [{ id: 'F1', mode: 'x' }] }, {}, { files: [{ id: 'F1' }] }],
  ['a post of blocks alone', { ...said, text: '', blocks: [{ type: 'a' }] }, { text: '' }, { blocks: [{ type: 'a' }] }],
  ['a message with fields nobody has seen', { ...said, files: 7, blocks: 'x', edited: { ts: 1 } }, {}, {}],
])('%s is one message entry with its text as Slack sent it', (_, event, differs, payload) => {
  expect(heardMessage(event, self)).toEqual({
    ok: true,
    value: {
      channel: C,
      entry: {
        identity: 'm:1790000200.000600',
        kind: 'message',
        occurredAt: new Date('2026-09-21T14:16:40.000Z'),
        actor: 'U1',
        source: 'slack',
        text: 'hi',
        ts: '1790000200.000600',
        threadTs: null,
        payload,
        ...differs,
      },
    },
  });
});

test.each([
  ['channel_join', 'member_joined', { inviter: 'U2' }],
  ['group_join', 'member_joined', {}],
  ['channel_leave', 'member_left', {}],
  ['group_leave', 'member_left', {}],
  ['channel_topic', 'channel_changed', { topic: 'SEV2' }],
  ['channel_purpose', 'channel_changed', { purpose: 'why' }],
  ['channel_name', 'channel_changed', { name: 'new', old_name: 'old' }],
  ['channel_archive', 'channel_changed', {}],
  ['group_unarchive', 'channel_changed', {}],
  ['channel_convert_to_private', 'channel_changed', {}],
  ['ekm_access_denied', 'message', {}],
])('the system message %s is one entry of kind %s', (subtype, kind, fields) => {
  expect(entryOf({ ...said, subtype, ...fields })).toMatchObject({
    identity: 'm:1790000200.000600',
    kind,
    actor: 'U1',
    payload: { subtype, ...fields },
  });
});

const changed = (message: object) => ({
  ...said,
  subtype: 'message_changed',
  hidden: true,
  user: undefined,
  text: undefined,
  ts: '1790000270.001000',
  message: { user: 'U1', text: 'better', ts: said.ts, ...message },
  previous_message: { user: 'U1', text: 'hi', ts: said.ts },
});

test('an edit is an entry of its own with the new text, at the original message', () => {
  expect(entryOf(changed({ edited: { user: 'U2', ts: '1790000270.000000' } }))).toMatchObject({
    identity: editIdentity(ts('1790000200.000600'), '1790000270.000000', 'better'),
    kind: 'message_edited',
    occurredAt: new Date(1790000270000),
    actor: 'U2',
    text: 'better',
    ts: said.ts,
  });
});

test('an edit in the second of its message does not stand before it', () => {
  const event = changed({ ts: '1790000200.900000', edited: { user: 'U1', ts: '1790000200.000000' } });
  expect(entryOf(event)).toMatchObject({ occurredAt: new Date(1790000200900) });
});

test.each([
  ['an unfurl', changed({ attachments: [{}] }), 'unfurl'],
  ['a redraw of our card', changed({ user: 'U0BOT', edited: { ts: '1790000270.000000' } }), 'edit of our own'],
  ['an edit by our bot id', changed({ bot_id: 'B0BOT', edited: { ts: '1790000270.000000' } }), 'edit of our own'],
  ['a thread counter', { ...said, subtype: 'message_replied' }, 'repeats another event'],
  ['a direct message', { ...said, channel_type: 'im' }, 'direct message'],
  ['an event without a channel', { ...said, channel: undefined }, 'unreadable'],
  ['a message whose ts is no ts', { ...said, ts: 'yesterday' }, 'unreadable'],
  ['a change of nothing', { ...said, subtype: 'message_changed' }, 'unreadable'],
  ['a deletion of nothing', { ...said, subtype: 'message_deleted' }, 'unreadable'],
])('%s becomes no entry', (_, event, why) => {
  expect(entryOf(event)).toBe(why);
});

test.each([
  ['a deletion', { ...said, subtype: 'message_deleted', ts: '1790000290.001200', deleted_ts: said.ts }],
  ['a parent that becomes a tombstone', { ...changed({ subtype: 'tombstone' }), ts: '1790000290.001200' }],
])('%s is one entry at the original message, without its text', (_, event) => {
  expect(entryOf({ ...event, previous_message: { user: 'U1', text: 'secret', ts: said.ts } })).toEqual({
    identity: 'd:1790000200.000600',
    kind: 'message_deleted',
    occurredAt: new Date(1790000290001),
    actor: null,
    source: 'slack',
    text: null,
    ts: said.ts,
    payload: { author: 'U1' },
  });
});

test('a message of history has the identity it would have had live', () => {
  expect(messageFromHistory(said, self)).toMatchObject([{ identity: `m:${said.ts}`, source: 'history', text: 'hi' }]);
});

test('a message of history that was edited is the message and the edit', () => {
  const entries = messageFromHistory({ ...said, edited: { user: 'U1', ts: '1790000210.000000' } }, self);
  expect(entries.map((entry) => entry.identity)).toEqual([
    `m:${said.ts}`,
    editIdentity(ts(said.ts), '1790000210.000000', said.text),
  ]);
});

test('our own edited posts in history are messages only', () => {
  const ours = { ...said, user: 'U0BOT', edited: { user: 'U0BOT', ts: '1790000210.000000' } };
  expect(messageFromHistory(ours, self)).toHaveLength(1);
});

test('a tombstone of history is the deletion it stands for', () => {
  expect(messageFromHistory({ ...said, subtype: 'tombstone', user: 'USLACKBOT' }, self)).toMatchObject([
    { identity: `d:${said.ts}`, kind: 'message_deleted', text: null, source: 'history' },
  ]);
});

test('what history cannot explain costs nothing but itself', () => {
  expect(messageFromHistory({ ts: 'x' }, self)).toEqual([]);
});

test('a parent of replies is known by its count', () => {
  expect([{ ts: '1', reply_count: 2 }, { ts: '1', reply_count: 0 }, { ts: '1' }].map(hasReplies)).toEqual([
    true,
    false,
    false,
  ]);
});

const reaction = {
  type: 'reaction_added',
  user: 'U1',
  reaction: 'pushpin',
  item: { type: 'message', channel: C, ts: said.ts },
  item_user: 'U2',
  event_ts: '1790000520.000100',
};

test('a reaction is one entry at its message', () => {
  expect(heardReaction('reaction_added', reaction)).toEqual({
    ok: true,
    value: {
      channel: C,
      entry: {
        identity: `reaction_added:${said.ts}:U1:pushpin:1790000520.000100`,
        kind: 'reaction_added',
        occurredAt: new Date(1790000520000),
        actor: 'U1',
        source: 'slack',
        text: ':pushpin:',
        ts: said.ts,
        payload: { reaction: 'pushpin' },
      },
    },
  });
});

test.each([
  [
    'a reaction to a file',
    heardReaction('reaction_added', { ...reaction, item: { type: 'file' } }),
    'not on a message',
  ],
  ['a pinned file', heardPin('pin_added', { ...reaction, item: { type: 'file' } }), 'not on a message'],
  ['a reaction without a time', heardReaction('reaction_added', { ...reaction, event_ts: 1 }), 'unreadable'],
])('%s becomes no entry', (_, read, why) => {
  expect(read).toEqual({ ok: false, no: why });
});

test('a pin is one entry at its message', () => {
  const item = { type: 'message', channel: C, message: { ts: said.ts, text: 'hi' } };
  const event = { type: 'pin_added', user: 'U1', channel_id: C, item, event_ts: '1790000550.000100' };
  expect(heardPin('pin_added', event)).toMatchObject({
    ok: true,
    value: {
      channel: C,
      entry: { identity: `pin_added:${said.ts}:U1:pin:1790000550.000100`, ts: said.ts, text: null },
    },
  });
});

test('two edits within one second of Slack are two entries; the same edit again is one', () => {
  const edit = (text: string) => {
    const entry = entryOf(changed({ text, edited: { user: 'U1', ts: '1790000270.000000' } }));
    return typeof entry === 'string' ? entry : entry.identity;
  };
  expect(edit('first')).not.toBe(edit('second'));
  expect(edit('first')).toBe(edit('first'));
});

import { afterAll, beforeAll, beforeEach, describe, expect, test } from '@jest/globals';
import { readManifest } from '../../src/sandbox/manifest.ts';
import { type Sandbox, startSandbox } from '../../src/sandbox/sandbox.ts';
import { client, refusal } from './client.ts';

let slack: Sandbox;
let web: ReturnType<typeof client>;
let general: string;

beforeAll(async () => {
  slack = await startSandbox({ manifest: 'manifest.yml', mode: 'socket' });
  web = client(slack);
  general = slack.channel('general').id;
});
afterAll(() => slack.close());
beforeEach(() => slack.faults.clear());

describe('tokens and scopes', () => {
  test('a call without a token, with a wrong one or with the wrong kind is refused by name', async () => {
    const call = async (method: string, authorization?: string) => {
      const headers = authorization ? { authorization: `Bearer ${authorization}` } : undefined;
      const response = await fetch(`${slack.apiUrl}${method}`, { method: 'POST', ...(headers ? { headers } : {}) });
      return ((await response.json()) as { error: string }).error;
    };
    expect(await call('auth.test')).toBe('not_authed');
    expect(await call('auth.test', 'xoxb-stolen')).toBe('invalid_auth');
    expect(await call('auth.test', slack.tokens.app)).toBe('not_allowed_token_type');
    expect(await call('apps.connections.open', slack.tokens.bot)).toBe('not_allowed_token_type');
    expect(await call('no.suchMethod', slack.tokens.bot)).toBe('unknown_method');
  });

  test('a method whose scope the manifest lacks says which is needed and which are provided', async () => {
    const error = await refusal(web.reactions.add({ channel: general, timestamp: '1.000001', name: 'eyes' }));
    expect(error).toMatchObject({ error: 'missing_scope', needed: 'reactions:write' });
    expect(error.provided).toContain('chat:write');
  });

  test('reading a private channel takes the scope for private channels', async () => {
    const manifest = readManifest('manifest.yml');
    const scopes = new Set([...manifest.scopes].filter((scope) => scope !== 'groups:history'));
    const narrow = await startSandbox({ manifest: { ...manifest, scopes }, mode: 'socket' });
    const { channel } = await client(narrow).conversations.create({ name: 'secret', is_private: true });
    const error = await refusal(client(narrow).conversations.history({ channel: channel?.id ?? '' }));
    await narrow.close();
    expect(error).toMatchObject({ error: 'missing_scope', needed: 'groups:history' });
  });

  test('bodies that are no form and no JSON object are refused', async () => {
    const send = async (type: string, body: string) => {
      const authorization = `Bearer ${slack.tokens.bot}`;
      const response = await fetch(`${slack.apiUrl}auth.test`, {
        method: 'POST',
        headers: { authorization, 'content-type': type },
        body,
      });
      return ((await response.json()) as { error: string }).error;
    };
    expect(await send('application/json', '{')).toBe('invalid_json');
    expect(await send('application/json', '[]')).toBe('json_not_object');
    expect(await send('text/plain', 'x')).toBe('invalid_post_type');
  });
});

describe('channels', () => {
  test.each([
    ['', 'invalid_name_required'],
    ['Upper', 'invalid_name_specials'],
    ['a b', 'invalid_name_specials'],
    ['a.b', 'invalid_name_specials'],
    ['---', 'invalid_name_punctuation'],
    ['x'.repeat(81), 'invalid_name_maxlength'],
    ['general', 'name_taken'],
    ['engineering-leads', 'name_taken'],
  ])('the name "%s" is refused: %s', async (name, error) => {
    expect(await refusal(web.conversations.create({ name }))).toMatchObject({ error });
  });

  test('a name stays taken by an archived channel, and by one that nobody can see', async () => {
    const { channel } = await web.conversations.create({ name: 'once' });
    await web.conversations.archive({ channel: channel?.id ?? '' });
    slack.addChannel('board', { private: true, members: ['exec'] });
    slack.reserveName('held');
    for (const name of ['once', 'board', 'held']) {
      expect(await refusal(web.conversations.create({ name }))).toMatchObject({ error: 'name_taken' });
    }
    expect(await refusal(web.conversations.info({ channel: slack.channel('board').id }))).toMatchObject({
      error: 'channel_not_found',
    });
  });

  test('archiving throws the bot out, and a bot cannot unarchive', async () => {
    const { channel } = await web.conversations.create({ name: 'short-lived' });
    const id = channel?.id ?? '';
    await web.conversations.archive({ channel: id });
    expect((await web.conversations.info({ channel: id })).channel).toMatchObject({
      is_archived: true,
      is_member: false,
    });
    expect(await refusal(web.conversations.archive({ channel: id }))).toMatchObject({ error: 'already_archived' });
    expect(await refusal(web.conversations.unarchive({ channel: id }))).toMatchObject({ error: 'not_in_channel' });
    expect(await refusal(web.chat.postMessage({ channel: id, text: 'x' }))).toMatchObject({ error: 'is_archived' });
  });

  test('an invite is all or nothing, unless it is forced', async () => {
    const { channel } = await web.conversations.create({ name: 'invited' });
    const id = channel?.id ?? '';
    const users = `U0EXEC0001,${slack.bot.id},U00NOBODY1`;
    expect(await refusal(web.conversations.invite({ channel: id, users }))).toMatchObject({
      error: 'cant_invite_self',
      errors: [
        { user: slack.bot.id, ok: false, error: 'cant_invite_self' },
        { user: 'U00NOBODY1', ok: false, error: 'user_not_found' },
      ],
    });
    expect(slack.channel('invited').members).toEqual(['sitrep']);
    await web.conversations.invite({ channel: id, users, force: true });
    expect(slack.channel('invited').members).toEqual(['sitrep', 'exec']);
    const again = await refusal(web.conversations.invite({ channel: id, users: 'U0EXEC0001' }));
    expect(again).toMatchObject({ error: 'already_in_channel' });
  });

  test('a topic of 250 characters is taken, of 251 is too long; elsewhere the bot is not in the channel', async () => {
    const { channel } = await web.conversations.create({ name: 'topical' });
    const id = channel?.id ?? '';
    await web.conversations.setTopic({ channel: id, topic: 'x'.repeat(250) });
    expect(await refusal(web.conversations.setTopic({ channel: id, topic: 'x'.repeat(251) }))).toMatchObject({
      error: 'too_long',
    });
    expect(await refusal(web.conversations.setTopic({ channel: general, topic: 'x' }))).toMatchObject({
      error: 'not_in_channel',
    });
  });

  test('joining twice is a warning, and a person’s channel cannot be renamed', async () => {
    const { id } = slack.addChannel('theirs');
    await web.conversations.join({ channel: id });
    expect(await web.conversations.join({ channel: id })).toMatchObject({ ok: true, warning: 'already_in_channel' });
    expect(await refusal(web.conversations.rename({ channel: id, name: 'ours' }))).toMatchObject({
      error: 'not_authorized',
    });
  });

  test('a list is cut before it is filtered: short pages with a cursor', async () => {
    const seen: string[] = [];
    const sizes: number[] = [];
    let cursor: string | undefined;
    do {
      const page = await web.conversations.list({ limit: 2, exclude_archived: true, ...(cursor ? { cursor } : {}) });
      seen.push(...(page.channels ?? []).map((c) => c.name ?? ''));
      sizes.push(page.channels?.length ?? 0);
      cursor = page.response_metadata?.next_cursor;
    } while (cursor);
    expect(seen).toContain('topical');
    expect(seen).not.toContain('once');
    expect(seen).not.toContain('board');
    expect(Math.min(...sizes)).toBeLessThan(2);
  });
});

describe('messages', () => {
  test('history and replies come in pages, with metadata only when asked for', async () => {
    const { channel } = await web.conversations.create({ name: 'paged' });
    const id = channel?.id ?? '';
    const metadata = { event_type: 'effect', event_payload: { job: '7' } };
    const parent = await web.chat.postMessage({ channel: id, text: 'parent', metadata });
    const threadTs = parent.ts ?? '';
    for (const text of ['one', 'two', 'three']) await web.chat.postMessage({ channel: id, text, thread_ts: threadTs });
    for (const text of ['a', 'b']) await web.chat.postMessage({ channel: id, text });

    const first = await web.conversations.history({ channel: id, limit: 2 });
    expect(first.messages?.map((m) => m.text)).toEqual(['b', 'a']);
    const cursor = first.response_metadata?.next_cursor ?? '';
    const second = await web.conversations.history({ channel: id, limit: 2, cursor, include_all_metadata: true });
    expect(second.messages?.[0]).toMatchObject({ text: 'parent', reply_count: 3, metadata });
    const brief = await web.conversations.history({ channel: id, oldest: '0', latest: threadTs, inclusive: true });
    expect(brief.messages?.[0]?.metadata).toEqual({ event_type: 'effect' });

    const replies = await web.conversations.replies({ channel: id, ts: threadTs, limit: 3 });
    expect(replies.messages?.map((m) => m.text)).toEqual(['parent', 'one', 'two']);
    const next = replies.response_metadata?.next_cursor ?? '';
    const rest = await web.conversations.replies({ channel: id, ts: threadTs, limit: 3, cursor: next });
    expect(rest.messages?.map((m) => m.text)).toEqual(['three']);
    expect(await refusal(web.conversations.history({ channel: id, cursor: 'nonsense' }))).toMatchObject({
      error: 'invalid_cursor',
    });
  });

  test('posting needs no membership in a public channel, reading does', async () => {
    expect((await web.chat.postMessage({ channel: general, text: 'hello' })).ok).toBe(true);
    const message = await refusal(web.conversations.history({ channel: general }));
    expect(message).toMatchObject({ error: 'not_in_channel' });
    expect(await refusal(web.chat.postMessage({ channel: 'C0NOWHERE', text: 'x' }))).toMatchObject({
      error: 'channel_not_found',
    });
  });

  test('40,001 characters are cut by postMessage, 4,001 refused by update', async () => {
    const posted = await web.chat.postMessage({ channel: general, text: 'x'.repeat(40_001) });
    expect(posted.message?.text).toHaveLength(40_000);
    const update = web.chat.update({ channel: general, ts: posted.ts ?? '', text: 'x'.repeat(4_001) });
    expect(await refusal(update)).toMatchObject({ error: 'msg_too_long' });
    const others = slack.person('oncall').says('mine', { in: 'general' });
    expect(await refusal(web.chat.update({ channel: general, ts: others.ts, text: 'x' }))).toMatchObject({
      error: 'cant_update_message',
    });
  });

  test('an update with text alone takes the blocks away, one with metadata alone keeps them', async () => {
    const blocks = [{ type: 'section', text: { type: 'mrkdwn', text: 'card' } }];
    const { ts = '' } = await web.chat.postMessage({ channel: general, text: 'card', blocks });
    const metadata = { event_type: 'x', event_payload: {} };
    const kept = await web.apiCall('chat.update', { channel: general, ts, metadata });
    expect(kept).toMatchObject({ message: { blocks: [{ type: 'section' }] } });
    const taken = await web.chat.update({ channel: general, ts, text: 'plain' });
    expect(taken.message).not.toHaveProperty('blocks');
  });

  test('too much text over all blocks is msg_blocks_too_long; blocks that are no list are a wrong format', async () => {
    const block = { type: 'section', text: { type: 'mrkdwn', text: 'x'.repeat(2_900) } };
    const post = (blocks: unknown) => refusal(web.apiCall('chat.postMessage', { channel: general, text: 'x', blocks }));
    expect(await post(Array.from({ length: 5 }, () => block))).toMatchObject({ error: 'msg_blocks_too_long' });
    expect(await post('nonsense')).toMatchObject({ error: 'invalid_blocks_format' });
    expect(await post([{ type: 'section', text: { type: 'mrkdwn', text: 'x'.repeat(3_001) } }])).toMatchObject({
      error: 'invalid_blocks',
      errors: ['must be less than 3001 characters [json-pointer:/blocks/0/text/text]'],
    });
  });

  test('an ephemeral reaches one member of a channel the bot is in', async () => {
    const { channel } = await web.conversations.create({ name: 'whispers' });
    const id = channel?.id ?? '';
    const whisper = () => web.chat.postEphemeral({ channel: id, user: 'U0EXEC0001', text: 'psst' });
    expect(await refusal(whisper())).toMatchObject({ error: 'user_not_in_channel' });
    slack.person('exec').joins('whispers');
    await whisper();
    expect(slack.person('exec').ephemerals.map((e) => e.text)).toEqual(['psst']);
    expect(slack.channel('whispers').posts).toEqual([]);
  });

  test('a file goes up in three steps and is shared after the answer', async () => {
    const { channel } = await web.conversations.create({ name: 'files' });
    const id = channel?.id ?? '';
    await web.filesUploadV2({ channel_id: id, filename: 'draft.md', content: '# Draft', initial_comment: 'the draft' });
    const [message] = await slack.until(() => slack.channel('files').posts.length && slack.channel('files').posts);
    expect(message).toMatchObject({
      subtype: 'file_share',
      text: 'the draft',
      files: [{ name: 'draft.md', content: '# Draft' }],
    });
    const file = await web.files.info({ file: message?.files[0]?.id ?? '' });
    expect(file.file?.shares?.public?.[id]?.[0]?.ts).toBe(message?.ts);
  });

  test('a file of its own is deleted once; its message stays with a tombstone, and people’s files are theirs', async () => {
    const { channel } = await web.conversations.create({ name: 'shredder' });
    const id = channel?.id ?? '';
    await web.filesUploadV2({ channel_id: id, filename: 'draft.md', content: '# Draft', initial_comment: 'the draft' });
    const [message] = await slack.until(
      () => slack.channel('shredder').posts.length && slack.channel('shredder').posts,
    );
    const file = message?.files[0]?.id ?? '';
    await web.files.delete({ file });
    expect(slack.channel('shredder').posts).toMatchObject([{ text: 'the draft', files: [] }]);
    const { messages } = await web.conversations.history({ channel: id });
    expect(messages?.find(({ ts }) => ts === message?.ts)?.files).toEqual([{ id: file, mode: 'tombstone' }]);
    expect(await refusal(web.files.delete({ file }))).toMatchObject({ error: 'file_deleted' });
    expect(await refusal(web.files.info({ file }))).toMatchObject({ error: 'file_deleted' });
    expect(await refusal(web.files.delete({ file: 'F0NOWHERE' }))).toMatchObject({ error: 'file_not_found' });
    slack.person('oncall').joins('shredder');
    const theirs = slack.person('oncall').says('', { in: 'shredder', files: [{ name: 'a.md', content: 'a' }] });
    expect(await refusal(web.files.delete({ file: theirs.files[0]?.id ?? '' }))).toMatchObject({
      error: 'cant_delete_file',
    });
  });

  test('pins and bookmarks say when they are there already, wrong or too many', async () => {
    const { channel } = await web.conversations.create({ name: 'marks' });
    const id = channel?.id ?? '';
    const { ts = '' } = await web.chat.postMessage({ channel: id, text: 'card' });
    await web.pins.add({ channel: id, timestamp: ts });
    expect(await refusal(web.pins.add({ channel: id, timestamp: ts }))).toMatchObject({ error: 'already_pinned' });
    const [join] = slack.channel('marks').messages;
    expect(await refusal(web.pins.add({ channel: id, timestamp: join?.ts ?? '' }))).toMatchObject({
      error: 'not_pinnable',
    });
    const bookmark = { channel_id: id, title: 'Runbook', type: 'link' as const };
    expect(await refusal(web.bookmarks.add({ ...bookmark, link: 'ftp://x' }))).toMatchObject({ error: 'invalid_link' });
    await web.bookmarks.add({ ...bookmark, link: 'https://x.example' });
    expect((await web.bookmarks.list({ channel_id: id })).bookmarks).toHaveLength(1);
  });
});

import { createServer } from 'node:http';
import type { AddressInfo } from 'node:net';
import { expect, test } from '@jest/globals';
import nock from 'nock';
import { channelId, ts, userId } from '../../src/lib/ids.ts';
import type { SlackFault } from '../../src/slack/errors.ts';
import { API, type Asked, scriptSlack, slackSays, slackUnderTest, US } from './scripted-slack.ts';

scriptSlack();

const C1 = channelId('C1');
const sure = { marker: 'job-7', uncertainSince: null };
const unsure = { marker: 'job-7', uncertainSince: new Date('2026-03-01T10:00:00Z') };
const ours = { user: 'UBOT', bot_id: 'BBOT', metadata: { event_type: 'sitrep_job', event_payload: { job: 'job-7' } } };
const faultIn = (work: Promise<unknown>): Promise<SlackFault> =>
  work.then(
    () => Promise.reject(new Error('it went well')),
    (fault: SlackFault) => fault,
  );

test('a post carries its job in the metadata and unfurls nothing', async () => {
  const asked: Asked[] = [];
  slackSays(asked, 'chat.postMessage', { ok: true, channel: 'C1', ts: '1.000001' });
  const { slack, calls } = slackUnderTest();
  expect(await slack.post(C1, { text: 'hi', blocks: [{ type: 'divider' }] }, sure)).toBe('1.000001');
  expect(JSON.parse(asked[0]?.args.metadata ?? '')).toEqual({
    event_type: 'sitrep_job',
    event_payload: { job: 'job-7' },
  });
  expect(asked[0]?.args).toMatchObject({ channel: 'C1', text: 'hi', unfurl_links: 'false', unfurl_media: 'false' });
  expect(calls).toMatchObject([{ method: 'chat.postMessage', outcome: 'ok', code: null }]);
});

test('after a lost answer the bot looks through every page before posting again, and finds its post', async () => {
  const asked: Asked[] = [];
  slackSays(asked, 'auth.test', US);
  const foreign = { ...ours, user: 'U9', bot_id: 'B9', ts: '3.000003' };
  slackSays(asked, 'conversations.history', {
    ok: true,
    messages: [foreign],
    response_metadata: { next_cursor: 'next' },
  });
  slackSays(asked, 'conversations.history', { ok: true, messages: [{ ...ours, ts: '2.000002' }] });
  const { slack } = slackUnderTest();
  expect(await slack.post(C1, { text: 'hi' }, unsure)).toBe('2.000002');
  expect(asked.map((one) => one.method)).toEqual(['auth.test', 'conversations.history', 'conversations.history']);
  const fiveMinutesBefore = Date.parse('2026-03-01T09:55:00Z') / 1_000;
  expect(asked[1]?.args).toMatchObject({ oldest: `${fiveMinutesBefore}.000000`, include_all_metadata: 'true' });
  expect(asked[2]?.args.cursor).toBe('next');
});

test('after a lost answer in a thread the bot looks in the thread, and posts when nothing of its own is there', async () => {
  const asked: Asked[] = [];
  slackSays(asked, 'auth.test', US);
  slackSays(asked, 'conversations.replies', { ok: true, messages: [{ ts: '1.000001', user: 'U1', text: 'parent' }] });
  slackSays(asked, 'chat.postMessage', { ok: true, ts: '4.000004' });
  const { slack } = slackUnderTest();
  expect(await slack.post(C1, { text: 'hi' }, unsure, ts('1.000001'))).toBe('4.000004');
  expect(asked[1]?.args.ts).toBe('1.000001');
  expect(asked[2]?.args.thread_ts).toBe('1.000001');
});

test('after a lost answer only a channel of exactly this name, privacy and creator is ours', async () => {
  const asked: Asked[] = [];
  slackSays(asked, 'auth.test', US);
  const channels = [
    { id: 'C2', name: 'inc-1', creator: 'U1', is_private: true },
    { id: 'C3', name: 'inc-1', creator: 'UBOT', is_private: false },
    { id: 'C4', name: 'inc-1', creator: 'UBOT', is_private: true },
  ];
  slackSays(asked, 'users.conversations', { ok: true, channels });
  const { slack } = slackUnderTest();
  expect(await slack.createChannel('inc-1', true, unsure)).toEqual({ id: 'C4', name: 'inc-1' });
});

test('a channel name that is taken is said in Slack’s word', async () => {
  slackSays([], 'conversations.create', { ok: false, error: 'name_taken' });
  const fault = await faultIn(slackUnderTest().slack.createChannel('inc-1', false, sure));
  expect(fault).toMatchObject({ code: 'name_taken', outcome: 'never', method: 'conversations.create' });
});

test.each([
  ['internal_error', 'unknown'],
  ['fatal_error', 'unknown'],
  ['service_unavailable', 'not-done'],
  ['invalid_auth', 'not-done'],
  ['channel_not_found', 'never'],
])('%s means: %s', async (error, outcome) => {
  slackSays([], 'chat.postMessage', { ok: false, error });
  expect(await faultIn(slackUnderTest().slack.post(C1, { text: 'x' }, sure))).toMatchObject({ code: error, outcome });
});

test('a 5xx may have been done, a proxy’s 403 was not, a page in place of JSON says nothing', async () => {
  const { slack } = slackUnderTest();
  slackSays([], 'chat.postMessage', {}, 503);
  expect(await faultIn(slack.post(C1, { text: 'x' }, sure))).toMatchObject({ code: 'http_503', outcome: 'unknown' });
  slackSays([], 'chat.postMessage', {}, 403);
  expect(await faultIn(slack.post(C1, { text: 'x' }, sure))).toMatchObject({ code: 'http_403', outcome: 'not-done' });
  nock(API).post('/api/chat.postMessage').reply(200, '<html>Back soon</html>');
  const page = await faultIn(slack.post(C1, { text: 'x' }, sure));
  expect(page).toMatchObject({ code: 'unreadable_answer', outcome: 'unknown' });
  expect(page.message).not.toContain('Back soon');
});

test('a 429 on a post covers the method in this channel, with Slack’s own wait, and is not retried', async () => {
  slackSays([], 'chat.postMessage', { ok: false, error: 'ratelimited' }, 429, { 'retry-after': '7' });
  const { slack, calls } = slackUnderTest();
  const fault = await faultIn(slack.post(C1, { text: 'x' }, sure));
  expect(fault).toMatchObject({ outcome: 'not-done', retryAfterMs: 7_000, limit: 'chat.postMessage:C1' });
  expect(calls).toHaveLength(1);
});

test('a 429 on anything else covers the method, and one without Retry-After waits a second', async () => {
  slackSays([], 'pins.add', { ok: false, error: 'ratelimited' }, 429);
  const fault = await faultIn(slackUnderTest().slack.pin(C1, ts('1.000001')));
  expect(fault).toMatchObject({ code: 'ratelimited', retryAfterMs: 1_000, limit: 'pins.add' });
});

test('a missing scope is named', async () => {
  slackSays([], 'conversations.join', { ok: false, error: 'missing_scope', needed: 'channels:join', provided: 'x' });
  const fault = await faultIn(slackUnderTest().slack.joinChannel(C1));
  expect(fault).toMatchObject({ code: 'missing_scope', needed: 'channels:join', outcome: 'never' });
});

test('an answer that never comes is unknown, a Slack that cannot be reached is not done', async () => {
  nock.enableNetConnect('127.0.0.1');
  const mute = createServer(() => undefined).listen(0, '127.0.0.1');
  mute.unref();
  await new Promise((resolve) => mute.once('listening', resolve));
  const { port } = mute.address() as AddressInfo;
  const apiUrl = `http://127.0.0.1:${port}/api/`;
  const { slack } = slackUnderTest({ apiUrl, requestTimeoutMs: 50 });
  expect(await faultIn(slack.joinChannel(C1))).toMatchObject({ code: 'timeout', outcome: 'unknown' });
  const dropping = faultIn(slackUnderTest({ apiUrl }).slack.joinChannel(C1));
  mute.once('request', (request) => request.socket.destroy());
  expect(await dropping).toMatchObject({ code: 'network', outcome: 'unknown' });
  mute.closeAllConnections();
  await new Promise((resolve) => mute.close(resolve));
  expect(await faultIn(slackUnderTest({ apiUrl }).slack.joinChannel(C1))).toMatchObject({
    code: 'network',
    outcome: 'not-done',
  });
  nock.disableNetConnect();
});

test('who we are is asked once, and asked again after a failure', async () => {
  const asked: Asked[] = [];
  slackSays(asked, 'auth.test', { ok: false, error: 'invalid_auth' });
  slackSays(asked, 'auth.test', US);
  const { slack } = slackUnderTest();
  expect(await faultIn(slack.me())).toMatchObject({ code: 'invalid_auth' });
  expect(await slack.me()).toEqual({ teamId: 'T1', userId: 'UBOT', botId: 'BBOT', url: 'https://acme.slack.com/' });
  await slack.me();
  expect(asked).toHaveLength(2);
});

test('inviting goes by hundreds, being there is success, the rest comes back with Slack’s word', async () => {
  const asked: Asked[] = [];
  const refusals = [
    { user: 'U1', ok: false, error: 'already_in_channel' },
    { user: 'U2', ok: false, error: 'user_is_restricted' },
  ];
  slackSays(asked, 'conversations.invite', { ok: false, error: 'already_in_channel', errors: refusals });
  slackSays(asked, 'conversations.invite', { ok: true, channel: { id: 'C1' } });
  const users = Array.from({ length: 101 }, (_, i) => userId(`U${i}`));
  expect(await slackUnderTest().slack.invite(C1, users)).toEqual([{ user: 'U2', error: 'user_is_restricted' }]);
  expect(asked.map((one) => one.args.users?.split(',').length)).toEqual([100, 1]);
  expect(asked[0]?.args.force).toBe('true');
});

test('an invitation refused without saying for whom is tried one by one', async () => {
  const asked: Asked[] = [];
  slackSays(asked, 'conversations.invite', { ok: false, error: 'user_not_found' });
  slackSays(asked, 'conversations.invite', { ok: true });
  slackSays(asked, 'conversations.invite', { ok: false, error: 'user_not_found' });
  const refused = await slackUnderTest().slack.invite(C1, [userId('U1'), userId('U2')]);
  expect(refused).toEqual([{ user: 'U2', error: 'user_not_found' }]);
});

test('what is pinned or bookmarked already is not done again', async () => {
  const asked: Asked[] = [];
  slackSays(asked, 'pins.add', { ok: false, error: 'already_pinned' });
  slackSays(asked, 'bookmarks.list', { ok: true, bookmarks: [{ id: 'Bk1', link: 'https://meet.example/ops' }] });
  const { slack } = slackUnderTest();
  await slack.pin(C1, ts('1.000001'));
  await slack.bookmark(C1, 'Call', 'https://meet.example/ops');
  expect(asked.map((one) => one.method)).toEqual(['pins.add', 'bookmarks.list']);
});

test('a topic is cut at 250 characters', async () => {
  const asked: Asked[] = [];
  slackSays(asked, 'conversations.info', { ok: true, channel: { id: 'C1', topic: { value: 'SEV2' } } });
  slackSays(asked, 'conversations.setTopic', { ok: true });
  await slackUnderTest().slack.setTopic(C1, 'x'.repeat(400));
  expect(asked[1]?.args.topic).toHaveLength(250);
});

test('a topic that stays as it is is not set, since Slack tells the channel of every setting', async () => {
  const asked: Asked[] = [];
  slackSays(asked, 'conversations.info', { ok: true, channel: { id: 'C1', topic: { value: 'SEV1 · a &amp; b' } } });
  await slackUnderTest().slack.setTopic(C1, 'SEV1 · a &amp; b');
  expect(asked.map((one) => one.method)).toEqual(['conversations.info']);
});

test('a file whose share may have been lost is looked for before it is shared again', async () => {
  const asked: Asked[] = [];
  const { slack } = slackUnderTest();
  slackSays(asked, 'files.info', { ok: true, file: { id: 'F1', shares: { private: { C1: [{ ts: '1.0' }] } } } });
  await slack.completeUpload('F1', 'Draft', C1, unsure);
  slackSays(asked, 'files.info', { ok: false, error: 'file_not_found' });
  slackSays(asked, 'files.completeUploadExternal', { ok: true, files: [] });
  await slack.completeUpload('F1', 'Draft', C1, unsure, 'here it is');
  expect(asked.map((one) => one.method)).toEqual(['files.info', 'files.info', 'files.completeUploadExternal']);
  expect(asked[2]?.args).toMatchObject({ channel_id: 'C1', initial_comment: 'here it is' });
});

test('an upload reserves the bytes, not the characters, and sends them without the token', async () => {
  const asked: Asked[] = [];
  slackSays(asked, 'files.getUploadURLExternal', { ok: true, upload_url: `${API}/upload/v1/x`, file_id: 'F1' });
  const sent = nock(API, { badheaders: ['authorization'] })
    .post('/upload/v1/x', 'ünknown')
    .reply(200, 'OK - 8');
  expect(await slackUnderTest().slack.uploadFile('draft.md', 'ünknown')).toEqual({ fileId: 'F1' });
  expect(asked[0]?.args.length).toBe('8');
  expect(sent.isDone()).toBe(true);
});

test('a response_url is used up: said in Slack’s word, and the address stands nowhere', async () => {
  nock('https://hooks.slack.test').post('/commands/secret').reply(404, { ok: false, error: 'used_url' });
  const fault = await faultIn(
    slackUnderTest().slack.respond('https://hooks.slack.test/commands/secret', { text: 'x' }),
  );
  expect(fault).toMatchObject({ method: 'response_url', code: 'used_url', outcome: 'never' });
  expect(JSON.stringify([fault.message, String(fault.stack), String(fault.cause)])).not.toContain('secret');
});

test('the token stands in no fault', async () => {
  slackSays([], 'conversations.join', {}, 500);
  const fault = await faultIn(slackUnderTest().slack.joinChannel(C1));
  expect(JSON.stringify(fault, Object.getOwnPropertyNames(fault))).not.toContain('xoxb');
});

test('a person is known by display name, guesthood and time zone', async () => {
  const user = { id: 'U5', team_id: 'T2', name: 'gus', is_restricted: true, profile: { display_name: 'Gus' } };
  slackSays([], 'users.info', { ok: true, user });
  expect(await slackUnderTest().slack.userInfo(userId('U5'), 800)).toEqual({
    id: 'U5',
    teamId: 'T2',
    name: 'Gus',
    isBot: false,
    isGuest: true,
    isDeactivated: false,
    timezone: null,
  });
});

test('a group is found by handle, its members asked for when Slack left them out', async () => {
  const asked: Asked[] = [];
  slackSays(asked, 'usergroups.list', { ok: true, usergroups: [{ id: 'S1', handle: 'leads' }] });
  slackSays(asked, 'usergroups.users.list', { ok: true, users: ['U1'] });
  expect(await slackUnderTest().slack.userGroup('@leads')).toEqual({ id: 'S1', handle: 'leads', users: ['U1'] });
});

test('a page of history carries its cursor, and none when Slack says the empty word', async () => {
  slackSays([], 'conversations.history', {
    ok: true,
    messages: [{ ts: '1.0', text: 'a' }],
    response_metadata: { next_cursor: '' },
  });
  expect(await slackUnderTest().slack.history(C1, {})).toMatchObject({
    messages: [{ ts: '1.0', text: 'a' }],
    nextCursor: null,
  });
});

test('a job that was taken over meanwhile sends nothing any more', async () => {
  const { slack, calls } = slackUnderTest();
  const fault = await faultIn(slack.post(C1, { text: 'hi' }, { ...sure, isStillMine: () => false }));
  expect(fault).toMatchObject({ code: 'taken over', outcome: 'not-done' });
  expect(calls).toEqual([]);
});

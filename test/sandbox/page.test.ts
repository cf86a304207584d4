import { createServer, get as httpGet, type Server } from 'node:http';
import type { AddressInfo } from 'node:net';
import { afterEach, expect, test } from '@jest/globals';
import type { App } from '@slack/bolt';
import { sandboxPages } from '../../src/sandbox/page/pages.ts';
import type { Sandbox, SandboxOptions } from '../../src/sandbox/sandbox.ts';
import { type Started, startSocketApp } from './apps.ts';
import { client } from './client.ts';

let started: Started | null = null;
let server: Server | null = null;
afterEach(async () => {
  server?.closeAllConnections();
  server?.close();
  await started?.stop();
  [started, server] = [null, null];
});

type Browser = {
  slack: Sandbox;
  app: App;
  origin: string;
  /** The page as text; follows redirects. */
  get: (path: string) => Promise<string>;
  /** Sends a form as somebody. */
  post: (who: string, what: string, fields: Record<string, string>) => Promise<string>;
};

async function browse(
  listen: (app: App) => void = () => undefined,
  options: Partial<SandboxOptions> = {},
): Promise<Browser> {
  started = await startSocketApp(listen, options);
  const { slack, app } = started;
  const pages = sandboxPages(slack);
  const made = createServer((request, response) => {
    if (!pages(request, response)) response.writeHead(404).end('not a page');
  });
  server = made;
  await new Promise<void>((resolve) => made.listen(0, '127.0.0.1', resolve));
  const origin = `http://127.0.0.1:${(made.address() as AddressInfo).port}`;
  const text = async (address: string, init?: RequestInit) => (await fetch(`${origin}${address}`, init)).text();
  return {
    slack,
    app,
    origin,
    get: (path) => text(path),
    post: (who, what, fields) =>
      text(`/sandbox/${who}/do/${what}`, { method: 'POST', body: new URLSearchParams(fields) }),
  };
}

const formWith = (block: Record<string, unknown>) => ({
  type: 'modal' as const,
  callback_id: 'form',
  title: { type: 'plain_text' as const, text: 'A form' },
  submit: { type: 'plain_text' as const, text: 'Go' },
  blocks: [block as never],
});
const titleField = {
  type: 'input',
  block_id: 'title',
  label: { type: 'plain_text', text: 'Title' },
  element: { type: 'plain_text_input', action_id: 'title' },
};

test('who comes first sees #incidents as oncall, with three lines that say what to do', async () => {
  const { get } = await browse();
  const page = await get('/');
  expect(page).toContain('>incidents</h1>');
  expect(page).toContain('Olivia Oncall');
  expect(page).toContain('/incident declare sev1 checkout is down');
  expect(page).toMatch(/href="\/sandbox\/commander\/C0INCIDENT"/);
  expect(page).toContain('/incident severity');
});

test('paths that are not the page’s are left to others', async () => {
  const { get } = await browse();
  expect(await get('/healthz')).toBe('not a page');
  expect(await get('/sandboxes')).toBe('not a page');
});

test('a card is drawn with its fields, times, mentions and buttons, and what is foreign in it does nothing', async () => {
  const { slack, get, origin } = await browse();
  slack.person('oncall').invites('sitrep', 'general');
  await client(slack).chat.postMessage({
    channel: slack.channel('general').id,
    text: 'card',
    blocks: [
      { type: 'header', text: { type: 'plain_text', text: '<script>alert(1)</script>' } },
      {
        type: 'section',
        fields: [
          { type: 'mrkdwn', text: '*Severity*\n_SEV1_ `code` <https://example.com/?a=1&amp;b=2|graph>' },
          { type: 'mrkdwn', text: `<@${slack.person('exec').id}> <!date^1790000000^{date_short_pretty} {time}|then>` },
          { type: 'mrkdwn', text: '&lt;img src=x onerror=alert(1)&gt; <javascript:alert(1)|click>' },
        ],
      },
      {
        type: 'actions',
        elements: [{ type: 'button', action_id: 'ic', text: { type: 'plain_text', text: "I'm IC" } }],
      },
    ],
  });
  const page = await get('/sandbox/oncall/general');
  expect(page).toContain('&lt;script&gt;alert(1)&lt;/script&gt;');
  expect(page).toContain('<strong>Severity</strong><br><em>SEV1</em> <code>code</code>');
  expect(page).toContain(
    '<a href="https://example.com/?a=1&amp;b=2" target="_blank" rel="noopener noreferrer">graph</a>',
  );
  expect(page).toContain('@Erin Exec');
  expect(page).toMatch(/<time datetime="2026-09-21T[^"]+" data-format="\{date_short_pretty\} \{time\}">then<\/time>/);
  expect(page).toContain('&lt;img src=x onerror=alert(1)&gt; click');
  expect(page).toContain('I&#39;m IC</button>');
  expect(page).not.toMatch(/<script>|<img|javascript:/);
  const { headers } = await fetch(`${origin}/sandbox/oncall/general`);
  expect(headers.get('content-security-policy')).toContain("default-src 'none'; script-src 'self'");
});

test('a click reaches the app with its block, value and person; one with a confirm dialog asks first', async () => {
  const heard: unknown[] = [];
  const { slack, post } = await browse((app) => {
    app.action('go', async ({ ack, body, action }) => {
      await ack();
      heard.push([body.user.id, 'block_id' in action && action.block_id, 'value' in action && action.value]);
    });
  });
  slack.person('oncall').invites('sitrep', 'general');
  const text = { type: 'plain_text' as const, text: 'Go' };
  const confirm = { title: text, text: { type: 'plain_text' as const, text: 'Really?' }, confirm: text, deny: text };
  const { id } = slack.channel('general');
  const plain = { type: 'button' as const, action_id: 'go', text, value: '7' };
  const posted = await client(slack).chat.postMessage({
    channel: id,
    text: 'x',
    blocks: [
      { type: 'actions', block_id: 'plain', elements: [plain] },
      { type: 'actions', block_id: 'asks', elements: [{ ...plain, confirm }] },
    ],
  });
  const at = { in: id, ts: posted.ts ?? '' };
  await post('exec', 'press', { ...at, press: 'plain|go' });
  expect(heard).toEqual([[slack.person('exec').id, 'plain', '7']]);
  const asked = await post('exec', 'press', { ...at, press: 'asks|go' });
  expect(asked).toContain('Really?');
  expect(heard).toHaveLength(1);
  await post('exec', 'press', { ...at, press: 'asks|go', confirmed: '1' });
  expect(heard).toHaveLength(2);
  expect(await post('exec', 'press', { ...at, press: 'gone|go' })).toContain('That button is gone');
});

test('a form opens from a command, shows errors beside its fields and keeps what was typed', async () => {
  const { slack, post, get } = await browse((app) => {
    app.command('/incident', async ({ ack, client: web, body }) => {
      await ack();
      await web.views.open({ trigger_id: body.trigger_id, view: formWith(titleField) });
    });
    app.view('form', ({ ack, view }) => {
      const typed = view.state.values.title?.title?.value;
      return typed === 'fine' ? ack() : ack({ response_action: 'errors', errors: { title: `not "${typed}"` } });
    });
  });
  await post('oncall', 'send', { in: slack.channel('general').id, text: '/incident declare' });
  const { view } = await slack.person('oncall').seesModal('A form');
  expect(await get('/sandbox/oncall/general')).toContain('role="dialog"');
  expect(await get('/sandbox/exec/general')).not.toContain('role="dialog"');

  const empty = await post('oncall', 'submit', { view: view.id, 'title|title': '' });
  expect(empty).toMatch(/Title<\/label>[\s\S]*<p class="error"[^>]*>Please complete this required field\./);
  const refused = await post('oncall', 'submit', { view: view.id, 'title|title': '<b>x</b>' });
  expect(refused).toContain('not &quot;&lt;b&gt;x&lt;/b&gt;&quot;');
  expect(refused).toContain('value="&lt;b&gt;x&lt;/b&gt;"');
  expect(await post('oncall', 'submit', { view: view.id, 'title|title': 'fine' })).not.toContain('role="dialog"');
  expect(await post('oncall', 'submit', { view: view.id, 'title|title': 'fine' })).toContain('That form was closed.');
});

test('selects, ticks, people and moments in a form become the state Slack sends', async () => {
  const states: unknown[] = [];
  const option = (value: string) => ({ text: { type: 'plain_text', text: value.toUpperCase(), emoji: true }, value });
  const inputs = [
    { type: 'static_select', action_id: 'one', options: [option('a'), option('b')] },
    { type: 'multi_static_select', action_id: 'many', options: [option('a'), option('b'), option('c')] },
    { type: 'checkboxes', action_id: 'ticks', options: [option('on')] },
    { type: 'users_select', action_id: 'who' },
    { type: 'datetimepicker', action_id: 'when' },
    { type: 'plain_text_input', action_id: 'text', multiline: true },
  ].map((element) => ({ ...titleField, block_id: element.action_id, element, optional: true }));
  const { slack, app, post, get } = await browse((bolt) => {
    bolt.shortcut('declare_incident', async ({ ack, client: web, body }) => {
      await ack();
      await web.views.open({ trigger_id: body.trigger_id, view: { ...formWith({}), blocks: inputs as never } });
    });
    bolt.view('form', async ({ ack, view }) => {
      await ack();
      states.push(view.state.values);
    });
  });
  expect(app).toBeDefined();
  await post('comms', 'shortcut', { shortcut: 'declare_incident' });
  const { view } = await slack.person('comms').seesModal();
  expect(await get('/sandbox/comms/dm')).toContain('type="datetime-local"');
  const body = new URLSearchParams({
    view: view.id,
    'one|one': 'b',
    'ticks|ticks': 'on',
    'who|who': slack.person('exec').id,
    'when|when': '1790000000',
    'text|text': 'two\r\nlines',
  });
  body.append('many|many', 'a');
  body.append('many|many', 'c');
  await post('comms', 'submit', body as never);
  expect(states).toEqual([
    {
      one: { one: { type: 'static_select', selected_option: option('b') } },
      many: { many: { type: 'multi_static_select', selected_options: [option('a'), option('c')] } },
      ticks: { ticks: { type: 'checkboxes', selected_options: [option('on')] } },
      who: { who: { type: 'users_select', selected_user: slack.person('exec').id } },
      when: { when: { type: 'datetimepicker', selected_date_time: 1_790_000_000 } },
      text: { text: { type: 'plain_text_input', value: 'two\nlines' } },
    },
  ]);
});

test('the answer to a command stands where it was typed, for its person only, until dismissed', async () => {
  const { slack, post, get } = await browse((app) => app.command('/incident', ({ ack }) => ack('nothing is open')));
  const { id } = slack.channel('general');
  expect(await post('oncall', 'send', { in: id, text: '/incident list', back: `/sandbox/oncall/${id}` })).toMatch(
    /Only visible to you[\s\S]*nothing is open/,
  );
  expect(await get('/sandbox/exec/general')).not.toContain('nothing is open');
  expect(await get('/sandbox/oncall/incidents')).not.toContain('nothing is open');
  await post('oncall', 'dismiss', { ts: slack.person('oncall').ephemerals[0]?.ts ?? '' });
  expect(await get('/sandbox/oncall/general')).not.toContain('nothing is open');
});

test('Slack’s own words come for a silent app, an unknown command and a command in a thread', async () => {
  const { slack, post } = await browse((app) => app.command('/incident', async () => undefined), {
    delivery: { ackMs: 50 },
  });
  const { id } = slack.channel('general');
  const back = `/sandbox/oncall/${id}`;
  expect(await post('oncall', 'send', { in: id, back, text: '/incident list' })).toContain(
    '/incident failed because the app did not respond',
  );
  expect(await post('oncall', 'send', { in: id, back, text: '/foo' })).toContain('/foo is not a valid command');
  const said = slack.person('oncall').says('parent', { in: 'general' });
  const thread = `${back}?thread=${said.ts}`;
  expect(await post('oncall', 'send', { in: id, back: thread, thread: said.ts, text: '/incident list' })).toContain(
    '/incident is not supported in threads. Sorry!',
  );
});

test('messages are sent, answered in threads, edited, reacted to, pinned and, after a question, deleted', async () => {
  const { slack, post, get } = await browse();
  const channel = slack.channel('general');
  const back = `/sandbox/exec/${channel.id}`;
  await post('exec', 'send', { in: channel.id, text: 'one\r\n<b>two</b>', back });
  const said = () => channel.posts[0];
  const ts = said()?.ts ?? '';
  expect(await get(back)).toContain('one<br>&lt;b&gt;two&lt;/b&gt;');
  await post('commander', 'send', { in: channel.id, thread: ts, text: 'a reply' });
  expect(await get(back)).toContain('1 reply');
  expect(await get(`${back}?thread=${ts}`)).toContain('a reply');
  expect(await post('exec', 'message', { in: channel.id, ts, do: 'edit', back })).toContain(
    'aria-label="Edit message"',
  );
  await post('exec', 'edit', { in: channel.id, ts, text: 'three', back });
  await post('comms', 'react', { in: channel.id, ts, name: 'pushpin' });
  await post('comms', 'message', { in: channel.id, ts, do: 'pin' });
  expect(said()).toMatchObject({ text: 'three', edited: true, reactions: [{ name: 'pushpin' }] });
  expect(channel.pins).toHaveLength(1);
  await post('comms', 'react', { in: channel.id, ts, name: 'pushpin' });
  expect(said()?.reactions).toEqual([]);
  expect(await post('exec', 'message', { in: channel.id, ts, do: 'delete', back })).toContain('Are you sure');
  expect(said()?.text).toBe('three');
  await post('exec', 'delete', { in: channel.id, ts, back });
  expect(said()?.text).toBe('This message was deleted.');
});

test('nobody changes the words of somebody else', async () => {
  const { slack, post } = await browse();
  const said = slack.person('oncall').says('mine', { in: 'general' });
  const { id } = slack.channel('general');
  expect(await post('exec', 'edit', { in: id, ts: said.ts, text: 'yours' })).toContain('not your message');
  expect(await post('exec', 'delete', { in: id, ts: said.ts })).toContain('not your message');
  expect(slack.channel('general').posts[0]?.text).toBe('mine');
  slack.addChannel('inc-1', { members: ['oncall'] });
  const apart = slack.person('oncall').says('apart', { in: 'inc-1' });
  const at = { in: slack.channel('inc-1').id, ts: apart.ts };
  expect(await post('exec', 'message', { ...at, do: 'pin' })).toContain('You are not in that channel.');
});

test('a private channel and its files exist for its members only; a public one is joined with one click', async () => {
  const { slack, get, post } = await browse();
  slack.addChannel('board', { private: true, members: ['exec'] });
  slack.addChannel('inc-1', { members: ['oncall'] });
  const said = slack.person('exec').says('', { in: 'board', files: [{ name: 'plan.md', content: '# Plan **b**' }] });
  const file = said.files[0]?.id;
  expect(await get('/sandbox/exec/board')).toContain('<h3>Plan <strong>b</strong></h3>');
  expect(await get(`/sandbox/exec/files/${file}`)).toBe('# Plan **b**');
  expect(await get('/sandbox/oncall/board')).toContain('There is nothing here');
  expect(await get(`/sandbox/oncall/files/${file}`)).toContain('There is nothing here');
  expect(await get('/sandbox/oncall/general')).not.toContain('board');
  expect(await post('oncall', 'send', { in: slack.channel('board').id, text: 'let me in' })).toContain('not in #board');

  expect(await get('/sandbox/exec/inc-1')).toContain('Join channel');
  await post('exec', 'join', { in: slack.channel('inc-1').id });
  expect(slack.channel('inc-1').members).toContain('exec');
});

test('what is new is marked until it was looked at, mentions with their number', async () => {
  const { slack, get } = await browse();
  const item = async () =>
    /<a href="\/sandbox\/exec\/C0INCIDENT"[^>]*>[\s\S]*?<\/a><\/li>/.exec(await get('/sandbox/exec/general'))?.[0];
  await get('/sandbox/exec/incidents');
  expect(await item()).not.toContain('unread');
  slack.person('oncall').says('something', { in: 'incidents' });
  expect(await item()).toContain('class="unread"');
  slack.person('oncall').says('@exec look', { in: 'incidents' });
  expect(await item()).toContain('aria-label="1 mention"');
  await get('/sandbox/exec/incidents');
  expect(await item()).not.toContain('unread');
});

test('permalinks lead to the message on the page', async () => {
  const { slack, origin } = await browse();
  const said = slack.person('oncall').says('here', { in: 'general' });
  const reply = slack.person('exec').says('there', { in: 'general', thread: said.ts });
  const id = slack.channel('general').id;
  const landed = async (path: string) =>
    (await fetch(`${origin}/sandbox/exec${path}`, { redirect: 'manual' })).headers.get('location');
  expect(await landed(`/archives/${id}/p${said.ts.replace('.', '')}`)).toBe(
    `/sandbox/exec/${id}?from=${said.ts}#m-${said.ts}`,
  );
  expect(await landed(`/archives/${id}/p${reply.ts.replace('.', '')}?thread_ts=${said.ts}&cid=${id}`)).toContain(
    `thread=${said.ts}#t-${reply.ts}`,
  );
  slack.person('oncall').says(`see ${slack.url}/archives/${id}/p${said.ts.replace('.', '')}`, { in: 'general' });
  expect(await (await fetch(`${origin}/sandbox/exec/${id}`)).text()).toContain(
    `href="/sandbox/exec/${id}?from=${said.ts}#m-${said.ts}"`,
  );
  const outside = await fetch(`${slack.url}/archives/${id}/p${said.ts.replace('.', '')}`);
  expect(await outside.text()).toContain('here');
});

test('an open page is told of every change', async () => {
  const { slack, origin } = await browse();
  const stop = new AbortController();
  const live = await fetch(`${origin}/sandbox/live`, { signal: stop.signal });
  expect(live.headers.get('content-type')).toBe('text/event-stream');
  const reader = live.body?.pipeThrough(new TextDecoderStream()).getReader();
  await reader?.read();
  slack.person('exec').says('news', { in: 'general' });
  expect((await reader?.read())?.value).toContain('data: changed');
  stop.abort();
});

test('forms of other sites, other names of this machine and strangers’ return addresses are refused', async () => {
  const { slack, origin } = await browse();
  const body = () => new URLSearchParams({ in: slack.channel('general').id, text: 'x', back: 'https://evil.example/' });
  const send = (headers: Record<string, string>) =>
    fetch(`${origin}/sandbox/oncall/do/send`, { method: 'POST', body: body(), headers, redirect: 'manual' });
  expect((await send({ origin: 'https://evil.example' })).status).toBe(403);
  expect((await send({ 'sec-fetch-site': 'cross-site' })).status).toBe(403);
  const rebound = await new Promise<number | undefined>((resolve) => {
    const asked = { port: new URL(origin).port, path: '/sandbox', headers: { host: 'evil.example' } };
    httpGet(asked, (response) => resolve(response.resume().statusCode));
  });
  expect(rebound).toBe(403);
  expect((await send({})).headers.get('location')).toMatch(/^\/sandbox\/oncall\//);
});

test('a long channel shows its end, and the way to what came before', async () => {
  const { slack, get } = await browse();
  for (let n = 0; n < 400; n += 1) slack.person('oncall').says(`line ${n}.`, { in: 'general' });
  const page = await get('/sandbox/oncall/general');
  expect(page).toContain('line 399.');
  expect(page).not.toContain('line 249.');
  const older = /<li class="older" id="older"><a href="([^"]+)"/.exec(page)?.[1] ?? '';
  expect(await get(older.replaceAll('&amp;', '&'))).toContain('line 200.');
});

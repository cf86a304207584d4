import { afterEach, expect, test } from '@jest/globals';
import type { AppOptions } from '../../src/slack/app.ts';
import { createApp } from '../../src/slack/app.ts';
import type { Call, Click, Heard, Listeners, Shortcut, Submission } from '../../src/slack/listeners.ts';
import { createHttpReceiver } from '../../src/slack/receiver.ts';
import { appOptions, click, command, event, form, type Hearing, hearOverHttp } from './hearing.ts';
import { silent } from './silent.ts';

let open: Hearing | null = null;
afterEach(async () => {
  await open?.drain(1_000);
  await open?.web.close(100);
  open = null;
});
async function hear(listeners: Listeners, over: Partial<AppOptions> = {}): Promise<Hearing> {
  open = await hearOverHttp(listeners, over);
  return open;
}
const ok = { say: { text: 'done' } };
const unsaid = { silent: true } as const;
class OutcomeUnknown extends Error {
  override name = 'OutcomeUnknown';
}
/** A listener that keeps what it hears. */
const noting =
  <T, A>(kept: T[], answer: A) =>
  async (one: T): Promise<A> => {
    kept.push(one);
    return answer;
  };
/** A promise and the hand that settles it: work that lasts as long as the test wants. */
function held<T>() {
  let release: (value: T) => void = () => undefined;
  const work = new Promise<T>((resolve) => {
    release = resolve;
  });
  return { work, release };
}

test('a command reaches its verb with everything after it, and is answered in the acknowledgement', async () => {
  const calls: Call[] = [];
  const { send } = await hear({ verbs: { update: noting(calls, ok) } });
  const answer = await send(command('update still  <@U2|eve> &amp; I'), 'command');
  expect(answer).toEqual({ status: 200, body: { response_type: 'ephemeral', text: 'done' } });
  expect(calls).toEqual([
    {
      user: 'U1',
      team: 'T1',
      intent: '1.2.abc',
      triggerId: '1.2.abc',
      responseUrl: 'https://hooks.slack.test/commands/1',
      rest: 'still  <@U2|eve> &amp; I',
      words: 'update still  <@U2|eve> &amp; I',
      channel: 'C1',
    },
  ]);
});

test('a bare command and a word that is no verb have listeners of their own', async () => {
  const words: unknown[] = [];
  const { send } = await hear({
    bare: noting(words, ok),
    unknown: async (_, word, nearest) => noting(words, ok)([word, nearest]),
  });
  await send(command(''), 'command');
  await send(command('updaet now'), 'command');
  expect(words).toEqual([expect.objectContaining({ words: '' }), ['updaet', 'update']]);
});

test('a command of another name is told which one it is', async () => {
  const { send } = await hear({});
  const answer = await send(command('x', { command: '/other' }), 'command');
  expect(answer.body).toMatchObject({ text: expect.stringContaining('/incident help') });
});

test('the work is done before the acknowledgement leaves', async () => {
  const { work, release } = held<typeof ok>();
  const order: string[] = [];
  const { send } = await hear({ verbs: { ic: () => work.then((answer) => noting(order, answer)('committed')) } });
  const answered = send(command('ic'), 'command').then(() => order.push('acknowledged'));
  release(ok);
  await answered;
  expect(order).toEqual(['committed', 'acknowledged']);
});

test('who may not is refused privately, and the listener never hears of it', async () => {
  const heard: Call[] = [];
  const asked: unknown[] = [];
  const { send, seen } = await hear(
    { verbs: { ic: noting(heard, ok), list: noting(heard, ok) } },
    { gate: async (asker) => noting(asked, asker.reading ? null : { text: 'Guests only read.' })(asker) },
  );
  expect((await send(command('ic'), 'command')).body).toEqual({
    response_type: 'ephemeral',
    text: 'Guests only read.',
  });
  await send(command('list'), 'command');
  expect(heard).toHaveLength(1);
  expect(asked).toMatchObject([
    { user: 'U1', team: 'T1', reading: false, what: 'ic' },
    { user: 'U1', team: 'T1', reading: true, what: 'list' },
  ]);
  expect(seen.map((one) => [one.what, one.outcome])).toEqual([
    ['ic', 'refused'],
    ['list', 'done'],
  ]);
});

test('a command that faults is answered that nothing was recorded', async () => {
  const lost = Object.assign(new Error('connect ECONNREFUSED'), { code: 'ECONNREFUSED' });
  const { send } = await hear({ verbs: { ic: () => Promise.reject(lost) } });
  expect((await send(command('ic'), 'command')).body).toEqual({
    response_type: 'ephemeral',
    text: 'Nothing was recorded: the database did not answer. Try again.',
  });
});

test('an unknown outcome of the commit is not called a failure', async () => {
  const { send } = await hear({ verbs: { ic: () => Promise.reject(new OutcomeUnknown('commit')) } });
  const { body } = await send(command('ic'), 'command');
  expect(body).toMatchObject({ text: 'It may have been recorded: check with `/incident list`.' });
});

test('a command still at work at the deadline is answered as perhaps recorded, and its end is told later with what was typed', async () => {
  const { work, release } = held<typeof ok>();
  const hearing = await hear({ verbs: { ic: () => work } }, { answerWithinMs: 20 });
  const { body } = await hearing.send(command('ic'), 'command');
  expect(body).toMatchObject({ text: 'It may have been recorded: check with `/incident list`.' });
  expect(hearing.late).toEqual([]);
  release(ok);
  expect(await hearing.drain(1_000)).toBe(true);
  expect(hearing.late).toEqual([{ user: 'U1', intent: '1.2.abc', text: '`/incident ic`: done' }]);
});

test('what a late form found wrong is told as text, whatever stands in it', async () => {
  const { work, release } = held<{ errors: Record<string, string> }>();
  const hearing = await hear({ forms: { declare: () => work } }, { answerWithinMs: 20 });
  await hearing.send(form('declare'), 'interactive');
  release({ errors: { title: 'Not <!channel>.' } });
  await hearing.drain(1_000);
  expect(hearing.late.map((late) => late.text)).toEqual(['Nothing was recorded: Not &lt;!channel&gt;.']);
});

test('a command still at the gate at the deadline is not begun any more', async () => {
  const { work, release } = held<null>();
  const heard: Call[] = [];
  const hearing = await hear({ verbs: { ic: noting(heard, ok) } }, { answerWithinMs: 20, gate: () => work });
  const { body } = await hearing.send(command('ic'), 'command');
  expect(body).toMatchObject({ text: expect.stringMatching(/^Nothing was recorded: /) });
  release(null);
  await hearing.drain(1_000);
  expect([heard, hearing.late]).toEqual([[], []]);
});

test('a click is acknowledged with nothing and answered by response_url, without replacing the message', async () => {
  const clicks: Click[] = [];
  const hearing = await hear({ clicks: { take_ic: noting(clicks, ok) } });
  expect(await hearing.send(click({ action_id: 'take_ic', value: '42' }), 'interactive')).toEqual({
    status: 200,
    body: '',
  });
  await hearing.drain(1_000);
  expect(hearing.responses).toEqual([{ url: 'https://hooks.slack.test/actions/1', message: { text: 'done' } }]);
  expect(clicks[0]).toMatchObject({ user: 'U1', team: 'T2', intent: '3.4.def', action: 'take_ic', value: '42' });
  expect(clicks[0]).toMatchObject({ channel: 'C1', message: '1.000001', view: null });
});

test('a click that faults is acknowledged and answered that nothing was recorded', async () => {
  const hearing = await hear({ clicks: { take_ic: () => Promise.reject(new Error('boom')) } });
  expect((await hearing.send(click({ action_id: 'take_ic' }), 'interactive')).status).toBe(200);
  await hearing.drain(1_000);
  expect(hearing.responses[0]?.message.text).toMatch(/^Nothing was recorded: .* Try again\.$/);
});

test('a selection is read by what was chosen, an empty one as empty', async () => {
  const values: string[] = [];
  const { send } = await hear({ clicks: { pick: async ({ value }) => noting(values, unsaid)(value) } });
  await send(click({ action_id: 'pick', type: 'static_select', selected_option: { value: 'SEV1' } }), 'interactive');
  await send(click({ action_id: 'pick', type: 'users_select', selected_user: 'U9' }), 'interactive');
  await send(click({ action_id: 'pick', type: 'static_select', selected_option: null }), 'interactive');
  expect(values).toEqual(['SEV1', 'U9', '']);
});

test('a click on a link is acknowledged silently, one on a button of old is answered', async () => {
  const hearing = await hear({});
  const blocks = [{ type: 'actions', elements: [{ type: 'button', action_id: 'go', url: 'https://x.example' }] }];
  await hearing.send(click({ action_id: 'go' }, { message: { ts: '1.000001', blocks } }), 'interactive');
  await hearing.drain(1_000);
  expect(hearing.responses).toEqual([]);
  await hearing.send(click({ action_id: '__proto__' }), 'interactive');
  await hearing.drain(1_000);
  expect(hearing.responses[0]?.message.text).toContain('no longer does anything');
});

test('a click on the Home tab, which has no response_url, is answered by a direct message', async () => {
  const hearing = await hear({ clicks: { open: async () => ok } });
  const home = { response_url: undefined, channel: undefined, message: undefined, container: { type: 'view' } };
  await hearing.send(
    click({ action_id: 'open' }, { ...home, view: { id: 'V9', private_metadata: 'p' } }),
    'interactive',
  );
  await hearing.drain(1_000);
  expect(hearing.dms).toEqual([{ user: 'U1', message: { text: 'done' } }]);
});

test('a form is identified by view and hash, and closes on an empty answer', async () => {
  const forms: Submission[] = [];
  const { send } = await hear({ forms: { declare: noting(forms, { close: true } as const) } });
  const answer = await send(form('declare', { title: { title: { value: 'x' } } }), 'interactive');
  expect(answer).toEqual({ status: 200, body: '' });
  expect(forms[0]).toMatchObject({ intent: 'V1:h1', viewId: 'V1', privateMetadata: 'meta', responseUrl: null });
  expect(forms[0]?.values).toEqual({ title: { title: { value: 'x' } } });
});

test('a form is answered beside its fields, or by another view', async () => {
  const view = { type: 'modal', callback_id: 'b', title: { type: 'plain_text', text: 'B' }, blocks: [] } as const;
  const { send } = await hear({
    forms: { a: async () => ({ errors: { impact: 'too long' } }), b: async () => ({ update: view }) },
  });
  const errors = await send(form('a'), 'interactive');
  expect(errors.body).toEqual({ response_action: 'errors', errors: { impact: 'too long' } });
  expect((await send(form('b'), 'interactive')).body).toEqual({ response_action: 'update', view });
});

test('a form whose work faults keeps what was typed, with the fault beside its first input', async () => {
  const { send } = await hear({ forms: { declare: () => Promise.reject(new Error('timeout exceeded')) } });
  expect((await send(form('declare'), 'interactive')).body).toEqual({
    response_action: 'errors',
    errors: { title: 'Nothing was recorded: the database did not answer. Try again.' },
  });
});

test('a shortcut on a message carries the message, a global one does not', async () => {
  const got: Shortcut['on'][] = [];
  const { send } = await hear({ shortcuts: { mark: async ({ on }) => noting(got, unsaid)(on) } });
  const asked = { user: { id: 'U1' }, callback_id: 'mark', trigger_id: '7.8.x' };
  const message = { ts: '1.000001', text: 'p99 is at 4s', user: 'U2' };
  await send({ ...asked, type: 'message_action', channel: { id: 'C1' }, message }, 'interactive');
  await send({ ...asked, type: 'shortcut' }, 'interactive');
  expect(got).toEqual([{ channel: 'C1', message }, null]);
});

test('an event reaches every listener of its type before it is acknowledged, as Slack sent it', async () => {
  const heard: Heard[] = [];
  const listener = async (one: Heard) => void heard.push(one);
  const hearing = await hear(
    { events: { message: listener } },
    { listeners: [{ events: { message: listener } }, { events: { message: listener } }] },
  );
  const inner = {
    type: 'message',
    subtype: 'message_changed',
    channel: 'C1',
    ts: '1772359199.5',
    message: { text: 'x' },
  };
  expect(await hearing.send(event(inner))).toEqual({ status: 200, body: '' });
  expect(heard).toEqual([
    { eventId: 'Ev1', type: 'message', event: inner },
    { eventId: 'Ev1', type: 'message', event: inner },
  ]);
  expect(hearing.seen[0]).toMatchObject({ kind: 'event', what: 'message', outcome: 'done', lagMs: 500 });
});

test('an event whose commit failed is not acknowledged and comes again', async () => {
  let tries = 0;
  const { send } = await hear({
    events: {
      message: async () => {
        tries += 1;
        if (tries === 1) throw new Error('commit failed');
      },
    },
  });
  const message = event({ type: 'message', channel: 'C1', ts: '1.000001' });
  expect((await send(message)).status).toBe(500);
  expect((await send(message)).status).toBe(200);
  expect(tries).toBe(2);
});

test('our own posts are heard too', async () => {
  const heard: Heard[] = [];
  const { send } = await hear({ events: { message: async (one) => void heard.push(one) } });
  await send({
    ...event({ type: 'message', channel: 'C1', user: 'UBOT', bot_id: 'BBOT', ts: '1.000001' }),
    authorizations: [{ user_id: 'UBOT', team_id: 'T1', is_bot: true }],
  });
  expect(heard).toHaveLength(1);
});

test('an event nobody listens to is acknowledged', async () => {
  const { send, seen } = await hear({});
  expect((await send(event({ type: 'team_rename', name: 'x' }))).status).toBe(200);
  expect(seen[0]?.outcome).toBe('ignored');
});

test('a closed form is acknowledged, and a select asks for what fits what is typed, at most a hundred', async () => {
  const all = Array.from({ length: 120 }, (_, n) => ({ text: `Service ${n}`, value: `s${n}` }));
  const { send } = await hear({ options: { a: (typed) => all.filter((one) => one.text.includes(typed)) } });
  const closed = { type: 'view_closed', user: { id: 'U1' }, view: { id: 'V1', callback_id: 'x' } };
  expect(await send(closed, 'interactive')).toEqual({ status: 200, body: '' });
  const question = { type: 'block_suggestion', user: { id: 'U1' }, action_id: 'a', block_id: 'b', value: 'x' };
  expect((await send(question, 'interactive')).body).toEqual({ options: [] });
  const offered = async (value: string, action_id = 'a') => {
    const { body } = await send({ ...question, action_id, value }, 'interactive');
    return (body as { options: unknown[] }).options.length;
  };
  expect([await offered('vice 11'), await offered(''), await offered('', 'drawn by nobody')]).toEqual([11, 100, 0]);
});

test('two slices that listen to the same thing are a mistake said at start', () => {
  const { receiver } = createHttpReceiver({ signingSecret: 's', log: silent });
  const { options } = appOptions({ clicks: { take_ic: async () => ok } });
  const twice = [...options.listeners, { clicks: { take_ic: async () => ok } }];
  expect(() => createApp({ ...options, receiver, listeners: twice })).toThrow('two slices listen to "take_ic"');
});

test('neither what was said nor a response_url reaches the log', async () => {
  const lines: unknown[] = [];
  const line = (...words: unknown[]) => void lines.push(words);
  const log = { debug: line, info: line, warn: line, error: line };
  const detail = Object.assign(new Error('constraint'), { detail: 'Failing row contains (secret title)' });
  const hearing = await hear(
    { verbs: { declare: () => Promise.reject(detail) }, events: { message: async () => undefined } },
    { log },
  );
  await hearing.send(command('declare secret title'), 'command');
  await hearing.send(event({ type: 'message', channel: 'C1', text: 'secret words', ts: '1.000001' }));
  expect(lines.length).toBeGreaterThan(1);
  expect(JSON.stringify(lines)).not.toMatch(/secret|hooks\.slack/);
});

import { afterEach, describe, expect, test } from '@jest/globals';
import type { App, types } from '@slack/bolt';
import { type Started, startHttpApp, startSocketApp } from './apps.ts';

let started: Started | null = null;
afterEach(async () => {
  await started?.stop();
  started = null;
});

const form: types.ModalView = {
  type: 'modal',
  callback_id: 'declare',
  title: { type: 'plain_text', text: 'Declare incident' },
  submit: { type: 'plain_text', text: 'Declare' },
  notify_on_close: true,
  blocks: [
    {
      type: 'input',
      block_id: 'title',
      label: { type: 'plain_text', text: 'Title' },
      element: { type: 'plain_text_input', action_id: 'title' },
    },
    {
      type: 'input',
      block_id: 'severity',
      label: { type: 'plain_text', text: 'Severity' },
      element: {
        type: 'static_select',
        action_id: 'severity',
        options: ['SEV1', 'SEV2'].map((text) => ({ text: { type: 'plain_text', text }, value: text.toLowerCase() })),
      },
    },
  ],
};

describe.each([
  ['Socket Mode', startSocketApp],
  ['HTTP', startHttpApp],
])('over %s, Bolt', (_, start) => {
  test('answers a slash command, and the person alone sees the answer', async () => {
    started = await start((app: App) => {
      app.command('/incident', async ({ ack, command }) => ack(`heard ${command.text} in ${command.channel_name}`));
    });
    const { slack } = started;
    const reply = await slack
      .person('oncall')
      .slash('/incident declare a < b for @exec in #incidents', { in: 'general' });
    const said = 'heard declare a &lt; b for <@U0EXEC0001|exec> in <#';
    expect(reply).toMatchObject({ outcome: 'acked', text: expect.stringContaining(said) });
    expect((await slack.person('oncall').sees('heard declare')).kind).toBe('ephemeral');
    expect(slack.person('exec').ephemerals).toEqual([]);
  });

  test('opens a form, gets it back filled by label, and refuses a field', async () => {
    const submitted: unknown[] = [];
    started = await start((app: App) => {
      app.command('/incident', async ({ ack, client, command }) => {
        await ack();
        await client.views.open({ trigger_id: command.trigger_id, view: form });
      });
      app.view('declare', async ({ ack, view }) => {
        submitted.push(view.state.values);
        const title = view.state.values.title?.title?.value;
        if (title === 'taken') return ack({ response_action: 'errors', errors: { title: 'Already declared' } });
        return ack();
      });
    });
    const oncall = started.slack.person('oncall');
    await oncall.slash('/incident declare', { in: 'general' });
    const modal = await oncall.seesModal('Declare incident');
    expect((await modal.submit()).outcome).toBe('incomplete');
    await modal.fill({ Title: 'taken', Severity: 'SEV2' });
    expect(await modal.submit()).toMatchObject({ action: 'errors', errors: { Title: 'Already declared' } });
    await modal.fill({ Title: 'checkout is down' });
    expect(await modal.submit()).toMatchObject({ outcome: 'acked', action: 'close' });
    expect(oncall.modals).toEqual([]);
    expect(submitted.at(-1)).toMatchObject({
      title: { title: { type: 'plain_text_input', value: 'checkout is down' } },
      severity: { severity: { selected_option: { value: 'sev2' } } },
    });
    expect(started.slack.journal.violations()).toEqual([]);
  });

  test('hears messages of its channels alone, its own posts among them', async () => {
    const heard: string[] = [];
    started = await start((app: App) => {
      app.event('message', async ({ event }) => {
        heard.push(`${event.subtype ?? 'plain'}: ${'text' in event ? event.text : ''}`);
      });
    });
    const { slack, app } = started;
    const oncall = slack.person('oncall');
    oncall.says('nobody hears this', { in: 'general' });
    await app.client.conversations.join({ channel: slack.channel('general').id });
    const first = oncall.says('5 > 4', { in: 'general' });
    oncall.says('a reply', { in: 'general', thread: first.ts });
    oncall.edits(first, '5 < 6');
    oncall.deletes(first);
    await app.client.chat.postMessage({ channel: slack.channel('general').id, text: 'from the bot' });
    await slack.until(() => heard.length >= 6);
    await slack.settled();
    expect(heard.sort()).toEqual([
      'channel_join: <@U0SITREP01> has joined the channel',
      'message_changed: ',
      'message_changed: ',
      'plain: 5 &gt; 4',
      'plain: a reply',
      'plain: from the bot',
    ]);
  });

  test('gets a click with the message it belongs to, and answers through response_url', async () => {
    started = await start((app: App) => {
      app.action('ic', async ({ ack, respond }) => {
        await ack();
        await respond({ text: 'you are IC', replace_original: false });
      });
    });
    const { slack, app } = started;
    await app.client.chat.postMessage({
      channel: slack.channel('general').id,
      text: 'card',
      blocks: [
        {
          type: 'actions',
          elements: [{ type: 'button', action_id: 'ic', text: { type: 'plain_text', text: "I'm IC" }, value: '1' }],
        },
      ],
    });
    const oncall = slack.person('oncall');
    expect((await oncall.clicks("I'm IC", { in: 'general' })).outcome).toBe('acked');
    expect((await oncall.sees('you are IC')).kind).toBe('ephemeral');
    const [delivery] = slack.journal.deliveries('block_actions');
    expect(delivery?.payload).toMatchObject({
      message: { text: 'card' },
      actions: [{ action_id: 'ic', value: '1' }],
    });
  });

  test('is asked again with the same event_id when it fails to ack an event', async () => {
    const ids: string[] = [];
    started = await start(
      (app: App) => {
        app.event('app_home_opened', async ({ body }) => {
          ids.push(body.event_id);
        });
      },
      { delivery: { retryDelaysMs: [5, 5, 5] } },
    );
    const { slack } = started;
    slack.faults.events.loseAcks(2);
    slack.person('oncall').opensHome();
    await slack.settled();
    expect(ids).toHaveLength(3);
    expect(new Set(ids).size).toBe(1);
    expect(slack.journal.deliveries('app_home_opened').map((d) => d.attempt)).toEqual([0, 1, 2]);
  });
});

test('a command that nobody acks ends in operation_timeout', async () => {
  started = await startSocketApp((app: App) => app.command('/incident', async () => undefined), {
    delivery: { ackMs: 50 },
  });
  const reply = await started.slack.person('oncall').slash('/incident list', { in: 'general' });
  expect(reply.outcome).toBe('operation_timeout');
});

test('a broken socket comes back, and events that fell into the gap arrive as retries', async () => {
  started = await startSocketApp(undefined, { delivery: { retryDelaysMs: [20, 2_000, 5_000] } });
  const { slack } = started;
  slack.sockets.drop();
  await slack.until(() => slack.sockets.count() === 0);
  slack.person('oncall').opensHome();
  await slack.settled();
  const attempts = slack.journal.deliveries('app_home_opened');
  expect(attempts[0]?.outcome).toBe('connection_failed');
  expect(attempts.at(-1)?.outcome).toBe('acked');
});

test('a request that is not signed by Slack is refused by the app', async () => {
  started = await startHttpApp();
  expect(await started.slack.http.verifyUrl()).toBe(true);
  const old = started.slack.http.signed('{}', Math.floor(Date.now() / 1_000) - 360);
  expect(old['x-slack-signature']).toMatch(/^v0=[0-9a-f]{64}$/);
});

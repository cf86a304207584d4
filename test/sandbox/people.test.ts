import { afterEach, expect, test } from '@jest/globals';
import type { App } from '@slack/bolt';
import { type Started, startSocketApp } from './apps.ts';
import { refusal } from './client.ts';

let started: Started | null = null;
afterEach(async () => {
  await started?.stop();
  started = null;
});

type Heard = Record<string, unknown> & { type: string };

/** Everything the app hears, in order of arrival. */
async function listening(...types: string[]): Promise<{ heard: Heard[]; up: Started }> {
  const heard: Heard[] = [];
  const listen = (app: App) => {
    app.shortcut(/./, ({ ack }) => ack());
    for (const type of types) {
      app.event(type, async ({ event }) => {
        heard.push(event as unknown as Heard);
      });
    }
  };
  const up = await startSocketApp(listen);
  started = up;
  return { heard, up };
}

test('the app hears joins, pins and reactions of its channels with who did them', async () => {
  const { heard, up } = await listening('member_joined_channel', 'pin_added', 'reaction_added', 'reaction_removed');
  const { slack } = up;
  const oncall = slack.person('oncall');
  oncall.invites('sitrep', 'incidents');
  const message = oncall.says('look', { in: 'incidents' });
  oncall.pins(message);
  oncall.reacts(message, 'pushpin');
  oncall.unreacts(message, 'pushpin');
  await slack.settled();
  expect(heard.map((e) => e.type).sort()).toEqual([
    'member_joined_channel',
    'pin_added',
    'reaction_added',
    'reaction_removed',
  ]);
  expect(heard.find((e) => e.type === 'member_joined_channel')).toMatchObject({
    user: slack.bot.id,
    inviter: oncall.id,
    channel_type: 'C',
  });
  expect(heard.find((e) => e.type === 'pin_added')).toMatchObject({
    item: { message: { ts: message.ts, pinned_to: [slack.channel('incidents').id] } },
  });
});

test('a private channel is heard of only by its members, under its own event names', async () => {
  const { heard, up } = await listening('message', 'group_rename', 'group_archive', 'channel_rename');
  const { slack, app } = up;
  slack.addChannel('board', { private: true, members: ['exec', 'comms'] });
  const exec = slack.person('exec');
  exec.says('nobody hears', { in: 'board' });
  expect(await refusal(app.client.conversations.join({ channel: slack.channel('board').id }))).toMatchObject({
    error: 'channel_not_found',
  });
  exec.invites('sitrep', 'board');
  exec.renames('board', 'board-2');
  exec.archives('board-2');
  await slack.settled();
  expect(heard.filter((e) => e.type !== 'message').map((e) => e.type)).toEqual(['group_rename', 'group_archive']);
  expect(heard.some((e) => e.text === 'nobody hears')).toBe(false);
  expect(slack.channel('board-2').members).toEqual(['exec', 'comms']);
});

test('a deleted parent with replies stays as a tombstone, and its thread can still be read', async () => {
  const { heard, up } = await listening('message');
  const { slack, app } = up;
  const oncall = slack.person('oncall');
  oncall.invites('sitrep', 'general');
  const parent = oncall.says('parent', { in: 'general' });
  oncall.says('reply', { in: 'general', thread: parent.ts });
  oncall.deletes(parent);
  await slack.settled();
  expect(heard.at(-1)).toMatchObject({
    subtype: 'message_changed',
    message: { subtype: 'tombstone', user: 'USLACKBOT', reply_count: 1 },
    previous_message: { text: 'parent' },
  });
  const channel = slack.channel('general').id;
  const replies = await app.client.conversations.replies({ channel, ts: parent.ts });
  expect(replies.messages?.map((m) => m.text)).toEqual(['This message was deleted.', 'reply']);
});

test('a broadcast reply stands in the channel and in the thread, with its root', async () => {
  const { heard, up } = await listening('message');
  const { slack } = up;
  const oncall = slack.person('oncall');
  oncall.invites('sitrep', 'general');
  const parent = oncall.says('parent', { in: 'general' });
  oncall.says('for all', { in: 'general', thread: parent.ts, broadcast: true });
  await slack.settled();
  expect(heard.at(-1)).toMatchObject({ subtype: 'thread_broadcast', root: { ts: parent.ts, reply_count: 1 } });
  expect(slack.channel('general').posts.map((p) => p.text)).toEqual(['parent', 'for all']);
  expect(slack.channel('general').thread(parent.ts)).toHaveLength(1);
});

test('an edit carries edited, a link preview does not', async () => {
  const { heard, up } = await listening('message');
  const { slack } = up;
  const oncall = slack.person('oncall');
  oncall.invites('sitrep', 'general');
  const message = oncall.says('see https://x.example', { in: 'general' });
  expect(message.text).toBe('see <https://x.example>');
  slack.unfurl(message, 'a title');
  oncall.edits(message, 'never mind');
  await slack.settled();
  const [preview, edit] = heard.slice(-2).map((e) => e.message as Heard);
  expect(preview).not.toHaveProperty('edited');
  expect(edit).toMatchObject({ text: 'never mind', edited: { user: oncall.id } });
});

test('a confirm dialog answered with no sends nothing, and a missing button says what there is', async () => {
  const { up } = await listening();
  const { slack, app } = up;
  const confirm = {
    title: { type: 'plain_text' as const, text: 'Resolve?' },
    text: { type: 'plain_text' as const, text: 'It ends.' },
    confirm: { type: 'plain_text' as const, text: 'Resolve' },
    deny: { type: 'plain_text' as const, text: 'Cancel' },
  };
  const elements = [{ type: 'button' as const, text: { type: 'plain_text' as const, text: 'Resolve' }, confirm }];
  const channel = slack.channel('general').id;
  await app.client.chat.postMessage({ channel, text: 'x', blocks: [{ type: 'actions', elements }] });
  const oncall = slack.person('oncall');
  await oncall.clicks('Resolve', { in: 'general', confirm: false });
  expect(slack.journal.deliveries('block_actions')).toEqual([]);
  await expect(oncall.clicks('Escalate', { in: 'general' })).rejects.toThrow('there is: Resolve');
});

test('shortcuts carry what they were used on, and guests, strangers and the gone look as in Slack', async () => {
  const { up } = await listening();
  const { slack, app } = up;
  slack.addPerson({ handle: 'guest', kind: 'guest' });
  slack.addPerson({ handle: 'partner', kind: 'stranger' });
  const message = slack.person('oncall').says('it began here', { in: 'general' });
  await slack.person('oncall').shortcut('Add to timeline', message);
  await slack.person('oncall').shortcut('Declare incident');
  expect(slack.journal.deliveries('message_action')[0]?.payload).toMatchObject({
    callback_id: 'add_to_timeline',
    message: { text: 'it began here' },
    channel: { name: 'general' },
  });
  expect(slack.journal.deliveries('shortcut')[0]?.payload).toMatchObject({ callback_id: 'declare_incident' });
  const kinds = async (handle: string) => (await app.client.users.info({ user: slack.person(handle).id })).user;
  expect(await kinds('guest')).toMatchObject({ is_restricted: true, is_ultra_restricted: false });
  expect((await kinds('partner'))?.team_id).not.toBe(slack.world.team.id);
  slack.deactivate('guest');
  expect(await kinds('guest')).toMatchObject({ deleted: true });
});

test('a trigger opens one view, a hash guards a view, and a stack holds three', async () => {
  const triggers: string[] = [];
  started = await startSocketApp((app: App) => {
    app.command('/incident', async ({ ack, command }) => {
      triggers.push(command.trigger_id);
      await ack();
    });
  });
  const { slack, app } = started;
  const oncall = slack.person('oncall');
  const view = { type: 'modal' as const, title: { type: 'plain_text' as const, text: 'One' }, blocks: [] };
  const trigger = async () => {
    await oncall.slash('/incident', { in: 'general' });
    return triggers.at(-1) ?? '';
  };
  const used = await trigger();
  const opened = await app.client.views.open({ trigger_id: used, view });
  expect(await refusal(app.client.views.open({ trigger_id: used, view }))).toMatchObject({
    error: 'exchanged_trigger_id',
  });
  expect(await refusal(app.client.views.open({ trigger_id: 'x', view }))).toMatchObject({
    error: 'invalid_trigger_id',
  });
  const stale = app.client.views.update({ view_id: opened.view?.id ?? '', hash: 'old', view });
  expect(await refusal(stale)).toMatchObject({ error: 'hash_conflict' });
  await app.client.views.push({ trigger_id: await trigger(), view });
  await app.client.views.push({ trigger_id: await trigger(), view });
  expect(await refusal(app.client.views.push({ trigger_id: await trigger(), view }))).toMatchObject({
    error: 'push_limit_reached',
  });
  expect(oncall.modals).toHaveLength(3);
  await oncall.modal.close('all');
  expect(await refusal(app.client.views.update({ view_id: opened.view?.id ?? '', view }))).toMatchObject({
    error: 'not_found',
  });
});

test('after the app is uninstalled its token is dead', async () => {
  const { heard, up } = await listening('tokens_revoked', 'app_uninstalled');
  up.slack.uninstall();
  await up.slack.until(() => heard.length === 2);
  expect(await refusal(up.app.client.auth.test())).toMatchObject({ error: 'token_revoked' });
});

test('people stand where they joined, spoke or typed last', async () => {
  const { up } = await listening();
  const { slack } = up;
  const [oncall, exec] = [slack.person('oncall'), slack.person('exec')];
  expect(oncall.says('in general').channel).toBe('general');
  const question = oncall.says('who is it?', { in: 'incidents' });
  expect(slack.person('oncall').says('still here').channel).toBe('incidents');
  expect(exec.says('me', { thread: question.ts })).toMatchObject({ channel: 'incidents', threadTs: question.ts });
  const made = exec.creates('#War Room', { private: true });
  expect(made).toMatchObject({ name: 'war-room', isPrivate: true, members: ['exec'] });
  expect(() => exec.creates('war-room')).toThrow('name_taken');
  expect(() => exec.creates('what?')).toThrow('invalid_name_specials');
});

test('a guest and somebody of another organisation are in a shared channel, may speak, and command nothing', async () => {
  started = await startSocketApp(undefined, { outsiders: true });
  const { slack } = started;
  expect(slack.channel('partners').members).toEqual(['comms', 'guest', 'partner', 'oncall']);
  const partner = slack.person('partner');
  expect(partner.says('are you down?', { in: 'partners' }).channel).toBe('partners');
  await expect(partner.slash('/incident list')).rejects.toThrow('other organisations cannot use slash commands');
  expect(() => slack.person('guest').creates('mine')).toThrow('cannot create channels');
});

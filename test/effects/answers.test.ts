import { expect, test } from '@jest/globals';
import type { CallFault } from '../../src/sandbox/faults.ts';
import type { Json } from '../../src/sandbox/world.ts';
import { upkeepListeners } from '../../src/upkeep/slack.ts';
import { type Stage, setStage } from '../journeys/stage.ts';
import { announcements, channelOf, declare, people, saying } from '../journeys/steps.ts';
import { hurryUntilDone } from './hurry.ts';

const said = (args: Json) => JSON.stringify(args);

/** Slack's no to one effect of a declaration, and the sentence by which people learn of it and of the way out. */
const REFUSALS: readonly [string, string, CallFault, 'the channel' | 'the declarer', RegExp][] = [
  [
    'alpha',
    'conversations.create',
    { error: 'restricted_action' },
    'the declarer',
    /opening its channel did not work.*an admin can allow it/,
  ],
  [
    'bravo',
    'conversations.create',
    { error: 'missing_scope', more: { needed: 'channels:manage' } },
    'the declarer',
    /needs channels:manage.*Reinstall the app/,
  ],
  ['charlie', 'pins.add', { error: 'too_many_pins' }, 'the channel', /pinning its card did not work.*Unpin something/],
  [
    'delta',
    'conversations.invite',
    { error: 'cant_invite' },
    'the channel',
    /Not everybody could be invited.*cant_invite/s,
  ],
  ['echo', 'conversations.invite', { error: 'is_archived' }, 'the declarer', /INC-5.*its channel was archived/],
  [
    'foxtrot',
    'conversations.setTopic',
    { error: 'user_is_restricted' },
    'the channel',
    /setting the topic did not work/,
  ],
  [
    'golf',
    'chat.postMessage',
    { error: 'restricted_action_read_only_channel' },
    'the channel',
    /announcing it did not work.*an admin can allow it/,
  ],
  [
    'hotel',
    'chat.postMessage',
    { error: 'not_in_channel' },
    'the channel',
    /announcing it did not work.*Invite Sitrep/,
  ],
];

test('each refusal of Slack is told once, to those concerned, with the way out, and the rest goes on', async () => {
  const stage = await setStage();
  const { slack } = stage;
  const { oncall } = people(slack);
  const announcing = slack.channel('incidents').id;
  for (const [n, [word, method, fault]] of REFUSALS.entries()) {
    const channel = () => slack.channels().find((one) => one.name.includes(`${word}-fails`))?.id ?? '\u0000';
    const isOurs = (args: Json) =>
      method === 'chat.postMessage'
        ? args.channel === announcing && said(args).includes(`${word} fails`)
        : said(args).includes(`${word}-fails`) || said(args).includes(channel());
    // Kept out of the announcement channel, the bot looks for it once more: refused again, it says so.
    const times = word === 'hotel' ? 2 : 1;
    slack.faults.on(method, fault, { when: isOurs, times });
    const reply = await oncall.slash(`/incident declare sev2 ${word} fails`, { in: 'general' });
    expect(reply.shown).toContain(`INC-${n + 1}`);
    await stage.quiet();
  }
  await hurryUntilDone(stage);
  for (const [word, method, fault, whom, sentence] of REFUSALS) {
    const inChannel = slack.channels().find((one) => one.name.includes(`${word}-fails`))?.posts ?? [];
    const told = saying(whom === 'the channel' ? inChannel : oncall.dms, sentence);
    expect([word, method, fault, told.length]).toEqual([word, method, fault, 1]);
  }
  expect(slack.channels().filter((one) => one.topic.includes(' fails')).length).toBe(5);
  expect(slack.journal.violations()).toEqual([]);
});

test('a message to somebody who has left is told of in the incident, where others can act on it', async () => {
  const stage = await setStage();
  const { slack, db } = stage;
  const { oncall, exec } = people(slack);
  const { channel } = await declare(stage, 'sev1 checkout is down');
  // Known from before; that the account is gone since, nobody was told.
  await exec.slash('/incident list', { in: 'general' });
  slack.world.members.set(exec.id, { ...member(stage, exec.id), deactivated: true });
  await oncall.slash(`/incident role comms @exec`, { in: channel.name });
  await hurryUntilDone(stage);
  const parked = await db.selectFrom('jobs').select(['kind', 'lastError']).where('parkedAt', 'is not', null).execute();
  expect(parked.map(({ kind, lastError }) => `${kind} ${lastError}`)).toEqual(['dm conversations.open: user_disabled']);
  expect(saying(channel.posts, /a private message of Sitrep did not work.*cannot be reached/)).toHaveLength(1);
});

test('a card that somebody deleted is posted and pinned anew; a deleted announcement stays deleted, and nobody is bothered', async () => {
  const stage = await setStage();
  const { slack } = stage;
  const { oncall } = people(slack);
  const { channel } = await declare(stage, 'sev1 checkout is down');
  const [card, announcement] = [channel.pins[0], announcements(slack)[0]];
  if (!card || !announcement) throw new Error('a card and an announcement');
  oncall.deletes(card);
  oncall.deletes(announcement);
  for (const words of ['update two leads', 'impact nobody can pay', 'update one lead']) {
    await oncall.slash(`/incident ${words}`, { in: channel.name });
    await hurryUntilDone(stage);
  }
  const cards = saying(channel.posts, /What users fe(el|lt)/).filter((one) => one.ts !== card.ts);
  expect(cards.map((one) => one.shown)).toEqual([expect.stringContaining('nobody can pay')]);
  expect(channel.pins.map((one) => one.ts)).toContain(cards[0]?.ts);
  expect(saying(announcements(slack), /INC-1 SEV1/)).toEqual([]);
  expect(saying(channel.posts, /did not work/)).toEqual([]);
});

test('a name that is taken and an answer that is lost at once still make one channel', async () => {
  const stage = await setStage();
  const { slack } = stage;
  const day = new Date().toISOString().slice(0, 10).replaceAll('-', '');
  slack.reserveName(`inc-${day}-checkout-is-down`);
  slack.faults.on('conversations.create', { loseAnswer: true }, { when: ({ name }) => String(name).endsWith('-2') });
  await people(slack).oncall.slash('/incident declare sev1 checkout is down', { in: 'general' });
  await hurryUntilDone(stage);
  expect((await channelOf(stage, 1)).name).toBe(`inc-${day}-checkout-is-down-2`);
  expect(slack.channels().filter((one) => one.name.startsWith('inc-'))).toHaveLength(1);
});

test('a revoked token is told to the operator: in the log when Slack says so, and by /readyz as long as it lasts', async () => {
  const { slack, sitrep } = await setStage();
  const readiness = async () => (await fetch(`${sitrep.origin}/readyz`)).text();
  expect(await readiness()).not.toContain('token_revoked');
  slack.uninstall();
  await people(slack).oncall.slash('/incident declare', { in: 'general' });
  expect(await readiness()).toContain('token_revoked');
  slack.world.installed = true;
  expect(await readiness()).not.toContain('token_revoked');
  const told: string[] = [];
  const { events = {} } = upkeepListeners({ log: { error: (words: string) => told.push(words) } as never });
  for (const type of ['tokens_revoked', 'app_uninstalled']) await events[type]?.({ eventId: 'Ev1', type, event: {} });
  expect(told).toEqual([expect.stringContaining('reinstall the app'), expect.stringContaining('installed again')]);
});

function member({ slack }: Stage, id: string) {
  const found = slack.world.members.get(id);
  if (!found) throw new Error('somebody');
  return found;
}

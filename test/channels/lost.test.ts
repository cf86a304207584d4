import { expect, test } from '@jest/globals';
import { instead, isInChannel, lose, lostIn, regain } from '../../src/channels/lost.ts';
import { announcement } from '../../src/incidents/announcement.ts';
import type { Job } from '../../src/jobs/job.ts';
import { at, casey, makeIncident, olivia, policy } from '../support/given.ts';

const now = at('15:00');
const ic = [{ role: 'ic', userId: casey, fromAt: now }];
const id = makeIncident().id;
const post = (to: 'channel' | 'announcements', as?: string): Job => ({
  kind: 'post',
  incident: id,
  to,
  message: { text: 'An update is due.' },
  ...(as && { as }),
});
const kinds = (jobs: readonly { job: Job }[] = []) => jobs.map(({ job }) => job.kind);
const told = (jobs: readonly { job: Job }[] = []) => jobs.flatMap(({ job }) => (job.kind === 'dm' ? [job.user] : []));

test.each([
  ['open to us', null, 'left', 'left', [casey, olivia]],
  ['open to us', null, 'archived', 'archived', [casey, olivia]],
  ['known to be left', 'left', 'left', undefined, []],
  ['known to be archived', 'archived', 'left', undefined, []],
  ['known to be left', 'left', 'archived', 'archived', [casey, olivia]],
] as const)('a channel that was %s (%s) and is %s now is told once', (_, before, why, after, people) => {
  const decided = lose(makeIncident({ channelLost: before }), ic, why, now);
  expect(decided.change?.channelLost).toBe(after);
  expect(told(decided.jobs)).toEqual(people);
});

test('the channel of an ended incident may be archived without a word', () => {
  const decided = lose(makeIncident({ status: 'closed' }), ic, 'archived', now);
  expect(decided.change).toEqual({ channelLost: 'archived' });
  expect(decided.jobs).toEqual([]);
});

test('who declared and commands hears it once', () => {
  const alone = [{ role: 'ic', userId: olivia, fromAt: now }];
  expect(told(lose(makeIncident(), alone, 'left', now).jobs)).toEqual([olivia]);
});

test('back in the channel everything is drawn and read again', () => {
  const decided = regain(makeIncident({ channelLost: 'left' }), now);
  expect(kinds(decided.jobs)).toEqual(['post', 'draw-card', 'draw-topic', 'draw-announcement', 'reconcile']);
  expect(kinds(regain(makeIncident(), now).jobs)).toEqual(['reconcile']);
});

test.each([
  ['chat.postMessage: is_archived', 'archived'],
  ['chat.update: is_inactive', 'archived'],
  ['conversations.setTopic: not_in_channel', 'left'],
  ['chat.postMessage: channel_not_found', 'left'],
  ['chat.postMessage: restricted_action', null],
])('%s means that the channel is %s', (reason, why) => {
  expect(lostIn(reason)).toBe(why);
});

test('a reminder that finds the channel closed goes to who commands and who declared; nothing else does', () => {
  const incident = makeIncident({ channelLost: 'archived' });
  expect(told(instead(incident, ic, post('channel', 'reminder:1:due'), now))).toEqual([casey, olivia]);
  expect(instead(incident, ic, post('channel'), now)).toEqual([]);
  expect(instead(makeIncident({ status: 'resolved' }), ic, post('channel', 'reminder:1:due'), now)).toEqual([]);
  expect(told(instead(incident, ic, post('channel', 'ask for IC'), now))).toEqual([casey, olivia]);
  expect(isInChannel({ kind: 'edit', incident: id, as: 'reminder:1:due', message: { text: 'done' } })).toBe(true);
  expect([isInChannel(post('channel')), isInChannel(post('announcements'))]).toEqual([true, false]);
});

test('an escalation that finds the channel closed goes to whom it mentions, groups in the announcement channel', () => {
  const escalation = {
    ...post('channel', 'reminder:1:full'),
    message: { text: '<@U0ERIN> <!subteam^@leads> it is late' },
  };
  const jobs = instead(makeIncident({ channelLost: 'archived' }), ic, escalation as Job, now);
  expect(told(jobs)).toEqual([casey, olivia, 'U0ERIN']);
  expect(jobs.at(-1)?.job).toMatchObject({
    kind: 'post',
    to: 'announcements',
    message: { text: expect.stringContaining('<!subteam^@leads>') },
  });
});

test('the announcement of an incident made private says its number and nothing else', () => {
  const incident = makeIncident({ visibility: 'private', title: 'payroll leaked', impact: 'salaries' });
  const said = JSON.stringify(announcement(incident, ic, new Map([[casey, 'Casey']]), policy));
  expect(said).toContain('INC-42 (private)');
  expect(said).not.toMatch(/payroll|salaries|Casey|SEV1|C0INC42/);
});

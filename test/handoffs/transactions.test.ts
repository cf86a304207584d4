import { randomUUID } from 'node:crypto';
import { beforeEach, expect, test } from '@jest/globals';
import pino from 'pino';
import { acceptCommand, offerCommand, watchCommand } from '../../src/handoffs/transactions.ts';
import { declarationOf } from '../../src/incidents/declare.ts';
import { channelOpened } from '../../src/incidents/transactions.ts';
import { channelId, type IncidentId, ts, type UserId } from '../../src/lib/ids.ts';
import { savePerson } from '../../src/people/store.ts';
import { assignRoles, commanderLeftUnheard } from '../../src/roles/transactions.ts';
import { answerTask, askTask, comeBackWhenDue } from '../../src/tasks/transactions.ts';
import type { NewEntry } from '../../src/timeline/entry.ts';
import { recover, redact } from '../../src/timeline/transactions.ts';
import { setTimersAgain } from '../../src/upkeep/transactions.ts';
import { testDatabase } from '../support/database.ts';
import { declareIncident } from '../support/declare.ts';
import { at, casey, erin, olivia, policy } from '../support/given.ts';

const { db } = await testDatabase();
let now = at('14:00');
const deps = { db, policy, now: () => now, log: pino({ level: 'silent' }) };
const by = (user: UserId, identity: string = randomUUID()) => ({ identity, by: user });
const channel = () => channelId(`C${randomUUID().slice(0, 8).toUpperCase()}`);

beforeEach(async () => {
  now = at('14:00');
  for (const userId of [olivia, casey, erin])
    await savePerson(db, { userId, teamId: null, name: `name of ${userId}`, standing: 'member', checkedAt: now });
});

/** Olivia has command; the timers of the opening are done. */
async function commanded() {
  const { incident } = await declareIncident(deps, by(olivia), declarationOf('sev1 checkout', policy), {});
  const opened = { id: channel(), name: incident.channelName };
  await channelOpened(deps, { kind: 'open-channel', incident: incident.id }, opened);
  const wishes = [{ role: 'ic', user: olivia }];
  await assignRoles(deps, incident.id, by(olivia), { wishes, by: olivia, polite: false });
  return { id: incident.id, channel: opened.id };
}
const jobs = async (id: IncidentId, kind: string) => {
  const rows = await db.selectFrom('jobs').select(['payload', 'runAt']).where('kind', '=', kind).execute();
  return rows.filter(({ payload }) => (payload as { incident?: number }).incident === id);
};
const told = async (id: IncidentId, words: string) =>
  (await Promise.all(['post', 'dm'].map((kind) => jobs(id, kind))))
    .flat()
    .filter(({ payload }) => JSON.stringify(payload).includes(words)).length;
const heard = (
  kind: NewEntry['kind'],
  actor: UserId,
  text: string,
  id = `${1_768_572_000 + (Number(now) % 1_000)}.000100`,
): NewEntry => ({
  identity: `m:${id}`,
  kind,
  occurredAt: now,
  actor,
  source: 'history',
  text,
  ts: ts(id),
  payload: {},
});

test('what was redacted leaves the brief that quotes it, and an offer that is over keeps no brief', async () => {
  const { id, channel: here } = await commanded();
  const secret = heard('message', casey, 'restarting with password hunter2');
  await recover(deps, id, here, [secret]);
  await offerCommand(deps, id, by(olivia), casey, olivia);
  const stored = async () =>
    JSON.stringify(
      await db.selectFrom('handoffs').select(['brief', 'briefVersion', 'id']).where('incidentId', '=', id).execute(),
    );
  expect(await stored()).toContain('hunter2');
  await redact(deps, id, ts('1.000001'), 'operator');
  expect(await stored()).toContain('hunter2');
  await redact(deps, id, secret.ts ?? ts(''), 'operator');
  expect(await stored()).toMatch(/taken back.*"briefVersion":2/);
  const [offer] = await db.selectFrom('handoffs').selectAll().where('incidentId', '=', id).execute();
  expect(await acceptCommand(deps, id, by(casey), offer?.id ?? 0, casey)).toMatchObject({ ok: true });
  expect(await stored()).not.toContain('taken back');
});

test('a click that Slack brings twice, or two people make at once, changes hands once', async () => {
  const { id } = await commanded();
  const offered = [by(olivia, 'T1'), by(olivia, 'T1')];
  await Promise.all(offered.map((intent) => offerCommand(deps, id, intent, casey, olivia)));
  const offers = await db.selectFrom('handoffs').select('id').where('incidentId', '=', id).execute();
  expect(offers).toHaveLength(1);
  const offer = offers[0]?.id ?? 0;
  const done = await Promise.all([
    acceptCommand(deps, id, by(casey, 'T2'), offer, casey),
    acceptCommand(deps, id, by(casey, 'T2'), offer, casey),
    acceptCommand(deps, id, by(casey, 'T3'), offer, casey),
    acceptCommand(deps, id, by(erin), offer, erin),
  ]);
  expect(done.filter((one) => one.ok && !one.value.repeated)).toHaveLength(1);
  expect(done.filter((one) => !one.ok).length).toBe(2);
  const held = await db
    .selectFrom('roleAssignments')
    .select(['userId', 'toAt'])
    .where('incidentId', '=', id)
    .where('role', '=', 'ic')
    .orderBy('id')
    .execute();
  expect(held.map(({ userId, toAt }) => [userId, toAt === null])).toEqual([
    [olivia, false],
    [casey, true],
  ]);
  expect(await told(id, 'handed over by')).toBe(1);
});

test('timers that wake twice, at once or late say one thing once', async () => {
  const { id } = await commanded();
  await offerCommand(deps, id, by(olivia), casey, olivia);
  await askTask(deps, id, by(olivia), { what: 'check the cache', who: casey, by: olivia, lengthMs: 600_000 });
  now = at('19:00');
  await Promise.all(['a', 'b', 'c'].flatMap((run) => [watchCommand(deps, id, run), comeBackWhenDue(deps, id, run)]));
  expect(await told(id, 'has not answered the offer')).toBe(1);
  expect(await told(id, 'You have had command')).toBe(1);
  expect(await told(id, 'are over for')).toBe(1);
  expect(await jobs(id, 'tasks')).toMatchObject([{ runAt: at('19:10') }]);
});

test('timers that were lost are set again, and only where there is something to wait for', async () => {
  const { id } = await commanded();
  await askTask(deps, id, by(olivia), { what: 'check the cache', who: casey, by: olivia, lengthMs: 600_000 });
  await setTimersAgain(deps);
  await db.deleteFrom('jobs').where('kind', 'in', ['command', 'tasks']).execute();
  const before = await setTimersAgain(deps);
  expect([(await jobs(id, 'command')).length, (await jobs(id, 'tasks')).length]).toEqual([1, 1]);
  expect(before).toBeGreaterThanOrEqual(2);
  const task = await db.selectFrom('tasks').selectAll().where('incidentId', '=', id).executeTakeFirstOrThrow();
  await answerTask(deps, id, by(casey), task.id, { how: 'done', by: casey, dueAt: task.dueAt.getTime() });
  await db.deleteFrom('jobs').where('kind', 'in', ['command', 'tasks']).execute();
  await setTimersAgain(deps);
  expect(await jobs(id, 'tasks')).toEqual([]);
});

test('a leaving of who has command that is read from history is asked about, once', async () => {
  const { id, channel: here } = await commanded();
  now = at('14:01');
  await recover(deps, id, here, [heard('member_joined', olivia, 'joined', '1768572060.000100')], 'gap');
  await commanderLeftUnheard(deps, id, 'a');
  expect(await told(id, 'left the channel')).toBe(0);
  now = at('14:05');
  const left = heard('member_left', olivia, 'left', '1768572300.000100');
  await recover(deps, id, here, [left], 'gap');
  expect(await jobs(id, 'command')).not.toEqual([]);
  for (const run of ['b', 'c']) await commanderLeftUnheard(deps, id, run);
  expect(await told(id, 'has command of INC-')).toBe(1);
  expect(await told(id, 'You left the channel of')).toBe(1);
});

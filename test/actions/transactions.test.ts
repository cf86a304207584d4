import { randomUUID } from 'node:crypto';
import { expect, test } from '@jest/globals';
import pino from 'pino';
import type { AskedItem } from '../../src/actions/add.ts';
import { countByState, listItems } from '../../src/actions/store.ts';
import { addFromMessage, addItem, stepItem } from '../../src/actions/transactions.ts';
import { declarationOf } from '../../src/incidents/declare.ts';
import { channelId, type Ts, type UserId, userId } from '../../src/lib/ids.ts';
import { recover } from '../../src/timeline/transactions.ts';
import { testDatabase } from '../support/database.ts';
import { declareIncident } from '../support/declare.ts';
import { at, olivia, policy } from '../support/given.ts';

const { db } = await testDatabase();
const deps = { db, policy, now: () => at('14:00'), log: pino({ level: 'silent' }) };
const intent = (identity: string = randomUUID()) => ({ identity, by: olivia });
const declare = async (words = 'sev1 down') =>
  (await declareIncident(deps, intent(), declarationOf(words, policy), {})).incident.id;
const heard = { names: [], unknown: new Set<UserId>() };
const asked: AskedItem = { what: 'x', owner: olivia, dueOn: null, type: null, ticket: null, by: olivia, from: null };

test('the same intent delivered twice adds one item, and two who settle it at once settle it once', async () => {
  const id = await declare();
  const once = intent();
  await Promise.all([addItem(deps, id, once, asked, heard), addItem(deps, id, once, asked, heard)]);
  const { items, total } = await listItems(db, { scope: id, reader: olivia, today: '2026-01-16', from: 0 });
  expect(total).toBe(1);
  const done = { step: { how: 'done' }, by: olivia, seen: null } as const;
  const both = await Promise.all([1, 2].map(() => stepItem(deps, id, intent(), items[0]?.id ?? 0, done)));
  expect(both.map((one) => (one.ok ? 'done' : one.no.why)).toSorted()).toEqual(['done', 'item-over']);
});

test('a mark that was missed while nobody listened becomes an item when history is read, once for a message', async () => {
  const id = await declare();
  const channel = channelId('C0MARKED');
  await db.updateTable('incidents').set({ channelId: channel }).where('id', '=', id).execute();
  const ts = '1790000000.000100' as Ts;
  const entry = { occurredAt: at('14:00'), actor: 'U9', source: 'history', ts } as const;
  const found = [
    { ...entry, identity: `m:${ts}`, kind: 'message', text: 'alert on the <queue>' },
    { ...entry, identity: 'r:found:1', kind: 'reaction_added', text: ':dart:', payload: { reaction: 'dart' } },
  ] as const;
  await recover(deps, id, channel, found, 'gap');
  const jobs = await db.selectFrom('jobs').select('payload').where('kind', '=', 'action-from').execute();
  expect(jobs).toMatchObject([{ payload: { incident: id, message: ts, by: 'U9' } }]);
  const noted = { message: ts, nameOf: () => undefined };
  const first = await addFromMessage(deps, id, intent('a'), { ...noted, by: userId('U9') });
  const second = await addFromMessage(deps, id, intent('b'), { ...noted, by: olivia });
  expect([first.ok, second.ok ? null : second.no.why]).toEqual([true, 'noted-before']);
});

test('numbers tell late from in time by the day of the policy’s time zone, and drills are in none of them', async () => {
  await db.deleteFrom('actionItems').execute();
  const id = await declare();
  const drill = await declare();
  await db.updateTable('incidents').set({ kind: 'drill' }).where('id', '=', drill).execute();
  const row = { incidentId: id, what: 'x', createdBy: olivia, createdAt: at('14:00'), dueOn: '2026-01-16' };
  const done = { ...row, status: 'done' } as const;
  await db
    .insertInto('actionItems')
    .values([
      row,
      { ...row, dueOn: '2026-01-15' },
      { ...row, dueOn: null },
      { ...row, incidentId: drill },
      { ...done, endedAt: at('23:59') },
      { ...done, endedAt: at('00:01', '2026-01-17') },
      { ...done, dueOn: null, endedAt: at('14:00') },
      { ...row, status: 'dropped', reason: 'no', endedAt: at('14:00') },
    ])
    .execute();
  const counted = { open: 2, overdue: 1, done: 2, done_late: 1, dropped: 1 };
  expect(await countByState(db, '2026-01-16', 'Europe/London')).toEqual(counted);
  expect(await countByState(db, '2026-01-16', 'America/New_York')).toEqual({ ...counted, done: 3, done_late: 0 });
});

import { expect, test } from '@jest/globals';
import { sql } from 'kysely';
import { loseChannel, regainChannel } from '../../src/channels/transactions.ts';
import { transact } from '../../src/db/connect.ts';
import { post } from '../../src/incidents/redraw.ts';
import { Job } from '../../src/jobs/job.ts';
import * as queue from '../../src/jobs/queue.ts';
import { type IncidentId, userId } from '../../src/lib/ids.ts';
import { Mrkdwn } from '../../src/slack/mrkdwn.ts';
import { testDatabase } from '../support/database.ts';
import { depsOf, givenIncident, NOW } from '../timeline/given.ts';

const { db } = await testDatabase();

const promise = (id: IncidentId, text: string) =>
  transact(db, (trx) => queue.enqueue(trx, [post(id, 'channel', { text: Mrkdwn.trusted(text).text }, NOW)]));

async function next(): Promise<{ run: queue.ClaimedRun; says: string } | null> {
  const want = { worker: 1, kinds: ['post', 'edit'], now: NOW, hands: { timers: 0, effects: 1 }, leaseMs: 60_000 };
  const [run] = await queue.claim(db, want);
  if (!run) return null;
  const job = Job.parse(run.payload);
  return { run, says: job.kind === 'post' || job.kind === 'edit' ? job.message.text : job.kind };
}

test('back in the channel, what could not be said is said first, before what has waited behind it', async () => {
  const { id, channel } = await givenIncident(db);
  const reminder: Job = { kind: 'edit', incident: id, as: 'reminder:1:due', message: { text: 'done' } };
  await promise(id, 'first');
  await transact(db, (trx) => queue.enqueue(trx, [{ job: reminder, runAt: NOW }]));
  await promise(id, 'third');
  for (const reason of ['chat.postMessage: not_in_channel', 'chat.update: is_inactive']) {
    const shutOut = await next();
    if (!shutOut) throw new Error('nothing to say');
    const how = { isUncertain: false, reason };
    await transact(db, (trx) => queue.park(trx, shutOut.run, how));
  }
  await db.updateTable('incidents').set({ channelLost: 'left' }).where('id', '=', id).execute();
  await regainChannel(depsOf(db), channel);
  const said: string[] = [];
  for (let one = await next(); one; one = await next()) {
    said.push(one.says);
    await queue.complete(db, [one.run]);
  }
  expect(said).toEqual(['first', 'done', 'third', expect.stringMatching(/^Sitrep is back/)]);
});

test('late news of being taken out is looked into before anybody is told: Sitrep may be back, and that not yet on record', async () => {
  const { channel } = await givenIncident(db);
  const us = userId('UBOT');
  const { before } = await db
    .selectFrom('jobs')
    .select(sql<number>`coalesce(max(id), 0)`.as('before'))
    .executeTakeFirstOrThrow();
  const promised = async () => {
    const rows = await db.selectFrom('jobs').select('kind').where('id', '>', before).execute();
    return rows.map(({ kind }) => kind).toSorted();
  };
  await loseChannel(depsOf(db), channel, 'left', { us, at: new Date(NOW.getTime() - 700) });
  expect(await promised()).toEqual(['reconcile']);
  const soon = new Date(NOW.getTime() + 1_000);
  await loseChannel({ db, now: () => soon }, channel, 'left', { us, at: soon });
  expect(await promised()).toContain('dm');
});

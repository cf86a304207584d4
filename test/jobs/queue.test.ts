import { expect, test } from '@jest/globals';
import { enqueue } from '../../src/jobs/queue.ts';
import { after, NOON } from './noon.ts';
import { cadence, drawCard, drawTopic, edit, gate, openWorkshop, post, recheck, until } from './workshop.ts';

const { db, promise, hire, jobs } = await openWorkshop();

test('a job is lost together with the transaction that promised it', async () => {
  const undone = db.transaction().execute(async (trx) => {
    await enqueue(trx, [{ job: post(1, 'hello'), runAt: NOON }]);
    throw new Error('changed my mind');
  });
  await expect(undone).rejects.toThrow('changed my mind');
  expect(await jobs()).toEqual([]);
});

test('promising nothing is fine', async () => {
  await promise();
  expect(await jobs()).toEqual([]);
});

test('a card to be drawn twice is drawn once, in the place where it was first promised', async () => {
  await promise(drawCard(1), drawTopic(1));
  await promise(drawCard(1));
  expect((await jobs()).map((job) => job.kind)).toEqual(['draw-card', 'draw-topic']);
});

test('a timer set again is moved, also to an earlier hour, also within one decision', async () => {
  await promise({ job: cadence(1), runAt: after(60_000) });
  await promise({ job: cadence(1), runAt: after(90_000) }, { job: cadence(1), runAt: after(30_000) });
  expect((await jobs()).map((job) => job.runAt)).toEqual([after(30_000)]);
});

test('an edit promised again says the latest', async () => {
  await promise(edit(1, 'old'), post(1, 'between'));
  await promise(edit(1, 'new'));
  const said = (await jobs()).map((job) => (job.payload as { message: { text: string } }).message.text);
  expect(said).toEqual(['new', 'between']);
});

test('a card promised while it is being drawn is drawn again afterwards', async () => {
  const drawing = gate();
  const drawn: string[] = [];
  const worker = hire({
    handlers: {
      'draw-card': async () => {
        drawn.push('begun');
        await drawing.opened;
        drawn.push('ended');
      },
    },
  });
  await promise(drawCard(1));
  await until(() => drawn.length === 1);
  await promise(drawCard(1));
  await promise(drawCard(1));
  expect(await jobs()).toHaveLength(2);
  drawing.open();
  await worker.idle();
  expect(drawn).toEqual(['begun', 'ended', 'begun', 'ended']);
  expect(await jobs()).toEqual([]);
});

test('a failed drawing gives way to the newer one, which knows of the failure', async () => {
  const drawing = gate();
  const begun = gate();
  const worker = hire({
    handlers: {
      'draw-card': async () => {
        begun.open();
        await drawing.opened;
        throw new Error('socket hang up');
      },
    },
  });
  await promise(drawCard(1));
  await begun.opened;
  await promise(drawCard(1));
  const [, successor] = await jobs();
  drawing.open();
  await worker.idle();
  expect(await jobs()).toMatchObject([
    { id: successor?.id, attempts: 1, lastError: 'socket hang up', notBefore: expect.any(Date), worker: null },
  ]);
  expect((await jobs())[0]?.uncertainSince).toBeInstanceOf(Date);
});

test('text that Postgres cannot store does not undo the transaction that promised it', async () => {
  await promise(post(1, 'nul \u0000 and half a pair \ud83d'));
  expect((await jobs())[0]?.payload).toMatchObject({ message: { text: 'nul \ufffd and half a pair \ufffd' } });
});

test('what is urgent is done first, then what was due first', async () => {
  const done: string[] = [];
  await promise(
    { job: recheck('late'), runAt: after(-10) },
    { job: recheck('early'), runAt: after(-20) },
    post(1, 'post'),
    cadence(1),
  );
  const worker = hire({
    concurrency: 1,
    handlers: {
      'recheck-person': async ({ did }) => void done.push(did),
      post: async () => void done.push('post'),
      cadence: async () => void done.push('cadence'),
    },
  });
  await worker.idle();
  expect(done).toEqual(['cadence', 'post', 'early', 'late']);
});

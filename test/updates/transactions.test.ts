import { randomUUID } from 'node:crypto';
import { beforeEach, describe, expect, test } from '@jest/globals';
import pino from 'pino';
import { connect } from '../../src/db/connect.ts';
import type { Db } from '../../src/db/tables.ts';
import type { Deps } from '../../src/deps.ts';
import { declarationOf } from '../../src/incidents/declare.ts';
import { findIncident } from '../../src/incidents/store.ts';
import { channelOpened, moveIncident } from '../../src/incidents/transactions.ts';
import { Job } from '../../src/jobs/job.ts';
import { claim, complete } from '../../src/jobs/queue.ts';
import { DAY, MINUTE } from '../../src/lib/duration.ts';
import { channelId, type IncidentId, type UserId, userId } from '../../src/lib/ids.ts';
import type { Policy } from '../../src/policy.ts';
import type { SlackApi, View } from '../../src/slack/api.ts';
import type { Answer, FormAnswer } from '../../src/slack/listeners.ts';
import { listUpdates } from '../../src/timeline/store.ts';
import { updateJobs } from '../../src/updates/jobs.ts';
import { updateListeners } from '../../src/updates/slack.ts';
import { remindWhenDue, sayUpdate, setCadence } from '../../src/updates/transactions.ts';
import { JUST_TEXT } from '../../src/updates/update.ts';
import { testDatabase } from '../support/database.ts';
import { declareIncident } from '../support/declare.ts';
import { at, casey, nobodyAsks, olivia, policy, sev, withSeverity } from '../support/given.ts';

const { db, config } = await testDatabase();
const log = pino({ level: 'silent' });

let now: Date;
beforeEach(() => {
  now = at('14:00');
});

const depsOn = (on: Db, given: Policy = policy, slack: Partial<SlackApi> = {}): Deps => ({
  db: on,
  slack: slack as SlackApi,
  policy: given,
  ...nobodyAsks,
  now: () => now,
  log,
});
const deps = depsOn(db);

const by = (user: UserId) => ({ identity: randomUUID(), by: user });

async function declared(title = 'sev1 checkout is down', over: { visibility?: 'private' } = {}): Promise<IncidentId> {
  const declaration = { ...declarationOf(title, policy), ...over };
  const { incident } = await declareIncident(deps, by(olivia), declaration, {});
  const channel = { id: channelId(`C${incident.id}`), name: incident.channelName };
  await channelOpened(deps, { kind: 'open-channel', incident: incident.id }, channel);
  return incident.id;
}

async function read(id: IncidentId) {
  const incident = await findIncident(db, id);
  if (!incident) throw new Error('no incident');
  return incident;
}

const entries = (id: IncidentId, ...kinds: string[]) =>
  db
    .selectFrom('timelineEntries')
    .select(['kind', 'text', 'payload', 'occurredAt', 'actor'])
    .where('incidentId', '=', id)
    .where('kind', 'in', kinds as never)
    .orderBy('occurredAt')
    .orderBy('id')
    .execute();

async function jobs(id: IncidentId, ...kinds: string[]) {
  const rows = await db.selectFrom('jobs').select(['payload', 'runAt']).orderBy('id').execute();
  return rows
    .map((row) => ({ ...Job.parse(row.payload), runAt: row.runAt }))
    .filter((job) => 'incident' in job && job.incident === id && kinds.includes(job.kind));
}

const rang = (id: IncidentId, run: string) => ({ id, identity: `cadence:${run}`, at: now, contacts: [] });

/** One process: takes the timers that are due, as the worker does, and answers how many. */
async function wake(process: Deps, worker: number): Promise<number> {
  const runs = await claim(process.db, {
    worker,
    kinds: ['cadence'],
    now,
    hands: { timers: 100, effects: 0 },
    leaseMs: 10_000,
  });
  for (const run of runs) {
    const job = Job.parse(run.payload);
    if (job.kind !== 'cadence') throw new Error('not a timer');
    const attempt = { marker: run.marker, number: run.attempts, uncertainSince: null };
    await updateJobs(process).cadence(job, attempt);
    await complete(process.db, [run]);
  }
  return runs.length;
}

/** Moves the clock to each instant and lets both processes look. */
async function live(processes: readonly Deps[], ...times: readonly Date[]): Promise<void> {
  for (const time of times) {
    now = time;
    await Promise.all(processes.map((process, n) => wake(process, n + 1)));
  }
}

const rungs = async (id: IncidentId) =>
  (await entries(id, 'reminder_sent', 'escalated')).map((entry) => entry.payload.rung);

describe('the timer', () => {
  test('fires every rung once among two processes, and none after the update', async () => {
    const other = connect({ config, log });
    const processes = [deps, depsOn(other)];
    const id = await declared();
    await live(processes, at('14:05'), at('14:10'), at('14:10:01'), at('14:15'), at('14:22:30'), at('14:23'));
    expect(await rungs(id)).toEqual(['nudge', 'due', 'half']);
    now = at('14:24');
    await sayUpdate(deps, id, by(casey), { ...JUST_TEXT, text: 'Two leads' }, casey);
    await live(processes, at('14:30'), at('14:33'));
    expect(await rungs(id)).toEqual(['nudge', 'due', 'half']);
    await live(processes, at('14:34'));
    expect(await rungs(id)).toEqual(['nudge', 'due', 'half', 'nudge']);
    await other.destroy();
  });

  test('that runs twice at once fires once', async () => {
    const id = await declared();
    now = at('14:15');
    await Promise.all(['a', 'b', 'c', 'd'].map((run) => remindWhenDue(deps, [rang(id, run)])));
    expect(await rungs(id)).toEqual(['due']);
    expect((await jobs(id, 'post')).filter((job) => 'as' in job)).toHaveLength(1);
    expect(await jobs(id, 'cadence')).toEqual([{ kind: 'cadence', incident: id, runAt: at('14:22:30') }]);
  });

  test('after an outage fires only the rung that applies by then', async () => {
    const id = await declared();
    await live([deps], at('19:00'));
    expect(await rungs(id)).toEqual(['full']);
    await live([deps], new Date(at('14:30').getTime() + DAY));
    expect(await rungs(id)).toEqual(['full', 'daily']);
  });

  test('finds nothing to do once the incident is resolved, and begins again when it is reopened', async () => {
    const id = await declared();
    now = at('14:12');
    await moveIncident(deps, id, by(olivia), { to: 'resolved', by: olivia, why: 'rolled back' });
    await live([deps], at('14:15'), at('15:00'));
    expect(await rungs(id)).toEqual([]);
    now = at('16:00');
    await moveIncident(deps, id, by(olivia), { to: 'investigating', by: olivia, why: 'it is back' });
    expect((await read(id)).promiseDueAt).toEqual(at('16:05'));
    await live([deps], at('16:00'), at('16:05'));
    expect(await rungs(id)).toEqual(['nudge', 'due']);
  });

  test('climbs no rung again when the incident is ended and reopened by a process whose clock is seconds behind', async () => {
    const id = await declared();
    await live([deps], at('14:10'));
    now = new Date(at('14:10').getTime() - 3_000);
    await moveIncident(deps, id, by(olivia), { to: 'resolved', by: olivia, why: 'rolled back' });
    await moveIncident(deps, id, by(olivia), { to: 'investigating', by: olivia, why: 'it is back' });
    await live([deps], at('14:11'), at('14:20'));
    const climbed = (await entries(id, 'reminder_sent')).map(({ payload }) => `${payload.rung} ${payload.promisedAt}`);
    expect(new Set(climbed).size).toBe(climbed.length);
  });

  test('of a private incident asks Slack who is behind a group, and is not spent while Slack is silent', async () => {
    const written = withSeverity(
      sev('SEV1', { escalate: [{ after: MINUTE, unless: null, to: ['@leads', 'U0ERIN'] }] }),
    );
    const asked: string[] = [];
    const userGroup = async (handle: string) => {
      asked.push(handle);
      return { id: 'S1', handle, users: [userId('U0LEAD')] };
    };
    const id = await declared('sev1 breach', { visibility: 'private' });
    await live([depsOn(db, written, { userGroup })], at('14:30'));
    expect(asked).toEqual(['@leads']);
    expect((await jobs(id, 'dm')).map((job) => 'user' in job && job.user)).toEqual(['U0LEAD', 'U0ERIN']);
    const silent = async () => {
      throw new Error('no answer');
    };
    const other = await declared('sev1 breach two', { visibility: 'private' });
    await expect(live([depsOn(db, written, { userGroup: silent })], at('15:00'))).rejects.toThrow('no answer');
    expect(await rungs(other)).toEqual([]);
  });
});

describe('an update', () => {
  test('is stored with the verdict on its promise and makes the next, once however often Slack delivers it', async () => {
    const id = await declared();
    const intent = by(casey);
    now = at('14:20');
    const said = { ...JUST_TEXT, text: 'Still investigating\u0000, two leads' };
    const all = await Promise.all([1, 2, 3].map(() => sayUpdate(deps, id, intent, said, casey)));
    expect(new Set(all.map((one) => one.ok && one.value.answer?.text)).size).toBe(1);
    expect(await listUpdates(db, id)).toMatchObject([
      {
        text: 'Still investigating\uFFFD, two leads',
        author: casey,
        postedAt: at('14:20'),
        promisedAt: at('14:15'),
        nextPromiseAt: at('14:35'),
        kept: false,
        lateByMs: 5 * MINUTE,
        missed: false,
      },
    ]);
    expect(await entries(id, 'update_posted')).toHaveLength(1);
    expect(await read(id)).toMatchObject({ promiseDueAt: at('14:35'), promiseRung: null });
  });

  test('at the same moment as the reminder leaves one open reminder or none', async () => {
    const id = await declared();
    now = at('14:15');
    const said = { ...JUST_TEXT, text: 'Here' };
    await Promise.all([remindWhenDue(deps, [rang(id, 'x')]), sayUpdate(deps, id, by(casey), said, casey)]);
    const sent = await rungs(id);
    expect((await jobs(id, 'edit')).length).toBe(sent.length);
    expect(await read(id)).toMatchObject({ promiseRung: null, promiseDueAt: at('14:30') });
  });

  test('of an ended incident is refused, leaves no trace, and the corrected one is accepted', async () => {
    const id = await declared();
    await moveIncident(deps, id, by(olivia), { to: 'resolved', by: olivia, why: 'done' });
    const intent = by(casey);
    const said = { ...JUST_TEXT, text: 'Late' };
    expect(await sayUpdate(deps, id, intent, said, casey)).toMatchObject({
      ok: false,
      no: { why: 'has-ended', by: olivia },
    });
    expect(await listUpdates(db, id)).toEqual([]);
    await moveIncident(deps, id, by(olivia), { to: 'investigating', by: olivia, why: 'back' });
    expect((await sayUpdate(deps, id, intent, said, casey)).ok).toBe(true);
  });

  test('counts a changed cadence from the last update', async () => {
    const id = await declared();
    now = at('14:10');
    await sayUpdate(deps, id, by(casey), { ...JUST_TEXT, text: 'x' }, casey);
    now = at('14:12');
    await setCadence(deps, id, by(olivia), { every: 60 * MINUTE }, olivia);
    expect(await read(id)).toMatchObject({ promiseDueAt: at('15:10'), cadenceMs: 60 * MINUTE });
    expect(await jobs(id, 'cadence')).toEqual([{ kind: 'cadence', incident: id, runAt: at('15:05') }]);
  });
});

describe('what people type and click', () => {
  const opened: View[] = [];
  const openView = async (_: string, view: View) => {
    opened.push(view);
    return { viewId: 'V1' };
  };
  const listen = updateListeners(depsOn(db, policy, { openView }));
  const asked = (user: UserId) => ({ user, team: null, intent: randomUUID(), triggerId: 'T', responseUrl: null });
  const type = async (id: IncidentId, verb: 'update' | 'cadence' | 'snooze', rest: string): Promise<string> => {
    const said = await listen.verbs?.[verb]?.({
      ...asked(casey),
      rest,
      words: `${verb} ${rest}`,
      channel: channelId(`C${id}`),
    });
    return text(said);
  };
  const click = async (action: string, value: string): Promise<string> =>
    text(await listen.clicks?.[action]?.({ ...asked(casey), action, value, channel: null, message: null, view: null }));
  const submit = (privateMetadata: string, values: Record<string, unknown>): Promise<FormAnswer> | undefined =>
    listen.forms?.update?.({
      ...asked(casey),
      callback: 'update',
      viewId: 'V1',
      privateMetadata,
      values: Object.fromEntries(Object.entries(values).map(([name, value]) => [name, { [name]: value }])),
    });
  const text = (answer: Answer | undefined) => (answer && 'say' in answer ? answer.say.text : 'silent');

  test('an update is posted at once, its text as people read it', async () => {
    const id = await declared();
    expect(await type(id, 'update', 'latency &gt; 2 s, asking &lt;@U1&gt; &amp; <@U0ERIN|erin>')).toContain(
      'The promised update came in time',
    );
    expect((await listUpdates(db, id)).map((row) => row.text)).toEqual(['latency > 2 s, asking <@U1> & @erin']);
  });

  test('a bare update opens the form, and one that does not open says what to type', async () => {
    const id = await declared();
    expect(await type(id, 'update', '')).toBe('silent');
    expect(opened.at(-1)?.title.text).toBe(`Update INC-${id}`);
    const broken = updateListeners(depsOn(db, policy, { openView: () => Promise.reject(new Error('timeout')) }));
    const said = await broken.verbs?.update?.({
      ...asked(casey),
      rest: '',
      words: 'update',
      channel: channelId(`C${id}`),
    });
    expect(text(said)).toBe('The form did not open; type `/incident update &lt;text&gt;`.');
  });

  test('a form changes only what was changed in it, whatever others did meanwhile', async () => {
    const id = await declared();
    await click('post-update', String(id));
    const metadata = opened.at(-1)?.private_metadata ?? '';
    await moveIncident(deps, id, by(olivia), { to: 'mitigated', by: olivia, why: null });
    const answer = await submit(metadata, {
      text: { value: 'Failover holds' },
      audience: { value: null },
      status: { selected_option: { value: 'investigating' } },
      severity: { selected_option: { value: 'SEV2' } },
      next: { selected_option: { value: '2h' } },
    });
    expect(answer).toMatchObject({ close: true });
    expect(await read(id)).toMatchObject({ status: 'mitigated', severity: 'SEV2', promiseDueAt: at('16:00') });
  });

  test('a form without words, or of an incident that ended meanwhile, says so beside the field', async () => {
    const id = await declared();
    await click('post-update', String(id));
    const metadata = opened.at(-1)?.private_metadata ?? '';
    expect(await submit(metadata, { text: { value: null } })).toMatchObject({
      errors: { text: expect.stringContaining('Say what is happening') },
    });
    await moveIncident(deps, id, by(olivia), { to: 'resolved', by: olivia, why: 'done' });
    expect(await submit(metadata, { text: { value: 'x' } })).toMatchObject({
      errors: { text: expect.stringContaining(`INC-${id} was resolved`) },
    });
    expect(await click('post-update', String(id))).toContain(`INC-${id} was resolved`);
  });

  test.each([
    ['', 'an update every 15 min'],
    ['30m', '`/incident cadence on` goes back to the 15 min of SEV1'],
    ['every 2 hours', '`/incident cadence on` goes back to the 15 min of SEV1'],
    ['off', 'needs a reason'],
    ['off waiting for the vendor', 'Sitrep asks every 4 h whether it stays so'],
    ['soon', '"soon" is not a cadence'],
    ['0.5s', 'was not set'],
    ['400d', 'was not set'],
  ])('cadence "%s" is answered with %s', async (rest, answer) => {
    const id = await declared();
    expect(await type(id, 'cadence', rest)).toContain(answer);
  });

  test('a cadence that was off comes back, by hand or as the severity has it', async () => {
    const id = await declared();
    await type(id, 'cadence', 'off vendor');
    expect(await read(id)).toMatchObject({ promiseDueAt: null, cadenceOffReason: 'vendor' });
    now = at('18:00');
    await wake(deps, 1);
    expect(await rungs(id)).toEqual(['off']);
    await type(id, 'cadence', 'on');
    expect(await read(id)).toMatchObject({ promiseDueAt: at('18:05'), cadenceOffReason: null, cadenceMs: null });
  });

  test.each([
    ['10m', 'The next reminder'],
    ['', 'The next reminder'],
    ['a while', '"a while" is not a length of time'],
    ['3h', '3 h is too long to stay quiet: at most 15 min'],
  ])('snooze "%s" of a promise that is due is answered with %s', async (rest, answer) => {
    const id = await declared();
    await live([deps], at('14:15'));
    expect(await type(id, 'snooze', rest)).toContain(answer);
  });

  test('the snooze button is quiet for ten minutes, keeps the promise, and is dead once an update came', async () => {
    const id = await declared();
    await live([deps], at('14:15'));
    const value = `${id}:${at('14:15').getTime()}`;
    expect(await click('snooze', value)).toContain('the promised update is still owed');
    await live([deps], at('14:22:30'), at('14:24'));
    expect(await rungs(id)).toEqual(['due']);
    await live([deps], at('14:25'));
    expect(await rungs(id)).toEqual(['due', 'half']);
    now = at('14:26');
    await type(id, 'update', 'here');
    expect((await listUpdates(db, id))[0]).toMatchObject({ kept: false, lateByMs: 11 * MINUTE });
    expect(await click('snooze', value)).toContain('That reminder is done');
    expect(await entries(id, 'snoozed')).toHaveLength(1);
  });

  test('a snooze that would delay nothing says when the next reminder comes', async () => {
    const id = await declared('sev2 slow');
    expect(await type(id, 'snooze', '10m')).toContain('Nothing to snooze');
  });

  test('of a private incident nobody outside learns that it exists', async () => {
    const id = await declared('sev1 breach three', { visibility: 'private' });
    expect(await click('post-update', String(id))).toContain('There is no incident');
    await db.insertInto('channelMembers').values({ incidentId: id, userId: casey }).execute();
    expect(await click('post-update', String(id))).toBe('silent');
  });
});

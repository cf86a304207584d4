import { readFileSync } from 'node:fs';
import { afterEach, expect, test } from '@jest/globals';
import { sql } from 'kysely';
import type { Job } from '../src/jobs/job.ts';
import { enqueue } from '../src/jobs/queue.ts';
import { type IncidentId, incidentId, userId } from '../src/lib/ids.ts';
import { recover } from '../src/timeline/transactions.ts';
import { testDatabase } from './support/database.ts';
import { sitrep } from './support/sitrep-child.ts';
import { depsOf, givenIncident, NOW, TS } from './timeline/given.ts';

const { db, url } = await testDatabase();
const empty = await testDatabase({ migrated: false });
const DATABASE = { DATABASE_URL: url };

afterEach(() => sql`truncate jobs`.execute(db));

const SECRET = 'the customer is Müller & Söhne 🔥';

async function givenMessage(text = SECRET): Promise<IncidentId> {
  const { id, channel } = await givenIncident(db);
  const entry = {
    identity: `m:${TS}`,
    kind: 'message',
    occurredAt: NOW,
    actor: 'U1',
    source: 'slack',
    ts: TS,
  } as const;
  await recover(depsOf(db), id, channel, [{ ...entry, text, payload: {} }]);
  return id;
}

async function givenJob(job: Job, more: { parked?: string } = {}): Promise<number> {
  await db.transaction().execute((trx) => enqueue(trx, [{ job, runAt: NOW }]));
  const { rows } = await sql<{ id: number }>`select max(id) as id from jobs`.execute(db);
  const id = Number(rows[0]?.id);
  if (more.parked)
    await sql`update jobs set parked_at = clock_timestamp(), attempts = 9, last_error = ${more.parked} where id = ${id}`.execute(
      db,
    );
  return id;
}

const dm = (text: string): Job => ({ kind: 'dm', user: userId('U1'), message: { text } });

test('the schema printed is the one in the docs', async () => {
  const said = await sitrep(['schema']);
  expect(said).toEqual({ code: 0, err: '', out: readFileSync('docs/sitrep.schema.json', 'utf8') });
});

test('a command that does not exist is exit code 2 and one sentence, nothing on standard output', async () => {
  expect(await sitrep(['docter'])).toEqual({
    code: 2,
    out: '',
    err: 'sitrep: There is no command "docter". Did you mean this? sitrep doctor\n',
  });
});

test('an export needs neither tokens nor a policy, and is JSON alone on standard output', async () => {
  const id = await givenMessage();
  const said = await sitrep(['export', `INC-${id}`], {
    ...DATABASE,
    NODE_ENV: 'production',
    PORT: 'none',
    SITREP_CONFIG: 'nowhere.yml',
    LOG_LEVEL: 'debug',
  });
  expect(said.code).toBe(0);
  const record = JSON.parse(said.out);
  expect(record.incident).toMatchObject({ ref: `INC-${id}`, severity: 'SEV2' });
  expect(record.timeline).toMatchObject([{ kind: 'message', ts: TS, text: SECRET, permalink: null }]);
});

test('an export as Markdown', async () => {
  const id = await givenMessage('plain words');
  const said = await sitrep(['export', String(id), '--format', 'md'], DATABASE);
  expect(said).toMatchObject({ code: 0, err: '' });
  expect(said.out).toMatch(new RegExp(`^# INC-${id}: checkout is down[\\s\\S]*plain words`));
});

test('a long export comes whole through a pipe', async () => {
  const id = await givenMessage('x'.repeat(2_000_000));
  const said = await sitrep(['export', `INC-${id}`], DATABASE);
  expect(JSON.parse(said.out).timeline[0].text).toHaveLength(2_000_000);
});

test('an incident that is not there: which are', async () => {
  const id = await givenMessage();
  const said = await sitrep(['export', 'INC-99999'], DATABASE);
  expect(said).toMatchObject({ code: 1, out: '' });
  expect(said.err).toMatch(new RegExp(`^sitrep: There is no INC-99999; .*INC-${id}`));
});

test('a redacted message is gone from the export, and redacting it again changes nothing', async () => {
  const id = await givenMessage();
  const first = await sitrep(['redact', `INC-${id}`, TS], DATABASE);
  expect(first).toMatchObject({ code: 0, err: '' });
  expect(first.out).toMatch(/^1 entry of message .* blanked for good\.\nIn Slack the message still stands/);
  const { out } = await sitrep(['export', `INC-${id}`], DATABASE);
  expect(out).not.toContain('Müller');
  expect(JSON.parse(out).audit).toMatchObject([{ what: 'message redacted', actor: expect.stringMatching(/^cli:/) }]);
  expect(await sitrep(['redact', `INC-${id}`, TS], DATABASE)).toMatchObject({
    code: 0,
    out: expect.stringMatching(/^Nothing was left/),
  });
});

test('a message that is not there, an incident that is not there', async () => {
  const id = await givenMessage();
  const message = await sitrep(['redact', `INC-${id}`, '1790000999.000000'], DATABASE);
  expect(message).toMatchObject({ code: 1, out: '' });
  expect(message.err).toContain(`INC-${id} holds no message 1790000999.000000: see "ts" in sitrep export INC-${id}`);
  expect((await sitrep(['redact', 'INC-99999', TS], DATABASE)).err).toContain('There is no INC-99999');
});

test('the list of jobs shows what was given up and why, and nothing of what it says', async () => {
  const id = await givenJob(dm(SECRET), { parked: 'chat.postMessage: user_not_found' });
  const said = await sitrep(['jobs'], DATABASE);
  expect(said).toMatchObject({ code: 0, err: '' });
  expect(said.out).toMatch(new RegExp(`^${id} +dm .*parked .*chat.postMessage: user_not_found$`, 'm'));
  expect(said.out).not.toContain('Müller');
});

test('a job that was given up is tried again, or struck', async () => {
  const [one, two] = [await givenJob(dm('1'), { parked: 'a' }), await givenJob(dm('2'), { parked: 'b' })];
  const retried = await sitrep(['jobs', 'retry', String(one)], DATABASE);
  expect(retried.code).toBe(0);
  expect(retried.out).toMatch(`Job ${one} (dm) is tried again, as job `);
  const dropped = await sitrep(['jobs', 'drop', String(two)], DATABASE);
  expect(dropped).toMatchObject({ code: 0, out: `Job ${two} (dm) is struck; it will not be done.\n` });
  const left = await db.selectFrom('jobs').select('parkedAt').where('id', '>=', one).execute();
  expect(left).toEqual([{ parkedAt: null }]);
});

test('a promise that is well cannot be struck, and one asked for by a wrong id is said', async () => {
  const id = await givenJob({ kind: 'cadence', incident: incidentId(1) });
  const said = await sitrep(['jobs', 'drop', String(id), '99999'], DATABASE);
  expect(said.code).toBe(1);
  expect(said.out).toContain(`Job ${id} (cadence) has not failed`);
  expect(said.out).toContain('There is no job 99999');
  expect(await db.selectFrom('jobs').select('id').where('id', '=', id).execute()).toHaveLength(1);
});

test('a database without tables is refused until it is migrated, and migrating it again does nothing', async () => {
  const env = { DATABASE_URL: empty.url };
  const refused = await sitrep(['jobs'], env);
  expect(refused).toMatchObject({ code: 1, out: '' });
  expect(refused.err).toMatch(/^sitrep: \d+ migrations not applied to the database: run sitrep migrate\.\n$/);
  const looked = await sitrep(['doctor'], env);
  expect(looked).toMatchObject({ code: 0 });
  expect(looked.out).toContain('The database has no tables yet');
  expect((await sitrep(['migrate'], env)).out).toMatch(/^\d+ migrations applied: 0001_incidents.sql, /);
  expect((await sitrep(['migrate'], env)).out).toMatch(/^Nothing to apply: the database is at /);
  expect((await sitrep(['jobs'], env)).out).toBe('Nothing is to be done.\n');
});

test('a database that is not there is one sentence without its password, and none is made in its place', async () => {
  const gone = { DATABASE_URL: 'postgres://sitrep:geheimnis@127.0.0.1:1/sitrep' };
  const said = await sitrep(['export', 'INC-1'], gone);
  expect(said).toMatchObject({ code: 1, out: '' });
  expect(said.err).toMatch(
    /^sitrep: The database \(DATABASE_URL\) cannot be used: .*ECONNREFUSED.*DATABASE_URL.*\.\n$/,
  );
  expect(said.err).not.toContain('geheimnis');
  expect((await sitrep(['export', 'INC-1'])).err).toMatch(
    /^sitrep: There is no database in .*\.data yet: run npm start/,
  );
  expect((await sitrep(['jobs'], { DATABASE_URL: 'mysql://a/b' })).err).toBe(
    'sitrep: DATABASE_URL cannot be read: write it like postgres://user:password@host:5432/sitrep.\n',
  );
});

test('without tokens the doctor looks at everything but Slack, and changes nothing', async () => {
  await givenJob(dm('3'), { parked: 'chat.postMessage: channel_not_found' });
  const bad = { identity: 'C1:m:1', reason: 'Postgres refused it (22P05)', payload: SECRET, at: NOW };
  await db.insertInto('quarantine').values(bad).execute();
  const before = await db.selectFrom('jobs').selectAll().orderBy('id').execute();
  const said = await sitrep(['doctor'], DATABASE);
  expect(said).toMatchObject({ code: 1, err: '' });
  expect(said.out).toMatch(/^ok {7}Node /m);
  expect(said.out).toMatch(/^note {5}No Slack token is set.*sandbox/m);
  expect(said.out).toMatch(/^problem {2}.*1 dm \(chat.postMessage: channel_not_found\) — .*sitrep jobs retry/m);
  expect(said.out).toMatch(/^problem {2}1 event in quarantine.*C1:m:1, Postgres refused it \(22P05\)/m);
  expect(said.out).toMatch(/problems found\.\n$/);
  expect(said.out).not.toContain('Müller');
  expect(await db.selectFrom('jobs').selectAll().orderBy('id').execute()).toEqual(before);
});

test('settings that are wrong are problems of the doctor, who goes on, and no token is printed', async () => {
  const env = { ...DATABASE, SLACK_BOT_TOKEN: 'xoxp-geheimnis', PORT: 'x', SITREP_CONFIG: 'nowhere.yml' };
  const { code, out, err } = await sitrep(['doctor'], env);
  expect([code, err]).toEqual([1, '']);
  expect(out).toMatch(/^problem {2}PORT is "x"/m);
  expect(out).toMatch(/^problem {2}SLACK_BOT_TOKEN does not begin with xoxb-/m);
  expect(out).toMatch(/^problem {2}SITREP_CONFIG names nowhere.yml/m);
  expect(out).toMatch(/^ok {7}PostgreSQL .* answers$/m);
  expect(out).not.toContain('geheimnis');
});

test('a start that is refused says every problem at once', async () => {
  const said = await sitrep(['start'], { SLACK_BOT_TOKEN: 'xoxb-1', PORT: 'x' });
  expect(said).toMatchObject({ code: 1, out: '' });
  expect(said.err).toMatch(/^Sitrep did not start:\n {2}• PORT is "x"[\s\S]*SLACK_APP_TOKEN is missing/);
});

import { randomUUID } from 'node:crypto';
import { afterEach, expect, test } from '@jest/globals';
import { sql } from 'kysely';
import { declarationOf } from '../../src/incidents/declare.ts';
import { moveIncident } from '../../src/incidents/transactions.ts';
import type { IncidentId } from '../../src/lib/ids.ts';
import { testDatabase } from '../support/database.ts';
import { declareIncident } from '../support/declare.ts';
import { at, olivia, policy } from '../support/given.ts';

const { db } = await testDatabase();
const deps = { db, policy, now: () => at('14:00') };
const intent = () => ({ identity: randomUUID(), by: olivia });
const declare = (words: string, by = intent()) => declareIncident(deps, by, declarationOf(words, policy), {});

afterEach(async () => {
  await sql`drop trigger if exists refuse on intents`.execute(db);
});

/** The server says no to COMMIT, when all has been written. */
async function refuseCommits(): Promise<void> {
  await sql`create or replace function refuse() returns trigger language plpgsql as $$ begin raise 'no'; end $$`.execute(
    db,
  );
  await sql`
    create constraint trigger refuse after insert on intents deferrable initially deferred
    for each row execute function refuse()`.execute(db);
}

async function everythingOf(id: IncidentId) {
  const of = { incident: id };
  return {
    incident: await db.selectFrom('incidents').selectAll().where('id', '=', id).execute(),
    entries: await db.selectFrom('timelineEntries').selectAll().where('incidentId', '=', id).execute(),
    jobs: await db
      .selectFrom('jobs')
      .selectAll()
      .where(sql<boolean>`payload @> ${JSON.stringify(of)}::jsonb`)
      .execute(),
    audit: await db.selectFrom('audit').selectAll().where('incidentId', '=', id).execute(),
  };
}

test('a change whose commit is refused leaves nothing: no state, no entry, no effect', async () => {
  const { incident } = await declare('sev1 checkout is down');
  const before = await everythingOf(incident.id);
  await refuseCommits();
  const resolve = () =>
    moveIncident(deps, incident.id, intent(), {
      to: 'resolved',
      by: olivia,
      why: 'rolled back',
      resolution: 'rolled back',
    });
  await expect(resolve()).rejects.toThrow('no');
  expect(await everythingOf(incident.id)).toEqual(before);
});

test('a declaration whose commit is refused leaves nothing', async () => {
  const count = async () => ({
    incidents: await db.selectFrom('incidents').select('id').execute(),
    jobs: await db.selectFrom('jobs').select('id').execute(),
    entries: await db.selectFrom('timelineEntries').select('id').execute(),
  });
  const before = await count();
  await refuseCommits();
  await expect(declare('sev1 nobody will know')).rejects.toThrow('no');
  expect(await count()).toEqual(before);
});

test('a declaration that Slack delivers three times at once is one incident, answered alike', async () => {
  const once = intent();
  const answers = await Promise.all([1, 2, 3].map(() => declare('sev2 search is slow', once)));
  expect(new Set(answers.map(({ incident }) => incident.id)).size).toBe(1);
  expect(new Set(answers.map(({ answer }) => answer?.text)).size).toBe(1);
  expect(answers.filter(({ repeated }) => repeated)).toHaveLength(2);
  const again = await declare('sev2 search is slow', once);
  expect(again).toMatchObject({ repeated: true, incident: { id: answers[0]?.incident.id } });
});

test('those who declare the same title at once get a name and a number each, and a lost race for a name costs one number at most', async () => {
  const all = await Promise.all(Array.from({ length: 12 }, () => declare('sev2 mail is late')));
  const names = all.map(({ incident }) => incident.channelName.replace(/^inc-\d{8}-/, ''));
  const expected = ['mail-is-late', ...Array.from({ length: 11 }, (_, n) => `mail-is-late-${n + 2}`)];
  expect(names.toSorted()).toEqual(expected.toSorted());
  const numbers = all.map(({ incident }) => incident.id).toSorted((a, b) => a - b);
  expect(new Set(numbers).size).toBe(12);
  expect(Number(numbers.at(-1)) - Number(numbers[0])).toBeLessThanOrEqual(22);
});

test('a title of which every plain name is taken goes on counting', async () => {
  const stem = 'inc-20260116-busy';
  const taken = [stem, ...Array.from({ length: 120 }, (_, n) => `${stem}-${n + 2}`)];
  const { incident } = await declare('sev2 busy');
  expect(incident.channelName).toBe(stem);
  await db
    .insertInto('incidents')
    .values(
      taken.slice(1).map((channelName) => ({
        channelName,
        title: 'busy',
        severity: 'SEV2',
        severityChosen: true,
        status: 'closed' as const,
        visibility: 'public' as const,
        kind: 'real' as const,
        declaredBy: olivia,
        declaredAt: at('13:00'),
      })),
    )
    .execute();
  expect((await declare('sev2 busy')).incident.channelName).toBe(`${stem}-122`);
});

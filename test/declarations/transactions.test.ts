import { randomBytes, randomUUID } from 'node:crypto';
import { expect, test } from '@jest/globals';
import { declareTogether, keepMessage, openToEach, wholeMessage } from '../../src/declarations/transactions.ts';
import { declarationOf } from '../../src/incidents/declare.ts';
import type { Incident } from '../../src/incidents/incident.ts';
import { pruneIntents } from '../../src/intents/store.ts';
import { ts } from '../../src/lib/ids.ts';
import { savePerson } from '../../src/people/store.ts';
import { testDatabase } from '../support/database.ts';
import { at, casey, erin, olivia, policy } from '../support/given.ts';

const { db } = await testDatabase();
const deps = { db, policy, now: () => at('14:00') };
const asked = (words: string, more: { identity?: string; visibility?: 'private' } = {}) => ({
  intent: { identity: more.identity ?? randomUUID(), by: olivia },
  declaration: { ...declarationOf(words, policy), ...(more.visibility && { visibility: more.visibility }) },
  waiting: {},
});

async function jobsOf(one: { incident: Incident } | null | undefined): Promise<string[]> {
  const jobs = await db
    .selectFrom('jobs')
    .select('kind')
    .where('payload', '@>', JSON.stringify({ incident: one?.incident.id }))
    .orderBy('id')
    .execute();
  return jobs.map(({ kind }) => kind);
}

async function together(...all: ReturnType<typeof asked>[]) {
  const settled = await declareTogether(deps, all);
  return settled.map((one) => (one.ok ? one.value : null));
}

test('what is declared at the same time gets numbers without a gap, a name each and its own answer', async () => {
  const made = await together(
    asked('sev1 mail is late'),
    asked('sev1 mail is late'),
    asked('sev2 mail is late 2'),
    asked('sev1 a secret', { visibility: 'private' }),
  );
  const numbers = made.flatMap((one) => one?.incident.id ?? []).toSorted((a, b) => a - b);
  expect(Number(numbers.at(-1)) - Number(numbers[0])).toBe(3);
  expect(made.map((one) => one?.incident.channelName.replace(/^inc-\d{8}-/, ''))).toEqual([
    'mail-is-late',
    'mail-is-late-2',
    'mail-is-late-2-2',
    String(made[3]?.incident.id),
  ]);
  for (const one of made) {
    expect(one?.answer?.text).toContain(`INC-${one?.incident.id} declared`);
    expect(await jobsOf(one)).toEqual(['open-channel', 'acknowledge', 'cadence']);
  }
});

test('what users no longer feel is mitigated and goes on; what was over is resolved, promises nothing and asks nobody', async () => {
  const over = asked('sev1 was broken');
  const mitigated = asked('sev1 is better');
  const [one, other] = await together(
    { ...over, declaration: { ...over.declaration, startedAt: at('12:00'), overAt: at('13:00') } },
    { ...mitigated, declaration: { ...mitigated.declaration, mitigatedAt: at('13:30'), noticedAt: at('13:10') } },
  );
  expect(one?.incident).toMatchObject({
    status: 'resolved',
    promiseDueAt: null,
    detectedAt: null,
    mitigatedAt: at('13:00'),
  });
  expect(other?.incident).toMatchObject({ status: 'mitigated', resolvedAt: null, detectedAt: at('13:10') });
  expect(other?.incident.promiseDueAt).toEqual(at('14:15'));
  expect(other?.answer?.text).toMatch(/is mitigated since/);
  expect(await jobsOf(one)).toEqual(['open-channel', 'postmortem']);
  expect(await jobsOf(other)).toEqual(['open-channel', 'acknowledge', 'cadence']);
});

test('what is open is read once for all who declare: each is told what they may see, and nothing who is not known', async () => {
  const member = { teamId: 'T1', standing: 'member', checkedAt: at('14:00') } as const;
  for (const userId of [olivia, casey]) await savePerson(db, { ...member, userId, name: userId });
  const [open, secret] = await together(asked('sev1 open'), asked('sev1 secret', { visibility: 'private' }));
  const read = await openToEach(deps, [olivia, casey, erin, olivia]);
  const seen = read.map((one) => (one.ok ? one.value.map(({ id }) => id) : []));
  const here = (ids: number[]) => [open, secret].map((one) => ids.includes(one?.incident.id ?? 0));
  expect(seen.map(here)).toEqual([
    [true, true],
    [true, false],
    [false, false],
    [true, true],
  ]);
});

test('of one declaration delivered twice at the same time, and again later, there is one incident', async () => {
  const once = asked('sev2 search is slow');
  const [first, second] = await together(once, once);
  const [again, other] = await together(once, asked('sev2 another'));
  expect(first?.repeated).toBe(false);
  expect([second, again]).toMatchObject([
    { repeated: true, incident: { id: first?.incident.id }, answer: first?.answer },
    { repeated: true, incident: { id: first?.incident.id }, answer: first?.answer },
  ]);
  expect(other?.incident.id).not.toBe(first?.incident.id);
});

test('one that PostgreSQL refuses does not cost those who declare at the same time', async () => {
  // Longer than an index takes.
  const refused = asked('sev1 of a strange identity', { identity: randomBytes(9_000).toString('hex') });
  const settled = await declareTogether(deps, [asked('sev1 before'), refused, asked('sev1 after')]);
  expect(settled.map((one) => one.ok)).toEqual([true, false, true]);
});

test('a message kept for a form is read by whom it was kept for, survives a second delivery, and goes with the intents of its day', async () => {
  const { intent } = asked('a shortcut');
  const kept = await keepMessage(deps, intent, 'the whole of it');
  expect(await keepMessage(deps, intent, 'the whole of it')).toBe(kept);
  const from = { ts: ts('1768572000.000100'), link: 'https://acme.slack.com/p1', text: 'the wh…', kept };
  expect((await wholeMessage(deps, from, olivia)).text).toBe('the whole of it');
  expect((await wholeMessage(deps, from, casey)).text).toBe('the wh…');
  await pruneIntents(db, at('14:01'));
  expect((await wholeMessage(deps, from, olivia)).text).toBe('the wh…');
});

import { expect, test } from '@jest/globals';
import { closesAt } from '../../src/incidents/follow.ts';
import { DAY, HOUR } from '../../src/lib/duration.ts';
import { type IncidentId, userId } from '../../src/lib/ids.ts';
import { postmortemFinding } from '../../src/operations/system-findings.ts';
import { defaultPolicy } from '../../src/policy.ts';
import { dueAt, nextRungAt, owes, owing, rungNow, rungsOf } from '../../src/postmortems/owed.ts';
import { countFactors, countPostmortems, listOverdue, saveFactors } from '../../src/postmortems/store.ts';
import { testDatabase } from '../support/database.ts';
import { makeIncident } from '../support/given.ts';
import { givenIncident, NOW } from '../timeline/given.ts';

const { db } = await testDatabase();
const plus = (ms: number) => new Date(NOW.getTime() + ms);

test.each([
  ['two days', 2 * DAY, ['half time 24 h', 'due 48 h', 'escalated 72 h']],
  ['a week', 7 * DAY, ['half time 84 h', 'a day before 144 h', 'due 168 h', 'escalated 192 h']],
  ['an hour', HOUR, ['half time 0.5 h', 'due 1 h', 'escalated 1.5 h']],
])('within %s the owner is reminded at these times, and no two come together', (_, within, times) => {
  const rungs = rungsOf(NOW, plus(within));
  expect(rungs.map(({ rung, at }) => `${rung} ${(at.getTime() - NOW.getTime()) / HOUR} h`)).toEqual(times);
});

test('after a long sleep the reminder that now applies is sent, and none that was', () => {
  const at = (hours: number, reminded: string | null) => rungNow(NOW, plus(2 * DAY), reminded, plus(hours * HOUR));
  expect([at(1, 'told'), at(24, 'told'), at(24, 'half time')]).toEqual([null, 'half time', null]);
  expect([at(60, null), at(60, 'due'), at(900, 'half time'), at(900, 'escalated')]).toEqual([
    'due',
    null,
    'escalated',
    null,
  ]);
  expect(nextRungAt(NOW, plus(2 * DAY), plus(900 * HOUR))).toBeNull();
});

test('a drill owes nothing, and closes by itself as what owes nothing does', () => {
  const drill = makeIncident({ kind: 'drill', status: 'resolved', resolvedAt: NOW });
  expect([owes(drill, defaultPolicy), dueAt(drill, defaultPolicy)]).toEqual(['optional', null]);
  expect(closesAt(drill, defaultPolicy)).toEqual(plus(DAY));
  const real = makeIncident({ status: 'resolved', resolvedAt: NOW });
  expect([dueAt(real, defaultPolicy), closesAt(real, defaultPolicy)]).toEqual([plus(2 * DAY), null]);
});

test('what became of owed postmortems is counted, those nobody drafted too; drills and what is open again owe nothing', async () => {
  const resolved = async (more: object, postmortem: object | null) => {
    const { id } = await givenIncident(db);
    const over = { status: 'resolved', severity: 'SEV1', resolvedAt: plus(-3 * DAY), ...more } as const;
    await db.updateTable('incidents').set(over).where('id', '=', id).execute();
    if (postmortem)
      await db
        .insertInto('postmortems')
        .values({ ...row(id), ...postmortem })
        .execute();
    return id;
  };
  const row = (incidentId: IncidentId) => ({
    incidentId,
    status: 'draft' as const,
    markdown: '',
    revision: 1,
    draftedAt: NOW,
    dueAt: plus(-DAY),
    fileId: null,
  });
  const published = (publishedAt: Date) => ({ status: 'published', publishedAt, dueAt: NOW });
  const first = await resolved({}, published(plus(-HOUR)));
  await resolved({}, published(plus(HOUR)));
  // Being corrected, long after it was due.
  await resolved({}, { publishedAt: plus(-2 * DAY), takenBackAt: NOW });
  const late = await resolved({}, { owner: userId('U7') });
  await resolved({}, { dueAt: plus(HOUR) });
  const missing = await resolved({}, null);
  await resolved({ severity: 'SEV3' }, null);
  await resolved({ kind: 'drill' }, { dueAt: null });
  await resolved({ status: 'investigating' }, { dueAt: null });
  await db.transaction().execute(async (trx) => {
    const factor = (of: 'change' | 'config') => ({ class: of, text: of });
    await saveFactors(trx, first, [factor('change'), factor('config'), factor('config')]);
    await saveFactors(trx, first, [factor('change'), factor('change')]);
    await saveFactors(trx, late, [factor('config')]);
  });
  const owed = owing(defaultPolicy);
  expect(await countPostmortems(db, owed, NOW)).toEqual({
    published_on_time: 2,
    published_late: 1,
    due: 1,
    overdue: 1,
    missing: 1,
  });
  expect(await countFactors(db)).toEqual([{ class: 'change', count: 2 }]);
  const overdue = await listOverdue(db, owed, NOW);
  expect(postmortemFinding(overdue)).toMatchObject({
    level: 'note',
    what: `2 postmortems overdue or missing: INC-${late} (due 2026-09-20, owner U7) and INC-${missing} (due 2026-09-20, not drafted)`,
  });
  expect(postmortemFinding([]).level).toBe('ok');
});

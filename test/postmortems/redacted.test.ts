import { expect, test } from '@jest/globals';
import type { Ts } from '../../src/lib/ids.ts';
import { markdown } from '../../src/postmortems/markdown.ts';
import { draftPostmortem } from '../../src/postmortems/postmortem.ts';
import { withoutMessages } from '../../src/postmortems/redacted.ts';
import { saveDraft } from '../../src/postmortems/store.ts';
import { appendEntries } from '../../src/timeline/store.ts';
import { readRecord, redact } from '../../src/timeline/transactions.ts';
import { testDatabase } from '../support/database.ts';
import { depsOf, givenIncident, NOW, TS } from '../timeline/given.ts';
import { clean, facts, OMAR, record, says, ts } from './given.ts';

const { db } = await testDatabase();

test('a draft forgets what it quoted of a message, and nothing else', () => {
  const draft = markdown(draftPostmortem(clean, facts()));
  const left = withoutMessages(draft, [ts('14:07')]);
  expect(draft).toContain('errors start with build 812');
  expect(left).not.toContain('errors start with build 812');
  expect(left).toContain("let's roll back 812");
  expect(left.split('\n')).toHaveLength(draft.split('\n').length);
  expect(withoutMessages(draft, ['1.000100' as Ts])).toBe(draft);
});

test('quotation marks within a quote do not save a part of it', () => {
  const given = record({ timeline: [says('14:05', OMAR, 'a ” b “ hunter2 ” hunter2', { key: true })] });
  expect(withoutMessages(markdown(draftPostmortem(given, facts())), [ts('14:05')])).not.toContain('hunter2');
});

test('once redacted, a message is neither in the stored draft nor in the export', async () => {
  const { id } = await givenIncident(db);
  const said = { identity: 'm:1', kind: 'message', occurredAt: NOW, actor: 'U1', source: 'slack' } as const;
  const quote = `- [14:16](https://acme.slack.com/archives/C1/p${TS.replace('.', '')}) 📌 Dana: “hunter2”`;
  await db.transaction().execute(async (trx) => {
    await appendEntries(trx, id, [{ ...said, text: 'hunter2', ts: TS }], NOW);
    await saveDraft(trx, { incidentId: id, markdown: `# Draft\n${quote}\n“kept”\n`, draftedAt: NOW, dueAt: null });
  });
  await redact(depsOf(db), id, TS, 'operator');
  const held = await readRecord({ db }, id, 'https://acme.slack.com/');
  expect(held?.postmortem?.markdown).toContain('Dana: (redacted)\n“kept”');
  expect(JSON.stringify(held)).not.toContain('hunter2');
});

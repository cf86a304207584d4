import { expect, test } from '@jest/globals';
import { type Ts, userId } from '../../src/lib/ids.ts';
import { markdown } from '../../src/postmortems/markdown.ts';
import { draftPostmortem } from '../../src/postmortems/postmortem.ts';
import { withoutMessages } from '../../src/postmortems/redacted.ts';
import { editSection, recordDraft } from '../../src/postmortems/transactions.ts';
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

test('once redacted, a message is neither in the draft, nor in what people wrote, nor in the export, and Slack shows it no more', async () => {
  const { id } = await givenIncident(db);
  const said = { identity: 'm:1', kind: 'message', occurredAt: NOW, actor: 'U1', source: 'slack' } as const;
  const link = `https://acme.slack.com/archives/C1/p${TS.replace('.', '')}`;
  const quote = {
    as: 'item',
    said: [{ text: '14:16', href: link }, { text: ' Dana: ' }, { text: '“hunter2”' }],
  } as const;
  const document = {
    ref: `INC-${id}`,
    title: 'down',
    facts: [],
    measured: [],
    sections: [{ heading: 'Timeline', body: [quote, { as: 'item', said: [{ text: '“kept”' }] } as const] }],
    wording: [],
  };
  const draft = { document, draftedAt: NOW, dueAt: null, askedBy: null };
  await db.transaction().execute((trx) => appendEntries(trx, id, [{ ...said, text: 'hunter2', ts: TS }], NOW));
  expect(await recordDraft(depsOf(db), id, 'first', draft)).toBe(1);
  const wording = { section: 'summary', text: `- [14:16](${link}): “hunter2”`, base: null, by: userId('U1') } as const;
  expect((await editSection(depsOf(db), id, { identity: 'edit', by: userId('U1') }, wording)).ok).toBe(true);
  await db.deleteFrom('jobs').execute();

  await redact(depsOf(db), id, TS, 'operator');
  const held = await readRecord({ db }, id, 'https://acme.slack.com/');
  expect(held?.postmortem?.markdown).toContain('Dana: (redacted)\n- “kept”');
  const rows = await db.selectFrom('postmortems').selectAll().where('incidentId', '=', id).execute();
  const revisions = await db.selectFrom('postmortemRevisions').selectAll().where('incidentId', '=', id).execute();
  expect(JSON.stringify([held, rows, revisions])).not.toContain('hunter2');
  expect(revisions.map(({ text }) => text)).toEqual([`- [14:16](${link}): (redacted)`]);
  const jobs = await db.selectFrom('jobs').select('kind').orderBy('kind').execute();
  expect(jobs.map(({ kind }) => kind)).toEqual(['draw-postmortem', 'upload-draft']);

  // Drafted from a record that was read before the message was taken back.
  expect(await recordDraft(depsOf(db), id, 'late', draft)).toBeGreaterThan(1);
  expect(JSON.stringify(await readRecord({ db }, id, null))).not.toContain('hunter2');
});

import { expect, test } from '@jest/globals';
import { type Ts, userId } from '../../src/lib/ids.ts';
import { factorsIn } from '../../src/postmortems/factors.ts';
import { markdown } from '../../src/postmortems/markdown.ts';
import { messagesQuoted, withoutMessages } from '../../src/postmortems/redacted.ts';
import { revisionsOf, saveFactors, saveReviews } from '../../src/postmortems/store.ts';
import { editSection, readForDraft, recordDraft } from '../../src/postmortems/transactions.ts';
import { appendEntries } from '../../src/timeline/store.ts';
import { readRecord, recover, redact } from '../../src/timeline/transactions.ts';
import { testDatabase } from '../support/database.ts';
import { depsOf, givenIncident, NOW, TS } from '../timeline/given.ts';
import { clean, draftOf, facts, OMAR, record, says, ts } from './given.ts';

const { db } = await testDatabase();

test('a draft forgets what it quoted of a message, and nothing else', () => {
  const draft = markdown(draftOf(clean, facts()));
  const left = withoutMessages(draft, [ts('14:07')]);
  expect(draft).toContain('errors start with build 812');
  expect(left).not.toContain('errors start with build 812');
  expect(left).toContain("let's roll back 812");
  expect(left.split('\n')).toHaveLength(draft.split('\n').length);
  expect(withoutMessages(draft, ['1.000100' as Ts])).toBe(draft);
});

test('quotation marks within a quote do not save a part of it', () => {
  const given = record({ timeline: [says('14:05', OMAR, 'a ” b “ hunter2 ” hunter2', { key: true })] });
  expect(withoutMessages(markdown(draftOf(given, facts())), [ts('14:05')])).not.toContain('hunter2');
});

test('once redacted, a message is neither in the draft, nor in what people wrote, nor in the export, and Slack shows it no more', async () => {
  const { id } = await givenIncident(db);
  const SECRET = 'use *hunter2_123!* for &lt;eu &amp; us&gt;, <@U0CASEY1>';
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
  await db.transaction().execute((trx) => appendEntries(trx, id, [{ ...said, text: SECRET, ts: TS }], NOW));
  expect(await recordDraft(depsOf(db), id, 'first', draft)).toBe(1);
  const wording = { section: 'summary', text: `- [14:16](${link}): “hunter2”`, base: null, by: userId('U1') } as const;
  expect((await editSection(depsOf(db), id, { identity: 'edit', by: userId('U1') }, wording)).ok).toBe(true);
  const review = { incidentId: id, reviewer: OMAR, askedBy: userId('U1'), askedAt: NOW, answeredAt: NOW };
  const perspective = `Seen from here:\n[14:16](${link}): “hunter2”\nThat was all.`;
  const reviews = [{ ...review, answer: 'perspective' as const, perspective }];
  await db.transaction().execute((trx) => saveReviews(trx, reviews));
  await db.deleteFrom('jobs').execute();

  // Pasted without a link, as a person reads it and as Markdown escapes it; what is short may stand there by itself.
  const pasted = { identity: 'pasted', by: userId('U1') } as const;
  const factors = `- Dana said: use hunter2_123!\nfor <eu & us>, @casey and went.\n- for eu`;
  const section = { section: 'factors', text: factors, base: null, by: userId('U1') } as const;
  expect((await editSection(depsOf(db), id, pasted, section)).ok).toBe(true);
  await db.transaction().execute((trx) => saveFactors(trx, id, factorsIn(factors)));
  await db.deleteFrom('jobs').execute();

  await redact(depsOf(db), id, TS, 'operator');
  const held = await readRecord({ db }, id, 'https://acme.slack.com/');
  expect(held?.postmortem?.markdown).toContain('Dana: (redacted)\n- “kept”');
  const rows = await db.selectFrom('postmortems').selectAll().where('incidentId', '=', id).execute();
  const revisions = await revisionsOf(db, id);
  const perspectives = await db.selectFrom('postmortemReviews').selectAll().where('incidentId', '=', id).execute();
  expect(perspectives[0]?.perspective).toBe(`Seen from here:\n[14:16](${link}): (redacted)\nThat was all.`);
  const counted = await db.selectFrom('postmortemFactors').select('text').where('incidentId', '=', id).execute();
  expect(counted).toHaveLength(2);
  expect(JSON.stringify([held, rows, revisions, counted])).not.toContain('hunter2');
  expect(revisions.map(({ text }) => text)).toEqual([
    '- Dana said: (redacted) and went.\n- for eu',
    `- [14:16](${link}): (redacted)`,
  ]);
  const jobs = await db.selectFrom('jobs').select(['kind', 'payload']).orderBy('kind').execute();
  expect(jobs.map(({ kind }) => kind)).toEqual(['dm', 'draw-postmortem', 'upload-draft']);
  expect(JSON.stringify(jobs[0]?.payload)).toContain('under Contributing factors. They are *(redacted)* there now');

  // Drafted from a record that was read before the message was taken back.
  expect(await recordDraft(depsOf(db), id, 'late', draft)).toBeGreaterThan(1);
  expect(JSON.stringify(await readRecord({ db }, id, null))).not.toContain('hunter2');
});

test('a file and an announcement that outlived the wording they quote lose the message too; files that do not quote it stay', async () => {
  const { id } = await givenIncident(db);
  const quoting = markdown(draftOf(clean, facts()));
  expect(messagesQuoted(quoting)).toContain(ts('14:07'));
  expect(withoutMessages(quoting, messagesQuoted(quoting))).not.toContain('errors start with build 812');
  const said = { kind: 'message', occurredAt: NOW, actor: 'U1', source: 'slack' } as const;
  const other = '1768000000.000100' as Ts;
  const entries = [TS, other].map((one) => ({ ...said, identity: `m:${one}`, text: 'hunter2', ts: one }));
  await db.transaction().execute((trx) => appendEntries(trx, id, entries, NOW));
  const document = { ref: `INC-${id}`, title: 'down', facts: [], measured: [], sections: [], wording: [] };
  await recordDraft(depsOf(db), id, `of ${id}`, { document, draftedAt: NOW, dueAt: null, askedBy: null });
  // It was published with the quote, taken back and put into other words.
  await db.updateTable('postmortems').set({ announced: true, fileId: 'F3' }).where('incidentId', '=', id).execute();
  const file = { incidentId: id, uploadedAt: NOW, unwanted: null, removedAt: null };
  await db
    .insertInto('postmortemFiles')
    .values([
      { ...file, fileId: 'F1', place: 'channel', quotes: [TS] },
      { ...file, fileId: 'F2', place: 'announcements', quotes: [TS] },
      { ...file, fileId: 'F3', place: 'channel', quotes: [other] },
      { ...file, fileId: 'F4', place: 'channel', quotes: null },
    ])
    .execute();
  await db.deleteFrom('jobs').execute();
  const left = async () => {
    const rows = await db.selectFrom('postmortemFiles').selectAll().where('incidentId', '=', id).execute();
    const jobs = await db.selectFrom('jobs').select(['kind', 'payload']).orderBy('kind').execute();
    await db.deleteFrom('jobs').execute();
    return { files: rows.flatMap((one) => (one.unwanted === null ? one.fileId : [])).sort(), jobs };
  };
  await redact(depsOf(db), id, TS, 'operator');
  const first = await left();
  expect(first.files).toEqual(['F3', 'F4']);
  expect(first.jobs.map(({ kind }) => kind)).toEqual(['edit', 'remove-files']);
  expect(JSON.stringify(first.jobs[0]?.payload)).toContain('something it quoted was taken back');
  // The one that stood last is followed by a fresh one.
  await redact(depsOf(db), id, other, 'operator');
  const second = await left();
  expect(second.files).toEqual(['F4']);
  expect(second.jobs.map(({ kind }) => kind)).toEqual(['draw-postmortem', 'remove-files', 'upload-draft']);
});

test('of a message at the end of a page of the record, what the next page says of it holds', async () => {
  const { id } = await givenIncident(db);
  const day = Date.parse('2026-03-28T14:00:00.000Z');
  const message = (n: number, text: string) => {
    const of = `${day / 1_000 + n}.000100` as Ts;
    const occurredAt = new Date(day + n * 1_000);
    return { identity: `m:${of}`, kind: 'message', occurredAt, actor: 'U1', source: 'slack', text, ts: of } as const;
  };
  const last = message(999, 'let’s roll back, the password is hunter2');
  const chatter = Array.from({ length: 999 }, (_, n) => message(n, 'looking'));
  const edit = { ...last, identity: 'e:1', kind: 'message_edited', text: 'hunter2, again' } as const;
  const gone = { ...last, identity: 'd:1', kind: 'message_deleted', text: null } as const;
  const mark = { ...last, identity: 'k:1', kind: 'note', text: 'hunter2', source: 'sitrep' } as const;
  // Its mark stands on the next page as well.
  const pin = { identity: 'p:1', kind: 'reaction_added', payload: { reaction: 'pushpin' }, text: null } as const;
  const pushpin = { ...message(1_000, ''), ...pin };
  const [first, second] = [message(1_000, 'nothing yet'), message(1_001, 'restart?')];
  const entries = [pushpin, ...chatter, last, mark, edit, gone, first, second];
  await db.transaction().execute((trx) => appendEntries(trx, id, entries, NOW));
  const digest = await readForDraft({ db }, id, 'https://acme.slack.com/', NOW);
  expect([digest?.entries, digest?.voices]).toEqual([1_006, [{ user: 'U1', messages: 1_003 }]]);
  expect(digest?.record.timeline.map(({ kind, text }) => [kind, text])).toEqual([
    ['note', null],
    ['message', null],
    ['message', 'nothing yet'],
    ['message', 'restart?'],
  ]);
});

test('a message that was deleted is quoted no more, also where the record keeps what it said', async () => {
  const { id, channel } = await givenIncident(db);
  const said = { identity: 'm:1', kind: 'message', occurredAt: NOW, actor: 'U1', source: 'slack', ts: TS } as const;
  const keeping = depsOf(db, 'keep');
  await recover(keeping, id, channel, [{ ...said, text: 'hunter2' }]);
  const href = `https://acme.slack.com/archives/C1/p${TS.replace('.', '')}`;
  const body = [{ as: 'item', said: [{ text: '14:16', href }, { text: ' “hunter2”' }] } as const];
  const sections = [{ heading: 'Timeline', body }];
  const document = { ref: `INC-${id}`, title: 'down', facts: [], measured: [], sections, wording: [] };
  await recordDraft(keeping, id, `of ${id}`, { document, draftedAt: NOW, dueAt: null, askedBy: null });
  await recover(keeping, id, channel, [{ ...said, identity: `d:${TS}`, kind: 'message_deleted', text: null }]);
  const held = await readRecord({ db }, id, null);
  expect(held?.timeline.find(({ kind }) => kind === 'message')?.text).toBe('hunter2');
  expect(held?.postmortem?.markdown).toContain('14:16](https://acme.slack.com');
  expect(held?.postmortem?.markdown).not.toContain('hunter2');
});

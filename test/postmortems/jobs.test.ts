import { afterEach, expect, test } from '@jest/globals';
import type { Status, Visibility } from '../../src/db/tables.ts';
import type { PostmortemRow } from '../../src/db/tables-postmortems.ts';
import type { Job, JobOf } from '../../src/jobs/job.ts';
import { channelId, type IncidentId, ts, type UserId, userId } from '../../src/lib/ids.ts';
import { defaultPolicy } from '../../src/policy.ts';
import { postmortemJobs } from '../../src/postmortems/jobs.ts';
import { postmortemListeners } from '../../src/postmortems/slack.ts';
import { noteDown } from '../../src/record/transactions.ts';
import type { Once, SlackApi } from '../../src/slack/api.ts';
import { SlackFault } from '../../src/slack/errors.ts';
import { appendEntries } from '../../src/timeline/store.ts';
import { redact } from '../../src/timeline/transactions.ts';
import { testDatabase } from '../support/database.ts';
import { nobodyAsks } from '../support/given.ts';
import { depsOf, givenIncident, NOW } from '../timeline/given.ts';

const { db } = await testDatabase();
const attempt = (marker: string) => ({ marker, number: 1, uncertainSince: null });
const RESOLVED = new Date('2026-09-21T14:50:00.000Z');

/** It numbers its files anew with every test. */
afterEach(async () => {
  await db.deleteFrom('postmortemFiles').execute();
});

/** A Slack that takes files; `faults` are what completing says, one call after the other. */
function filing(faults: SlackFault[] = []) {
  const calls: [string, ...unknown[]][] = [];
  const slack = {
    me: async () => ({ teamId: 'T0', userId: userId('U0BOT'), botId: 'B0BOT', url: 'https://acme.slack.com/' }),
    uploadFile: async (name: string) => {
      calls.push(['upload', name]);
      return { fileId: `F${calls.length}` };
    },
    completeUpload: async (file: string, _title: string, channel: string, _once: Once) => {
      calls.push(['complete', file, channel]);
      const fault = faults.shift();
      if (fault) throw fault;
    },
  } satisfies Partial<SlackApi> as Partial<SlackApi> as SlackApi;
  const names = async (users: readonly UserId[]) => new Map(users.map((user) => [user, `name of ${user}`]));
  return { calls, deps: { ...depsOf(db), ...nobodyAsks, slack, names } };
}

async function resolved(more: { status?: Status; visibility?: Visibility; channelId?: null } = {}) {
  const given = await givenIncident(db, more.channelId === null ? { channelId: null } : {});
  const { status = 'resolved', visibility = 'public' } = more;
  await db
    .updateTable('incidents')
    .set({ status, visibility, resolvedAt: RESOLVED })
    .where('id', '=', given.id)
    .execute();
  return given;
}

const jobsOf = async (id: IncidentId): Promise<Job[]> => {
  const rows = await db.selectFrom('jobs').select('payload').orderBy('id').execute();
  return rows.map((row) => row.payload as Job).filter((job) => 'incident' in job && job.incident === id);
};
const postsOf = async (id: IncidentId) => (await jobsOf(id)).filter((job): job is JobOf<'post'> => job.kind === 'post');
const uploadsOf = async (id: IncidentId) => (await jobsOf(id)).filter((job) => job.kind === 'upload-draft');
const draftOf = (id: IncidentId): Promise<PostmortemRow | undefined> =>
  db.selectFrom('postmortems').selectAll().where('incidentId', '=', id).executeTakeFirst();
const draftedEntries = (id: IncidentId) =>
  db
    .selectFrom('timelineEntries')
    .select('identity')
    .where('incidentId', '=', id)
    .where('kind', '=', 'postmortem')
    .execute();

test('a resolved incident is drafted once, however often its job runs: one revision, one set of messages, one file', async () => {
  const { id } = await resolved();
  const { draft, 'draw-postmortem': draw } = postmortemJobs(filing().deps);
  await draft({ kind: 'draft', incident: id }, attempt('once'));
  await draw({ kind: 'draw-postmortem', incident: id }, attempt('drawn'));
  const first = await postsOf(id);
  await draft({ kind: 'draft', incident: id }, attempt('once'));
  await draw({ kind: 'draw-postmortem', incident: id }, attempt('drawn'));
  expect(first.length).toBeGreaterThan(0);
  expect(first.every((job) => job.to === 'channel')).toBe(true);
  expect(await postsOf(id)).toEqual(first);
  expect(await uploadsOf(id)).toEqual([{ kind: 'upload-draft', incident: id, revision: 1 }]);
  expect(await draftedEntries(id)).toEqual([{ identity: 'postmortem:once' }]);
  expect(await draftOf(id)).toMatchObject({ status: 'draft', revision: 1, draftedAt: NOW, fileId: null });
  expect((await draftOf(id))?.markdown).toContain(`# Postmortem draft: INC-${id} checkout is down`);
});

test('the draft is due from the resolution on, and asking for another one does not move that', async () => {
  const { id } = await resolved();
  const { draft } = postmortemJobs(filing().deps);
  await draft({ kind: 'draft', incident: id }, attempt('first'));
  const due = new Date(RESOLVED.getTime() + 48 * 3_600_000);
  expect((await draftOf(id))?.dueAt).toEqual(due);
  await db.updateTable('incidents').set({ resolvedAt: NOW }).where('id', '=', id).execute();
  await draft({ kind: 'draft', incident: id, askedBy: userId('U1') }, attempt('second'));
  expect(await draftOf(id)).toMatchObject({ revision: 2, dueAt: due });
});

test.each(['investigating', 'canceled'] as const)(
  'an incident that is %s by now gets no draft by itself, only when asked',
  async (status) => {
    const { id } = await resolved({ status });
    const { draft } = postmortemJobs(filing().deps);
    await draft({ kind: 'draft', incident: id }, attempt(`late ${status}`));
    expect(await draftOf(id)).toBeUndefined();
    await draft({ kind: 'draft', incident: id, askedBy: userId('U1') }, attempt(`asked ${status}`));
    expect(await draftOf(id)).toMatchObject({ revision: 1 });
  },
);

test('a draft that stands is kept true while its incident is open: a note that was redacted goes, with the file that had it', async () => {
  const { id } = await resolved({ status: 'investigating' });
  const { deps } = filing();
  const { draft, 'upload-draft': upload } = postmortemJobs(deps);
  const note = { identity: `say ${id}`, by: userId('U1') };
  await noteDown({ ...deps, policy: defaultPolicy }, id, note, 'the key is hunter2', note.by);
  // As it stands under the card.
  const stood = ts('1768000000.000200');
  const said = { identity: `m:${stood}`, kind: 'message', occurredAt: NOW, actor: 'U0BOT', source: 'slack' } as const;
  await db.transaction().execute((trx) => appendEntries(trx, id, [{ ...said, ts: stood, text: 'noted' }], NOW));
  await db
    .insertInto('posts')
    .values({ incidentId: id, purpose: `note:${note.identity}`, channelId: channelId('C1'), ts: stood })
    .execute();
  await draft({ kind: 'draft', incident: id, askedBy: userId('U1') }, attempt('asked once'));
  await upload({ kind: 'upload-draft', incident: id, revision: 1 }, attempt('u'));
  expect((await draftOf(id))?.markdown).toContain('hunter2');
  await db.deleteFrom('jobs').execute();

  await redact(deps, id, stood, 'operator');
  const promised = (await jobsOf(id)).map(({ kind }) => kind);
  expect(promised).toEqual(expect.arrayContaining(['draft', 'remove-files']));
  await draft({ kind: 'draft', incident: id }, attempt('without'));
  expect((await draftOf(id))?.markdown).not.toContain('hunter2');
  expect(await uploadsOf(id)).toEqual([{ kind: 'upload-draft', incident: id, revision: 3 }]);
});

test('a draft names people and mentions nobody', async () => {
  const { id } = await resolved();
  const { draft, 'draw-postmortem': draw } = postmortemJobs(filing().deps);
  await draft({ kind: 'draft', incident: id }, attempt('names'));
  await draw({ kind: 'draw-postmortem', incident: id }, attempt('drawn'));
  const posted = JSON.stringify(await postsOf(id));
  expect(posted).toContain('name of U1');
  expect(posted).not.toContain('<@');
});

test('a draft says who is deactivated and cannot be asked', async () => {
  const { deps } = filing();
  const { id } = await resolved();
  const declaredBy = userId('U1');
  const person = { userId: declaredBy, teamId: 'T0', name: 'Dana', standing: 'deactivated', checkedAt: NOW } as const;
  await db.insertInto('people').values(person).execute();
  await postmortemJobs(deps).draft({ kind: 'draft', incident: id }, attempt('gone'));
  await db.deleteFrom('people').where('userId', '=', declaredBy).execute();
  expect((await draftOf(id))?.markdown).toContain(`name of ${declaredBy} (deactivated)`);
});

test('a file is uploaded and shared once; a repeat after an unknown outcome shares the same file', async () => {
  const { id, channel } = await resolved({ visibility: 'private' });
  const slow = new SlackFault({ method: 'files.completeUploadExternal', code: 'timeout', outcome: 'unknown' });
  const { calls, deps } = filing([slow]);
  const { draft, 'upload-draft': upload } = postmortemJobs(deps);
  await draft({ kind: 'draft', incident: id }, attempt('file'));
  const job = { kind: 'upload-draft', incident: id, revision: 1 } as const;
  await expect(upload(job, attempt('u'))).rejects.toBe(slow);
  await upload(job, { ...attempt('u'), number: 2, uncertainSince: NOW });
  expect(calls).toEqual([
    ['upload', `INC-${id}-postmortem-draft-1.md`],
    ['complete', 'F1', channel],
    ['complete', 'F1', channel],
  ]);
  expect((await draftOf(id))?.fileId).toBe('F1');
});

test('a file that Slack has dropped meanwhile is uploaded anew', async () => {
  const { id, channel } = await resolved();
  const method = 'files.completeUploadExternal';
  const gone = new SlackFault({ method, code: 'file_not_found', outcome: 'never' });
  const { calls, deps } = filing([new SlackFault({ method, code: 'ratelimited', outcome: 'not-done' }), gone]);
  const { draft, 'upload-draft': upload } = postmortemJobs(deps);
  await draft({ kind: 'draft', incident: id }, attempt('gone'));
  const job = { kind: 'upload-draft', incident: id, revision: 1 } as const;
  await expect(upload(job, attempt('u'))).rejects.toThrow('ratelimited');
  await upload(job, attempt('u'));
  expect(calls.map(([call, file]) => [call, file])).toEqual([
    ['upload', `INC-${id}-postmortem-draft-1.md`],
    ['complete', 'F1'],
    ['complete', 'F1'],
    ['upload', `INC-${id}-postmortem-draft-1.md`],
    ['complete', 'F4'],
  ]);
  expect(channel).toBeTruthy();
});

test('a file of a private incident that everybody would read is not shared, and one that cannot be removed keeps no other', async () => {
  const { id } = await resolved();
  const { calls, deps } = filing();
  const { draft, 'upload-draft': upload, 'remove-files': remove } = postmortemJobs(deps);
  await draft({ kind: 'draft', incident: id }, attempt('closing'));
  await db
    .insertInto('posts')
    .values({ incidentId: id, purpose: 'postmortem:published', channelId: channelId('C0ALL'), ts: ts('1.000001') })
    .execute();
  // While the bytes were on their way somebody made it private.
  const { uploadFile } = deps.slack;
  deps.slack.uploadFile = async (...file) => {
    const sent = await uploadFile(...file);
    await db.updateTable('incidents').set({ visibility: 'private' }).where('id', '=', id).execute();
    return sent;
  };
  await upload({ kind: 'upload-draft', incident: id, revision: 1, to: 'announcements' }, attempt('u'));
  expect(calls.map(([call]) => call)).toEqual(['upload']);
  expect(await db.selectFrom('postmortemFiles').selectAll().execute()).toEqual([]);

  const fault = new SlackFault({ method: 'files.delete', code: 'cant_delete_file', outcome: 'never' });
  const file = { incidentId: id, place: 'channel' as const, uploadedAt: NOW, quotes: null, unwanted: 'why' };
  const files = ['F1', 'F2'].map((fileId) => ({ ...file, fileId, removedAt: null }));
  await db.insertInto('postmortemFiles').values(files).execute();
  deps.slack.deleteFile = async (gone) => {
    calls.push(['delete', gone]);
    if (gone === 'F1') throw fault;
  };
  await expect(remove({ kind: 'remove-files', incident: id }, attempt('r'))).rejects.toBe(fault);
  await expect(remove({ kind: 'remove-files', incident: id }, attempt('r'))).rejects.toBe(fault);
  expect(calls.slice(1).map(([, gone]) => gone)).toEqual(['F1', 'F2', 'F1']);
  const audit = await db.selectFrom('audit').select('detail').where('incidentId', '=', id).execute();
  expect(audit.map(({ detail }) => detail)).toEqual([{ file: 'F2', place: 'channel', why: 'why' }]);
});

test('a newer draft makes the upload of the older one needless', async () => {
  const { id } = await resolved();
  const { calls, deps } = filing();
  const { draft, 'upload-draft': upload } = postmortemJobs(deps);
  await draft({ kind: 'draft', incident: id }, attempt('old'));
  await draft({ kind: 'draft', incident: id, askedBy: userId('U1') }, attempt('new'));
  await upload({ kind: 'upload-draft', incident: id, revision: 1 }, attempt('u'));
  expect(calls).toEqual([]);
  await upload({ kind: 'upload-draft', incident: id, revision: 2 }, attempt('u'));
  expect(calls).toHaveLength(2);
});

test('/incident postmortem says from how much it drafts and where it will be, once for each time it is asked', async () => {
  const { id, channel } = await resolved({ status: 'investigating' });
  const { postmortem } = postmortemListeners(filing().deps as Parameters<typeof postmortemListeners>[0]).verbs ?? {};
  const ask = (more: object = {}) =>
    postmortem?.({
      rest: '',
      words: 'postmortem',
      channel,
      user: userId('U1'),
      team: 'T0',
      intent: `i${id}`,
      triggerId: 't',
      responseUrl: null,
      ...more,
    });
  const here = { say: { text: `Drafting INC-${id}'s postmortem from 0 entries; it will be posted here.` } };
  expect(await ask()).toEqual(here);
  expect(await ask()).toEqual(here);
  expect(await jobsOf(id)).toEqual([{ kind: 'draft', incident: id, askedBy: 'U1' }]);
  const elsewhere = await ask({ channel: channelId('C0ELSE'), rest: `in INC-${id}`, intent: 'other' });
  expect(JSON.stringify(elsewhere)).toContain(`posted in <#${channel}>`);
});

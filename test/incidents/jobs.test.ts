import { beforeEach, expect, test } from '@jest/globals';
import { incidentJobs } from '../../src/incidents/jobs.ts';
import type { Job } from '../../src/jobs/job.ts';
import { type ChannelId, channelId, ts, type UserId, userId } from '../../src/lib/ids.ts';
import type { SlackApi } from '../../src/slack/api.ts';
import { SlackFault } from '../../src/slack/errors.ts';
import { testDatabase } from '../support/database.ts';
import { nobodyAsks } from '../support/given.ts';
import { depsOf, givenIncident } from '../timeline/given.ts';

const { db } = await testDatabase();
const first = { marker: 'm', number: 1, uncertainSince: null };
const casey = userId('U0CASEY');
const silent = new SlackFault({ method: 'usergroups.list', code: 'timeout', outcome: 'unknown' });

/** A Slack that notes what is done; what was deleted is not there to post to. */
function scripted() {
  const done: unknown[] = [];
  const state = {
    groups: new Map<string, SlackFault>(),
    gone: new Set<ChannelId>(),
    announcements: channelId('C0NEW'),
  };
  const slack = {
    invite: async (_, users: readonly UserId[]) => {
      done.push(['invite', ...users]);
      return [];
    },
    userGroup: async (handle) => {
      const fault = state.groups.get(handle);
      if (fault) throw fault;
      return { id: `S${handle.slice(1).toUpperCase()}`, handle, users: [userId('U0ERIN')] };
    },
    findChannelByName: async () => ({ id: state.announcements, isMember: true }),
    post: async (channel, message) => {
      if (state.gone.has(channel))
        throw new SlackFault({ method: 'chat.postMessage', code: 'channel_not_found', outcome: 'never' });
      done.push(['post', channel, message.text]);
      return ts('1.000001');
    },
    pin: async () => void done.push(['pin']),
  } satisfies Partial<SlackApi> as Partial<SlackApi> as SlackApi;
  const deps = { ...depsOf(db), slack, ...nobodyAsks };
  const handlers = incidentJobs(deps) as Record<string, (job: Job, attempt: typeof first) => Promise<void>>;
  return { run: (job: Job, attempt = first) => handlers[job.kind]?.(job, attempt), done, state };
}

const waiting = () => db.selectFrom('jobs').select(['kind', 'payload', 'lane']).orderBy('id').execute();
beforeEach(async () => {
  await db.deleteFrom('jobs').execute();
});

test('an invitation waits for its channel', async () => {
  const { id } = await givenIncident(db, { channelId: null });
  const { run, done } = scripted();
  await expect(run({ kind: 'invite', incident: id, who: [casey] })).rejects.toMatchObject({ outcome: 'not-done' });
  expect(done).toEqual([]);
});

test('the card is pinned whenever it was posted, and a pin that fails holds back no words', async () => {
  const { id } = await givenIncident(db);
  await scripted().run({ kind: 'post-card', incident: id });
  expect(await waiting()).toMatchObject([{ kind: 'pin-card', lane: `do:${id}` }]);
});

test('a group that Slack does not tell keeps nobody else out, is asked for again, and named when that is in vain', async () => {
  const { id } = await givenIncident(db);
  const { run, done, state } = scripted();
  state.groups.set('@oncall', silent);
  const job: Job = { kind: 'invite', incident: id, who: [casey, '@oncall', '@leads'] };
  await expect(run(job)).rejects.toBe(silent);
  expect(done).toEqual([['invite', casey, 'U0ERIN']]);
  await run(job, { ...first, number: 5 });
  expect(JSON.stringify(await waiting())).toContain('@oncall: Slack did not say who is in it');
});

test('words that mention a group go out even when Slack does not tell its id', async () => {
  const { id, channel } = await givenIncident(db);
  const { run, done, state } = scripted();
  state.groups.set('@oncall', silent);
  const text = '<!subteam^@oncall> and <!subteam^@leads>: help';
  await run({ kind: 'post', incident: id, to: 'channel', message: { text } });
  expect(done).toEqual([['post', channel, '@oncall and <!subteam^SLEADS>: help']]);
});

test('an announcement channel that was made anew is found at once', async () => {
  const { id } = await givenIncident(db);
  const { run, done, state } = scripted();
  await db
    .insertInto('knownChannels')
    .values({ name: depsOf(db).policy.announceChannel.replace('#', ''), channelId: channelId('C0OLD') })
    .execute();
  state.gone.add(channelId('C0OLD'));
  await run({ kind: 'post', incident: id, to: 'announcements', message: { text: 'help' } });
  expect(done).toEqual([['post', 'C0NEW', 'help']]);
});

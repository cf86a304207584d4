import { randomUUID } from 'node:crypto';
import { expect, test } from '@jest/globals';
import pino from 'pino';
import type { Visibility } from '../../src/db/tables.ts';
import type { Deps } from '../../src/deps.ts';
import { homeJobs } from '../../src/home/jobs.ts';
import { declarationOf } from '../../src/incidents/declare.ts';
import { incidentJobs } from '../../src/incidents/jobs.ts';
import { worded } from '../../src/incidents/refusals.ts';
import { listOpenIncidents } from '../../src/incidents/store.ts';
import { channelOpened, findVisible, locate, reserveAnotherName } from '../../src/incidents/transactions.ts';
import { channelId, type IncidentId, ts, type UserId, userId } from '../../src/lib/ids.ts';
import { savePerson } from '../../src/people/store.ts';
import type { SlackApi } from '../../src/slack/api.ts';
import { testDatabase } from '../support/database.ts';
import { declareIncident } from '../support/declare.ts';
import { at, casey, erin, nobodyAsks, olivia, policy } from '../support/given.ts';

const { db } = await testDatabase();
const posts: string[] = [];
const slack: Partial<SlackApi> = {
  me: async () => ({ teamId: 'T1', userId: userId('U0BOT'), botId: 'B1', url: 'https://acme.slack.com/' }),
  findChannelByName: async () => ({ id: channelId('C0INCIDENTS'), isMember: true }),
  post: async (channel) => {
    posts.push(channel);
    return ts('1790000000.000100');
  },
};
const deps: Deps = {
  db,
  policy,
  slack: slack as SlackApi,
  ...nobodyAsks,
  now: () => at('14:00'),
  log: pino({ level: 'silent' }),
};

async function declared(visibility: Visibility, by: UserId = olivia): Promise<IncidentId> {
  const declaration = { ...declarationOf('sev1 breach', policy), visibility };
  const { incident } = await declareIncident(deps, { identity: randomUUID(), by }, declaration, {});
  const channel = { id: channelId(`C0INC${incident.id}`), name: incident.channelName };
  await channelOpened(deps, { kind: 'open-channel', incident: incident.id }, channel);
  return incident.id;
}

/** Every effect that may go to the announcement channel, whoever may have promised it. */
async function announce(incident: IncidentId): Promise<string[]> {
  posts.length = 0;
  const attempt = { marker: randomUUID(), number: 1, uncertainSince: null };
  const jobs = incidentJobs(deps);
  await jobs['post-announcement']({ kind: 'post-announcement', incident }, attempt);
  for (const to of ['announcements', 'announcement-thread'] as const)
    await jobs.post({ kind: 'post', incident, to, message: { text: 'news' } }, attempt);
  return posts;
}

test('nothing of a private incident reaches the announcement channel, even if something promised it', async () => {
  expect(await announce(await declared('public'))).toEqual(['C0INCIDENTS', 'C0INCIDENTS', 'C0INCIDENTS']);
  expect(await announce(await declared('private'))).toEqual([]);
});

test('a private incident is listed to those in it and to nobody else', async () => {
  const id = await declared('private');
  const seenBy = async (reader: UserId | null) => (await listOpenIncidents(db, reader)).some((one) => one.id === id);
  await db.insertInto('channelMembers').values({ incidentId: id, userId: casey }).execute();
  const readers = [olivia, casey, erin, userId('U0ELSE'), null];
  expect(await Promise.all(readers.map(seenBy))).toEqual([true, true, false, false, false]);
});

test('a private incident asked for by number is to everybody else as one that does not exist', async () => {
  const id = await declared('private');
  expect(await findVisible(deps, id, olivia)).toMatchObject({ id });
  expect(await findVisible(deps, id, erin)).toBeNull();
});

test('what was being said outside while the channel was made private is emptied as soon as it stands', async () => {
  const incident = await declared('public');
  const edits: string[] = [];
  const attempt = { marker: randomUUID(), number: 1, uncertainSince: null };
  const meanwhile = incidentJobs({
    ...deps,
    slack: {
      ...slack,
      post: async () => {
        await db.updateTable('incidents').set({ visibility: 'private' }).where('id', '=', incident).execute();
        return ts('1790000000.000200');
      },
      update: async (_channel, at, said) => {
        edits.push(`${at} ${said.text}`);
      },
    } as SlackApi,
  });
  await meanwhile.post({ kind: 'post', incident, to: 'announcements', message: { text: 'news' } }, attempt);
  expect(edits).toEqual([`1790000000.000200 INC-${incident} (private)`]);
});

test("a private incident's channel is named by its number: neither its title nor its services stand in it", async () => {
  const secret = {
    ...declarationOf('sev1 takeover of Acme', policy),
    visibility: 'private' as const,
    services: ['m-and-a'],
  };
  const { incident } = await declareIncident(deps, { identity: randomUUID(), by: olivia }, secret, {});
  expect(incident.channelName).toBe(`inc-20260116-${incident.id}`);
  const again = await reserveAnotherName(deps, incident.id, incident.channelName);
  expect(again.channelName).toBe(`inc-20260116-${incident.id}-2`);
  const open = declarationOf('sev1 takeover of Acme', policy);
  const other = await declareIncident(deps, { identity: randomUUID(), by: erin }, open, {});
  expect(other.incident.channelName).toBe('inc-20260116-takeover-of-acme');
});

test('a number that somebody took as a title does not stand in the way of a private incident', async () => {
  const { incident } = await declareIncident(
    deps,
    { identity: randomUUID(), by: olivia },
    declarationOf('sev1 x', policy),
    {},
  );
  const titled = declarationOf(`sev1 ${incident.id + 2}`, policy);
  await declareIncident(deps, { identity: randomUUID(), by: olivia }, titled, {});
  const secret = { ...declarationOf('sev1 breach', policy), visibility: 'private' as const };
  const next = await declareIncident(deps, { identity: randomUUID(), by: olivia }, secret, {});
  expect(next.incident.channelName).toBe(`inc-20260116-${incident.id + 2}-2`);
});

async function homeOf(user: UserId): Promise<string> {
  const shown: string[] = [];
  const publishHome: SlackApi['publishHome'] = async (_, blocks) => {
    shown.push(JSON.stringify(blocks));
    return null;
  };
  const attempt = { marker: randomUUID(), number: 1, uncertainSince: null };
  await homeJobs({ ...deps, slack: { ...slack, publishHome } as SlackApi })['draw-home'](
    { kind: 'draw-home', user },
    attempt,
  );
  return shown.join();
}

const asked = (user: UserId) => ({
  channel: channelId('C0GENERAL'),
  user,
  rest: 'hello',
  words: 'hello',
  intent: 't1',
});

test('whom Slack has not named yet is shown nothing: not in the Home tab, not in what a command answers', async () => {
  const id = await declared('public');
  const nobodyYet = userId('U0NEW');
  expect(await homeOf(nobodyYet)).toContain('did not tell in time who you are');
  const refused = await locate(deps, asked(nobodyYet), 'update');
  expect(JSON.stringify(refused)).not.toContain('breach');
  expect(refused.ok || worded(refused.no).text).toContain('/incident list');

  await savePerson(db, { userId: nobodyYet, teamId: 'T1', name: 'New', standing: 'member', checkedAt: at('14:00') });
  expect(await homeOf(nobodyYet)).toContain(`INC-${id}`);
  expect(JSON.stringify(await locate(deps, asked(nobodyYet), 'update'))).toContain('breach');
});

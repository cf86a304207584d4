// biome-ignore-all lint/suspicious/noTemplateCurlyInString: the sources that are edited hold templates
import type { Sabotage } from './sabotage.ts';

/** What would make an effect in Slack happen twice, or never. */
export const jobSabotages: readonly Sabotage[] = [
  {
    name: 'a post is repeated without a look whether it is there already',
    edits: [
      {
        file: 'src/slack/client.ts',
        find: 'const found = once.uncertainSince && (await findPost(',
        replace: 'const found = false && (await findPost(',
      },
    ],
    red: [
      { file: 'test/slack/client.test.ts', name: 'the bot looks through every page before posting again' },
      { file: 'test/slack/client.test.ts', name: 'after a lost answer in a thread the bot looks in the thread' },
      {
        file: 'test/journeys/lost-answers.test.ts',
        name: 'of eleven effects each happens once when the answer is lost',
      },
    ],
    round: { scene: 'answers of Slack get lost', rule: 'effects happen once' },
  },
  {
    name: 'a channel is created again without a look whether it is there already',
    edits: [
      {
        file: 'src/slack/client.ts',
        find: 'const found = once.uncertainSince && (await findOwnChannel(',
        replace: 'const found = false && (await findOwnChannel(',
      },
    ],
    red: [
      { file: 'test/slack/client.test.ts', name: 'after a lost answer only a channel of exactly this name' },
      {
        file: 'test/journeys/lost-answers.test.ts',
        name: 'of eleven effects each happens once when the answer is lost',
      },
    ],
    round: { scene: 'answers of Slack get lost', rule: 'one channel' },
  },
  {
    name: 'a file is shared again without a look whether it is there already',
    edits: [
      {
        file: 'src/slack/client.ts',
        find: 'const shared = once.uncertainSince && (await isShared(',
        replace: 'const shared = false && (await isShared(',
      },
    ],
    red: [
      { file: 'test/slack/client.test.ts', name: 'a file whose share may have been lost is looked for' },
      {
        file: 'test/journeys/lost-answers.test.ts',
        name: 'of eleven effects each happens once when the answer is lost',
      },
    ],
    round: { scene: 'answers of Slack get lost', rule: 'one file for each draft' },
  },
  {
    name: 'a repeat is not told that an earlier attempt is uncertain',
    edits: [
      {
        file: 'src/jobs/worker.ts',
        find: 'await handle(parsed.data, { marker, number, uncertainSince, isStillMine });',
        replace: 'await handle(parsed.data, { marker, number, uncertainSince: uncertainSince && null, isStillMine });',
      },
    ],
    red: [
      { file: 'test/jobs/crash.test.ts', name: 'is done by another, who knows since when it is uncertain' },
      { file: 'test/journeys/crash.test.ts', name: 'killed with kill -9 at ten points' },
    ],
    round: { scene: 'a process is killed', rule: 'effects happen once' },
  },
  {
    name: 'jobs of a dead worker are left where they are',
    edits: [
      {
        file: 'src/jobs/worker.ts',
        find: 'for (const run of await queue.listAbandoned(state.db)) {',
        replace: 'for (const run of [] as queue.AbandonedRun[]) {',
      },
    ],
    red: [
      { file: 'test/jobs/crash.test.ts', name: 'a job in the hands of a killed process is done by another' },
      { file: 'test/journeys/crash.test.ts', name: 'killed with kill -9 at ten points' },
    ],
    round: { scene: 'a process is killed', rule: 'it comes to rest' },
  },
  {
    name: 'a lease is not heeded: jobs of the living are taken over too',
    edits: [
      {
        file: 'src/jobs/queue.ts',
        find: 'from jobs where worker is not null and (lease_until < clock_timestamp() or worker',
        replace: 'from jobs where worker is not null and (lease_until is not null or worker',
      },
    ],
    red: [
      { file: 'test/jobs/worker.test.ts', name: 'a clock moved by 365 days while a job runs does not run it twice' },
    ],
    round: { scene: 'Slack is slow', rule: 'effects happen once' },
  },
  {
    name: 'a lease that runs out is not noticed: a worker that hangs keeps its job',
    edits: [
      {
        file: 'src/jobs/queue.ts',
        find: 'from jobs where worker is not null and (lease_until < clock_timestamp() or worker',
        replace: 'from jobs where worker is not null and (lease_until is null or worker',
      },
    ],
    red: [{ file: 'test/jobs/crash.test.ts', name: 'a process that hangs loses its job when its lease ends' }],
    round: { scene: 'a process hangs', rule: 'it comes to rest' },
  },
  {
    // Of two kinds only: were all claimed for ever, there would be no hands left to do any of them twice.
    name: 'a second worker claims what is running',
    edits: [
      {
        file: 'src/jobs/queue.ts',
        find: 'j.worker is null and j.parked_at is null and j.kind = any(',
        replace:
          "(j.worker is null or j.kind in ('answer', 'recheck-person')) and j.parked_at is null and j.kind = any(",
      },
    ],
    red: [
      { file: 'test/jobs/worker.test.ts', name: 'a clock moved by 365 days while a job runs does not run it twice' },
    ],
    round: { scene: 'an answer is slow', rule: 'an answer once' },
  },
  {
    name: 'the fence is not asked when a run says that it is done',
    edits: [
      {
        file: 'src/jobs/queue.ts',
        find: 'where j.id = run.id and j.fence = run.fence returning j.id, j.key',
        replace: 'where j.id = run.id returning j.id, j.key',
      },
    ],
    red: [{ file: 'test/jobs/crash.test.ts', name: 'cannot report as done what another has begun since' }],
    round: { scene: 'a worker is given up and goes on', rule: 'Slack is a view' },
  },
  {
    name: 'the fence is not asked when a run says that it failed',
    edits: [
      {
        file: 'src/jobs/queue.ts',
        find: 'sql`id = ${run.id} and fence = ${run.fence} and worker = ${run.worker}`',
        replace: 'sql`id = ${run.id}`',
      },
    ],
    red: [{ file: 'test/jobs/crash.test.ts', name: 'cannot report as failed what another has begun since' }],
    round: { scene: 'a process wakes up', rule: 'effects happen once' },
  },
  {
    name: 'a lease is measured on the domain clock',
    edits: [
      {
        file: 'src/jobs/queue.ts',
        find: 'lease_until = ${fromNow(want.leaseMs)},',
        replace: 'lease_until = ${new Date(+want.now + want.leaseMs)}::timestamptz,',
      },
    ],
    red: [
      { file: 'test/jobs/worker.test.ts', name: 'a clock moved by 365 days while a job runs does not run it twice' },
    ],
    round: { scene: 'Slack is slow', clock: 'an hour behind', rule: 'effects happen once' },
  },
  {
    name: 'a repeat waits on the domain clock',
    edits: [
      {
        file: 'src/jobs/queue.ts',
        find: '(j.not_before is null or j.not_before <= clock_timestamp())',
        replace: '(j.not_before is null or j.not_before <= ${want.now}::timestamptz)',
      },
    ],
    red: [{ file: 'test/jobs/lanes.test.ts', name: 'a post that failed comes again by itself' }],
    round: { scene: 'Slack is slow', clock: 'an hour behind', rule: 'it comes to rest' },
  },
  {
    name: 'two hands work in one lane',
    edits: [
      {
        file: 'migrations/0002_jobs.sql',
        find: 'create unique index jobs_one_running_per_lane on jobs (lane) where worker is not null;',
        replace: '',
      },
      {
        file: 'src/jobs/queue.ts',
        find: 'j.id = (select min(h.id) from jobs h where h.lane = j.lane and h.parked_at is null)',
        replace: 'j.id is not null',
      },
      {
        file: 'src/jobs/queue.ts',
        find: 'and not exists (select 1 from jobs r where r.lane = j.lane and r.worker is not null)))`',
        replace: '))`',
      },
    ],
    red: [
      { file: 'test/jobs/lanes.test.ts', name: 'a post that has to be repeated holds those behind it' },
      { file: 'test/jobs/lanes.test.ts', name: 'no two jobs of a lane can run at a time' },
    ],
    round: { scene: 'Slack is slow', rule: 'one after the other' },
  },
];

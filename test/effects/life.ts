import { setTimeout as sleep } from 'node:timers/promises';
import { sql } from 'kysely';
import { transact } from '../../src/db/connect.ts';
import { insertIncidents } from '../../src/incidents/store.ts';
import type { Job } from '../../src/jobs/job.ts';
import { enqueue } from '../../src/jobs/queue.ts';
import { type incidentId, userId } from '../../src/lib/ids.ts';
import type { Person } from '../../src/sandbox/person.ts';
import type { Stage } from '../journeys/stage.ts';

/** An incident with people of its own, so that what went to whom can be compared with another's. */
export interface Life {
  readonly stage: Stage;
  readonly id: ReturnType<typeof incidentId>;
  readonly ref: string;
  /** Stands in the title and the channel's name. */
  readonly word: string;
  readonly declarer: Person;
  readonly friend: Person;
  readonly guest: Person;
}

/** Declared as far as the rows go; its channel is the first thing that the life is about. */
export async function beginLife(stage: Stage, word: string): Promise<Life> {
  const { slack, db } = stage;
  const [declarer, friend] = [`declarer${word}`, `friend${word}`].map((handle) => slack.addPerson({ handle }));
  const guest = slack.addPerson({ handle: `guest${word}`, kind: 'guest' });
  if (!declarer || !friend) throw new Error('two people');
  declarer.joins('general');
  const now = new Date();
  const [incident] = await transact(db, (trx) =>
    insertIncidents(trx, [
      {
        title: `Life ${word}`,
        impact: null,
        severity: 'SEV1',
        severityChosen: true,
        visibility: 'public',
        kind: 'real',
        services: [],
        links: [],
        declaredBy: userId(declarer.id),
        channelName: `inc-life-${word}`,
        impactStartedAt: null,
        declaredAt: now,
        promiseMadeAt: null,
        promiseDueAt: null,
      },
    ]),
  );
  if (!incident) throw new Error('the name was free');
  return { stage, id: incident.id, ref: `INC-${incident.id}`, word, declarer, friend, guest };
}

/** How a job's row stands when a worker first sees it. */
type Standing =
  | 'fresh'
  /** Begun before by a process that died, of which nobody knows how far it came. */
  | { readonly begunBefore: string | null }
  /** In the hands of a process that is dead. */
  | 'held by the dead';

/** Promises the job and returns its marker. */
export async function promise({ stage }: Life, job: Job, standing: Standing = 'fresh'): Promise<string> {
  return transact(stage.db, async (trx) => {
    await enqueue(trx, [{ job, runAt: new Date() }]);
    const { rows } = await sql<{ id: number; marker: string }>`
      select id, marker from jobs where payload @> ${JSON.stringify(job)}::jsonb and worker is null order by id desc limit 1`.execute(
      trx,
    );
    const row = rows[0];
    if (!row) throw new Error(`${job.kind} is not promised`);
    if (standing === 'held by the dead') {
      await sql`update jobs set worker = 2000000000, started_at = clock_timestamp(), attempts = 1, fence = fence + 1,
        lease_until = clock_timestamp() + interval '10 s' where id = ${row.id}`.execute(trx);
    } else if (standing !== 'fresh') {
      await sql`update jobs set marker = ${standing.begunBefore ?? row.marker}, attempts = 1,
        uncertain_since = clock_timestamp() - interval '5 s' where id = ${row.id}`.execute(trx);
    }
    return standing !== 'fresh' && standing !== 'held by the dead' ? (standing.begunBefore ?? row.marker) : row.marker;
  });
}

/** What a job promises while the question is on its way is due as well. */
const NO_TIMER_IS_SOONER = 30_000;

/** Nothing of this life is due; fails when something of it was given up. */
export async function atRest({ stage, id, declarer, friend, guest }: Life, marker: string | null): Promise<void> {
  const { slack, db } = stage;
  const theirs = sql<boolean>`(payload ->> 'incident' = ${String(id)} or marker::text = ${marker}
    or payload ->> 'user' in (${declarer.id}, ${friend.id}, ${guest.id}))`;
  const left = () =>
    db
      .selectFrom('jobs')
      .select(['kind', 'lastError', 'parkedAt'])
      .where(theirs)
      .where('runAt', '<=', new Date(Date.now() + NO_TIMER_IS_SOONER))
      .execute();
  // Eight lives ask at once: the longer it takes, the less often.
  let wait = 20;
  for (let jobs = await left(); jobs.length > 0; jobs = await left()) {
    const givenUp = jobs.find((job) => job.parkedAt !== null);
    if (givenUp) throw new Error(`${givenUp.kind} was given up: ${givenUp.lastError}`);
    await sleep(wait);
    wait = Math.min(120, wait * 1.5);
  }
  await slack.settled();
}

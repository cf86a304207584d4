import { setTimeout as sleep } from 'node:timers/promises';
import type { Logger } from 'pino';
import { actionJobs } from './actions/jobs.ts';
import { actionListeners } from './actions/slack.ts';
import { countByState } from './actions/store.ts';
import { channelJobs } from './channels/jobs.ts';
import { channelListeners } from './channels/slack.ts';
import { channelParked } from './channels/transactions.ts';
import type { SlackConfig } from './config.ts';
import { connect, type Where } from './db/connect.ts';
import { isConnectionCut } from './db/faults.ts';
import { migrate, pendingMigrations } from './db/migrate.ts';
import type { Db } from './db/tables.ts';
import { declarationListeners } from './declarations/slack.ts';
import type { Deps } from './deps.ts';
import { escalationJobs } from './escalations/jobs.ts';
import { escalationListeners } from './escalations/slack.ts';
import { handoffJobs } from './handoffs/jobs.ts';
import { handoffListeners } from './handoffs/slack.ts';
import { homeJobs, withHomes } from './home/jobs.ts';
import { homeListeners } from './home/slack.ts';
import { incidentJobs, incidentParked } from './incidents/jobs.ts';
import { incidentListeners } from './incidents/slack.ts';
import type { Handlers } from './jobs/job.ts';
import { findNextTimer, jobNumbers, type NextTimer } from './jobs/store.ts';
import { startWorker, type Worker } from './jobs/worker.ts';
import { knownLimits } from './known-limits.ts';
import { dayOf } from './lib/day.ts';
import { MINUTE } from './lib/duration.ts';
import { peopleJobs } from './people/jobs.ts';
import { namesOf, peopleGate, peopleListeners, plainly, unknownOf } from './people/slack.ts';
import type { Policy } from './policy.ts';
import { postmortemJobs } from './postmortems/jobs.ts';
import { owing } from './postmortems/owed.ts';
import { postmortemListeners } from './postmortems/slack.ts';
import { countFactors, countPostmortems } from './postmortems/store.ts';
import { reconcileJobs } from './reconcile/jobs.ts';
import { defaultSettings, type ReconcileSettings } from './reconcile/settings.ts';
import { reconcileAllAt } from './reconcile/transactions.ts';
import { recordJobs } from './record/jobs.ts';
import { recordListeners } from './record/slack.ts';
import { roleJobs } from './roles/jobs.ts';
import { roleListeners } from './roles/slack.ts';
import { createApp, type SitrepApp } from './slack/app.ts';
import { createSlack } from './slack/client.ts';
import type { Listeners } from './slack/listeners.ts';
import { createHttpReceiver, createSocketReceiver, type SocketReceiver } from './slack/receiver.ts';
import { taskJobs } from './tasks/jobs.ts';
import { taskListeners } from './tasks/slack.ts';
import { timelineJobs } from './timeline/jobs.ts';
import { timelineListeners } from './timeline/slack.ts';
import { countQuarantined } from './timeline/store.ts';
import { updateJobs } from './updates/jobs.ts';
import { updateListeners } from './updates/slack.ts';
import { countPromises } from './updates/store.ts';
import { upkeepJobs } from './upkeep/jobs.ts';
import { upkeepListeners } from './upkeep/slack.ts';
import { tellLate, tidyLater } from './upkeep/transactions.ts';
import { createMetrics, type Metrics } from './web/metrics.ts';
import { type Reason, socketReasons } from './web/ready.ts';
import { listen, type WebServer } from './web/server.ts';

export interface Composition {
  readonly slack: Exclude<SlackConfig, { mode: 'sandbox' }>;
  readonly slackApiUrl: string;
  readonly database: Where & { password?: string };
  readonly policy: Policy;
  readonly host: string;
  readonly port: number;
  readonly log: Logger;
  /** Domain time; moved only by the sandbox. */
  readonly now?: () => Date;
  /** Milliseconds until the second socket is opened; Slack refreshes sockets by age, so two of one age would go at once. */
  readonly secondSocketAfterMs?: number;
  /** How slowly history is read again. */
  readonly reconcile?: Partial<ReconcileSettings>;
}

export interface Sitrep {
  /** `http://127.0.0.1:3000` */
  readonly origin: string;
  /** Domain time was moved: timers look again. */
  wake(): void;
  /** What it will do next of its own accord. */
  nextTimer(): Promise<NextTimer | null>;
  /** Resolves when nothing is due and nothing runs. */
  idle(): Promise<void>;
  /** No new work, what is being done is done, everything is let go: within 10 s. */
  stop(): Promise<void>;
}

/** The one place where clients, pools, workers and servers are made. Resolves when the process serves. */
export async function startSitrep(wanted: Composition): Promise<Sitrep> {
  const { log, database, now = () => new Date() } = wanted;
  await despiteCuts(log, () => migrate({ config: database, log }));
  const db = connect({ config: database, log });
  const metrics = createMetrics();
  const deps = assemble(wanted, db, metrics, now);
  const settings = { ...defaultSettings, ...wanted.reconcile };
  const worker = startWorker({
    db,
    config: database,
    now,
    handlers: withHomes(deps, handlersOf(deps, metrics, settings)),
    log,
    onRun: (run) => {
      metrics.ran(run);
      if (run.kind === 'cadence') metrics.reminded(run.latenessMs);
    },
    onParked: async (trx, parked, reason) => {
      if (!parked.job || (await channelParked(deps, trx, parked.job, reason))) return;
      await incidentParked(deps)(trx, parked.job, reason);
    },
    drainMs: DRAIN_MS,
  });
  const ears = await openEars(wanted, deps, metrics, settings).catch(async (fault: unknown) => {
    await worker.stop();
    await db.destroy();
    throw fault;
  });
  await despiteCuts(log, async () => {
    await tidyLater(deps, 0);
    // While no process ran, nobody heard.
    await reconcileAllAt(deps, new Date(now().getTime() + settings.settledMs), 'stale');
  });
  log.info({ origin: ears.web.origin, mode: wanted.slack.mode }, 'serving');
  return {
    origin: ears.web.origin,
    wake: () => worker.wake(),
    nextTimer: () => findNextTimer(db, now()),
    idle: () => worker.idle(),
    stop: () => stop({ ...ears, worker, db, log }),
  };
}

/** A database that fails over in the middle of our start is no reason to give up: what is done here may be done twice. */
async function despiteCuts(log: Logger, work: () => Promise<void>): Promise<void> {
  for (let tries = 1; ; tries += 1) {
    try {
      return await work();
    } catch (fault) {
      if (tries === 10 || !isConnectionCut(fault)) throw fault;
      log.warn({ err: fault, tries }, 'the database broke off during the start, trying again');
      await sleep(500);
    }
  }
}

/** Of the 10 s a polite stop may take, the last belongs to closing connections. */
const DRAIN_MS = 8_000;

function assemble(wanted: Composition, db: Db, metrics: Metrics, now: () => Date): Deps {
  const { log, policy } = wanted;
  const slack = createSlack({
    token: wanted.slack.botToken,
    apiUrl: wanted.slackApiUrl,
    log,
    observe: (call) => metrics.called(call),
    limits: knownLimits(db, log),
  });
  const looking = { db, slack, now, log };
  return { ...looking, policy, names: namesOf(looking), unknown: unknownOf(looking), plain: plainly(looking) };
}

const handlersOf = (deps: Deps, metrics: Metrics, settings: ReconcileSettings): Handlers => ({
  ...incidentJobs(deps),
  ...roleJobs(deps),
  ...handoffJobs(deps),
  ...taskJobs(deps),
  ...actionJobs(deps),
  ...updateJobs(deps),
  ...escalationJobs(deps),
  ...channelJobs(deps),
  ...timelineJobs(deps, settings.everyMs),
  ...reconcileJobs(deps, { settings, onFound: (entries) => metrics.recovered(entries) }),
  ...postmortemJobs(deps),
  ...peopleJobs(deps),
  ...recordJobs(deps),
  ...homeJobs(deps),
  ...upkeepJobs(deps),
});

const listenersOf = (deps: Deps, settings: ReconcileSettings): Listeners[] => [
  declarationListeners(deps),
  incidentListeners(deps),
  roleListeners(deps),
  handoffListeners(deps),
  taskListeners(deps),
  actionListeners(deps),
  updateListeners(deps),
  escalationListeners(deps),
  timelineListeners(deps),
  channelListeners(deps, settings.settledMs),
  postmortemListeners(deps),
  peopleListeners(deps),
  recordListeners(deps),
  homeListeners(deps),
  upkeepListeners(deps),
];

interface Ears {
  readonly web: WebServer;
  readonly app: SitrepApp;
  readonly socket: SocketReceiver | null;
}

/** The server that hears Slack (or only health checks), and the sockets if that is how Slack delivers. */
async function openEars(wanted: Composition, deps: Deps, metrics: Metrics, settings: ReconcileSettings): Promise<Ears> {
  const { slack, log } = wanted;
  const readAgain = (inMs: number) => void catchUp(deps, inMs + settings.settledMs);
  // Slack leaves events out by the minute.
  const onLeftOut = () => readAgain(MINUTE);
  const http = slack.mode === 'http' ? createHttpReceiver({ signingSecret: slack.signingSecret, log }) : null;
  const socket =
    slack.mode === 'socket'
      ? createSocketReceiver({
          appToken: slack.appToken,
          apiUrl: wanted.slackApiUrl,
          log,
          onGap: () => readAgain(0),
          limits: knownLimits(deps.db, log),
          onLeftOut: () => {
            metrics.eventsLeftOut();
            onLeftOut();
          },
          ...(wanted.secondSocketAfterMs !== undefined && { secondAfterMs: wanted.secondSocketAfterMs }),
        })
      : null;
  const receiver = http?.receiver ?? socket;
  if (!receiver) throw new Error('a mode without a receiver');
  const app = createApp({
    receiver,
    slack: deps.slack,
    listeners: listenersOf(deps, settings),
    gate: peopleGate(deps),
    log,
    observe: (seen) => metrics.heard(seen),
    now: deps.now,
    onLate: (late) => tellLate(deps, late),
  });
  const web = await listen({
    host: wanted.host,
    port: wanted.port,
    log,
    metrics,
    onLeftOut,
    ready: () => reasons(deps, socket),
    measure: () => measure(deps, metrics, socket),
    ...(http && slack.mode === 'http' && { slack: { signingSecret: slack.signingSecret, handle: http.handle } }),
  });
  await socket?.start();
  return { web, app, socket };
}

/** Something was not told: every channel is read from end to end. Should this not be stored either, the next reading finds it. */
async function catchUp(deps: Deps, inMs: number): Promise<void> {
  await reconcileAllAt(deps, new Date(deps.now().getTime() + inMs), 'always').catch((fault: unknown) =>
    deps.log.warn({ err: fault }, 'could not promise to read history again'),
  );
}

async function reasons({ db, slack }: Deps, socket: SocketReceiver | null): Promise<Reason[]> {
  const [database, api] = await Promise.all([
    pendingMigrations(db).then(
      (pending): Reason[] =>
        pending.length === 0
          ? []
          : [{ what: 'migrations', says: `${pending.join(', ')} not applied: run \`sitrep migrate\`.` }],
      (fault: unknown): Reason[] => [
        { what: 'database', says: `The database does not answer: ${wordsOf(fault)}. Check DATABASE_URL.` },
      ],
    ),
    slack.me().then(
      (): Reason[] => [],
      (fault: unknown): Reason[] => [
        { what: 'slack', says: `Slack's Web API does not answer as it should: ${wordsOf(fault)}.` },
      ],
    ),
  ]);
  return [...database, ...api, ...(socket ? socketReasons(socket.state()) : [])];
}

const wordsOf = (fault: unknown): string => (fault instanceof Error ? fault.message : String(fault));

async function measure(deps: Deps, metrics: Metrics, socket: SocketReceiver | null): Promise<void> {
  metrics.sockets(socket?.state().open ?? 0);
  metrics.jobs(await jobNumbers(deps.db, deps.now()));
  metrics.quarantined(await countQuarantined(deps.db));
  metrics.promises(await countPromises(deps.db));
  metrics.postmortems(await countPostmortems(deps.db, owing(deps.policy), deps.now()));
  metrics.factors(await countFactors(deps.db));
  const { timezone } = deps.policy;
  metrics.actionItems(await countByState(deps.db, dayOf(deps.now(), timezone), timezone));
}

async function stop({
  web,
  app,
  socket,
  worker,
  db,
  log,
}: Ears & { worker: Worker; db: Db; log: Logger }): Promise<void> {
  log.info('stopping: no new work, what was begun is finished');
  await Promise.all([web.close(DRAIN_MS), socket?.stop(), worker.stop(), app.drain(DRAIN_MS)]);
  await db.destroy();
  log.info('stopped');
}

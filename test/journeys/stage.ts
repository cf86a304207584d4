import { afterEach } from '@jest/globals';
import pino from 'pino';
import { type Sitrep, startSitrep } from '../../src/compose.ts';
import type { Db } from '../../src/db/tables.ts';
import type { Millis } from '../../src/lib/duration.ts';
import { incidentId } from '../../src/lib/ids.ts';
import { defaultPolicy, type Policy } from '../../src/policy.ts';
import type { ReconcileSettings } from '../../src/reconcile/settings.ts';
import { type Sandbox, type SandboxOptions, startSandbox } from '../../src/sandbox/sandbox.ts';
import type { IncidentRecord } from '../../src/timeline/record.ts';
import { readRecord } from '../../src/timeline/transactions.ts';
import { type TestDatabase, testDatabase } from '../support/database.ts';

export type Mode = 'socket' | 'http';

/** A whole world for one story: a local Slack, a database of its own and the real bot between them, over the wire. */
export interface Stage {
  readonly slack: Sandbox;
  readonly database: TestDatabase;
  readonly db: Db;
  readonly policy: Policy;
  readonly sitrep: Sitrep;
  /** One more process on the same database and the same Slack. Over HTTP, Slack goes on calling the first. */
  another(): Promise<Sitrep>;
  /** Nothing is due, nothing runs, and every event has been heard. */
  quiet(): Promise<void>;
  /** So much time passes for Slack and the bot at once (leases and Slack's patience go on in real time), and what is due is done. */
  pass(ms: Millis): Promise<void>;
  /** What `sitrep export` would print. */
  record(number: number): Promise<IncidentRecord>;
}

export interface Setting {
  /** Over HTTP unless the story is about the road itself. */
  readonly mode?: Mode;
  readonly policy?: Partial<Policy>;
  /** The clock under that of the workspace, which goes on from it. Default: real time. */
  readonly now?: () => Date;
  readonly sandbox?: Partial<SandboxOptions>;
  readonly reconcile?: Partial<ReconcileSettings>;
  /** The bot's way to PostgreSQL, when it is not the straight one. */
  readonly road?: (server: TestDatabase['config']) => Promise<TestDatabase['config']>;
}

const open: (() => Promise<void>)[] = [];
afterEach(async () => {
  for (const close of open.splice(0).reverse()) await close();
});

/** What a story opened is closed after it, the last first. */
export const afterStory = (close: () => Promise<void>): void => void open.push(close);

/** Sentences of the log while a story fails: `LOG_LEVEL=info npm test`. */
const log = pino({ level: process.env.LOG_LEVEL ?? 'silent' });

export async function setStage(setting: Setting = {}): Promise<Stage> {
  const { mode = 'http', policy = {}, now, sandbox = {}, reconcile = {}, road } = setting;
  const database = await testDatabase();
  afterStory(() => database.close());
  const slack = await startSandbox({
    manifest: 'manifest.yml',
    mode,
    delivery: { retryDelaysMs: [20, 200, 500] },
    ...(now && { now }),
    ...sandbox,
  });
  afterStory(() => slack.close());
  const way = road ? await road(database.config) : database.config;
  const whole = { ...defaultPolicy, ...policy };
  const awake = new Set<Sitrep>();
  const start = async () => {
    const sitrep = await startSitrep({
      slack:
        mode === 'socket'
          ? { mode, botToken: slack.tokens.bot, appToken: slack.tokens.app }
          : { mode, botToken: slack.tokens.bot, signingSecret: slack.tokens.signingSecret },
      slackApiUrl: slack.apiUrl,
      database: way,
      policy: whole,
      host: '127.0.0.1',
      port: 0,
      log,
      reconcile,
      now: slack.now,
    });
    let stopped: Promise<void> | undefined;
    const stop = () => {
      awake.delete(sitrep);
      stopped ??= sitrep.stop();
      return stopped;
    };
    awake.add(sitrep);
    afterStory(stop);
    return { ...sitrep, stop };
  };
  const sitrep = await start();
  if (mode === 'http') slack.http.pointAt(`${sitrep.origin}/slack/events`);
  await slack.connected();
  return {
    slack,
    database,
    db: database.db,
    policy: whole,
    sitrep,
    another: start,
    quiet: async () => {
      await sitrep.idle();
      await slack.settled();
      await sitrep.idle();
    },
    pass: async (ms) => {
      slack.forward(ms);
      for (const one of awake) one.wake();
      for (const one of awake) await one.idle();
    },
    record: async (number) => {
      const record = await readRecord({ db: database.db }, incidentId(number), slack.url);
      if (!record) throw new Error(`no INC-${number}`);
      return record;
    },
  };
}

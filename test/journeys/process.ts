import { type ChildProcess, spawn } from 'node:child_process';
import { once } from 'node:events';
import { mkdtemp, rm, writeFile } from 'node:fs/promises';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { createInterface } from 'node:readline';
import { type Sandbox, startSandbox } from '../../src/sandbox/sandbox.ts';
import { type TestDatabase, testDatabase } from '../support/database.ts';
import { afterStory, type Mode } from './stage.ts';

const SRC = new URL('../../src/', import.meta.url);

/** `npm start` as a process of its own, told everything by its environment. */
export interface Process {
  readonly pid: number;
  /** `http://127.0.0.1:port`, once it serves; null when it ended before. */
  readonly origin: Promise<string | null>;
  readonly ended: Promise<{ code: number | null; signal: NodeJS.Signals | null }>;
  /** What it wrote, so far. */
  readonly out: () => string;
  readonly err: () => string;
  /** Answers when it is gone. */
  kill(signal: NodeJS.Signals): Promise<{ code: number | null; signal: NodeJS.Signals | null }>;
}

/** Runs in an empty folder, so that no .env or sitrep.yml of whoever tests is read. */
export async function runProcess(env: Record<string, string>, file = 'main.ts'): Promise<Process> {
  const folder = await mkdtemp(join(tmpdir(), 'sitrep-journey-'));
  const { NODE_OPTIONS: _, ...ours } = process.env;
  const clean = Object.fromEntries(
    Object.entries(ours).filter(([name]) => !/^(SLACK_|SITREP_|DATABASE_URL)/.test(name)),
  );
  const child = spawn(process.execPath, ['--disable-warning=ExperimentalWarning', new URL(file, SRC).pathname], {
    cwd: folder,
    env: { ...clean, NODE_ENV: 'test', LOG_LEVEL: 'info', HOST: '127.0.0.1', PORT: '0', ...env },
    stdio: ['ignore', 'pipe', 'pipe'],
  });
  const ended = once(child, 'close').then(([code, signal]) => ({ code, signal }));
  const kill = async (signal: NodeJS.Signals) => {
    if (child.exitCode === null && child.signalCode === null) child.kill(signal);
    return ended;
  };
  afterStory(async () => {
    await kill('SIGKILL');
    await rm(folder, { recursive: true, force: true });
  });
  const written = { out: '', err: '' };
  child.stderr?.on('data', (chunk) => {
    written.err += String(chunk);
  });
  return {
    pid: child.pid ?? 0,
    origin: Promise.race([serving(child, written), ended.then(() => null)]),
    ended,
    out: () => written.out,
    err: () => written.err,
    kill,
  };
}

function serving(child: ChildProcess, written: { out: string }): Promise<string> {
  return new Promise((resolve) => {
    if (!child.stdout) return;
    createInterface(child.stdout).on('line', (line) => {
      written.out += `${line}\n`;
      const origin = /"origin":"([^"]+)".*"msg":"serving"/.exec(line)?.[1];
      if (origin) resolve(origin);
    });
  });
}

export interface ProcessStage {
  readonly slack: Sandbox;
  readonly database: TestDatabase;
  readonly db: TestDatabase['db'];
  /** Resolves when it serves and Slack reaches it. */
  start(env?: Record<string, string>): Promise<Process>;
}

/** Events that nobody answers come again for as long as a story needs to start the bot anew. */
const PATIENT = [100, 400, 1_000, 2_000, 2_000, 4_000, 4_000];

export async function setProcessStage({ mode, policy }: { mode: Mode; policy?: string }): Promise<ProcessStage> {
  const database = await testDatabase();
  afterStory(() => database.close());
  const slack = await startSandbox({ manifest: 'manifest.yml', mode, delivery: { retryDelaysMs: PATIENT } });
  afterStory(() => slack.close());
  const { bot, app, signingSecret } = slack.tokens;
  const file = policy === undefined ? {} : { SITREP_CONFIG: await written(policy) };
  return {
    slack,
    database,
    db: database.db,
    start: async (env = {}) => {
      const child = await runProcess({
        DATABASE_URL: database.url,
        SLACK_API_URL: slack.apiUrl,
        SLACK_BOT_TOKEN: bot,
        ...(mode === 'socket' ? { SLACK_APP_TOKEN: app } : { SLACK_SIGNING_SECRET: signingSecret }),
        ...file,
        ...env,
      });
      const origin = await child.origin;
      if (origin === null) throw new Error(`the bot did not start:\n${child.out()}${child.err()}`);
      if (mode === 'http') slack.http.pointAt(`${origin}/slack/events`);
      await slack.connected();
      return child;
    },
  };
}

async function written(policy: string): Promise<string> {
  const folder = await mkdtemp(join(tmpdir(), 'sitrep-policy-'));
  afterStory(() => rm(folder, { recursive: true, force: true }));
  const file = join(folder, 'sitrep.yml');
  await writeFile(file, policy);
  return file;
}

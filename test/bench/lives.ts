import { spawn } from 'node:child_process';
import { once } from 'node:events';
import { readFileSync } from 'node:fs';
import { createInterface } from 'node:readline';
import { setTimeout as sleep } from 'node:timers/promises';
import { fileURLToPath } from 'node:url';
import { type Embedded, urlOf } from '../../src/db/embedded.ts';
import { startProcess } from './processes.ts';

interface Lived {
  readonly readyMs: number;
  /** After `idleForMs`. */
  readonly rss: number;
}

const SRC = new URL('../../src/', import.meta.url);
/** As `npm start` does. */
const START = ['--import', new URL('compile-cache.mjs', SRC).href, fileURLToPath(new URL('main.ts', SRC))];

/** The bot as an operator starts it. */
export async function live(database: Embedded['config'], apiUrl: string, idleForMs: number): Promise<Lived> {
  const began = performance.now();
  const env = {
    PATH: process.env.PATH ?? '',
    SLACK_BOT_TOKEN: 'xoxb-life',
    SLACK_SIGNING_SECRET: '0123456789abcdef'.repeat(2),
    SLACK_API_URL: apiUrl,
    DATABASE_URL: urlOf(database),
    HOST: '127.0.0.1',
    PORT: '0',
  };
  const bot = spawn(process.execPath, START, { env, stdio: ['ignore', 'pipe', 'inherit'] });
  const gone = once(bot, 'exit');
  try {
    await serving(bot.stdout, gone);
    const readyMs = performance.now() - began;
    await sleep(idleForMs);
    return { readyMs, rss: rssOf(bot.pid) };
  } finally {
    bot.kill('SIGTERM');
    await gone;
  }
}

async function serving(stdout: NodeJS.ReadableStream, gone: Promise<unknown>): Promise<void> {
  const said = new Promise<void>((resolve) => {
    createInterface({ input: stdout }).on('line', (line) => {
      if (line.includes('"serving"')) resolve();
    });
  });
  const ended = gone.then(() => {
    throw new Error('the bot ended before it was ready');
  });
  ended.catch(() => {});
  await Promise.race([said, ended]);
}

/** Linux alone tells another process's; NaN elsewhere. */
function rssOf(pid: number | undefined): number {
  try {
    return Number(/VmRSS:\s+(\d+) kB/.exec(readFileSync(`/proc/${pid}/status`, 'utf8'))?.[1]) * 1024;
  } catch {
    return Number.NaN;
  }
}

export interface Drafted {
  readonly ms: number;
  /** The first of the process, by code that nothing has compiled yet. */
  readonly coldMs: number;
  /** Of all threads of the process, its garbage collector's included. */
  readonly cpuMs: number;
  /** RSS at its peak during both, over what it was before. */
  readonly grewBy: number;
  /** Of the heap, at its peak during a third and after collections, over what it was before: what does not fit in less. */
  readonly holds: number;
  readonly longestPauseMs: number;
}

/** Drafts in a process of their own: the first cold, the second as a process drafts that has run for a while. */
export async function draftOnce(database: Embedded['config'], apiUrl: string): Promise<Drafted> {
  const child = await startProcess<Drafted>('draft.ts', { database, apiUrl });
  await child.stop();
  return child.ready;
}

// Drafts of one long incident, and what they cost the process that writes them.
import { monitorEventLoopDelay } from 'node:perf_hooks';
import { setTimeout as sleep } from 'node:timers/promises';
import { setFlagsFromString } from 'node:v8';
import { runInNewContext } from 'node:vm';
import pino from 'pino';
import { connect } from '../../../src/db/connect.ts';
import type { Embedded } from '../../../src/db/embedded.ts';
import { incidentId, userId } from '../../../src/lib/ids.ts';
import { defaultPolicy } from '../../../src/policy.ts';
import { postmortemJobs } from '../../../src/postmortems/jobs.ts';
import { createSlack } from '../../../src/slack/client.ts';
import { nobodyAsks } from '../../support/given.ts';
import type { Drafted } from '../lives.ts';
import { given, ready } from './child.ts';

const { database, apiUrl } = given<{ database: Embedded['config']; apiUrl: string }>();
const log = pino({ level: 'silent' });
const db = connect({ config: database, log });
const slack = createSlack({ token: 'xoxb-draft', apiUrl, log, observe: () => {} });
const deps = { db, log, slack, policy: defaultPolicy, ...nobodyAsks, now: () => new Date() };
const jobs = postmortemJobs(deps);

const rss = peakOf(process.memoryUsage.rss, 5);
// The first runs code that nothing has compiled yet, and what the process weighs at most it weighs then.
const first = await draftOnce();
const second = await draftOnce();
const grewBy = rss.stop();
setFlagsFromString('--expose-gc');
const collect = runInNewContext('gc');
// What is in use after a collection is what the draft holds; the rest of RSS is what V8 takes its time to clear.
const held = peakOf(() => {
  collect();
  return process.memoryUsage().heapUsed;
}, 25);
await draftOnce();
const holds = held.stop();
await db.destroy();
ready({ ...second, coldMs: first.ms, grewBy, holds } satisfies Drafted, async () => {});

/** How far something rises above where it was, looked at every so many milliseconds. */
function peakOf(value: () => number, everyMs: number): { stop: () => number } {
  const before = value();
  let peak = before;
  const look = () => {
    peak = Math.max(peak, value());
  };
  const watch = setInterval(look, everyMs);
  return {
    stop: () => {
      clearInterval(watch);
      look();
      return peak - before;
    },
  };
}

async function draftOnce(): Promise<Omit<Drafted, 'grewBy' | 'holds' | 'coldMs'>> {
  const delay = monitorEventLoopDelay({ resolution: 5 });
  delay.enable();
  await sleep(50);
  delay.reset();
  const cpu = process.cpuUsage();
  const start = performance.now();
  const attempt = { marker: crypto.randomUUID(), number: 1, uncertainSince: null };
  await jobs.draft({ kind: 'draft', incident: incidentId(1), askedBy: userId('U0OLIVIA') }, attempt);
  const ms = performance.now() - start;
  const { user, system } = process.cpuUsage(cpu);
  await sleep(20);
  delay.disable();
  return { ms, cpuMs: (user + system) / 1_000, longestPauseMs: delay.max / 1e6 };
}

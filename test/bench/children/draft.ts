// One draft, and what it costs the process that writes it.
import { monitorEventLoopDelay } from 'node:perf_hooks';
import { setTimeout as sleep } from 'node:timers/promises';
import pino from 'pino';
import { connect } from '../../../src/db/connect.ts';
import type { Embedded } from '../../../src/db/embedded.ts';
import type { SlackApi } from '../../../src/slack/api.ts';
import { incidentId } from '../../../src/lib/ids.ts';
import { defaultPolicy } from '../../../src/policy.ts';
import { postmortemJobs } from '../../../src/postmortems/jobs.ts';
import { given, ready } from './child.ts';

const { database } = given<{ database: Embedded['config'] }>();
const log = pino({ level: 'silent' });
const db = connect({ config: database, log });
const slack = { me: async () => ({ url: 'https://bench.slack.com/' }) } as unknown as SlackApi;
const jobs = postmortemJobs({ db, log, slack, policy: defaultPolicy, names: async () => new Map(), now: () => new Date() });

const before = process.memoryUsage.rss();
let peak = before;
const watch = setInterval(() => { peak = Math.max(peak, process.memoryUsage.rss()); }, 10);
const delay = monitorEventLoopDelay({ resolution: 5 });
delay.enable();
await sleep(100);
delay.reset();
const start = performance.now();
await jobs.draft({ kind: 'draft', incident: incidentId(1), askedBy: 'U0OLIVIA' as never }, { marker: crypto.randomUUID(), number: 1, uncertainSince: null });
const ms = performance.now() - start;
await sleep(20);
delay.disable();
clearInterval(watch);
await db.destroy();
ready({ ms, rssBefore: before, rssPeak: Math.max(peak, process.resourceUsage().maxRSS * 1024), longestPauseMs: delay.max / 1e6 }, async () => {});

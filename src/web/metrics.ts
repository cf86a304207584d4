import { Counter, Gauge, Histogram, Registry } from 'prom-client';

/** The state of one kind of job in the queue, pushed in before each scrape. */
interface JobNumbers {
  readonly kind: string;
  readonly depth: number;
  /** Seconds since the oldest due one should have run; 0 when none is due. */
  readonly oldestAgeSeconds: number;
  readonly parked: number;
}

/** One run of a job. */
interface JobRun {
  readonly kind: string;
  /** From the time it was due to its start. */
  readonly latenessMs: number;
  readonly outcome: string;
}

interface Heard {
  readonly kind: string;
  readonly what: string;
  readonly outcome: string;
  readonly ms: number;
  readonly lagMs?: number;
}

interface Called {
  readonly method: string;
  readonly outcome: string;
  readonly code: string | null;
  readonly ms: number;
}

export type Metrics = ReturnType<typeof createMetrics>;

/** Every number of the process in a registry of its own; nothing here reads a clock or a database. */
export function createMetrics() {
  const registry = new Registry();
  const registers = [registry];
  const ack = new Histogram({
    name: 'sitrep_ack_seconds',
    help: 'From receipt to acknowledgement, by kind; Slack gives up at 3 s.',
    labelNames: ['kind'],
    buckets: [0.005, 0.01, 0.025, 0.05, 0.1, 0.25, 0.5, 1, 1.5, 2, 2.5, 3],
    registers,
  });
  const heard = new Counter({
    name: 'sitrep_heard_total',
    help: 'What was heard from Slack, by kind and outcome.',
    labelNames: ['kind', 'outcome'],
    registers,
  });
  const eventLag = new Histogram({
    name: 'sitrep_event_lag_seconds',
    help: 'From the time of an event in Slack to its receipt.',
    buckets: [0.1, 0.5, 1, 2, 5, 15, 60, 300, 3_600],
    registers,
  });
  const refused = new Counter({
    name: 'sitrep_http_refused_total',
    help: 'Requests to /slack/events that were refused before they were read, by status.',
    labelNames: ['status'],
    registers,
  });
  const leftOut = new Counter({
    name: 'sitrep_app_rate_limited_total',
    help: 'Minutes in which Slack left out events, more than 30,000 in an hour.',
    registers,
  });
  const calls = new Counter({
    name: 'sitrep_slack_calls_total',
    help: 'Web API calls by method and outcome (ok, not-done, unknown, never).',
    labelNames: ['method', 'outcome'],
    registers,
  });
  const callSeconds = new Histogram({
    name: 'sitrep_slack_call_seconds',
    help: 'How long Web API calls take.',
    buckets: [0.05, 0.1, 0.25, 0.5, 1, 2.5, 5, 10],
    registers,
  });
  const rateLimited = new Counter({
    name: 'sitrep_slack_rate_limited_total',
    help: '429 answers by method.',
    labelNames: ['method'],
    registers,
  });
  const depth = gauge('sitrep_jobs_depth', 'Jobs that wait or run, by kind.');
  const oldest = gauge('sitrep_jobs_oldest_age_seconds', 'How long the oldest due job has waited, by kind.');
  const parked = gauge('sitrep_jobs_parked', 'Jobs given up until someone looks, by kind.');
  const lateness = new Histogram({
    name: 'sitrep_job_lateness_seconds',
    help: 'From the time a job was due to its start, by kind.',
    labelNames: ['kind'],
    buckets: [0.01, 0.05, 0.1, 0.5, 1, 5, 15, 60, 300],
    registers,
  });
  const attempts = new Counter({
    name: 'sitrep_job_attempts_total',
    help: 'Runs of jobs by kind and outcome (done, retried, limited, parked, dropped, lost).',
    labelNames: ['kind', 'outcome'],
    registers,
  });
  const reminder = new Histogram({
    name: 'sitrep_reminder_lateness_seconds',
    help: 'From the time a reminder was due to the decision to send it.',
    buckets: [0.1, 0.5, 1, 2, 5, 15, 60, 300],
    registers,
  });
  const promises = new Gauge({
    name: 'sitrep_promises',
    help: 'Promised updates by what became of them: kept, late, or missed (a full cadence late).',
    labelNames: ['outcome'],
    registers,
  });
  const actionItems = new Gauge({
    name: 'sitrep_action_items',
    help: 'Action items of real incidents by state: open, overdue, done, done_late, dropped.',
    labelNames: ['state'],
    registers,
  });
  const completed = new Gauge({
    name: 'sitrep_action_items_completion_ratio',
    help: 'Of the action items that were not dropped, how many are done; 1 when there is none.',
    registers,
  });
  const postmortems = new Gauge({
    name: 'sitrep_postmortems',
    help: 'Postmortems that were owed, by what became of them: published on time, published late, due, overdue, or not drafted at all.',
    labelNames: ['outcome'],
    registers,
  });
  const factors = new Gauge({
    name: 'sitrep_contributing_factors',
    help: 'Contributing factors of published postmortems, drills left out, by class.',
    labelNames: ['class'],
    registers,
  });
  const quarantined = new Gauge({
    name: 'sitrep_quarantined',
    help: 'Rows set aside because their data could not be stored.',
    registers,
  });
  const gaps = new Counter({
    name: 'sitrep_gaps_found_total',
    help: 'Readings of history that found something the record lacked.',
    registers,
  });
  const recovered = new Counter({
    name: 'sitrep_entries_recovered_total',
    help: 'Timeline entries that were found in history, not heard.',
    registers,
  });
  const sockets = new Gauge({ name: 'sitrep_sockets_open', help: 'Open Socket Mode connections.', registers });
  const unmeasured = new Counter({
    name: 'sitrep_measure_failed_total',
    help: 'Scrapes whose numbers from the database could not be had.',
    registers,
  });

  function gauge(name: string, help: string) {
    return new Gauge({ name, help, labelNames: ['kind'], registers });
  }

  return {
    contentType: registry.contentType,
    render: (): Promise<string> => registry.metrics(),

    heard(seen: Heard) {
      heard.inc({ kind: seen.kind, outcome: seen.outcome });
      ack.observe({ kind: seen.kind }, seen.ms / 1_000);
      if (seen.lagMs !== undefined) eventLag.observe(seen.lagMs / 1_000);
    },
    called(call: Called) {
      calls.inc({ method: call.method, outcome: call.outcome });
      callSeconds.observe(call.ms / 1_000);
      if (call.code === 'ratelimited') rateLimited.inc({ method: call.method });
    },
    refused: (status: number) => refused.inc({ status }),
    eventsLeftOut: () => leftOut.inc(),
    ran(run: JobRun) {
      lateness.observe({ kind: run.kind }, Math.max(0, run.latenessMs) / 1_000);
      attempts.inc({ kind: run.kind, outcome: run.outcome });
    },
    reminded: (latenessMs: number) => reminder.observe(Math.max(0, latenessMs) / 1_000),
    promises(became: Readonly<Record<'kept' | 'late' | 'missed', number>>) {
      for (const [outcome, count] of Object.entries(became)) promises.set({ outcome }, count);
    },
    actionItems(now: Readonly<Record<'open' | 'overdue' | 'done' | 'done_late' | 'dropped', number>>) {
      for (const [state, count] of Object.entries(now)) actionItems.set({ state }, count);
      const done = now.done + now.done_late;
      const kept = done + now.open + now.overdue;
      completed.set(kept === 0 ? 1 : done / kept);
    },
    postmortems(became: Readonly<Record<string, number>>) {
      for (const [outcome, count] of Object.entries(became)) postmortems.set({ outcome }, count);
    },
    factors(counted: readonly { readonly class: string; readonly count: number }[]) {
      factors.reset();
      for (const { class: of, count } of counted) factors.set({ class: of }, count);
    },
    quarantined: (rows: number) => quarantined.set(rows),
    recovered(entries: number) {
      gaps.inc();
      recovered.inc(entries);
    },
    sockets: (open: number) => sockets.set(open),
    unmeasured: () => unmeasured.inc(),
    /** Replaces what was known of the queue: a kind that is not named has nothing waiting. */
    jobs(numbers: readonly JobNumbers[]) {
      for (const one of [depth, oldest, parked]) one.reset();
      for (const { kind, ...now } of numbers) {
        depth.set({ kind }, now.depth);
        oldest.set({ kind }, now.oldestAgeSeconds);
        parked.set({ kind }, now.parked);
      }
    },
  };
}

import type { RecordedEntry } from '../../../src/timeline/record.ts';
import { leadOf } from '../../../src/updates/cadence.ts';
import type { Evidence, Finding, Held, PromiseSeen, Span } from '../evidence.ts';
import { finding, refOf } from './words.ts';

/** Each promise climbs each rung at most once and in time; the rung that applied was never left out in silence. */
export function checkPromises(evidence: Evidence): Finding[] {
  return evidence.incidents.flatMap((held) => [
    ...repeats(held),
    ...silences(held, evidence),
    ...delays(held, evidence),
    ...moves(held, evidence),
  ]);
}

/** Once a day again and again. */
const REPEATED: ReadonlySet<unknown> = new Set(['daily', 'off']);

function repeats(held: Held): Finding[] {
  const rungs = held.record.timeline.filter(({ payload }) => payload.rung !== undefined && !REPEATED.has(payload.rung));
  const byRung = Map.groupBy(rungs, ({ payload }) => `${payload.rung} of the promise for ${payload.promisedAt}`);
  return [...byRung]
    .filter(([, fired]) => fired.length > 1)
    .map(([what, fired]) => finding('each rung once', `${refOf(held)}: ${what} was climbed ${fired.length} times`));
}

const LADDER = ['nudge', 'due', 'half', 'full'] as const;

/** `lastSeen`: until then the promise stood; the rung it had reached well before must be on record. */
function silences(held: Held, { promises, outages, ...may }: Evidence): Finding[] {
  const graceMs = may.graceMs + may.skewMs;
  const own = promises.filter(({ incident }) => incident === held.record.incident.number);
  return own.flatMap((promise) => {
    const until = promise.lastSeen - graceMs - lost(outages, promise.dueAt - promise.cadenceMs, promise.lastSeen);
    if (promise.snoozedUntil !== null && promise.snoozedUntil > until) return [];
    const reached = rungsOf(promise).filter(({ at }) => at <= until).length;
    const fired = Math.max(0, ...firedFor(held, promise.dueAt).map((rung) => LADDER.indexOf(rung as 'nudge') + 1));
    if (fired >= reached) return [];
    const due = new Date(promise.dueAt).toISOString();
    const stood = Math.round((promise.lastSeen - promise.dueAt) / 1_000);
    return [
      finding(
        'no promise is missed in silence',
        `${refOf(held)}: the promise for ${due} stood ${stood} s after it was due, reminded up to "${LADDER[fired - 1] ?? 'nothing'}"`,
      ),
    ];
  });
}

/** A snooze may put a rung off, and while nobody could remind it waits; nothing else makes it late. */
function delays(held: Held, { promises, outages, ...may }: Evidence): Finding[] {
  const graceMs = may.graceMs + may.skewMs;
  const own = promises.filter(({ incident }) => incident === held.record.incident.number);
  return own.flatMap((promise) =>
    entriesFor(held, promise.dueAt).flatMap(({ payload, recordedAt }) => {
      const rung = LADDER.indexOf(payload.rung as 'nudge');
      const climbedAt = Date.parse(recordedAt);
      const wantedAt = Math.max(rungsOf(promise)[rung]?.at ?? climbedAt, promise.snoozedUntil ?? 0);
      const lateMs = climbedAt - wantedAt - lost(outages, wantedAt - graceMs, climbedAt);
      // When the nudge was due depends on a cadence that may have changed since.
      if (rung < 1 || lateMs <= graceMs) return [];
      const due = new Date(promise.dueAt).toISOString();
      const what = `${refOf(held)}: "${payload.rung}" of the promise for ${due}`;
      return [finding('each rung in time', `${what} came ${Math.round(lateMs / 1_000)} s late`)];
    }),
  );
}

/** What is quiet for a while is owed all the same. */
function moves(held: Held, { promises }: Evidence): Finding[] {
  const own = promises.filter(({ incident }) => incident === held.record.incident.number);
  return held.record.timeline
    .filter(({ kind }) => kind === 'snoozed')
    .filter(({ payload }) => own.some(({ dueAt }) => dueAt === instantOf(payload.until)))
    .map(({ payload }) =>
      finding(
        'a snooze keeps the promise',
        `${refOf(held)}: what was promised for ${payload.promisedAt} became due when the snooze ended`,
      ),
    );
}

const entriesFor = (held: Held, dueAt: number): RecordedEntry[] =>
  held.record.timeline.filter(({ payload }) => payload.rung !== undefined && instantOf(payload.promisedAt) === dueAt);

const firedFor = (held: Held, dueAt: number): unknown[] => entriesFor(held, dueAt).map(({ payload }) => payload.rung);

const instantOf = (value: RecordedEntry['payload'][string]): number =>
  typeof value === 'string' ? Date.parse(value) : Number.NaN;

function rungsOf({ dueAt, cadenceMs, madeAt }: PromiseSeen): { at: number }[] {
  const lead = leadOf(Math.min(cadenceMs, madeAt === null ? cadenceMs : dueAt - madeAt));
  return [{ at: dueAt - lead }, { at: dueAt }, { at: dueAt + cadenceMs / 2 }, { at: dueAt + cadenceMs }];
}

/** How much of the time nobody could remind. */
const lost = (outages: readonly Span[], from: number, to: number): number =>
  outages.reduce((sum, span) => sum + Math.max(0, Math.min(to, span.to) - Math.max(from, span.from)), 0);

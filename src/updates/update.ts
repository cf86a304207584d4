import type { Insertable } from 'kysely';
import type { Status, UpdatesTable } from '../db/tables.ts';
import { escalationAfter } from '../escalations/escalation.ts';
import type { Decision } from '../incidents/decision.ts';
import { followSeverity } from '../incidents/follow.ts';
import { type Incident, isOpen, isPrivate } from '../incidents/incident.ts';
import { post, redraw } from '../incidents/redraw.ts';
import { changeSeverity } from '../incidents/severity.ts';
import { move } from '../incidents/status.ts';
import type { NewJob } from '../jobs/job.ts';
import type { Millis } from '../lib/duration.ts';
import type { UserId } from '../lib/ids.ts';
import { no, ok, type Result } from '../lib/result.ts';
import { type Policy, type Severity, severityOf } from '../policy.ts';
import type { StateEntry } from '../timeline/entry.ts';
import { cadenceOf, judge, startPromise } from './cadence.ts';
import { ended, type Last, type UpdateRefusal } from './refusals.ts';
import { doneReminders } from './reminder-messages.ts';
import { postedAnswer, updateMessages } from './update-message.ts';
import { nextSaid, saysNext, withNext } from './wording.ts';

/** What people want to say, plain text. */
export interface Said {
  readonly text: string;
  /** For customers: what may leave the incident's channel in place of the text. */
  readonly audienceText: string | null;
  /** Null: as it is. */
  readonly status: Status | null;
  readonly severity: Severity | null;
  /** Null: the cadence's next time. */
  readonly nextIn: Millis | null;
}

export const JUST_TEXT: Omit<Said, 'text'> = { audienceText: null, status: null, severity: null, nextIn: null };

export type NewUpdate = Insertable<UpdatesTable>;

/** Longest text of a Slack message, so that every message can become an update. */
const LONGEST = 40_000;

/**
 * An update: what was said, with the state it changes folded in, the verdict on the promise before it and the promise
 * it makes. It completes the open reminder and is mirrored under the announcement.
 */
export function postUpdate(
  incident: Incident,
  policy: Policy,
  asked: Said,
  by: UserId,
  last: Last,
  now: Date,
): Result<{ decision: Decision; row: NewUpdate }, UpdateRefusal> {
  if (!isOpen(incident)) return ended(incident, last);
  if (asked.text.trim() === '') return no({ why: 'no-text' });
  if (asked.text.length > LONGEST) return no({ why: 'too-long', length: asked.text.length, max: LONGEST });
  const folded = foldedIn(incident, policy, asked, by, now);
  const after: Incident = { ...incident, ...folded.change };
  const promise = startPromise(after, severityOf(policy, after.severity), policy, now, asked.nextIn);
  const dueAt = promise.change.promiseDueAt ?? null;
  const said = promising(asked, nextSaid(dueAt, policy.timezone, now));
  const verdict = judge(incident.promiseDueAt, cadenceOf(incident, severityOf(policy, incident.severity)), now);
  const row: NewUpdate = {
    incidentId: incident.id,
    text: said.text,
    audienceText: said.audienceText,
    author: by,
    status: after.status,
    severity: after.severity,
    postedAt: now,
    promisedAt: incident.promiseDueAt,
    nextPromiseAt: dueAt,
    ...verdict,
  };
  return ok({
    row,
    decision: {
      change: { ...folded.change, ...promise.change },
      entries: [...folded.entries, entryOf(row, by)],
      jobs: [
        ...posts(incident, after, asked, said, dueAt, policy, now),
        ...doneReminders(incident, verdict, now),
        ...redraw(incident.id, now),
        ...promise.jobs,
        ...folded.jobs,
      ],
      ...postedAnswer(after, verdict, dueAt),
    },
  });
}

/** `{next}` of the templates is known now. */
const promising = (said: Said, next: string): Said => ({
  ...said,
  text: withNext(said.text, next),
  audienceText: said.audienceText === null ? null : withNext(said.audienceText, next),
});

/** Status and severity changes stand in the record as their own entries; in the channel the update's message tells of them. */
function foldedIn(incident: Incident, policy: Policy, said: Said, by: UserId, now: Date): Folded {
  const why = 'with an update';
  const parts = [
    said.status !== null && said.status !== incident.status
      ? move(incident, { to: said.status, by, why, now, last: null })
      : null,
    said.severity !== null && said.severity.id !== incident.severity
      ? changeSeverity(incident, said.severity, by, why, now, null)
      : null,
  ].flatMap((part) => (part?.ok ? [part.value] : []));
  const change = Object.assign({}, ...parts.map((part) => part.change));
  // Another severity has another patience with a missing IC.
  const timers = 'severity' in change ? (followSeverity({ change }, incident, policy, now, now).jobs ?? []) : [];
  const counted = escalationAfter(incident, { ...incident, ...change }, policy, now);
  return {
    change: { ...change, ...counted.change },
    entries: parts.flatMap((part) => part.entries ?? []),
    jobs: [...timers.filter(({ job }) => job.kind === 'acknowledge'), ...counted.jobs],
  };
}

type Folded = Required<Pick<Decision, 'change' | 'entries' | 'jobs'>>;

const entryOf = (row: NewUpdate, by: UserId): StateEntry => ({
  kind: 'update_posted',
  actor: by,
  text: row.text,
  payload: {
    audienceText: row.audienceText,
    status: row.status,
    severity: row.severity,
    promisedAt: row.promisedAt,
    nextPromiseAt: row.nextPromiseAt,
    kept: row.kept,
    lateByMs: row.lateByMs,
    missed: row.missed,
  },
});

/** The announcement's thread is read by everyone: it gets the words for customers when there are any, and nothing of a private incident. */
function posts(
  incident: Incident,
  after: Incident,
  asked: Said,
  said: Said,
  dueAt: Date | null,
  policy: Policy,
  now: Date,
): NewJob[] {
  const state = { before: incident, after, dueAt, postedAt: now, timezone: policy.timezone };
  const inside = updateMessages(said.text, { ...state, saysNext: saysNext(asked.text) }).map((message) =>
    post(incident.id, 'channel', message, now),
  );
  if (isPrivate(incident)) return inside;
  const outside = updateMessages(said.audienceText ?? said.text, {
    ...state,
    saysNext: saysNext(asked.audienceText ?? asked.text),
  });
  return [...inside, ...outside.map((message) => post(incident.id, 'announcement-thread', message, now))];
}

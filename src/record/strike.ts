import type { EntryRow } from '../db/tables.ts';
import type { Decision } from '../incidents/decision.ts';
import type { Incident } from '../incidents/incident.ts';
import { post } from '../incidents/redraw.ts';
import type { NewJob } from '../jobs/job.ts';
import type { UserId } from '../lib/ids.ts';
import { no, ok, type Result } from '../lib/result.ts';
import { type Reading, writtenAt } from '../lib/when.ts';
import { message } from '../slack/blocks.ts';
import { date, type Mrkdwn, md, quietly } from '../slack/mrkdwn.ts';
import type { Afterthought } from '../timeline/record.ts';
import type { RecordRefusal } from './refusals.ts';

/** An entry as it stands now: the row, and what people said of it since. */
export interface Standing {
  readonly entry: Pick<EntryRow, 'id' | 'occurredAt'>;
  readonly since: Afterthought;
}

export const standsAt = ({ entry, since }: Standing): Date =>
  since.correctedAt === undefined ? entry.occurredAt : new Date(since.correctedAt);

/** Out of the story, not out of the record: who did it and why stands beside it. Its words are repeated nowhere. */
export function strike(
  incident: Incident,
  standing: Standing,
  why: string,
  by: UserId,
  now: Date,
): Result<Decision, RecordRefusal> {
  const { struck } = standing.since;
  if (struck) return no({ why: 'struck-already', by: struck.by, at: new Date(struck.at) });
  const at = standsAt(standing);
  return ok({
    entries: [
      {
        kind: 'entry_struck',
        actor: by,
        text: `an entry was struck out: ${why}`,
        payload: { entry: standing.entry.id, why },
      },
    ],
    audit: { what: 'entry struck out', detail: { entry: standing.entry.id, why } },
    jobs: said(incident, md`${quietly(by)} struck the entry of ${date(at)} out of the timeline: ${why}`, now),
    answer: message(md`Struck out. It stays in the record, and is quoted nowhere.`),
  });
}

export function restore(
  incident: Incident,
  standing: Standing,
  by: UserId,
  now: Date,
): Result<Decision, RecordRefusal> {
  if (!standing.since.struck) return no({ why: 'stands-already' });
  const at = standsAt(standing);
  return ok({
    entries: [
      { kind: 'entry_restored', actor: by, text: 'an entry was put back', payload: { entry: standing.entry.id } },
    ],
    audit: { what: 'entry put back', detail: { entry: standing.entry.id } },
    jobs: said(incident, md`${quietly(by)} put the entry of ${date(at)} back into the timeline`, now),
    answer: message(md`It is part of the story again.`),
  });
}

export interface Moved {
  readonly to: Date;
  readonly why: string;
  /** Where the form showed it. */
  readonly shown: number;
}

export function moveEntry(
  incident: Incident,
  standing: Standing,
  { to, why, shown }: Moved,
  by: UserId,
  { now, timezone }: Reading,
): Result<Decision, RecordRefusal> {
  const from = standsAt(standing);
  if (from.getTime() !== shown) return no({ why: 'moved-meanwhile', at: from });
  if (from.getTime() === to.getTime()) return no({ why: 'stands-there' });
  return ok({
    entries: [
      {
        kind: 'clock_corrected',
        actor: by,
        text: `time of an entry corrected: ${writtenAt(from, timezone)} → ${writtenAt(to, timezone)}: ${why}`,
        payload: { entry: standing.entry.id, from, to, why },
      },
    ],
    audit: { what: 'time of an entry corrected', detail: { entry: standing.entry.id, from, to, why } },
    jobs: said(
      incident,
      md`${quietly(by)} corrected the time of an entry: ${date(to)} (was ${date(from)}): ${why}`,
      now,
    ),
    answer: message(md`The time of the entry is ${date(to)} now.`),
  });
}

const said = (incident: Incident, words: Mrkdwn, now: Date): NewJob[] => [
  post(incident.id, 'card-thread', message(words), now),
];

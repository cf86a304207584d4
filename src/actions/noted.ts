import type { NewJob } from '../jobs/job.ts';
import { type IncidentId, userId } from '../lib/ids.ts';
import type { NewEntry } from '../timeline/entry.ts';

/** The reaction 🎯, which notes a message as an action item. */
const DART = 'dart';

/** What was marked with it, heard now or found in history: each becomes an item once, whoever marked it first. */
export const notedAsActions = (incident: IncidentId, entries: readonly NewEntry[], now: Date): NewJob[] =>
  entries.flatMap(({ kind, actor, ts, payload }) =>
    kind === 'reaction_added' && payload?.reaction === DART && actor !== null && ts
      ? [{ job: { kind: 'action-from', incident, message: ts, by: userId(actor) }, runAt: now }]
      : [],
  );

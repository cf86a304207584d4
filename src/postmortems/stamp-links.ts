import type { EntryKind } from '../db/tables.ts';
import type { Clock, IncidentRecord, Instant, RecordedEntry } from '../timeline/record.ts';
import type { Evidence } from './evidence.ts';
import type { KeyEntry } from './key-entries.ts';
import type { Telling } from './names.ts';
import { linked, type Said, said } from './said.ts';

/** Where in the record a fact comes from, for the facts which are kept without saying so. */

type Known = Pick<Telling, 'record' | 'evidence'>;

/** Where a stamp of the clock was set: its last correction, else the change that set it, else the declaration it was given with. */
export function stampLink({ record, evidence }: Known, stamp: keyof Clock): string | null {
  const set = SET_BY[stamp];
  const at = record.clock[stamp];
  if (at === null) return null;
  const corrected = evidence.key.findLast(({ entry }) => corrects(entry, stamp));
  const found = corrected ?? evidence.key.find(({ entry }) => entry.occurredAt === at && set(entry));
  return (found ?? evidence.key.findLast(({ entry }) => set(entry)))?.permalink ?? null;
}

const corrects = ({ kind, payload }: RecordedEntry, stamp: keyof Clock): boolean =>
  kind === 'clock_corrected' && (payload.clock === stamp || changes(payload, stamp));

const changes = ({ before }: RecordedEntry['payload'], field: string): boolean =>
  typeof before === 'object' && before !== null && Object.hasOwn(before, field);

type Sets = (entry: RecordedEntry) => boolean;

const declares: Sets = ({ kind }) => kind === 'declared';
const commands: Sets = ({ kind, payload }) =>
  kind === 'handoff' || (kind === 'role_assigned' && (payload.role === 'ic' || payload.role === undefined));
const reaches =
  (...statuses: readonly unknown[]): Sets =>
  ({ kind, payload }) =>
    kind === 'status_changed' && statuses.includes(payload.to);

const SET_BY: Record<keyof Clock, Sets> = {
  impactStartedAt: declares,
  detectedAt: declares,
  declaredAt: declares,
  acknowledgedAt: commands,
  mitigatedAt: reaches('mitigated', 'resolved'),
  resolvedAt: reaches('resolved'),
  closedAt: reaches('closed', 'canceled'),
};

/** The edit that gave the incident what it says here, else its declaration. */
export const sourceOf = ({ evidence }: Known, field: keyof IncidentRecord['incident']): KeyEntry | null =>
  evidence.key.findLast(({ entry }) => changes(entry.payload, field)) ?? lastOf(evidence, 'declared');

/** The last entry of these kinds. */
export const lastOf = ({ key }: Evidence, ...kinds: readonly EntryKind[]): KeyEntry | null =>
  key.findLast(({ entry }) => kinds.includes(entry.kind)) ?? null;

/** The entry of that instant that moved a role. */
export const roleLink = ({ key }: Evidence, at: Instant | null): string | null =>
  key.find(({ entry, rule }) => rule === 'role' && entry.occurredAt === at)?.permalink ?? null;

/** The entry of that instant by which an update stands in the record. */
export const updateLink = ({ evidence, record }: Known, postedAt: Instant): string | null => {
  const post = record.timeline.find(({ kind, occurredAt }) => kind === 'update_posted' && occurredAt === postedAt);
  return post ? evidence.permalinkOf(post) : null;
};

/** ` (14:05)`, leading there; nothing when there is no such entry. */
export const spokenAt = ({ local }: Pick<Telling, 'local'>, key: KeyEntry | null): Said =>
  key === null ? said() : said(' (', linked(local.time(key.at), key.permalink), ')');

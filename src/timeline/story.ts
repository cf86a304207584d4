import type { Selectable } from 'kysely';
import type {
  ActionItemsTable,
  AuditTable,
  EntryKind,
  EntryRow,
  IncidentRow,
  RoleAssignmentRow,
  UpdateRow,
} from '../db/tables.ts';
import { refOf, type Ts } from '../lib/ids.ts';
import { recordedPostmortem } from '../postmortems/recorded.ts';
import type { Work } from '../postmortems/work.ts';
import { permalink } from '../slack/mrkdwn.ts';
import { inHindsight } from './known-later.ts';
import type { Clock, IncidentRecord, RecordedEntry, RecordedUpdate } from './record.ts';

/** The rows held on one incident. Its entries are told as they are read: as rows they would fill the memory of a long one. */
interface Held {
  readonly incident: IncidentRow;
  readonly workspaceUrl: string | null;
  readonly roles: readonly RoleAssignmentRow[];
  readonly updates: readonly UpdateRow[];
  readonly told: readonly RecordedEntry[];
  readonly actionItems: readonly ActionItemOf[];
  readonly postmortem: Work | null;
  readonly audit: readonly Selectable<AuditTable>[];
}

/** With the thread that the message it was made of stands in. */
export type ActionItemOf = Selectable<ActionItemsTable> & { readonly messageThreadTs: Ts | null };

/** The documented shape of everything held. */
export function recordOf(held: Held): IncidentRecord {
  const { told, incident, workspaceUrl } = held;
  return {
    incident: incidentOf(held.incident),
    clock: clockOf(held.incident),
    roles: held.roles.map((row) => ({
      role: row.role,
      user: row.userId,
      from: row.fromAt.toISOString(),
      to: instant(row.toAt),
    })),
    updates: held.updates.map(updateOf),
    timeline: inHindsight(told, held.incident.cardTs),
    actionItems: held.actionItems.map((row) => ({
      what: row.what,
      owner: row.owner,
      due: row.dueOn,
      status: row.status,
      type: row.type,
      ticket: row.ticket,
      reason: row.reason,
      createdBy: row.createdBy,
      createdAt: row.createdAt.toISOString(),
      endedBy: row.endedBy,
      endedAt: instant(row.endedAt),
      permalink: row.quotes ? linkOf(incident, workspaceUrl, row.messageTs, row.messageThreadTs) : null,
    })),
    postmortem: held.postmortem && recordedPostmortem(held.postmortem),
    audit: held.audit.map((row) => ({
      at: row.at.toISOString(),
      actor: row.actor,
      what: row.what,
      detail: row.detail,
    })),
  };
}

const incidentOf = (row: IncidentRow): IncidentRecord['incident'] => ({
  ref: refOf(row.id),
  number: row.id,
  title: row.title,
  summary: row.summary,
  impact: row.impact,
  resolution: row.resolution,
  severity: row.severity,
  status: row.status,
  visibility: row.visibility,
  kind: row.kind,
  services: row.services,
  links: row.links,
  declaredBy: row.declaredBy,
  channel: { id: row.channelId, name: row.channelName },
});

const clockOf = (row: IncidentRow): Clock => ({
  impactStartedAt: instant(row.impactStartedAt),
  detectedAt: instant(row.detectedAt),
  declaredAt: row.declaredAt.toISOString(),
  acknowledgedAt: instant(row.acknowledgedAt),
  mitigatedAt: instant(row.mitigatedAt),
  resolvedAt: instant(row.resolvedAt),
  closedAt: instant(row.closedAt),
});

const updateOf = (row: UpdateRow): RecordedUpdate => ({
  text: row.text,
  audienceText: row.audienceText,
  author: row.author,
  status: row.status,
  severity: row.severity,
  postedAt: row.postedAt.toISOString(),
  promisedAt: instant(row.promisedAt),
  nextPromiseAt: instant(row.nextPromiseAt),
  kept: row.kept,
  lateBySeconds: row.lateByMs === null ? null : row.lateByMs / 1000,
});

/** Without the workspace's address there are no permalinks. What people mark as key is known when all is read. */
export const entryOf = (row: EntryRow, incident: IncidentRow, workspaceUrl: string | null): RecordedEntry => ({
  id: row.id,
  kind: row.kind,
  occurredAt: row.occurredAt.toISOString(),
  recordedAt: row.recordedAt.toISOString(),
  actor: row.actor,
  text: row.text,
  ts: row.ts,
  threadTs: row.threadTs,
  permalink: linkOf(incident, workspaceUrl, row.ts, row.threadTs),
  key: isKey(row),
  recovered: row.source === 'history',
  payload: row.payload,
});

/** A row of a message, or of what became of it, as it was read for a draft. */
export const saidOf = (row: SaidRow, incident: IncidentRow, workspaceUrl: string | null): RecordedEntry => ({
  ...row,
  permalink: linkOf(incident, workspaceUrl, row.ts, row.threadTs),
  key: false,
});

/** Its instants are read as ISO 8601, and its payload without what is long. */
export type SaidRow = Omit<RecordedEntry, 'permalink' | 'key'>;

const linkOf = (
  { channelId }: IncidentRow,
  workspaceUrl: string | null,
  message: Ts | null,
  thread: Ts | null,
): string | null => (message && channelId && workspaceUrl ? permalink(workspaceUrl, channelId, message, thread) : null);

/** What may stand among the key entries by itself. */
export const keyKinds = (): EntryKind[] => (Object.keys(KEY_KINDS) as EntryKind[]).filter((kind) => KEY_KINDS[kind]);

/** The shortcut leaves a note without words: it marks, and says nothing itself. */
const isKey = ({ kind, text, payload }: EntryRow): boolean =>
  KEY_KINDS[kind] && !(kind === 'note' && text === null) && !isLaterStep(kind, payload);

/** Of an action item the noting is a part of the story, what became of it is not. */
const isLaterStep = (kind: EntryKind, { step }: EntryRow['payload']): boolean =>
  kind === 'action_item' && step !== undefined && step !== 'added';

const instant = (at: Date | null): string | null => at?.toISOString() ?? null;

/** What makes the story by itself: changes of state, notes, updates, roles, escalations. */
const KEY_KINDS: Readonly<Record<EntryKind, boolean>> = {
  message: false,
  message_edited: false,
  message_deleted: false,
  reaction_added: false,
  reaction_removed: false,
  pin_added: false,
  pin_removed: false,
  member_joined: false,
  member_left: false,
  channel_changed: false,
  declared: true,
  status_changed: true,
  severity_changed: true,
  incident_edited: true,
  role_assigned: true,
  role_released: true,
  handoff_offered: false,
  handoff: true,
  task_asked: true,
  task_accepted: false,
  task_declined: false,
  task_extended: false,
  task_stuck: true,
  task_done: true,
  task_dropped: false,
  update_posted: true,
  cadence_changed: false,
  reminder_sent: false,
  snoozed: false,
  escalated: true,
  escalation_acknowledged: true,
  archive_answered: false,
  note: true,
  action_item: true,
  postmortem: false,
  clock_corrected: true,
  entry_struck: false,
  entry_restored: false,
};

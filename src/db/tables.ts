import type { ColumnType, Generated, Kysely, Selectable, Transaction } from 'kysely';
import type { ChannelId, IncidentId, Ts, UserId } from '../lib/ids.ts';
import type {
  ChannelMembersTable,
  HeldEventsTable,
  IntentsTable,
  JobsTable,
  Json,
  KnownChannelsTable,
  PostsTable,
  QuarantineTable,
  RateLimitsTable,
  WatermarksTable,
} from './tables-plumbing.ts';
import type {
  PostmortemFactorsTable,
  PostmortemFilesTable,
  PostmortemReviewsTable,
  PostmortemRevisionsTable,
  PostmortemsTable,
} from './tables-postmortems.ts';

/**
 * The data model on one page, but for the tables of postmortems and those the bot works with. camelCase here, snake_case in
 * SQL; the reasons for constraints stand in migrations/.
 */
export interface Database {
  incidents: IncidentsTable;
  roleAssignments: RoleAssignmentsTable;
  handoffs: HandoffsTable;
  tasks: TasksTable;
  catchUps: CatchUpsTable;
  homes: HomesTable;
  escalations: EscalationsTable;
  archiveOffers: ArchiveOffersTable;
  updates: UpdatesTable;
  timelineEntries: TimelineEntriesTable;
  actionItems: ActionItemsTable;
  postmortems: PostmortemsTable;
  postmortemRevisions: PostmortemRevisionsTable;
  postmortemReviews: PostmortemReviewsTable;
  postmortemFactors: PostmortemFactorsTable;
  postmortemFiles: PostmortemFilesTable;
  posts: PostsTable;
  intents: IntentsTable;
  people: PeopleTable;
  channelMembers: ChannelMembersTable;
  knownChannels: KnownChannelsTable;
  watermarks: WatermarksTable;
  heldEvents: HeldEventsTable;
  quarantine: QuarantineTable;
  audit: AuditTable;
  jobs: JobsTable;
  rateLimits: RateLimitsTable;
}

export type Db = Kysely<Database>;
export type Trx = Transaction<Database>;

/** `Json` with a default. */
type JsonDefault<T> = ColumnType<T, string | undefined, string>;

export type Status = 'investigating' | 'identified' | 'mitigated' | 'resolved' | 'closed' | 'canceled';
export type Visibility = 'public' | 'private';
export type Kind = 'real' | 'drill';
export type ChannelLost = 'archived' | 'left';

export type EntryKind =
  | 'message'
  | 'message_edited'
  | 'message_deleted'
  | 'reaction_added'
  | 'reaction_removed'
  | 'pin_added'
  | 'pin_removed'
  | 'member_joined'
  | 'member_left'
  | 'channel_changed'
  | 'declared'
  | 'status_changed'
  | 'severity_changed'
  | 'incident_edited'
  | 'role_assigned'
  | 'role_released'
  | 'handoff_offered'
  | 'handoff'
  | 'task_asked'
  | 'task_accepted'
  | 'task_declined'
  | 'task_extended'
  | 'task_stuck'
  | 'task_done'
  | 'task_dropped'
  | 'update_posted'
  | 'cadence_changed'
  | 'reminder_sent'
  | 'snoozed'
  | 'escalated'
  | 'escalation_acknowledged'
  | 'archive_answered'
  | 'note'
  | 'action_item'
  | 'postmortem'
  | 'clock_corrected'
  | 'entry_struck'
  | 'entry_restored';

export interface IncidentsTable {
  id: Generated<IncidentId>;
  title: string;
  summary: string | null;
  impact: string | null;
  severity: string;
  severityChosen: boolean;
  status: Status;
  visibility: Visibility;
  kind: Kind;
  services: JsonDefault<string[]>;
  links: JsonDefault<{ url: string; name: string }[]>;
  declaredBy: UserId;
  channelName: string;
  channelId: ChannelId | null;
  /** What keeps the bot out of the channel; null while nothing does. */
  channelLost: ChannelLost | null;
  cardTs: Ts | null;
  announcementChannelId: ChannelId | null;
  announcementTs: Ts | null;
  impactStartedAt: Date | null;
  detectedAt: Date | null;
  declaredAt: Date;
  acknowledgedAt: Date | null;
  mitigatedAt: Date | null;
  resolvedAt: Date | null;
  closedAt: Date | null;
  resolution: string | null;
  cadenceMs: number | null;
  cadenceOffReason: string | null;
  promiseMadeAt: Date | null;
  promiseDueAt: Date | null;
  promiseRung: string | null;
  promiseRungAt: Date | null;
  snoozedUntil: Date | null;
  acknowledgeAsks: Generated<number>;
  acknowledgeAskedAt: Date | null;
  /** What `escalate[].after` is counted from; null: the declaration. */
  escalationSince: Date | null;
  /** Up to which `after` the policy was carried out since then. */
  escalatedAfterMs: number | null;
  version: Generated<number>;
}

export interface RoleAssignmentsTable {
  id: Generated<number>;
  incidentId: IncidentId;
  role: string;
  userId: UserId;
  assignedBy: UserId;
  fromAt: Date;
  toAt: Date | null;
  /** Of long command: when it was said, once. */
  handoverSuggestedAt: Date | null;
}

export interface HandoffsTable {
  id: Generated<number>;
  incidentId: IncidentId;
  fromUser: UserId;
  toUser: UserId;
  /** Since when the one who offers held command. */
  heldSince: Date;
  brief: Json<{ stands: string; tried: string; pending: string; risks: string; quoted: Ts[] }>;
  briefVersion: Generated<number>;
  editedBy: UserId | null;
  editedAt: Date | null;
  offeredAt: Date;
  /** When the channel was told that nobody answers. */
  toldAt: Date | null;
  /** Null while it is open. */
  outcome: 'accepted' | 'declined' | 'replaced' | 'overtaken' | 'ended' | null;
  endedBy: UserId | null;
  endedAt: Date | null;
}

export interface TasksTable {
  id: Generated<number>;
  incidentId: IncidentId;
  what: string;
  assignee: UserId;
  askedBy: UserId;
  askedAt: Date;
  lengthMs: number;
  dueAt: Date;
  status: 'asked' | 'accepted' | 'stuck' | 'done' | 'declined' | 'dropped';
  /** When the person was asked how it goes, and when the IC heard that there was no answer. */
  checkedAt: Date | null;
  toldAt: Date | null;
  endedBy: UserId | null;
  endedAt: Date | null;
}

/** Who was told on joining where the incident stands; see migrations/0012_record_and_home.sql. */
export interface CatchUpsTable {
  incidentId: IncidentId;
  userId: UserId;
  joinedAt: Date;
}

export interface HomesTable {
  userId: UserId;
  openedAt: Date;
  print: string | null;
  hash: string | null;
}

/** Who was called and whether somebody is on it; see migrations/0008_escalations_and_archiving.sql. */
export interface EscalationsTable {
  incidentId: IncidentId;
  key: string;
  chain: string;
  how: 'hand' | 'policy' | 'cadence' | 'timer';
  contacts: Json<string[]>;
  why: string | null;
  raisedBy: UserId | null;
  raisedAt: Date;
  repeatedAt: Date | null;
  endedAt: Date | null;
  outcome: 'acknowledged' | 'further' | 'announced' | 'overtaken' | 'ended' | null;
  acknowledgedBy: UserId | null;
  acknowledgedAt: Date | null;
}

export interface ArchiveOffersTable {
  incidentId: IncidentId;
  offeredAt: Date;
  answer: 'archive' | 'keep' | null;
  answeredBy: UserId | null;
  answeredAt: Date | null;
}

export interface UpdatesTable {
  id: Generated<number>;
  incidentId: IncidentId;
  text: string;
  audienceText: string | null;
  author: UserId;
  status: Status;
  severity: string;
  postedAt: Date;
  /** What the promise before this update said; null when nothing was promised. */
  promisedAt: Date | null;
  nextPromiseAt: Date | null;
  kept: boolean | null;
  lateByMs: number | null;
  missed: Generated<boolean>;
}

export interface TimelineEntriesTable {
  id: Generated<number>;
  incidentId: IncidentId;
  identity: string;
  kind: EntryKind;
  occurredAt: Date;
  recordedAt: Date;
  actor: string | null;
  source: 'slack' | 'sitrep' | 'history';
  text: string | null;
  ts: Ts | null;
  threadTs: Ts | null;
  payload: JsonDefault<Record<string, unknown>>;
}

/** See migrations/0010_action_items.sql. */
export interface ActionItemsTable {
  id: Generated<number>;
  incidentId: IncidentId;
  what: string;
  owner: UserId | null;
  /** A day, `2026-12-01`. */
  dueOn: string | null;
  status: Generated<'open' | 'done' | 'dropped'>;
  createdBy: UserId;
  createdAt: Date;
  type: 'mitigate' | 'prevent' | 'detect' | 'process' | null;
  ticket: string | null;
  messageTs: Ts | null;
  quotes: Generated<boolean>;
  heardAt: Date | null;
  reminder: string | null;
  changedBy: UserId | null;
  changedAt: Date | null;
  endedBy: UserId | null;
  endedAt: Date | null;
  reason: string | null;
}

export interface PeopleTable {
  userId: UserId;
  teamId: string | null;
  name: string;
  standing: 'member' | 'guest' | 'stranger' | 'bot' | 'deactivated';
  checkedAt: Date;
  /** Private incidents they are not in too: the policy says so. */
  seesPrivate: Generated<boolean>;
}

export interface AuditTable {
  id: Generated<number>;
  incidentId: IncidentId | null;
  at: Date;
  actor: string;
  what: string;
  detail: JsonDefault<Record<string, unknown>>;
}

export type IncidentRow = Selectable<IncidentsTable>;
export type EntryRow = Selectable<TimelineEntriesTable>;
export type UpdateRow = Selectable<UpdatesTable>;
export type RoleAssignmentRow = Selectable<RoleAssignmentsTable>;
export type HandoffRow = Selectable<HandoffsTable>;
export type TaskRow = Selectable<TasksTable>;
export type ActionItemRow = Selectable<ActionItemsTable>;
export type EscalationRow = Selectable<EscalationsTable>;
export type ArchiveOfferRow = Selectable<ArchiveOffersTable>;

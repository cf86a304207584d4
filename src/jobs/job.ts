import { z } from 'zod';
import { incidentId, ts, userId } from '../lib/ids.ts';

const Incident = z.int().positive().transform(incidentId);
const User = z.string().min(1).transform(userId);
const MessageTs = z.string().min(1).transform(ts);
/** A message as it will be sent: `text` is the notification, blocks are what is seen. */
const Message = z.object({ text: z.string().min(1), blocks: z.array(z.record(z.string(), z.unknown())).optional() });

/** Where in an incident's channels a post goes. */
const Place = z.union([
  z.enum(['channel', 'card-thread', 'announcements', 'announcement-thread']),
  z.object({ thread: MessageTs }),
]);

/**
 * The closed list of what the bot does later. Effects in Slack carry what was decided; what is drawn (card, topic,
 * announcement) carries only whose it is, because it is drawn from the rows at the moment of drawing.
 */
export const Job = z.discriminatedUnion('kind', [
  /** Who waits for the link: a response_url (a secret, gone with the job) or the view that said "declared". */
  z.object({
    kind: z.literal('open-channel'),
    incident: Incident,
    responseUrl: z.string().optional(),
    view: z.string().optional(),
  }),
  /** People (`U…`) and user groups (`S…` or `@handle`), which are expanded when the invitation is sent. */
  z.object({ kind: z.literal('invite'), incident: Incident, who: z.array(z.string().min(1)).min(1) }),
  z.object({ kind: z.literal('post-card'), incident: Incident }),
  z.object({ kind: z.literal('pin-card'), incident: Incident }),
  z.object({ kind: z.literal('draw-card'), incident: Incident }),
  z.object({ kind: z.literal('draw-topic'), incident: Incident }),
  z.object({ kind: z.literal('bookmark'), incident: Incident, title: z.string(), link: z.string() }),
  z.object({ kind: z.literal('post-announcement'), incident: Incident }),
  z.object({ kind: z.literal('draw-announcement'), incident: Incident }),
  /** `as` names a post that will be edited later. */
  z.object({ kind: z.literal('post'), incident: Incident, to: Place, message: Message, as: z.string().optional() }),
  z.object({ kind: z.literal('edit'), incident: Incident, as: z.string(), message: Message }),
  /** `as`, of an incident's, names it for a later edit. */
  z.object({
    kind: z.literal('dm'),
    user: User,
    message: Message,
    incident: Incident.optional(),
    as: z.string().optional(),
  }),
  /** An ephemeral answer by response_url: at most once, the URL is a secret and goes with the job. */
  z.object({ kind: z.literal('answer'), responseUrl: z.string(), message: Message }),
  /** Turns the "INC-42 declared" view into one with the link. */
  z.object({ kind: z.literal('show-declared'), incident: Incident, view: z.string() }),
  /** The Home tab of one person, drawn from the rows when it is drawn; `again`: nobody has just opened it. */
  z.object({ kind: z.literal('draw-home'), user: User, again: z.boolean().optional() }),
  /** Something that Home tabs show has changed; `all`: also those nobody has looked at lately. */
  z.object({ kind: z.literal('redraw-homes'), all: z.boolean().optional() }),
  /** Where the incident stands, for one who joined late. */
  z.object({ kind: z.literal('catch-up'), incident: Incident, user: User }),
  /** The whole of a postmortem as a file; `to`: not into the incident's own channel but where it is announced. */
  z.object({
    kind: z.literal('upload-draft'),
    incident: Incident,
    revision: z.int(),
    to: z.literal('announcements').optional(),
  }),
  /** Files of a postmortem that may stand in Slack no longer: what they quote was taken back, or it became private. */
  z.object({ kind: z.literal('remove-files'), incident: Incident }),
  /** The messages of a postmortem, drawn from the rows. */
  z.object({ kind: z.literal('draw-postmortem'), incident: Incident }),
  /** The timer of a postmortem: its owner, its due date, its reminders. */
  z.object({ kind: z.literal('postmortem'), incident: Incident }),
  z.object({ kind: z.literal('draft'), incident: Incident, askedBy: User.optional() }),
  z.object({ kind: z.literal('backfill'), incident: Incident }),
  /** Reads history again and records what is missing; `deep`: from end to end, with every thread. */
  z.object({ kind: z.literal('reconcile'), incident: Incident, deep: z.boolean().optional() }),
  /** The same for every incident; `stale`: from end to end where that was not done lately. */
  z.object({ kind: z.literal('reconcile-all'), deep: z.enum(['always', 'stale']).optional() }),
  z.object({
    kind: z.literal('recheck-person'),
    user: User,
    incident: Incident.optional(),
    did: z.string(),
    right: z.enum(['declare', 'command', 'resolve']).optional(),
  }),
  z.object({ kind: z.literal('cadence'), incident: Incident }),
  z.object({ kind: z.literal('acknowledge'), incident: Incident }),
  /** The escalation of an incident that lasts; `since`: what its severity's `after` is counted from, in milliseconds. */
  z.object({ kind: z.literal('escalation'), incident: Incident, since: z.number() }),
  /** Whether somebody is on an escalation; `escalation` is its key. */
  z.object({ kind: z.literal('unanswered'), incident: Incident, escalation: z.string() }),
  /** The people of a group are called, each by direct message. */
  z.object({
    kind: z.literal('page'),
    incident: Incident,
    escalation: z.string(),
    group: z.string().min(1),
    again: z.boolean().optional(),
  }),
  /** Who has command: an offer that nobody answers, a holding that lasts long. */
  z.object({ kind: z.literal('command'), incident: Incident }),
  /** The time boxes of an incident's tasks. */
  z.object({ kind: z.literal('tasks'), incident: Incident }),
  /** The reminders of an incident's action items, which go on when it is closed. */
  z.object({ kind: z.literal('actions'), incident: Incident }),
  /** A message was marked as an action item. */
  z.object({ kind: z.literal('action-from'), incident: Incident, message: MessageTs, by: User }),
  z.object({ kind: z.literal('close'), incident: Incident }),
  /** Whether the channel of an ended incident is quiet, and what came of the question whether to archive it. */
  z.object({ kind: z.literal('offer-archive'), incident: Incident }),
  z.object({ kind: z.literal('archive-channel'), incident: Incident }),
  z.object({ kind: z.literal('prune') }),
]);
export type Job = z.infer<typeof Job>;
export type JobKind = Job['kind'];
export type JobOf<K extends JobKind> = Extract<Job, { kind: K }>;
export type Message = z.infer<typeof Message>;
export type Place = z.infer<typeof Place>;

/** A job as a decision hands it over; lane, key and priority follow from the job itself. */
export interface NewJob {
  readonly job: Job;
  /** Domain time before which it must not run. */
  readonly runAt: Date;
}

/** What a handler is told about the run it is in. */
export interface Attempt {
  /** Stands in the metadata of what is posted, so that a repeat can find it. Unique per job. */
  readonly marker: string;
  /** 1 at the first run. */
  readonly number: number;
  /**
   * Database time of the earliest attempt whose outcome is unknown (crash, lost answer, 5xx), null when every earlier
   * attempt is known not to have happened. When set, look before repeating.
   */
  readonly uncertainSince: Date | null;
  /**
   * False as soon as the job may be in other hands: this process was stopped for longer than its lease, or lost the
   * session its life hangs on. Ask right before an effect; what was sent before is looked for by the next.
   */
  readonly isStillMine?: () => boolean;
}

/** One function per kind; a slice provides its own kinds, compose.ts puts them together so that a gap does not compile. */
export type Handlers<K extends JobKind = JobKind> = {
  readonly [P in K]: (job: JobOf<P>, attempt: Attempt) => Promise<void>;
};

/**
 * Kinds that leave nothing to look for: once begun they are not repeated unless Slack refused them unread (a 429). They
 * carry no promise; an answer's URL is a secret besides and must not stay.
 */
export const AT_MOST_ONCE: ReadonlySet<string> = new Set<JobKind>(['answer', 'show-declared']);

/**
 * Timers: nobody waits behind them, and a parked one would be a promise that nobody keeps. They are tried again for as
 * long as they fail, a minute apart.
 */
export const NEVER_PARKED: ReadonlySet<string> = new Set<JobKind>([
  'cadence',
  'acknowledge',
  'escalation',
  'unanswered',
  'command',
  'tasks',
  'actions',
  'postmortem',
  'close',
  'offer-archive',
  'reconcile-all',
  'prune',
]);

interface Standing {
  /** Jobs of one lane run one after the other, in the order they were promised. Null: no order. */
  readonly lane: string | null;
  /** At most one waiting row per key; enqueueing again moves it. */
  readonly key: string | null;
  /** Smaller runs first: 0 timers, 1 what is said (reminders and escalations as well), 2 setting up, 3 redraws, 4 history. */
  readonly priority: (typeof PRIORITIES)[number];
}

export const PRIORITIES = [0, 1, 2, 3, 4] as const;
/** The priority of timers, which have hands of their own. */
export const TIMERS = 0;

export function standingOf(job: Job): Standing {
  switch (job.kind) {
    case 'open-channel':
    case 'post-card':
    case 'post-announcement':
      return { lane: `say:${job.incident}`, key: null, priority: 2 };
    // A lane of their own: when one of them fails for minutes, words go on.
    case 'invite':
    case 'pin-card':
    case 'bookmark':
      return { lane: `do:${job.incident}`, key: null, priority: 2 };
    // Edits that follow one another go up as one file.
    case 'upload-draft':
      return {
        lane: `file:${job.incident}`,
        key: `upload-draft:${job.incident}${job.to ? `:${job.to}` : ''}`,
        priority: 2,
      };
    // Behind an upload that has begun: what it shared is removed.
    case 'remove-files':
      return { lane: `file:${job.incident}`, key: `remove-files:${job.incident}`, priority: 2 };
    case 'post':
      return { lane: `say:${job.incident}`, key: null, priority: 1 };
    case 'edit':
      return { lane: `say:${job.incident}`, key: `edit:${job.incident}:${job.as}`, priority: 3 };
    case 'draw-card':
    case 'draw-topic':
    case 'draw-announcement':
    case 'draw-postmortem':
      return { lane: `show:${job.incident}`, key: `${job.kind}:${job.incident}`, priority: 3 };
    case 'page':
    case 'action-from':
      return { lane: null, key: null, priority: 1 };
    case 'unanswered':
      return { lane: null, key: `unanswered:${job.incident}:${job.escalation}`, priority: 0 };
    case 'archive-channel':
      return { lane: `say:${job.incident}`, key: `archive-channel:${job.incident}`, priority: 3 };
    case 'dm':
      return { lane: `dm:${job.user}`, key: null, priority: 1 };
    case 'answer':
      return { lane: null, key: null, priority: 1 };
    case 'show-declared':
      return { lane: null, key: null, priority: 1 };
    case 'draw-home':
      return { lane: null, key: `home:${job.user}`, priority: job.again ? 3 : 1 };
    case 'redraw-homes':
      return { lane: null, key: job.all ? 'all-homes' : 'homes', priority: 3 };
    case 'catch-up':
      // It waits a moment, and a lane waits for its first.
      return { lane: `catch-up:${job.user}`, key: null, priority: 1 };
    case 'draft':
      return { lane: null, key: `draft:${job.incident}`, priority: 2 };
    case 'backfill':
      return { lane: null, key: `backfill:${job.incident}`, priority: 4 };
    case 'reconcile':
      return { lane: null, key: `reconcile:${job.incident}`, priority: 4 };
    case 'reconcile-all':
      return { lane: null, key: 'reconcile-all', priority: 4 };
    case 'recheck-person':
      return { lane: null, key: null, priority: 4 };
    case 'cadence':
    case 'acknowledge':
    case 'escalation':
    case 'command':
    case 'tasks':
    case 'actions':
    case 'postmortem':
    case 'close':
    case 'offer-archive':
      return { lane: null, key: `${job.kind}:${job.incident}`, priority: 0 };
    case 'prune':
      return { lane: null, key: 'prune', priority: 4 };
  }
}

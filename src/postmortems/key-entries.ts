import type { EntryKind } from '../db/tables.ts';
import type { IncidentRecord, Instant, RecordedEntry } from '../timeline/record.ts';
import { causeWords, isIdentified } from './cause-words.ts';
import { millisOf } from './clock-gaps.ts';
import { isBots, speakerOf } from './messages.ts';
import { listener } from './remedies.ts';

/** Why an entry stands in the postmortem's timeline. */
export const KEY_RULES = {
  state: 'declared, status, severity, edits of the incident, corrections of the clock',
  role: 'a role taken or released, a handoff',
  escalation: 'an escalation, or that there was nobody to escalate to, nobody with command, nobody who answered',
  update: 'an update',
  note: 'a note, or a follow-up caught during the incident',
  task: 'a task that was done, or in which somebody was stuck',
  marked: 'a message people pinned or marked with 📌',
  remedy:
    'the first message that speaks of a mitigation: rollback, flag off, stop, failover, capacity, load, restart, restore',
  cause: 'the first message that shares two telling words with what was later called the cause',
  recovery: 'the first message after a mitigation was spoken of that speaks of recovery',
} as const;

export type KeyRule = keyof typeof KEY_RULES;

export interface KeyEntry {
  readonly entry: RecordedEntry;
  readonly at: number;
  readonly rule: KeyRule;
  /** Null when it was deleted or redacted since: it stands in the timeline, unquoted. */
  readonly text: string | null;
  /** What the message was the first to speak of. */
  readonly remedy: string | null;
  /** It was the first to share the words by which something was later called the cause. */
  readonly cause: boolean;
  /** The entry's own message, else the channel at that moment; null when nothing stands there. */
  readonly permalink: string | null;
}

/** One reading of the timeline, in its order; a message stands in it once, under the first rule that holds. */
export function keyEntries(record: IncidentRecord, evidenceOf: (of: RecordedEntry) => string | null) {
  const ears = messageEars(record);
  const handoffs = new Set(record.timeline.filter(isHandoff).map((entry) => entry.occurredAt));
  const seen = new Set<string>();
  const { resolvedAt } = record.clock;
  const found = record.timeline.flatMap((entry): KeyEntry[] => {
    if (entry.ts !== null && seen.has(entry.ts)) return [];
    // The handoff tells both sides of the change.
    if (entry.kind === 'role_assigned' && entry.payload.role === 'ic' && handoffs.has(entry.occurredAt)) return [];
    // People struck it out of the story; the record keeps it.
    if (entry.struck) return [];
    // What was noted afterwards stands with the action items alone.
    if (entry.kind === 'action_item' && resolvedAt !== null && entry.occurredAt >= resolvedAt) return [];
    const { text } = entry;
    const isPersons = entry.kind === 'message' && speakerOf(entry) !== null;
    const heard = isPersons && text !== null ? ears(text, entry.occurredAt) : NOTHING;
    const rule = ruleOf(entry) ?? heard.rule;
    const at = rule === null ? null : millisOf(entry.correctedAt ?? entry.occurredAt);
    if (rule === null || at === null) return [];
    if (entry.ts !== null) seen.add(entry.ts);
    const { remedy, cause } = heard;
    return [{ entry, at, rule, text, remedy, cause, permalink: evidenceOf(entry) }];
  });
  // Where a time was corrected, the entry stands there.
  return found.some(({ entry }) => entry.correctedAt) ? found.toSorted((a, b) => a.at - b.at) : found;
}

export const isHandoff = ({ kind, payload }: RecordedEntry): boolean => kind === 'handoff' && payload.declined !== true;

type Heard = Pick<KeyEntry, 'remedy' | 'cause'> & { readonly rule: KeyRule | null };

const NOTHING: Heard = { rule: null, remedy: null, cause: false };

/** After every instant, as text. */
const NEVER = '~';

/** What a message is the first to speak of. Mitigations count until it was mitigated, the cause until it was called so. */
export function messageEars(record: IncidentRecord): (text: string, at: Instant) => Heard {
  const { hears } = listener();
  const cause = causeWords(record);
  const mitigatedAt = record.clock.mitigatedAt ?? record.clock.resolvedAt ?? NEVER;
  const namedAt = record.timeline.findLast(isIdentified)?.occurredAt ?? NEVER;
  let [spoken, suspected] = [false, cause === null];
  return (text, at) => {
    const heard = hears(text, spoken);
    const remedy = at <= mitigatedAt ? heard.remedy : null;
    const isCause = !suspected && at <= namedAt && cause?.speaksOf(text) === true;
    spoken ||= remedy !== null;
    suspected ||= isCause;
    const rule = isCause ? 'cause' : remedy ? 'remedy' : heard.recovery ? 'recovery' : null;
    return { rule, remedy, cause: isCause };
  };
}

const RULE_OF: Partial<Record<EntryKind, KeyRule>> = {
  declared: 'state',
  status_changed: 'state',
  severity_changed: 'state',
  incident_edited: 'state',
  clock_corrected: 'state',
  role_assigned: 'role',
  role_released: 'role',
  handoff: 'role',
  escalated: 'escalation',
  escalation_acknowledged: 'escalation',
  update_posted: 'update',
  note: 'note',
  action_item: 'note',
  task_stuck: 'task',
  task_done: 'task',
};

/** What became of an action item later is told with the item. */
const ruleOf = (entry: RecordedEntry): KeyRule | null =>
  entry.kind === 'action_item' && !entry.key
    ? null
    : (RULE_OF[entry.kind] ??
      (entry.kind === 'message' && entry.key ? 'marked' : findsNobody(entry) ? 'escalation' : null));

/** A reminder that had nobody left to go to: whoever should have come did not, or there is no such person. */
export const findsNobody = ({ kind, actor, text, payload }: RecordedEntry): boolean =>
  kind === 'reminder_sent' &&
  actor === null &&
  // That nobody has command is said again every hour.
  (/^nobody (?:to escalate to|answered)\b/.test(text ?? '') || (payload.about === 'ic' && payload.asks === 1));

/** How far from an entry without a message the channel still shows the same moment. */
const NEAR = 2 * 60_000;

/**
 * Where an entry can be looked up: its own message; for what the bot recorded itself, the post that said so (an update's
 * `[UPDATE …]`), else the next message soon after, else the last one shortly before, where the channel stood at that moment;
 * nowhere when nothing was said around it. Built in one reading backwards and one forwards.
 */
export function evidenceLinks(timeline: readonly RecordedEntry[]): (of: RecordedEntry) => string | null {
  const links = new Map<RecordedEntry, string>();
  const next = { update: null, bots: null, any: null } as Record<'update' | 'bots' | 'any', RecordedEntry | null>;
  for (const entry of timeline.toReversed()) {
    if (entry.permalink !== null) {
      if (entry.kind !== 'message') continue;
      next.any = entry;
      if (isBots(entry)) next.bots = entry;
      if (isUpdatePost(entry)) next.update = entry;
    } else {
      const candidates = entry.kind === 'update_posted' ? [next.update, next.bots, next.any] : [next.bots, next.any];
      const shows = candidates.find((one) => one !== null && isNear(entry, one));
      if (shows?.permalink) links.set(entry, shows.permalink);
    }
  }
  let before: RecordedEntry | null = null;
  for (const entry of timeline) {
    if (entry.permalink !== null && entry.kind === 'message') before = entry;
    else if (entry.permalink === null && !links.has(entry) && before?.permalink && isNear(entry, before))
      links.set(entry, before.permalink);
  }
  return (entry) => entry.permalink ?? links.get(entry) ?? null;
}

/** The post by which the bot told the channel of an update. */
export const isUpdatePost = (entry: RecordedEntry): boolean =>
  isBots(entry) && /^.{0,8}\[UPDATE /.test(entry.text ?? '');

const isNear = (one: RecordedEntry, other: RecordedEntry): boolean =>
  Math.abs((millisOf(other.occurredAt) ?? 0) - (millisOf(one.occurredAt) ?? 0)) <= NEAR;

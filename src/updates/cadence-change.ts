import { type Decision, receipt } from '../incidents/decision.ts';
import { type Incident, isOpen, ref } from '../incidents/incident.ts';
import { post, redraw } from '../incidents/redraw.ts';
import type { Message } from '../jobs/job.ts';
import { DAY, formatDuration, HOUR, MINUTE, type Millis, parseDuration, SECOND } from '../lib/duration.ts';
import type { UserId } from '../lib/ids.ts';
import { no, ok, type Result } from '../lib/result.ts';
import { type Policy, type Severity, severityOf } from '../policy.ts';
import { message } from '../slack/blocks.ts';
import { date, type Mrkdwn, md, quietly } from '../slack/mrkdwn.ts';
import { ASK_AGAIN_WHEN_OFF, cadenceOf, nextReminderAt, rearmPromise, wakeUp } from './cadence.ts';
import { ended, type Last, type UpdateRefusal } from './refusals.ts';
import { doneReminders, reminderPost, snoozedReminder, snoozeValue } from './reminder-messages.ts';

/** What `/incident cadence` was asked: a length, off with a reason, or the severity's own again. */
export type CadenceAsked = { readonly every: Millis } | { readonly off: string } | { readonly back: 'to the severity' };

const LEAST = SECOND;
const MOST = 7 * DAY;

/** `30m`, `every 30m`, `off <why>`, `on`. */
export function parseCadence(text: string): Result<CadenceAsked, UpdateRefusal> {
  const typed = text.trim();
  const off = /^(?:off|none|stop)\b[\s:,-]*([\s\S]*)$/i.exec(typed);
  if (off) return off[1] ? ok({ off: off[1].trim() }) : no({ why: 'off-without-reason' });
  if (/^(?:on|auto|default|severity)$/i.test(typed)) return ok({ back: 'to the severity' });
  const every = parseDuration(typed.replace(/^every\s+/i, ''));
  if (!every.ok) return no({ why: 'not-a-cadence', typed });
  if (every.value < LEAST || every.value > MOST)
    return no({ why: 'cadence-out-of-range', asked: every.value, least: LEAST, most: MOST });
  return ok({ every: every.value });
}

/** The promise is counted anew from the last word; a reminder that is open no longer counts. */
export function changeCadence(
  incident: Incident,
  policy: Policy,
  asked: CadenceAsked,
  by: UserId,
  lastUpdateAt: Date | null,
  last: Last,
  now: Date,
): Result<Decision, UpdateRefusal> {
  if (!isOpen(incident)) return ended(incident, last);
  const severity = severityOf(policy, incident.severity);
  const change = {
    cadenceMs: 'every' in asked ? asked.every : 'off' in asked ? incident.cadenceMs : null,
    cadenceOffReason: 'off' in asked ? asked.off : null,
  };
  const after = { ...incident, ...change };
  const promise = rearmPromise(after, severity, policy, lastUpdateAt, now);
  const dueAt = promise.change.promiseDueAt ?? null;
  return ok({
    change: { ...change, ...promise.change },
    entries: [
      {
        kind: 'cadence_changed',
        actor: by,
        text:
          'off' in asked
            ? `updates off: ${asked.off}`
            : `an update every ${formatDuration(cadenceOf(after, severity))}`,
        payload: {
          cadenceMs: 'off' in asked ? null : cadenceOf(after, severity),
          off: change.cadenceOffReason,
          before: incident.cadenceOffReason === null ? cadenceOf(incident, severity) : null,
          nextPromiseAt: dueAt,
        },
      },
    ],
    jobs: [
      post(
        incident.id,
        'channel',
        message(md`*${ref(incident)}*: ${cadenceSaid(after, severity, dueAt)} (${quietly(by)})`),
        now,
      ),
      ...doneReminders(incident, 'off' in asked ? 'off' : 'promise changed', now),
      ...redraw(incident.id, now),
      ...promise.jobs,
    ],
    ...receipt(incident, md`${ref(incident)}: ${cadenceSaid(after, severity, dueAt)}.`, (there) =>
      afterwards(asked, severity, there),
    ),
  });
}

function afterwards(asked: CadenceAsked, severity: Severity, there: string): Mrkdwn {
  if ('off' in asked)
    return md`Sitrep asks every ${formatDuration(ASK_AGAIN_WHEN_OFF)} whether it stays so; \`/incident cadence on${there}\` promises them again.`;
  return 'every' in asked
    ? md`\`/incident cadence on${there}\` goes back to the ${formatDuration(severity.updateEvery)} of ${severity.id}.`
    : md`\`/incident cadence 30m${there}\` sets another.`;
}

/** What bare `/incident cadence` shows. */
export function cadenceShown(incident: Incident, severity: Severity): Message {
  if (!isOpen(incident)) return message(md`${ref(incident)} is ${incident.status}: no updates are promised.`);
  const origin =
    incident.cadenceOffReason !== null
      ? ''
      : incident.cadenceMs === null
        ? `, as ${severity.id} has it`
        : ', set by hand';
  return message(
    md`${ref(incident)}: ${cadenceSaid(incident, severity, incident.promiseDueAt)}${origin}. Change it with \`/incident cadence 30m\` or \`/incident cadence off <why>\`.`,
  );
}

function cadenceSaid(incident: Incident, severity: Severity, dueAt: Date | null): Mrkdwn {
  if (incident.cadenceOffReason !== null) return md`no updates are promised: ${incident.cadenceOffReason}`;
  const next = dueAt ? md`, the next one by ${date(dueAt)}` : md``;
  return md`an update every ${formatDuration(cadenceOf(incident, severity))}${next}`;
}

// --- snooze ---------------------------------------------------------------------------------------------------------

/** What the button says, and what bare `/incident snooze` means. */
export const SNOOZE: Millis = 10 * MINUTE;

export function parseSnooze(text: string): Result<Millis, UpdateRefusal> {
  const typed = text.trim();
  if (typed === '') return ok(SNOOZE);
  const asked = parseDuration(typed);
  return asked.ok ? asked : no({ why: 'not-a-snooze', typed });
}

export interface SnoozeAsked {
  readonly forMs: Millis;
  readonly by: UserId;
  /** The button's value; null for the command. */
  readonly button: string | null;
}

/** The next reminder waits until then; what was promised stays promised. */
export function snooze(
  incident: Incident,
  policy: Policy,
  { forMs, by, button }: SnoozeAsked,
  last: Last,
  lastUpdateAt: Date | null,
  now: Date,
): Result<Decision, UpdateRefusal> {
  if (!isOpen(incident)) return ended(incident, last);
  if (button !== null && button !== snoozeValue(incident))
    return no({ why: 'reminder-done', incident, at: lastUpdateAt });
  const severity = severityOf(policy, incident.severity);
  const most = Math.max(SNOOZE, Math.min(4 * HOUR, cadenceOf(incident, severity)));
  if (forMs > most) return no({ why: 'snooze-too-long', asked: forMs, most });
  const until = new Date(now.getTime() + forMs);
  const nextAt = nextReminderAt({ ...incident, snoozedUntil: null }, severity, now);
  if (nextAt === null || (nextAt >= until && button === null))
    return no({ why: 'nothing-to-snooze', incident, nextAt });
  const quiet = nextAt > until ? nextAt : until;
  return ok({
    change: { snoozedUntil: until },
    entries: [
      {
        kind: 'snoozed',
        actor: by,
        text: `reminders quiet for ${formatDuration(forMs)}`,
        payload: { until, promisedAt: incident.promiseDueAt },
      },
    ],
    jobs: [wakeUp(incident, quiet), ...shown(incident, until, by, button, now)],
    ...receipt(
      incident,
      md`Reminders of ${ref(incident)} are quiet${stillOwed(incident)}.`,
      () => md`The next reminder comes ${date(quiet)}.`,
    ),
  });
}

/** The reminder itself shows that it is snoozed; where there is none, the channel is told. */
function shown(incident: Incident, until: Date, by: UserId, button: string | null, now: Date) {
  const edited = {
    job: {
      kind: 'edit' as const,
      incident: incident.id,
      as: reminderPost(incident, 'due', null),
      message: snoozedReminder(incident, until),
    },
    runAt: now,
  };
  if (button !== null) return [edited];
  const said = md`Reminders of *${ref(incident)}* are quiet until ${date(until)} (${quietly(by)})${stillOwed(incident)}.`;
  return [...(incident.promiseRung === 'due' ? [edited] : []), post(incident.id, 'channel', message(said), now)];
}

const stillOwed = ({ promiseDueAt }: Incident): string => (promiseDueAt ? '; the promised update is still owed' : '');

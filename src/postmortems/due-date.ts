import type { Decision } from '../incidents/decision.ts';
import { type Incident, ref, resolutionKnownAt } from '../incidents/incident.ts';
import type { NewJob } from '../jobs/job.ts';
import { type Day, dayOf, formatDay, hourOf, plusDays } from '../lib/day.ts';
import type { UserId } from '../lib/ids.ts';
import { leadingDay, parseDay } from '../lib/parse-day.ts';
import { no, ok, type Result } from '../lib/result.ts';
import { message, section } from '../slack/blocks.ts';
import { date, type Mrkdwn, md, mention } from '../slack/mrkdwn.ts';
import { TOLD, timer } from './due.ts';
import { isOver, owes, RUNGS, rungNow } from './owed.ts';
import type { Owners } from './owner.ts';
import { dm } from './ownership.ts';
import { reminderName } from './publishing.ts';
import type { PostmortemRefusal } from './refusals.ts';
import type { Postmortem, PostmortemChange } from './work.ts';

/** Of the day that was named, by the clocks of the policy's time zone: somebody is still there to write. */
export const AT_HOUR = 18;

/** A longer reason is cut: it stands in one line with the date. */
export const LONGEST_WHY = 300;

interface WantedDate {
  readonly dueAt: Date;
  readonly why: string | null;
}

/** `friday`, or `friday the vendor's report comes on thursday`: the day, and the reason behind it. */
export function parseDue(typed: string, timezone: string, now: Date): Result<WantedDate, PostmortemRefusal> {
  const read = leadingDay(typed, dayOf(now, timezone));
  if (!read.ok) return no({ why: 'not-a-day', says: read.no.says });
  const due = endOf(read.value.day, timezone, now);
  const why = read.value.rest.replace(/^[:,–-]\s*/, '').slice(0, LONGEST_WHY);
  return due.ok ? ok({ dueAt: due.value, why: why === '' ? null : why }) : due;
}

/** The date of the form's field, nothing behind it. */
export function dueOn(typed: string, timezone: string, now: Date): Result<Date, PostmortemRefusal> {
  const read = parseDay(typed, dayOf(now, timezone));
  return read.ok ? endOf(read.value, timezone, now) : no({ why: 'not-a-day', says: read.no.says });
}

/** What is due today is over in the evening. */
function endOf(day: Day, timezone: string, now: Date): Result<Date, PostmortemRefusal> {
  const end = hourOf(day, AT_HOUR, timezone);
  if (end > now) return ok(end);
  return no({ why: 'day-is-over', day: formatDay(day), hour: AT_HOUR, later: plusDays(day, 14) });
}

export interface AskedDate extends WantedDate {
  readonly by: UserId;
  readonly now: Date;
}

interface MovedDate {
  readonly change: PostmortemChange;
  readonly decision: Decision;
}

/**
 * A person gives it another due date. It holds until the incident is resolved anew, and what is reminded of goes by it;
 * one that was optional is owed from then on.
 */
export function moveDue(
  incident: Incident,
  postmortem: Postmortem,
  { dueAt, why, by, now }: AskedDate,
  { policy }: Pick<Owners, 'policy'>,
): Result<MovedDate, PostmortemRefusal> {
  const since = resolutionKnownAt(incident);
  if (postmortem.status === 'published') return no({ why: 'published', incident, postmortem });
  if (!isOver(incident) || since === null) return no({ why: 'not-due-yet', incident });
  if (owes(incident, policy) === 'none') return no({ why: 'never-due', incident });
  if (postmortem.dueAt?.getTime() === dueAt.getTime()) return no({ why: 'same-due', incident, dueAt });
  const change: PostmortemChange = {
    dueAt,
    dueMovedBy: by,
    dueMovedWhy: why,
    owedSince: since,
    // What lies behind by the new date is not sent late.
    reminded: rungNow(since, dueAt, null, now) ?? TOLD,
  };
  const { owner, dueAt: from } = postmortem;
  return ok({
    change,
    decision: {
      entries: [
        {
          kind: 'postmortem',
          actor: by,
          text: `the postmortem is due ${formatDay(dayOf(dueAt, policy.timezone))}${why === null ? '' : `: ${why}`}`,
          payload: { did: 'due', due: dueAt.toISOString(), from: from?.toISOString() ?? null, why },
        },
      ],
      audit: { what: 'postmortem due date moved', detail: { due: dueAt, from } },
      jobs: [
        ...(owner === null || owner === by ? [] : [dm(incident, owner, told(incident, { dueAt, why, by, from }), now)]),
        ...RUNGS.map((rung) => outdated(incident, rung, dueAt, now)),
        ...timer(incident, { ...postmortem, ...change }, now),
      ],
      answer: message(
        md`The postmortem of ${ref(incident)} is due *${date(dueAt)}* from now on, and its reminders go by that.`,
      ),
    },
  });
}

function told(
  incident: Incident,
  { dueAt, why, by, from }: Pick<AskedDate, 'dueAt' | 'why' | 'by'> & { readonly from: Date | null },
): Mrkdwn {
  const before = from === null ? md`` : md` It was due ${date(from)}.`;
  return md`${mention(by)} moved the due date of the postmortem of ${ref(incident)} to *${date(dueAt)}*${because(why)}.${before}`;
}

/** Where no such reminder was sent this edits nothing. */
const outdated = (incident: Incident, rung: string, dueAt: Date, now: Date): NewJob => {
  const said = md`~A reminder of the postmortem of ${ref(incident)}.~ It is due ${date(dueAt)} now.`;
  return {
    job: { kind: 'edit', incident: incident.id, as: reminderName(rung), message: message(said, [section(said)]) },
    runAt: now,
  };
};

const because = (why: string | null): Mrkdwn => (why === null ? md`` : md`: ${why}`);

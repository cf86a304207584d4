import { type Decision, receipt } from '../incidents/decision.ts';
import { type Incident, ref } from '../incidents/incident.ts';
import { post, redraw } from '../incidents/redraw.ts';
import type { UserId } from '../lib/ids.ts';
import { no, ok, type Result } from '../lib/result.ts';
import { nearest } from '../lib/text.ts';
import { leadingWhen, type Reading, writtenAt } from '../lib/when.ts';
import { message } from '../slack/blocks.ts';
import { date, md, quietly } from '../slack/mrkdwn.ts';
import { CLOCK, CLOCK_NAMES, type ClockName, clockNamed } from './clock-names.ts';
import type { RecordRefusal } from './refusals.ts';

export interface ClockAsked {
  readonly what: ClockName;
  readonly at: Date;
  readonly why: string;
}

/** `mitigated 14:05 the graph shows it` */
export function parseClock(words: string, reading: Reading): Result<ClockAsked, RecordRefusal> {
  const [, word = '', rest = ''] = /^(\S*)\s*([\s\S]*)$/.exec(words.trim()) ?? [];
  const what = clockNamed(word);
  if (what === null) return no({ why: 'unknown-clock', word, nearest: nearest(word.toLowerCase(), CLOCK_NAMES) });
  const found = leadingWhen(rest, reading);
  if (!found.ok) return no({ why: 'bad-time', sentence: found.no });
  const why = found.value.rest.replace(/^(?:because|:|-|–|,)\s*/i, '');
  return why === '' ? no({ why: 'no-reason', what }) : ok({ what, at: found.value.at, why });
}

/** The clock says when it really was; what it said before stays in the timeline, with the reason. */
export function correctClock(
  incident: Incident,
  { what, at, why }: ClockAsked,
  by: UserId,
  { now, timezone }: Reading,
): Result<Decision, RecordRefusal> {
  const field = CLOCK[what];
  const before = incident[field];
  if (before === null && (what === 'mitigated' || what === 'resolved')) return no({ why: 'not-yet', incident, what });
  if (before?.getTime() === at.getTime()) return no({ why: 'same-time', incident, what, at });
  const wrong = disorder({ ...incident, [field]: at }, what);
  if (wrong) return no({ why: 'out-of-order', what, at, ...wrong });
  const was = before === null ? 'not known' : writtenAt(before, timezone);
  const said = md`${quietly(by)} corrected the clock: *${what}* ${date(at)}${before ? md` (was ${date(before)})` : md``}: ${why}`;
  return ok({
    change: { [field]: at },
    entries: [
      {
        kind: 'clock_corrected',
        actor: by,
        text: `${what} corrected: ${was} → ${writtenAt(at, timezone)}: ${why}`,
        payload: { clock: field, from: before, to: at, why },
      },
    ],
    audit: { what: 'clock corrected', detail: { clock: field, from: before, to: at, why } },
    jobs: [post(incident.id, 'channel', message(said), now), ...redraw(incident.id, now)],
    ...receipt(
      incident,
      md`${ref(incident)}: *${what}* is ${date(at)} now.`,
      () => md`The timeline keeps your reason${before ? ', and what the clock said before' : ''}.`,
    ),
  });
}

/** What cannot be: relieved before anybody felt it, over before that. An alert may well come before the first user does, and the news of it when all is over. */
const ORDER: readonly (readonly [ClockName, ClockName])[] = [
  ['started', 'mitigated'],
  ['started', 'resolved'],
  ['mitigated', 'resolved'],
];

function disorder(
  incident: Incident,
  changed: ClockName,
): { other: ClockName; otherAt: Date; side: 'before' | 'after' } | null {
  for (const [first, then] of ORDER) {
    const [a, b] = [incident[CLOCK[first]], incident[CLOCK[then]]];
    if ((first !== changed && then !== changed) || a === null || b === null || a <= b) continue;
    return first === changed
      ? { other: then, otherAt: b, side: 'after' }
      : { other: first, otherAt: a, side: 'before' };
  }
  return null;
}

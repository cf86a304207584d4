import { DAY, MINUTE, type Millis, parseDuration } from '../lib/duration.ts';
import type { UserId } from '../lib/ids.ts';
import { no, ok, type Result } from '../lib/result.ts';
import { mentionsIn, plainOf } from '../slack/mrkdwn.ts';
import type { TaskRefusal } from './refusals.ts';
import { LONGEST_TASK } from './task.ts';

/** What was typed after `/incident task`. */
interface Wanted {
  readonly what: string;
  /** Null: whoever asks. */
  readonly who: UserId | null;
  readonly lengthMs: Millis;
}

export const USUAL: Millis = 15 * MINUTE;
const LEAST = MINUTE;
const MOST = DAY;

/** `check the logs @casey 15m`: the person anywhere, the time at the end, both may be missing. */
export function parseTask(rest: string): Result<Wanted, TaskRefusal> {
  const people = [...new Set(mentionsIn(rest))];
  if (people.length > 1) return no({ why: 'several-people', people });
  if (/<!subteam\^|<!(?:here|channel|everyone)/.test(rest)) return no({ why: 'a-group' });
  const split = splitTime(rest);
  if (!split.ok) return split;
  const what = wordsOf(split.value.what);
  const length = checkedLength(split.value.time);
  if (what === '') return no({ why: 'no-words' });
  if (what.length > LONGEST_TASK) return no({ why: 'task-too-long', length: what.length, max: LONGEST_TASK });
  return length.ok ? ok({ what, who: people[0] ?? null, lengthMs: length.value }) : length;
}

/** The time box of a form's field; empty: the usual one. */
export function parseLength(typed: string | null): Result<Millis, TaskRefusal> {
  if (typed === null) return ok(USUAL);
  const asked = parseDuration(typed.replace(PREPOSITION, ''));
  return asked.ok ? checkedLength(asked.value) : no({ why: 'not-a-time', typed });
}

function checkedLength(asked: Millis | null): Result<Millis, TaskRefusal> {
  if (asked === null) return ok(USUAL);
  return asked < LEAST || asked > MOST ? no({ why: 'time-out-of-range', asked, least: LEAST, most: MOST }) : ok(asked);
}

const PERSON = /<@[UW][A-Z0-9]+(?:\|[^<>]*)?>/g;
const PREPOSITION = /^(?:for|in|within)\s+(?=\S)/i;
const wordsOf = (slackText: string): string => plainOf(slackText.replace(PERSON, ' ')).replace(/\s+/g, ' ').trim();

/** Right behind the person a time is meant even where it is misspelt; at the end of words only where it looks like one. */
function splitTime(rest: string): Result<{ what: string; time: Millis | null }, TaskRefusal> {
  const behind = [...rest.matchAll(PERSON)].at(-1);
  const cut = behind ? behind.index + behind[0].length : rest.length;
  const tail = wordsOf(rest.slice(cut)).replace(PREPOSITION, '');
  if (/^\d/.test(tail) && tail.split(' ').length <= 2) {
    const time = parseDuration(tail);
    return time.ok ? ok({ what: rest.slice(0, cut), time: time.value }) : no({ why: 'not-a-time', typed: tail });
  }
  const text = rest.replace(PERSON, ' ').trimEnd();
  const found = AT_THE_END.exec(text);
  if (!found?.groups) return ok({ what: text, time: null });
  const { before = '', time: typed = '' } = found.groups;
  const time = parseDuration(typed);
  if (time.ok) return ok({ what: before, time: time.value });
  return LIKE_A_TIME.test(typed) && !NO_TIME.test(typed)
    ? no({ why: 'not-a-time', typed })
    : ok({ what: text, time: null });
}

/** `… 15m`, `… for 1h30m`, `… 20 min`, `… PT15M`. */
const AT_THE_END =
  /^(?<before>[\s\S]*?)(?:^|\s)(?:(?:for|in|within)\s+)?(?<time>\d+(?:\.\d+)?\s+(?:s|m|h|d|sec\w*|min\w*|hours?|hrs?|days?)|\d[\d.]*[a-z][a-z\d.]*|pt?\d\w*)\s*$/i;
const LIKE_A_TIME = /^\d+(?:\.\d+)?[a-z]{1,4}$/i;
/** `the 2nd`, `800ms`, `64GB`. */
const NO_TIME = /(?:st|nd|rd|th|ms|[kmgt]i?b|xx)$/i;

import type { Day } from '../lib/day.ts';
import type { UserId } from '../lib/ids.ts';
import { isLikeADay, parseDay } from '../lib/parse-day.ts';
import { no, ok, type Result } from '../lib/result.ts';
import { mentionsIn, plainOf } from '../slack/mrkdwn.ts';
import { LONGEST_ITEM } from './action-item.ts';
import type { ActionRefusal } from './refusals.ts';

/** What was typed after `/incident action`. */
interface WantedItem {
  readonly what: string;
  readonly owner: UserId | null;
  readonly dueOn: Day | null;
}

/** `raise the pool size @casey by friday`: the owner anywhere, the date at the end, both may be missing. */
export function parseItem(rest: string, today: Day): Result<WantedItem, ActionRefusal> {
  const people = [...new Set(mentionsIn(rest))];
  if (people.length > 1) return no({ why: 'several-owners', people });
  if (/<!subteam\^|<!(?:here|channel|everyone)/.test(rest)) return no({ why: 'a-group-owns' });
  const split = splitDay(rest, today);
  if (!split.ok) return split;
  const what = checkedWords(split.value.what);
  return what.ok ? ok({ what: what.value, owner: people[0] ?? null, dueOn: split.value.dueOn }) : what;
}

function checkedWords(what: string): Result<string, ActionRefusal> {
  if (what === '') return no({ why: 'no-words' });
  return what.length > LONGEST_ITEM ? no({ why: 'item-too-long', length: what.length }) : ok(what);
}

/** The date of a form's field; empty: none. */
export function dayTyped(typed: string | null, today: Day): Result<Day | null, ActionRefusal> {
  if (typed === null) return ok(null);
  const day = parseDay(typed, today);
  return day.ok ? day : no({ why: 'not-a-day', says: day.no.says });
}

const PERSON = /<@[UW][A-Z0-9]+(?:\|[^<>]*)?>/g;
const wordsOf = (slackText: string): string => plainOf(slackText.replace(PERSON, ' ')).replace(/\s+/g, ' ').trim();

/** Right behind the owner "by …" means a date even where it is none; elsewhere only what looks like one. */
function splitDay(rest: string, today: Day): Result<{ what: string; dueOn: Day | null }, ActionRefusal> {
  const owner = [...rest.matchAll(PERSON)].at(-1);
  const behind = owner ? /^\s*(?:by|due)\s+(?<day>.+)$/is.exec(rest.slice(owner.index + owner[0].length)) : null;
  const found =
    behind ?? /^(?<what>.*)(?:^|\s)(?:by|due)\s+(?<day>\S.{0,60})$/is.exec(rest.replace(PERSON, ' ').trim());
  const typed = wordsOf(found?.groups?.day ?? '');
  if (typed === '') return ok({ what: wordsOf(rest), dueOn: null });
  const day = parseDay(typed, today);
  if (day.ok)
    return ok({ what: wordsOf(behind ? rest.slice(0, owner?.index) : (found?.groups?.what ?? '')), dueOn: day.value });
  return behind || isLikeADay(typed)
    ? no({ why: 'not-a-day', says: day.no.says })
    : ok({ what: wordsOf(rest), dueOn: null });
}

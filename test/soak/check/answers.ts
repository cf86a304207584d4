import type { Asked, Evidence, Finding, IntentRow } from '../evidence.ts';
import { exactly, finding, short } from './words.ts';

/** What was answered is what was recorded: a yes stands, a no left no trace, and an intent is whole or not there. */
export function checkAnswers(evidence: Evidence): Finding[] {
  const rows = new Map(evidence.intents.map((row) => [row.identity, row]));
  return [
    ...evidence.asked.flatMap((asked) => checkAnswer(asked, rows, evidence.intents)),
    ...repeats(evidence),
    ...halves(evidence),
    ...strays(evidence, rows),
    ...stands(evidence),
  ];
}

const UNKNOWN = /It may have been recorded/;
const NOTHING = /Nothing was recorded/;

function checkAnswer(asked: Asked, rows: ReadonlyMap<string, IntentRow>, all: readonly IntentRow[]): Finding[] {
  const { identity, outcome, answer, yes } = asked;
  if (identity === null || outcome === 'lost' || yes === null || UNKNOWN.test(answer)) return [];
  const row = rows.get(identity);
  const said = `${asked.who} ${asked.what}, answered "${short(answer || (asked.action ?? ''))}"`;
  if (NOTHING.test(answer)) return row ? [finding('a no leaves no trace', `${said}, and it is recorded`)] : [];
  // A click is answered by an ephemeral that may get lost: its ack promises nothing by itself.
  if (asked.by === 'click') return [];
  const isYes = asked.by === 'form' ? asked.action === 'close' || asked.action === 'update' : matches(yes, answer);
  if (!isYes) return row ? [finding('a no leaves no trace', `${said}, and it is recorded`)] : [];
  if (!row) {
    // The same words after an answer that left late mean the same incident.
    const isSame = all.some((one) => one.answeredLate && one.user === asked.who && one.answer === answer);
    return isSame ? [] : [finding('acknowledged means durable', `${said}, and nothing is recorded`)];
  }
  const isOther = asked.by === 'command' && row.answer !== null && row.answer !== answer;
  return isOther ? [finding('acknowledged means durable', `${said}, recorded is "${short(row.answer ?? '')}"`)] : [];
}

const matches = (pattern: string, text: string): boolean => new RegExp(pattern).test(text);

/** However often Slack delivers it. */
function repeats({ intents }: Evidence): Finding[] {
  return [...Map.groupBy(intents, ({ identity }) => identity)].flatMap(([identity, rows]) =>
    exactly('an intent once', `intent ${identity} is recorded`, rows.length, 1),
  );
}

/** Intents that write no entry: nothing was to be changed, or a draft was asked for. */
const WITHOUT_ENTRY = /^(Nothing of |Drafting )/;

function halves({ intents, incidents, asked }: Evidence): Finding[] {
  const people = new Set(asked.flatMap((one) => (one.identity === null ? [] : [one.identity])));
  const entries = new Set(
    incidents.flatMap((held) => held.entries.flatMap(({ identity }) => intentIn(identity) ?? [])),
  );
  return intents
    .filter((row) => people.has(row.identity) && !entries.has(row.identity) && !WITHOUT_ENTRY.test(row.answer ?? ''))
    .map((row) => finding('whole or not at all', `intent ${row.identity} is recorded without its entry`));
}

function strays({ incidents, asked }: Evidence, rows: ReadonlyMap<string, IntentRow>): Finding[] {
  const people = new Set(asked.flatMap((one) => (one.identity === null ? [] : [one.identity])));
  return incidents.flatMap((held) =>
    held.entries.flatMap(({ identity }) => {
      const intent = intentIn(identity);
      if (intent === null || !people.has(intent) || rows.has(intent)) return [];
      return [finding('whole or not at all', `entry ${identity} stands without its intent`)];
    }),
  );
}

/** Where an incident stands is what its story came to. */
function stands({ incidents }: Evidence): Finding[] {
  return incidents.flatMap(({ record: { incident, timeline } }) => {
    const moves = timeline.filter(({ kind }) => kind === 'status_changed').toSorted((a, b) => a.id - b.id);
    const told = moves.at(-1)?.payload.to ?? 'investigating';
    if (incident.status === told) return [];
    return [finding('whole or not at all', `${incident.ref} is ${incident.status}, and its story says ${told}`)];
  });
}

/** `update_posted:<identity>:0` */
function intentIn(identity: string): string | null {
  return /^[a-z_]+:(.+):\d+$/.exec(identity)?.[1] ?? null;
}

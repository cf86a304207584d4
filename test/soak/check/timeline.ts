import { storable } from '../../../src/lib/text.ts';
import type { RecordedEntry } from '../../../src/timeline/record.ts';
import type { Evidence, Finding, Held, SlackChannel, Told } from '../evidence.ts';
import { channelOf, exactly, finding, refOf, short, toldIn } from './words.ts';

/** Every message of an incident's channel stands in its timeline once, as it was said; edits and deletions too. */
export function checkTimeline(evidence: Evidence): Finding[] {
  return evidence.incidents.flatMap((held) => {
    const channel = channelOf(evidence, held);
    return channel ? checkOne(evidence, held, channel) : [];
  });
}

const POSTED: ReadonlySet<string> = new Set(['message', 'member_joined', 'member_left', 'channel_changed']);

function checkOne(evidence: Evidence, held: Held, channel: SlackChannel): Finding[] {
  const told = Map.groupBy(toldIn(evidence, channel.id), ({ ts }) => ts);
  const entries = Map.groupBy(
    held.record.timeline.filter(({ ts }) => ts !== null),
    ({ ts }) => String(ts),
  );
  const ref = refOf(held);
  return [
    ...[...told].flatMap(([ts, happened]) => checkMessage(ref, ts, happened, entries.get(ts) ?? [])),
    ...[...told].flatMap(([ts, happened]) =>
      checkMarks(
        ref,
        ts,
        happened,
        entries.get(ts) ?? [],
        // A tombstone has lost its marks.
        channel.messages.some((post) => post.ts === ts) && !happened.some(({ kind }) => kind === 'delete'),
      ),
    ),
    ...[...entries.keys()]
      .filter((ts) => !told.has(ts))
      .map((ts) => finding('nothing is made up', `${ref} records a message ${ts} that nobody said`)),
  ];
}

function checkMessage(
  ref: string,
  ts: string,
  happened: readonly Told[],
  entries: readonly RecordedEntry[],
): Finding[] {
  const said = happened.find(({ kind }) => kind === 'message');
  if (!said) return [];
  const posted = entries.filter(({ kind }) => POSTED.has(kind));
  const deletions = happened.filter(({ kind }) => kind === 'delete');
  const isDeleted = deletions.length > 0;
  const about = `${ref} ${ts} "${short(said.text)}"`;
  const recorded = entries.filter(({ kind }) => kind === 'message_deleted');
  if (isDeleted) {
    const kept = entries.filter(({ kind, text }) => (POSTED.has(kind) || kind === 'message_edited') && text !== null);
    return [
      // Deleted before anybody heard it: nothing is left in Slack to be found again.
      ...(posted.length > 1 || (posted.length === 0 && said.acked)
        ? exactly('every message once', about, posted.length, 1)
        : []),
      ...(posted.length > 0 ? exactly('every deletion once', about, recorded.length, 1) : []),
      ...kept.map(() => finding('deleted is blanked', `${about} was deleted and still says it`)),
    ];
  }
  return [
    ...exactly('every message once', about, posted.length, 1),
    ...exactly('every deletion once', about, recorded.length, 0),
    ...posted.flatMap((entry) => checkWords(about, said, happened, entry)),
    ...(said.byBot ? [] : checkEdits(about, happened, entries)),
  ];
}

/** Heard live it reads as it was said; found in history it reads as it stood at some time. */
function checkWords(about: string, said: Told, happened: readonly Told[], entry: RecordedEntry): Finding[] {
  const stood = happened.filter(({ kind }) => kind === 'message' || kind === 'edit' || kind === 'text');
  const may = (entry.recovered ? stood : [said]).map(({ text }) => storable(text));
  return may.includes(entry.text ?? '')
    ? []
    : [finding('every message equal', `${about} is recorded as "${short(entry.text ?? 'nothing')}"`)];
}

/** An edit that was acknowledged is there; of others at least the last, which history shows. Slack's `edited.ts` is in whole seconds. */
function checkEdits(about: string, happened: readonly Told[], entries: readonly RecordedEntry[]): Finding[] {
  const edits = happened.filter(({ kind }) => kind === 'edit');
  const recorded = entries.filter(({ kind }) => kind === 'message_edited');
  const keys = recorded.map(({ payload }) => (payload.edited as { ts?: string } | undefined)?.ts ?? '');
  const last = edits.at(-1);
  const missing = edits.filter((edit) => (edit.acked || edit === last) && !keys.includes(edit.editedTs ?? ''));
  const texts = new Set(edits.map(({ text }) => storable(text)));
  return [
    ...missing.map((edit) => finding('every edit', `${about}: the edit to "${short(edit.text)}" is not recorded`)),
    ...(new Set(keys).size === keys.length
      ? []
      : [finding('every edit once', `${about}: an edit is recorded twice: ${short(keys.join(', '))}`)]),
    ...recorded
      .filter(({ text }) => !texts.has(text ?? ''))
      .map(({ text }) => finding('every edit equal', `${about}: recorded as edited to "${short(text ?? 'nothing')}"`)),
  ];
}

const MARKS = [
  ['reaction_added', 'reaction_removed'],
  ['pin_added', 'pin_removed'],
] as const;

/** What was acknowledged is recorded, nothing more often than it happened, and the last word is Slack's. */
function checkMarks(
  ref: string,
  ts: string,
  happened: readonly Told[],
  entries: readonly RecordedEntry[],
  isThere: boolean,
): Finding[] {
  return MARKS.flatMap(([added, removed]) => {
    const marks = happened.filter(({ kind }) => kind === added || kind === removed);
    const byMark = Map.groupBy(marks, ({ user, name }) => `${added === 'pin_added' ? '' : user}|${name}`);
    return [...byMark].flatMap(([key, mark]) => {
      const recorded = entries.filter(
        (entry) =>
          (entry.kind === added || entry.kind === removed) &&
          `${added === 'pin_added' ? '' : entry.actor}|${entry.payload.reaction ?? null}` === key,
      );
      return checkMark(`${ref} ${ts} ${added} ${key}`, [added, removed], mark, recorded, isThere);
    });
  });
}

function checkMark(
  about: string,
  [added, removed]: readonly [string, string],
  happened: readonly Told[],
  recorded: readonly RecordedEntry[],
  isThere: boolean,
): Finding[] {
  const count = (all: readonly { kind: string }[], kind: string) => all.filter((one) => one.kind === kind).length;
  const tooMany = [added, removed].filter((kind) => count(recorded, kind) > count(happened, kind));
  const acked = happened.filter((one) => one.acked);
  const tooFew = [added, removed].filter((kind) => count(recorded, kind) < count(acked, kind));
  const ends = (all: readonly { kind: string }[]) => all.at(-1)?.kind === added;
  const what = `${about} (Slack: ${happened.map(({ kind, acked, at }) => `${kind} ${new Date(at).toISOString()} ${acked ? 'acked' : 'not acked'}`).join(', ')}; record: ${recorded.map(({ kind, recovered, occurredAt, recordedAt }) => `${kind} ${occurredAt} at ${recordedAt} ${recovered ? 'found' : 'heard'}`).join(', ')})`;
  const isOff = isThere && tooMany.length + tooFew.length === 0 && ends(recorded) !== ends(happened);
  return [
    ...tooMany.map((kind) => finding('every mark once', `${what}: ${kind} is recorded more often than it happened`)),
    ...tooFew.map((kind) => finding('every mark', `${what}: ${kind} was acknowledged and is not recorded`)),
    ...(isOff ? [finding('every mark', `${what}: the record ends otherwise than Slack`)] : []),
  ];
}

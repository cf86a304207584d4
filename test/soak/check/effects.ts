import type { RecordedEntry } from '../../../src/timeline/record.ts';
import type { Evidence, Finding, Held, JobRow, SlackChannel, SlackPost, Span } from '../evidence.ts';
import {
  announcements,
  channelOf,
  escaped,
  exactly,
  finding,
  isToldInstead,
  refOf,
  saidAt,
  saidByBot,
  short,
  unmarked,
  wantedOutside,
} from './words.ts';

/** Every decision on record is said in Slack once, and nothing is said that no decision wanted. */
export function checkEffects(evidence: Evidence): Finding[] {
  return [...evidence.incidents.flatMap((held) => checkOne(evidence, held)), ...doubles(evidence)];
}

function checkOne(evidence: Evidence, held: Held): Finding[] {
  const channel = channelOf(evidence, held);
  if (!channel) return [];
  return [
    ...lines(held, channel),
    ...updates(evidence, held, channel),
    ...order(evidence, held, channel),
    ...endings(evidence, held, channel),
    ...roles(evidence, held, channel),
    ...reminders(evidence, held, channel),
    ...drafts(evidence, held, channel),
  ];
}

/** No two posts of one job. */
function doubles({ slack }: Evidence): Finding[] {
  const seen = new Map<string, string>();
  return slack.channels.flatMap((channel) =>
    channel.messages.flatMap((post) => {
      if (!post.byBot || post.marker === null) return [];
      const before = seen.get(post.marker);
      seen.set(post.marker, `${channel.name} ${post.ts}`);
      return before
        ? [
            finding(
              'effects happen once',
              `posted twice: "${short(post.firstText)}" (${before}; ${channel.name} ${post.ts})`,
            ),
          ]
        : [];
    }),
  );
}

const entriesOf = (held: Held, kind: RecordedEntry['kind'], which: (entry: RecordedEntry) => boolean = () => true) =>
  held.record.timeline.filter((entry) => entry.kind === kind && which(entry));

const WITH_AN_UPDATE = 'with an update';
const STATUS =
  '(?:is being investigated|has its cause identified|is mitigated: |is resolved|is closed|was a false alarm)';

/** One public line for each change of state. */
function lines(held: Held, channel: SlackChannel): Finding[] {
  const ref = refOf(held);
  const byHand = (entry: RecordedEntry) => entry.actor !== null && entry.payload.why !== WITH_AN_UPDATE;
  const said = (pattern: string) => saidByBot(channel, new RegExp(pattern)).length;
  const rows: [what: string, pattern: string, wanted: number][] = [
    ['status', `^\\*${ref} (?:is reopened and )?${STATUS}`, entriesOf(held, 'status_changed', byHand).length],
    ['severity', `^\\*${ref} is SEV\\d now\\*`, entriesOf(held, 'severity_changed', byHand).length],
    ['cadence', `^\\*${ref}\\*: (?:an update every|no updates)`, entriesOf(held, 'cadence_changed').length],
    [
      'correction',
      '^[^\\n]+? (?:noted|corrected) (?:title|what users feel|services|started): ',
      entriesOf(held, 'incident_edited', (entry) => !entry.text?.startsWith('link: ')).length,
    ],
    [
      'escalation by hand',
      `${ref} is escalated\\*`,
      entriesOf(held, 'escalated', (e) => e.payload.by === 'hand').length,
    ],
  ];
  return rows.flatMap(([what, pattern, wanted]) =>
    exactly('one line for each change', `${what} lines of ${ref}`, said(pattern), wanted),
  );
}

/** Once in the channel, once below the announcement unless it is private. */
function updates(evidence: Evidence, held: Held, channel: SlackChannel): Finding[] {
  const outside = (announcements(evidence)?.messages ?? []).filter((post) => post.threadTs === held.announcementTs);
  const all = saidByBot(channel, /^\[UPDATE/).length;
  const unasked = Math.max(0, all - held.record.updates.length);
  const says = (posts: SlackChannel['messages'], text: string) => posts.filter((post) => isPostOf(post, text)).length;
  const each = held.record.updates.flatMap(({ text }) =>
    exactly('an update is posted once', `"${short(text)}" in the channel`, says(channel.messages, text), 1),
  );
  // What customers may read comes from a template: several may say the same.
  const byWords = Map.groupBy(held.record.updates, ({ text, audienceText }) => audienceText ?? text);
  const mirrored = [...byWords].flatMap(([words, updates]) => {
    const found = says(outside, words);
    const wanted = wantedOutside(held, found, updates.length);
    return exactly('an update is posted once', `"${short(words)}" below the announcement`, found, wanted);
  });
  return [
    ...each,
    ...mirrored,
    ...exactly('an update is posted once', `updates of ${refOf(held)} nobody gave`, unasked, 0),
  ];
}

const isPostOf = (post: SlackPost, text: string): boolean =>
  post.byBot && post.firstText.includes('[UPDATE') && post.firstText.includes(escaped(text));

/** Two decisions that were so far apart did not wait for the same lock. */
const APART_MS = 2_000;

/** What was said first is read first, whatever had to be tried again. */
function order({ skewMs }: Evidence, { record }: Held, channel: SlackChannel): Finding[] {
  const posted = record.updates.flatMap(({ text, postedAt }) => {
    const post = channel.messages.find((one) => isPostOf(one, text));
    const at = Date.parse(postedAt);
    // What was shut out of a channel follows when Sitrep is back, whatever was said in the moment before it knew.
    const waited = (span: Span) => post !== undefined && span.from <= saidAt(post) && at <= span.to;
    return post && !channel.closed.some(waited) ? [{ text, at, ts: post.ts }] : [];
  });
  return posted.flatMap((later) =>
    posted
      .filter((earlier) => earlier.at + APART_MS + skewMs <= later.at && earlier.ts > later.ts)
      .map((earlier) => finding('one after the other', `"${short(later.text)}" overtook "${short(earlier.text)}"`)),
  );
}

function endings(evidence: Evidence, held: Held, channel: SlackChannel): Finding[] {
  const ref = refOf(held);
  // Closing what is resolved is no news outside; finding out that it was a false alarm is.
  const isNews = ({ from, to }: RecordedEntry['payload']) => from !== 'resolved' || to === 'canceled';
  const moved = entriesOf(held, 'status_changed', (entry) => entry.actor !== null && isNews(entry.payload));
  const resolved = moved.filter((entry) => entry.payload.to === 'resolved');
  const ended = moved.filter((entry) => ['resolved', 'closed', 'canceled'].includes(String(entry.payload.to)));
  const thread = announcements(evidence)?.messages.filter((post) => post.threadTs === held.announcementTs) ?? [];
  const told = thread.filter(
    (post) => post.byBot && new RegExp(`^\\*${ref} is (?:resolved|closed|canceled)\\*`).test(unmarked(post)),
  );
  return [
    ...exactly(
      'one line for each change',
      `thanks in ${ref}`,
      saidByBot(channel, /^Thank you, everyone\./).length,
      resolved.length,
    ),
    ...exactly(
      'one line for each change',
      `endings of ${ref} announced`,
      told.length,
      wantedOutside(held, told.length, ended.length),
    ),
  ];
}

/** One public line for each change of hands, the duties once to each who takes a role. */
function roles(evidence: Evidence, held: Held, channel: SlackChannel): Finding[] {
  const ref = refOf(held);
  const changes = held.entries.filter(({ kind }) => kind === 'role_assigned' || kind === 'role_released');
  const intents = new Set(changes.map(({ identity }) => identity.replace(/^[a-z_]+:/, '').replace(/:\d+$/, '')));
  const said = saidByBot(channel, /^[^:*[\n]+ (?:\*has command\*|is \*[^*]+\*)|^\*[^*]+\* is free/);
  const taken = Map.groupBy(
    entriesOf(held, 'role_assigned'),
    ({ text, payload }) => `${text?.split(':')[0]}|${payload.user}`,
  );
  const duties = [...taken].flatMap(([key, entries]) => {
    const [name = '', user = ''] = key.split('|');
    const dm = evidence.slack.channels.find((one) => one.kind === 'im' && one.peer === user);
    const told = (dm?.messages ?? []).filter((post) => post.byBot && unmarked(post) === `You are ${name} of ${ref}`);
    return exactly('duties once', `duties of ${name} of ${ref} to ${user}`, told.length, entries.length);
  });
  return [...exactly('one line for each change', `role lines of ${ref}`, said.length, intents.size), ...duties];
}

/** Each rung on record was sent once. */
function reminders(evidence: Evidence, held: Held, channel: SlackChannel): Finding[] {
  const ref = refOf(held);
  const rung = (name: string) => held.record.timeline.filter(({ payload }) => payload.rung === name).length;
  const said = (pattern: RegExp) => saidByBot(channel, pattern).length;
  const nudges = evidence.slack.channels
    .filter((one) => one.kind === 'im')
    .flatMap((dm) => saidByBot(dm, new RegExp(`\\*${ref}\\*: the next update`))).length;
  const asks = entriesOf(held, 'reminder_sent', ({ payload }) => payload.about === 'ic').length;
  const again = entriesOf(held, 'escalated', ({ payload }) => payload.by === 'repeat').length;
  const rows: [what: string, found: number, wanted: number, as: RegExp | null][] = [
    ['nudges', nudges, rung('nudge'), null],
    ['reminders at due', said(/^:alarm_clock:/), rung('due'), /^reminder:.*:due$/],
    ['reminders of IC and comms', said(/^:warning: .*\*the update of/), rung('half'), /^reminder:.*:half$/],
    ['escalations', said(/^:rotating_light: .*\*The update of/), rung('full'), /^reminder:.*:full$/],
    ['second calls', said(/^:rotating_light: \*Nobody is on/), again, null],
    ['asks for an IC', said(/^\*Nobody has command of|^\*INC-\d+ still has no IC\* and/), asks, /^ask for IC/],
  ];
  return rows.flatMap(([what, found, wanted, as]) => {
    // Of what was told by DM instead, an attempt may have been posted before the channel was closed.
    const shutOut = evidence.jobs.filter((job) => isShutOut(job, held) && as?.test(job.as ?? '')).length;
    const least = Math.max(0, wanted - shutOut);
    return exactly('each rung once', `${what} of ${ref}`, found, Math.min(wanted, Math.max(least, found)));
  });
}

const isShutOut = (job: JobRow, held: Held): boolean =>
  job.incident === held.record.incident.number && isToldInstead(job);

/**
 * One file for each draft that somebody asked for, and for the first, shared in the incident's channel and nowhere else;
 * one that was overtaken may be left out.
 */
function drafts({ slack, bot, jobs }: Evidence, held: Held, channel: SlackChannel): Finding[] {
  const ref = refOf(held);
  const made = entriesOf(held, 'postmortem', ({ payload }) => payload.status === 'draft' && payload.did === undefined);
  const drafted = made.findLastIndex(({ actor }, n) => n === 0 || actor !== null) + 1;
  const own = slack.files.filter(
    ({ name, user }) => user === bot.userId && name.startsWith(`${ref}-postmortem-draft-`),
  );
  const shared = own.filter(({ channels }) => channels.length > 0);
  const byName = Map.groupBy(shared, ({ name }) => name);
  // The file of a change waits until it settles.
  const isSettling = jobs.some(
    (job) => job.kind === 'upload-draft' && job.incident === held.record.incident.number && !job.parked && !job.due,
  );
  const latest = Math.max(0, ...shared.map(({ name }) => Number(/(\d+)\.md$/.exec(name)?.[1])));
  return [
    ...[...byName].flatMap(([name, files]) =>
      exactly('one file for each draft', `${name} was shared`, files.flatMap(({ channels }) => channels).length, 1),
    ),
    ...shared
      .filter(({ channels }) => channels.some((id) => id !== channel.id))
      .map(({ name }) => finding('privacy', `${name} was shared outside its channel`)),
    ...(drafted > latest && !isSettling
      ? [finding('one file for each draft', `${drafted} drafts of ${ref}, and the file of the ${latest}. is the last`)]
      : []),
  ];
}

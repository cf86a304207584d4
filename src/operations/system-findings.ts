import { formatDuration, MINUTE, type Millis } from '../lib/duration.ts';
import { listed, plural, shorten } from '../lib/text.ts';
import { type Finding, fine, note, problem } from './finding.ts';

/** The version the packages bring is 24; types are stripped without a flag from 22.18 on. */
export function nodeFinding(version: string): Finding {
  const [major = 0, minor = 0] = version.split('.').map(Number);
  if (major > 22 || (major === 22 && minor >= 18)) return fine(`Node ${version}`);
  return problem(
    `Node ${version} is too old`,
    'Run it by npm start or npx sitrep, which bring Node 24, or install Node 24.',
  );
}

/** How Slack delivers, and what this machine cannot see of it. */
export function slackModeFinding(mode: 'socket' | 'http' | 'sandbox', publicUrl: string | null): Finding[] {
  if (mode === 'sandbox')
    return [
      note(
        'No Slack token is set: a start uses the sandbox, a local Slack; Slack itself was not looked at',
        'For a real workspace make an app from manifest.yml and set SLACK_BOT_TOKEN and SLACK_APP_TOKEN.',
      ),
    ];
  if (mode === 'socket') return [fine('Slack delivers over Socket Mode')];
  const url = `${publicUrl ?? 'https://your.host'}/slack/events`;
  return [
    fine('Slack delivers over HTTP'),
    note(
      `Whether Slack reaches ${url} and signs with SLACK_SIGNING_SECRET cannot be seen from here`,
      'It must stand as request URL of events, interactivity and /incident; a wrong secret shows in the log as refused.',
    ),
  ];
}

/** `file` is null when the built-in policy is used. */
export function policyFindings(policy: RunBy, file: string | null): Finding[] {
  const silent = policy.severities.filter(({ escalate }) => escalate.some(({ to }) => to.length === 0));
  const names = listed(silent.map(({ id }) => id));
  return [
    fine(
      `Policy: ${file ?? 'built in, no sitrep.yml here'} (${plural(policy.severities.length, 'severity', 'severities')}, ${policy.timezone})`,
    ),
    ...(silent.length > 0
      ? [
          note(
            `${names} would escalate to nobody in particular`,
            'Name people or groups under severities → escalate → to in sitrep.yml.',
          ),
        ]
      : []),
  ];
}

interface RunBy {
  readonly timezone: string;
  readonly severities: readonly {
    readonly id: string;
    readonly escalate: readonly { readonly to: readonly string[] }[];
  }[];
}

/** `files` and `applied` are names of migrations; both in order. */
export function migrationFinding(files: readonly string[], applied: readonly string[]): Finding {
  const pending = files.filter((name) => !applied.includes(name));
  const newer = applied.filter((name) => !files.includes(name));
  if (applied.length === 0)
    return note('The database has no tables yet', 'They are made by the first start, or now: sitrep migrate.');
  if (pending.length > 0)
    return problem(`${plural(pending.length, 'migration')} not applied: ${listed(pending)}`, 'Run sitrep migrate.');
  if (newer.length > 0)
    return note(
      `The database is newer than this version: it has ${listed(newer)}`,
      'Right in the middle of an upgrade; else put the newer version here as well.',
    );
  return fine(`The database is at ${files.at(-1) ?? 'its beginning'}`);
}

/** One worker a process. Slack: ten sockets an app; each process holds two. */
export function processFinding(processes: number, mode: 'socket' | 'http' | 'sandbox' | null): Finding {
  if (processes === 0) return note('No process is running on this database', 'Start one: npm start.');
  if (mode === 'socket' && processes > 5)
    return problem(
      `${processes} processes with two sockets each: Slack allows ten sockets, so some stay without`,
      'Run five at most, or deliver by HTTP (set SLACK_SIGNING_SECRET, unset SLACK_APP_TOKEN).',
    );
  return fine(`${plural(processes, 'process', 'processes')} running on this database`);
}

interface Work {
  readonly waiting: number;
  readonly due: number;
  readonly oldestDueMs: Millis;
  readonly parkedInAll: number;
  readonly parked: readonly { readonly id: number; readonly kind: string; readonly lastError: string | null }[];
  readonly failing: readonly { readonly kind: string; readonly jobs: number; readonly lastError: string | null }[];
}

export function workFindings(work: Work): Finding[] {
  const found = [parkedFinding(work), ...failingFindings(work), ...overdueFindings(work)].filter((one) => one !== null);
  return found.length > 0 ? found : [fine(`Nothing is overdue or given up; ${plural(work.waiting, 'job')} for later`)];
}

function parkedFinding({ parked, parkedInAll }: Work): Finding | null {
  if (parkedInAll === 0) return null;
  const kinds = Map.groupBy(parked, ({ kind }) => kind);
  const each = [...kinds].map(([kind, jobs]) => `${jobs.length} ${kind} (${wordsOf(jobs[0]?.lastError)})`);
  return problem(
    `${plural(parkedInAll, 'job')} given up: ${listed(each)}`,
    'Mend what the errors say, then sitrep jobs retry <id>, or strike them: sitrep jobs drop <id>.',
  );
}

const failingFindings = ({ failing }: Work): Finding[] =>
  failing.map(({ kind, jobs, lastError }) =>
    note(`${plural(jobs, `${kind} job`)} failed and will be tried again (${wordsOf(lastError)})`),
  );

/** Less is a busy moment, or the wait that Slack asked for. */
const OVERDUE: Millis = 2 * MINUTE;

const overdueFindings = ({ due, oldestDueMs }: Work): Finding[] =>
  oldestDueMs < OVERDUE
    ? []
    : [
        problem(
          `${plural(due, 'job')} due, the oldest for ${formatDuration(oldestDueMs)}`,
          'Is a process running, and does Slack answer? See sitrep jobs.',
        ),
      ];

const wordsOf = (error: string | null | undefined): string =>
  shorten((error ?? 'no error kept').replace(/\s+/g, ' '), 120);

export function quarantineFinding(
  rows: number,
  last: readonly { identity: string; reason: string; at: Date }[],
): Finding {
  if (rows === 0) return fine('Nothing is in quarantine');
  const shown = last.map(({ identity, reason, at }) => `${identity}, ${reason}, ${at.toISOString()}`);
  return problem(
    `${plural(rows, 'event')} in quarantine, not in any timeline; latest: ${shown.join('; ')}`,
    'Their raw text is in the table quarantine: report what it shows, then delete those rows.',
  );
}

/** Refusals that belong to no incident; `latest`: some of them, the latest first. */
export interface RefusedOutside {
  readonly total: number;
  readonly latest: readonly {
    readonly actor: string;
    /** The verb, button or shortcut. */
    readonly did: string;
    readonly why: string;
    readonly at: Date;
  }[];
}

/** What was refused in an incident stands in its export; the rest stands nowhere else that people look. */
export function refusalFinding({ total, latest }: RefusedOutside): Finding {
  if (total === 0) return fine('Nobody was refused anything outside of incidents in the last 7 days');
  const shown = latest.map(({ actor, did, why, at }) => `${actor}, ${did}, ${why}, ${at.toISOString()}`);
  return note(
    `${plural(total, 'refusal')} outside of incidents in the last 7 days; latest: ${shown.join('; ')}`,
    'Who may do what stands under access in sitrep.yml; guests and people of other organisations never may.',
  );
}

/** Channels that nobody needs any more; by their incident's number, for a private one's name is told to nobody. */
export function leftoverFinding(leftovers: readonly string[]): Finding {
  if (leftovers.length === 0) return fine('No channel of an incident that ended more than a month ago is left over');
  const more = leftovers.length > 10 ? [`${leftovers.length - 10} more`] : [];
  return note(
    `${plural(leftovers.length, 'channel')} of incidents that ended more than a month ago still ${leftovers.length === 1 ? 'stands' : 'stand'}: ${listed([...leftovers.slice(0, 10), ...more])}`,
    'Set archiveAfter in sitrep.yml and people are asked there, or archive them by hand.',
  );
}

/** Of nobody's: an owner who is reminded in vain, or nobody at all. Without titles, of which private incidents have one too. */
export function postmortemFinding(
  overdue: readonly {
    readonly incident: number;
    readonly dueAt: Date;
    readonly owner: string | null;
    readonly isDrafted: boolean;
  }[],
): Finding {
  if (overdue.length === 0) return fine('No postmortem is overdue or missing');
  const shown = overdue.slice(0, 5).map(({ incident, dueAt, owner, isDrafted }) => {
    const whose = isDrafted ? `owner ${owner ?? 'nobody'}` : 'not drafted';
    return `INC-${incident} (due ${dueAt.toISOString().slice(0, 10)}, ${whose})`;
  });
  const more = overdue.length > shown.length ? ', the longest ones first' : '';
  return note(
    `${plural(overdue.length, 'postmortem')} overdue or missing: ${listed(shown)}${more}`,
    'Their owners were reminded. /incident postmortem owner @someone in INC-42 gives one to someone else.',
  );
}

/** Nobody's reminders reach further than their owner: who runs Sitrep may ask. Drills are not counted. */
export function actionItemFinding({ open, overdue }: { readonly open: number; readonly overdue: number }): Finding {
  if (overdue === 0) return fine(`No action item is overdue, ${open} open`);
  return note(
    `${plural(overdue, 'action item')} overdue, ${open} more open`,
    'Their owners are reminded every week. /incident actions overdue in Slack lists them.',
  );
}

interface Capture {
  readonly open: number;
  readonly behind: readonly {
    incident: number;
    readAt: Date | null;
    channelLost: string | null;
    trouble: string | null;
  }[];
  readonly gapsFound: number;
  readonly entriesRecovered: number;
  readonly lastFoundAt: Date | null;
}

/** Whether the timelines are complete as far as anyone can know. */
export function captureFinding({ open, behind, gapsFound, entriesRecovered, lastFoundAt }: Capture): Finding {
  const found =
    gapsFound === 0
      ? 'no gap was ever found'
      : `${plural(gapsFound, 'gap')} found and ${plural(entriesRecovered, 'entry', 'entries')} recovered so far, last ${lastFoundAt?.toISOString() ?? 'unknown'}`;
  if (behind.length === 0) return fine(`Timelines of ${plural(open, 'open incident')} are read to the end; ${found}`);
  const why = behind
    .slice(0, 5)
    .map(
      (one) =>
        `INC-${one.incident} (${one.channelLost ? `channel ${one.channelLost}` : (one.trouble ?? 'not read lately')})`,
    );
  return problem(
    `${plural(behind.length, 'timeline')} may lack what was said: ${listed(why)}; ${found}`,
    'Invite the bot to the channel again, or unarchive it; what was missed is then read by itself.',
  );
}

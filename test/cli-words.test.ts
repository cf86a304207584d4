import { expect, test } from '@jest/globals';
import { incidentId } from '../src/lib/ids.ts';
import { COMMANDS, readCommand } from '../src/operations/arguments.ts';
import { databaseFault } from '../src/operations/database-fault.ts';
import { exitCodeOf, fine, note, problem, report } from '../src/operations/finding.ts';
import { helpText } from '../src/operations/help.ts';
import { notDropped, notRetried } from '../src/operations/jobs-refusals.ts';
import { jobsTable, type ListedJob } from '../src/operations/jobs-table.ts';
import {
  announcementFinding,
  appTokenFinding,
  botTokenFinding,
  membershipFindings,
  scopeFindings,
} from '../src/operations/slack-findings.ts';
import {
  migrationFinding,
  nodeFinding,
  processFinding,
  quarantineFinding,
  slackModeFinding,
  workFindings,
} from '../src/operations/system-findings.ts';
import { unknownIncident } from '../src/operations/unknown-incident.ts';

const NOW = new Date('2026-11-21T12:00:00.000Z');

test.each<[string, unknown]>([
  ['', { name: 'help', about: null }],
  ['--help', { name: 'help', about: null }],
  ['jobs --help', { name: 'help', about: 'jobs' }],
  ['help export', { name: 'help', about: 'export' }],
  ['--version', { name: 'version' }],
  ['start', { name: 'start' }],
  ['export INC-42', { name: 'export', incident: 42, format: 'json' }],
  ['export inc-42 --format=md', { name: 'export', incident: 42, format: 'md' }],
  ['export --format md 42', { name: 'export', incident: 42, format: 'md' }],
  ['redact INC-1 1790000200.000600', { name: 'redact', incident: 1, message: '1790000200.000600' }],
  [
    'redact INC-1 https://a.slack.com/archives/C1/p1790000200000600?thread_ts=1790000100.000100&cid=C1',
    { name: 'redact', incident: 1, message: '1790000200.000600' },
  ],
  ['jobs', { name: 'jobs', act: 'list' }],
  ['jobs list', { name: 'jobs', act: 'list' }],
  ['jobs retry 3 4', { name: 'jobs', act: 'retry', ids: [3, 4] }],
  ['jobs retry all', { name: 'jobs', act: 'retry', ids: 'all' }],
  ['jobs drop 3', { name: 'jobs', act: 'drop', ids: [3] }],
])('"sitrep %s" is understood', (line, command) => {
  expect(readCommand(words(line))).toEqual({ ok: true, value: command });
});

test.each([
  ['exprt INC-1', 'There is no command "exprt". Did you mean this? sitrep export INC-42'],
  ['frobnicate', 'There is no command "frobnicate". See what there is: sitrep help'],
  ['constructor', 'There is no command "constructor".'],
  ['start now', '"sitrep start" takes nothing more, but was given "now". Write it like this: sitrep start'],
  ['help exprt', 'There is no command "exprt". Did you mean this?'],
  ['export', 'Say which incident. Write it like this: sitrep export INC-42'],
  ['export checkout', '"checkout" names no incident. Write it like this:'],
  ['export INC-0', '"INC-0" names no incident.'],
  ['export INC-3000000000', '"INC-3000000000" names no incident.'],
  ['export INC-1 INC-2', 'One incident at a time.'],
  ['export INC-1 --format xml', '"xml" is not a format: choose json or md.'],
  ['export INC-1 --frmat md', "Unknown option '--frmat'. Write it like this:"],
  ['redact INC-1', 'Say which message: its ts, ten digits, a dot and six digits, or its link'],
  ['redact INC-1 1790000200', 'Say which message:'],
  ['redact 1790000200.000600', '"1790000200.000600" names no incident.'],
  ['jobs lst', '"jobs lst" is nothing jobs can do: list, retry or drop. Write it like this: sitrep jobs list'],
  ['jobs list 3', '"jobs list" takes nothing more'],
  ['jobs retry', 'Say which job: sitrep jobs list shows their ids. Write it like this: sitrep jobs retry 17'],
  ['jobs drop all', '"all" is no id of a job: sitrep jobs list shows their ids.'],
  ['jobs drop -1', '"-1" is no id of a job'],
])('"sitrep %s" gets a sentence with the way out', (line, begins) => {
  const read = readCommand(words(line));
  expect(read).toMatchObject({ ok: false });
  expect(read.ok ? '' : read.no.slice(0, begins.length)).toBe(begins);
});

test('every command stands in the help, with an example that is understood', () => {
  for (const [name, { usage, example }] of Object.entries(COMMANDS)) {
    expect(helpText(null)).toContain(`  ${usage}`);
    expect(helpText(name)).toContain(example);
    expect(readCommand(words(example.replace(/^sitrep /, '').replace(/ > .*$/, ''))).ok).toBe(true);
  }
});

test('the doctor ends with the sum, and a problem is an exit code of 1', () => {
  const findings = [fine('Node 24'), note('no database'), problem('a scope\nis missing', 'Add it.')];
  expect(report(findings)).toBe(
    'ok       Node 24\nnote     no database\nproblem  a scope is missing — Add it.\n\n1 problem found.\n',
  );
  expect([exitCodeOf(findings), exitCodeOf([note('a')])]).toEqual([1, 0]);
  expect(report([fine('Node 24')])).toContain('No problem found.');
});

const yes = <T>(value: T) => ({ ok: true, value }) as const;
const code = (word: string) => ({ ok: false, code: word }) as const;
const channel = { name: 'incidents', is_member: true, is_archived: false };
const work = { waiting: 0, due: 0, oldestDueMs: 0, parkedInAll: 0, parked: [], failing: [] };

test.each<[string, { level: string; what: string; mend: string | null } | undefined, string, RegExp]>([
  ['an old Node', nodeFinding('20.20.2'), 'problem', /Node 20.20.2 is too old.*npm start/],
  ['the oldest Node that runs it', nodeFinding('22.18.0'), 'ok', /Node 22/],
  ['a new database', migrationFinding(['0001_a.sql'], []), 'note', /no tables yet.*sitrep migrate/],
  [
    'an old schema',
    migrationFinding(['0001_a.sql', '0002_b.sql'], ['0001_a.sql']),
    'problem',
    /0002_b.sql.*sitrep migrate/,
  ],
  ['a newer schema', migrationFinding(['0001_a.sql'], ['0001_a.sql', '0002_b.sql']), 'note', /newer.*0002_b.sql/],
  ['nobody at work', processFinding(0, 'socket'), 'note', /No process.*npm start/],
  ['five processes on sockets', processFinding(5, 'socket'), 'ok', /5 processes/],
  ['six processes on sockets', processFinding(6, 'socket'), 'problem', /ten sockets.*HTTP/],
  ['six processes over HTTP', processFinding(6, 'http'), 'ok', /6 processes/],
  ['no tokens at all', slackModeFinding('sandbox', null)[0], 'note', /sandbox.*SLACK_BOT_TOKEN/],
  ['HTTP', slackModeFinding('http', 'https://s.example')[1], 'note', /https:\/\/s.example\/slack\/events.*request URL/],
  ['a dead bot token', botTokenFinding(code('token_revoked')), 'problem', /revoked.*OAuth & Permissions/],
  ['a word of Slack nobody knows', botTokenFinding(code('odd_error')), 'problem', /Slack says odd_error/],
  ['an app token without its scope', appTokenFinding(code('missing_scope')), 'problem', /connections:write/],
  [
    'a scope too few',
    scopeFindings(['commands'], ['commands', 'pins:read'])[0],
    'problem',
    /1 scope .*pins:read.*install/,
  ],
  ['a scope too many', scopeFindings(['commands', 'team:read'], ['commands'])[1], 'note', /never used: team:read/],
  ['the right scopes', scopeFindings(['commands'], ['commands'])[0], 'ok', /1 scope/],
  [
    'no announcement channel',
    announcementFinding('incidents', false, yes(null)),
    'note',
    /made with the first incident/,
  ],
  [
    'a wrong channel id',
    announcementFinding('C0NOWHERE', true, code('channel_not_found')),
    'problem',
    /announceChannel/,
  ],
  [
    'announcements archived',
    announcementFinding('incidents', false, yes({ ...channel, is_archived: true })),
    'problem',
    /Unarchive/,
  ],
  [
    'announcements without the bot',
    announcementFinding('incidents', false, yes({ ...channel, is_member: false })),
    'note',
    /not in/,
  ],
  ['Slack unreachable', announcementFinding('incidents', false, code('network')), 'problem', /cannot be reached/],
  ['nothing open', membershipFindings([])[0], 'ok', /No incident is open/],
  [
    'a channel without the bot',
    membershipFindings([{ ref: 'INC-1', channel: 'inc-a', is: 'out' }])[0],
    'problem',
    /INC-1.*\/invite/,
  ],
  [
    'an archived channel',
    membershipFindings([{ ref: 'INC-1', channel: 'inc-a', is: 'archived' }])[0],
    'problem',
    /archived/,
  ],
  [
    'a channel on its way',
    membershipFindings([{ ref: 'INC-1', channel: 'inc-a', is: 'none' }])[0],
    'note',
    /no channel yet/,
  ],
  ['a quiet queue', workFindings({ ...work, waiting: 3 })[0], 'ok', /3 jobs for later/],
  [
    'jobs given up',
    workFindings({
      ...work,
      parkedInAll: 1,
      parked: [{ id: 7, kind: 'dm', lastError: 'chat.postMessage: user_not_found' }],
    })[0],
    'problem',
    /1 job given up: 1 dm \(chat.postMessage: user_not_found\).*retry/,
  ],
  [
    'jobs that fail',
    workFindings({ ...work, failing: [{ kind: 'dm', jobs: 2, lastError: 'http_503' }] })[0],
    'note',
    /2 dm jobs failed.*http_503/,
  ],
  [
    'jobs too late',
    workFindings({ ...work, due: 2, oldestDueMs: 600_000 })[0],
    'problem',
    /2 jobs due, the oldest for 10 min/,
  ],
  [
    'quarantine',
    quarantineFinding(1, [{ identity: 'C1:m:1', reason: 'Postgres refused it (22021)', at: NOW }]),
    'problem',
    /C1:m:1, Postgres refused it/,
  ],
])('the doctor says of %s what it is and what to do', (_, finding, level, words) => {
  expect(finding?.level).toBe(level);
  expect(`${finding?.what} — ${finding?.mend}`).toMatch(words);
});

const pgFault = (code: string, message: string) => Object.assign(new Error(message), { code });

test.each([
  [pgFault('28P01', 'password authentication failed for user "sitrep"'), /Check user and password in DATABASE_URL/],
  [pgFault('3D000', 'database "x" does not exist'), /Create that database/],
  [pgFault('ECONNREFUSED', 'connect ECONNREFUSED 127.0.0.1:1'), /ECONNREFUSED.*Check that it runs/],
  [pgFault('ECONNREFUSED', ''), /used: (Error|ECONNREFUSED)/],
  [new Error('Connection terminated due to connection timeout'), /Check that it runs/],
  [pgFault('42P01', 'relation "jobs" does not exist'), /sitrep migrate/],
])('a database that fails is named with the way out: %s', (fault, words) => {
  expect(databaseFault(fault, 'DATABASE_URL')).toMatch(words);
});

test('a fault that is not of the database is not said to be one', () => {
  expect(databaseFault(new TypeError('x is not a function'), 'DATABASE_URL')).toBeNull();
});

test('an incident that is not there: which are', () => {
  const ids = (...numbers: number[]) => numbers.map(incidentId);
  expect(unknownIncident(incidentId(9), [])).toContain('no incident was ever declared');
  expect(unknownIncident(incidentId(9), ids(2, 1))).toBe('There is no INC-9; there is INC-2 and INC-1.');
  expect(unknownIncident(incidentId(99), ids(11, 10, 9, 8, 7, 6, 5, 4, 3, 2, 1))).toMatch(
    /the latest are INC-11, .* and INC-2\.$/,
  );
});

test('the list of jobs says when, how often and why not, and where to go on', () => {
  const job: ListedJob = {
    id: 1,
    kind: 'cadence',
    incident: 4,
    state: 'waiting',
    runAt: new Date('2026-11-21T12:15:00.000Z'),
    notBefore: null,
    attempts: 0,
    uncertainSince: null,
    lastError: null,
    parkedAt: null,
  };
  const parked: ListedJob = {
    ...job,
    id: 12,
    kind: 'post',
    state: 'parked',
    attempts: 9,
    uncertainSince: NOW,
    lastError: 'chat.postMessage:\n is_archived',
    parkedAt: new Date('2026-11-21T11:00:00.000Z'),
  };
  expect(
    jobsTable([job, { ...job, id: 2, kind: 'dm', incident: null, state: 'running' }, parked], NOW),
  ).toBe(`ID  KIND     INCIDENT  STATE              DUE               ATTEMPTS  LAST ERROR
1   cadence  INC-4     waiting            in 15 min         0
2   dm       -         running            now               0
12  post     INC-4     parked, uncertain  given up 1 h ago  9         chat.postMessage: is_archived

1 job given up: mend what the error says, then sitrep jobs retry <id>, or sitrep jobs drop <id>.
`);
  expect(jobsTable([], NOW)).toBe('Nothing is to be done.\n');
});

test.each([
  [notRetried(7, null), 'There is no job 7: it is done, or never was. See sitrep jobs.'],
  [notRetried(7, { kind: 'dm', state: 'waiting' }), 'Job 7 (dm) is waiting, not given up: it needs no retry.'],
  [notRetried(7, { kind: 'dm', state: 'parked' }), 'sitrep jobs drop 7'],
  [notDropped(7, { kind: 'cadence', state: 'waiting' }), 'only what failed can be struck'],
  [notDropped(7, { kind: 'dm', state: 'running' }), 'is running: wait'],
])('a job that cannot be retried or struck: why (%#)', (says, words) => {
  expect(says).toContain(words);
});

function words(line: string): string[] {
  return line === '' ? [] : line.split(' ');
}

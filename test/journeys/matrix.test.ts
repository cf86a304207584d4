import { readFileSync, writeFileSync } from 'node:fs';
import { expect, test } from '@jest/globals';
import { sql } from 'kysely';
import type { Person } from '../../src/sandbox/person.ts';
import { cardOf, type Verb, verbNames } from '../../src/slack/command.ts';
import { type Stage, setStage } from './stage.ts';
import { type Declared, declare, gather } from './steps.ts';

const GOLDEN = new URL('matrix.golden.md', import.meta.url);

/** Answers that several verbs may give: what was wanted is the same, or nobody is told more. Everything else is said by one verb only. */
const SHARED: readonly [says: RegExp, why: string][] = [
  [/^Guests can follow and speak/, 'guests are told the same whatever they try'],
  [/^INC-2 was resolved .* if it is back, say/, 'what only makes sense while it is open'],
  [/^INC-2 is resolved; roles change hands only while it is open/, 'ic is a role'],
  [/^form: Correct INC-\d$/, 'title and impact without text open the form of edit'],
  [/^INC-\d corrected\.$/, 'title and impact are parts of edit'],
];

/**
 * Every verb everywhere: what is answered, compared with a golden file that people reviewed. After a change that is
 * meant: `MATRIX=write npm test -- test/journeys/matrix`, and read the difference.
 */
test('every verb answers in every place as it is written in the golden file', async () => {
  const stage = await setStage({ now: () => new Date('2026-03-02T15:00:00Z') });
  const cells = await cellsOf(stage);
  const table = written(cells);
  if (process.env.MATRIX === 'write') writeFileSync(GOLDEN, table);
  expect(table).toBe(readFileSync(GOLDEN, 'utf8'));
  expect(cells.filter(({ answer }) => answer === '')).toEqual([]);
  expect(alike(cells)).toEqual([]);
  expect(stage.slack.journal.violations()).toEqual([]);
}, 60_000);

interface Cell {
  readonly verb: Verb;
  readonly where: string;
  readonly typed: string;
  readonly answer: string;
}

async function cellsOf(stage: Stage): Promise<Cell[]> {
  const { slack } = stage;
  const oncall = slack.person('oncall');
  for (const handle of ['casey', 'erin']) slack.addPerson({ handle });
  const guest = slack.addPerson({ handle: 'guest', kind: 'guest' });
  const open = await declare(stage, 'sev1 checkout is down');
  const ended = await declare(stage, 'sev2 search is slow');
  for (const { channel } of [open, ended]) gather(slack, channel, 'casey', 'erin', 'guest');
  for (const { channel } of [open, ended]) await oncall.slash('/incident ic', { in: channel.name });
  await oncall.slash('/incident resolve a restart', { in: ended.channel.name });
  await stage.quiet();
  const again = await asItIs(stage);
  const cells: Cell[] = [];
  for (const verb of verbNames)
    for (const { by = oncall, where, place, typed } of asked(verb, open, ended, guest)) {
      const answer = await answered(by, `/incident ${typed}`, place);
      cells.push({ verb, where, typed, answer: plainly(stage, answer) });
      if (by !== guest && !cardOf(verb).reads && !answer.startsWith('form:')) await again();
    }
  return cells;
}

/** Verbs that are about no incident: `in INC-1` at their end would be a word of theirs. */
const ALONE: readonly Verb[] = ['declare', 'list', 'help', 'show'];

function asked(verb: Verb, open: Declared, ended: Declared, guest: Person) {
  const { example } = cardOf(verb);
  const there = ALONE.includes(verb) ? example : `${example} in INC-1`;
  const cells: { where: string; place: string; typed: string; by?: Person }[] = [
    { where: 'incident channel', place: open.channel.name, typed: verb },
    { where: 'incident channel', place: open.channel.name, typed: example },
    { where: 'other channel', place: 'general', typed: verb },
    { where: 'other channel', place: 'general', typed: there },
    { where: 'DM', place: 'dm', typed: there },
    { where: 'resolved incident', place: ended.channel.name, typed: verb },
    { where: 'resolved incident', place: ended.channel.name, typed: example },
    { where: 'guest', place: open.channel.name, typed: example, by: guest },
  ];
  return cells.filter(
    (cell, at) => cells.findIndex(({ where, typed }) => where === cell.where && typed === cell.typed) === at,
  );
}

async function answered(by: Person, typed: string, place: string): Promise<string> {
  const reply = await by.slash(typed, { in: place });
  if (reply.outcome !== 'acked') return `(${reply.outcome})`;
  const form = by.modals.at(-1);
  if (!form) return reply.shown;
  await form.close('all');
  return `form: ${form.title}`;
}

/** Every cell begins from the same world: what a command did is taken back before the next, and nothing follows from it. */
async function asItIs({ db }: Stage): Promise<() => Promise<void>> {
  const { rows } = await sql<{ name: string }>`
    select table_name as name from information_schema.tables
    where table_schema = 'public' and table_type = 'BASE TABLE'
      and table_name not in ('migrations', 'people', 'rate_limits', 'known_channels', 'jobs')`.execute(db);
  // What follows in Slack is not what this is about, and would take most of the time.
  await sql
    .raw(`
    create function nothing() returns trigger language plpgsql as 'begin return null; end';
    create trigger nothing before insert on jobs for each row execute function nothing()`)
    .execute(db);
  const names = rows.map(({ name }) => name);
  await sql.raw(names.map((name) => `create table kept_${name} as table ${name}`).join(';')).execute(db);
  const back = names.map(
    (name) => `delete from ${name}; insert into ${name} overriding system value select * from kept_${name}`,
  );
  // Without the constraints between tables, the tables may come in any order.
  const all = `begin; set local session_replication_role = replica; ${back.join('; ')}; commit`;
  return async () => void (await sql.raw(all).execute(db));
}

/** What differs from run to run is named by what it is; long answers by their beginning. */
function plainly({ slack }: Stage, answer: string): string {
  const people = slack.people().reduce((text, { id, handle }) => text.replaceAll(`<@${id}>`, `@${handle}`), answer);
  const channels = slack.channels().reduce((text, { id, name }) => text.replaceAll(`<#${id}>`, `#${name}`), people);
  const line = channels
    .replaceAll(/<!date\^[^>]*>/g, '(time)')
    .replaceAll(/<http:\/\/127[^|>]*\|/g, '<(link)|')
    .replaceAll(/INC-(?:[3-9]|\d\d+)(?!\d)/g, (ref) => (ref === 'INC-42' ? ref : 'INC-n'))
    .replaceAll(/\d+ entries/g, 'n entries')
    .replaceAll(/\s*\n\s*/g, ' / ');
  return line.length > LONGEST ? `${line.slice(0, LONGEST)} …` : line;
}

const LONGEST = 260;

function written(cells: readonly Cell[]): string {
  const sections = [...Map.groupBy(cells, ({ verb }) => verb)].map(([verb, of]) => {
    const rows = of.map(({ where, typed, answer }) => `| ${where} | ${cell(`\`${typed}\``)} | ${cell(answer)} |`);
    return [`## ${verb}`, '', '| where | typed | answer |', '|---|---|---|', ...rows].join('\n');
  });
  return `${['# What every verb answers, everywhere', ...sections].join('\n\n')}\n`;
}

const cell = (text: string): string => text.replaceAll('|', '\\|');

/** Answers that more than one verb gives. */
function alike(cells: readonly Cell[]): string[] {
  const verbs = Map.groupBy(cells, ({ answer }) => answer);
  return [...verbs]
    .filter(
      ([answer, of]) => new Set(of.map(({ verb }) => verb)).size > 1 && !SHARED.some(([says]) => says.test(answer)),
    )
    .map(([answer, of]) => `${[...new Set(of.map(({ verb }) => verb))].join(', ')}: ${answer}`);
}

// npm run prove [-- --only <part of a name>] [--tests | --soak]: breaks a copy of the project in named ways, one at a time;
// fails unless the tests named for each go red and a round of the soak ends with the named finding.
import { parseArgs } from 'node:util';
import { type Copy, copyProject, Rotten } from './copy.ts';
import { type Ran, runNamed } from './named-tests.ts';
import { nameOf, openRounds, type Rounds } from './rounds.ts';
import type { NamedTest, Round, Sabotage, Shouting } from './sabotage.ts';
import { sabotages } from './sabotages.ts';

/** What one half says about a sabotage. */
interface Said {
  readonly isNoticed: boolean;
  readonly lines: readonly string[];
}

interface Halves {
  readonly tests: boolean;
  readonly soak: boolean;
}

async function main(): Promise<void> {
  const { values } = parseArgs({
    options: { only: { type: 'string' }, tests: { type: 'boolean' }, soak: { type: 'boolean' } },
  });
  const halves = { tests: !values.soak, soak: !values.tests };
  const chosen = sabotages.filter(({ name }) => !values.only || name.includes(values.only));
  const began = performance.now();
  // Most of the time goes into waiting for what a sabotage keeps from happening, so two wait at once.
  const copies = [await copyProject(process.cwd()), await copyProject(process.cwd())];
  const rounds = halves.soak ? await openRounds() : null;
  const clean = () => Promise.all([...copies.map((copy) => copy.remove()), rounds?.close()]);
  for (const signal of ['SIGINT', 'SIGTERM'] as const)
    process.once(signal, () => void clean().finally(() => process.exit(1)));
  try {
    await proveSound(copies, chosen, halves, rounds);
    let noticed = 0;
    await shared(copies, chosen, async (copy, sabotage) => {
      const start = performance.now();
      const said = await prove(copy, sabotage, halves, rounds);
      const isNoticed = said.every((half) => half.isNoticed);
      if (isNoticed) noticed += 1;
      const head = `${(isNoticed ? 'noticed' : 'UNNOTICED').padEnd(10)} ${sabotage.name} (${since(start)} s)`;
      console.log([head, ...said.flatMap(({ lines }) => lines).map((line) => `           ${line}`)].join('\n'));
    });
    console.log(`\n${noticed} of ${chosen.length} sabotages noticed, in ${since(began)} s`);
    process.exitCode = chosen.length > 0 && noticed === chosen.length ? 0 : 1;
  } catch (fault) {
    console.error(fault instanceof Unprovable ? fault.message : fault);
    process.exitCode = 1;
  } finally {
    await clean();
  }
}

/** Each copy takes the next as soon as it is free. */
async function shared<T>(copies: readonly Copy[], all: readonly T[], work: (copy: Copy, one: T) => Promise<void>) {
  const waiting = [...all];
  const takeAll = async (copy: Copy) => {
    for (let next = waiting.shift(); next; next = waiting.shift()) await work(copy, next);
  };
  await Promise.all(copies.map(takeAll));
}

// --- without any sabotage -------------------------------------------------------------------------------------------

class Unprovable extends Error {}

/** A test that is red anyway proves nothing, nor does a round in which the checker speaks anyway. */
async function proveSound(copies: readonly Copy[], all: readonly Sabotage[], halves: Halves, rounds: Rounds | null) {
  const start = performance.now();
  const said: string[] = [];
  const works: ((copy: Copy) => Promise<void>)[] = [];
  if (halves.tests) works.push(async (copy) => void said.push(`${await proveGreen(copy, all)} tests are green`));
  if (rounds) {
    const played = new Map(all.map(({ round }) => [nameOf(round), round]));
    for (const round of played.values()) works.push((copy) => proveSilent(copy, round, rounds));
    said.push(`in ${played.size} rounds the checker is silent`);
  }
  await shared(copies, works, (copy, work) => work(copy));
  console.log(`Without sabotage ${said.join(', ')} (${since(start)} s). With each of these:\n`);
}

async function proveGreen({ root }: Copy, all: readonly Sabotage[]): Promise<number> {
  const wanted = all.flatMap(({ red }) => red);
  const ran = await runNamed(root, wanted);
  if (ran.broke) throw new Unprovable(`Without any sabotage the tests do not run: ${ran.broke}`);
  for (const test of wanted) {
    const found = matching(ran, test);
    if (found.length === 0)
      throw new Unprovable(`${test.file} has no test named "${test.name}": bring test/prove/ up to date.`);
    const red = found.find(({ outcome }) => outcome === 'failed');
    if (red) throw new Unprovable(`Without any sabotage "${red.name}" in ${red.file} is red already.`);
  }
  return ran.tests.length;
}

async function proveSilent({ root }: Copy, round: Round, rounds: Rounds): Promise<void> {
  const played = await rounds.play(root, round);
  const about = `Without any sabotage the round ${nameOf(round)}`;
  if ('broke' in played) throw new Unprovable(`${about} does not run: ${played.broke}`);
  const said = played.findings.map(({ rule, what }) => `\n  ${rule}: ${what}`).join('');
  if (said) throw new Unprovable(`${about} ends with findings:${said}`);
}

// --- with one -------------------------------------------------------------------------------------------------------

async function prove(copy: Copy, sabotage: Sabotage, halves: Halves, rounds: Rounds | null): Promise<Said[]> {
  try {
    return await copy.broken(sabotage.edits, async () => [
      ...(halves.tests ? [await proveRed(copy, sabotage.red)] : []),
      ...(rounds ? [await proveShouting(copy, sabotage.round, rounds)] : []),
    ]);
  } catch (fault) {
    if (fault instanceof Rotten) return [{ isNoticed: false, lines: [fault.message] }];
    throw fault;
  }
}

async function proveRed({ root }: Copy, red: readonly NamedTest[]): Promise<Said> {
  const ran = await runNamed(root, red);
  if (ran.broke) return { isNoticed: false, lines: [`nothing was tried: ${ran.broke}`] };
  const isRed = (test: NamedTest) => matching(ran, test).some(({ outcome }) => outcome === 'failed');
  const lines = red.map((test) => `${isRed(test) ? 'red' : 'STILL GREEN'}: ${test.file} › ${test.name}`);
  return { isNoticed: red.every(isRed), lines };
}

async function proveShouting({ root }: Copy, round: Shouting, rounds: Rounds): Promise<Said> {
  const played = await rounds.play(root, round);
  if ('broke' in played) return { isNoticed: false, lines: [`nothing was tried: ${played.broke}`] };
  const { findings } = played;
  const shout = findings.find(({ rule }) => rule === round.rule);
  const about = `the soak's checker, ${nameOf(round)}`;
  if (shout) return { isNoticed: true, lines: [`${about}: ${shout.rule}: ${shout.what} (${findings.length} in all)`] };
  const other = findings.map(({ rule, what }) => `  ${rule}: ${what}`);
  return { isNoticed: false, lines: [`SILENT on "${round.rule}": ${about}`, ...other] };
}

const matching = (ran: Ran, { file, name }: NamedTest) =>
  ran.tests.filter((test) => test.file === file && test.name.includes(name));

function since(start: number): number {
  return Math.round((performance.now() - start) / 100) / 10;
}

await main();

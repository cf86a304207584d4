// npm run prove: breaks a copy of the project in named ways, one at a time; fails unless the tests named for each go red.
import { type Copy, copyProject, Rotten } from './copy.ts';
import { type Ran, runNamed } from './named-tests.ts';
import type { NamedTest, Sabotage } from './sabotage.ts';
import { sabotages } from './sabotages.ts';

interface Verdict {
  readonly sabotage: Sabotage;
  /** Null: every named test went red. */
  readonly why: string | null;
  readonly seconds: number;
}

async function main(): Promise<void> {
  const only = process.argv.includes('--only') ? process.argv[process.argv.indexOf('--only') + 1] : undefined;
  const chosen = sabotages.filter(({ name }) => !only || name.includes(only));
  const began = performance.now();
  // Most of the time goes into waiting for what a sabotage keeps from happening, so two wait at once.
  const copies = [await copyProject(process.cwd()), await copyProject(process.cwd())];
  const clean = () => Promise.all(copies.map((copy) => copy.remove()));
  for (const signal of ['SIGINT', 'SIGTERM'] as const)
    process.once(signal, () => void clean().finally(() => process.exit(1)));
  try {
    const [first] = copies;
    if (first) await proveGreen(first, chosen);
    const verdicts: Verdict[] = [];
    const waiting = [...chosen];
    const proveAll = async (copy: Copy) => {
      for (let next = waiting.shift(); next; next = waiting.shift()) {
        const verdict = await prove(copy, next);
        verdicts.push(verdict);
        console.log(lineOf(verdict));
      }
    };
    await Promise.all(copies.map(proveAll));
    const noticed = verdicts.filter(({ why }) => why === null).length;
    console.log(`\n${noticed} of ${chosen.length} sabotages noticed, in ${since(began)} s`);
    process.exitCode = chosen.length > 0 && noticed === chosen.length ? 0 : 1;
  } catch (fault) {
    console.error(fault instanceof Unprovable ? fault.message : fault);
    process.exitCode = 1;
  } finally {
    await clean();
  }
}

/** A test that is red anyway proves nothing. */
async function proveGreen({ root }: Copy, all: readonly Sabotage[]): Promise<void> {
  const start = performance.now();
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
  console.log(`Without sabotage ${ran.tests.length} tests are green (${since(start)} s). With each of these:\n`);
}

class Unprovable extends Error {}

async function prove(copy: Copy, sabotage: Sabotage): Promise<Verdict> {
  const start = performance.now();
  const done = (why: string | null): Verdict => ({ sabotage, why, seconds: since(start) });
  try {
    const ran = await copy.broken(sabotage.edits, () => runNamed(copy.root, sabotage.red));
    if (ran.broke) return done(`nothing was tried: ${ran.broke}`);
    const green = sabotage.red.filter((test) => matching(ran, test).every(({ outcome }) => outcome === 'passed'));
    return done(green.length === 0 ? null : `still green: ${green.map(({ name }) => `"${name}"`).join(', ')}`);
  } catch (fault) {
    if (fault instanceof Rotten) return done(fault.message);
    throw fault;
  }
}

const matching = (ran: Ran, { file, name }: NamedTest) =>
  ran.tests.filter((test) => test.file === file && test.name.includes(name));

function lineOf({ sabotage, why, seconds }: Verdict): string {
  const tests = sabotage.red.map(({ file, name }) => `           ${file} › ${name}`).join('\n');
  const verdict = why === null ? 'red' : 'UNNOTICED';
  return `${verdict.padEnd(10)} ${sabotage.name} (${seconds} s)\n${tests}${why === null ? '' : `\n           ${why}`}`;
}

function since(start: number): number {
  return Math.round((performance.now() - start) / 100) / 10;
}

await main();

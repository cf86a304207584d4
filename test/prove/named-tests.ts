import { readFile, rm } from 'node:fs/promises';
import { join } from 'node:path';
import { runNode } from './child.ts';
import type { NamedTest } from './sabotage.ts';

type Outcome = 'passed' | 'failed';

export interface Ran {
  /** Full names of the tests that ran, by file from the project's root. */
  readonly tests: readonly { readonly file: string; readonly name: string; readonly outcome: Outcome }[];
  /** What kept a file, or all of them, from running. */
  readonly broke: string | null;
}

/** A test that waits for what a sabotage keeps from happening ends here. */
const TEST_LIMIT_MS = 25_000;
/** Beyond this the run itself hangs. */
const RUN_LIMIT_MS = 150_000;

/** Runs these tests, and no others, in the folder. */
export async function runNamed(root: string, wanted: readonly NamedTest[]): Promise<Ran> {
  const report = join(root, 'report.json');
  await rm(report, { force: true });
  const files = [...new Set(wanted.map((test) => test.file))];
  const names = [...new Set(wanted.map((test) => escaped(test.name)))].join('|');
  const said = await jest(root, ['--json', `--outputFile=${report}`, '-t', names, '--runTestsByPath', ...files]);
  const json = await readFile(report, 'utf8').catch(() => null);
  if (json === null) return { tests: [], broke: `jest did not report: ${said.slice(-2_000)}` };
  return readReport(root, JSON.parse(json));
}

const escaped = (text: string) => text.replace(/[.*+?^${}()|[\]\\]/g, '\\$&');

async function jest(root: string, args: readonly string[]): Promise<string> {
  const own = ['--disable-warning=ExperimentalWarning', '--experimental-vm-modules', 'node_modules/jest/bin/jest.js'];
  const settings = ['--ci', '--runInBand', '--forceExit', `--testTimeout=${TEST_LIMIT_MS}`];
  const cache = `--cacheDirectory=${join(root, '.jest')}`;
  return runNode(root, [...own, ...settings, cache, ...args], RUN_LIMIT_MS);
}

interface Report {
  readonly testResults: readonly {
    readonly name: string;
    readonly message: string;
    readonly assertionResults: readonly { readonly fullName: string; readonly status: string }[];
  }[];
}

/** A file that does not load is no red test: nothing was tried in it. */
function readReport(root: string, { testResults }: Report): Ran {
  const tests = testResults.flatMap(({ name, assertionResults }) =>
    assertionResults.flatMap(({ fullName, status }) =>
      status === 'passed' || status === 'failed'
        ? [{ file: name.slice(root.length + 1), name: fullName, outcome: status as Outcome }]
        : [],
    ),
  );
  const unread = testResults.find((file) => file.assertionResults.length === 0);
  return { tests, broke: unread ? unread.message.slice(0, 2_000) : null };
}

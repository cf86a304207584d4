import { globSync, readFileSync } from 'node:fs';
import { expect, test } from '@jest/globals';
import {
  barrelsAndDefaults,
  clocksInSql,
  cycles,
  floorOf,
  holdersOfTheSandbox,
  importsGoingUp,
  impureWords,
  linesOf,
  median,
  plumbingThatKnowsAFeature,
  type Sources,
  testsThatHoldTheSandbox,
  workAtImport,
} from './support/floors.ts';

const src = read('src/**/*.ts');
const tests = read('test/**/*.ts');
const migrations = read('migrations/*.sql');
const both: Sources = new Map([...src, ...tests]);

test('the rules are looked up in a tree that is there', () => {
  expect(src.size).toBeGreaterThan(20);
  expect(migrations.size).toBeGreaterThan(0);
});

test('imports only go down: edges never import edges, stores never stores, transactions never transactions', () => {
  expect(importsGoingUp(src)).toEqual([]);
});

test('plumbing knows no feature', () => {
  expect(plumbingThatKnowsAFeature(src)).toEqual([]);
});

test('the sandbox is no part of production: only the root holds it', () => {
  expect(holdersOfTheSandbox(src)).toEqual([]);
});

test('no test but those over the wire leans on the sandbox', () => {
  expect(testsThatHoldTheSandbox(tests)).toEqual([]);
});

test('rules, messages and forms wait for nothing and read no clock', () => {
  expect(impureWords(src)).toEqual([]);
});

test('no SQL reads the clock of domain time', () => {
  expect(clocksInSql(new Map([...src, ...migrations]))).toEqual([]);
});

test('no file imports itself by way of others', () => {
  expect(cycles(src)).toEqual([]);
});

test('an import line names the file one would open: no index, no passing on, no default', () => {
  expect(barrelsAndDefaults(both)).toEqual([]);
});

test('nothing happens at import', () => {
  expect(workAtImport(src)).toEqual([]);
});

test.each([
  ['src', src],
  ['test', tests],
])('files of %s are small: half of them under 150 lines, none over 400', (_, files) => {
  const sizes = [...files].map(([path, text]) => ({ path, lines: linesOf(text) }));
  expect(sizes.filter(({ lines }) => lines > 400)).toEqual([]);
  expect(median(sizes.map(({ lines }) => lines))).toBeLessThan(150);
});

test.each([
  ['src/main.ts', 5],
  ['src/config.ts', 0],
  ['src/slack/client.ts', 5],
  ['src/slack/mrkdwn.ts', 0],
  ['src/db/embedded-home.ts', 5],
  ['src/incidents/slack.ts', 4],
  ['src/incidents/transactions.ts', 3],
  ['src/incidents/change.ts', 2],
  ['src/roles/change.ts', 0],
  ['src/jobs/queue.ts', 1],
  ['src/incidents/card.ts', 0],
  ['src/sandbox/world.ts', null],
])('the name of %s puts it on floor %s', (path, floor) => {
  expect(floorOf(path)).toBe(floor);
});

test.each<[string, (sources: Sources) => string[], Record<string, string>, string]>([
  [
    'a rule that asks the database',
    importsGoingUp,
    { 'src/roles/role.ts': "import { findRole } from './store.ts';" },
    'src/roles/role.ts (pure) imports src/roles/store.ts (store)',
  ],
  [
    'an edge that calls another edge',
    importsGoingUp,
    { 'src/roles/slack.ts': "import type { x } from '../updates/slack.ts';" },
    'src/roles/slack.ts (edge) imports src/updates/slack.ts (edge)',
  ],
  [
    'a transaction within a transaction',
    importsGoingUp,
    { 'src/roles/transactions.ts': "import {\n  a,\n  b,\n} from '../updates/transactions.ts';" },
    'src/roles/transactions.ts (transactions) imports src/updates/transactions.ts (transactions)',
  ],
  [
    'a queue that knows incidents',
    plumbingThatKnowsAFeature,
    { 'src/jobs/worker.ts': "import { card } from '../incidents/card.ts';" },
    'src/jobs/worker.ts (plumbing) imports src/incidents/card.ts (a feature)',
  ],
  [
    'a feature that imports the sandbox',
    holdersOfTheSandbox,
    { 'src/web/routes.ts': "const s = await import('../sandbox/world.ts');" },
    'src/web/routes.ts imports src/sandbox/world.ts (the sandbox)',
  ],
  [
    'a rule that reads the clock',
    impureWords,
    { 'src/roles/role.ts': '// new Date() is wrong\nconst a = "await";\nconst b = new Date();' },
    'src/roles/role.ts (pure) says new Date()',
  ],
  [
    'a query that reads the clock',
    clocksInSql,
    // biome-ignore lint/suspicious/noTemplateCurlyInString: the source under test holds a template
    { 'src/roles/store.ts': 'sql<Row>`select ${deps.now()} where due < now()`' },
    'src/roles/store.ts says now() in SQL',
  ],
  [
    'two files that import each other',
    cycles,
    { 'src/a/x.ts': "import { y } from './y.ts';", 'src/a/y.ts': "import { x } from './x.ts';" },
    'src/a/x.ts → src/a/y.ts → src/a/x.ts',
  ],
  [
    'a barrel',
    barrelsAndDefaults,
    { 'src/roles/all.ts': "export { a } from './role.ts';" },
    'src/roles/all.ts passes on exports of another file',
  ],
  [
    'a server that starts by being imported',
    workAtImport,
    { 'src/web/server.ts': 'export const a = 1;\nserver.listen(1);' },
    'src/web/server.ts does something when it is imported: server.listen(1);',
  ],
])('%s is found and named', (_, rule, files, offence) => {
  expect(rule(new Map(Object.entries(files)))).toEqual([offence]);
});

function read(pattern: string): Sources {
  return new Map(globSync(pattern).map((path) => [path.replaceAll('\\', '/'), readFileSync(path, 'utf8')]));
}

/** The rules of the tree (AGENTS.md), as functions from sources to sentences about what breaks them. */

/** Path from the project's root → text. */
export type Sources = ReadonlyMap<string, string>;

interface Import {
  readonly from: string;
  readonly to: string;
}

const PLUMBING = ['lib', 'db', 'jobs', 'slack', 'web', 'intents'];
const PURE_AT_ROOT = ['config', 'policy', 'policy-file', 'deps'];
const FLOOR_NAMES = ['pure', 'store', 'change', 'transactions', 'edge', 'root'];
const FLOOR_OF: Record<string, number> = {
  store: 1,
  queue: 1,
  connect: 1,
  migrate: 1,
  transactions: 3,
  slack: 4,
  jobs: 4,
  routes: 4,
  worker: 4,
};

/** Null for the sandbox, which has an order of its own. */
export function floorOf(path: string): number | null {
  const [, folder = '', name = ''] = /^src\/(?:(.+)\/)?([^/]+)\.ts$/.exec(path) ?? [];
  if (folder.startsWith('sandbox')) return null;
  if (folder === '') return PURE_AT_ROOT.includes(name) ? 0 : 5;
  if (PLUMBING.includes(folder) && /^(app|client|receiver|server|embedded)(-|$)/.test(name)) return 5;
  if (path === 'src/incidents/change.ts') return 2;
  return FLOOR_OF[name] ?? 0;
}

export function importsGoingUp(sources: Sources): string[] {
  return imports(sources).flatMap(({ from, to }) => {
    const [own, other] = [floorOf(from), floorOf(to)];
    if (own === null || other === null || other < own || (own === other && (own === 0 || own === 5))) return [];
    // Whoever migrates or starts the database must reach it.
    if (to === 'src/db/connect.ts' && slice(from) === 'db') return [];
    // The one list of what everybody is handed: it names types of the floors above it and holds nothing.
    if (from === 'src/deps.ts' && other < 4 && typesOnly(sources, from, to)) return [];
    return [`${from} (${FLOOR_NAMES[own]}) imports ${to} (${FLOOR_NAMES[other]})`];
  });
}

export function plumbingThatKnowsAFeature(sources: Sources): string[] {
  return imports(sources)
    .filter(({ from, to }) => PLUMBING.includes(slice(from)) && isFeature(slice(to)))
    .map(({ from, to }) => `${from} (plumbing) imports ${to} (a feature)`);
}

/** The sandbox is a Slack to try things against: only the root and the tests which are about it may hold it. */
export function holdersOfTheSandbox(sources: Sources): string[] {
  const may = (from: string) => floorOf(from) === 5 && slice(from) === '';
  return imports(sources)
    .filter(
      ({ from, to }) => slice(to) === 'sandbox' && from.startsWith('src/') && slice(from) !== 'sandbox' && !may(from),
    )
    .map(({ from, to }) => `${from} imports ${to} (the sandbox)`);
}

export function testsThatHoldTheSandbox(sources: Sources): string[] {
  return imports(sources)
    .filter(
      ({ from, to }) =>
        slice(to) === 'sandbox' &&
        /^test\/(?!(?:journeys|effects|hostile|soak|sandbox|browser|bench|prove)\/)/.test(from),
    )
    .map(({ from, to }) => `${from} imports ${to} (the sandbox)`);
}

/** Pure files wait for nothing and ask no clock: time is an argument. */
export function impureWords(sources: Sources): string[] {
  return [...sources].flatMap(([path, text]) => {
    if (!path.startsWith('src/') || floorOf(path) !== 0 || path === 'src/lib/batch.ts') return [];
    const found = words(text).match(
      /\bawait\b|\basync\b|\bnew Date\(\s*\)|\bDate\.now\(|\bsetTimeout\(|\bprocess\.env\b/g,
    );
    return [...new Set(found ?? [])].map((word) => `${path} (pure) says ${word}`);
  });
}

/** Domain time is handed in, or tests and the sandbox could not move it. */
export function clocksInSql(sources: Sources): string[] {
  return [...sources].flatMap(([path, text]) => {
    const sql = path.endsWith('.sql') ? text.replace(/--.*$/gm, '') : sqlTexts(text).join('\n');
    const found = sql.match(/\bnow\(\)|\bcurrent_timestamp\b|\blocaltimestamp\b|\btransaction_timestamp\b/gi);
    return [...new Set(found ?? [])].map((word) => `${path} says ${word} in SQL`);
  });
}

export function cycles(sources: Sources): string[] {
  const edges = Map.groupBy(imports(sources), ({ from }) => from);
  const done = new Set<string>();
  const found: string[] = [];
  const visit = (path: string, trail: readonly string[]): void => {
    const at = trail.indexOf(path);
    if (at >= 0) found.push([...trail.slice(at), path].join(' → '));
    if (at >= 0 || done.has(path)) return;
    for (const { to } of edges.get(path) ?? []) visit(to, [...trail, path]);
    done.add(path);
  };
  for (const path of sources.keys()) visit(path, []);
  return found;
}

/** An import line names the file one would open. */
export function barrelsAndDefaults(sources: Sources): string[] {
  return [...sources].flatMap(([path, text]) => {
    const code = words(text);
    return [
      ...(/(^|\/)index\.ts$/.test(path) ? [`${path} is an index`] : []),
      ...(/^export\s+(type\s+)?(\*|\{[^}]*\})\s*(as\s+\w+\s+)?from\b/m.test(code)
        ? [`${path} passes on exports of another file`]
        : []),
      ...(path.startsWith('src/') && /^export\s+default\b/m.test(code) ? [`${path} has a default export`] : []),
    ];
  });
}

/** Constructing happens in compose.ts when it is called, not when a file is loaded. */
export function workAtImport(sources: Sources): string[] {
  return [...sources].flatMap(([path, text]) => {
    if (!path.startsWith('src/') || ['src/main.ts', 'src/cli.ts', 'src/sandbox-bot.ts'].includes(path)) return [];
    const line = /^(?:await\b|(?:void )?[a-z][\w.]*\(|(?:if|for|try|while)\b).*/m.exec(words(text));
    return line ? [`${path} does something when it is imported: ${line[0].slice(0, 60)}`] : [];
  });
}

export const linesOf = (text: string): number => text.split('\n').length - (text.endsWith('\n') ? 1 : 0);

export function median(numbers: readonly number[]): number {
  const sorted = numbers.toSorted((a, b) => a - b);
  return sorted[Math.floor(sorted.length / 2)] ?? 0;
}

function imports(sources: Sources): Import[] {
  return [...sources].flatMap(([from, text]) =>
    [
      ...text.matchAll(
        /^(?:import|export)\b[^'"`;]*?from\s+'(\.[^']+)'|^import\s+'(\.[^']+)'|\bimport\('(\.[^']+)'\)/gm,
      ),
    ]
      .map((match) => resolve(from, match[1] ?? match[2] ?? match[3] ?? ''))
      .map((to) => ({ from, to })),
  );
}

function typesOnly(sources: Sources, from: string, to: string): boolean {
  const name = to.slice(to.lastIndexOf('/') + 1);
  const statements = sources.get(from)?.match(/^import\b[^;]*;/gm) ?? [];
  return statements.filter((s) => s.includes(`/${name}'`)).every((s) => s.startsWith('import type'));
}

function resolve(from: string, relative: string): string {
  const parts = from.split('/').slice(0, -1);
  for (const part of relative.split('/')) {
    if (part === '..') parts.pop();
    else if (part !== '.') parts.push(part);
  }
  return parts.join('/');
}

/** `incidents` of src/incidents/card.ts; empty at the root and outside src. */
const slice = (path: string): string => /^src\/([^/]+)\//.exec(path)?.[1] ?? '';

const isFeature = (name: string): boolean => name !== '' && name !== 'sandbox' && !PLUMBING.includes(name);

/** The code without comments and the insides of strings. */
function words(text: string): string {
  const quiet = /\/\*[\s\S]*?\*\/|\/\/[^\n]*|'(?:\\.|[^'\\\n])*'|"(?:\\.|[^"\\\n])*"|`(?:\\.|[^`\\])*`/g;
  return text.replace(quiet, (found) => (found.startsWith('/') ? '' : found.startsWith("'") ? "''" : '``'));
}

/** What stands in sql`…` templates, without what is put into them. */
function sqlTexts(text: string): string[] {
  return [...text.matchAll(/\bsql(?:<[^`]*?>)?`/g)].map(({ index, 0: opening }) => {
    let sql = '';
    let depth = 0;
    for (let i = index + opening.length; i < text.length; i++) {
      if (depth === 0 && text[i] === '`') break;
      if (text.startsWith('${', i)) depth++;
      if (depth === 0) sql += text[i];
      else if (text[i] === '}') depth--;
    }
    return sql;
  });
}

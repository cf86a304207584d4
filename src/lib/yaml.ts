import { LineCounter, parseDocument } from 'yaml';
import { z } from 'zod';
import { no, ok, type Result } from './result.ts';
import { listed, nearest, plural, shorten } from './text.ts';

type Path = readonly PropertyKey[];

export interface Problem {
  readonly path: Path;
  readonly says: string;
}

type JsonSchema = { properties?: Record<string, JsonSchema>; items?: JsonSchema; anyOf?: JsonSchema[] };

/**
 * Reads a settings file by its schema. An empty file is an empty object. Every problem comes in one go: file and line,
 * exact path, what was found, what is allowed; `also` finds what no single field can know.
 */
export function parseYaml<S extends z.ZodType>(
  text: string,
  fileName: string,
  schema: S,
  also: (raw: unknown) => readonly Problem[] = () => [],
): Result<z.output<S>, readonly string[]> {
  const lines = new LineCounter();
  const doc = parseDocument(text, { lineCounter: lines });
  if (doc.errors.length > 0) {
    return no(doc.errors.map((e) => `${fileName} line ${lines.linePos(e.pos[0]).line}: ${firstLine(e.message)}`));
  }
  const read = plain(() => doc.toJS({ maxAliasCount: 100 }) ?? {});
  if (!read.ok) return no([`${fileName}: ${read.no}`]);
  const parsed = schema.safeParse(read.value);
  const across = also(read.value);
  if (parsed.success && across.length === 0) return ok(parsed.data);

  const known = z.toJSONSchema(schema, { io: 'input' }) as JsonSchema;
  const single = parsed.error?.issues.flatMap((issue) => sentences(issue, read.value, known)) ?? [];
  return no([...single, ...across].map(({ path, says }) => `${fileName} ${lineOf(path)}${says}`));

  function lineOf(path: Path): string {
    for (let depth = path.length; depth > 0; depth--) {
      const node = doc.getIn(path.slice(0, depth), true);
      const at = (node as { range?: [number, number, number] } | undefined)?.range?.[0];
      if (at !== undefined) return `line ${lines.linePos(at).line}: `;
    }
    return 'line 1: ';
  }
}

/** `severities[0].updateEvery` */
export function pathText(path: Path): string {
  return path
    .map((p) => (typeof p === 'number' ? `[${p}]` : `.${String(p)}`))
    .join('')
    .replace(/^\./, '');
}

/** `"soon"`, `7`, `a list`, `nothing`: what stands in the file, for a sentence. */
function found(value: unknown): string {
  if (value === undefined || value === null) return 'nothing';
  if (Array.isArray(value)) return 'a list';
  if (typeof value === 'object') return 'a group of keys';
  return shorten(JSON.stringify(value), 60);
}

function sentences(issue: z.core.$ZodIssue, input: unknown, known: JsonSchema): Problem[] {
  const { path } = issue;
  if (issue.code === 'unrecognized_keys') {
    const keys = keysAt(known, path);
    return issue.keys.map((key) => {
      const near = nearest(key, keys);
      const hint = near ? `did you mean ${near}?` : `the keys here are ${listed(keys)}.`;
      return { path: [...path, key], says: `${pathText([...path, key])} is not a key of this file: ${hint}` };
    });
  }
  const value = valueAt(input, path);
  const where = path.length > 0 ? pathText(path) : 'the file';
  const is = value === undefined ? 'is missing' : `is ${found(value)}`;
  return [{ path, says: `${where} ${is}: ${wanted(issue)}.` }];
}

/** A schema's own words win; else the allowed values. */
function wanted(issue: z.core.$ZodIssue): string {
  if (issue.code === 'invalid_value')
    return `write ${issue.values
      .map(String)
      .join(', ')
      .replace(/, ([^,]*)$/, ' or $1')}`;
  if (issue.code === 'invalid_type') return `write ${EXPECTED[issue.expected] ?? `a ${issue.expected}`}`;
  if (issue.code === 'too_big') return `at most ${counted(issue.maximum, issue.origin)}`;
  if (issue.code === 'too_small') return `at least ${counted(issue.minimum, issue.origin)}`;
  return issue.message.replace(/\.$/, '');
}

const EXPECTED: Record<string, string> = { string: 'a text', array: 'a list', object: 'keys and values', null: 'null' };

const counted = (n: number | bigint, origin: string): string =>
  origin === 'array' ? plural(Number(n), 'entry', 'entries') : plural(Number(n), 'character');

/** The keys a strict object allows at this path, through lists and nullable groups. */
function keysAt(schema: JsonSchema, path: Path): string[] {
  const [head, ...rest] = path;
  for (const one of [schema, ...(schema.anyOf ?? [])]) {
    if (head === undefined && one.properties) return Object.keys(one.properties);
    const inner = typeof head === 'number' ? one.items : one.properties?.[String(head)];
    if (head !== undefined && inner) return keysAt(inner, rest);
  }
  return [];
}

function valueAt(value: unknown, path: Path): unknown {
  return path.reduce<unknown>((v, key) => (v as Record<PropertyKey, unknown> | null | undefined)?.[key], value);
}

function plain(read: () => unknown): Result<unknown, string> {
  try {
    return ok(read());
  } catch (error) {
    return no(error instanceof Error ? firstLine(error.message) : String(error));
  }
}

const firstLine = (message: string): string => (message.split('\n')[0] ?? '').replace(/ at line \d+.*$/, '');

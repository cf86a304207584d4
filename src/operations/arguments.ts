import { parseArgs } from 'node:util';
import { type IncidentId, parseRef, type Ts, ts } from '../lib/ids.ts';
import { no, ok, type Result } from '../lib/result.ts';
import { nearest } from '../lib/text.ts';

/** What an operator asked for. */
export type Command =
  | { readonly name: 'start' | 'migrate' | 'doctor' | 'schema' | 'version' }
  | { readonly name: 'help'; readonly about: string | null }
  | { readonly name: 'redact'; readonly incident: IncidentId; readonly message: Ts }
  | { readonly name: 'export'; readonly incident: IncidentId; readonly format: 'json' | 'md' }
  | { readonly name: 'jobs'; readonly act: 'list' }
  | { readonly name: 'jobs'; readonly act: 'retry' | 'drop'; readonly ids: readonly number[] | 'all' };

interface Usage {
  readonly usage: string;
  readonly does: string;
  readonly example: string;
}

/** In the order in which help shows them. */
export const COMMANDS: Readonly<Record<string, Usage>> = {
  start: {
    usage: 'start',
    does: 'Runs the bot; without Slack tokens with a local Slack in the browser. The same as npm start.',
    example: 'sitrep start',
  },
  migrate: {
    usage: 'migrate',
    does: 'Brings the database to this version. Every start does it too.',
    example: 'sitrep migrate',
  },
  doctor: {
    usage: 'doctor',
    does: 'Looks at settings, database, Slack and jobs, changes nothing, and says how to mend what is wrong.',
    example: 'sitrep doctor',
  },
  export: {
    usage: 'export INC-1 [--format json|md]',
    does: 'Prints everything held on an incident.',
    example: 'sitrep export INC-42 --format md > inc-42.md',
  },
  redact: {
    usage: 'redact INC-1 <ts>',
    does: 'Takes what a message and its edits said out of the record for good. The ts, or the link of the message.',
    example: 'sitrep redact INC-42 1790000200.000600',
  },
  jobs: {
    usage: 'jobs [list | retry <id>… | retry all | drop <id>…]',
    does: 'Shows what the bot still has to do; tries what was given up again, or strikes it.',
    example: 'sitrep jobs retry 17',
  },
  schema: {
    usage: 'schema',
    does: 'Prints the JSON Schema of sitrep.yml, for editors.',
    example: 'sitrep schema > sitrep.schema.json',
  },
  help: {
    usage: 'help [command]',
    does: 'This list, or one command with an example.',
    example: 'sitrep help jobs',
  },
};

/** The no is one sentence, or two, that end with the way out. */
export function readCommand(argv: readonly string[]): Result<Command, string> {
  const [name = 'help', ...rest] = argv;
  if (['-h', '--help'].includes(name)) return ok({ name: 'help', about: null });
  if (['-v', '--version'].includes(name)) return ok({ name: 'version' });
  if (!Object.hasOwn(COMMANDS, name)) return no(unknown(name));
  if (rest.includes('--help') || rest.includes('-h')) return ok({ name: 'help', about: name });
  switch (name) {
    case 'help':
      return readHelp(rest);
    case 'export':
      return readExport(rest);
    case 'redact':
      return readRedact(rest);
    case 'jobs':
      return readJobs(rest);
    default:
      return rest.length === 0
        ? ok({ name: name as 'start' | 'migrate' | 'doctor' | 'schema' })
        : no(
            `"sitrep ${name}" takes nothing more, but was given "${rest.join(' ')}". Write it like this: ${like(name)}`,
          );
  }
}

function unknown(name: string): string {
  const near = nearest(name, Object.keys(COMMANDS));
  const hint = near ? `Did you mean this? ${like(near)}` : 'See what there is: sitrep help';
  return `There is no command "${name}". ${hint}`;
}

function readHelp([about, ...more]: readonly string[]): Result<Command, string> {
  if (more.length > 0) return no(`Help is about one command at a time. Write it like this: ${like('help')}`);
  if (about !== undefined && !Object.hasOwn(COMMANDS, about)) return no(unknown(about));
  return ok({ name: 'help', about: about ?? null });
}

function readExport(rest: readonly string[]): Result<Command, string> {
  const options = { format: { type: 'string', short: 'f', default: 'json' } } as const;
  const read = parsed('export', () => parseArgs({ args: [...rest], options, allowPositionals: true }));
  if (!read.ok) return read;
  const { values, positionals } = read.value;
  const incident = readIncident('export', positionals[0]);
  if (!incident.ok) return incident;
  const { format } = values;
  if (positionals.length > 1) return no(`One incident at a time. Write it like this: ${like('export')}`);
  if (format !== 'json' && format !== 'md')
    return no(`"${format}" is not a format: choose json or md. Write it like this: ${like('export')}`);
  return ok({ name: 'export', incident: incident.value, format });
}

function readRedact(rest: readonly string[]): Result<Command, string> {
  const incident = readIncident('redact', rest[0]);
  if (!incident.ok) return incident;
  const message = rest.length === 2 ? messageOf(rest[1] ?? '') : null;
  if (message === null)
    return no(
      `Say which message: its ts, ten digits, a dot and six digits, or its link (Copy link in Slack). Write it like this: ${like('redact')}`,
    );
  return ok({ name: 'redact', incident: incident.value, message });
}

/** A ts as the export shows it, or as it stands in a permalink (`…/p1790000200000600`), where a reply's own comes first. */
function messageOf(word: string): Ts | null {
  const typed = /^(\d{10,})\.(\d{6})$/.exec(word) ?? /^https?:\/\/\S+\/p(\d{10,})(\d{6})(?:\?\S*)?$/.exec(word);
  return typed ? ts(`${typed[1]}.${typed[2]}`) : null;
}

function readJobs(rest: readonly string[]): Result<Command, string> {
  const [act = 'list', ...words] = rest;
  if (act !== 'list' && act !== 'retry' && act !== 'drop') {
    const near = nearest(act, ['list', 'retry', 'drop']);
    const example = near === 'list' ? 'sitrep jobs list' : `sitrep jobs ${near ?? 'retry'} 17`;
    return no(`"jobs ${act}" is nothing jobs can do: list, retry or drop. Write it like this: ${example}`);
  }
  if (act === 'list')
    return words.length === 0
      ? ok({ name: 'jobs', act })
      : no(`"jobs list" takes nothing more, but was given "${words.join(' ')}". Write it like this: sitrep jobs list`);
  if (act === 'retry' && words.length === 1 && words[0] === 'all') return ok({ name: 'jobs', act, ids: 'all' });
  const bad = words.find((word) => !/^\d{1,15}$/.test(word));
  if (words.length === 0 || bad !== undefined)
    return no(
      `${bad === undefined ? 'Say which job' : `"${bad}" is no id of a job`}: sitrep jobs list shows their ids. Write it like this: sitrep jobs ${act} 17`,
    );
  return ok({ name: 'jobs', act, ids: words.map(Number) });
}

function readIncident(name: string, word: string | undefined): Result<IncidentId, string> {
  const incident = word === undefined ? null : parseRef(word);
  // The largest number the database can hold there.
  if (incident !== null && incident > 0 && incident < 2 ** 31) return ok(incident);
  const wrong = word === undefined ? 'Say which incident' : `"${word}" names no incident`;
  return no(`${wrong}. Write it like this: ${like(name)}`);
}

/** parseArgs throws about options it does not know; its first sentence says which. */
function parsed<T>(name: string, parse: () => T): Result<T, string> {
  try {
    return ok(parse());
  } catch (fault) {
    const said = String((fault as { message?: unknown }).message).split('. ')[0];
    return no(`${said}. Write it like this: ${like(name)}`);
  }
}

const like = (name: string): string => COMMANDS[name]?.example ?? 'sitrep help';

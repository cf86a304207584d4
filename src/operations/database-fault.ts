import { reasonOf } from '../jobs/fault.ts';

/** Why the database could not be used, and the way out, in one line; null when the fault is not the database's. */
export function databaseFault(fault: unknown, place: string): string | null {
  const code = codeOf(fault);
  const advice = ADVICE[code] ?? (/^08|^57P/.test(code) || isUnreached(fault) ? UNREACHABLE : null);
  if (advice === null) return null;
  const said = reasonOf(fault);
  const why = said === 'AggregateError' || said === '' ? code : said;
  return `The database (${place}) cannot be used: ${why}. ${advice}`;
}

const UNREACHABLE = 'Check that it runs and that DATABASE_URL names its host and port.';

const ADVICE: Readonly<Record<string, string>> = {
  '28P01': 'Check user and password in DATABASE_URL.',
  '28000': 'Check the user in DATABASE_URL, and what pg_hba.conf allows it.',
  '3D000': 'Create that database, or correct its name in DATABASE_URL.',
  '42501': 'Give the user of DATABASE_URL rights on the tables, or let it own the database.',
  '42P01': 'Its tables are not those of this version: run sitrep migrate.',
  '42703': 'Its tables are not those of this version: run sitrep migrate.',
  '53300': 'It has no connection left: raise max_connections, or run fewer processes.',
  '57014': 'It took too long: try again when it has less to do.',
};

const codeOf = (fault: unknown): string => {
  const code = typeof fault === 'object' && fault !== null ? (fault as { code?: unknown }).code : undefined;
  return typeof code === 'string' ? code : '';
};

/** Node's own faults of a connection, and pg's words for one that stays silent or breaks. */
const isUnreached = (fault: unknown): boolean =>
  fault instanceof Error &&
  (/^E(CONN|AI_|HOST|NET|TIMEDOUT|NOTFOUND)/.test(codeOf(fault)) ||
    /^connect E|^Connection terminated|^timeout e|^timeout expired|^Query read timeout/.test(fault.message));

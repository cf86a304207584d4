import type { Json } from './world.ts';

/** A small vocabulary for judging JSON as Slack does: every fault with the pointer to it. */

export type Fault = { readonly pointer: string; readonly message: string };
export type Report = (pointer: string, message: string) => void;
export type Check = (value: unknown, at: string, report: Report) => void;

export function faultsOf(check: Check, value: unknown, at: string): Fault[] {
  const faults: Fault[] = [];
  check(value, at, (pointer, message) => faults.push({ pointer, message }));
  return faults;
}

export const isJson = (value: unknown): value is Json =>
  typeof value === 'object' && value !== null && !Array.isArray(value);

export const string =
  (max: number, min = 0): Check =>
  (value, at, report) => {
    if (typeof value !== 'string') return report(at, 'must be a string');
    if (value.length > max) report(at, `must be less than ${max + 1} characters`);
    if (value.length < min) report(at, `must be more than ${min - 1} characters`);
  };

export const pattern =
  (shape: RegExp, what: string): Check =>
  (value, at, report) => {
    if (typeof value !== 'string' || !shape.test(value)) report(at, `must be a valid ${what}`);
  };

export const bool: Check = (value, at, report) => {
  if (typeof value !== 'boolean') report(at, 'must be a boolean');
};

export const integer =
  (min: number, max: number): Check =>
  (value, at, report) => {
    if (!Number.isInteger(value)) return report(at, 'must be an integer');
    if (Number(value) < min || Number(value) > max) report(at, `must be between ${min} and ${max}`);
  };

export const oneOf =
  (...allowed: string[]): Check =>
  (value, at, report) => {
    if (!allowed.includes(String(value))) report(at, `must be one of: ${allowed.join(', ')}`);
  };

export const list =
  (item: Check, max: number, min = 1): Check =>
  (value, at, report) => {
    if (!Array.isArray(value)) return report(at, 'must be an array');
    if (value.length > max) report(at, `no more than ${max} items allowed`);
    if (value.length < min) report(at, `no fewer than ${min} items allowed`);
    for (const [i, held] of value.entries()) item(held, `${at}/${i}`, report);
  };

export const anything: Check = () => undefined;

/** Closed, as Slack's are: a name that is not listed is a fault. `name!` in the list is required. */
export const object =
  (fields: Record<string, Check>, required: readonly string[] = []): Check =>
  (value, at, report) => {
    if (!isJson(value)) return report(at, 'must be an object');
    for (const name of required) if (value[name] === undefined) report(at, `missing required field: ${name}`);
    for (const [name, held] of Object.entries(value)) {
      const check = fields[name];
      if (!check) report(at, `invalid additional property: ${name}`);
      else if (held !== undefined) check(held, `${at}/${name}`, report);
    }
  };

/** Chosen by the `type` of the object. */
export const byType =
  (checks: Record<string, Check>): Check =>
  (value, at, report) => {
    if (!isJson(value)) return report(at, 'must be an object');
    if (value.type === undefined) return report(at, 'missing required field: type');
    const check = checks[String(value.type)];
    if (!check) return report(`${at}/type`, `unsupported type: ${String(value.type)}`);
    check(value, at, report);
  };

export const all =
  (...checks: Check[]): Check =>
  (value, at, report) => {
    for (const check of checks) check(value, at, report);
  };

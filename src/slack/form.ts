import type { z } from 'zod';
import { no, ok, type Result } from '../lib/result.ts';
import { storable } from '../lib/text.ts';

type Values = Record<string, Record<string, unknown>>;

/**
 * Reads a submission by the form's own schema. Each field is flattened to what the person chose: text, an option's
 * value, a user, a list, seconds; null where nothing was chosen. Faults come back by field, to stand beside it.
 */
export function readForm<S extends z.ZodType>(schema: S, values: Values): Result<z.output<S>, Record<string, string>> {
  const flat = Object.fromEntries(Object.entries(values).map(([name, elements]) => [name, chosen(elements[name])]));
  const read = schema.safeParse(flat);
  if (read.success) return ok(read.data);
  const faults: Record<string, string> = {};
  for (const issue of read.error.issues)
    faults[String(issue.path[0] ?? Object.keys(values)[0])] ??= worded(issue.message);
  return no(faults);
}

/** Only a payload that no form of ours sends meets the library's own words. */
const worded = (message: string): string =>
  message.startsWith('Invalid') ? 'This cannot be read. Choose or type it again.' : message;

function chosen(state: unknown): unknown {
  if (state === null || typeof state !== 'object') return null;
  const element = state as Record<string, unknown>;
  if ('selected_option' in element) return optionValue(element.selected_option);
  if ('selected_options' in element) {
    const { selected_options: options } = element;
    return Array.isArray(options) ? options.map(optionValue) : [];
  }
  for (const key of [
    'selected_user',
    'selected_users',
    'selected_channel',
    'selected_conversation',
    'selected_date',
    'selected_date_time',
  ])
    if (key in element) return element[key] ?? null;
  const text = element.value;
  return typeof text === 'string' && text.trim() !== '' ? storable(text.trim()) : null;
}

const optionValue = (option: unknown): unknown => (option as { value?: unknown } | null)?.value ?? null;

import type { EntryKind } from '../db/tables.ts';
import type { Afterthought, RecordedEntry } from './record.ts';

/** Kinds that say something about another entry, which `payload.entry` names by its number. */
export const AFTERTHOUGHTS: readonly EntryKind[] = ['entry_struck', 'entry_restored', 'clock_corrected'];

type Remark = Pick<RecordedEntry, 'id' | 'kind' | 'occurredAt' | 'actor' | 'payload'>;

/** By the number of the entry; what was said last holds. */
export function afterthoughts(entries: readonly Remark[]): ReadonlyMap<number, Afterthought> {
  const found = new Map<number, Afterthought>();
  const remarks = entries.filter(
    ({ kind, payload }) => AFTERTHOUGHTS.includes(kind) && typeof payload.entry === 'number',
  );
  for (const remark of remarks.toSorted((a, b) => a.id - b.id)) {
    const about = Number(remark.payload.entry);
    found.set(about, said(found.get(about) ?? {}, remark));
  }
  return found;
}

function said(before: Afterthought, { kind, actor, occurredAt, payload }: Remark): Afterthought {
  const { struck: _, ...standing } = before;
  if (kind === 'entry_restored') return standing;
  if (kind === 'entry_struck') return { ...standing, struck: { by: actor, at: occurredAt, why: textOf(payload.why) } };
  const to = textOf(payload.to);
  return to === null ? before : { ...before, correctedAt: to };
}

const textOf = (value: unknown): string | null => (typeof value === 'string' ? value : null);

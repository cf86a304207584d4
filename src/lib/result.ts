/** A "no" is a value: what a rule answers when a person can do something about it. Faults are thrown. */
export type Result<T, N> = { readonly ok: true; readonly value: T } | { readonly ok: false; readonly no: N };

export const ok = <T>(value: T) => ({ ok: true, value }) as const;
export const no = <N>(why: N) => ({ ok: false, no: why }) as const;

/** The end of a switch over a closed list: a new member breaks the build here, not in production. */
export function never(value: never): never {
  throw new Error(`not in the list: ${JSON.stringify(value)}`);
}

import type { Entry } from '../journal.ts';

/** What one looks for in the inspector, as it stands in the address. */
export type Seeking = {
  readonly kind: Entry['kind'] | null;
  readonly name: string | null;
  readonly channel: string | null;
  readonly failed: boolean;
  /** seq of the line that is unfolded. */
  readonly open: number | null;
};

const KINDS = ['act', 'call', 'delivery', 'socket', 'fault', 'violation'] as const satisfies readonly Entry['kind'][];

export function seekingIn(address: string): Seeking {
  const { searchParams } = new URL(address, 'http://localhost');
  const said = (name: string) => searchParams.get(name) || null;
  return {
    kind: KINDS.find((kind) => kind === said('kind')) ?? null,
    name: said('name'),
    channel: said('channel'),
    failed: said('failed') !== null,
    open: Number(said('open')) || null,
  };
}

export function addressOf({ kind, name, channel, failed, open }: Seeking): string {
  const query = new URLSearchParams({
    ...(kind && { kind }),
    ...(name && { name }),
    ...(channel && { channel }),
    ...(failed && { failed: '1' }),
    ...(open !== null && { open: String(open) }),
  }).toString();
  return `/sandbox/inspector${query ? `?${query}` : ''}`;
}

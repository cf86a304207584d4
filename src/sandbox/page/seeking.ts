import type { Entry } from '../journal.ts';

/** What one looks for in the inspector, as it stands in the address. */
export type Seeking = {
  readonly kind: Entry['kind'] | null;
  readonly name: string | null;
  readonly channel: string | null;
  readonly failed: boolean;
  /** seq of the line that is unfolded. */
  readonly open: number | null;
  /** The page one came from. */
  readonly back: string;
};

export const NOTHING_SOUGHT: Seeking = {
  kind: null,
  name: null,
  channel: null,
  failed: false,
  open: null,
  back: '/sandbox',
};

const KINDS = ['act', 'call', 'delivery', 'fault', 'bot', 'violation'] as const satisfies readonly Entry['kind'][];

export function seekingIn(address: string): Seeking {
  const { searchParams } = new URL(address, 'http://localhost');
  const said = (name: string) => searchParams.get(name) || null;
  return {
    kind: KINDS.find((kind) => kind === said('kind')) ?? null,
    name: said('name'),
    channel: said('channel'),
    failed: said('failed') !== null,
    open: Number(said('open')) || null,
    back: said('back')?.startsWith('/sandbox/') ? (said('back') ?? '/sandbox') : '/sandbox',
  };
}

export function addressOf({ kind, name, channel, failed, open, back }: Seeking): string {
  const query = new URLSearchParams({
    ...(kind && { kind }),
    ...(name && { name }),
    ...(channel && { channel }),
    ...(failed && { failed: '1' }),
    ...(open !== null && { open: String(open) }),
    ...(back !== '/sandbox' && { back }),
  }).toString();
  return `/sandbox/inspector${query ? `?${query}` : ''}`;
}

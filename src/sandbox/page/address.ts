import { directMessage } from '../channels.ts';
import type { Channel, Member, World } from '../world.ts';
import { canSee, DIALOGS, type Look, PANES } from './look.ts';

/** From an address to what is looked at. */

export const memberNamed = (world: World, handle: string): Member | undefined =>
  [...world.members.values()].find((m) => m.handle === handle && m.kind !== 'bot' && !m.deactivated);

type Around = Pick<Look, 'world' | 'reads' | 'controls' | 'hidden'>;

/** Null when there is nothing there for this person. `address` is a path with its query. */
export function lookAt(around: Around, me: Member, address: string): Look | null {
  const { world } = around;
  const base = `/sandbox/${me.handle}`;
  const url = new URL(address, 'http://localhost');
  const [, , handle, name = ''] = url.pathname.split('/');
  if (handle !== me.handle) return null;
  const channel = name === 'home' ? null : channelNamed(world, me, name);
  if (channel === undefined) return null;
  const query = (key: string) => url.searchParams.get(key);
  const wanted = query('pane');
  return {
    ...around,
    me,
    base,
    here: `${url.pathname}${url.search}`,
    channel,
    thread: query('thread'),
    pane: PANES.find((pane) => pane === wanted) ?? null,
    file: query('file'),
    edit: query('edit'),
    from: query('from'),
    dialog: DIALOGS.find((dialog) => dialog === query('dialog')) ?? null,
  };
}

function channelNamed(world: World, me: Member, name: string): Channel | undefined {
  if (name === 'dm') return directMessage(world, me.id);
  const found =
    world.channels.get(name) ?? [...world.channels.values()].find((c) => c.kind !== 'im' && c.name === name);
  return found && canSee(found, me) ? found : undefined;
}

/** Where somebody lands: the announcements if there are any, else what everybody is in. */
export function landing(world: World, me: Member): string {
  const mine = [...world.channels.values()].filter((c) => c.kind !== 'im' && canSee(c, me));
  const channel = mine.find((c) => c.name === 'incidents') ?? mine.find((c) => c.general) ?? mine[0];
  return channel ? `/sandbox/${me.handle}/${channel.id}` : `/sandbox/${me.handle}/dm`;
}

/** `p1790000000000100` of a permalink, as the address of the message it names. */
export function permalinked(
  world: World,
  me: Member,
  channelId: string,
  p: string,
  thread: string | null,
): string | null {
  const channel = world.channels.get(channelId);
  const ts = /^p(\d+)(\d{6})$/.exec(p)?.slice(1).join('.') ?? '';
  if (!channel || !canSee(channel, me)) return null;
  const base = `/sandbox/${me.handle}/${channel.id}`;
  const message = channel.messages.get(ts);
  if (!message) return base;
  const parent = thread ?? message.threadTs;
  const inThread = parent && parent !== ts;
  const query = new URLSearchParams({ from: parent ?? ts, ...(inThread && { thread: parent }) });
  return `${base}?${query}#${inThread ? 't' : 'm'}-${ts}`;
}

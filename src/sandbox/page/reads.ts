import { pingsIn } from '../typed.ts';
import type { Channel, Member, Message, World } from '../world.ts';
import { asTs } from '../world.ts';

/** How far each person has read each channel. Kept by the page, as Slack's clients do; what was there before is read. */
export type Reads = {
  /** They look at all of it now. */
  readonly mark: (member: Member, channel: Channel) => void;
  /** They come to the channel: what is new gets a line above it, until they come again. */
  readonly open: (member: Member, channel: Channel) => void;
  /** ts of the first message below that line. */
  readonly line: (member: Member, channel: Channel) => string | null;
  readonly unread: (member: Member, channel: Channel) => { readonly some: boolean; readonly mentions: number };
};

export function createReads(world: World): Reads {
  const began = asTs(world.lastTs);
  const read = new Map<string, string>();
  const lines = new Map<string, string | null>();
  const keyOf = (member: Member, channel: Channel) => `${member.id} ${channel.id}`;
  const fresh = (member: Member, channel: Channel) =>
    newer(channel, read.get(keyOf(member, channel)) ?? began).filter((m) => m.user !== member.id && !m.extra.system);
  const mark = (member: Member, channel: Channel) => {
    read.set(keyOf(member, channel), [...channel.messages.keys()].at(-1) ?? began);
  };
  return {
    mark,
    open: (member, channel) => {
      lines.set(keyOf(member, channel), fresh(member, channel)[0]?.ts ?? null);
      mark(member, channel);
    },
    line: (member, channel) => lines.get(keyOf(member, channel)) ?? null,
    unread: (member, channel) => {
      const some = fresh(member, channel);
      const calls = some.filter((m) => channel.kind === 'im' || callsFor(world, m, member.id));
      return { some: some.length > 0, mentions: calls.length };
    },
  };
}

/** Somebody is called by name, by a group they are in, or with everybody. */
function callsFor(world: World, message: Message, id: string): boolean {
  return pingsIn([message.text]).some(
    (ping) => ping === id || ping.startsWith('!') || (world.groups.get(ping)?.users.includes(id) ?? false),
  );
}

/** From the end, so that a long channel costs nothing when it is read. */
function newer(channel: Channel, since: string): Message[] {
  const all = [...channel.messages.values()];
  const first = all.findLastIndex((message) => message.ts <= since) + 1;
  return all.slice(first);
}

import { pingsIn } from '../typed.ts';
import type { Channel, Member, World } from '../world.ts';
import { asTs } from '../world.ts';

/** How far each person has read each channel. Kept by the page, as Slack's clients do; what was there before is read. */
export type Reads = {
  readonly mark: (member: Member, channel: Channel) => void;
  readonly unread: (member: Member, channel: Channel) => { readonly some: boolean; readonly mentions: number };
};

export function createReads(world: World): Reads {
  const began = asTs(world.lastTs);
  const read = new Map<string, string>();
  const keyOf = (member: Member, channel: Channel) => `${member.id} ${channel.id}`;
  return {
    mark: (member, channel) => {
      read.set(keyOf(member, channel), [...channel.messages.keys()].at(-1) ?? began);
    },
    unread: (member, channel) => {
      const since = read.get(keyOf(member, channel)) ?? began;
      const fresh = newer(channel, since).filter((m) => m.user !== member.id && !m.extra.system);
      const calls = fresh.filter((m) => channel.kind === 'im' || pingsIn([m.text]).includes(member.id));
      return { some: fresh.length > 0, mentions: calls.length };
    },
  };
}

/** From the end, so that a long channel costs nothing when it is read. */
function newer(channel: Channel, since: string) {
  const all = [...channel.messages.values()];
  const first = all.findLastIndex((message) => message.ts <= since) + 1;
  return all.slice(first);
}

import { type Shown, showMessage } from './readable.ts';
import type { Channel, Json, World } from './world.ts';

/** A channel as tests and the page look at it. Everything is read afresh at each access. */
export type ChannelView = {
  readonly id: string;
  readonly name: string;
  readonly isPrivate: boolean;
  readonly isArchived: boolean;
  readonly topic: string;
  /** Handles. */
  readonly members: string[];
  /** Outside threads (broadcast replies included), oldest first; joins and topics too. */
  readonly messages: Shown[];
  /** The same without joins, topics and other system messages. */
  readonly posts: Shown[];
  readonly pins: Shown[];
  readonly bookmarks: Json[];
  /** Replies, without the parent. */
  readonly thread: (ts: string) => Shown[];
};

export function viewChannel(world: World, channel: Channel): ChannelView {
  const all = () => [...channel.messages.values()];
  return {
    get id() {
      return channel.id;
    },
    get name() {
      return channel.name;
    },
    get isPrivate() {
      return channel.kind !== 'public';
    },
    get isArchived() {
      return channel.archived;
    },
    get topic() {
      return channel.topic.value;
    },
    get members() {
      return [...channel.members].map((id) => world.members.get(id)?.handle ?? id);
    },
    get messages() {
      return all()
        .filter((m) => !m.threadTs || m.threadTs === m.ts || m.broadcast)
        .map((m) => showMessage(world, channel, m));
    },
    get posts() {
      return all()
        .filter((m) => !m.extra.system && (!m.threadTs || m.threadTs === m.ts || m.broadcast))
        .map((m) => showMessage(world, channel, m));
    },
    get pins() {
      return channel.pins.flatMap(({ ts }) => {
        const message = channel.messages.get(ts);
        return message ? [showMessage(world, channel, message)] : [];
      });
    },
    get bookmarks() {
      return channel.bookmarks.map((bookmark) => ({ ...bookmark }));
    },
    thread: (ts) =>
      all()
        .filter((m) => m.threadTs === ts && m.ts !== ts)
        .map((m) => showMessage(world, channel, m)),
  };
}

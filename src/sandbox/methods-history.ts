import { pageLimits } from '../slack/limits.ts';
import {
  cursorOf,
  flag,
  limitOf,
  type Methods,
  memberChannel,
  needed,
  readCursor,
  TIER,
  text,
  toHistory,
} from './method.ts';
import { messageJson, repliesOf } from './shapes.ts';
import type { Channel, Json, Message, World } from './world.ts';
import { Refusal } from './world.ts';

export const historyMethods: Methods = {
  'conversations.history': {
    scopes: toHistory,
    perMinute: TIER.three,
    run: (world, args) => {
      const channel = memberChannel(world, args);
      const rows = [...channel.messages.values()]
        .filter((m) => !isReply(m) || m.broadcast)
        .filter(between(args))
        .reverse();
      const { shown, next } = cut(rows, readCursor(args, 'next_ts'), limitOf(args, pageLimits.history));
      return {
        ...(text(args, 'oldest') ? { oldest: args.oldest } : {}),
        ...pageJson(world, channel, args, shown, next),
        pin_count: channel.pins.length,
        channel_actions_ts: null,
        channel_actions_count: 0,
      };
    },
  },
  'conversations.replies': {
    scopes: toHistory,
    perMinute: TIER.three,
    run: (world, args) => {
      const channel = memberChannel(world, args);
      const asked = channel.messages.get(needed(args, 'ts'));
      if (!asked || asked.extra.system) throw new Refusal('thread_not_found');
      const parent = channel.messages.get(asked.threadTs ?? asked.ts);
      if (!parent) throw new Refusal('thread_not_found');
      // The parent is told whatever the bounds, and counts towards no page but the first.
      const replies = repliesOf(channel, parent.ts).filter(between(args));
      const limit = limitOf(args, pageLimits.replies, pageLimits.replies);
      const { shown, next } = cut([parent, ...replies], readCursor(args, 'next_ts'), limit);
      return pageJson(world, channel, args, shown, next);
    },
  },
};

const isReply = (message: Message): boolean => message.threadTs !== undefined && message.threadTs !== message.ts;

/** ts are compared as text of equal length: floats would lose digits. The bounds are out, unless inclusive. */
function between(args: Json): (message: Message) => boolean {
  const oldest = bound(args, 'oldest');
  const latest = bound(args, 'latest');
  const inclusive = flag(args, 'inclusive');
  return ({ ts }) => {
    if (oldest !== undefined && (inclusive ? ts < oldest : ts <= oldest)) return false;
    return !(latest !== undefined && (inclusive ? ts > latest : ts >= latest));
  };
}

function bound(args: Json, name: 'oldest' | 'latest'): string | undefined {
  const given = text(args, name);
  if (given === undefined || given === '0') return undefined;
  if (!/^\d{1,10}(\.\d{1,6})?$/.test(given)) throw new Refusal(`invalid_ts_${name}`);
  const [whole = '0', part = ''] = given.split('.');
  return `${whole.padStart(10, '0')}.${part.padEnd(6, '0')}`;
}

/** A page may have begun at a message that is deleted by now: the next one in the same direction stands in. */
function cut(rows: Message[], at: string | undefined, limit: number): { shown: Message[]; next: Message | undefined } {
  const isRising = (rows[0]?.ts ?? '') < (rows.at(-1)?.ts ?? '');
  const start = at === undefined ? 0 : rows.findIndex((m) => (isRising ? m.ts >= at : m.ts <= at));
  if (start < 0) return { shown: [], next: undefined };
  return { shown: rows.slice(start, start + limit), next: rows[start + limit] };
}

function pageJson(world: World, channel: Channel, args: Json, shown: Message[], next: Message | undefined): Json {
  const full = flag(args, 'include_all_metadata');
  return {
    messages: shown.map((m) => messageJson(world, channel, m, full)),
    has_more: next !== undefined,
    ...(next ? { response_metadata: { next_cursor: cursorOf('next_ts', next.ts) } } : {}),
  };
}

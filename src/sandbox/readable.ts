import { isJson } from './check.ts';
import { pingsIn } from './typed.ts';
import type { Channel, Ephemeral, Json, Message, World } from './world.ts';

/** What people read on their screen. */

export type Shown = {
  readonly kind: 'message' | 'ephemeral';
  readonly channel: string;
  readonly ts: string;
  readonly threadTs: string | undefined;
  /** Handle of who wrote it. */
  readonly by: string;
  /** The `text` field: what a notification says. */
  readonly text: string;
  /** What is on the screen: the text of the blocks when there are any, else `text`. */
  readonly shown: string;
  readonly blocks: readonly Json[];
  readonly buttons: readonly string[];
  readonly subtype: string | undefined;
  readonly edited: boolean;
  readonly metadata: Message['metadata'] | undefined;
  readonly reactions: readonly { name: string; users: string[] }[];
  readonly files: readonly { id: string; name: string; title: string; content: string }[];
  /** Whom it notifies: user ids, group ids, `!here` and the like. */
  readonly pings: readonly string[];
};

export function showMessage(world: World, channel: Channel, message: Message): Shown {
  return {
    ...shownParts(message),
    kind: 'message',
    channel: channel.name,
    by: world.members.get(message.user ?? '')?.handle ?? message.username ?? '',
    subtype: message.subtype,
    edited: message.edited !== undefined,
    metadata: message.metadata,
    reactions: message.reactions.map((r) => ({ name: r.name, users: [...r.users] })),
    files: message.files.flatMap((id) => {
      const file = world.files.get(id);
      return file && !file.deleted
        ? [{ id, name: file.name, title: file.title, content: file.content?.toString() ?? '' }]
        : [];
    }),
    pings: pingsIn(textsThatPing(message)),
  };
}

export function showEphemeral(world: World, ephemeral: Ephemeral): Shown {
  return {
    ...shownParts(ephemeral),
    kind: 'ephemeral',
    channel: world.channels.get(ephemeral.channel)?.name ?? ephemeral.channel,
    by: ephemeral.from === 'slack' ? 'slackbot' : world.manifest.botName,
    subtype: undefined,
    edited: false,
    metadata: undefined,
    reactions: [],
    files: [],
    pings: [],
  };
}

function shownParts(held: Message | Ephemeral) {
  const { ts, threadTs, text, blocks } = held;
  return { ts, threadTs, text, blocks, shown: readable(text, blocks), buttons: blocks.flatMap(buttonsOf) };
}

/** The text of blocks, one line each; the plain text where there are none (a person's rich_text says the same). */
export function readable(text: string, blocks: readonly Json[]): string {
  const said = blocks.filter((block) => block.type !== 'rich_text').flatMap(linesOf);
  return said.length > 0 ? said.join('\n') : text;
}

function linesOf(value: unknown): string[] {
  if (Array.isArray(value)) return value.flatMap(linesOf);
  if (!isJson(value)) return [];
  if (typeof value.text === 'string') return [value.text];
  if (typeof value.alt_text === 'string') return [value.alt_text];
  return [
    value.label,
    value.text,
    value.fields,
    value.elements,
    value.accessory,
    value.rows,
    value.placeholder,
  ].flatMap(linesOf);
}

function buttonsOf(block: Json): string[] {
  const elements = [...(Array.isArray(block.elements) ? block.elements : []), block.accessory].filter(isJson);
  return elements.flatMap((e) => (e.type === 'button' && isJson(e.text) ? [String(e.text.text)] : []));
}

/** With blocks, `text` is but the fallback; plain_text never notifies. */
function textsThatPing(message: Message): string[] {
  const blocks = message.blocks.filter((block) => block.type !== 'rich_text');
  return blocks.length > 0 ? blocks.flatMap(mrkdwnIn) : [message.text];
}

function mrkdwnIn(value: unknown): string[] {
  if (Array.isArray(value)) return value.flatMap(mrkdwnIn);
  if (!isJson(value)) return [];
  if ((value.type === 'mrkdwn' || value.type === 'markdown') && typeof value.text === 'string') return [value.text];
  return Object.values(value).flatMap(mrkdwnIn);
}

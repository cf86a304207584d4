import { readContent } from './content.ts';
import type { Ack, Delivery } from './delivery.ts';
import { addEphemeral } from './ephemerals.ts';
import { showAnswer } from './hooks.ts';
import { elementsOf } from './judge.ts';
import { objects } from './method.ts';
import { actionsPayload, commandPayload, messageActionPayload, type Source, shortcutPayload } from './payloads.ts';
import { readable } from './readable.ts';
import type { Channel, Json, Member, Message, World } from './world.ts';
import { Refusal } from './world.ts';

/** What the workspace and the way to the app are together. */
export type Stage = { readonly world: World; readonly delivery: Delivery };

export type Outcome = 'acked' | 'operation_timeout' | 'dispatch_failed';

/** What the person saw come back at once. */
export type Reply = {
  readonly outcome: Outcome;
  /** From receipt to ack, in real milliseconds. */
  readonly ms: number;
  readonly text: string;
  /** Text of the blocks, else `text`. */
  readonly shown: string;
  readonly blocks: readonly Json[];
  /** The ack as it came. */
  readonly raw: unknown;
};

export async function ask(
  stage: Stage,
  parcel: 'command' | 'interactive',
  payload: Json,
): Promise<Ack & { ms: number }> {
  const began = performance.now();
  const ack = await stage.delivery.ask(parcel, payload);
  return { ...ack, ms: Math.round(performance.now() - began) };
}

export function outcomeOf(ack: Ack): Outcome {
  if (ack.outcome === 'acked') return 'acked';
  return ack.outcome === 'http_timeout' ? 'operation_timeout' : 'dispatch_failed';
}

/** `/incident declare …` as typed in a channel; the answer is what the ack carried. */
export async function slash(stage: Stage, by: Member, channel: Channel, typed: string): Promise<Reply> {
  const { world } = stage;
  const [command = '', ...rest] = typed.split(' ');
  if (!world.manifest.commands.has(command)) throw new Error(`${command} is not a command of this app`);
  if (by.kind === 'stranger') throw new Error('People of other organisations cannot use slash commands');
  if (!channel.members.has(by.id)) throw new Error(`${by.handle} is not in #${channel.name}`);
  if (channel.archived) throw new Error(`#${channel.name} is archived`);
  world.journal.record({ kind: 'act', who: by.handle, what: `types ${typed} in #${channel.name}` });
  const ack = await ask(stage, 'command', commandPayload(world, by, channel, command, rest.join(' ')));
  const outcome = outcomeOf(ack);
  if (outcome !== 'acked') {
    // Slack's own words, whether nobody was there or nobody answered in time.
    const text = `${command} failed because the app did not respond. Please try again or contact the app developer.`;
    addEphemeral(world, { to: by.id, channel: channel.id, from: 'slack', text, blocks: [] });
    return { outcome, ms: ack.ms, text, shown: text, blocks: [], raw: undefined };
  }
  const said = answerOf(world, by, channel, ack.payload);
  return { outcome, ms: ack.ms, ...said, shown: readable(said.text, said.blocks), raw: ack.payload };
}

function answerOf(world: World, by: Member, channel: Channel, payload: unknown): { text: string; blocks: Json[] } {
  const args = asArgs(payload);
  if (!args) return { text: '', blocks: [] };
  try {
    const content = readContent(world, args);
    if (content.text !== undefined || content.blocks) {
      showAnswer(world, { user: by.id, channel: channel.id }, args, content, 'ack');
    }
    return { text: content.text ?? '', blocks: content.blocks ?? [] };
  } catch (error) {
    if (!(error instanceof Refusal)) throw error;
    const what = `an ack with a message Slack refuses: ${error.code} ${JSON.stringify(error.more)}`;
    world.journal.record({ kind: 'violation', what });
    return { text: '', blocks: [] };
  }
}

function asArgs(payload: unknown): Json | null {
  if (typeof payload === 'string') return { text: payload };
  return typeof payload === 'object' && payload !== null ? { ...payload } : null;
}

/** A button, an overflow option or a select; `state` is what was chosen, for elements that hold a state. */
export async function act(stage: Stage, by: Member, source: Source, block: Json, action: Json): Promise<Reply> {
  const { world } = stage;
  const values = source.kind === 'view' ? {} : rememberChoice(world, by, source, block, action);
  const payload = actionsPayload(world, by, source, { ...action, block_id: block.block_id }, values);
  return plainReply(stage, await ask(stage, 'interactive', payload));
}

/** Selects of a message keep what this person chose; `state.values` tells all of them. */
function rememberChoice(
  world: World,
  by: Member,
  source: Exclude<Source, { kind: 'view' }>,
  block: Json,
  action: Json,
): Json {
  const held = source.kind === 'message' ? source.message : source.ephemeral;
  const key = `${held.ts}:${by.id}`;
  const values = world.choices.get(key) ?? {};
  const isStateful = action.type !== 'button' && action.type !== 'overflow';
  if (isStateful) {
    const { block_id: _b, action_id, ...state } = action;
    const blockId = String(block.block_id);
    values[blockId] = { ...values[blockId], [String(action_id)]: state };
    world.choices.set(key, values);
  }
  const ids = new Set(objects(held.blocks).flatMap((b) => (elementsOf(b).length > 0 ? [String(b.block_id)] : [])));
  return Object.fromEntries(Object.entries(values).filter(([id]) => ids.has(id)));
}

export async function shortcut(
  stage: Stage,
  by: Member,
  name: string,
  on?: { channel: Channel; message: Message },
): Promise<Reply> {
  const { world } = stage;
  const type = on ? 'message' : 'global';
  const found = world.manifest.shortcuts.find((s) => s.type === type && (s.name === name || s.callbackId === name));
  if (!found) throw new Error(`The app has no ${type} shortcut "${name}"`);
  world.journal.record({ kind: 'act', who: by.handle, what: `uses the ${type} shortcut "${name}"` });
  const payload = on
    ? messageActionPayload(world, by, found.callbackId, on.channel, on.message)
    : shortcutPayload(world, by, found.callbackId);
  return plainReply(stage, await ask(stage, 'interactive', payload));
}

/** Clicks and shortcuts take no message in their ack. */
function plainReply({ world }: Stage, ack: Ack & { ms: number }): Reply {
  if (ack.payload !== undefined && ack.outcome === 'acked') {
    const what = `a click or shortcut was acked with a body, which Slack ignores: ${JSON.stringify(ack.payload)}`;
    world.journal.record({ kind: 'violation', what });
  }
  return { outcome: outcomeOf(ack), ms: ack.ms, text: '', shown: '', blocks: [], raw: ack.payload };
}

import type { IncomingMessage, ServerResponse } from 'node:http';
import { timeLimits } from '../slack/limits.ts';
import { isJson } from './check.ts';
import { type Content, readContent } from './content.ts';
import { addEphemeral, dropEphemeral } from './ephemerals.ts';
import type { Faults } from './faults.ts';
import { addMessage, changeMessage, removeMessage } from './messages.ts';
import { readBody } from './read-args.ts';
import type { Ephemeral, Hook, Json, Message, World } from './world.ts';
import { Refusal, token } from './world.ts';

/** response_urls: 30 minutes, five posts, no token asked. */

export function issueHook(
  world: World,
  where: 'commands' | 'actions' | 'app',
  hook: Omit<Hook, 'at' | 'uses'>,
): string {
  const path = `/hooks/${where}/${world.team.id}/${token(24)}`;
  world.hooks.set(path, { ...hook, at: world.now().getTime(), uses: 0 });
  return `${world.origin}${path}`;
}

/** In the journal and for faults it goes by the name `response_url`. */
export async function answerHook(
  world: World,
  faults: Faults,
  request: IncomingMessage,
  response: ServerResponse,
): Promise<void> {
  const path = request.url ?? '';
  const raw = (await readBody(request)).toString();
  const args = safeJson(raw);
  const fault = faults.take('response_url', args);
  if (fault && 'drop' in fault) return void request.socket.destroy();
  const { status, body } =
    fault && 'status' in fault ? { status: fault.status, body: 'fault' } : useHook(world, path, raw);
  const isLost = fault !== undefined && 'loseAnswer' in fault;
  const method = isLost ? 'response_url [answer lost]' : 'response_url';
  world.journal.record({ kind: 'call', method, args, answer: body, status, ms: 0, retry: 0 });
  if (isLost) return void request.socket.destroy();
  response.writeHead(status, { 'content-type': typeof body === 'string' ? 'text/plain' : 'application/json' });
  response.end(typeof body === 'string' ? body : JSON.stringify(body));
}

function useHook(world: World, path: string, raw: string): { status: number; body: string | Json } {
  const hook = world.hooks.get(path);
  if (!hook) return { status: 404, body: { ok: false, error: 'no_such_url' } };
  const age = world.now().getTime() - hook.at;
  if (age > timeLimits.responseUrlMs) return { status: 404, body: { ok: false, error: 'expired_url' } };
  if (hook.uses >= timeLimits.responseUrlUses) return { status: 404, body: { ok: false, error: 'used_url' } };
  const args = safeJson(raw);
  try {
    respond(world, hook, args);
  } catch (error) {
    if (error instanceof Refusal) return { status: 400, body: error.code };
    throw error;
  }
  hook.uses += 1;
  return { status: 200, body: 'ok' };
}

function respond(world: World, hook: Hook, args: Json): void {
  const channel = world.channels.get(hook.channel);
  if (!channel) throw new Refusal('channel_not_found');
  const ephemeral = world.ephemerals.find((held) => held.ts === hook.original);
  const message = hook.original ? channel.messages.get(hook.original) : undefined;
  if (args.delete_original === true) {
    if (ephemeral) dropEphemeral(world, ephemeral.ts);
    else if (message) removeMessage(world, channel, message);
    return;
  }
  const content = readContent(world, args);
  if (content.text === undefined && !content.blocks) throw new Refusal('no_text');
  const said = { text: content.text ?? '', blocks: content.blocks ?? [] };
  if (args.replace_original === true && (ephemeral || message)) {
    if (ephemeral) Object.assign(ephemeral, said);
    else if (message) changeMessage(world, channel, message, said);
    world.journal.changed();
    return;
  }
  showAnswer(world, hook, args, content, 'response_url');
}

/** A command's or a response_url's message: to one person, unless it says in_channel. */
export function showAnswer(
  world: World,
  to: { user: string; channel: string },
  args: Json,
  content: Content,
  from: Ephemeral['from'],
): Ephemeral | Message {
  const said = { text: content.text ?? '', blocks: content.blocks ?? [] };
  const threadTs = typeof args.thread_ts === 'string' ? { threadTs: args.thread_ts } : {};
  const channel = world.channels.get(to.channel);
  if (args.response_type !== 'in_channel' || !channel) {
    return addEphemeral(world, { to: to.user, channel: to.channel, from, ...said, ...threadTs });
  }
  return addMessage(world, channel, { user: world.app.botUserId, botId: world.app.botId, ...said, ...threadTs });
}

function safeJson(raw: string): Json {
  try {
    const value: unknown = JSON.parse(raw);
    return isJson(value) ? value : {};
  } catch {
    return {};
  }
}

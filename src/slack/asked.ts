import { type ChannelId, channelId, ts, userId } from '../lib/ids.ts';
import { never } from '../lib/result.ts';
import { cardOf, parseCommand } from './command.ts';
import type { AskedEnvelope } from './envelope.ts';
import type { Answer, Call, Click, FormAnswer, Listeners, Shortcut, Submission } from './listeners.ts';
import { type SaidAgain, saidAgain } from './meaning.ts';

/** One thing a person asked for, with the listener that answers it. */
export interface Asking {
  readonly kind: AskedEnvelope['kind'];
  /** For log and metrics: the verb, the action or the callback. */
  readonly what: string;
  readonly from: Call | Click | Submission | Shortcut;
  readonly reading: boolean;
  /** Null: nobody listens to this. */
  readonly listener: (() => Promise<Answer | FormAnswer>) | null;
  /** A link that Slack opens by itself, and tells us of. */
  readonly isLink: boolean;
  /** Where a form shows what is wrong as a whole: beside its first input. */
  readonly firstInput: string | null;
}

/** Every slice's listeners in one table; two listeners for one thing are a mistake of ours, said at start. */
interface Switchboard {
  readonly verbs: NonNullable<Listeners['verbs']>;
  readonly bare: NonNullable<Listeners['bare']> | null;
  readonly unknown: NonNullable<Listeners['unknown']> | null;
  readonly clicks: NonNullable<Listeners['clicks']>;
  readonly forms: NonNullable<Listeners['forms']>;
  readonly options: NonNullable<Listeners['options']>;
  readonly shortcuts: NonNullable<Listeners['shortcuts']>;
  readonly events: ReadonlyMap<string, readonly NonNullable<Listeners['events']>[string][]>;
}

export function switchboard(all: readonly Listeners[]): Switchboard {
  const events = new Map<string, NonNullable<Listeners['events']>[string][]>();
  for (const { events: heard = {} } of all)
    for (const [type, listener] of Object.entries(heard)) events.set(type, [...(events.get(type) ?? []), listener]);
  return {
    verbs: merged(all.map((one) => one.verbs)),
    bare: only(
      'bare',
      all.map((one) => one.bare),
    ),
    unknown: only(
      'unknown',
      all.map((one) => one.unknown),
    ),
    clicks: merged(all.map((one) => one.clicks)),
    forms: merged(all.map((one) => one.forms)),
    options: merged(all.map((one) => one.options)),
    shortcuts: merged(all.map((one) => one.shortcuts)),
    events,
  };
}

function merged<T extends object>(tables: readonly (T | undefined)[]): T {
  const all = Object.create(null) as Record<string, unknown>;
  for (const [name, listener] of tables.flatMap((table) => Object.entries(table ?? {}))) {
    if (name in all) throw new Error(`two slices listen to "${name}"`);
    all[name] = listener;
  }
  return all as T;
}

function only<T>(name: string, found: readonly (T | undefined)[]): T | null {
  const listening = found.filter((one) => one !== undefined);
  if (listening.length > 1) throw new Error(`two slices listen to "${name}"`);
  return listening[0] ?? null;
}

export function askingOf(envelope: AskedEnvelope, board: Switchboard, commandName: string): Asking {
  switch (envelope.kind) {
    case 'command':
      return commandOf(envelope.body, board, commandName);
    case 'click':
      return clickOf(envelope.body, board);
    case 'form':
      return formOf(envelope.body, board);
    case 'shortcut':
      return shortcutOf(envelope.body, board);
    default:
      return never(envelope);
  }
}

type Body<K extends AskedEnvelope['kind']> = Extract<AskedEnvelope, { kind: K }>['body'];
const plainly = { isLink: false, firstInput: null };

function commandOf(body: Body<'command'>, board: Switchboard, commandName: string): Asking {
  const command = parseCommand(body.text);
  const from: Call = {
    user: userId(body.user_id),
    team: body.team_id ?? null,
    intent: body.trigger_id,
    triggerId: body.trigger_id,
    responseUrl: body.response_url ?? null,
    rest: command.kind === 'verb' ? command.rest : '',
    words: body.text,
    channel: channelId(body.channel_id),
  };
  const asking = { ...plainly, kind: 'command', from } as const;
  if (body.command !== commandName) return { ...asking, what: 'foreign', reading: true, listener: null };
  if (command.kind === 'bare')
    return { ...asking, what: 'bare', reading: true, listener: bound(board.bare, (hear) => hear(from)) };
  if (command.kind === 'unknown') {
    const listener = bound(board.unknown, (hear) => hear(from, command.word, command.nearest));
    return { ...asking, what: 'unknown', reading: true, listener };
  }
  const reading = cardOf(command.verb).reads ?? false;
  return { ...asking, what: command.verb, reading, listener: bound(board.verbs[command.verb], (hear) => hear(from)) };
}

function clickOf(body: Body<'click'>, board: Switchboard): Asking {
  const [action] = body.actions as [Body<'click'>['actions'][number]];
  const again = saidAgain(action.action_id, chosen(action));
  if (again && body.channel) return commandAgain(again, channelId(body.channel.id), body, board);
  const message = body.message?.ts ?? body.container?.message_ts;
  const from: Click = {
    ...askedBy(body),
    responseUrl: body.response_url ?? null,
    action: action.action_id,
    value: chosen(action),
    channel: body.channel ? channelId(body.channel.id) : null,
    message: message ? ts(message) : null,
    view: body.view ? { id: body.view.id, privateMetadata: body.view.private_metadata ?? '' } : null,
  };
  const blocks = body.message?.blocks ?? body.view?.blocks ?? [];
  return {
    kind: 'click',
    what: action.action_id,
    from,
    reading: false,
    listener: bound(board.clicks[action.action_id], (hear) => hear(from)),
    isLink: typeof action.url === 'string' || isLinkIn(blocks, action.action_id),
    firstInput: null,
  };
}

/** The words of before, now that it is known what they mean; of the same intent, so that they are obeyed once. */
function commandAgain(again: SaidAgain, channel: ChannelId, body: Body<'click'>, board: Switchboard): Asking {
  const { verb, rest, words, intent, meant } = again;
  const from: Call = {
    ...askedBy(body),
    intent,
    responseUrl: body.response_url ?? null,
    rest,
    words,
    channel,
    meant,
  };
  const hear = board.verbs[verb];
  // The answer takes the place of the question.
  const listener = (heard: NonNullable<typeof hear>) =>
    heard(from).then((answer): Answer => ('say' in answer ? { ...answer, inPlace: true } : answer));
  const reading = cardOf(verb).reads ?? false;
  return { ...plainly, kind: 'click', what: verb, from, reading, listener: bound(hear, listener) };
}

function formOf(body: Body<'form'>, board: Switchboard): Asking {
  const from: Submission = {
    ...askedBy(body),
    intent: `${body.view.id}:${body.view.hash}`,
    responseUrl: body.response_urls?.[0]?.response_url ?? null,
    callback: body.view.callback_id,
    viewId: body.view.id,
    privateMetadata: body.view.private_metadata ?? '',
    values: body.view.state?.values ?? {},
  };
  const input = body.view.blocks?.find((block) => block.type === 'input' && typeof block.block_id === 'string');
  return {
    kind: 'form',
    what: from.callback,
    from,
    reading: false,
    listener: bound(board.forms[from.callback], (hear) => hear(from)),
    isLink: false,
    firstInput: typeof input?.block_id === 'string' ? input.block_id : null,
  };
}

function shortcutOf(body: Body<'shortcut'>, board: Switchboard): Asking {
  const { message, channel } = body;
  const from: Shortcut = {
    ...askedBy(body),
    responseUrl: body.response_url ?? null,
    callback: body.callback_id,
    on:
      message && channel
        ? {
            channel: channelId(channel.id),
            message: { ts: ts(message.ts), text: message.text ?? '', user: message.user ?? null },
          }
        : null,
  };
  const listener = bound(board.shortcuts[from.callback], (hear) => hear(from));
  return { ...plainly, kind: 'shortcut', what: from.callback, from, reading: false, listener };
}

/** In Slack Connect the person's team is not the one the app is installed in. */
const askedBy = (body: Body<'click' | 'form' | 'shortcut'>) => ({
  user: userId(body.user.id),
  team: body.user.team_id ?? body.team?.id ?? null,
  intent: body.trigger_id,
  triggerId: body.trigger_id,
});

const bound = <L, A>(listener: L | null | undefined, ask: (listener: L) => Promise<A>): (() => Promise<A>) | null =>
  listener ? () => ask(listener) : null;

/** The value of a button, or what was selected; empty when the choice was taken back. */
function chosen(action: Record<string, unknown>): string {
  const { value, selected_option: option } = action;
  if (typeof value === 'string') return value;
  if (option !== null && typeof option === 'object') return String((option as { value?: unknown }).value ?? '');
  for (const [field, selected] of Object.entries(action))
    if (field.startsWith('selected_'))
      return Array.isArray(selected) ? selected.map(optionValue).join(',') : String(selected ?? '');
  return '';
}
const optionValue = (one: unknown): string =>
  one !== null && typeof one === 'object' ? String((one as { value?: unknown }).value ?? '') : String(one);

function isLinkIn(value: unknown, actionId: string): boolean {
  if (Array.isArray(value)) return value.some((part) => isLinkIn(part, actionId));
  if (value === null || typeof value !== 'object') return false;
  const element = value as Record<string, unknown>;
  if (element.action_id === actionId && typeof element.url === 'string') return true;
  return Object.values(element).some((part) => isLinkIn(part, actionId));
}

import { z } from 'zod';

/** The door: what Slack may send, as far as it is read. A body that is none of these is refused before Bolt sees it. */
const Text = z.string().min(1);
const Asker = z.object({ id: Text, team_id: z.string().nullish() });
const Team = z.object({ id: z.string() }).nullish();
const Where = z.object({ id: Text }).nullish();
const Blocks = z.array(z.looseObject({ type: z.string() })).nullish();
const View = z.object({
  id: Text,
  hash: z.string().default(''),
  callback_id: z.string().default(''),
  private_metadata: z.string().nullish(),
  blocks: Blocks,
  state: z.object({ values: z.record(z.string(), z.record(z.string(), z.unknown())) }).nullish(),
});

const Command = z.object({
  command: Text,
  text: z.string().default(''),
  user_id: Text,
  team_id: z.string().nullish(),
  channel_id: Text,
  trigger_id: Text,
  response_url: z.string().nullish(),
});

const Click = z.object({
  type: z.literal('block_actions'),
  user: Asker,
  team: Team,
  trigger_id: Text,
  response_url: z.string().nullish(),
  channel: Where,
  container: z.object({ message_ts: z.string().nullish() }).nullish(),
  message: z.object({ ts: z.string().nullish(), blocks: Blocks }).nullish(),
  view: View.nullish(),
  actions: z.array(z.looseObject({ type: z.string(), action_id: z.string(), block_id: z.string().nullish() })).min(1),
});

const Form = z.object({
  type: z.literal('view_submission'),
  user: Asker,
  team: Team,
  trigger_id: z.string().default(''),
  view: View,
  response_urls: z.array(z.object({ response_url: z.string() })).nullish(),
});

const Shortcut = z.object({
  type: z.enum(['shortcut', 'message_action']),
  user: Asker,
  team: Team,
  callback_id: Text,
  trigger_id: Text,
  response_url: z.string().nullish(),
  channel: Where,
  message: z.looseObject({ ts: z.string(), text: z.string().nullish(), user: z.string().nullish() }).nullish(),
});

const Event = z.object({
  type: z.literal('event_callback'),
  event_id: z.string().nullish(),
  event_time: z.number().nullish(),
  event: z.looseObject({ type: Text }),
});

/** Somebody types into a select whose options are asked for. */
const Typing = z.object({
  type: z.literal('block_suggestion'),
  user: Asker,
  action_id: Text,
  value: z.string().default(''),
});

/** Answered with nothing: a closed form. */
const Aside = z.object({ type: z.literal('view_closed'), user: Asker });

export type Envelope =
  | { readonly kind: 'command'; readonly body: z.output<typeof Command> }
  | { readonly kind: 'click'; readonly body: z.output<typeof Click> }
  | { readonly kind: 'form'; readonly body: z.output<typeof Form> }
  | { readonly kind: 'shortcut'; readonly body: z.output<typeof Shortcut> }
  | { readonly kind: 'event'; readonly body: z.output<typeof Event> }
  | { readonly kind: 'typing'; readonly body: z.output<typeof Typing> }
  | { readonly kind: 'aside'; readonly body: z.output<typeof Aside> }
  /** Slack left events out: more than 30,000 in an hour. Comes without an event. */
  | { readonly kind: 'rate-limited' }
  /** Sent once, when the request URL is saved. */
  | { readonly kind: 'challenge'; readonly challenge: string }
  | { readonly kind: 'unknown' };

export type AskedEnvelope = Extract<Envelope, { kind: 'command' | 'click' | 'form' | 'shortcut' }>;

/** What this body is. `unknown` is broken or foreign: nothing of it may be believed. */
export function readEnvelope(body: unknown): Envelope {
  if (body === null || typeof body !== 'object' || Array.isArray(body)) return { kind: 'unknown' };
  const said = body as Record<string, unknown>;
  if (typeof said.command === 'string') return believed('command', Command.safeParse(said));
  switch (said.type) {
    case 'event_callback':
      return isRoutable(said.event) ? believed('event', Event.safeParse(said)) : { kind: 'unknown' };
    case 'block_actions':
      return believed('click', Click.safeParse(said));
    case 'view_submission':
      return believed('form', Form.safeParse(said));
    case 'shortcut':
    case 'message_action':
      return believed('shortcut', Shortcut.safeParse(said));
    case 'block_suggestion':
      return believed('typing', Typing.safeParse(said));
    case 'view_closed':
      return believed('aside', Aside.safeParse(said));
    case 'app_rate_limited':
      return { kind: 'rate-limited' };
    case 'url_verification':
      return { kind: 'challenge', challenge: String(said.challenge ?? '') };
    default:
      return { kind: 'unknown' };
  }
}

function believed<K extends 'command' | 'click' | 'form' | 'shortcut' | 'event' | 'typing' | 'aside'>(
  kind: K,
  read: { success: true; data: Extract<Envelope, { kind: K }>['body'] } | { success: false },
): Envelope {
  return read.success ? ({ kind, body: read.data } as Envelope) : { kind: 'unknown' };
}

/** Bolt looks into these fields with `in`, which throws on null and numbers, outside of its own error handling. */
function isRoutable(event: unknown): boolean {
  if (event === null || typeof event !== 'object') return false;
  const { item, channel, user, subteam } = event as Record<string, unknown>;
  const isOpen = (field: unknown) => field === undefined || (typeof field === 'object' && field !== null);
  return isOpen(item) && isOpen(subteam) && [channel, user].every((one) => typeof one === 'string' || isOpen(one));
}

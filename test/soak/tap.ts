import type { Sandbox } from '../../src/sandbox/sandbox.ts';
import type { Channel, Json } from '../../src/sandbox/world.ts';
import type { Span, Told } from './evidence.ts';

/** Something Slack sent because a person asked, with the identity by which the bot knows it. */
interface Parcel {
  readonly user: string;
  readonly identity: string | null;
  readonly outcome: string;
}

/** Hears everything that happens in the local Slack, however long the run: the journal itself forgets. */
export interface Tap {
  readonly told: readonly Told[];
  readonly violations: readonly { at: number; what: string }[];
  /** By the person's id. */
  parcelsOf(user: string): readonly Parcel[];
  /** Calls of the Web API and deliveries, by how they went. */
  readonly counts: ReadonlyMap<string, number>;
  /** Everyone who was ever in a channel. */
  insidersOf(channel: string): readonly string[];
  /** When the bot was kept out of it. */
  closedOf(channel: string): readonly Span[];
}

const UNDER_WAY_MS = 500;

type Growing = { -readonly [K in keyof Told]: Told[K] };

export function tapInto({ world, journal }: Sandbox): Tap {
  const told: Growing[] = [];
  const byEvent = new WeakMap<object, Growing>();
  const parcels = new Map<string, Parcel[]>();
  const violations: { at: number; what: string }[] = [];
  const counts = new Map<string, number>();
  const insiders = new Map<string, Set<string>>();
  const limits = new Map<string, number>();
  const closed = new Map<string, Span[]>();
  const count = (what: string) => counts.set(what, (counts.get(what) ?? 0) + 1);

  /** Another process's call was on its way when the first was told of the limit. */
  const isUnderWay = (what: string) => {
    const method = /^(\S+) was called \d+ s before its Retry-After had passed$/.exec(what)?.[1];
    return method !== undefined && Date.now() - (limits.get(method) ?? 0) < UNDER_WAY_MS;
  };

  const noteClosing = ({ type, user }: Json, { id }: Channel) => {
    const spans = closed.get(id) ?? [];
    const last = spans.at(-1);
    const isOut = last?.to === Number.POSITIVE_INFINITY;
    const isUs = user === world.app.botUserId;
    const closes = /^(channel|group)_archive$/.test(String(type)) || (isUs && type === 'member_left_channel');
    if (closes && !isOut) closed.set(id, [...spans, { from: Date.now(), to: Number.POSITIVE_INFINITY }]);
    if (isOut && isUs && type === 'member_joined_channel')
      closed.set(id, [...spans.slice(0, -1), { ...last, to: Date.now() }]);
  };

  const tell = world.tell;
  world.tell = (event, channel) => {
    if (channel) {
      const seen = insiders.get(channel.id) ?? new Set();
      for (const member of channel.members) seen.add(member);
      insiders.set(channel.id, seen);
    }
    if (channel) noteClosing(event, channel);
    const one = channel ? readEvent(event, channel, world.app) : null;
    if (one) {
      told.push(one);
      byEvent.set(event, one);
    }
    tell(event, channel);
  };

  const record = journal.record;
  journal.record = (draft) => {
    record(draft);
    if (draft.kind === 'violation' && !isUnderWay(draft.what)) violations.push({ at: Date.now(), what: draft.what });
    const limited = draft.kind === 'fault' && /^(\S+): \{"retryAfter"/.exec(draft.what)?.[1];
    if (limited) limits.set(limited, Date.now());
    if (draft.kind === 'fault') count(`fault ${draft.what.replace(/^[\w.]+: /, '').replace(/:\d+/, '')}`);
    if (draft.kind === 'call') count('calls of the Web API');
    if (draft.kind !== 'delivery') return;
    count(`${draft.what}s ${draft.outcome}`);
    const { event } = draft.payload;
    const one = typeof event === 'object' && event !== null ? byEvent.get(event) : undefined;
    if (one && draft.outcome === 'acked') one.acked = true;
    if (draft.what === 'event') return;
    const parcel = readParcel(draft.payload, draft.outcome);
    parcels.set(parcel.user, [...(parcels.get(parcel.user) ?? []), parcel]);
  };

  return {
    told,
    violations,
    counts,
    parcelsOf: (user) => parcels.get(user) ?? [],
    closedOf: (channel) => closed.get(channel) ?? [],
    insidersOf: (channel) => [...(insiders.get(channel) ?? [])],
  };
}

function readParcel(payload: Json, outcome: string): Parcel {
  const person = payload.user as { id?: unknown } | undefined;
  const view = payload.view as { id?: unknown; hash?: unknown } | undefined;
  const identity =
    payload.type === 'view_submission' ? `${String(view?.id)}:${String(view?.hash)}` : (payload.trigger_id ?? null);
  return {
    user: String(payload.user_id ?? person?.id),
    identity: identity === null ? null : String(identity),
    outcome,
  };
}

function readEvent(event: Json, channel: Channel, app: { botUserId: string; botId: string }): Growing | null {
  const base = {
    at: Date.now(),
    channel: channel.id,
    user: typeof event.user === 'string' ? event.user : null,
    text: '',
    name: null,
    editedTs: null,
    byBot: event.user === app.botUserId,
    heard: channel.members.has(app.botUserId),
    acked: false,
  };
  const item = event.item as { ts?: string; message?: { ts?: string } } | undefined;
  switch (event.type) {
    case 'message':
      return readMessage(event, base);
    case 'reaction_added':
    case 'reaction_removed':
      return { ...base, kind: event.type, ts: String(item?.ts), name: String(event.reaction) };
    case 'pin_added':
    case 'pin_removed':
      return { ...base, kind: event.type, ts: String(item?.message?.ts) };
    default:
      return null;
  }
}

type Base = Omit<Growing, 'kind' | 'ts'>;
type Shape = { ts?: string; text?: string; user?: string; subtype?: string; edited?: { ts?: string; user?: string } };

function readMessage(event: Json, base: Base): Growing {
  if (event.subtype === 'message_deleted') return { ...base, kind: 'delete', ts: String(event.deleted_ts) };
  if (event.subtype !== 'message_changed')
    return { ...base, kind: 'message', ts: String(event.ts), text: String(event.text ?? '') };
  const now = event.message as Shape;
  const before = event.previous_message as Shape;
  const about = { ...base, ts: String(now.ts), text: now.text ?? '', user: now.user ?? null };
  if (now.subtype === 'tombstone') return { ...about, kind: 'delete', text: '' };
  const isEdit = now.edited !== undefined && now.edited.ts !== before.edited?.ts;
  return { ...about, kind: isEdit ? 'edit' : 'text', editedTs: now.edited?.ts ?? null };
}

import type { Journal } from './journal.ts';
import type { Json } from './world.ts';

/** How one call of the Web API goes wrong. */
export type CallFault =
  /** Nothing happens and this error is answered. */
  | { readonly error: string; readonly more?: Json }
  /** Nothing happens and this HTTP status is answered. */
  | { readonly status: number }
  /** Nothing happens and the connection breaks. */
  | { readonly drop: true }
  /** It happens, but the connection breaks before the answer. */
  | { readonly loseAnswer: true }
  /** It happens, but this error is answered (`internal_error`, `fatal_error`). */
  | { readonly errorAfter: string }
  /** 429: not before so many seconds. Calls before that are answered the same and recorded as violations. */
  | { readonly retryAfter: number }
  /** It happens after this long. */
  | { readonly delayMs: number };

type When = (args: Json, method: string) => boolean;
type Script = { method: string; fault: CallFault; left: number; when: When };

export type Faults = {
  /** Scripts a fault for the next `times` (default 1) calls of `method` (`*` for all) that pass `when`; returns how to end it. */
  readonly on: (method: string, fault: CallFault, only?: { times?: number; when?: When }) => () => void;
  /** All scripted faults are forgotten, held events released, Slack is up. */
  readonly clear: () => void;
  /** The whole of Slack is away: calls answer 503, sockets break, events wait for their retries. */
  readonly down: () => void;
  readonly up: () => void;
  readonly isDown: () => boolean;
  readonly events: EventFaults;
  readonly take: (method: string, args: Json) => CallFault | undefined;
  readonly takeLostAck: (parcel: string) => boolean;
  /** One route per copy of the event to be sent now; none when it is held. */
  readonly routesOf: (body: Json, release: (body: Json) => void) => { delayMs: number }[];
};

type EventFaults = {
  /** The next `count` events arrive so many times each. */
  readonly duplicate: (copies: number, count?: number) => void;
  /** The next `count` events come late. */
  readonly delay: (ms: number, count?: number) => void;
  /** Events are kept back until `release`. */
  readonly hold: () => void;
  readonly release: (order?: 'in order' | 'reversed') => void;
  /** The next `count` acks of that kind get lost on their way to Slack. */
  readonly loseAcks: (count?: number, parcel?: 'event' | 'command' | 'interactive') => void;
  /** How many events met each fate since the start. */
  readonly tally: Readonly<Tally>;
};

export type Tally = { duplicated: number; delayed: number; held: number };

export function createFaults(journal: Journal, onDown: () => void): Faults {
  let scripts: Script[] = [];
  let isDown = false;
  let held: { body: Json; release: (body: Json) => void }[] | null = null;
  let copies = { each: 1, left: 0 };
  let late = { ms: 0, left: 0 };
  let lost: { parcel: string; left: number }[] = [];
  const say = (what: string) => journal.record({ kind: 'fault', what });

  const tally: Tally = { duplicated: 0, delayed: 0, held: 0 };

  const events: EventFaults = {
    tally,
    duplicate: (each, count = 1) => {
      copies = { each, left: count };
    },
    delay: (ms, count = 1) => {
      late = { ms, left: count };
    },
    hold: () => {
      held ??= [];
    },
    release: (order = 'in order') => {
      const waiting = held ?? [];
      held = null;
      for (const { body, release } of order === 'reversed' ? waiting.reverse() : waiting) release(body);
    },
    loseAcks: (count = 1, parcel = 'event') => {
      lost.push({ parcel, left: count });
    },
  };

  return {
    events,
    on: (method, fault, { times = 1, when = () => true } = {}) => {
      const script = { method, fault, left: times, when };
      scripts.push(script);
      return () => {
        scripts = scripts.filter((one) => one !== script);
      };
    },
    clear: () => {
      scripts = [];
      lost = [];
      copies = { each: 1, left: 0 };
      late = { ms: 0, left: 0 };
      isDown = false;
      events.release();
    },
    down: () => {
      isDown = true;
      say('Slack is down');
      onDown();
    },
    up: () => {
      isDown = false;
      say('Slack is back');
    },
    isDown: () => isDown,
    take: (method, args) => {
      const script = scripts.find(
        (s) => s.left > 0 && (s.method === '*' || s.method === method) && s.when(args, method),
      );
      if (!script) return undefined;
      script.left -= 1;
      say(`${method}: ${JSON.stringify(script.fault)}`);
      return script.fault;
    },
    takeLostAck: (parcel) => {
      const loss = lost.find((l) => l.parcel === parcel && l.left > 0);
      if (loss) loss.left -= 1;
      return loss !== undefined;
    },
    routesOf: (body, release) => {
      if (held) {
        tally.held += 1;
        held.push({ body, release });
        return [];
      }
      const each = copies.left > 0 ? copies.each : 1;
      if (copies.left > 0) copies.left -= 1;
      if (each > 1) tally.duplicated += 1;
      const delayMs = late.left > 0 ? late.ms : 0;
      if (late.left > 0) late.left -= 1;
      if (delayMs > 0) tally.delayed += 1;
      return Array.from({ length: each }, () => ({ delayMs }));
    },
  };
}

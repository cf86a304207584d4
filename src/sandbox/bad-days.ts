import { SECOND } from '../lib/duration.ts';
import { plural as count } from '../lib/text.ts';
import type { BadDays, Switch, SwitchName } from './controls.ts';
import type { Tally } from './faults.ts';
import type { Sandbox } from './sandbox.ts';
import { READS } from './web-api.ts';

/** The faults of Slack and of the road to it, as switches that say what they do. */
export function createBadDays(sandbox: Sandbox): BadDays {
  const { faults, journal, sockets } = sandbox;
  const kinds = kindsOf(sandbox);
  const on = new Map<SwitchName, { since: Date; running: Running }>();

  const set = (name: SwitchName, isOn: boolean) => {
    const held = on.get(name);
    if (isOn === (held !== undefined)) return;
    if (held) {
      on.delete(name);
      held.running.end();
    } else on.set(name, { since: sandbox.now(), running: kinds[name].begin() });
    // Slack's going down says so itself.
    if (name !== 'slack-down') journal.record({ kind: 'fault', what: `${kinds[name].title}: ${isOn ? 'on' : 'off'}` });
  };

  return {
    get switches() {
      return NAMES.map((name): Switch => {
        const { title, says } = kinds[name];
        const held = on.get(name);
        const state = held && { since: held.since, sofar: held.running.sofar() };
        return { name, title, says, isOn: held !== undefined, since: null, sofar: '', ...state };
      });
    },
    set,
    allOff: () => {
      for (const name of [...on.keys()]) set(name, false);
      faults.clear();
    },
    refreshSockets: () => sockets.disconnect('refresh_requested'),
    dropSockets: () => sockets.drop(),
  };
}

const NAMES: readonly SwitchName[] = ['duplicates', 'late', 'held', 'rate-limits', 'lost-answers', 'slack-down'];
const COPIES = 2;
const LATE_MS = 20 * SECOND;
const RETRY_AFTER_S = 5;

type Kind = { readonly title: string; readonly says: string; readonly begin: () => Running };
type Running = { readonly end: () => void; readonly sofar: () => string };

const kindsOf = ({ faults }: Sandbox): Record<SwitchName, Kind> => {
  const { events } = faults;
  const counted = (which: keyof Tally, one: string, many: string, end: () => void): Running => {
    const before = events.tally[which];
    return { end, sofar: () => count(events.tally[which] - before, one, many) };
  };
  return {
    duplicates: {
      title: 'Duplicate deliveries',
      says: 'Every event arrives twice.',
      begin: () => {
        events.duplicate(COPIES, Number.POSITIVE_INFINITY);
        return counted('duplicated', 'event came twice', 'events came twice', () => events.duplicate(1, 0));
      },
    },
    late: {
      title: 'Late events',
      says: `Every event arrives ${LATE_MS / SECOND} seconds late.`,
      begin: () => {
        events.delay(LATE_MS, Number.POSITIVE_INFINITY);
        return counted('delayed', 'event is or was late', 'events are or were late', () => events.delay(0, 0));
      },
    },
    held: {
      title: 'Events held back',
      says: 'No event arrives until this is switched off; then all of them at once.',
      begin: () => {
        events.hold();
        return counted('held', 'event held back', 'events held back', () => events.release());
      },
    },
    'rate-limits': {
      title: 'Rate limits',
      says: `Every third call is answered 429: not before ${RETRY_AFTER_S} seconds.`,
      begin: () => {
        const third = every(3, (method) => method !== 'response_url');
        const end = faults.on(
          '*',
          { retryAfter: RETRY_AFTER_S },
          { times: Number.POSITIVE_INFINITY, when: third.when },
        );
        return { end, sofar: () => count(third.met(), 'call refused', 'calls refused') };
      },
    },
    'lost-answers': {
      title: 'Lost answers',
      says: 'Every second change is made, but its answer never comes.',
      begin: () => {
        const second = every(2, (method) => !READS.test(method));
        const end = faults.on('*', { loseAnswer: true }, { times: Number.POSITIVE_INFINITY, when: second.when });
        return { end, sofar: () => count(second.met(), 'answer lost', 'answers lost') };
      },
    },
    'slack-down': {
      title: 'Slack is down',
      says: 'Calls are answered 503, connections break, events wait for their retries.',
      begin: () => {
        faults.down();
        return { end: faults.up, sofar: () => 'nothing goes through' };
      },
    },
  };
};

/** The first of so many, and then each so-manieth. */
function every(nth: number, counts: (method: string) => boolean) {
  let seen = 0;
  return {
    when: (_: unknown, method: string) => {
      if (!counts(method)) return false;
      seen += 1;
      return seen % nth === 1;
    },
    met: () => Math.ceil(seen / nth),
  };
}

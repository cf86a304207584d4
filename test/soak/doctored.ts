import type { RecordedEntry } from '../../src/timeline/record.ts';
import type { Evidence, Held, SlackChannel, SlackPost, Told } from './evidence.ts';

/** How the sound world of `given.ts` is doctored for tests of the checker. */

export type Doctored = (world: Evidence) => Evidence;

export const incident =
  (number: number, change: (held: Held) => Held): Doctored =>
  (world) => ({
    ...world,
    incidents: world.incidents.map((held) => (held.record.incident.number === number ? change(held) : held)),
  });

export const timeline = (number: number, change: (entries: RecordedEntry[]) => RecordedEntry[]): Doctored =>
  incident(number, (held) => ({ ...held, record: { ...held.record, timeline: change([...held.record.timeline]) } }));

export const inChannel =
  (id: string, change: (channel: SlackChannel) => Partial<SlackChannel>): Doctored =>
  (world) => ({
    ...world,
    slack: {
      ...world.slack,
      channels: world.slack.channels.map((one) => (one.id === id ? { ...one, ...change(one) } : one)),
    },
  });

export const posts = (id: string, change: (messages: SlackPost[]) => SlackPost[]): Doctored =>
  inChannel(id, (channel) => ({ messages: change([...channel.messages]) }));

export const without = (pattern: RegExp) => (messages: SlackPost[]) =>
  messages.filter((one) => !pattern.test(one.firstText));

/** The same words once more, by another job. */
export const again = (pattern: RegExp) => (messages: SlackPost[]) =>
  messages.flatMap((one) => (pattern.test(one.firstText) ? [one, { ...one, ts: '1.000001', marker: 'other' }] : [one]));

export const saying = (text: string): SlackPost => ({
  ts: '9.000001',
  threadTs: null,
  user: 'U0BOT',
  byBot: true,
  text,
  firstText: text,
  shown: text,
  marker: 'leak',
  pings: [],
  buttons: [],
  reactions: [],
});

export const reread: Doctored = (world) => ({ ...world, reread: true });

export const told =
  (change: (all: Told[]) => Told[]): Doctored =>
  (world) => ({ ...world, told: change([...world.told]) });

export const isWords = ({ text }: { text: string | null }) => text === 'q7x I see errors';
export const isReaction = ({ kind }: { kind: string }) => kind === 'reaction_added';
export const withRung = (entry: RecordedEntry, rung: string) => entry.payload.rung === rung;

export const later = (instant: string, seconds: number): string =>
  new Date(Date.parse(instant) + seconds * 1_000).toISOString();
export const theWay = { to: 'U0OLIVIA', channel: 'C0GENERAL', text: 'INC-1: its channel is <#C1>' };
export const dueIn = (world: Evidence): string => new Date(world.promises[0]?.dueAt ?? 0).toISOString();

/** A second update, a minute after the first. */
export const updated = incident(1, (held) => ({
  ...held,
  record: {
    ...held.record,
    updates: held.record.updates.flatMap((one) => [
      one,
      { ...one, text: 'q11x later', postedAt: later(one.postedAt, 60) },
    ]),
  },
}));

/** Later than everything else in it; what stood outside was emptied. */
export function madePrivate(world: Evidence): Evidence {
  const at = '2026-11-20T04:00:00.000Z';
  const empty = { text: 'INC-1 (private)', shown: 'INC-1 (private)' };
  const turned = incident(1, (held) => ({
    ...held,
    drawn: { ...held.drawn, announcement: empty.text },
    record: {
      ...held.record,
      incident: { ...held.record.incident, visibility: 'private' },
      audit: [{ at, actor: 'slack', what: 'made private', detail: {} }],
    },
  }));
  const emptied = posts('C0ANNOUNCE', (all) => all.map((one) => ({ ...one, ...empty })));
  return inChannel('C1', () => ({ kind: 'private' }))(emptied(turned(world)));
}

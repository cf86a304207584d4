import { expect, test } from '@jest/globals';
import { incidentId } from '../../src/lib/ids.ts';
import type { ChannelView } from '../../src/sandbox/channel-view.ts';
import type { Shown } from '../../src/sandbox/readable.ts';
import type { Sandbox } from '../../src/sandbox/sandbox.ts';
import type { Mode, Stage } from './stage.ts';

/** Long stories that mostly wait are told over both roads at the same time. */
export function testOverBoth(says: string, story: (mode: Mode) => Promise<void>, timeoutMs = 60_000): void {
  test(
    `over sockets and over HTTP, ${says}`,
    async () => {
      await Promise.all([story('socket'), story('http')]);
    },
    timeoutMs,
  );
}

/** The four people of the workspace. */
export function people(slack: Sandbox) {
  const [oncall, commander, comms, exec] = ['oncall', 'commander', 'comms', 'exec'].map((who) => slack.person(who));
  if (!oncall || !commander || !comms || !exec) throw new Error('four people');
  return { oncall, commander, comms, exec };
}

export interface Declared {
  readonly number: number;
  readonly channel: ChannelView;
}

/** Types `/incident declare …` and waits until the channel stands with all that belongs to it. */
export async function declare(
  stage: Stage,
  typed: string,
  { by = 'oncall', in: where = 'general' } = {},
): Promise<Declared> {
  const reply = await stage.slack.person(by).slash(`/incident declare ${typed}`, { in: where });
  const number = Number(/INC-(\d+)/.exec(reply.shown)?.[1]);
  expect(number).toBeGreaterThan(0);
  const channel = await channelOf(stage, number);
  await stage.quiet();
  return { number, channel };
}

/** The channel of an incident, once its card is pinned. */
export async function channelOf({ slack, db }: Pick<Stage, 'slack' | 'db'>, number: number): Promise<ChannelView> {
  const channel = await slack.until(
    async () => {
      const row = await db
        .selectFrom('incidents')
        .select('channelId')
        .where('id', '=', incidentId(number))
        .executeTakeFirst();
      return slack.channels().find((one) => one.id === row?.channelId);
    },
    { what: `the channel of INC-${number}`, timeoutMs: 20_000 },
  );
  await slack.until(() => channel.pins.length > 0, { what: 'its card is pinned', timeoutMs: 20_000 });
  return channel;
}

/** Everybody joins the channel of an incident. */
export function gather(slack: Sandbox, channel: ChannelView, ...handles: string[]): void {
  for (const handle of handles) if (!channel.members.includes(handle)) slack.person(handle).joins(channel.name);
}

/** All that stands anywhere, threads and direct messages with the bot included. */
export function everywhere(slack: Sandbox): Shown[] {
  const outside = slack
    .channels()
    .flatMap((channel) => channel.messages.flatMap((one) => [one, ...channel.thread(one.ts)]));
  return [...outside, ...slack.people().flatMap((person) => person.dms)];
}

export const saying = (posts: readonly Shown[], what: RegExp): Shown[] =>
  posts.filter((one) => what.test(one.shown) || what.test(one.text));

export const announcements = (slack: Sandbox): readonly Shown[] =>
  slack.channel('incidents').posts.filter((one) => one.by === slack.bot.handle);

import { MINUTE } from '../lib/duration.ts';
import type { Result } from '../lib/result.ts';
import type { Reply } from './acts.ts';
import type { ChannelView } from './channel-view.ts';
import type { NextReminder } from './controls.ts';
import type { Truthy } from './journal.ts';
import type { Person } from './person.ts';
import type { Shown } from './readable.ts';
import type { Sandbox } from './sandbox.ts';

/** What a step of the story has in hand: the people, the incident it is about, the clock. */
export interface Scene {
  readonly slack: Sandbox;
  readonly person: (handle: string) => Person;
  /** Declares and finds the channel that opens. */
  readonly declare: (by: string, typed: string, where: string) => Promise<void>;
  /** The incident's channel, wherever it is called what by now. */
  readonly channel: () => ChannelView;
  readonly card: () => Shown | undefined;
  /** For what the bot does by itself; `notYet` says what keeps the story waiting. */
  readonly waits: <T>(notYet: string, condition: () => T) => Promise<Truthy<T>>;
  /** Types into the incident's channel as somebody who is in it. */
  readonly types: (who: string, typed: string) => Promise<void>;
  readonly says: (who: string, typed: string, more?: { thread?: string }) => Shown;
  /** A monitor or a deploy job posts into the incident's channel. */
  readonly reports: (name: string, text: string) => void;
  /** Moves the clock until the bot has asked in the channel for the update that is due. */
  readonly untilReminded: () => Promise<void>;
  readonly forward: (ms: number) => Promise<void>;
}

export interface SceneClock {
  forward(ms: number): Promise<Result<void, string>>;
  toNextReminder(): Promise<Result<NextReminder, string>>;
}

export function createScene(slack: Sandbox, clock: SceneClock, found: (channelId: string) => void): Scene {
  let id: string | null = null;
  let ref: string | undefined;
  const channel = () => {
    if (id === null) throw new Error('The story has no incident yet: start it again.');
    return slack.channel(id);
  };
  const card = () => channel().pins.find((one) => one.by === slack.bot.handle);
  const enter = (who: string): Person => {
    const person = slack.person(who);
    const { name, members } = channel();
    if (!members.includes(who)) person.joins(name);
    return person;
  };
  const forward = async (ms: number) => {
    const moved = await clock.forward(ms);
    if (!moved.ok) throw new Error(moved.no);
  };
  const waits: Scene['waits'] = (notYet, condition) =>
    slack.until(condition, { timeoutMs: PATIENCE_MS }).catch(() => {
      throw new Error(`${notYet}: switch bad days off or wait a little, and go on with the next step.`);
    });
  const isAsking = () => channel().posts.some((one) => one.buttons.includes('Snooze 10 min'));

  return {
    slack,
    channel,
    card,
    forward,
    person: slack.person,
    declare: async (by, typed, where) => {
      // Played again after a wait that was too short, it goes on waiting.
      if (!ref) {
        const reply = answered(await slack.person(by).slash(`/incident declare ${typed}`, { in: where }));
        ref = /INC-\d+/.exec(reply.shown)?.[0];
        if (!ref) throw new Error(`Declaring was answered "${reply.shown}".`);
      }
      const opened = await waits(`The channel of ${ref} does not stand yet`, () =>
        slack.channels().find((one) => one.topic.includes(`${ref} `) && one.pins.length > 0),
      );
      id = opened.id;
      found(opened.id);
    },
    waits,
    types: async (who, typed) => {
      answered(await enter(who).slash(`/incident ${typed}`, { in: channel().name }));
    },
    says: (who, typed, more = {}) => enter(who).says(typed, { in: channel().name, ...more }),
    reports: (name, text) => void slack.webhook(channel().name, text, name),
    untilReminded: async () => {
      // Its ladder is a private nudge, then the reminder in the channel; other timers may come between.
      for (let rungs = 0, tries = 0; rungs < 2 && tries < 8 && !isAsking(); tries++) {
        const moved = await clock.toNextReminder();
        if (!moved.ok) throw new Error(moved.no);
        if (moved.value.what === `the next update of ${ref}`) rungs += 1;
        await slack.until(isAsking, { timeoutMs: 300 }).catch(() => undefined);
      }
      await waits('The reminder is not in the channel yet', isAsking);
      await forward(MINUTE);
    },
  };
}

/** A bot that is down or slow answers when it is back; the story waits for whoever watches. */
const PATIENCE_MS = 20_000;

function answered(reply: Reply): Reply {
  if (reply.outcome === 'acked') return reply;
  throw new Error('The bot did not answer: start it, or switch the bad day off, and go on with the next step.');
}

import type { Sandbox } from '../../src/sandbox/sandbox.ts';
import { type Actor, makeActor, pause, type Town } from './actor.ts';
import { DEEDS, pickRoom, YES } from './deeds.ts';
import type { Asked } from './evidence.ts';
import { chanceOf } from './seeded.ts';
import type { Tap } from './tap.ts';

interface CrowdOptions {
  readonly slack: Sandbox;
  readonly tap: Tap;
  readonly seed: number;
  /** Between two deeds of one person, in milliseconds; null: nobody does anything by themselves. */
  readonly pace: readonly [least: number, most: number] | null;
  readonly declareEveryMs: number;
  readonly announceChannel: string;
}

export interface Crowd {
  readonly asked: readonly Asked[];
  readonly deeds: () => number;
  /** For words after the storm. */
  readonly speaker: (userId: string) => Actor;
  /** Everyone finishes what they are doing. */
  stop(): Promise<void>;
}

const SINGLES = ['oncall', 'commander', 'comms', 'exec', 'dana', 'eli'];
/** They do the same thing at the same moment, all three of them. */
const TRIPLETS = ['tick', 'trick', 'track'];

const FEW = 4;

/** People who go on doing things until they are told to stop. */
export function gatherCrowd(options: CrowdOptions): Crowd {
  const { slack, tap, seed, pace } = options;
  const asked: Asked[] = [];
  let declaredAt = 0;
  let deeds = 0;
  const town: Town = {
    slack,
    tap,
    asked,
    announceChannel: options.announceChannel,
    mayDeclare: () => {
      // Until there is something to work on, people declare faster.
      const wait = channelsMade(slack) < FEW ? options.declareEveryMs / 6 : options.declareEveryMs;
      if (Date.now() - declaredAt < wait) return false;
      declaredAt = Date.now();
      return true;
    },
  };
  const general = slack.channels().find(({ name }) => name === 'general');
  const actors = [...SINGLES, ...TRIPLETS].map((handle, n) => {
    const known = slack.people().some((person) => person.handle === handle);
    const person = known ? slack.person(handle) : slack.addPerson({ handle });
    if (general && !general.members.includes(handle)) person.joins(general.name);
    return makeActor(town, person, chanceOf(seed, handle), n + 1);
  });
  const singles = actors.slice(0, SINGLES.length);
  const triplets = actors.slice(SINGLES.length);
  const stopping = new AbortController();

  const live = async (actor: Actor, [least, most]: NonNullable<typeof pace>) => {
    while (!stopping.signal.aborted) {
      await actor.chance.weighed(DEEDS)(actor);
      deeds += 1;
      await pause(actor.chance.between(least, most));
    }
  };
  const rush = async ([least, most]: NonNullable<typeof pace>) => {
    const chance = chanceOf(seed, 'triplets');
    while (!stopping.signal.aborted) {
      await together(triplets, chance.between(0, 5));
      deeds += triplets.length;
      await pause(chance.between(least * 2, most * 4));
    }
  };
  const living = pace === null ? [] : [...singles.map((actor) => live(actor, pace)), rush(pace)];

  return {
    asked,
    deeds: () => deeds,
    speaker: (userId) => {
      const found = actors.find(({ person }) => person.id === userId) ?? singles[0];
      if (!found) throw new Error('nobody is there');
      return found;
    },
    stop: async () => {
      stopping.abort();
      await Promise.all(living);
    },
  };
}

/** The same button, the same command, the same title at once: one of them wins, the others are told. */
async function together(actors: readonly Actor[], what: number): Promise<void> {
  const [first] = actors;
  if (!first) return;
  for (const actor of actors) for (const door of actor.doors().slice(-3)) actor.person.joins(door.id);
  const room = pickRoom(first)?.id;
  const all = (act: (actor: Actor) => Promise<unknown>) => Promise.all(actors.map(act));
  if (what === 0) {
    if (first.town.mayDeclare())
      await all((actor) => actor.type('/incident declare sev2 all at once', 'general', YES.declare));
    return;
  }
  if (!room) return;
  if (what === 1) await all((actor) => actor.click("I'm IC", { in: room }));
  if (what === 2) await all((actor) => actor.type(`/incident mitigated ${actor.word()}`, room, YES.state));
  if (what === 3) await all((actor) => actor.type(`/incident update ${actor.word()} at once`, room, YES.update));
  if (what === 4) await all((actor) => actor.click('Snooze 10 min', { in: room }));
}

const channelsMade = ({ world, bot }: Sandbox): number =>
  [...world.channels.values()].filter(({ kind, creator }) => kind !== 'im' && creator === bot.id).length;

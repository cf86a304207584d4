import type { Ephemeral, World } from './world.ts';
import { nextTs } from './world.ts';

/** Messages one person sees. */

export function addEphemeral(world: World, draft: Omit<Ephemeral, 'ts'>): Ephemeral {
  const ephemeral = { ...draft, ts: nextTs(world) };
  world.ephemerals.push(ephemeral);
  world.journal.changed();
  return ephemeral;
}

export function dropEphemeral(world: World, ts: string): boolean {
  const at = world.ephemerals.findIndex((held) => held.ts === ts);
  if (at >= 0) world.ephemerals.splice(at, 1);
  world.journal.changed();
  return at >= 0;
}

import { type Asked, declareTogether } from '../../src/declarations/transactions.ts';
import type { Changed } from '../../src/incidents/change.ts';

/** One declaration that nobody else's is near. */
export async function declareIncident(
  deps: Parameters<typeof declareTogether>[0],
  intent: Asked['intent'],
  declaration: Asked['declaration'],
  waiting: Asked['waiting'],
): Promise<Changed> {
  const [settled] = await declareTogether(deps, [{ intent, declaration, waiting }]);
  if (settled?.ok) return settled.value;
  throw settled?.fault;
}

import { z } from 'zod';
import type { Deps } from '../deps.ts';
import { batched, type Settled } from '../lib/batch.ts';
import { type UserId, userId } from '../lib/ids.ts';
import { saidSlack } from '../slack/errors.ts';
import type { Gate, Listeners } from '../slack/listeners.ts';
import { BELIEVED_FOR, type Person, personOf, refusalFor, unknownReader } from './person.ts';
import { findPeople, findPerson, savePerson } from './store.ts';
import { recheckLater } from './transactions.ts';

type Looking = Pick<Deps, 'db' | 'now' | 'log' | 'slack'>;

/** A command cannot wait longer for an answer about who gives it. */
const PATIENCE_MS = 800;

/** Who may command. Slack's silence must not stop a declaration at 3 a.m.; it is checked again afterwards. */
export const peopleGate = (deps: Looking): Gate => {
  const find = batched({ flush: (users: readonly UserId[]) => findTogether(deps, users), max: 100, atOnce: 2 });
  return async ({ user, team, reading, what }) => {
    const known = await find(user);
    const person = isFresh(known, deps.now()) ? known : ((await look(deps, user, PATIENCE_MS)) ?? known);
    if (person === 'nobody') return refusalFor('stranger');
    if (person) return refusalFor(person.standing);
    if (team !== null && (await isForeign(deps, team))) return refusalFor('stranger');
    if (reading) return unknownReader;
    await recheckLater(deps, user, what);
    return null;
  };
};

/** Those who ask at the same time are looked up together. */
async function findTogether({ db }: Looking, users: readonly UserId[]): Promise<Settled<Person | undefined>[]> {
  const known = new Map((await findPeople(db, [...new Set(users)])).map((person) => [person.userId, person]));
  return users.map((user) => ({ ok: true, value: known.get(user) }));
}

const isFresh = (person: Person | undefined, now: Date): person is Person =>
  person !== undefined && now.getTime() - person.checkedAt.getTime() < BELIEVED_FOR;

/** False as well when Slack cannot be asked who we are. */
async function isForeign(deps: Looking, team: string): Promise<boolean> {
  const me = await deps.slack.me().catch(() => null);
  return me !== null && me.teamId !== team;
}

/** Null when Slack did not answer in time; `nobody` when it answered that there is no such person here. */
async function look(deps: Looking, user: UserId, withinMs: number): Promise<Person | 'nobody' | null> {
  try {
    const [found, me] = await Promise.all([deps.slack.userInfo(user, withinMs), deps.slack.me()]);
    const person = personOf(found, me.teamId, deps.now());
    await savePerson(deps.db, person);
    return person;
  } catch (fault) {
    deps.log.warn({ err: fault, user }, 'could not look up a person');
    return saidSlack(fault, 'user_not_found', 'user_not_visible') ? 'nobody' : null;
  }
}

/** Display names; those not known yet are asked of Slack once. */
export const namesOf =
  (deps: Looking): Deps['names'] =>
  async (users) => {
    const wanted = [...new Set(users)];
    const names = new Map((await findPeople(deps.db, wanted)).map((person) => [person.userId, person.name]));
    const missing = wanted.filter((user) => !names.has(user));
    const found = await Promise.all(missing.map((user) => look(deps, user, 2 * PATIENCE_MS)));
    for (const person of found) if (person && person !== 'nobody') names.set(person.userId, person.name);
    return names;
  };

const Changed = z.object({
  user: z.object({
    id: z.string(),
    team_id: z.string().nullish(),
    name: z.string().optional(),
    real_name: z.string().optional(),
    deleted: z.boolean().optional(),
    is_bot: z.boolean().optional(),
    is_restricted: z.boolean().optional(),
    is_ultra_restricted: z.boolean().optional(),
    tz: z.string().nullish(),
    profile: z.object({ display_name: z.string().optional(), real_name: z.string().optional() }).optional(),
  }),
});

/** Names and standing follow Slack, so that someone deactivated no longer commands. */
export function peopleListeners(deps: Looking): Listeners {
  return {
    events: {
      user_change: async ({ event }) => {
        const read = Changed.safeParse(event);
        if (!read.success || !(await findPerson(deps.db, userId(read.data.user.id)))) return;
        const { user } = read.data;
        const name = user.profile?.display_name || user.real_name || user.profile?.real_name || user.name || user.id;
        const known = {
          id: userId(user.id),
          teamId: user.team_id ?? null,
          name,
          isBot: user.is_bot ?? false,
          isGuest: user.is_restricted === true || user.is_ultra_restricted === true,
          isDeactivated: user.deleted ?? false,
          timezone: user.tz ?? null,
        };
        await savePerson(deps.db, personOf(known, (await deps.slack.me()).teamId, deps.now()));
      },
    },
  };
}

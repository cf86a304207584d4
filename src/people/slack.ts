import { setTimeout as sleep } from 'node:timers/promises';
import { z } from 'zod';
import type { Deps } from '../deps.ts';
import { isPerson } from '../incidents/contact.ts';
import { type Incident, isPrivate } from '../incidents/incident.ts';
import { findIncident, findIncidentByChannel, holdersOf, isMember } from '../incidents/store.ts';
import { findVisible } from '../incidents/transactions.ts';
import type { Message } from '../jobs/job.ts';
import { batched, type Settled } from '../lib/batch.ts';
import { MINUTE, type Millis } from '../lib/duration.ts';
import { type UserId, userId } from '../lib/ids.ts';
import { saidSlack } from '../slack/errors.ts';
import type { Gate, Listeners } from '../slack/listeners.ts';
import { mentionsIn, plainOf } from '../slack/mrkdwn.ts';
import { aboutOf, isAmong, type Right, rightFor, unknownMember, wordedRight } from './access.ts';
import { BELIEVED_FOR, type Known, type Person, personOf, refusalFor, type Standing, unknownReader } from './person.ts';
import { findPeople, findPerson, letSeePrivate, savePerson } from './store.ts';
import { recheckLater, recordRefusal } from './transactions.ts';

type Looking = Pick<Deps, 'db' | 'now' | 'log' | 'slack'>;
type Guarding = Looking & Pick<Deps, 'policy'>;

/** Of the 3 s that Slack waits for an answer, so much for who gives a command, */
const PATIENCE_MS = 800;
/** and so much for whom it names. */
const PATIENCE_FOR_NAMED_MS = 2 * PATIENCE_MS;

/** Who may command. Slack's silence must not stop a declaration at 3 a.m.; it is checked again afterwards. */
export const peopleGate = (deps: Guarding): Gate => {
  const find = batched({ flush: (users: readonly UserId[]) => findTogether(deps, users), max: 100, atOnce: 2 });
  const members = membersOf(deps);
  return async (asked) => {
    const known = await find(asked.user);
    const person = isFresh(known, deps.now()) ? known : ((await look(deps, asked.user, PATIENCE_MS)) ?? known);
    const standing = await standingOf(deps, person, asked.team);
    const refusal = standing && refusalFor(standing);
    if (refusal) return refused(deps, asked, standing, refusal);
    if (standing === null && asked.reading) return unknownReader;
    // Declaring shows nothing, so it waits for nothing.
    if (rightFor(asked) !== 'declare') await letSee(deps, members, asked.user, known?.seesPrivate ?? false);
    await noteHidden(deps, asked);
    const lacking = await lacks(deps, members, asked);
    if (lacking?.message) return refused(deps, asked, lacking.why, lacking.message, lacking.incident);
    if (standing === null || lacking)
      await recheckLater(deps, asked.user, asked.what, lacking?.right ?? null, lacking?.incident?.id ?? null);
    return null;
  };
};

/** Null: Slack did not say. */
async function standingOf(
  deps: Looking,
  person: Person | 'nobody' | undefined,
  team: string | null,
): Promise<Standing | null> {
  if (person === 'nobody') return 'stranger';
  if (person) return person.standing;
  return team !== null && (await isForeign(deps, team)) ? 'stranger' : null;
}

type Asked = Parameters<Gate>[0];

async function refused(deps: Looking, asked: Asked, why: string, message: Message, about?: Incident | null) {
  const incident = about ?? (await incidentOf(deps, asked));
  await recordRefusal(deps, { user: asked.user, did: asked.what, why, incident: incident?.id ?? null });
  return message;
}

/** Whoever asks for a private incident of others is answered as if there were none, and stands in its audit. */
async function noteHidden(deps: Looking, { from, user, what }: Asked): Promise<void> {
  const { named } = aboutOf(from);
  const incident = named === null ? undefined : await findIncident(deps.db, named);
  if (!incident || !isPrivate(incident) || (await findVisible(deps, incident.id, user))) return;
  await recordRefusal(deps, { user, did: what, why: 'private', incident: incident.id });
}

interface Lacking {
  readonly right: Right;
  readonly why: string;
  readonly incident: Incident | null;
  /** Null: Slack did not say, so it is let through and checked again. */
  readonly message: Message | null;
}

/** What the policy does not let them do. Null: it does, or there is nothing to be done it to. */
async function lacks(deps: Guarding, members: MembersOf, asked: Asked): Promise<Lacking | null> {
  const right = rightFor(asked);
  const audience = right && deps.policy.access[right];
  if (right === null || audience === null || audience === 'everyone') return null;
  const incident = right === 'declare' ? null : await incidentOf(deps, asked);
  // Whatever cannot be seen is answered as what does not exist.
  if (incident && !(await findVisible(deps, incident.id, asked.user))) return null;
  if (audience === 'members' && !incident) return null;
  // Who was given a role may do what it asks of them. Ending stays with whom the policy names: anybody can take a role.
  if (right === 'command' && incident && (await holdsRole(deps, incident, asked.user))) return null;
  const may =
    audience === 'members'
      ? incident !== null && (incident.declaredBy === asked.user || (await isMember(deps.db, incident.id, asked.user)))
      : await isIn(asked.user, audience, members);
  if (may === true) return null;
  const refusal = { right, why: `access.${right}`, incident };
  if (may === false) return { ...refusal, message: wordedRight(right, audience, incident) };
  return { ...refusal, message: incident && isPrivate(incident) ? unknownMember : null };
}

const holdsRole = async ({ db }: Looking, { id }: Incident, user: UserId): Promise<boolean> =>
  (await holdersOf(db, id)).some(({ userId }) => userId === user);

async function incidentOf({ db }: Looking, { from }: Asked): Promise<Incident | null> {
  const { named, channel } = aboutOf(from);
  const here = channel && (await findIncidentByChannel(db, channel));
  if (here) return here;
  return (named && (await findIncident(db, named))) || null;
}

/** Written down, because what may be seen is chosen by statements. Nothing is shown on trust. */
async function letSee(deps: Guarding, members: MembersOf, user: UserId, before: boolean): Promise<void> {
  const { seePrivate } = deps.policy.access;
  const may = typeof seePrivate === 'string' ? seePrivate === 'everyone' : await isIn(user, seePrivate, members);
  if ((may ?? false) !== before) await letSeePrivate(deps.db, user, may ?? false);
}

type MembersOf = (group: string) => Promise<ReadonlySet<UserId> | null>;

/** Groups change more often than people do. */
const GROUP_BELIEVED_FOR = 10 * MINUTE;

/** Who is in a user group; null when Slack has not said so in time, nor within the hour. */
function membersOf({ slack, now, log }: Looking): MembersOf {
  const known = new Map<string, { users: ReadonlySet<UserId>; at: number }>();
  const asking = new Map<string, Promise<void>>();
  const ask = async (group: string): Promise<void> => {
    try {
      const found = await slack.userGroup(group);
      if (!found) log.warn({ group }, 'the policy gives access to a user group that Slack does not know');
      known.set(group, { users: new Set(found?.users), at: now().getTime() });
    } catch (fault) {
      log.warn({ err: fault, group }, 'could not look up a user group');
    } finally {
      asking.delete(group);
    }
  };
  const believed = (group: string, forMs: number) => {
    const found = known.get(group);
    return found && now().getTime() - found.at < forMs ? found.users : null;
  };
  return async (group) => {
    const fresh = believed(group, GROUP_BELIEVED_FOR);
    if (fresh) return fresh;
    const asked = asking.get(group) ?? ask(group);
    asking.set(group, asked);
    await inTime(asked, PATIENCE_MS);
    return believed(group, BELIEVED_FOR);
  };
}

async function isIn(user: UserId, written: readonly string[], members: MembersOf): Promise<boolean | null> {
  if (written.includes(user)) return true;
  return isAmong(user, await Promise.all(written.filter((one) => !isPerson(one)).map(members)));
}

/** Those who ask at the same time are looked up together. */
async function findTogether({ db }: Looking, users: readonly UserId[]): Promise<Settled<Known | undefined>[]> {
  const known = new Map((await findPeople(db, [...new Set(users)])).map((person) => [person.userId, person]));
  return users.map((user) => ({ ok: true, value: known.get(user) }));
}

const isFresh = (person: Person | undefined, now: Date): person is Person =>
  person !== undefined && now.getTime() - person.checkedAt.getTime() < BELIEVED_FOR;

/** False as well when Slack does not say who we are; that is known, unless everything was forgotten just now. */
async function isForeign(deps: Looking, team: string): Promise<boolean> {
  const me = await inTime(deps.slack.me(), PATIENCE_MS / 2).catch(() => null);
  return me !== null && me.teamId !== team;
}

/** Null when Slack did not answer in time; `nobody` when it answered that there is no such person here. */
async function look(deps: Looking, user: UserId, withinMs: number): Promise<Person | 'nobody' | null> {
  try {
    const [found, me] = await Promise.all([deps.slack.userInfo(user, withinMs), inTime(deps.slack.me(), withinMs)]);
    if (!me) return null;
    const person = personOf(found, me.teamId, deps.now());
    await savePerson(deps.db, person);
    return person;
  } catch (fault) {
    deps.log.warn({ err: fault, user }, 'could not look up a person');
    return saidSlack(fault, 'user_not_found', 'user_not_visible') ? 'nobody' : null;
  }
}

/**
 * Display names; those not known yet are asked of Slack once. What is drawn (card, topic, lists, forms) names people by these;
 * when words mention people instead is said where `mention` and `quietly` stand.
 */
export const namesOf =
  (deps: Looking): Deps['names'] =>
  async (users) => {
    const wanted = [...new Set(users)];
    const names = new Map((await findPeople(deps.db, wanted)).map((person) => [person.userId, person.name]));
    const missing = wanted.filter((user) => !names.has(user));
    const found = await Promise.all(missing.map((user) => look(deps, user, PATIENCE_FOR_NAMED_MS)));
    for (const person of found) if (person && person !== 'nobody') names.set(person.userId, person.name);
    return names;
  };

/** Whom a refusal names was looked up before, or is known by no name. */
export const plainly =
  (deps: Pick<Looking, 'db'>): Deps['plain'] =>
  async ({ text }) => {
    const known = new Map((await findPeople(deps.db, mentionsIn(text))).map(({ userId: id, name }) => [id, name]));
    return plainOf(text, (user) => known.get(userId(user))).replaceAll(/[`*]/g, '');
  };

/** Who is not known yet is asked of Slack, everybody and every group at once; what it says of them is kept for the decision. */
export const unknownOf =
  (deps: Looking): Deps['unknown'] =>
  async <T extends string>(named: readonly T[]) => {
    const wanted = [...new Set(named)];
    const people = wanted.filter(isPerson).map(userId);
    const known = new Set<string>((await findPeople(deps.db, people)).map((person) => person.userId));
    const missing = wanted.filter((one) => !known.has(one));
    const isUnknown = await Promise.all(
      missing.map(async (one) =>
        isPerson(one)
          ? (await look(deps, userId(one), PATIENCE_FOR_NAMED_MS)) === 'nobody'
          : (await lookGroup(deps, one)) === 'none',
      ),
    );
    return new Set(missing.filter((_, n) => isUnknown[n]));
  };

/** Null when Slack did not say in time. */
async function lookGroup({ slack, log }: Looking, group: string): Promise<'some' | 'none' | null> {
  try {
    const said = slack.userGroup(group).then((found) => (found ? 'some' : 'none'));
    return await inTime(said, PATIENCE_FOR_NAMED_MS);
  } catch (fault) {
    log.warn({ err: fault, group }, 'could not look up a user group');
    return null;
  }
}

/** Null when it takes longer. */
const inTime = <T>(asked: Promise<T>, ms: Millis): Promise<T | null> =>
  Promise.race([asked, sleep(ms, null, { ref: false })]);

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

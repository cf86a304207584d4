import { transact } from '../db/connect.ts';
import { isDataFault } from '../db/faults.ts';
import type { Db, Trx } from '../db/tables.ts';
import type { Deps } from '../deps.ts';
import { type Changed, changeIncident, SaidTwice, writeDown } from '../incidents/change.ts';
import { channelDay, namesFrom, stemOf } from '../incidents/channel-name.ts';
import { type Declaration, declared, messageEntry, standingOf, type Waiting } from '../incidents/declare.ts';
import { type Incident, isOpen, ref } from '../incidents/incident.ts';
import * as store from '../incidents/store.ts';
import { acceptIntent, type Came, findIntent, findSaidBefore, findWords, type Intent } from '../intents/store.ts';
import type { Message } from '../jobs/job.ts';
import type { Settled } from '../lib/batch.ts';
import { MINUTE } from '../lib/duration.ts';
import type { IncidentId, UserId } from '../lib/ids.ts';
import { ok } from '../lib/result.ts';
import { type Policy, severityOf } from '../policy.ts';
import { message } from '../slack/blocks.ts';
import { channelLink, md } from '../slack/mrkdwn.ts';
import { firstPromise, startPromise } from '../updates/cadence.ts';
import type { Alike } from './alike.ts';
import type { Carried } from './form.ts';
import { listOpenTo } from './store.ts';

type Needs = Pick<Deps, 'db' | 'now' | 'policy'>;

export interface Asked {
  readonly intent: Intent;
  readonly declaration: Declaration;
  readonly waiting: Waiting;
}

/**
 * For each an incident, its reserved channel name, its first promise and everything that opens it, or nothing. What is
 * declared at the same time shares a commit; one that PostgreSQL refuses, or another process is just hearing as well,
 * does not cost the others: each is then declared alone.
 */
export async function declareTogether(
  deps: Needs,
  asked: readonly Asked[],
  taken: Taken = new Map(),
): Promise<readonly Settled<Changed>[]> {
  const now = deps.now();
  try {
    return await transact(deps.db, (trx) => declareAll(trx, deps.policy, asked, now, taken));
  } catch (fault) {
    const [first] = asked;
    if (asked.length > 1 && (fault instanceof SaidTwice || isDataFault(fault)))
      return (await Promise.all(asked.map((one) => declareTogether(deps, [one], taken)))).flat();
    if (!(fault instanceof SaidTwice) || !first) return asked.map(() => ({ ok: false, fault }));
    const came = await findIntent(deps.db, first.intent);
    return [await repeated(deps.db, came)];
  }
}

/** Whether these words were obeyed before: then what they set off is no other incident to ask about. */
export function wasSaid({ db, now }: Pick<Deps, 'db' | 'now'>, intent: Intent): Promise<boolean> {
  return transact(db, async (trx) => {
    const [before] = await findSaidBefore(trx, [intent], new Date(now().getTime() - SAID_AGAIN_WITHIN));
    return Boolean(before);
  });
}

/** What is open to each of those who declare at the same time, read at once; nothing to whom Slack has not named. */
export async function openToEach(
  { db }: Pick<Deps, 'db'>,
  people: readonly UserId[],
): Promise<readonly Settled<readonly Alike[]>[]> {
  const open = await listOpenTo(db, [...new Set(people)]);
  return people.map((user) => ({ ok: true, value: open.filter(({ seenBy }) => seenBy.includes(user)) }));
}

/** Somebody found their incident open already, and comes in. */
export async function joinIncident(deps: Pick<Deps, 'db' | 'now'>, id: IncidentId, intent: Intent): Promise<Message> {
  const joined = await changeIncident<never>(deps, id, intent, (incident, _, now) => {
    const where = incident.channelId ? md`its channel is ${channelLink(incident.channelId)}` : md`its channel opens`;
    const ended = isOpen(incident) ? md`` : md` It is ${incident.status} by now.`;
    return ok({
      jobs: intent.by ? [{ job: { kind: 'invite' as const, incident: id, who: [intent.by] }, runAt: now }] : [],
      audit: { what: 'joined' },
      answer: message(md`You are invited to ${ref(incident)}: ${where}.${ended} Nothing was declared.`),
    });
  });
  if (!joined.ok) throw new Error('nobody is refused');
  return joined.value.answer ?? message(md`You are invited.`);
}

/** A message said elsewhere goes into the timeline of an incident, at its own time. */
export async function addMessage(
  deps: Pick<Deps, 'db' | 'now'>,
  id: IncidentId,
  intent: Intent,
  from: NonNullable<Declaration['from']> & { readonly by: UserId },
): Promise<Incident> {
  const added = await changeIncident<never>(deps, id, intent, () => ok({ entries: [messageEntry(from, from.by)] }));
  if (!added.ok) throw new Error('nobody is refused');
  return added.value.incident;
}

/**
 * A message too long for the form is kept until the form is sent, for as long as intents are; answers the name it is
 * found by. Slack hands it over whole but once, and does not show us channels we are not in.
 */
export async function keepMessage({ db, now }: Pick<Deps, 'db' | 'now'>, by: Intent, text: string): Promise<string> {
  // No intent of its own: a late answer to the shortcut must not find it and say that something was done.
  const identity = `message:${by.identity}`;
  await transact(db, (trx) =>
    acceptIntent(trx, { identity, by: by.by, words: text }, { incidentId: null, answer: null }, now()),
  );
  return identity;
}

/** With all that was kept of it for whom it was kept; a form left open for longer than that has its beginning. */
export async function wholeMessage({ db }: Pick<Deps, 'db'>, from: Carried, user: UserId): Promise<Carried> {
  const text = from.kept === null ? null : await findWords(db, from.kept, user);
  return { ...from, text: text ?? from.text };
}

/** Up to which number the names of a stem are taken, as far as this process has seen; so that nobody looks at them all again. */
export type Taken = Map<string, number>;

/** After an answer that left late, the same words of the same person mean the same incident. */
const SAID_AGAIN_WITHIN = 5 * MINUTE;

async function declareAll(
  trx: Trx,
  policy: Policy,
  asked: readonly Asked[],
  now: Date,
  taken: Taken,
): Promise<Settled<Changed>[]> {
  const identities = asked.map(({ intent }) => intent.identity);
  const isFirst = (place: number) => identities.indexOf(asked[place]?.intent.identity ?? '') === place;
  const intents = asked.map(({ intent }) => intent);
  const before = await findSaidBefore(trx, intents, new Date(now.getTime() - SAID_AGAIN_WITHIN));
  const fresh = asked.filter((_, place) => !before[place] && isFirst(place));
  const incidents = await reserve(
    trx,
    fresh.map((one) => undeclared(one, policy, now)),
    taken,
  );
  const made = fresh.flatMap((one, n) => (incidents[n] ? [decide(incidents[n], one, policy, now)] : []));
  await writeDown(trx, made);
  const settled: Settled<Changed>[] = [];
  for (const [place, identity] of identities.entries()) {
    const mine = made.find(({ intent }) => intent.identity === identity);
    const answer = mine?.decision.answer ?? null;
    if (mine) settled.push({ ok: true, value: { incident: mine.incident, answer, repeated: !isFirst(place) } });
    else settled.push(await repeated(trx, before[place] ?? null));
  }
  return settled;
}

function decide(incident: Incident, { intent, declaration, waiting }: Asked, policy: Policy, now: Date) {
  const { jobs } = startPromise(incident, severityOf(policy, incident.severity), policy, now);
  const opening = declared(incident, declaration, waiting, policy, now);
  const decision = { ...opening, jobs: [...(opening.jobs ?? []), ...jobs] };
  return { id: incident.id, intent, decision, at: now, incident };
}

async function repeated(db: Db | Trx, came: Came | null): Promise<Settled<Changed>> {
  const incident = came?.incidentId ? await store.findIncident(db, came.incidentId) : undefined;
  if (!came || !incident) return { ok: false, fault: new Error('an accepted declaration has no incident') };
  return { ok: true, value: { incident, answer: came.answer, repeated: true } };
}

interface Undeclared {
  readonly row: Omit<store.NewIncident, 'channelName'>;
  /** What its channel is named after; null: its number. */
  readonly stem: string | null;
  readonly day: string;
  readonly intent: Intent;
}

function undeclared({ intent, declaration }: Asked, policy: Policy, now: Date): Undeclared {
  if (intent.by === null) throw new Error('somebody declares');
  const day = channelDay(now, policy.timezone);
  const { title, impact, severity, severityChosen, visibility, kind, services, from } = declaration;
  const standing = standingOf(declaration, now);
  const due = firstPromise(severityOf(policy, severity), policy, severityChosen, now);
  const row = {
    title,
    impact,
    severity,
    severityChosen,
    visibility,
    kind,
    services: [...services],
    links: from ? [{ url: from.link, name: 'Where it was first said' }] : [],
    declaredBy: intent.by,
    ...standing,
    declaredAt: now,
    promiseMadeAt: isOpen(standing) ? now : null,
    promiseDueAt: isOpen(standing) ? due : null,
  };
  return { row, stem: stemOf(declaration, day), day, intent };
}

/** Those who declare the same title at once get a name each, without waiting for one another; the unique column has the last word. */
async function reserve(trx: Trx, asked: readonly Undeclared[], taken: Taken): Promise<Incident[]> {
  const made = new Map<Undeclared, Incident>();
  for (const one of asked) if (one.stem === null) made.set(one, await nameByNumber(trx, one));
  for (let reach = 4; made.size < asked.length; reach *= 4) {
    const nameless = asked.filter((one) => !made.has(one));
    const named = await giveNames(trx, nameless, Math.max(reach, 2 * nameless.length), taken);
    const rows = [...named].map(([channelName, { row }]) => ({ ...row, channelName }));
    for (const incident of await store.insertIncidents(trx, rows)) {
      const one = named.get(incident.channelName);
      if (one) made.set(one, incident);
    }
  }
  return asked.flatMap((one) => made.get(one) ?? []);
}

/** A free name for each, as far as the next `reach` names go. */
async function giveNames(
  trx: Trx,
  nameless: readonly Undeclared[],
  reach: number,
  taken: Taken,
): Promise<Map<string, Undeclared>> {
  const alike = [...Map.groupBy(nameless, ({ stem }) => stem ?? '')].map(([stem, these]) => {
    const from = taken.get(stem) ?? 0;
    return { stem, these, from, names: namesFrom(stem, from + 1, reach) };
  });
  const free = await store.takeFreeNames(
    trx,
    alike.map(({ names, these }) => ({ names, wanted: these.length })),
  );
  const named = new Map<string, Undeclared>();
  for (const [n, { stem, these, from, names }] of alike.entries()) {
    const got = free[n] ?? [];
    if (got.length < these.length) taken.set(stem, from + names.length);
    else if (from > 0) taken.set(stem, from + names.indexOf(got.at(-1) ?? ''));
    // Two stems may meet in one name.
    for (const [i, name] of got.entries()) if (these[i] && !named.has(name)) named.set(name, these[i]);
  }
  return named;
}

async function nameByNumber(trx: Trx, { row, day, intent }: Undeclared): Promise<Incident> {
  const [incident] = await store.insertIncidents(trx, [{ ...row, channelName: `unnamed ${intent.identity}` }]);
  if (!incident) throw new SaidTwice();
  const byNumber = `inc-${day}-${incident.id}`;
  // A title may be just this number.
  const [free] = await store.takeFreeNames(trx, [{ names: namesFrom(byNumber, 1, 4), wanted: 1 }]);
  return store.updateIncident(trx, incident.id, { channelName: free?.[0] ?? byNumber });
}

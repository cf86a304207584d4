import type { Trx } from '../db/tables.ts';
import type { Deps } from '../deps.ts';
import { type Changed, changeIncident } from '../incidents/change.ts';
import type { Decision } from '../incidents/decision.ts';
import type { Incident } from '../incidents/incident.ts';
import { holdersOf } from '../incidents/store.ts';
import type { Intent } from '../intents/store.ts';
import type { NewJob } from '../jobs/job.ts';
import { MINUTE } from '../lib/duration.ts';
import type { IncidentId, Ts, UserId } from '../lib/ids.ts';
import { no, ok, type Result } from '../lib/result.ts';
import { findPeople } from '../people/store.ts';
import { statusOf } from '../postmortems/store.ts';
import { followsRecord } from '../postmortems/work.ts';
import { membersOf } from '../updates/store.ts';
import { type Inside, LONGEST_ITEM } from './action-item.ts';
import { type Around, type AskedItem, added, mayNotAdd, newItem } from './add.ts';
import { saidIn, threadOf, whatOf } from './from-message.ts';
import type { ActionRefusal } from './refusals.ts';
import { remind } from './remind.ts';
import { nextReminderAt } from './reminders.ts';
import { type Stepping, takeStep } from './step.ts';
import * as store from './store.ts';

type Needs = Pick<Deps, 'db' | 'now' | 'policy'>;
type Done = Promise<Result<Changed, ActionRefusal>>;

/** What Slack said of people before the transaction. */
export interface Heard {
  /** Of the people of the incident, for the note on the wording. */
  readonly names: readonly string[];
  /** Of whom it says that there is no such person. */
  readonly unknown: ReadonlySet<UserId>;
}
const NOTHING_HEARD: Heard = { names: [], unknown: new Set() };

export function addItem(deps: Needs, id: IncidentId, intent: Intent, asked: AskedItem, heard: Heard): Done {
  return changeIncident<ActionRefusal>(deps, id, intent, (incident, trx, now) =>
    add(trx, deps, incident, asked, heard, now),
  );
}

async function add(trx: Trx, deps: Needs, incident: Incident, asked: AskedItem, heard: Heard, now: Date) {
  const before = asked.from && (await store.itemOfMessage(trx, incident.id, asked.from.ts));
  if (before) return no({ why: 'noted-before', incident, item: before } as const);
  const around = await lookAround(trx, deps, incident, [asked.owner], heard);
  const refused = mayNotAdd(incident, asked, around, await store.countItems(trx, incident.id));
  if (refused) return no(refused);
  const others = await store.openItems(trx, incident.id);
  const item = await store.insertItem(trx, newItem(incident, asked, around, now));
  return ok(await withDraft(trx, added(incident, item, others, asked, around, now), incident.id, now));
}

interface NotedFrom {
  readonly message: Ts;
  readonly by: UserId;
  /** Of those the message mentions. */
  readonly nameOf: (user: string) => string | undefined;
}

/** 🎯 on a message: its words as they are now, under the lock that a deletion of them waits for. */
export function addFromMessage(deps: Needs, id: IncidentId, intent: Intent, { message, by, nameOf }: NotedFrom): Done {
  return changeIncident<ActionRefusal>(deps, id, intent, async (incident, trx, now) => {
    const wordings = await store.wordingsOf(trx, id, message);
    const what = whatOf(saidIn(wordings), LONGEST_ITEM, nameOf);
    if (what === '') return no({ why: 'no-words-in-message', incident });
    const from = { ts: message, thread: threadOf(wordings) ?? message, quotes: true };
    const asked: AskedItem = { what, owner: null, dueOn: null, type: null, ticket: null, by, from, isMark: true };
    return add(trx, deps, incident, asked, NOTHING_HEARD, now);
  });
}

export function stepItem(
  deps: Needs,
  id: IncidentId,
  intent: Intent,
  item: number,
  asked: Omit<Stepping, 'now'>,
  heard: Heard = NOTHING_HEARD,
): Done {
  return changeIncident<ActionRefusal>(deps, id, intent, async (incident, trx, now) => {
    const found = await store.findItem(trx, id, item);
    if (!found) return no({ why: 'no-such-item', incident });
    const open = (await store.openItems(trx, id)).filter((one) => one.id !== item);
    const standing = await store.itemsIn(trx, id, found.reminder ? [found.reminder] : []);
    const owner = 'owner' in asked.step ? asked.step.owner : null;
    const around = await lookAround(trx, deps, incident, [owner], heard);
    const taken = takeStep(incident, found, { open, standing }, { ...asked, now }, around);
    if (!taken.ok) return taken;
    await store.updateItems(trx, [item], taken.value.change);
    return ok(await withDraft(trx, taken.value.decision, id, now));
  });
}

/** The timer woke, perhaps late, twice or in vain; `run` names this run of it. */
export async function remindWhenDue(deps: Needs, id: IncidentId, run: string): Promise<void> {
  const { timezone } = deps.policy;
  await changeIncident<never>(deps, id, { identity: `actions:${run}`, by: null }, async (incident, trx, now) => {
    const open = await store.openItems(trx, id);
    const due = open.filter((item) => (nextReminderAt(item, timezone) ?? now) <= now);
    const holders = await holdersOf(trx, id);
    const people = [...due.map(({ owner }) => owner), ...holders.map(({ userId }) => userId), incident.declaredBy];
    const inside = await insideOf(trx, id, people);
    const standing = await store.itemsIn(trx, id, [...new Set(due.flatMap(({ reminder }) => reminder ?? []))]);
    const { told, decision } = remind(incident, open, standing, { ...inside, timezone, holders }, now);
    for (const { items, reminder } of told) await store.updateItems(trx, items, { heardAt: now, reminder });
    return ok(decision);
  });
}

/** Several items are noted in one sitting, and the draft is made anew once. */
const DRAFT_SETTLES = 10 * MINUTE;

/** The postmortem lists them: where it is drafted and not published it follows. */
async function withDraft(trx: Trx, decision: Decision, incident: IncidentId, now: Date): Promise<Decision> {
  if (!followsRecord(await statusOf(trx, incident))) return decision;
  const draft: NewJob = { job: { kind: 'draft', incident }, runAt: new Date(now.getTime() + DRAFT_SETTLES) };
  return { ...decision, jobs: [...(decision.jobs ?? []), draft] };
}

async function lookAround(
  trx: Trx,
  { policy }: Needs,
  incident: Incident,
  people: readonly (UserId | null)[],
  { names, unknown }: Heard,
): Promise<Around> {
  const inside = await insideOf(trx, incident.id, people);
  const isPublished = (await statusOf(trx, incident.id)) === 'published';
  return { ...inside, unknown, isPublished, timezone: policy.timezone, reading: { policy: policy.blameless, names } };
}

async function insideOf(trx: Trx, id: IncidentId, people: readonly (UserId | null)[]): Promise<Inside> {
  const wanted = [...new Set(people.filter((one) => one !== null))];
  const known = await findPeople(trx, wanted);
  return { members: await membersOf(trx, id), people: new Map(known.map((person) => [person.userId, person])) };
}

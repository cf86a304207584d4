import { ownItems } from '../actions/store.ts';
import { transact } from '../db/connect.ts';
import type { Deps } from '../deps.ts';
import { holdersOfAll, listOpenIncidents } from '../incidents/store.ts';
import type { NewJob } from '../jobs/job.ts';
import { enqueue } from '../jobs/queue.ts';
import { dayOf } from '../lib/day.ts';
import { HOUR, type Millis, SECOND } from '../lib/duration.ts';
import type { UserId } from '../lib/ids.ts';
import { owing } from '../postmortems/owed.ts';
import { openTasksOf } from '../tasks/store.ts';
import type { Facts } from './home.ts';
import {
  draftsOwedBy,
  findHome,
  hasOpenSince,
  isWaiting,
  listHomes,
  noteOpened,
  outstandingOfOthers,
} from './store.ts';

type Needs = Pick<Deps, 'db' | 'now'>;

/** Slack says when a tab is opened, not when it is left: whoever opened it so long ago may still look at it. */
const LATELY = 2 * HOUR;
/** What changes together is drawn once. */
const SETTLE = 2 * SECOND;
/** Slack allows views.publish a hundred times a minute and more, over all people. */
const APART: Millis = 600;

/** Somebody opened the tab: it is drawn from what is true now. */
export function openHome({ db, now }: Needs, user: UserId): Promise<void> {
  return transact(db, async (trx) => {
    await noteOpened(trx, user, now());
    await enqueue(trx, [{ job: { kind: 'draw-home', user }, runAt: now() }]);
  });
}

/** What this person may see has changed. */
export function redrawHomeOf({ db, now }: Needs, user: UserId): Promise<void> {
  return transact(db, async (trx) => {
    if (await findHome(trx, user)) await enqueue(trx, [drawing(user, new Date(now().getTime() + SETTLE))]);
  });
}

/** Something of an incident was drawn anew: so are the tabs of those who may be looking, soon and once. */
export async function homesChanged({ db, now }: Needs): Promise<void> {
  const at = now();
  if (!(await hasOpenSince(db, new Date(at.getTime() - LATELY)))) return;
  await transact(db, async (trx) => {
    // Enqueued once more it would be put off, and with much going on for ever.
    if (await isWaiting(trx, 'homes')) return;
    await enqueue(trx, [{ job: { kind: 'redraw-homes' }, runAt: new Date(at.getTime() + SETTLE) }]);
  });
}

/** One after the other, who looked last first. */
export function redrawHomes({ db, now }: Needs, all: boolean): Promise<void> {
  const at = now().getTime();
  return transact(db, async (trx) => {
    const users = await listHomes(trx, all ? null : new Date(at - LATELY));
    await enqueue(
      trx,
      users.map((user, n) => drawing(user, new Date(at + n * APART))),
    );
  });
}

const drawing = (user: UserId, runAt: Date): NewJob => ({ job: { kind: 'draw-home', user, again: true }, runAt });

/** All that one person's tab shows; `contactOf`: the severities that escalate to them. */
export async function readHome(
  { db, now, policy }: Pick<Deps, 'db' | 'now' | 'policy'>,
  user: UserId,
  contactOf: readonly string[],
): Promise<Facts> {
  const today = dayOf(now(), policy.timezone);
  return transact(db, async (trx) => {
    const open = await listOpenIncidents(trx, user);
    const seen = new Set(open.map(({ id }) => id));
    return {
      user,
      open,
      holders: await holdersOfAll(trx, [...seen]),
      tasks: (await openTasksOf(trx, user)).filter(({ incidentId }) => seen.has(incidentId)),
      drafts: await draftsOwedBy(trx, user),
      items: await ownItems(trx, user, today),
      outstanding: await outstandingOfOthers(trx, owing(policy), { user, contactOf }, now()),
    };
  });
}

import type { Decision } from '../incidents/decision.ts';
import { type Holder, holderOf, type Incident } from '../incidents/incident.ts';
import { post } from '../incidents/redraw.ts';
import type { NewJob } from '../jobs/job.ts';
import { dayOf } from '../lib/day.ts';
import type { UserId } from '../lib/ids.ts';
import { plural } from '../lib/text.ts';
import { type ActionItem, canHear, type Inside, type Reminded, reminderDm } from './action-item.ts';
import { reminder } from './messages.ts';
import { itemsTimer, nextReminderAt } from './reminders.ts';
import { redrawn } from './step.ts';

interface Watching extends Inside {
  readonly timezone: string;
  readonly holders: readonly Holder[];
}

/** What the transaction writes beside the decision: of whom each of these items was told, and in which message. */
interface Reminding {
  readonly told: readonly { readonly items: readonly number[]; readonly reminder: string | null }[];
  readonly decision: Decision;
}

/**
 * The timer of an incident's action items woke, perhaps late, twice or in vain: each owner hears once of all that is
 * due, and of what has no owner, or one who is gone, whoever ran the incident. What was slept through is said once.
 */
export function remind(
  incident: Incident,
  open: readonly ActionItem[],
  standing: readonly ActionItem[],
  watching: Watching,
  now: Date,
): Reminding {
  const { timezone } = watching;
  const due = open.filter((item) => {
    const at = nextReminderAt(item, timezone);
    return at !== null && at <= now;
  });
  const groups = [...Map.groupBy(due, (item) => toldTo(incident, item, watching))];
  const said = groups.map(([to, items]) => say(incident, to, items, watching, now));
  const after = new Map(said.flatMap(({ items }) => items.map((item) => [item.id, item] as const)));
  const all = open.map((item) => after.get(item.id) ?? item);
  return {
    told: said.map(({ items, name }) => ({ items: items.map(({ id }) => id), reminder: name })),
    decision: {
      entries: said.map(({ to, items }) => ({
        kind: 'reminder_sent',
        actor: null,
        text: `reminded of ${plural(items.length, 'action item')}`,
        payload: { about: 'action items', actions: items.map(({ id }) => id).slice(0, 50), to: [to] },
      })),
      jobs: [
        ...said.map(({ job }) => job),
        ...leftBehind(incident, due, standing, timezone, now),
        ...itemsTimer(incident, all, timezone),
      ],
    },
  };
}

/** `owner:U1`, `keeper:U2`, or `channel` when nobody is left. */
function toldTo(incident: Incident, item: ActionItem, watching: Watching): string {
  if (item.owner !== null && canHear(incident, item.owner, watching)) return `owner:${item.owner}`;
  const keeper = [holderOf(watching.holders, 'ic'), incident.declaredBy].find(
    (user) => user !== null && user !== item.owner && canHear(incident, user, watching),
  );
  return keeper ? `keeper:${keeper}` : 'channel';
}

interface Said {
  readonly to: string;
  /** As they are from now on. */
  readonly items: readonly ActionItem[];
  readonly name: string | null;
  readonly job: NewJob;
}

function say(incident: Incident, to: string, due: readonly ActionItem[], { timezone }: Watching, now: Date): Said {
  const [as, user] = to.split(':') as [Reminded | 'channel', UserId | undefined];
  const name = user && as !== 'channel' ? reminderDm(as, user, now) : null;
  const items = due.map((item) => ({ ...item, heardAt: now, reminder: name }));
  const words = reminder(incident, items, as === 'owner' ? 'owner' : 'keeper', dayOf(now, timezone));
  const job: NewJob =
    user && name
      ? { job: { kind: 'dm', user, message: words, incident: incident.id, as: name }, runAt: now }
      : post(incident.id, 'channel', words, now);
  return { to: user ?? 'channel', items, name, job };
}

/** Messages in which these items stood before lose their buttons; what else stands in them stays. */
function leftBehind(
  incident: Incident,
  due: readonly ActionItem[],
  standing: readonly ActionItem[],
  timezone: string,
  now: Date,
): NewJob[] {
  const moved = new Set(due.map(({ id }) => id));
  const names = new Set(due.flatMap(({ reminder: name }) => name ?? []));
  return [...names].map((name) =>
    redrawn(
      incident,
      name,
      standing.filter((item) => item.reminder === name && !moved.has(item.id)),
      dayOf(now, timezone),
      now,
    ),
  );
}

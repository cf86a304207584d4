import { dropHeld, listHeld } from '../channels/store.ts';
import type { Deps } from '../deps.ts';
import { findIncident } from '../incidents/store.ts';
import type { Handlers } from '../jobs/job.ts';
import { MINUTE } from '../lib/duration.ts';
import { type ChannelId, type IncidentId, type Ts, ts } from '../lib/ids.ts';
import { reconcileAt } from '../reconcile/transactions.ts';
import type { HistoryPage, SlackMessage } from '../slack/api.ts';
import { hasReplies, messageFromHistory, type Self } from './message.ts';
import { hear, markRead, recover } from './transactions.ts';

type Reading = Pick<Deps, 'db' | 'now' | 'policy' | 'log' | 'slack'>;

/** `backfill`: reads a channel's history from its creation, threads included; what was heard live stays as it is. */
export function timelineJobs(deps: Reading, readAgainAfterMs = 10 * MINUTE): Handlers<'backfill'> {
  return {
    backfill: async (job) => {
      await backfill(deps, job.incident);
      await reconcileAt(deps, job.incident, new Date(deps.now().getTime() + readAgainAfterMs));
    },
  };
}

async function backfill(deps: Reading, incidentId: IncidentId): Promise<void> {
  const channel = (await findIncident(deps.db, incidentId))?.channelId;
  if (!channel) return;
  await takeUp(deps, channel);
  const self = await deps.slack.me();
  const parents: Ts[] = [];
  let newest: Ts | null = null;
  let found = 0;
  for await (const messages of pagesOf((cursor) => deps.slack.history(channel, cursor))) {
    found += await store(deps, incidentId, channel, messages, self);
    parents.push(...messages.filter(hasReplies).map((message) => ts(message.ts)));
    newest = messages.reduce<Ts | null>((latest, message) => later(latest, ts(message.ts)), newest);
  }
  for (const parent of parents) {
    for await (const replies of pagesOf((cursor) => deps.slack.replies(channel, parent, cursor))) {
      found += await store(deps, incidentId, channel, replies, self);
    }
  }
  await markRead(deps, incidentId, newest);
  deps.log.info({ incident: incidentId, found }, 'history read');
}

/** What was heard in the channel before its id was on record; some of it history does not show. */
async function takeUp(deps: Reading, channel: ChannelId): Promise<void> {
  for (const { id, entry } of await listHeld(deps.db, channel)) {
    await hear(deps, { channel, entry }, entry);
    await dropHeld(deps.db, id);
  }
}

async function store(deps: Reading, id: IncidentId, channel: ChannelId, messages: readonly SlackMessage[], self: Self) {
  const entries = messages.flatMap((message) => messageFromHistory(message, self));
  return entries.length > 0 ? await recover(deps, id, channel, entries) : 0;
}

/** Slack: an empty page may still have a cursor. */
async function* pagesOf(read: (page: { cursor?: string }) => Promise<HistoryPage>) {
  let cursor: string | null = null;
  do {
    const page: HistoryPage = await read(cursor === null ? {} : { cursor });
    yield page.messages;
    cursor = page.nextCursor;
  } while (cursor !== null);
}

/** Slack: ts are compared as text. */
const later = (a: Ts | null, b: Ts): Ts => (a !== null && a > b ? a : b);

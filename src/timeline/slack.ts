import { z } from 'zod';
import { listAwaited } from '../channels/store.ts';
import { followChannel, hold, renameChannel } from '../channels/transactions.ts';
import type { Deps } from '../deps.ts';
import { batched, type Settled } from '../lib/batch.ts';
import { channelId, instantOf, refOf, ts } from '../lib/ids.ts';
import type { Result } from '../lib/result.ts';
import { message } from '../slack/blocks.ts';
import type { Answer, Heard, Listeners, Shortcut } from '../slack/listeners.ts';
import { md } from '../slack/mrkdwn.ts';
import { heardPin, heardReaction } from './mark.ts';
import type { Self } from './message.ts';
import { goesTogether, type HeardEntry, heardMessage, SlackTs } from './message.ts';
import { hear, hearTogether, keepUnreadable, markKey, noteMember } from './transactions.ts';

type Listening = Pick<Deps, 'db' | 'now' | 'policy' | 'log' | 'slack'>;

/**
 * Everything that is said and done in the channels of incidents. Each listener returns after its commit; what is of no
 * incident, or says nothing new, returns quietly.
 */
export function timelineListeners(deps: Listening): Listeners {
  const together = batched({
    flush: (items: readonly { heard: HeardEntry; raw: unknown }[]) => hearTogether(deps, items),
    max: 100,
    atOnce: 2,
  });
  const isHeld = batched({ flush: (items: readonly HeardEntry[]) => holdTogether(deps, items), max: 100, atOnce: 2 });
  const record = (heard: Heard, read: Result<HeardEntry, string>) => recordHeard(deps, isHeld, heard, read);
  return {
    events: {
      message: async (heard) => {
        const read = heardMessage(heard.event, await selfFor(deps, heard));
        if (!read.ok || !goesTogether(read.value)) return record(heard, read);
        const recorded = await together({ heard: read.value, raw: heard.event });
        if (recorded === 'nothing') await again(deps, isHeld, heard, read.value);
      },
      reaction_added: (heard) => record(heard, heardReaction('reaction_added', heard.event)),
      reaction_removed: (heard) => record(heard, heardReaction('reaction_removed', heard.event)),
      pin_added: (heard) => record(heard, heardPin('pin_added', heard.event)),
      pin_removed: (heard) => record(heard, heardPin('pin_removed', heard.event)),
      member_joined_channel: (heard) => member(deps, heard, 'join'),
      member_left_channel: (heard) => member(deps, heard, 'leave'),
      channel_rename: (heard) => renamed(deps, heard),
      group_rename: (heard) => renamed(deps, heard),
      channel_id_changed: (heard) => moved(deps, heard),
    },
    shortcuts: { add_to_timeline: (shortcut) => addToTimeline(deps, shortcut) },
  };
}

async function addToTimeline(deps: Listening, { on, user }: Shortcut): Promise<Answer> {
  const incident = on && (await markKey(deps, on.channel, on.message.ts, user));
  if (incident) return { say: message(md`Marked as key in the timeline of ${refOf(incident)}.`) };
  const here = 'Nothing was marked: this channel belongs to no incident.';
  return { say: message(md`${here} Use *Add to timeline* on a message in an incident's channel.`) };
}

type Holding = (heard: HeardEntry) => Promise<boolean>;

async function recordHeard(
  deps: Listening,
  isHeld: Holding,
  heard: Heard,
  read: Result<HeardEntry, string>,
): Promise<void> {
  const { event, eventId } = heard;
  if (read.ok) {
    const recorded = await hear(deps, read.value, event);
    if (recorded === 'nothing') await again(deps, isHeld, heard, read.value);
    return;
  }
  const channel = Placed.safeParse(event);
  if (read.no !== 'unreadable' || !channel.success || eventId === null) return;
  await keepUnreadable(deps, channelId(channel.data.channel), eventId, event);
}

/**
 * A repeat, or of no incident. Slack may have made a channel whose id is not on record yet: what is said there is kept
 * for it, and recorded now when the channel got its incident since we looked.
 */
async function again(deps: Listening, isHeld: Holding, { event }: Heard, entry: HeardEntry): Promise<void> {
  if (!(await isHeld(entry))) await hear(deps, entry, event);
}

/** True: kept, or nobody's. */
async function holdTogether(deps: Listening, heard: readonly HeardEntry[]): Promise<Settled<boolean>[]> {
  const awaited = new Set(await listAwaited(deps.db, [...new Set(heard.map(({ channel }) => channel))]));
  const open = heard.filter(({ channel }) => awaited.has(channel));
  const kept = open.length > 0 ? await hold(deps, open) : [];
  const lost = new Set(open.filter((_, place) => !kept[place]));
  return heard.map((one) => ({ ok: true, value: !lost.has(one) }));
}

/** Only a change asks who we are: a message must not wait for Slack's Web API. */
async function selfFor({ slack }: Listening, { event }: Heard): Promise<Self> {
  return event.subtype === 'message_changed' ? await slack.me() : NOBODY;
}

const NOBODY = { userId: '', botId: '' } as Self;

async function member({ db }: Listening, { event }: Heard, did: 'join' | 'leave'): Promise<void> {
  const read = Membership.safeParse(event);
  if (!read.success) return;
  const { channel, user, event_ts } = read.data;
  await noteMember({ db }, channelId(channel), user, did, instantOf(ts(event_ts)));
}

async function renamed(deps: Listening, { event }: Heard): Promise<void> {
  const read = Rename.safeParse(event);
  if (!read.success) return;
  const { channel, event_ts } = read.data;
  const at = event_ts ? instantOf(ts(event_ts)) : deps.now();
  await renameChannel(deps, channelId(channel.id), { name: channel.name, at });
}

async function moved(deps: Listening, { event }: Heard): Promise<void> {
  const read = Move.safeParse(event);
  if (read.success) {
    await followChannel(deps, channelId(read.data.old_channel_id), channelId(read.data.new_channel_id));
  }
}

const Placed = z.object({ channel: z.string() });
const Membership = z.object({ channel: z.string(), user: z.string(), event_ts: SlackTs });
const Rename = z.object({
  channel: z.object({ id: z.string(), name: z.string().min(1) }),
  event_ts: SlackTs.optional().catch(undefined),
});
const Move = z.object({ old_channel_id: z.string(), new_channel_id: z.string().min(1) });

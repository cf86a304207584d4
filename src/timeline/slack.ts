import { z } from 'zod';
import type { Deps } from '../deps.ts';
import { batched } from '../lib/batch.ts';
import { channelId, instantOf, refOf, ts } from '../lib/ids.ts';
import type { Result } from '../lib/result.ts';
import { message } from '../slack/blocks.ts';
import type { Answer, Heard, Listeners, Shortcut } from '../slack/listeners.ts';
import { md } from '../slack/mrkdwn.ts';
import { heardPin, heardReaction } from './mark.ts';
import type { Self } from './message.ts';
import { type HeardEntry, heardMessage, SlackTs } from './message.ts';
import {
  followChannel,
  goesTogether,
  hear,
  hearTogether,
  keepUnreadable,
  markKey,
  noteMember,
  renameChannel,
} from './transactions.ts';

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
  return {
    events: {
      message: async (heard) => {
        const read = heardMessage(heard.event, await selfFor(deps, heard));
        if (read.ok && goesTogether(read.value)) await together({ heard: read.value, raw: heard.event });
        else await record(deps, heard, read);
      },
      reaction_added: (heard) => record(deps, heard, heardReaction('reaction_added', heard.event)),
      reaction_removed: (heard) => record(deps, heard, heardReaction('reaction_removed', heard.event)),
      pin_added: (heard) => record(deps, heard, heardPin('pin_added', heard.event)),
      pin_removed: (heard) => record(deps, heard, heardPin('pin_removed', heard.event)),
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

async function record(deps: Listening, { event, eventId }: Heard, read: Result<HeardEntry, string>): Promise<void> {
  if (read.ok) {
    await hear(deps, read.value, event);
    return;
  }
  const channel = Placed.safeParse(event);
  if (read.no !== 'unreadable' || !channel.success || eventId === null) return;
  await keepUnreadable(deps, channelId(channel.data.channel), eventId, event);
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
  if (read.success) await renameChannel(deps, channelId(read.data.channel.id), read.data.channel.name);
}

async function moved(deps: Listening, { event }: Heard): Promise<void> {
  const read = Move.safeParse(event);
  if (read.success) {
    await followChannel(deps, channelId(read.data.old_channel_id), channelId(read.data.new_channel_id));
  }
}

const Placed = z.object({ channel: z.string() });
const Membership = z.object({ channel: z.string(), user: z.string(), event_ts: SlackTs });
const Rename = z.object({ channel: z.object({ id: z.string(), name: z.string().min(1) }) });
const Move = z.object({ old_channel_id: z.string(), new_channel_id: z.string().min(1) });

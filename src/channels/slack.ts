import { z } from 'zod';
import type { ChannelLost } from '../db/tables.ts';
import type { Deps } from '../deps.ts';
import { worded } from '../incidents/refusals.ts';
import { clickedOn } from '../incidents/transactions.ts';
import type { Millis } from '../lib/duration.ts';
import { channelId, instantOf, ts } from '../lib/ids.ts';
import { message } from '../slack/blocks.ts';
import type { Answer, Click, Heard, Listeners } from '../slack/listeners.ts';
import { md } from '../slack/mrkdwn.ts';
import { SlackTs } from '../timeline/message.ts';
import { wordedArchive } from './refusals.ts';
import { answerArchive, followElsewhere, loseChannel, regainChannel, reopenChannel } from './transactions.ts';

type Listening = Pick<Deps, 'db' | 'now' | 'slack'>;

/**
 * What people do to a channel as a whole, as far as it decides whether Sitrep can work in it. What is younger than
 * `settledMs` is left out by a reading of history.
 */
export function channelListeners(deps: Listening, settledMs: Millis): Listeners {
  const archived = (heard: Heard) => closed(deps, heard, 'archived');
  const opened = (heard: Heard) => reopened(deps, heard);
  const out = (heard: Heard) => closed(deps, heard, 'left');
  return {
    clicks: {
      'archive-channel': (click) => answered(deps, click, 'archive'),
      'keep-channel': (click) => answered(deps, click, 'keep'),
    },
    events: {
      channel_archive: archived,
      group_archive: archived,
      channel_unarchive: opened,
      group_unarchive: opened,
      channel_left: out,
      group_left: out,
      member_left_channel: async (heard) => {
        if (await isUs(deps, heard)) await out(heard);
      },
      member_joined_channel: async (heard) => {
        const read = Placed.safeParse(heard.event);
        if (read.success && (await isUs(deps, heard))) await regainChannel(deps, channelId(read.data.channel));
      },
      channel_id_changed: async ({ event }) => {
        const read = Moved.safeParse(event);
        if (!read.success) return;
        const readAt = new Date(deps.now().getTime() + settledMs);
        await followElsewhere(deps, channelId(read.data.old_channel_id), channelId(read.data.new_channel_id), readAt);
      },
    },
  };
}

async function answered(deps: Listening, click: Click, how: 'archive' | 'keep'): Promise<Answer> {
  const found = await clickedOn(deps, click);
  if (!found.ok) return { say: worded(found.no) };
  const intent = { identity: click.intent, by: click.user };
  const done = await answerArchive(deps, found.value.id, intent, how, click.user);
  return { say: done.ok ? (done.value.answer ?? message(md`Noted.`)) : wordedArchive(done.no) };
}

/** Slack may tell of it when Sitrep is long back. */
async function closed(deps: Listening, { event }: Heard, why: ChannelLost): Promise<void> {
  const read = Placed.safeParse(event);
  if (!read.success) return;
  const { channel, event_ts } = read.data;
  const told = event_ts ? { us: (await deps.slack.me()).userId, at: instantOf(ts(event_ts)) } : null;
  await loseChannel(deps, channelId(channel), why, told);
}

/** Slack: a public channel that is opened again has lost its members; a private one has kept them. */
async function reopened({ db, now }: Listening, { event, type }: Heard): Promise<void> {
  const read = Placed.safeParse(event);
  if (!read.success) return;
  const channel = channelId(read.data.channel);
  if (type === 'group_unarchive') await regainChannel({ db, now }, channel);
  else await reopenChannel({ db, now }, channel);
}

async function isUs({ slack }: Listening, { event }: Heard): Promise<boolean> {
  return typeof event.user === 'string' && event.user === (await slack.me()).userId;
}

const Placed = z.object({ channel: z.string(), event_ts: SlackTs.optional().catch(undefined) });
const Moved = z.object({ old_channel_id: z.string(), new_channel_id: z.string().min(1) });

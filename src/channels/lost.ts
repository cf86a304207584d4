import type { ChannelLost } from '../db/tables.ts';
import type { Decision } from '../incidents/decision.ts';
import { type Holder, holderOf, type Incident, isOpen, ref } from '../incidents/incident.ts';
import { post, redraw } from '../incidents/redraw.ts';
import type { Job, NewJob } from '../jobs/job.ts';
import type { UserId } from '../lib/ids.ts';
import { ASKED } from '../roles/acknowledge.ts';
import { message } from '../slack/blocks.ts';
import { type Mrkdwn, md, mentionsIn } from '../slack/mrkdwn.ts';

/** The channel was archived, or Sitrep taken out of it: told once to who must know, while there is something to do. */
export function lose(incident: Incident, holders: readonly Holder[], why: ChannelLost, now: Date): Decision {
  const lost = incident.channelLost;
  // Slack: archiving takes the bot out as well.
  if (lost === why || lost === 'archived') return {};
  return {
    change: { channelLost: why },
    entries: [{ kind: 'channel_changed', actor: null, text: ENTRY[why], payload: { lost: why } }],
    audit: { what: AUDIT[why] },
    jobs: isOpen(incident) ? tell(incident, holders, TOLD[why](incident), now) : [],
  };
}

/** Back in: what was said meanwhile is read, what could not be done is done. */
export function regain(incident: Incident, now: Date): Decision {
  const read = reading(incident, now);
  if (!incident.channelLost) return { jobs: [read] };
  const said = message(
    md`Sitrep is back. What was said here meanwhile is read again, and what it could not post follows.`,
  );
  return {
    change: { channelLost: null },
    entries: [
      { kind: 'channel_changed', actor: null, text: 'Sitrep is back in the channel.', payload: { lost: null } },
    ],
    audit: { what: 'back in the channel' },
    jobs: [post(incident.id, 'channel', said, now), ...redraw(incident.id, now), read],
  };
}

/** Slack told so, perhaps late: a reading shows whether it still is so. */
export function loseAsTold(incident: Incident, holders: readonly Holder[], why: ChannelLost, now: Date): Decision {
  const lost = lose(incident, holders, why, now);
  return lost.change ? { ...lost, jobs: [...(lost.jobs ?? []), reading(incident, now)] } : lost;
}

/** From end to end, which finds out whether the channel can be read at all. */
export const reading = ({ id }: Incident, now: Date): NewJob => ({
  job: { kind: 'reconcile', incident: id, deep: true },
  runAt: now,
});

/**
 * What parked because the channel is closed to us. Reminders and the question for an IC are promises: they go to who
 * commands and who declared instead, and to whom they mention; groups are mentioned in the announcement channel.
 */
export function instead(incident: Incident, holders: readonly Holder[], job: Job, now: Date): NewJob[] {
  if (job.kind !== 'post' || !isReminder(job.as) || !isOpen(incident)) return [];
  const { text } = job.message;
  const told = new Set([...people(incident, holders), ...mentionsIn(text)]);
  return [
    ...[...told].map(
      (user): NewJob => ({
        job: { kind: 'dm', user, message: job.message, incident: incident.id },
        runAt: now,
      }),
    ),
    ...(text.includes('<!subteam^') ? [post(incident.id, 'announcements', { text }, now)] : []),
  ];
}

const isReminder = (as: string | undefined): boolean =>
  as !== undefined && (as.startsWith('reminder:') || as.startsWith(ASKED));

/** Slack's word in why a job parked; null when it is about something else. */
export function lostIn(reason: string): ChannelLost | null {
  if (/\bis_archived\b|\bis_inactive\b/.test(reason)) return 'archived';
  return /\bnot_in_channel\b|\bchannel_not_found\b/.test(reason) ? 'left' : null;
}

/** Whether a job is done in the incident's own channel. */
export function isInChannel(job: Job): boolean {
  if (job.kind === 'post') return job.to !== 'announcements' && job.to !== 'announcement-thread';
  if (job.kind === 'edit') return isReminder(job.as);
  return IN_CHANNEL.has(job.kind);
}

const IN_CHANNEL: ReadonlySet<Job['kind']> = new Set<Job['kind']>([
  'invite',
  'post-card',
  'pin-card',
  'draw-card',
  'draw-topic',
  'bookmark',
  'upload-draft',
  'backfill',
]);

const tell = (incident: Incident, holders: readonly Holder[], said: Mrkdwn, now: Date): NewJob[] =>
  people(incident, holders).map((user) => ({ job: { kind: 'dm', user, message: message(said) }, runAt: now }));

/** Who commands and who declared. */
function people(incident: Incident, holders: readonly Holder[]): UserId[] {
  const ic = holderOf(holders, 'ic');
  return [...new Set([...(ic ? [ic] : []), incident.declaredBy])];
}

const ENTRY: Record<ChannelLost, string> = {
  archived: 'The channel was archived; Sitrep is no longer in it.',
  left: 'Sitrep was removed from the channel.',
};
const AUDIT: Record<ChannelLost, string> = { archived: 'channel archived', left: 'removed from the channel' };
const TOLD: Record<ChannelLost, (incident: Incident) => Mrkdwn> = {
  archived: (incident) =>
    md`*${ref(incident)}*: its channel was archived while the incident is open. Nothing can be posted there; reminders come to you here. Unarchive it to go on (invite Sitrep again if it is private), or end the incident with \`/incident resolve <what fixed it> in ${ref(incident)}\`.`,
  left: (incident) =>
    md`*${ref(incident)}*: Sitrep was removed from its channel. What is said there is not recorded until somebody invites it back with \`/invite @sitrep\`; then everything is read again.`,
};
